/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Registers of the Scalable Vector Extension: kept apart, read and written,
 * where the processor has it (ABI.md: Thread state).
 */
#include "lib/test.h"

#include <mach/aarch64/thread_status_ext.h>

__asm__(".arch_extension sve");

#define self	task_self_port

static uint32_t vector_bytes;

static kern_return_t
get_sve(mach_port_t thread, struct aarch64_sve_state *state)
{
	mach_msg_type_number_t count = AARCH64_SVE_STATE_COUNT;

	return thread_get_state(thread, AARCH64_SVE_STATE,
	    (thread_state_t)state, &count);
}

static kern_return_t
set_sve(mach_port_t thread, struct aarch64_sve_state *state)
{
	return thread_set_state(thread, AARCH64_SVE_STATE,
	    (thread_state_t)state, AARCH64_SVE_STATE_COUNT);
}

static bool
has_sve(void)
{
	uint64_t hwcaps[HWCAPS_COUNT] = { 0 }, midr, revidr;
	mach_msg_type_number_t count = HWCAPS_COUNT;

	need_success(aarch64_get_hwcaps(mach_host_self(), hwcaps, &count,
	    &midr, &revidr));
	return (hwcaps[0] & HWCAP_SVE) != 0;
}

static void
run_rdvl(void *argument)
{
	uint64_t bytes;

	__asm__ volatile("rdvl %0, #1" : "=r"(bytes));
	vector_bytes = (uint32_t)bytes;
}

static void
nothing(void *argument)
{
}

static void
test_absent(void)
{
	static struct aarch64_sve_state state;
	struct test_thread *thread = test_thread_create(nothing, NULL);
	integer_t code = 0;

	ok_eq(test_exception(run_rdvl, NULL, &code, NULL),
	    EXC_BAD_INSTRUCTION, "no SVE: no instructions");
	ok_eq(get_sve(thread->port, &state), KERN_INVALID_ARGUMENT,
	    "no flavor to get");
	ok_eq(set_sve(thread->port, &state), KERN_INVALID_ARGUMENT,
	    "or set");
	test_thread_kill(thread);
}

/* Threads with patterns in vectors, predicates and ffr. */

static volatile uint32_t rounds[4], mismatches, leaks;

static void
check_clear(void)
{
	uint64_t first, predicate, ffr;

	__asm__ volatile(
	    "addvl	sp, sp, #-1\n\t"
	    "str	p9, [sp]\n\t" "ldr	%1, [sp]\n\t"
	    "str	z20, [sp]\n\t" "ldr	%0, [sp, #8]\n\t"
	    "rdffr	p8.b\n\t" "str	p8, [sp]\n\t" "ldr	%2, [sp]\n\t"
	    "addvl	sp, sp, #1"
	    : "=&r"(first), "=&r"(predicate), "=&r"(ffr) : : "memory");
	/* A predicate has at least two bytes. */
	if (first != 0 || (predicate & 0xffff) != 0 || (ffr & 0xffff) != 0)
		leaks++;
}

static void
keep_vectors(void *argument)
{
	uint64_t number = (uintptr_t)argument;
	uint64_t wrong;

	check_clear();
	for (;;) {
		__asm__ volatile(
		    "ptrue	p0.b\n\t"
		    "dup	z0.d, %1\n\t" "dup	z20.d, %1\n\t"
		    "dup	z31.d, %1\n\t"
		    "whilelo	p9.b, xzr, %1\n\t"
		    "wrffr	p9.b\n\t"
		    "mov	x9, #3000\n\t"
		    "1: subs	x9, x9, #1\n\t" "b.ne	1b\n\t"
		    "mov	w8, #-28\n\t" "svc	#0\n\t"
		    "dup	z1.d, %1\n\t"
		    "cmpne	p1.d, p0/z, z0.d, z1.d\n\t"
		    "cntp	%0, p0, p1.d\n\t"
		    "cmpne	p1.d, p0/z, z20.d, z1.d\n\t"
		    "cntp	x9, p0, p1.d\n\t" "add	%0, %0, x9\n\t"
		    "cmpne	p1.d, p0/z, z31.d, z1.d\n\t"
		    "cntp	x9, p0, p1.d\n\t" "add	%0, %0, x9\n\t"
		    "cntp	x9, p0, p9.b\n\t" "sub	x9, x9, %1\n\t"
		    "orr	%0, %0, x9\n\t"
		    "rdffr	p8.b\n\t" "cntp	x9, p0, p8.b\n\t"
		    "sub	x9, x9, %1\n\t" "orr	%0, %0, x9\n\t"
		    : "=&r"(wrong) : "r"(number)
		    : "x0", "x8", "x9", "v0", "v1", "v20", "v31", "cc");
		if (wrong != 0)
			mismatches++;
		rounds[number & 3]++;
	}
}

