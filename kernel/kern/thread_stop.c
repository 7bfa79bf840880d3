/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Suspension, abortion, termination.
 *
 * Each of them marks the target (AST_STOP, AST_ABORT), which acts on it when
 * it comes to the user boundary.  A parked thread has state THREAD_STOPPED.
 */

#include <kern/thread.h>

#include <kern/assert.h>
#include <kern/ipc_tt.h>
#include <kern/sched.h>
#include <kern/task.h>
#include <vm/vm_pageout.h>

void
thread_hold(struct thread *thread)
{
	uint64_t flags = spin_lock_irqsave(&thread->lock);

	if (thread->suspend_count++ == 0)
		sched_set_ast(thread, AST_STOP);
	spin_unlock_irqrestore(&thread->lock, flags);
}

void
thread_release(struct thread *thread)
{
	uint64_t flags = spin_lock_irqsave(&thread->lock);

	assert(thread->suspend_count > 0);
	if (--thread->suspend_count == 0 && !thread->terminating) {
		__atomic_fetch_and(&thread->ast, ~AST_STOP, __ATOMIC_RELAXED);
		if (thread->state == THREAD_STOPPED)
			sched_ready(thread);
	}
	spin_unlock_irqrestore(&thread->lock, flags);
}

/* Waiters look at the state under this lock before they wait. */
void
thread_stop_notify(struct thread *thread)
{
	spin_lock(&thread->stop_lock);
	waitq_wake_all(&thread->stop_waiters, WAIT_DONE);
	spin_unlock(&thread->stop_lock);
}

static bool
thread_is_stopped(struct thread *thread, bool boundary)
{
	uint64_t flags = spin_lock_irqsave(&thread->lock);
	bool stopped = thread->state == THREAD_STOPPED ||
	    thread->state == THREAD_HALTED ||
	    (!boundary && thread->state == THREAD_WAITING &&
	    thread->wait_interruptible);

	spin_unlock_irqrestore(&thread->lock, flags);
	return stopped;
}

bool
thread_wait_stopped(struct thread *thread, bool boundary)
{
	spin_lock(&thread->stop_lock);
	/* Whoever stops behind this look finds the waiter. */
	while (!thread_is_stopped(thread, boundary)) {
		if (waitq_wait(&thread->stop_waiters, &thread->stop_lock,
		    true, WAIT_FOREVER) == WAIT_INTERRUPTED)
			return false;
		spin_lock(&thread->stop_lock);
	}
	spin_unlock(&thread->stop_lock);
	while (__atomic_load_n(&thread->on_cpu, __ATOMIC_ACQUIRE))
		cpu_relax();
	return true;
}

/*
 * At the user boundary with AST_STOP or AST_ABORT: what was to be interrupted
 * has been, what was to stop stops.
 */
static void
thread_park(struct thread *self)
{
	cpu_irq_disable();
	spin_lock(&self->lock);
	if (self->terminating) {
		spin_unlock(&self->lock);
		cpu_irq_enable();
		thread_exit();
	}
	__atomic_fetch_and(&self->ast, ~AST_ABORT, __ATOMIC_RELAXED);
	percpu_self()->ast &= ~(AST_ABORT | AST_STOP);
	if (self->suspend_count == 0) {
		spin_unlock(&self->lock);
		cpu_irq_enable();
		return;
	}
	self->state = THREAD_STOPPED;
	spin_unlock(&self->lock);
	thread_stop_notify(self);
	sched_block();
}

void
thread_ast(void)
{
	uint32_t ast;

	cpu_irq_disable();
	ast = percpu_self()->ast;
	percpu_self()->ast = ast & ~(AST_REAP | AST_MEMORY);
	cpu_irq_enable();
	if ((ast & AST_REAP) != 0)
		thread_reap_all();
	if ((ast & (AST_STOP | AST_ABORT)) != 0)
		thread_park(thread_self());
	else if ((ast & AST_MEMORY) != 0)
		vm_pageout_throttle();
	else if ((ast & (AST_RESCHEDULE | AST_HANDOFF)) != 0)
		sched_preempt();
}

kern_return_t
thread_suspend(struct thread *thread)
{
	bool hold;
	uint64_t flags;

	if (thread == THREAD_NULL)
		return KERN_INVALID_ARGUMENT;
	flags = spin_lock_irqsave(&thread->lock);
	hold = thread->user_stop_count++ == 0;
	spin_unlock_irqrestore(&thread->lock, flags);
	if (hold)
		thread_hold(thread);
	if (thread != thread_self() && !thread_wait_stopped(thread, false))
		return KERN_ABORTED;
	return KERN_SUCCESS;
}

