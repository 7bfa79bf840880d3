/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/* Inside the modules' run time. */
#ifndef RUNTIME_H
#define RUNTIME_H

#include "test.h"

/* What tpidr_el0 of every thread points at. */
struct thread_context {
	mach_port_t reply_port;		/* MIG's, made when first needed */
};

static inline struct thread_context *
thread_context(void)
{
	struct thread_context *context;

	__asm__("mrs %0, tpidr_el0" : "=r"(context));
	return context;
}

static inline void
thread_context_set(struct thread_context *context)
{
	__asm__ volatile("msr tpidr_el0, %0" : : "r"(context));
}

int format_text(char *out, size_t size, const char *format, va_list list);

/* Print the plan, pass on to the next module or power off. */
void module_finish(void) __attribute__((noreturn));
void module_start(uintptr_t *sp) __attribute__((noreturn));

/* Counts TAP lines: the watchdog looks at it. */
extern volatile unsigned int tap_count;

#endif /* RUNTIME_H */
