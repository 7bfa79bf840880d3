/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Run queues and effective priorities: the scheduler's own parts.
 */
#ifndef KERN_SCHED_QUEUE_H
#define KERN_SCHED_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include <kern/lock.h>
#include <kern/sched.h>
#include <lib/bits.h>
#include <lib/list.h>
#include <lib/macros.h>
#include <machine/cpu.h>

struct thread;

struct run_queue {
	spinlock_t lock;		/* interrupts disabled */
	unsigned int count;
	uint64_t ready;			/* bit n: lists[n] is not empty */
	/* struct thread::run_link */
	struct list lists[SCHED_PRIORITIES];
	uint64_t stamp;			/* counter: charged up to here */
	uint32_t epoch;			/* of the last sched_queue_age() */
};

extern struct run_queue sched_queues[MACHINE_MAX_CPUS];

/* Put a ready thread at one end of its priority's list. */
void sched_queue_add(struct run_queue *queue, struct thread *thread,
    bool first);
/* Take a given thread out; false if it was not in. */
bool sched_queue_remove(struct run_queue *queue, struct thread *thread);
/* Take the first thread of the best priority, or NULL. */
struct thread *sched_queue_take(struct run_queue *queue);

/* Once a second: let threads that wait for the processor recover. */
void sched_queue_age(struct run_queue *queue);

/* The best priority that is ready; SCHED_PRIORITIES: none. */
static inline int
sched_queue_best(const struct run_queue *queue)
{
	uint64_t ready = load_relaxed(&queue->ready);

	return ready != 0 ? (int)bits_lowest(ready) : SCHED_PRIORITIES;
}

/* A full quantum, in ticks. */
int sched_quantum(const struct thread *thread);

#endif /* KERN_SCHED_QUEUE_H */
