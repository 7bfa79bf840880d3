/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Registers of other threads and of oneself (ABI.md: Traps, Thread state).
 */
#include "lib/test.h"

#define self	task_self_port

static volatile uint32_t running;

/* Known values in registers, then a loop. */
static void
spin(void *argument)
{
	running = 1;
	__asm__ volatile(
	    "mov	x19, #0x1900\n\t" "mov	x20, #0x2000\n\t"
	    "mov	x27, #0x2700\n\t" "mov	x9, #0x900\n\t"
	    "1:	b	1b"
	    : : : "x19", "x20", "x27", "x9");
}

static void
landing(uint64_t value)
{
	*(volatile uint64_t *)value = 0x1234;
	for (;;)
		sleep_ms(1000);
}

static void
test_get_set(void)
{
	struct test_thread *thread;
	struct aarch64_thread_state state;
	static volatile uint64_t mark;
	mach_msg_type_number_t count;

	running = 0;
	thread = test_thread_start(spin, NULL);
	while (!running)
		swtch();
	sleep_ms(20);
	need_success(thread_suspend(thread->port));
	ok_eq(get_state(thread->port, &state), KERN_SUCCESS, "get");
	ok(state.x[19] == 0x1900 && state.x[20] == 0x2000 &&
	    state.x[27] == 0x2700 && state.x[9] == 0x900,
	    "the registers have their values");
	ok_eq(state.tpidr_el0 != 0, 1, "and the thread pointer");
	ok_eq(state.cpsr & 0xf, 0, "EL0");
	count = AARCH64_THREAD_STATE_COUNT - 1;
	ok_eq(thread_get_state(thread->port, AARCH64_THREAD_STATE,
	    (thread_state_t)&state, &count), KERN_INVALID_ARGUMENT,
	    "too little room");
	count = AARCH64_THREAD_STATE_COUNT;
	ok_eq(thread_get_state(thread->port, 77, (thread_state_t)&state,
	    &count), KERN_INVALID_ARGUMENT, "no such flavor");
	ok_eq(thread_set_state(thread->port, AARCH64_THREAD_STATE,
	    (thread_state_t)&state, 4), KERN_INVALID_ARGUMENT,
	    "too few words");
	state.cpsr = 0x3c5;
	ok_eq(set_state(thread->port, &state), KERN_INVALID_ARGUMENT,
	    "EL1 is not for users");
	state.cpsr = 0x10;
	ok_eq(set_state(thread->port, &state), KERN_INVALID_ARGUMENT,
	    "nor is AArch32");
	state.cpsr = 0xf0000000;
	ok_eq(set_state(thread->port, &state), KERN_SUCCESS, "flags are");
	need_success(get_state(thread->port, &state));
	ok_eq(state.cpsr & 0xf0000000, 0xf0000000, "and are kept");
	mark = 0;
	state.pc = (uintptr_t)landing;
	state.x[0] = (uintptr_t)&mark;
	state.cpsr = 0;
	need_success(set_state(thread->port, &state));
	need_success(thread_resume(thread->port));
	sleep_ms(30);
	ok_eq(mark, 0x1234, "a thread goes where its state says");
	test_thread_kill(thread);
}

/* A receive whose registers are known at the trap. */
static void
receive_known(void *argument)
{
	static mach_msg_header_t header;

	__asm__ volatile(
	    "mov	x0, %0\n\t" "mov	x1, #2\n\t" "mov	x2, #0\n\t"
	    "mov	x3, #32\n\t" "mov	x4, %1\n\t" "mov	x5, #0\n\t"
	    "mov	x6, #0\n\t" "mov	x7, #0x77\n\t"
	    "mov	w8, #-25\n\t"
	    "running_svc:	svc	#0\n\t"
	    "1:	b	1b"
	    : : "r"(&header), "r"(argument)
	    : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "memory");
}

extern char running_svc[];

static void
test_abort_state(void)
{
	mach_port_t port = port_receive_right();
	struct test_thread *thread;
	struct aarch64_thread_state state;

	thread = test_thread_start(receive_known, (void *)(uintptr_t)port);
	sleep_ms(20);
	need_success(thread_suspend(thread->port));
	need_success(get_state(thread->port, &state));
	ok_eq(state.pc, (uintptr_t)running_svc + 4,
	    "blocked in a trap: pc after the svc");
	ok_eq((int32_t)state.x[8], -25, "x8 is the trap's number");
	ok(state.x[1] == 2 && state.x[3] == 32 && state.x[4] == port &&
	    state.x[7] == 0x77, "x1-x7 are the arguments");
	ok_eq(thread_abort(thread->port), KERN_SUCCESS, "abort");
	need_success(get_state(thread->port, &state));
	ok_eq(state.pc, (uintptr_t)running_svc + 4, "pc after the svc");
	ok_eq((uint32_t)state.x[0], MACH_RCV_INTERRUPTED, "x0: interrupted");
	ok_eq((int32_t)state.x[8], -25, "x8 is the trap's number");
	ok(state.x[1] == 2 && state.x[3] == 32 && state.x[4] == port &&
	    state.x[7] == 0x77, "x1-x7 are the arguments");
	test_thread_kill(thread);
	port_destroy(port);
}

static volatile uint64_t self_mark;

static void
self_landing(uint64_t a, uint64_t b)
{
	self_mark = a + b;
	for (;;)
		sleep_ms(1000);
}

static void
set_self(void *argument)
{
	struct aarch64_thread_state state;

	memset(&state, 0, sizeof state);
	state.x[0] = 40;
	state.x[1] = 2;
	state.pc = (uintptr_t)self_landing;
	__asm__ volatile("mov %0, sp" : "=r"(state.sp));
	__asm__ volatile("mrs %0, tpidr_el0" : "=r"(state.tpidr_el0));
	thread_set_self_state(AARCH64_THREAD_STATE, (thread_state_t)&state,
	    AARCH64_THREAD_STATE_COUNT);
}

static void
test_self_state(void)
{
	struct test_thread *thread;
	struct aarch64_thread_state state;

	self_mark = 0;
	thread = test_thread_start(set_self, NULL);
	sleep_ms(30);
	ok_eq(self_mark, 42, "thread_set_self_state loads all registers");
	test_thread_kill(thread);
	memset(&state, 0, sizeof state);
	ok_eq(thread_set_self_state(77, (thread_state_t)&state, 4),
	    KERN_INVALID_ARGUMENT, "no such flavor");
	ok_eq(thread_set_self_state(AARCH64_THREAD_STATE,
	    (thread_state_t)&state, 4), KERN_INVALID_ARGUMENT,
	    "too few words");
	ok(thread_set_self_state(AARCH64_THREAD_STATE, (thread_state_t)0x10,
	    AARCH64_THREAD_STATE_COUNT) != KERN_SUCCESS, "a bad address");
	state.cpsr = 5;
	ok_eq(thread_set_self_state(AARCH64_THREAD_STATE,
	    (thread_state_t)&state, AARCH64_THREAD_STATE_COUNT),
	    KERN_INVALID_ARGUMENT, "EL1 is not for users");
}

void
test_main(void)
{
	test_get_set();
	test_abort_state();
	test_self_state();
}
