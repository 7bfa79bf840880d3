/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <kern/panic.h>

#include <stdarg.h>
#include <stdbool.h>

#include <kern/assert.h>
#include <kern/printf.h>
#include <machine/cpu.h>
#include <machine/platform.h>

static bool panicked;

void
panic(const char *format, ...)
{
	va_list ap;

	cpu_irq_disable();
	kprintf_break_lock();

	/* A panic inside a panic: the first message is the one that counts. */
	if (!__atomic_exchange_n(&panicked, true, __ATOMIC_ACQ_REL)) {
		va_start(ap, format);
		kprintf("panic: ");
		kvprintf(format, ap);
		kprintf("\n");
		va_end(ap);
	}

	machine_panic();
}

void
assert_failed(const char *expression, const char *file, int line,
	      const char *function)
{
	panic("%s:%d: %s: assertion failed: %s", file, line, function,
	      expression);
}
