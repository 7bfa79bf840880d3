/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Time-outs and the tick.
 *
 * Each processor has a tree of its timers and programs its one-shot timer for
 * whatever comes first, a time-out or the next tick.  Ticks fall on multiples
 * of the tick's length and stop while the processor is idle.
 */

#include <kern/clock.h>

#include <stddef.h>

#include <kern/assert.h>
#include <kern/clock_time.h>
#include <kern/lock.h>
#include <kern/sched.h>
#include <machine/cpu.h>
#include <machine/percpu.h>
#include <machine/platform.h>

#define TIMER_NEVER	UINT64_MAX

struct timer_queue {
	spinlock_t lock;		/* interrupts disabled */
	struct rbtree timers;
	const struct timer *running;	/* whose call is being made */
	uint64_t programmed;		/* what the hardware was asked for */
	uint64_t tick;			/* when the next one is due */
};

static struct timer_queue timer_queues[MACHINE_MAX_CPUS];
static uint64_t tick_period;

static int
timer_compare(const struct rbtree_node *a, const struct rbtree_node *b)
{
	uint64_t first = rbtree_entry(a, const struct timer, node)->deadline;
	uint64_t second = rbtree_entry(b, const struct timer, node)->deadline;

	/* Equal deadlines: the later comer goes behind. */
	return first < second ? -1 : 1;
}

void
clock_setup(void)
{
	struct timer_queue *queue = &timer_queues[cpu_id()];

	tick_period = machine_counter_frequency / CLOCK_HZ;
	rbtree_init(&queue->timers);
	queue->programmed = TIMER_NEVER;
	queue->tick = TIMER_NEVER;
	clock_time_setup();
}

/* The queue is locked. */
static void
timer_program(struct timer_queue *queue)
{
	struct rbtree_node *first = rbtree_first(&queue->timers);
	uint64_t next = queue->tick;

	spin_assert_held(&queue->lock);
	if (first != NULL &&
	    rbtree_entry(first, struct timer, node)->deadline < next)
		next = rbtree_entry(first, struct timer, node)->deadline;
	if (next != queue->programmed) {
		queue->programmed = next;
		machine_timer_set(next);
	}
}

void
timer_init(struct timer *timer, void (*call)(void *), void *argument)
{
	timer->call = call;
	timer->argument = argument;
	timer->armed = false;
	timer->cpu = 0;
}

void
timer_arm(struct timer *timer, uint64_t deadline)
{
	uint64_t flags = cpu_irq_save();
	unsigned int cpu = cpu_id();
	struct timer_queue *queue = &timer_queues[cpu];

	spin_lock(&queue->lock);
	assert(!timer->armed);
	timer->deadline = deadline;
	timer->cpu = cpu;
	timer->armed = true;
	rbtree_insert(&queue->timers, &timer->node, timer_compare);
	if (deadline < queue->programmed) {
		queue->programmed = deadline;
		machine_timer_set(deadline);
	}
	spin_unlock_irqrestore(&queue->lock, flags);
}

/* The hardware is left as it is: at worst it interrupts for nothing. */
bool
timer_cancel(struct timer *timer)
{
	struct timer_queue *queue = &timer_queues[timer->cpu];
	uint64_t flags = spin_lock_irqsave(&queue->lock);
	bool armed = timer->armed;

	if (armed) {
		timer->armed = false;
		rbtree_remove(&queue->timers, &timer->node);
	}
	while (queue->running == timer && timer->cpu != cpu_id()) {
		spin_unlock_irqrestore(&queue->lock, flags);
		cpu_relax();
		flags = spin_lock_irqsave(&queue->lock);
	}
	spin_unlock_irqrestore(&queue->lock, flags);
	return armed;
}

/* Make the calls that are due; the queue is locked. */
static void
timer_run(struct timer_queue *queue, uint64_t now)
{
	struct rbtree_node *first;
	struct timer *timer;

	while ((first = rbtree_first(&queue->timers)) != NULL) {
		timer = rbtree_entry(first, struct timer, node);
		if (timer->deadline > now)
			break;
		rbtree_remove(&queue->timers, first);
		timer->armed = false;
		queue->running = timer;
		spin_unlock(&queue->lock);
		timer->call(timer->argument);
		spin_lock(&queue->lock);
		queue->running = NULL;
	}
}

void
clock_interrupt(void)
{
	struct timer_queue *queue = &timer_queues[cpu_id()];
	uint64_t now = cpu_counter();
	unsigned int ticks = 0;

	spin_lock(&queue->lock);
	queue->programmed = TIMER_NEVER;
	timer_run(queue, now);
	while (queue->tick <= now) {
		queue->tick += tick_period;
		ticks++;
	}
	timer_program(queue);
	spin_unlock(&queue->lock);
	clock_time_update();
	if (ticks != 0)
		sched_tick(ticks);
}

void
clock_tick_stop(void)
{
	struct timer_queue *queue = &timer_queues[cpu_id()];

	if (queue->tick == TIMER_NEVER)
		return;
	spin_lock(&queue->lock);
	queue->tick = TIMER_NEVER;
	timer_program(queue);
	spin_unlock(&queue->lock);
}

void
clock_tick_start(void)
{
	struct timer_queue *queue = &timer_queues[cpu_id()];
	uint64_t now = cpu_counter();

	if (queue->tick != TIMER_NEVER)
		return;
	spin_lock(&queue->lock);
	queue->tick = now - now % tick_period + tick_period;
	if (queue->tick < queue->programmed) {
		queue->programmed = queue->tick;
		machine_timer_set(queue->tick);
	}
	spin_unlock(&queue->lock);
	clock_time_update();
}

uint64_t
clock_deadline_ms(uint32_t ms)
{
	if (ms == 0)
		return 0;
	return cpu_counter() + 1 +
	    machine_ns_to_ticks((uint64_t)ms * 1000000);
}