kern_return_t
thread_resume(struct thread *thread)
{
	bool release;
	uint64_t flags;

	if (thread == THREAD_NULL)
		return KERN_INVALID_ARGUMENT;
	flags = spin_lock_irqsave(&thread->lock);
	if (thread->user_stop_count == 0) {
		spin_unlock_irqrestore(&thread->lock, flags);
		return KERN_FAILURE;
	}
	release = --thread->user_stop_count == 0;
	spin_unlock_irqrestore(&thread->lock, flags);
	if (release)
		thread_release(thread);
	return KERN_SUCCESS;
}

kern_return_t
thread_abort(struct thread *thread)
{
	bool stopped = true;
	uint64_t flags;

	if (thread == THREAD_NULL || thread == thread_self())
		return KERN_INVALID_ARGUMENT;
	thread_hold(thread);
	flags = spin_lock_irqsave(&thread->lock);
	if (thread->state != THREAD_STOPPED && thread->state != THREAD_HALTED)
		sched_set_ast(thread, AST_ABORT);
	spin_unlock_irqrestore(&thread->lock, flags);
	thread_wake(thread, WAIT_INTERRUPTED, true);
	stopped = thread_wait_stopped(thread, true);
	thread_release(thread);
	return stopped ? KERN_SUCCESS : KERN_ABORTED;
}

/*
 * Mark a thread as ending and drive it to the user boundary.  True if it
 * stood there already: then it is the caller's to take apart.
 */
static bool
thread_begin_terminate(struct thread *thread)
{
	uint64_t flags = spin_lock_irqsave(&thread->lock);
	bool parked = false;

	if (!thread->terminating) {
		thread->terminating = true;
		parked = thread->state == THREAD_STOPPED;
		if (parked)
			thread->state = THREAD_HALTED;
		else
			sched_set_ast(thread, AST_STOP | AST_ABORT);
	}
	spin_unlock_irqrestore(&thread->lock, flags);
	if (!parked)
		thread_wake(thread, WAIT_INTERRUPTED, true);
	return parked;
}

/* Returns when the thread has ended or will end by itself. */
static void
thread_start_terminate(struct thread *thread)
{
	if (!thread_begin_terminate(thread)) {
		ipc_thread_terminate(thread);
		return;
	}
	while (__atomic_load_n(&thread->on_cpu, __ATOMIC_ACQUIRE))
		cpu_relax();
	thread_finish(thread);
	thread_stop_notify(thread);
	thread_deallocate(thread);
}

kern_return_t
thread_terminate(struct thread *thread)
{
	if (thread == THREAD_NULL || thread->task == kernel_task)
		return KERN_INVALID_ARGUMENT;
	thread_start_terminate(thread);
	if (thread != thread_self() && !thread_wait_stopped(thread, true))
		return KERN_ABORTED;
	return KERN_SUCCESS;
}

/*
 * The first thread of the task that is not the caller and, in the order of
 * the list, behind `last`; referenced.
 */
static struct thread *
next_thread(struct task *task, struct thread *last)
{
	struct thread *thread = NULL;
	struct list *node;

	spin_lock(&task->lock);
	node = last == NULL || list_node_unlinked(&last->task_link)
	    ? list_first(&task->threads) : list_next(&last->task_link);
	for (; !list_end(&task->threads, node); node = list_next(node)) {
		thread = list_entry(node, struct thread, task_link);
		if (thread != thread_self())
			break;
		thread = NULL;
	}
	if (thread != NULL)
		thread_reference(thread);
	spin_unlock(&task->lock);
	return thread;
}

void
thread_wait_all_stopped(struct task *task)
{
	struct thread *thread, *last = NULL;
	bool stopped = true;

	do {
		thread = next_thread(task, last);
		thread_deallocate(last);
		if (thread != NULL)
			stopped = thread_wait_stopped(thread, false);
		last = thread;
	} while (thread != NULL && stopped);
	thread_deallocate(last);
}

void
thread_terminate_all(struct task *task)
{
	struct thread *thread, *last = NULL;
	bool stopped = true;

	do {
		thread = next_thread(task, last);
		thread_deallocate(last);
		if (thread != NULL)
			thread_start_terminate(thread);
		last = thread;
	} while (thread != NULL);
	while (stopped && (thread = next_thread(task, NULL)) != NULL) {
		stopped = thread_wait_stopped(thread, true);
		thread_deallocate(thread);
	}
}
