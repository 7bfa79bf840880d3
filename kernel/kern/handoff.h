/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Hand-over: a thread wakes another one, waits itself, and the processor goes
 * from the one to the other, past the run queues.
 *
 * The steps are in line for the paths of RPC.  Between handoff_claim() or
 * handoff_take() and the switch, or handoff_release(), interrupts are
 * disabled, and nobody else knows the claimed thread.  What waits so gives up
 * its stack frames: it goes on in a function, with all that it needs in
 * thread->ipc_private.  To everybody else it is an ordinary waiter.
 */
#ifndef KERN_HANDOFF_H
#define KERN_HANDOFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kern/sched.h>
#include <kern/sched_queue.h>
#include <kern/thread.h>
#include <kern/waitq.h>
#include <lib/macros.h>
#include <machine/percpu.h>

/*
 * A waiting thread's priority only gets better, up to its base: nothing is to
 * be computed for one that has it.  It is locked.
 */
static inline void
sched_recover(struct thread *thread)
{
	if (unlikely(thread->sched_priority != thread->priority))
		sched_update_priority(thread);
}

/* The processor's time since the last call goes to `thread`.  Returns now. */
static __always_inline uint64_t
sched_charge(struct run_queue *queue, struct thread *thread, bool user)
{
	uint64_t now = cpu_counter();

	if (user)
		thread->user_time += now - queue->stamp;
	else
		thread->system_time += now - queue->stamp;
	queue->stamp = now;
	return now;
}

/* It leaves more to do than to say that its stack is free. */
static __always_inline bool
handoff_previous_halted(const struct thread *previous)
{
	return previous->state == THREAD_HALTED;
}

/* What the thread that runs now has to do for the one before it. */
static __always_inline void
sched_finish_switch(struct thread *previous)
{
	bool halted = handoff_previous_halted(previous);

	__atomic_store_n(&previous->on_cpu, false, __ATOMIC_RELEASE);
	if (unlikely(halted))
		thread_reap(previous);
}

/* The switch itself begins: `next` is the current thread's successor. */
static __always_inline void
sched_start(struct percpu *cpu, struct thread *next)
{
	while (unlikely(__atomic_load_n(&next->on_cpu, __ATOMIC_ACQUIRE)))
		cpu_relax();
	next->cpu = cpu->id;
	next->state = THREAD_RUNNING;
	/* Pairs with sched_set_ast(). */
	__atomic_store_n(&next->on_cpu, true, __ATOMIC_SEQ_CST);
	cpu->ast = __atomic_load_n(&next->ast, __ATOMIC_SEQ_CST);
}

/*
 * Wake a thread that waits without a queue (WAIT_DONE), to switch to it.
 * False, and nothing done: it was just woken otherwise, or a better thread is
 * ready.  Disables interrupts in any case.
 */
static __always_inline bool
handoff_claim_sleeper(struct percpu *cpu, struct thread *to)
{
	bool claimed = false;

	cpu_irq_disable();
	spin_lock(&to->lock);
	if (likely(to->state == THREAD_WAITING && cpu->handoff == NULL)) {
		sched_recover(to);
		claimed = sched_queue_best(cpu->scheduler) >=
		    to->sched_priority;
		if (likely(claimed)) {
			to->wait_result = WAIT_DONE;
			to->state = THREAD_READY;
		}
	}
	spin_unlock(&to->lock);
	return claimed;
}

/* The same for the first waiter of a locked queue. */
static __always_inline bool
handoff_claim(struct percpu *cpu, struct thread *to)
{
	if (unlikely(!handoff_claim_sleeper(cpu, to)))
		return false;
	list_remove_init(&to->wait_link);
	return true;
}

/* Claim the thread that sched_handoff() left, or NULL. */
static inline struct thread *
handoff_take(struct percpu *cpu)
{
	struct thread *to;

	cpu_irq_disable();
	to = cpu->handoff;
	if (to == NULL || sched_queue_best(cpu->scheduler) <
	    to->sched_priority)
		return NULL;
	cpu->handoff = NULL;
	return to;
}

/*
 * The caller will not wait, or not so: a claimed thread (NULL: none) runs
 * when it blocks otherwise.  Enables interrupts.
 */
static inline void
handoff_release(struct percpu *cpu, struct thread *to)
{
	if (to != NULL) {
		to->cpu = cpu->id;
		cpu->handoff = to;
		cpu->ast |= AST_HANDOFF;
	}
	cpu_irq_enable();
}

/*
 * Become a waiter, interruptible and without a time-out.  False, and nothing
 * done, if the thread is to be stopped or interrupted.
 */
static __always_inline bool
handoff_begin_sleep(struct thread *self)
{
	spin_lock(&self->lock);
	if (unlikely(load_relaxed(&self->ast) != 0)) {
		spin_unlock(&self->lock);
		return false;
	}
	self->wait_result = WAIT_PENDING;
	self->wait_outside = false;
	self->wait_interruptible = true;
	self->state = THREAD_WAITING;
	spin_unlock(&self->lock);
	return true;
}

/* The same in a locked queue. */
static __always_inline bool
handoff_begin(struct thread *self, struct waitq *queue)
{
	if (unlikely(!handoff_begin_sleep(self)))
		return false;
	list_insert_tail(&queue->waiters, &self->wait_link);
	return true;
}

/*
 * From the current thread, which waits, to a claimed one; no locks held.  When
 * the former is woken, resume(previous) runs, and its result goes to the user's
 * x0.  First it calls handoff_resumed().
 */
static __always_inline uint64_t
handoff_switch(struct percpu *cpu, struct thread *self, struct thread *to,
    uint64_t (*resume)(struct thread *previous))
{
	spin_assert_none();
	self->wait_since = sched_charge(cpu->scheduler, self, true);
	sched_start(cpu, to);
	return machine_switch_resume(self, to, resume);
}

static __always_inline void
handoff_resumed(struct thread *previous)
{
	sched_finish_switch(previous);
	cpu_irq_enable();
}

#endif /* KERN_HANDOFF_H */
