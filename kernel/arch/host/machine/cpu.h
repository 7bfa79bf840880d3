/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Processor control of the host body: one processor at a time, whose
 * interrupt mask is a variable and whose counter counts nanoseconds.
 */
#ifndef MACHINE_CPU_H
#define MACHINE_CPU_H

#include <stdbool.h>
#include <stdint.h>

#define MACHINE_MAX_CPUS	64

extern bool host_irq_enabled;

static inline uint64_t
cpu_irq_save(void)
{
	uint64_t flags = host_irq_enabled;

	host_irq_enabled = false;
	return flags;
}

static inline void
cpu_irq_restore(uint64_t flags)
{
	host_irq_enabled = flags != 0;
}

static inline void
cpu_irq_enable(void)
{
	host_irq_enabled = true;
}

static inline void
cpu_irq_disable(void)
{
	host_irq_enabled = false;
}

static inline bool
cpu_irq_enabled(void)
{
	return host_irq_enabled;
}

static inline void
cpu_relax(void)
{
}

/* Nothing else runs: advance the time to the next timer interrupt. */
void cpu_wait(void);

/* The counter; it stands still between calls of host_advance(). */
uint64_t cpu_counter(void);

#endif /* MACHINE_CPU_H */
