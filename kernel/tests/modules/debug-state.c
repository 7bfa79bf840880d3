/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Hardware breakpoints, watchpoints and single step (ABI.md: Thread state).
 */
#include "debug-state/debuggee.h"

static void
nothing(void *argument)
{
}

static void
test_get_set(void)
{
	struct test_thread *thread = test_thread_create(nothing, NULL);
	struct aarch64_debug_state state, again;
	mach_msg_type_number_t count;

	ok_eq(get_debug(thread->port, &state), KERN_SUCCESS, "get");
	ok_eq(state.version, AARCH64_DEBUG_VERSION, "the version");
	ok(state.breakpoint_count >= 2 && state.breakpoint_count <= 16,
	    "%u breakpoints", state.breakpoint_count);
	ok(state.watchpoint_count >= 1 && state.watchpoint_count <= 16,
	    "%u watchpoints", state.watchpoint_count);
	state_clear(&again);
	again.breakpoint_count = state.breakpoint_count;
	again.watchpoint_count = state.watchpoint_count;
	ok_eq(memcmp(&state, &again, sizeof state), 0,
	    "a new thread has none in use");
	again.breakpoints[1] = breakpoint_at((void *)0x123450);
	again.watchpoints[0] = watchpoint_at((void *)0x765000,
	    AARCH64_DEBUG_LOAD | AARCH64_DEBUG_BYTES(0x18));
	again.flags = AARCH64_DEBUG_STEP;
	again.breakpoint_count = 99;
	ok_eq(set_debug(thread->port, &again), KERN_SUCCESS, "set");
	again.breakpoint_count = state.breakpoint_count;
	need_success(get_debug(thread->port, &state));
	ok_eq(memcmp(&state, &again, sizeof state), 0, "and kept");
	count = AARCH64_DEBUG_STATE_COUNT - 1;
	ok_eq(thread_get_state(thread->port, AARCH64_DEBUG_STATE,
	    (thread_state_t)&state, &count), KERN_INVALID_ARGUMENT,
	    "too little room");
	ok_eq(thread_set_state(thread->port, AARCH64_DEBUG_STATE,
	    (thread_state_t)&state, AARCH64_DEBUG_STATE_COUNT - 1),
	    KERN_INVALID_ARGUMENT, "too few words");
	test_thread_kill(thread);
}

/* One change to a good state that makes it bad. */
struct bad_state {
	const char *what;
	uint32_t offset;		/* of the word to change */
	uint32_t value;
};

#define BAD(what, member, value)					\
	{ what, __builtin_offsetof(struct aarch64_debug_state, member), value }
#define BAD_HIGH(what, member, value) /* the upper word of an address */	\
	{ what, __builtin_offsetof(struct aarch64_debug_state, member) + 4, \
	    value }

static const struct bad_state bad_states[] = {
	BAD("version 0", version, 0),
	BAD("a later version", version, AARCH64_DEBUG_VERSION + 1),
	BAD("an unknown flag", flags, 2),
	BAD("a reserved word", watchpoints[0].reserved, 1),
	BAD("a misaligned breakpoint", breakpoints[0].address, 0x10002),
	BAD_HIGH("a breakpoint in the kernel",
	    breakpoints[0].address, 0xffffffff),
	BAD_HIGH("a breakpoint above user space",
	    breakpoints[0].address, 0x10000),
	BAD_HIGH("a kernel address in a free slot",
	    breakpoints[1].address, 0xffffffff),
	BAD("a breakpoint at EL1", breakpoints[0].control, 0x1e3),
	BAD("a breakpoint at EL0 and EL1", breakpoints[0].control, 0x1e7),
	BAD("a linked breakpoint", breakpoints[0].control, 0x1001e5),
	BAD("a context breakpoint", breakpoints[0].control, 0x3001e5),
	BAD("a breakpoint that is not enabled", breakpoints[0].control, 0x1e4),
	BAD("half an instruction", breakpoints[0].control, 0x65),
	BAD("a breakpoint in hypervisor mode", breakpoints[0].control, 0x21e5),
	BAD("a misaligned watchpoint", watchpoints[0].address, 0x20004),
	BAD_HIGH("a watchpoint in the kernel",
	    watchpoints[0].address, 0xffff0000),
	BAD("no bytes", watchpoints[0].control, 0x1d),
	BAD("bytes apart", watchpoints[0].control, 0x1d | 5 << 5),
	BAD("neither load nor store", watchpoints[0].control, 0x5 | 1 << 5),
	BAD("a watchpoint at EL1", watchpoints[0].control, 0x1b | 1 << 5),
	BAD("a linked watchpoint", watchpoints[0].control,
	    0x10001d | 1 << 5),
	BAD("a mask of 2 bits", watchpoints[0].control,
	    0x1ffd | 2 << 24),
	BAD("a mask without all bytes", watchpoints[0].control,
	    0x1d | 0x7f << 5 | 4u << 24),
	BAD("a mask and a low address", watchpoints[0].control,
	    0x1ffd | 31u << 24),
	BAD("bits above the mask", watchpoints[0].control,
	    0x1ffd | 1u << 29),
};

