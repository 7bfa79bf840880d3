/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Priorities and policies of threads, as set from outside.
 */
#ifndef KERN_SCHED_POLICY_H
#define KERN_SCHED_POLICY_H

#include <stdbool.h>

#include <kern/sched.h>

struct thread;

/*
 * What may be asked for; the priorities behind are left to usage and
 * depression (GNU Mach manual, Thread Priority).
 */
#define SCHED_PRIORITY_LAST	49

static inline bool
sched_priority_valid(int priority)
{
	return priority >= 0 && priority <= SCHED_PRIORITY_LAST;
}

/* The thread gets no better priority and maximum than this.  No locks. */
void sched_limit_priority(struct thread *thread, int max_priority);

/* If the thread follows `policy`, let it share its time instead. */
void sched_forbid_policy(struct thread *thread, int policy);

#endif /* KERN_SCHED_POLICY_H */
