/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * A small world for tests of kern/: everything set up as kernel_main() does
 * it.  The test itself is the idle thread, so that it goes on when all others
 * wait; time passes when the test says so.
 */
#ifndef TESTS_UNIT_KERN_WORLD_H
#define TESTS_UNIT_KERN_WORLD_H

#include <string.h>

#include "unit.h"

#include <ipc/ipc_kmsg.h>
#include <kern/clock.h>
#include <kern/gsync.h>
#include <kern/ipc_host.h>
#include <kern/sched.h>
#include <kern/task.h>
#include <kern/thread.h>
#include <kern/waitq.h>
#include <machine/percpu.h>
#include <machine/platform.h>
#include <vm/pmap.h>
#include <vm/vm_map.h>
#include <vm/vm_object.h>

/* Threads that wait at the end of a test are not leaks. */
__attribute__((visibility("default"))) const char *
    __asan_default_options(void);

const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}

#define WORLD_MS	1000000UL	/* counter ticks */
#define WORLD_TICK	(10 * WORLD_MS)

static inline int
world_setup(void **state)
{
	(void)state;
	host_setup(64 * 1024 * 1024);
	memset(percpu_self(), 0, sizeof(struct percpu));
	cpu_irq_disable();
	thread_bootstrap();
	sched_setup();
	clock_setup();
	pmap_setup();
	vm_object_setup();
	vm_map_setup();
	ipc_setup();
	ipc_host_setup();
	gsync_setup();
	task_setup();
	thread_setup();
	cpu_irq_enable();
	while (sched_ready_count() != 0)
		sched_pass();
	return 0;
}

/* Let every thread run until it waits; free those that ended. */
static inline void
world_run(void)
{
	while (sched_ready_count() != 0)
		sched_pass();
	thread_reap_all();
}

/* Let time pass without running anybody. */
static inline void
world_pass(uint64_t nanoseconds)
{
	cpu_irq_disable();
	host_advance(nanoseconds);
	percpu_self()->in_interrupt = true;
	clock_interrupt();
	percpu_self()->in_interrupt = false;
	cpu_irq_enable();
}

/* What threads did, in order. */
#define WORLD_LOG_SIZE	256

static char world_log[WORLD_LOG_SIZE];

static inline void
world_log_clear(void)
{
	memset(world_log, 0, sizeof(world_log));
}

static inline void
world_log_add(char c)
{
	size_t length = strlen(world_log);

	assert_true(length + 1 < sizeof(world_log));
	world_log[length] = c;
}

/* A thread that runs main(argument) at a priority, ready. */
static inline struct thread *
world_thread_at(void (*main)(void *), void *argument, int priority)
{
	struct thread *thread;
	uint64_t flags;

	assert_int_equal(thread_create_kernel("test", main, argument,
	    &thread), KERN_SUCCESS);
	flags = spin_lock_irqsave(&thread->lock);
	thread->priority = priority;
	sched_update_priority(thread);
	spin_unlock_irqrestore(&thread->lock, flags);
	return thread;
}

#endif /* TESTS_UNIT_KERN_WORLD_H */
