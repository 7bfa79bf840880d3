/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Floating-point and SIMD registers: kept apart, read and written.
 */
#include "lib/test.h"

#define self	task_self_port

static volatile uint32_t mismatches;
static volatile uint32_t rounds[3];

/* Fill all registers with a pattern and see that it stays. */
static void
keep_registers(void *argument)
{
	uint64_t seed = (uintptr_t)argument;
	uint64_t low;
	uint64_t high;

	for (;;) {
		__asm__ volatile(
		    "dup	v0.2d, %2\n\t" "dup	v7.2d, %2\n\t"
		    "dup	v8.2d, %2\n\t" "dup	v31.2d, %2\n\t"
		    "mov	x9, #3000\n\t"
		    "1: subs	x9, x9, #1\n\t" "b.ne	1b\n\t"
		    "eor	v0.16b, v0.16b, v7.16b\n\t"
		    "eor	v8.16b, v8.16b, v31.16b\n\t"
		    "umov	%0, v0.d[0]\n\t" "umov	%1, v8.d[1]\n\t"
		    "umov	x9, v31.d[1]\n\t" "sub	x9, x9, %2\n\t"
		    "orr	%0, %0, x9"
		    : "=&r"(low), "=&r"(high) : "r"(seed)
		    : "x9", "v0", "v7", "v8", "v31", "cc");
		if (low != 0 || high != 0)
			mismatches++;
		rounds[seed & 3]++;
	}
}

static void
test_switching(void)
{
	struct test_thread *a;
	struct test_thread *b;

	mismatches = 0;
	a = test_thread_start(keep_registers, (void *)0x1111111100000001ul);
	b = test_thread_start(keep_registers, (void *)0x2222222200000002ul);
	sleep_ms(150);
	thread_suspend(a->port);
	thread_suspend(b->port);
	ok(rounds[1] > 0 && rounds[2] > 0, "two threads use them (%u, %u)",
	    rounds[1], rounds[2]);
	ok_eq(mismatches, 0, "and never see each other's");
	test_thread_kill(a);
	test_thread_kill(b);
}

static volatile uint32_t ready;
static volatile uint64_t seen[2];

static void
show_register(void *argument)
{
	uint64_t low;
	uint64_t high;

	__asm__ volatile("movi	v5.2d, #0" : : : "v5");
	ready = 1;
	do {
		__asm__ volatile("umov %0, v5.d[0]\n\tumov %1, v5.d[1]"
		    : "=r"(low), "=r"(high));
	} while (low == 0);
	seen[0] = low;
	seen[1] = high;
}

static void
test_get_set(void)
{
	static struct aarch64_float_state state;
	mach_msg_type_number_t count = AARCH64_FLOAT_STATE_COUNT;
	struct test_thread *thread;

	ready = 0;
	thread = test_thread_start(show_register, NULL);
	while (!ready)
		swtch();
	need_success(thread_suspend(thread->port));
	ok_eq(thread_get_state(thread->port, AARCH64_FLOAT_STATE,
	    (thread_state_t)&state, &count), KERN_SUCCESS, "get");
	ok_eq(count, AARCH64_FLOAT_STATE_COUNT, "all of it");
	state.v[5] = ((__int128)0x55aa << 64) | 0x77cc;
	state.fpcr = 1 << 22;
	ok_eq(thread_set_state(thread->port, AARCH64_FLOAT_STATE,
	    (thread_state_t)&state, count), KERN_SUCCESS, "set");
	memset(&state, 0, sizeof state);
	need_success(thread_get_state(thread->port, AARCH64_FLOAT_STATE,
	    (thread_state_t)&state, &count));
	ok_eq((uint64_t)state.v[5], 0x77cc, "get what was set");
	ok_eq(state.fpcr, 1 << 22, "FPCR too");
	need_success(thread_resume(thread->port));
	ok(test_thread_wait(thread, 2000), "the thread sees it");
	ok_eq(seen[0], 0x77cc, "low half");
	ok_eq(seen[1], 0x55aa, "high half");
	test_thread_kill(thread);
	count = 3;
	ok_eq(thread_get_state(mach_thread_self(), AARCH64_FLOAT_STATE,
	    (thread_state_t)&state, &count), KERN_INVALID_ARGUMENT,
	    "too little room");
	ok_eq(thread_set_state(mach_thread_self(), AARCH64_FLOAT_STATE,
	    (thread_state_t)&state, 3), KERN_INVALID_ARGUMENT,
	    "too few words");
}

static void
child_registers(void *argument)
{
	uint64_t value;

	__asm__ volatile("umov %0, v9.d[0]" : "=r"(value));
	child_tell(1, value);
}

static void
test_fresh(void)
{
	struct test_child child;
	uint64_t tag = 0;
	uint64_t value = 1;

	__asm__ volatile("movi v9.16b, #0x42" : : : "v9");
	test_child_start(&child, child_registers, NULL);
	ok(child_hear(&child, &tag, &value, 3000), "a new task");
	ok_eq(value, 0, "starts with clear registers");
	test_child_kill(&child);
}

void
test_main(void)
{
	test_switching();
	test_get_set();
	test_fresh();
}
