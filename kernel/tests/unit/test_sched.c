/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The scheduler: who runs next, for how long, and how priorities move.
 */
#include "kern_world.h"

#include <kern/sched_queue.h>
#include <mach/policy.h>

static char names[] = "abcdefgh";

static int
setup(void **state)
{
	world_setup(state);
	world_log_clear();
	return 0;
}

static void
log_main(void *argument)
{
	world_log_add(*(char *)argument);
}

static void
test_best_first(void **state)
{
	static const int priorities[] = { 30, 10, 63, 0, 10, 62 };
	size_t i;

	(void)state;
	for (i = 0; i < 6; i++)
		world_thread_at(log_main, &names[i], priorities[i]);
	assert_int_equal(sched_ready_count(), 6);
	world_run();
	assert_string_equal(world_log, "dbeafc");
}

static void
yield_main(void *argument)
{
	int i;

	for (i = 0; i < 3; i++) {
		world_log_add(*(char *)argument);
		sched_pass();
	}
}

static void
test_yield(void **state)
{
	int i;

	(void)state;
	assert_false(sched_pass());
	for (i = 0; i < 3; i++)
		world_thread_at(yield_main, &names[i], 20);
	assert_true(sched_pass());
	world_run();
	assert_string_equal(world_log, "abcabcabc");
}

static void
sleep_main(void *argument)
{
	thread_sleep(false, WAIT_FOREVER);
	world_log_add(*(char *)argument);
}

static void
waker_main(void *argument)
{
	struct thread **threads = argument;

	/* The last one goes before the first, but not before the better. */
	thread_wake(threads[0], WAIT_DONE, false);
	thread_wake(threads[1], WAIT_DONE, false);
	thread_wake_handoff(threads[2], WAIT_DONE);
	world_log_add('w');
}

static void
test_handoff(void **state)
{
	struct thread *threads[3];
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		threads[i] = world_thread_at(sleep_main, &names[i], 20);
		world_run();
	}
	threads[1]->priority = 5;
	world_thread_at(waker_main, threads, 20);
	world_run();
	assert_string_equal(world_log, "wbca");
}

/* The way to user mode. */
static void
leave(void)
{
	while (percpu_self()->ast != 0)
		thread_ast();
}

/* A thread that never stops, as far as the clock sees. */
static void
test_quantum(void **state)
{
	struct thread *self = thread_self();
	struct thread *other;

	(void)state;
	percpu_self()->idle = NULL;
	percpu_self()->interrupted_user = true;
	self->sched_priority = self->priority = 20;
	percpu_self()->ast = 0;
	sched_tick(1);
	assert_int_equal(percpu_self()->ast & AST_RESCHEDULE, 0);
	assert_int_equal(self->quantum, sched_quantum(self));
	other = world_thread_at(log_main, &names[0], 20);
	percpu_self()->ast = 0;
	sched_tick(1);
	assert_int_not_equal(percpu_self()->ast & AST_RESCHEDULE, 0);
	leave();
	assert_string_equal(world_log, "a");
	assert_int_equal(other->state, THREAD_HALTED);
	thread_deallocate(other);
}

/* A worse thread does not run while a better one has a quantum left. */
static void
test_preempt(void **state)
{
	struct thread *self = thread_self();

	(void)state;
	percpu_self()->idle = NULL;
	self->sched_priority = self->priority = 20;
	world_thread_at(log_main, &names[0], 21);
	world_thread_at(log_main, &names[1], 19);
	assert_int_not_equal(percpu_self()->ast & AST_RESCHEDULE, 0);
	leave();
	assert_string_equal(world_log, "b");
}

static void
usage_set(struct thread *thread, uint32_t usage)
{
	uint64_t flags = spin_lock_irqsave(&thread->lock);

	thread->usage = usage;
	sched_update_priority(thread);
	spin_unlock_irqrestore(&thread->lock, flags);
}

static void
test_usage(void **state)
{
	struct thread *thread;
	int sunk;

	(void)state;
	thread = world_thread_at(log_main, &names[0], 25);
	usage_set(thread, 160);
	assert_int_equal(thread->sched_priority, 25);
	thread->policy = POLICY_TIMESHARE;
	usage_set(thread, 160);
	sunk = thread->sched_priority;
	assert_in_range(sunk, 30, 40);
	usage_set(thread, 1000000);
	assert_int_equal(thread->sched_priority, 60);
	usage_set(thread, 160);
	/* Seconds pass, and the thread only waits for the processor. */
	cpu_irq_disable();
	clock_tick_start();
	cpu_irq_enable();
	world_pass(100 * WORLD_TICK);
	assert_in_range(thread->sched_priority, 26, sunk - 1);
	world_pass(2000 * WORLD_TICK);
	assert_int_equal(thread->sched_priority, 25);
	world_run();
	assert_string_equal(world_log, "a");
}

static void
depressed_main(void *argument)
{
	world_log_add('(');
	sched_pass_depressed(WAIT_FOREVER);
	world_log_add(')');
}

static void
test_depress(void **state)
{
	struct thread *thread;

	(void)state;
	thread = world_thread_at(depressed_main, NULL, 10);
	world_thread_at(log_main, &names[0], 50);
	world_run();
	assert_string_equal(world_log, "(a)");
	assert_false(thread->depressed);
	assert_int_equal(thread->sched_priority, 10);
}

/* Queues against a model: random threads come and go. */
static void
test_queue_model(void **state)
{
	static struct run_queue queue;
	static struct thread threads[40];
	uint64_t seed = 1;
	unsigned int i, step, queued = 0;
	struct thread *taken;
	int best;

	(void)state;
	memset(&queue, 0, sizeof(queue));
	for (i = 0; i < SCHED_PRIORITIES; i++)
		list_init(&queue.lists[i]);
	memset(threads, 0, sizeof(threads));
	for (step = 0; step < 20000; step++) {
		i = (unsigned int)(unit_random(&seed) % 40);
		if (!threads[i].queued) {
			threads[i].sched_priority =
			    (int)(unit_random(&seed) % SCHED_PRIORITIES);
			sched_queue_add(&queue, &threads[i], step % 2);
			queued++;
		} else if (step % 3 == 0) {
			assert_true(sched_queue_remove(&queue, &threads[i]));
			assert_false(sched_queue_remove(&queue, &threads[i]));
			queued--;
		} else {
			best = sched_queue_best(&queue);
			taken = sched_queue_take(&queue);
			assert_int_equal(taken->sched_priority, best);
			for (i = 0; i < 40; i++)
				assert_true(!threads[i].queued ||
				    threads[i].sched_priority >= best);
			queued--;
		}
		assert_int_equal(queue.count, queued);
		assert_int_equal(sched_queue_best(&queue) ==
		    SCHED_PRIORITIES, queued == 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_best_first, setup),
		cmocka_unit_test_setup(test_yield, setup),
		cmocka_unit_test_setup(test_handoff, setup),
		cmocka_unit_test_setup(test_quantum, setup),
		cmocka_unit_test_setup(test_preempt, setup),
		cmocka_unit_test_setup(test_usage, setup),
		cmocka_unit_test_setup(test_depress, setup),
		cmocka_unit_test_setup(test_queue_model, setup),
	};

	return cmocka_run_group_tests_name("sched", tests, NULL, NULL);
}
