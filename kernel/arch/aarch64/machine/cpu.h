/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Processor control: interrupt mask, barriers, the counter.
 */
#ifndef MACHINE_CPU_H
#define MACHINE_CPU_H

#include <stdbool.h>
#include <stdint.h>

#define MACHINE_MAX_CPUS	64

/* Disable interrupts; the result goes to cpu_irq_restore(). */
static inline uint64_t
cpu_irq_save(void)
{
	uint64_t flags;

	__asm__ volatile("mrs %0, daif\n\tmsr daifset, #2"
	    : "=r"(flags) : : "memory");
	return flags;
}

static inline void
cpu_irq_restore(uint64_t flags)
{
	__asm__ volatile("msr daif, %0" : : "r"(flags) : "memory");
}

static inline void
cpu_irq_enable(void)
{
	__asm__ volatile("msr daifclr, #2" : : : "memory");
}

static inline void
cpu_irq_disable(void)
{
	__asm__ volatile("msr daifset, #2" : : : "memory");
}

static inline bool
cpu_irq_enabled(void)
{
	uint64_t flags;

	__asm__ volatile("mrs %0, daif" : "=r"(flags));
	return (flags & 0x80) == 0;
}

/* A hint in spin loops. */
static inline void
cpu_relax(void)
{
	__asm__ volatile("yield" : : : "memory");
}

/*
 * Wait for an interrupt.  Called with interrupts disabled; returns with
 * them disabled, an interrupt being pending.
 */
static inline void
cpu_wait(void)
{
	__asm__ volatile("dsb sy\n\twfi" : : : "memory");
}

/* The monotonic counter, in ticks of machine_counter_frequency. */
static inline uint64_t
cpu_counter(void)
{
	uint64_t count;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(count));
	return count;
}

#endif /* MACHINE_CPU_H */
