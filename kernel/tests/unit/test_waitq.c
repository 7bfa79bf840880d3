/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Wait queues and mutexes: order, time-outs, interruption, hand-over.
 */
#include "kern_world.h"

#include <kern/mutex.h>

struct waiter {
	char name;
	bool interruptible;
	uint64_t deadline;
	int result;
	struct thread *thread;
};

static spinlock_t lock;
static struct waitq queue;

static void
wait_main(void *argument)
{
	struct waiter *waiter = argument;

	spin_lock(&lock);
	waiter->result = waitq_wait(&queue, &lock, waiter->interruptible,
	    waiter->deadline);
	world_log_add(waiter->name);
}

static void
waiter_start(struct waiter *waiter, char name, bool interruptible,
    uint64_t deadline)
{
	waiter->name = name;
	waiter->interruptible = interruptible;
	waiter->deadline = deadline;
	waiter->result = WAIT_PENDING;
	waiter->thread = world_thread_at(wait_main, waiter, 10);
	world_run();
}

static int
setup(void **state)
{
	world_setup(state);
	spin_init(&lock);
	waitq_init(&queue);
	world_log_clear();
	return 0;
}

static struct thread *
wake_one(int result)
{
	struct thread *thread;

	spin_lock(&lock);
	thread = waitq_wake_one(&queue, result, false);
	spin_unlock(&lock);
	return thread;
}

static void
test_order(void **state)
{
	struct waiter waiters[3];
	int i;

	(void)state;
	for (i = 0; i < 3; i++)
		waiter_start(&waiters[i], (char)('a' + i), true,
		    WAIT_FOREVER);
	assert_string_equal(world_log, "");
	assert_ptr_equal(wake_one(WAIT_OBJECT), waiters[0].thread);
	world_run();
	assert_string_equal(world_log, "a");
	assert_int_equal(waiters[0].result, WAIT_OBJECT);
	spin_lock(&lock);
	assert_int_equal(waitq_wake_all(&queue, WAIT_DONE), 2);
	assert_true(waitq_empty(&queue));
	spin_unlock(&lock);
	world_run();
	assert_string_equal(world_log, "abc");
	assert_null(wake_one(WAIT_DONE));
}

static void
test_timeout(void **state)
{
	struct waiter waiter;

	(void)state;
	waiter_start(&waiter, 'a', false, cpu_counter() + 5 * WORLD_MS);
	world_pass(4 * WORLD_MS);
	world_run();
	assert_int_equal(waiter.result, WAIT_PENDING);
	world_pass(2 * WORLD_MS);
	world_run();
	assert_int_equal(waiter.result, WAIT_TIMED_OUT);
	assert_true(waitq_empty(&queue));
}

/* A waker comes between the time-out and the thread that it woke. */
static void
test_late_wake(void **state)
{
	struct waiter waiters[2];

	(void)state;
	waiter_start(&waiters[0], 'a', true, cpu_counter() + WORLD_MS);
	waiter_start(&waiters[1], 'b', true, WAIT_FOREVER);
	world_pass(2 * WORLD_MS);
	assert_false(waitq_empty(&queue));
	assert_ptr_equal(wake_one(WAIT_DONE), waiters[1].thread);
	assert_null(wake_one(WAIT_DONE));
	world_run();
	assert_int_equal(waiters[0].result, WAIT_TIMED_OUT);
	assert_int_equal(waiters[1].result, WAIT_DONE);
	assert_true(waitq_empty(&queue));
}

static void
test_interrupt(void **state)
{
	struct waiter deaf, ready;

	(void)state;
	waiter_start(&deaf, 'a', false, WAIT_FOREVER);
	waiter_start(&ready, 'b', true, WAIT_FOREVER);
	assert_false(thread_wake(deaf.thread, WAIT_INTERRUPTED, true));
	assert_true(thread_wake(ready.thread, WAIT_INTERRUPTED, true));
	assert_false(thread_wake(ready.thread, WAIT_INTERRUPTED, true));
	world_run();
	assert_int_equal(deaf.result, WAIT_PENDING);
	assert_int_equal(ready.result, WAIT_INTERRUPTED);
	assert_ptr_equal(wake_one(WAIT_DONE), deaf.thread);
	world_run();
	assert_int_equal(deaf.result, WAIT_DONE);
}

/* On its way out of the kernel a thread waits for nothing. */
static void
abort_main(void *argument)
{
	int *results = argument;

	sched_set_ast(thread_self(), AST_ABORT);
	spin_lock(&lock);
	results[0] = waitq_wait(&queue, &lock, true, WAIT_FOREVER);
	results[1] = thread_sleep(true, WAIT_FOREVER);
	results[2] = thread_sleep(false, cpu_counter() + WORLD_MS);
}

static void
test_abort_pending(void **state)
{
	int results[3] = { WAIT_PENDING, WAIT_PENDING, WAIT_PENDING };

	(void)state;
	world_thread_at(abort_main, results, 10);
	world_run();
	assert_int_equal(results[0], WAIT_INTERRUPTED);
	assert_int_equal(results[1], WAIT_INTERRUPTED);
	assert_int_equal(results[2], WAIT_PENDING);
	assert_true(waitq_empty(&queue));
	world_pass(2 * WORLD_MS);
	world_run();
	assert_int_equal(results[2], WAIT_TIMED_OUT);
}

static struct mutex mutex;

static void
mutex_main(void *argument)
{
	mutex_lock(&mutex);
	assert_true(mutex_owned(&mutex));
	world_log_add(*(char *)argument);
	sched_pass();
	thread_sleep(false, cpu_counter() + WORLD_MS);
	world_log_add('.');
	mutex_unlock(&mutex);
	assert_false(mutex_owned(&mutex));
}

/* Owners do not overlap, and come in the order in which they asked. */
static void
test_mutex(void **state)
{
	static char names[] = "abcd";
	int i;

	(void)state;
	mutex_init(&mutex);
	for (i = 0; i < 4; i++) {
		world_thread_at(mutex_main, &names[i], 10);
		world_run();
	}
	assert_string_equal(world_log, "a");
	for (i = 0; i < 4; i++) {
		world_pass(2 * WORLD_MS);
		world_run();
	}
	assert_string_equal(world_log, "a.b.c.d.");
	assert_true(mutex_trylock(&mutex));
	assert_false(mutex_trylock(&mutex));
	mutex_unlock(&mutex);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_order, setup),
		cmocka_unit_test_setup(test_timeout, setup),
		cmocka_unit_test_setup(test_late_wake, setup),
		cmocka_unit_test_setup(test_interrupt, setup),
		cmocka_unit_test_setup(test_abort_pending, setup),
		cmocka_unit_test_setup(test_mutex, setup),
	};

	return cmocka_run_group_tests_name("waitq", tests, NULL, NULL);
}
