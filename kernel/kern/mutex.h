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

struct mutex {
	struct thread *owner;		/* NULL when free */
	spinlock_t lock;		/* guards the rest */
	struct waitq waiters;
};

void mutex_init(struct mutex *mutex);
void mutex_lock(struct mutex *mutex);
bool mutex_trylock(struct mutex *mutex);
void mutex_unlock(struct mutex *mutex);
bool mutex_owned(const struct mutex *mutex);

#endif /* KERN_MUTEX_H */
