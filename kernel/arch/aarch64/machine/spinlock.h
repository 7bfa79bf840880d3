/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The lock word: 0 free, 1 held.  The way without contention is four
 * instructions; the way with it lies out of line.
 */
#ifndef MACHINE_SPINLOCK_H
#define MACHINE_SPINLOCK_H

#include <stdbool.h>
#include <stdint.h>

static inline void
machine_spin_lock(uint32_t *word)
{
	uint32_t seen;

	__asm__ volatile(
	    "1:	ldaxr	%w0, %1\n\t"
	    "	cbnz	%w0, 2f\n\t"
	    "	stxr	%w0, %w2, %1\n\t"
	    "	cbnz	%w0, 1b\n\t"
	    "	.subsection 1\n\t"
	    "2:	yield\n\t"
	    "	b	1b\n\t"
	    "	.previous"
	    : "=&r"(seen), "+Q"(*word) : "r"(1) : "memory");
}

static inline bool
machine_spin_trylock(uint32_t *word)
{
	uint32_t seen;

	__asm__ volatile goto(
	    "1:	ldaxr	%w0, %1\n\t"
	    "	cbnz	%w0, %l[busy]\n\t"
	    "	stxr	%w0, %w2, %1\n\t"
	    "	cbnz	%w0, 1b"
	    : "=&r"(seen), "+Q"(*word) : "r"(1) : "memory" : busy);
	return true;
busy:
	return false;
}

#endif /* MACHINE_SPINLOCK_H */
