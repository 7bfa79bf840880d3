/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Checks of spinlocks, in debug builds only.
 *
 * All locks that one line of the source initialises, or takes first if none
 * does, are of one class.  Whenever a lock is taken with another one held,
 * that order of their classes is remembered; the opposite order, also by way
 * of others, is a panic that names the places, whether or not it would have
 * been a deadlock this time.  Two locks of one class are taken in the order
 * of their addresses.  spin_trylock() may take any lock.  What kern/lock.h
 * says of the order is known from the start.
 *
 * A lock that interrupt handlers take is never taken with interrupts enabled.
 * Whoever blocks holds none.
 */
#ifndef KERN_LOCK_DEBUG_H
#define KERN_LOCK_DEBUG_H

#include <stdbool.h>

struct spinlock;

#define LOCK_TEXT_(x)	#x
#define LOCK_TEXT(x)	LOCK_TEXT_(x)
#define LOCK_SITE	__FILE__ ":" LOCK_TEXT(__LINE__)

/* A new lock, of the class of that name. */
void lock_debug_init(struct spinlock *lock, const char *name);

/* Is it right to take the lock here?  Panics if not. */
void lock_debug_check(struct spinlock *lock, const char *site);
/* The lock was taken; and it is about to be released. */
void lock_debug_taken(struct spinlock *lock, const char *site);
void lock_debug_release(struct spinlock *lock, const char *site);

/* Panic unless this processor holds the lock; or if it holds any. */
void lock_debug_assert_held(struct spinlock *lock, const char *site);
void lock_debug_assert_none(const char *site);

/* Nobody holds a lock any more: a test was abandoned. */
void lock_debug_forget(void);

#endif /* KERN_LOCK_DEBUG_H */
