/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * gsync, and with it threads and tasks that begin, wait, stop and end.
 */
#include "kern_world.h"

#include <gnumach.server.h>
#include <mach.server.h>
#include <machine/thread.h>

#define WAITERS	8

static struct task *task;
static uint32_t words[4] __attribute__((aligned(16)));
static uint32_t expected;
static kern_return_t results[WAITERS];
static struct thread *threads[WAITERS];
static int wait_flags;
static natural_t wait_ms;

/* User mode: wait for a word, note the result, end. */
static void
user_main(struct trap_frame *frame)
{
	unsigned int number = (unsigned int)frame->x[0];

	results[number] = gsync_wait(current_task(), (vm_address_t)words,
	    expected, 2, wait_ms, wait_flags);
	world_log_add((char)('a' + number));
	thread_terminate(thread_self());
	for (;;)
		thread_ast();
}

static int
setup(void **state)
{
	world_setup(state);
	world_log_clear();
	memset(words, 0, sizeof(words));
	expected = 0;
	wait_flags = 0;
	wait_ms = 0;
	host_set_user(user_main);
	assert_int_equal(task_create_internal(kernel_task, false, &task),
	    KERN_SUCCESS);
	return 0;
}

/* The end of the task takes everything that was its own. */
static int
teardown(void **state)
{
	unsigned int i;

	(void)state;
	assert_int_equal(task_terminate(task), KERN_SUCCESS);
	world_run();
	for (i = 0; i < WAITERS; i++) {
		thread_deallocate(threads[i]);
		threads[i] = NULL;
	}
	assert_int_equal(task->references, 1);
	task_deallocate(task);
	return 0;
}

static void
start(unsigned int number)
{
	struct thread *thread;

	results[number] = -1;
	thread_deallocate(threads[number]);
	assert_int_equal(thread_create_in(task, &thread), KERN_SUCCESS);
	thread->machine.frame->x[0] = number;
	threads[number] = thread;
	assert_int_equal(thread_resume(thread), KERN_SUCCESS);
	world_run();
}

static void
start_all(void)
{
	unsigned int i;

	for (i = 0; i < WAITERS; i++)
		start(i);
}

static void
wake(uint32_t *word, int flags)
{
	assert_int_equal(gsync_wake(task, (vm_address_t)word, 7, flags),
	    KERN_SUCCESS);
	world_run();
}

static void
test_wake(void **state)
{
	(void)state;
	start_all();
	assert_string_equal(world_log, "");
	wake(&words[1], GSYNC_BROADCAST);
	assert_string_equal(world_log, "");
	wake(words, 0);
	wake(words, 0);
	assert_string_equal(world_log, "ab");
	assert_int_equal(results[0], KERN_SUCCESS);
	wake(words, GSYNC_BROADCAST);
	assert_string_equal(world_log, "abcdefgh");
	assert_int_equal(words[0], 0);
}

static void
test_unequal(void **state)
{
	(void)state;
	expected = 5;
	start(0);
	assert_int_equal(results[0], KERN_INVALID_ARGUMENT);
	expected = 0;
	wait_flags = GSYNC_QUAD;
	words[1] = 3;
	start(1);
	assert_int_equal(results[1], KERN_INVALID_ARGUMENT);
	words[1] = 2;
	start(2);
	assert_int_equal(results[2], -1);
	wake(words, 0);
	assert_int_equal(results[2], KERN_SUCCESS);
}

static void
test_timeout(void **state)
{
	(void)state;
	wait_flags = GSYNC_TIMED;
	wait_ms = 20;
	start(0);
	world_pass(19 * WORLD_MS);
	world_run();
	assert_int_equal(results[0], -1);
	world_pass(2 * WORLD_MS);
	world_run();
	assert_int_equal(results[0], KERN_TIMEDOUT);
	wake(words, GSYNC_BROADCAST);
	assert_string_equal(world_log, "a");
}

static void
requeue(boolean_t wake_one, int flags)
{
	assert_int_equal(gsync_requeue(task, (vm_address_t)&words[0],
	    (vm_address_t)&words[2], wake_one, flags), KERN_SUCCESS);
	world_run();
}

static void
test_requeue(void **state)
{
	(void)state;
	start_all();
	requeue(FALSE, 0);
	assert_string_equal(world_log, "");
	wake(&words[2], GSYNC_BROADCAST);
	assert_string_equal(world_log, "a");
	requeue(TRUE, GSYNC_BROADCAST);
	assert_string_equal(world_log, "ab");
	wake(&words[0], GSYNC_BROADCAST);
	assert_string_equal(world_log, "ab");
	wake(&words[2], 0);
	assert_string_equal(world_log, "abc");
	wake(&words[2], GSYNC_BROADCAST);
	assert_string_equal(world_log, "abcdefgh");
}

/* A waiter that was moved still times out of where it is. */
static void
test_requeue_timeout(void **state)
{
	(void)state;
	wait_flags = GSYNC_TIMED;
	wait_ms = 20;
	start(0);
	requeue(FALSE, 0);
	world_pass(21 * WORLD_MS);
	world_run();
	assert_int_equal(results[0], KERN_TIMEDOUT);
	wake(&words[2], GSYNC_BROADCAST);
}

static void
test_errors(void **state)
{
	(void)state;
	assert_int_equal(gsync_wait(NULL, (vm_address_t)words, 0, 0, 0, 0),
	    KERN_INVALID_TASK);
	assert_int_equal(gsync_wake(kernel_task, (vm_address_t)words, 0, 0),
	    KERN_INVALID_TASK);
	assert_int_equal(gsync_wait(task, (vm_address_t)words + 2, 0, 0, 0,
	    0), KERN_INVALID_ARGUMENT);
}

/* Suspended in the wait, aborted out of it, it parks with the result. */
static void
test_abort(void **state)
{
	(void)state;
	start(0);
	assert_int_equal(thread_suspend(threads[0]), KERN_SUCCESS);
	assert_int_equal(threads[0]->state, THREAD_WAITING);
	assert_int_equal(thread_resume(threads[0]), KERN_SUCCESS);
	assert_int_equal(thread_resume(threads[0]), KERN_FAILURE);
	assert_int_equal(results[0], -1);
	assert_true(thread_wake(threads[0], WAIT_INTERRUPTED, true));
	world_run();
	assert_int_equal(results[0], KERN_INTERRUPTED);
	assert_int_equal(threads[0]->state, THREAD_HALTED);
}

/* Whatever a thread does, it ends when it is told to. */
static void
test_terminate(void **state)
{
	(void)state;
	start(0);
	assert_int_equal(task->thread_count, 1);
	thread_terminate(threads[0]);
	world_run();
	assert_int_equal(threads[0]->state, THREAD_HALTED);
	assert_int_equal(task->thread_count, 0);
	wake(words, GSYNC_BROADCAST);
	start_all();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_wake, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unequal, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_timeout, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_requeue, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_requeue_timeout, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_errors, setup, teardown),
		cmocka_unit_test_setup_teardown(test_abort, setup, teardown),
		cmocka_unit_test_setup_teardown(test_terminate, setup,
		    teardown),
	};

	return cmocka_run_group_tests_name("gsync", tests, NULL, NULL);
}