static void
test_bad_states(void)
{
	struct test_thread *thread = test_thread_create(nothing, NULL);
	struct aarch64_debug_state good, bad, after;
	unsigned int i;

	state_clear(&good);
	good.breakpoints[0] = breakpoint_at((void *)0x10000);
	good.watchpoints[0] = watchpoint_at((void *)0x20000,
	    AARCH64_DEBUG_LOAD | AARCH64_DEBUG_BYTES(0xff));
	need_success(set_debug(thread->port, &good));
	need_success(get_debug(thread->port, &good));
	for (i = 0; i < sizeof bad_states / sizeof bad_states[0]; i++) {
		bad = good;
		memcpy((char *)&bad + bad_states[i].offset,
		    &bad_states[i].value, sizeof bad_states[i].value);
		ok_eq(set_debug(thread->port, &bad), KERN_INVALID_ARGUMENT,
		    "%s", bad_states[i].what);
	}
	if (good.breakpoint_count < AARCH64_DEBUG_SLOTS) {
		bad = good;
		bad.breakpoints[good.breakpoint_count] = good.breakpoints[0];
		ok_eq(set_debug(thread->port, &bad), KERN_INVALID_ARGUMENT,
		    "a breakpoint too many");
	}
	if (good.watchpoint_count < AARCH64_DEBUG_SLOTS) {
		bad = good;
		bad.watchpoints[good.watchpoint_count] = good.watchpoints[0];
		ok_eq(set_debug(thread->port, &bad), KERN_INVALID_ARGUMENT,
		    "a watchpoint too many");
	}
	need_success(get_debug(thread->port, &after));
	ok_eq(memcmp(&good, &after, sizeof good), 0, "nothing has changed");
	test_thread_kill(thread);
}

/* Random registers in a thread that runs with what is accepted of them. */
static void
test_garbage(void)
{
	static volatile uint32_t counter;
	struct debuggee spinner;
	struct aarch64_debug_state state;
	uint64_t seed = 20261121, i;
	unsigned int n, slot, taken = 0;

	debuggee_create(&spinner, spin, (void *)&counter);
	debuggee_start(&spinner);
	for (n = 0; n < 300; n++) {
		uint32_t *words = (uint32_t *)&state;

		state_clear(&state);
		for (i = 1 + test_random(&seed) % 6; i > 0; i--) {
			slot = test_random(&seed) % 5;
			state.breakpoints[slot].control = 0x1e5;
			state.breakpoints[slot].address =
			    test_random(&seed) >> 17 & ~3ul;
			state.watchpoints[slot].control = 5 |
			    ((uint32_t)test_random(&seed) & 0x1ff8);
			state.watchpoints[slot].address =
			    test_random(&seed) >> 17 & ~7ul;
		}
		if (n % 4 == 0)
			words[test_random(&seed) % AARCH64_DEBUG_STATE_COUNT] =
			    (uint32_t)test_random(&seed);
		if (set_debug(spinner.thread->port, &state) == KERN_SUCCESS)
			taken++;
	}
	state_clear(&state);
	ok(taken > 0 && set_debug(spinner.thread->port, &state) ==
	    KERN_SUCCESS,
	    "random registers, of which %u are taken, do no harm", taken);
	debuggee_destroy(&spinner);
}

/* Three numbered instructions. */
void count_three(void *counter);
extern char count_first[], count_second[], count_third[];
__asm__(
    "	.text\n"
    "count_three:\n"
    "count_first:	ldr	w9, [x0]\n"
    "count_second:	add	w9, w9, #1\n"
    "count_third:	str	w9, [x0]\n"
    "	ret\n");

static void
test_breakpoint(void)
{
	static volatile uint32_t counter, other;
	struct debuggee debuggee;
	struct aarch64_debug_state state;
	struct test_thread *thread;

	state_clear(&state);
	state.breakpoints[1] = breakpoint_at(count_third);
	debuggee_create(&debuggee, count_three, (void *)&counter);
	debuggee_set(&debuggee, &state);
	debuggee_start(&debuggee);
	ok_eq(debuggee_stop(&debuggee), EXC_AARCH64_BREAKPT, "a breakpoint");
	ok_eq(debuggee.message.subcode, (uintptr_t)count_third, "its pc");
	ok_eq(debuggee_pc(&debuggee), (uintptr_t)count_third, "in the state");
	ok_eq(counter, 0, "before the instruction");
	thread = test_thread_start(count_three, (void *)&other);
	ok(test_thread_join(thread), "another thread passes there");
	ok_eq(other, 1, "and does its work");
	debuggee_continue(&debuggee);
	ok_eq(debuggee_stop(&debuggee), EXC_AARCH64_BREAKPT,
	    "it stops there as long as the breakpoint stays");
	state.breakpoints[1] = breakpoint_at(count_first);
	debuggee_set(&debuggee, &state);
	debuggee_continue(&debuggee);
	ok(test_thread_wait(debuggee.thread, 5000), "moved away, it goes on");
	ok_eq(counter, 1, "and does its work");
	debuggee_destroy(&debuggee);
}

