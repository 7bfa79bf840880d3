/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Who runs next.
 *
 * A processor's run queue is guarded by its lock, inside thread->lock, with
 * interrupts disabled.  The hand-off slot and percpu->ast belong to the
 * processor and are touched by it alone, with interrupts disabled; others
 * send it an interrupt (sched_interrupt).
 *
 * A thread that was switched away from on one processor may be picked by
 * another one before the switch is over: on_cpu tells when its stack is free.
 */

#include <kern/sched.h>

#include <stddef.h>

#include <kern/assert.h>
#include <kern/clock.h>
#include <kern/handoff.h>
#include <kern/sched_queue.h>
#include <kern/task.h>
#include <kern/thread.h>
#include <lib/macros.h>
#include <machine/percpu.h>
#include <machine/platform.h>

struct run_queue sched_queues[MACHINE_MAX_CPUS];

void
sched_setup(void)
{
	struct percpu *self = percpu_self();
	struct run_queue *queue = &sched_queues[self->id];
	unsigned int i;

	spin_init(&queue->lock);
	queue->ready = 0;
	queue->count = 0;
	for (i = 0; i < SCHED_PRIORITIES; i++)
		list_init(&queue->lists[i]);
	queue->stamp = cpu_counter();
	self->scheduler = queue;
	self->idle = self->current;
}

/* Make a processor look at its AST and run queue. */
static void
sched_poke(unsigned int cpu)
{
	if (cpu == cpu_id())
		percpu_self()->ast |= AST_RESCHEDULE;
	else
		machine_send_reschedule(cpu);
}

void
sched_ready(struct thread *thread)
{
	unsigned int cpu = thread->cpu;
	struct percpu *percpu = &percpu_table[cpu];
	struct thread *current;

	thread->state = THREAD_READY;
	sched_recover(thread);
	sched_queue_add(&sched_queues[cpu], thread, false);
	current = percpu->current;
	if (current == percpu->idle ||
	    thread->sched_priority < current->sched_priority)
		sched_poke(cpu);
}

void
sched_handoff(struct thread *thread)
{
	struct percpu *self = percpu_self();

	if (unlikely(self->handoff != NULL)) {
		sched_ready(thread);
		return;
	}
	thread->state = THREAD_READY;
	sched_recover(thread);
	thread->cpu = self->id;
	self->handoff = thread;
	self->ast |= AST_HANDOFF;
}

/* The caller will not block: the hand-off is an ordinary wake-up. */
static void
sched_flush_handoff(struct percpu *self)
{
	struct thread *thread = self->handoff;

	self->ast &= ~AST_HANDOFF;
	if (thread == NULL)
		return;
	self->handoff = NULL;
	sched_queue_add(self->scheduler, thread, false);
	if (thread->sched_priority < self->current->sched_priority)
		self->ast |= AST_RESCHEDULE;
}

void
sched_prefer(struct thread *thread)
{
	struct percpu *self = percpu_self();
	uint64_t flags = spin_lock_irqsave(&thread->lock);

	if (thread->state == THREAD_READY && thread->cpu == self->id &&
	    self->handoff == NULL &&
	    sched_queue_remove(self->scheduler, thread)) {
		thread->sched_priority = 0;
		self->handoff = thread;
		self->ast |= AST_HANDOFF;
	}
	spin_unlock_irqrestore(&thread->lock, flags);
}

/* Take the next thread to run; the idle thread when there is none. */
static __always_inline struct thread *
sched_pick(struct percpu *self)
{
	struct run_queue *queue = self->scheduler;
	struct thread *thread = self->handoff;

	if (thread != NULL) {
		self->handoff = NULL;
		if (sched_queue_best(queue) >= thread->sched_priority)
			return thread;
		sched_queue_add(queue, thread, true);
	}
	thread = sched_queue_take(queue);
	return thread != NULL ? thread : self->idle;
}

/*
 * Where no tick tells, time counts as the user's: threads spend most of it
 * there.
 */
void
sched_account(void)
{
	struct percpu *self = percpu_self();
	uint64_t flags = cpu_irq_save();

	sched_charge(self->scheduler, self->current,
	    self->current->task->map != NULL);
	cpu_irq_restore(flags);
}