static void
keep_fp(void *argument)
{
	uint64_t low;

	for (;;) {
		__asm__ volatile(
		    "dup	v20.2d, %1\n\t"
		    "mov	x9, #3000\n\t"
		    "1: subs	x9, x9, #1\n\t" "b.ne	1b\n\t"
		    "umov	%0, v20.d[1]"
		    : "=&r"(low) : "r"(0x12345ul) : "x9", "v20", "cc");
		if (low != 0x12345)
			mismatches++;
		rounds[0]++;
	}
}

static void
test_switching(void)
{
	struct test_thread *threads[4];
	int i;

	for (i = 1; i < 4; i++)
		threads[i] = test_thread_start(keep_vectors,
		    (void *)(uintptr_t)(4 + i));
	threads[0] = test_thread_start(keep_fp, NULL);
	sleep_ms(300);
	for (i = 0; i < 4; i++)
		need_success(thread_suspend(threads[i]->port));
	ok(rounds[0] > 0 && rounds[1] > 0 && rounds[2] > 0 && rounds[3] > 0,
	    "three threads use SVE, one FP (%u, %u, %u, %u)", rounds[0],
	    rounds[1], rounds[2], rounds[3]);
	ok_eq(mismatches, 0, "none sees another's, nor does a trap");
	ok_eq(leaks, 0, "all begin with zeros");
	for (i = 0; i < 4; i++)
		test_thread_kill(threads[i]);
}

/* Waits until somebody writes z5, then tells what it finds. */

static volatile uint32_t ready;
static uint8_t found_z[AARCH64_SVE_BYTES_MAX], found_p[8], found_ffr[8];

static void
show_registers(void *argument)
{
	__asm__ volatile(
	    "dup	z5.b, #0\n\t" "pfalse	p3.b\n\t"
	    "dup	z6.b, %w1\n\t"
	    "mov	w9, #1\n\t" "str	w9, [%0]\n"
	    "1: umov	x9, v5.d[0]\n\t" "cbz	x9, 1b\n\t"
	    "str	z5, [%2]\n\t" "str	p3, [%3]\n\t"
	    "rdffr	p8.b\n\t" "str	p8, [%4]\n\t"
	    : : "r"(&ready), "r"(0x66), "r"(found_z), "r"(found_p),
	    "r"(found_ffr) : "x9", "v5", "v6", "memory");
}

static bool
all_bytes(const uint8_t *bytes, size_t count, uint8_t value)
{
	size_t i;

	for (i = 0; i < count && bytes[i] == value; i++)
		continue;
	return i == count;
}

static void
test_get_set(void)
{
	static struct aarch64_sve_state state;
	static struct aarch64_float_state fp;
	struct test_thread *thread;
	mach_msg_type_number_t count;
	uint32_t i;

	thread = test_thread_start(show_registers, NULL);
	while (!ready)
		swtch();
	need_success(thread_suspend(thread->port));
	ok_eq(get_sve(thread->port, &state), KERN_SUCCESS, "get");
	ok(state.version == AARCH64_SVE_VERSION && state.flags ==
	    AARCH64_SVE_ACTIVE, "a thread that uses SVE");
	ok_eq(state.vector_bytes, vector_bytes, "the vector length");
	ok(all_bytes(state.z[6], vector_bytes, 0x66) &&
	    all_bytes(state.z[6] + vector_bytes,
	    AARCH64_SVE_BYTES_MAX - vector_bytes, 0), "a vector");
	count = AARCH64_FLOAT_STATE_COUNT;
	need_success(thread_get_state(thread->port, AARCH64_FLOAT_STATE,
	    (thread_state_t)&fp, &count));
	ok(all_bytes((uint8_t *)&fp.v[6], 16, 0x66), "its FP register");
	for (i = 0; i < vector_bytes; i++)
		state.z[5][i] = (uint8_t)(i + 1);
	memset(state.p[3], 0x21, sizeof state.p[3]);
	memset(state.ffr, 0, sizeof state.ffr);
	state.ffr[0] = 7;
	ok_eq(set_sve(thread->port, &state), KERN_SUCCESS, "set");
	need_success(thread_resume(thread->port));
	ok(test_thread_wait(thread, 5000), "the thread sees a change");
	for (i = 0; i < vector_bytes && found_z[i] == i + 1; i++)
		continue;
	ok_eq(i, vector_bytes, "of the whole vector");
	ok(all_bytes(found_p, vector_bytes / 8, 0x21), "of a predicate");
	ok(found_ffr[0] == 7 && found_ffr[1] == 0, "of ffr");
	test_thread_kill(thread);
}

