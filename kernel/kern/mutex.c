/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <kern/mutex.h>

#include <kern/assert.h>
#include <kern/thread.h>
#include <lib/macros.h>

#define MUTEX_CONTENDED	((uintptr_t)1)

void
mutex_init(struct mutex *mutex)
{
	mutex->owner = 0;
	spin_init(&mutex->lock);
	waitq_init(&mutex->waiters);
}

static inline uintptr_t
mutex_self(void)
{
	return (uintptr_t)thread_self();
}

static inline bool
mutex_swap(struct mutex *mutex, uintptr_t *expected, uintptr_t value,
    int order)
{
	return __atomic_compare_exchange_n(&mutex->owner, expected, value,
	    false, order, __ATOMIC_RELAXED);
}

/* Returns once the mutex was given to the caller by an unlocker. */
static __noinline void
mutex_lock_slow(struct mutex *mutex)
{
	uintptr_t owner;

	spin_lock(&mutex->lock);
	owner = load_relaxed(&mutex->owner);
	for (;;) {
		assert((owner & ~MUTEX_CONTENDED) != mutex_self());
		if (owner == 0) {
			if (mutex_swap(mutex, &owner, mutex_self(),
			    __ATOMIC_ACQUIRE)) {
				spin_unlock(&mutex->lock);
				return;
			}
		} else if ((owner & MUTEX_CONTENDED) != 0 ||
		    mutex_swap(mutex, &owner, owner | MUTEX_CONTENDED,
		    __ATOMIC_RELAXED)) {
			break;
		}
	}
	waitq_wait(&mutex->waiters, &mutex->lock, false, WAIT_FOREVER);
	assert(mutex_owned(mutex));
}

void
mutex_lock(struct mutex *mutex)
{
	spin_assert_none();
	if (!mutex_trylock(mutex))
		mutex_lock_slow(mutex);
}

bool
mutex_trylock(struct mutex *mutex)
{
	uintptr_t expected = 0;

	return mutex_swap(mutex, &expected, mutex_self(), __ATOMIC_ACQUIRE);
}

/* Waiting is uninterruptible, so the first waiter is sure to be woken. */
static __noinline void
mutex_unlock_slow(struct mutex *mutex)
{
	struct list *first;
	uintptr_t owner;

	spin_lock(&mutex->lock);
	first = list_first(&mutex->waiters.waiters);
	owner = (uintptr_t)list_entry(first, struct thread, wait_link);
	if (!list_end(&mutex->waiters.waiters, list_next(first)))
		owner |= MUTEX_CONTENDED;
	__atomic_store_n(&mutex->owner, owner, __ATOMIC_RELEASE);
	waitq_wake_one(&mutex->waiters, WAIT_DONE, false);
	spin_unlock(&mutex->lock);
}

void
mutex_unlock(struct mutex *mutex)
{
	uintptr_t expected = mutex_self();

	assert(mutex_owned(mutex));
	if (!mutex_swap(mutex, &expected, 0, __ATOMIC_RELEASE))
		mutex_unlock_slow(mutex);
}

bool
mutex_owned(const struct mutex *mutex)
{
	uintptr_t owner = load_relaxed(&mutex->owner);

	return (owner & ~MUTEX_CONTENDED) == mutex_self();
}
