/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Effective priorities follow recent use of the processor: `usage` counts
 * ticks and loses three eighths each second, so that a thread that never
 * stops settles at about SCHED_USAGE_SHIFT-scaled 16 levels below its base.
 */

#include <kern/sched_queue.h>

#include <stddef.h>

#include <kern/assert.h>
#include <kern/clock.h>
#include <kern/thread.h>
#include <lib/macros.h>
#include <mach/policy.h>
#include <mach/processor_info.h>
#include <machine/percpu.h>
#include <machine/platform.h>

/* Ticks of usage for one level, as a power of two. */
#define SCHED_USAGE_SHIFT	4
/* The worst priority that usage leads to: still better than depression. */
#define SCHED_USAGE_FLOOR	60
/* After as many seconds nothing is left: of usage, of the load. */
#define SCHED_USAGE_FORGET	16
#define LOAD_FORGET		600u

static uint32_t sched_epoch;

/* Of the host: threads ready and running, exponentially averaged. */
static int load_averages[3];
static int mach_factors[3] = { LOAD_SCALE, LOAD_SCALE, LOAD_SCALE };

void
sched_queue_add(struct run_queue *queue, struct thread *thread, bool first)
{
	struct list *list = &queue->lists[thread->sched_priority];

	spin_lock(&queue->lock);
	if (first)
		list_insert_head(list, &thread->run_link);
	else
		list_insert_tail(list, &thread->run_link);
	queue->ready |= BIT(thread->sched_priority);
	queue->count++;
	thread->queued = true;
	spin_unlock(&queue->lock);
}

/* The queue is locked. */
static void
queue_unlink(struct run_queue *queue, struct thread *thread, int priority)
{
	spin_assert_held(&queue->lock);
	list_remove(&thread->run_link);
	if (list_empty(&queue->lists[priority]))
		queue->ready &= ~BIT(priority);
	queue->count--;
	thread->queued = false;
}

bool
sched_queue_remove(struct run_queue *queue, struct thread *thread)
{
	bool queued;

	spin_lock(&queue->lock);
	queued = thread->queued;
	if (queued)
		queue_unlink(queue, thread, thread->sched_priority);
	spin_unlock(&queue->lock);
	return queued;
}

struct thread *
sched_queue_take(struct run_queue *queue)
{
	struct thread *thread = NULL;
	int best;

	if (sched_queue_best(queue) == SCHED_PRIORITIES)
		return NULL;
	spin_lock(&queue->lock);
	best = sched_queue_best(queue);
	if (best != SCHED_PRIORITIES) {
		thread = list_first_entry(&queue->lists[best], struct thread,
		    run_link);
		queue_unlink(queue, thread, best);
	}
	spin_unlock(&queue->lock);
	return thread;
}

static void
usage_decay(struct thread *thread)
{
	uint32_t seconds = sched_epoch - thread->usage_epoch;

	if (seconds == 0)
		return;
	thread->usage_epoch = sched_epoch;
	if (seconds >= SCHED_USAGE_FORGET)
		thread->usage = 0;
	while (thread->usage != 0 && seconds-- != 0)
		thread->usage = thread->usage * 5 / 8;
}

static int
effective_priority(struct thread *thread)
{
	int priority = thread->priority;

	if (thread->depressed)
		return SCHED_PRIORITY_DEPRESSED;
	if (thread->policy != POLICY_TIMESHARE)
		return priority;
	usage_decay(thread);
	priority += (int)(thread->usage >> SCHED_USAGE_SHIFT);
	return MIN(priority, MAX(thread->priority, SCHED_USAGE_FLOOR));
}

void
sched_update_priority(struct thread *thread)
{
	struct run_queue *queue = &sched_queues[thread->cpu];
	int priority = effective_priority(thread);

	if (priority == thread->sched_priority)
		return;
	if (thread->queued && sched_queue_remove(queue, thread)) {
		thread->sched_priority = priority;
		sched_queue_add(queue, thread, false);
	} else {
		thread->sched_priority = priority;
	}
}

int
sched_quantum(const struct thread *thread)
{
	int ticks;

	if (thread->policy == POLICY_TIMESHARE)
		return SCHED_QUANTUM;
	ticks = (int)DIV_CEIL((int64_t)thread->policy_data * CLOCK_HZ, 1000);
	return MAX(ticks, SCHED_QUANTUM);
}

/*
 * Averages over 5, 30 and 60 seconds of the runnable threads, and of the mach
 * factor: processors per thread when there are fewer threads than those,
 * what a thread more would get otherwise (CMU's Mach kernel interface).
 */
static void
load_sample(unsigned int threads, unsigned int cpus)
{
	static const int seconds[3] = { 5, 30, 60 };
	int load = (int)threads * LOAD_SCALE / (int)cpus;
	int factor = threads < cpus ? (int)(cpus - threads) * LOAD_SCALE
	    : (int)cpus * LOAD_SCALE / (int)(threads + 1);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(seconds); i++) {
		load_averages[i] += (load - load_averages[i]) / seconds[i];
		mach_factors[i] += (factor - mach_factors[i]) / seconds[i];
	}
}

void
sched_get_load(int averages[3], int factors[3])
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(load_averages); i++) {
		averages[i] = load_averages[i];
		factors[i] = mach_factors[i];
	}
}

/* Move threads whose priority has recovered; the queue is locked. */
static void
queue_recover(struct run_queue *queue)
{
	struct thread *thread;
	struct list *node, *next;
	int i, priority;

	spin_assert_held(&queue->lock);
	for (i = 1; i < SCHED_PRIORITIES; i++) {
		list_for_each_safe(&queue->lists[i], node, next) {
			thread = list_entry(node, struct thread, run_link);
			priority = effective_priority(thread);
			if (priority >= i)
				continue;
			queue_unlink(queue, thread, i);
			thread->sched_priority = priority;
			list_insert_tail(&queue->lists[priority],
			    &thread->run_link);
			queue->ready |= BIT(priority);
			queue->count++;
			thread->queued = true;
		}
	}
}

void
sched_queue_age(struct run_queue *queue)
{
	const struct percpu *self = percpu_self();
	uint32_t epoch = (uint32_t)(queue->stamp / machine_counter_frequency);
	uint32_t seconds = epoch - queue->epoch;

	if (seconds == 0)
		return;
	queue->epoch = epoch;
	sched_epoch = epoch;
	if (self->id == 0) {
		/* No tick came in seconds without anything to run. */
		for (seconds = MIN(seconds, LOAD_FORGET); seconds > 1;
		     seconds--)
			load_sample(0, machine_ncpus);
		load_sample(queue->count + (self->current != self->idle),
		    machine_ncpus);
	}
	spin_lock(&queue->lock);
	if (queue->ready != 0)
		queue_recover(queue);
	spin_unlock(&queue->lock);
}
