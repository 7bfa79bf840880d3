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
 * port, port set, vm object, page queues, pmap, waiters' own, slab, page
 * allocator; then those that interrupt handlers take, which may come in with
 * any of the others held: thread, run queue, timers, kmsg.
 *
 * Debug builds check all of this (kern/lock_debug.h).
 */
#ifndef KERN_LOCK_H
#define KERN_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include <kern/lock_debug.h>
#include <machine/cpu.h>
#include <machine/spinlock.h>

typedef struct spinlock {
	uint32_t held;
#ifdef DEBUG
	uint32_t class;
#endif
} spinlock_t;

#define SPINLOCK_INITIALIZER	{ 0 }

/* The locks themselves; the names without _raw are below. */
static inline bool
spin_trylock_raw(spinlock_t *lock)
{
	return machine_spin_trylock(&lock->held);
}

static inline void
spin_unlock_raw(spinlock_t *lock)
{
	__atomic_store_n(&lock->held, 0, __ATOMIC_RELEASE);
}

static inline bool
spin_locked(const spinlock_t *lock)
{
	return __atomic_load_n(&lock->held, __ATOMIC_RELAXED) != 0;
}

#ifdef DEBUG

static inline bool
spin_trylock_at(spinlock_t *lock, const char *site)
{
	if (!spin_trylock_raw(lock))
		return false;
	lock_debug_taken(lock, site);
	return true;
}

static inline void
spin_lock_at(spinlock_t *lock, const char *site)
{
	lock_debug_check(lock, site);
	machine_spin_lock(&lock->held);
	lock_debug_taken(lock, site);
}

static inline void
spin_unlock_at(spinlock_t *lock, const char *site)
{
	lock_debug_release(lock, site);
	spin_unlock_raw(lock);
}

#define spin_init(lock)							\
	((lock)->held = 0, lock_debug_init(lock, __FILE__ ": " #lock))
#define spin_trylock(lock)	spin_trylock_at(lock, LOCK_SITE)
#define spin_lock(lock)		spin_lock_at(lock, LOCK_SITE)
#define spin_unlock(lock)	spin_unlock_at(lock, LOCK_SITE)
#define spin_assert_held(lock)	lock_debug_assert_held(lock, LOCK_SITE)
#define spin_assert_none()	lock_debug_assert_none(LOCK_SITE)

#else

static inline void
spin_init(spinlock_t *lock)
{
	lock->held = 0;
}

static inline bool
spin_trylock(spinlock_t *lock)
{
	return spin_trylock_raw(lock);
}

static inline void
spin_lock(spinlock_t *lock)
{
	machine_spin_lock(&lock->held);
}

static inline void
spin_unlock(spinlock_t *lock)
{
	spin_unlock_raw(lock);
}

/* Debug builds: panic unless this processor holds the lock; holds any. */
#define spin_assert_held(lock)	((void)(lock))
#define spin_assert_none()	((void)0)

#endif /* DEBUG */

/* Disable interrupts and take the lock; the result undoes the first. */
#define spin_lock_irqsave(lock) __extension__ ({			\
	uint64_t flags_ = cpu_irq_save();				\
	spin_lock(lock);						\
	flags_;								\
})

#define spin_unlock_irqrestore(lock, flags) do {			\
	spin_unlock(lock);						\
	cpu_irq_restore(flags);						\
} while (0)

#endif /* KERN_LOCK_H */
