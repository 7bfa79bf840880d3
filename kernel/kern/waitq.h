/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Wait queues: how threads block.
 *
 * A queue belongs to an object and is guarded by that object's spinlock.
 * Wake-ups race for the thread's state, under thread->lock: whoever moves it
 * from THREAD_WAITING to THREAD_READY has woken the thread, and gives it the
 * result.  So time-outs and thread_abort() need no lock of the object: a
 * thread woken by them takes itself off the queue.  The caller of
 * waitq_wait() must hold a reference on the object that contains the queue.
 */
#ifndef KERN_WAITQ_H
#define KERN_WAITQ_H

#include <stdbool.h>
#include <stdint.h>

#include <kern/lock.h>
#include <lib/list.h>

struct thread;

struct waitq {
	struct list waiters;		/* struct thread::wait_link */
};

/* Results; objects may use their own from WAIT_OBJECT upward. */
#define WAIT_PENDING		0
#define WAIT_DONE		1	/* woken by the object */
#define WAIT_TIMED_OUT		2
#define WAIT_INTERRUPTED	3	/* thread_abort() or termination */
#define WAIT_OBJECT		16

#define WAIT_FOREVER		UINT64_MAX

static inline void
waitq_init(struct waitq *queue)
{
	list_init(&queue->waiters);
}

static inline bool
waitq_empty(const struct waitq *queue)
{
	return list_empty(&queue->waiters);
}

/*
 * Block the current thread on `queue` until woken, until the counter
 * reaches `deadline` (WAIT_FOREVER: never), or, if interruptible, until
 * aborted.  `lock` guards the queue, is held by the caller without irqsave,
 * and is released on return.  Returns a WAIT_ value.  FIFO.
 */
int waitq_wait(struct waitq *queue, spinlock_t *lock, bool interruptible,
    uint64_t deadline);

/* The end of a wait that began otherwise (handoff.h); returns as above. */
int waitq_finish(spinlock_t *lock);

/*
 * Wake the first waiter, or all, with `result`; the lock is held.
 * waitq_wake_one() returns the thread (still valid until the lock is
 * released) or NULL.  With `handoff` the thread runs as soon as the caller
 * blocks (sched_handoff), else it goes to a run queue.
 */
struct thread *waitq_wake_one(struct waitq *queue, int result, bool handoff);
unsigned int waitq_wake_all(struct waitq *queue, int result);

/*
 * Wake one given thread out of whatever it waits in, if it still waits and
 * is (when `only_interruptible`) interruptible.  No lock needed but a
 * reference on the thread.  True when this call woke it.  Interrupt handlers
 * may call it.
 */
bool thread_wake(struct thread *thread, int result, bool only_interruptible);
bool thread_wake_handoff(struct thread *thread, int result);

/* Block without a queue for thread_wake() or the deadline. */
int thread_sleep(bool interruptible, uint64_t deadline);
/* As above; `lock`, held by the caller, is released once a wake counts. */
int thread_sleep_unlock(spinlock_t *lock, bool interruptible,
    uint64_t deadline);

#endif /* KERN_WAITQ_H */
