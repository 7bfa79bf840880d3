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

#define SCHED_PRIORITIES	64
#define SCHED_PRIORITY_KERNEL	6	/* threads of the kernel task */
#define SCHED_PRIORITY_USER	25	/* of new user tasks */
#define SCHED_PRIORITY_DEPRESSED	63
#define SCHED_QUANTUM		1	/* ticks */

/* Of the calling processor: its run queue; the boot thread becomes idle. */
void sched_setup(void);

/* Make a woken or new thread runnable; thread->lock held, irqsave. */
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
 * stopped, halted) under thread->lock; returns when it runs again, with
 * interrupts enabled.
 */
void sched_block(void);

/* Go to the end of the own priority's queue (swtch). True if others ran. */
bool sched_pass(void);

/*
 * As sched_pass(), to threads of any priority: the caller's own is depressed
 * to the worst until it runs again, thread_depress_abort(), or the counter
 * reaches `deadline`.
 */
bool sched_pass_depressed(uint64_t deadline);

/* Make a ready thread of this processor the next to run. */
void sched_prefer(struct thread *thread);

/* The way to user mode: let better threads run first (thread_ast). */
void sched_preempt(void);

/* First of all on a new thread's stack: `previous` ran before it. */
void sched_begin(struct thread *previous);

/* Another processor asked this one to look at its run queue. */
void sched_interrupt(void);

/* The loop of the idle thread. */
void sched_idle(void) __attribute__((noreturn));

/*
 * The clock, in its interrupt: charge the current thread `ticks`; may
 * set AST_RESCHEDULE.
 */
void sched_tick(unsigned int ticks);

/* Let better threads run before the return to user mode. */
void sched_request(void);

/* Set AST_* bits of a thread, wherever it is, and make it look. */
void sched_set_ast(struct thread *thread, uint32_t ast);

/* Charge the current thread up to now (thread_info of oneself). */
void sched_account(void);

/* Recompute the effective priority after a change; thread->lock held. */
void sched_update_priority(struct thread *thread);

/* How many threads are ready on this processor, beside the caller. */
unsigned int sched_ready_count(void);

/* Scaled by LOAD_SCALE, over 5, 30 and 60 seconds (host_load_info). */
void sched_get_load(int averages[3], int mach_factors[3]);

#endif /* KERN_SCHED_H */
