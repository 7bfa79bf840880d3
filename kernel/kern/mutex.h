/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Sleeping locks.  Not recursive.  Threads only, never interrupt handlers;
 * not taken with a spinlock held.
 */
#ifndef KERN_MUTEX_H
#define KERN_MUTEX_H

#include <kern/lock.h>
#include <kern/waitq.h>

/*
 * The owner word is the owning thread, or 0 when free; its lowest bit tells
 * that threads wait.  An unlocker with waiters gives the mutex to the first.
 */
struct mutex {
	uintptr_t owner;		/* atomic */
	spinlock_t lock;		/* guards the rest */
	struct waitq waiters;
};

#define MUTEX_INITIALIZER(mutex) \
	{ 0, SPINLOCK_INITIALIZER, \
	    { LIST_INITIALIZER((mutex).waiters.waiters) } }

void mutex_init(struct mutex *mutex);
void mutex_lock(struct mutex *mutex);
bool mutex_trylock(struct mutex *mutex);
void mutex_unlock(struct mutex *mutex);
bool mutex_owned(const struct mutex *mutex);

#endif /* KERN_MUTEX_H */