/* Two threads in the same code, each with its own, and one without. */
static void
test_switching(void)
{
	static volatile uint32_t counters[2], spins;
	struct aarch64_debug_state state;
	struct debuggee a, b;
	struct test_thread *spinner;
	int i;

	spinner = test_thread_start(spin, (void *)&spins);
	state_clear(&state);
	for (i = 0; i < 20; i++) {
		debuggee_create(&a, count_three, (void *)&counters[0]);
		state.breakpoints[0] = breakpoint_at(count_second);
		debuggee_set(&a, &state);
		debuggee_create(&b, count_three, (void *)&counters[1]);
		state.breakpoints[0] = breakpoint_at(count_third);
		debuggee_set(&b, &state);
		debuggee_start(&a);
		debuggee_start(&b);
		if (debuggee_stop(&a) != EXC_AARCH64_BREAKPT ||
		    debuggee_stop(&b) != EXC_AARCH64_BREAKPT ||
		    a.message.subcode != (intptr_t)count_second ||
		    b.message.subcode != (intptr_t)count_third)
			break;
		debuggee_destroy(&a);
		debuggee_destroy(&b);
	}
	ok_eq(i, 20, "each thread stops at its own breakpoint");
	ok(spins > 0, "and one without runs");
	test_thread_kill(spinner);
}

static void
child_counts(void *argument)
{
	static volatile uint32_t counter;

	count_three((void *)&counter);
	child_tell(counter, 0);
}

static volatile kern_return_t self_result;

/* With a breakpoint of its own, a thread makes another and a task. */
static void
create_others(void *argument)
{
	struct aarch64_debug_state state;
	mach_port_t thread;

	self_result = thread_create(self, &thread);
	if (self_result == KERN_SUCCESS)
		self_result = get_debug(thread, &state);
	if (self_result == KERN_SUCCESS && state.breakpoints[0].control != 0)
		self_result = KERN_FAILURE;
	thread_terminate(thread);
	mach_port_deallocate(self, thread);
}

static void
test_inheritance(void)
{
	struct aarch64_debug_state state;
	struct debuggee debuggee;
	struct test_child child;
	uint64_t counter = 0;

	state_clear(&state);
	state.breakpoints[0] = breakpoint_at(count_first);
	debuggee_create(&debuggee, create_others, NULL);
	debuggee_set(&debuggee, &state);
	self_result = KERN_ABORTED;
	debuggee_start(&debuggee);
	ok(test_thread_wait(debuggee.thread, 5000), "a thread of a thread");
	ok_eq(self_result, KERN_SUCCESS, "inherits no breakpoints");
	test_child_start(&child, child_counts, NULL);
	ok(child_hear(&child, &counter, NULL, 5000) && counter == 1,
	    "neither does a task");
	test_child_kill(&child);
	debuggee_destroy(&debuggee);
}

static bool
is_debug_state(const char *cache)
{
	return strcmp(cache, "machine_debug") == 0;
}

static void
test_end(uint64_t before)
{
	struct aarch64_debug_state state;
	struct debuggee debuggee;

	ok_eq(test_objects(is_debug_state), before, "ended threads leave nothing");
	debuggee_create(&debuggee, nothing, NULL);
	state_clear(&state);
	state.flags = AARCH64_DEBUG_STEP;
	debuggee_set(&debuggee, &state);
	ok_eq(test_objects(is_debug_state), before + 1,
	    "a thread that steps has some");
	debuggee_start(&debuggee);
	ok_eq(debuggee_stop(&debuggee), EXC_AARCH64_SS, "it steps");
	debuggee_destroy(&debuggee);
	sleep_ms(10);
	ok_eq(test_objects(is_debug_state), before, "until it is terminated");
}

void
test_main(void)
{
	uint64_t before = test_objects(is_debug_state);

	test_get_set();
	test_bad_states();
	test_garbage();
	test_breakpoint();
	test_switching();
	test_inheritance();
	test_watchpoint();
	test_kernel_access();
	test_step();
	test_step_switching();
	test_self();
	sleep_ms(10);
	test_end(before);
}
