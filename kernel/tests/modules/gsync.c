/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * gsync: waiting on the contents of memory (gnumach.defs).
 */
#include "lib/test.h"

#define self		task_self_port
#define SHARED		1
#define QUAD		2
#define TIMED		4
#define BROADCAST	8
#define MUTATE		16

static volatile uint32_t words[4];
static volatile uint64_t quad __attribute__((aligned(8)));
static volatile uint32_t awake;

static kern_return_t
wait_ms(volatile void *address, uint32_t value, unsigned int ms, int flags)
{
	return gsync_wait(self, (vm_address_t)address, value, 0, ms,
	    TIMED | flags);
}

static void
test_values(void)
{
	uint64_t start;

	words[0] = 5;
	ok_eq(gsync_wait(self, (vm_address_t)&words[0], 4, 0, 0, 0),
	    KERN_INVALID_ARGUMENT, "another value: no wait");
	start = time_ns();
	ok_eq(wait_ms(&words[0], 5, 30, 0), KERN_TIMEDOUT,
	    "the same value: wait until the time is over");
	ok(time_ns() - start >= 29000000, "no less than told");
	ok_eq(gsync_wait(self, (vm_address_t)&words[0] + 2, 5, 0, 0, 0),
	    KERN_INVALID_ARGUMENT, "an address not aligned");
	ok_eq(gsync_wait(self, 0x10, 5, 0, 10, TIMED),
	    KERN_INVALID_ADDRESS, "an address not mapped");
	quad = 0x200000001ull;
	ok_eq(gsync_wait(self, (vm_address_t)&quad, 1, 3, 10, QUAD | TIMED),
	    KERN_INVALID_ARGUMENT, "another high half");
	ok_eq(gsync_wait(self, (vm_address_t)&quad, 1, 2, 10, QUAD | TIMED),
	    KERN_TIMEDOUT, "both halves equal");
}

static void
waiter(void *argument)
{
	volatile uint32_t *word = argument;

	if (gsync_wait(self, (vm_address_t)word, 0, 0, 5000, TIMED) ==
	    KERN_SUCCESS)
		__atomic_add_fetch(&awake, 1, __ATOMIC_RELAXED);
}

static void
settle(void)
{
	sleep_ms(30);
}

static void
test_wake(void)
{
	struct test_thread *threads[3];
	unsigned int i;

	words[1] = 0;
	awake = 0;
	for (i = 0; i < 3; i++)
		threads[i] = test_thread_start(waiter, (void *)&words[1]);
	settle();
	ok_eq(awake, 0, "three threads wait");
	ok_eq(gsync_wake(self, (vm_address_t)&words[1], 0, 0), KERN_SUCCESS,
	    "wake");
	settle();
	ok_eq(awake, 1, "one is awake");
	ok_eq(gsync_wake(self, (vm_address_t)&words[1], 9,
	    BROADCAST | MUTATE), KERN_SUCCESS, "wake all, set the word");
	settle();
	ok_eq(awake, 3, "all are awake");
	ok_eq(words[1], 9, "the word is set");
	for (i = 0; i < 3; i++)
		ok(test_thread_join(threads[i]), "thread %u ends", i);
	ok_eq(gsync_wake(self, (vm_address_t)&words[1], 0, 0), KERN_SUCCESS,
	    "nobody to wake: a simple routine does not say");
}

static void
test_requeue(void)
{
	struct test_thread *threads[3];
	unsigned int i;

	words[0] = words[2] = 0;
	awake = 0;
	for (i = 0; i < 3; i++)
		threads[i] = test_thread_start(waiter, (void *)&words[0]);
	settle();
	ok_eq(gsync_requeue(self, (vm_address_t)&words[0],
	    (vm_address_t)&words[2], TRUE, BROADCAST), KERN_SUCCESS,
	    "move the waiters, wake one");
	settle();
	ok_eq(awake, 1, "one is awake");
	gsync_wake(self, (vm_address_t)&words[0], 0, BROADCAST);
	settle();
	ok_eq(awake, 1, "none waits at the old place");
	ok_eq(gsync_wake(self, (vm_address_t)&words[2], 0, BROADCAST),
	    KERN_SUCCESS, "wake at the new one");
	settle();
	ok_eq(awake, 3, "they were there");
	for (i = 0; i < 3; i++)
		test_thread_join(threads[i]);
}

static void
child_waits(void *argument)
{
	volatile uint32_t *word = argument;

	child_tell(1, 0);
	child_tell(2, (uint64_t)gsync_wait(task_self_port,
	    (vm_address_t)word, 0, 0, 3000, TIMED | SHARED));
}

static void
test_shared(void)
{
	vm_address_t page = memory_allocate(page_size);
	volatile uint32_t *word = (volatile uint32_t *)page;
	struct test_child child;
	uint64_t tag = 0;
	uint64_t result = 99;

	*word = 0;
	need_success(vm_inherit(self, page, page_size, VM_INHERIT_SHARE));
	test_child_start(&child, child_waits, (void *)word);
	ok(child_hear(&child, &tag, NULL, 3000), "a child shares the page");
	settle();
	gsync_wake(self, page, 0, SHARED);
	ok(child_hear(&child, &tag, &result, 4000), "it wakes");
	ok_eq(result, KERN_SUCCESS, "by our call");
	test_child_kill(&child);
	memory_free(page, page_size);
}

static volatile kern_return_t abort_result;

static void
abort_waiter(void *argument)
{
	abort_result = gsync_wait(self, (vm_address_t)argument, 0, 0, 0, 0);
}

static void
test_abort(void)
{
	struct test_thread *thread;

	words[3] = 0;
	abort_result = -1;
	thread = test_thread_start(abort_waiter, (void *)&words[3]);
	settle();
	thread_abort(thread->port);
	settle();
	gsync_wake(self, (vm_address_t)&words[3], 0, BROADCAST);
	ok(test_thread_join(thread), "an aborted thread goes on");
	ok(abort_result == KERN_INTERRUPTED || abort_result == KERN_ABORTED ||
	    abort_result == KERN_SUCCESS, "told so (%d)", abort_result);
}

void
test_main(void)
{
	test_values();
	test_wake();
	test_requeue();
	test_shared();
	test_abort();
}