/* Interrupts are disabled; the current thread is queued, waits or ends. */
static __always_inline void
sched_switch_inline(struct percpu *self)
{
	struct thread *previous = self->current;
	struct thread *next = sched_pick(self);

	spin_assert_none();
	if (unlikely(next == previous)) {
		next->state = THREAD_RUNNING;
		self->ast = load_relaxed(&next->ast);
		return;
	}
	previous->wait_since = sched_charge(self->scheduler, previous,
	    previous->task->map != NULL);
	sched_start(self, next);
	if (unlikely(next == self->idle))
		clock_tick_stop();
	else if (unlikely(previous == self->idle))
		clock_tick_start();
	sched_finish_switch(machine_switch(previous, next));
}

static __noinline void
sched_switch(struct percpu *self)
{
	sched_switch_inline(self);
}

void
sched_begin(struct thread *previous)
{
	sched_finish_switch(previous);
	cpu_irq_enable();
}

void
sched_block(void)
{
	cpu_irq_disable();
	sched_switch_inline(percpu_self());
	cpu_irq_enable();
}

/* Queue the current thread and switch; interrupts are disabled. */
static void
sched_requeue_self(struct percpu *self, bool first)
{
	struct thread *thread = self->current;

	spin_lock(&thread->lock);
	thread->state = THREAD_READY;
	sched_queue_add(self->scheduler, thread, first);
	spin_unlock(&thread->lock);
	sched_switch(self);
}

bool
sched_pass(void)
{
	struct percpu *self;
	bool others;

	cpu_irq_disable();
	self = percpu_self();
	others = sched_ready_count() != 0;
	if (others)
		sched_requeue_self(self, false);
	cpu_irq_enable();
	return others;
}

void
sched_preempt(void)
{
	struct percpu *self;
	struct thread *thread;
	int best;

	cpu_irq_disable();
	self = percpu_self();
	thread = self->current;
	if (self->handoff != NULL)
		sched_flush_handoff(self);
	self->ast &= ~(AST_RESCHEDULE | AST_HANDOFF);
	best = sched_queue_best(self->scheduler);
	if (thread->quantum <= 0) {
		thread->quantum = sched_quantum(thread);
		if (best <= thread->sched_priority)
			sched_requeue_self(self, false);
	} else if (best < thread->sched_priority) {
		sched_requeue_self(self, true);
	}
	cpu_irq_enable();
}

void
sched_tick(unsigned int ticks)
{
	struct percpu *self = percpu_self();
	struct run_queue *queue = self->scheduler;
	struct thread *thread = self->current;
	int best;

	sched_charge(queue, thread, self->interrupted_user);
	sched_queue_age(queue);
	if (thread == self->idle)
		return;
	spin_lock(&thread->lock);
	thread->usage += ticks;
	sched_update_priority(thread);
	spin_unlock(&thread->lock);
	thread->quantum -= (int)ticks;
	best = sched_queue_best(queue);
	if (best < thread->sched_priority ||
	    (thread->quantum <= 0 && best <= thread->sched_priority))
		self->ast |= AST_RESCHEDULE;
	else if (thread->quantum <= 0)
		thread->quantum = sched_quantum(thread);
}

void
sched_request(void)
{
	uint64_t flags = cpu_irq_save();

	percpu_self()->ast |= AST_RESCHEDULE;
	cpu_irq_restore(flags);
}

void
sched_set_ast(struct thread *thread, uint32_t ast)
{
	struct percpu *self = percpu_self();
	uint64_t flags;

	__atomic_fetch_or(&thread->ast, ast, __ATOMIC_SEQ_CST);
	flags = cpu_irq_save();
	if (thread == self->current)
		self->ast |= ast;
	else if (__atomic_load_n(&thread->on_cpu, __ATOMIC_SEQ_CST) &&
	    thread->cpu != self->id)
		machine_send_reschedule(thread->cpu);
	cpu_irq_restore(flags);
}

void
sched_interrupt(void)
{
	struct percpu *self = percpu_self();

	self->ast |= AST_RESCHEDULE | load_relaxed(&self->current->ast);
}

unsigned int
sched_ready_count(void)
{
	const struct percpu *self = percpu_self();
	const struct run_queue *queue = self->scheduler;

	return queue->count + (self->handoff != NULL);
}

void
sched_idle(void)
{
	struct percpu *self = percpu_self();

	for (;;) {
		cpu_irq_disable();
		if (sched_ready_count() != 0) {
			sched_switch(self);
		} else {
			clock_tick_stop();
			thread_reap_idle();
			if (sched_ready_count() == 0)
				cpu_wait();
		}
		cpu_irq_enable();
	}
}
