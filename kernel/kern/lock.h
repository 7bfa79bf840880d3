/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Locks.
 *
 * A spinlock guards short sections that never block.  The kernel is not
 * preemptible; locks that interrupt handlers take are taken with _irqsave
 * everywhere.  A mutex guards sections that may block; threads only.
 *
 * Lock order (outer first): mutexes: task, map; then spinlocks: ipc space,
 * port, port set, vm object, page queues, pmap, thread, run queue, waiters'
 * own, slab, page allocator, kmsg.
 */
#ifndef KERN_LOCK_H
#define KERN_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include <machine/cpu.h>
#include <machine/spinlock.h>

typedef struct spinlock {
	uint32_t held;
} spinlock_t;

#define SPINLOCK_INITIALIZER	{ 0 }

static inline void
spin_init(spinlock_t *lock)
{
	lock->held = 0;
}

static inline bool
spin_trylock(spinlock_t *lock)
{
	uint32_t expected = 0;

	return __atomic_compare_exchange_n(&lock->held, &expected, 1, false,
	    __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static inline void
spin_lock(spinlock_t *lock)
{
	machine_spin_lock(&lock->held);
}

static inline void
spin_unlock(spinlock_t *lock)
{
	__atomic_store_n(&lock->held, 0, __ATOMIC_RELEASE);
}

static inline bool
spin_locked(const spinlock_t *lock)
{
	return __atomic_load_n(&lock->held, __ATOMIC_RELAXED) != 0;
}

static inline uint64_t
spin_lock_irqsave(spinlock_t *lock)
{
	uint64_t flags = cpu_irq_save();

	spin_lock(lock);
	return flags;
}

static inline void
spin_unlock_irqrestore(spinlock_t *lock, uint64_t flags)
{
	spin_unlock(lock);
	cpu_irq_restore(flags);
}

#endif /* KERN_LOCK_H */
