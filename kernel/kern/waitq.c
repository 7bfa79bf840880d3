/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <kern/waitq.h>

#include <kern/assert.h>
#include <kern/clock.h>
#include <kern/sched.h>
#include <kern/thread.h>
#include <lib/macros.h>

static void
wait_timed_out(void *thread)
{
	thread_wake(thread, WAIT_TIMED_OUT, false);
}

/*
 * Turn the current thread into a waiting one, unless it may be interrupted and
 * was asked to get out of the kernel.  Interrupts are disabled on return if
 * it was turned.
 */
static __always_inline bool
wait_begin(struct thread *self, bool interruptible)
{
	cpu_irq_disable();
	spin_lock(&self->lock);
	if (interruptible && unlikely(self->terminating ||
	    (load_relaxed(&self->ast) & AST_ABORT) != 0)) {
		spin_unlock(&self->lock);
		cpu_irq_enable();
		return false;
	}
	self->wait_result = WAIT_PENDING;
	self->wait_outside = false;
	self->wait_interruptible = interruptible;
	self->state = THREAD_WAITING;
	spin_unlock(&self->lock);
	return true;
}

/* Wait until woken; interrupts are disabled. */
static __always_inline int
wait_block(struct thread *self, bool interruptible, uint64_t deadline)
{
	struct timer timer;

	if (unlikely(self->suspend_count != 0) && interruptible)
		thread_stop_notify(self);
	if (likely(deadline == WAIT_FOREVER)) {
		sched_block();
	} else {
		timer_init(&timer, wait_timed_out, self);
		timer_arm(&timer, deadline);
		sched_block();
		timer_cancel(&timer);
	}
	assert(self->wait_result != WAIT_PENDING);
	return self->wait_result;
}

/* Woken from outside: off the queue, if nobody was faster. */
static __always_inline void
waitq_leave(struct thread *self, spinlock_t *lock)
{
	if (likely(!self->wait_outside))
		return;
	spin_lock(lock);
	if (!list_node_unlinked(&self->wait_link))
		list_remove(&self->wait_link);
	spin_unlock(lock);
}

int
waitq_finish(spinlock_t *lock)
{
	struct thread *self = thread_self();

	assert(self->wait_result != WAIT_PENDING);
	waitq_leave(self, lock);
	return self->wait_result;
}

int
waitq_wait(struct waitq *queue, spinlock_t *lock, bool interruptible,
    uint64_t deadline)
{
	struct thread *self = thread_self();
	int result;

	if (!wait_begin(self, interruptible)) {
		spin_unlock(lock);
		return WAIT_INTERRUPTED;
	}
	list_insert_tail(&queue->waiters, &self->wait_link);
	spin_unlock(lock);
	result = wait_block(self, interruptible, deadline);
	waitq_leave(self, lock);
	return result;
}

int
thread_sleep_unlock(spinlock_t *lock, bool interruptible, uint64_t deadline)
{
	struct thread *self = thread_self();
	bool begun = wait_begin(self, interruptible);

	spin_unlock(lock);
	if (!begun)
		return WAIT_INTERRUPTED;
	return wait_block(self, interruptible, deadline);
}

int
thread_sleep(bool interruptible, uint64_t deadline)
{
	struct thread *self = thread_self();

	if (!wait_begin(self, interruptible))
		return WAIT_INTERRUPTED;
	return wait_block(self, interruptible, deadline);
}

/*
 * Take a thread off a locked queue, and wake it if it still waits.  Otherwise
 * it was woken from outside and is about to take itself off, and sees that
 * this is done.
 */
static bool
waitq_wake(struct thread *thread, int result, bool handoff)
{
	uint64_t flags;
	bool woken;

	list_remove_init(&thread->wait_link);
	flags = spin_lock_irqsave(&thread->lock);
	woken = thread->state == THREAD_WAITING;
	if (woken) {
		thread->wait_result = result;
		if (handoff)
			sched_handoff(thread);
		else
			sched_ready(thread);
	}
	spin_unlock_irqrestore(&thread->lock, flags);
	return woken;
}

struct thread *
waitq_wake_one(struct waitq *queue, int result, bool handoff)
{
	struct thread *thread;

	while (!waitq_empty(queue)) {
		thread = list_first_entry(&queue->waiters, struct thread,
		    wait_link);
		if (waitq_wake(thread, result, handoff))
			return thread;
	}
	return NULL;
}

unsigned int
waitq_wake_all(struct waitq *queue, int result)
{
	unsigned int count = 0;

	while (waitq_wake_one(queue, result, false) != NULL)
		count++;
	return count;
}

static bool
wake_thread(struct thread *thread, int result, bool only_interruptible,
    bool handoff)
{
	uint64_t flags = spin_lock_irqsave(&thread->lock);
	bool woken = thread->state == THREAD_WAITING &&
	    (!only_interruptible || thread->wait_interruptible);

	if (woken) {
		thread->wait_result = result;
		thread->wait_outside = true;
		if (handoff)
			sched_handoff(thread);
		else
			sched_ready(thread);
	}
	spin_unlock_irqrestore(&thread->lock, flags);
	return woken;
}

bool
thread_wake(struct thread *thread, int result, bool only_interruptible)
{
	return wake_thread(thread, result, only_interruptible, false);
}

bool
thread_wake_handoff(struct thread *thread, int result)
{
	return wake_thread(thread, result, false, true);
}