static void
test_float_flavor(void)
{
	static struct aarch64_sve_state state;
	static struct aarch64_float_state fp;
	struct test_thread *thread;
	mach_msg_type_number_t count = AARCH64_FLOAT_STATE_COUNT;

	ready = 0;
	thread = test_thread_start(show_registers, NULL);
	while (!ready)
		swtch();
	need_success(thread_suspend(thread->port));
	need_success(get_sve(thread->port, &state));
	memset(state.p[4], 1, sizeof state.p[4]);
	need_success(set_sve(thread->port, &state));
	memset(&fp, 0x77, sizeof fp);
	fp.fpcr = fp.fpsr = fp.fpmr = fp.fp_reserved = 0;
	ok_eq(thread_set_state(thread->port, AARCH64_FLOAT_STATE,
	    (thread_state_t)&fp, count), KERN_SUCCESS, "set FP registers");
	need_success(get_sve(thread->port, &state));
	ok(all_bytes(state.z[6], 16, 0x77) && all_bytes(state.z[6] + 16,
	    vector_bytes - 16, 0), "the rest of the vectors is zero");
	ok(all_bytes(state.p[4], vector_bytes / 8, 1), "predicates stay");
	state.flags = 0;
	ok_eq(set_sve(thread->port, &state), KERN_SUCCESS, "give SVE up");
	memset(&state, 0x55, sizeof state);
	need_success(get_sve(thread->port, &state));
	ok(state.flags == 0 && all_bytes(state.z[31], 16, 0x77) &&
	    all_bytes(state.p[4], sizeof state.p[4], 0),
	    "FP registers stay, predicates do not");
	test_thread_kill(thread);
}

static void
test_bad_states(void)
{
	static struct aarch64_sve_state good, bad;
	struct test_thread *thread = test_thread_create(nothing, NULL);
	mach_msg_type_number_t count = AARCH64_SVE_STATE_COUNT - 1;

	need_success(get_sve(thread->port, &good));
	ok_eq(good.flags, 0, "a new thread does not use it");
	bad = good;
	bad.version++;
	ok_eq(set_sve(thread->port, &bad), KERN_INVALID_ARGUMENT,
	    "another version");
	bad = good;
	bad.flags = 2;
	ok_eq(set_sve(thread->port, &bad), KERN_INVALID_ARGUMENT,
	    "an unknown flag");
	bad = good;
	bad.vector_bytes *= 2;
	ok_eq(set_sve(thread->port, &bad), KERN_INVALID_ARGUMENT,
	    "another vector length");
	bad = good;
	bad.reserved = 1;
	ok_eq(set_sve(thread->port, &bad), KERN_INVALID_ARGUMENT,
	    "a reserved word");
	ok_eq(thread_get_state(thread->port, AARCH64_SVE_STATE,
	    (thread_state_t)&bad, &count), KERN_INVALID_ARGUMENT,
	    "too little room");
	ok_eq(thread_set_state(thread->port, AARCH64_SVE_STATE,
	    (thread_state_t)&good, count), KERN_INVALID_ARGUMENT,
	    "too few words");
	memset(good.z, 0x99, sizeof good.z);
	good.flags = AARCH64_SVE_ACTIVE;
	ok_eq(set_sve(thread->port, &good), KERN_SUCCESS,
	    "it can be given some");
	test_thread_kill(thread);
}

/* Its own registers, by the trap. */
static void
set_self(void *argument)
{
	static struct aarch64_sve_state state;
	uint64_t bytes;

	state.version = AARCH64_SVE_VERSION;
	state.flags = AARCH64_SVE_ACTIVE;
	state.vector_bytes = vector_bytes;
	memset(state.z[17], 0x17, sizeof state.z[17]);
	thread_set_self_state(AARCH64_SVE_STATE, (thread_state_t)&state,
	    AARCH64_SVE_STATE_COUNT);
	__asm__ volatile("str z17, [%1]\n\trdvl %0, #1"
	    : "=r"(bytes) : "r"(found_z) : "memory");
}

static void
test_self(void)
{
	struct test_thread *thread;

	memset(found_z, 0, sizeof found_z);
	thread = test_thread_start(set_self, NULL);
	ok(test_thread_join(thread), "a thread sets its own");
	ok(all_bytes(found_z, vector_bytes, 0x17), "and has them");
}

void
test_main(void)
{
	struct test_thread *thread;

	if (!has_sve()) {
		test_absent();
		return;
	}
	thread = test_thread_start(run_rdvl, NULL);
	ok(test_thread_join(thread), "SVE");
	ok(vector_bytes >= 16 && vector_bytes <= AARCH64_SVE_BYTES_MAX &&
	    vector_bytes % 16 == 0, "vectors of %u bytes", vector_bytes);
	test_switching();
	test_get_set();
	test_float_flavor();
	test_bad_states();
	test_self();
}
