/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The lock word: 0 free, 1 held.
 */
#ifndef MACHINE_SPINLOCK_H
#define MACHINE_SPINLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include <machine/cpu.h>

static inline void
machine_spin_lock(uint32_t *word)
{
	while (__atomic_exchange_n(word, 1, __ATOMIC_ACQUIRE) != 0)
		cpu_relax();
}

static inline bool
machine_spin_trylock(uint32_t *word)
{
	return __atomic_exchange_n(word, 1, __ATOMIC_ACQUIRE) == 0;
}

#endif /* MACHINE_SPINLOCK_H */
