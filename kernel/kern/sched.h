/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The scheduler: one run queue of 64 priorities for each processor.
 *
 * 0 is the best priority, as in thread_priority(); a thread runs until it
 * blocks, its quantum ends with an equal waiting, or a better one wakes.
 * Time-sharing threads that use their quanta sink below their base priority
 * and recover while they wait; fixed-priority threads do not.
 */
#ifndef KERN_SCHED_H
#define KERN_SCHED_H

#include <stdbool.h>
#include <stdint.h>

struct thread;

void sched_setup(void);

/* Make a woken or new thread runnable.  Takes thread->lock. */
void sched_ready(struct thread *thread);

/*
 * As sched_ready(), but if the current thread blocks before it returns to
 * user mode, `thread` runs next without passing through a run queue
 * unless something better is ready.  This is how an RPC switches straight to
 * its receiver.
 */
void sched_handoff(struct thread *thread);

/*
 * Give up the processor.  The caller has set its own state (waiting,
 * halted) under thread->lock; returns when it runs again.  Interrupts are
 * disabled around the switch and enabled on return.
 */
void sched_block(void);

/* Go to the end of the own priority's queue (swtch). True if others ran. */
bool sched_yield(void);

/* The clock: charge the current thread `ticks`; may set AST_RESCHEDULE. */
void sched_tick(uint64_t ticks);

/* Recompute the effective priority after a change; thread->lock held. */
void sched_update_priority(struct thread *thread);

/* How many threads are ready on this processor, beside the caller. */
unsigned int sched_ready_count(void);

#endif /* KERN_SCHED_H */
