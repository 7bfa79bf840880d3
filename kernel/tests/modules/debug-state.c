/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Hardware breakpoints, watchpoints and single step (ABI.md: Thread state).
 */
#include "lib/test.h"

#include <mach/aarch64/thread_status_ext.h>

#define self		task_self_port
#define STEPS		1000
#define LINE_SIZE	64

/* A thread under its debugger, which is the test. */
struct debuggee {
	struct test_thread *thread;
	mach_port_t port;		/* its exception port */
	struct exception_message message;
};

static kern_return_t
get_debug(mach_port_t thread, struct aarch64_debug_state *state)
{
	mach_msg_type_number_t count = AARCH64_DEBUG_STATE_COUNT;

	memset(state, 0x55, sizeof *state);
	return thread_get_state(thread, AARCH64_DEBUG_STATE,
	    (thread_state_t)state, &count);
}

static kern_return_t
set_debug(mach_port_t thread, struct aarch64_debug_state *state)
{
	return thread_set_state(thread, AARCH64_DEBUG_STATE,
	    (thread_state_t)state, AARCH64_DEBUG_STATE_COUNT);
}

static void
state_clear(struct aarch64_debug_state *state)
{
	memset(state, 0, sizeof *state);
	state->version = AARCH64_DEBUG_VERSION;
}

static struct aarch64_debug_slot
breakpoint_at(const void *address)
{
	struct aarch64_debug_slot slot = {
		.address = (uintptr_t)address,
		.control = AARCH64_DEBUG_BREAKPOINT,
	};

	return slot;
}

static struct aarch64_debug_slot
watchpoint_at(const volatile void *address, uint32_t control)
{
	struct aarch64_debug_slot slot = {
		.address = (uintptr_t)address,
		.control = AARCH64_DEBUG_ENABLE | AARCH64_DEBUG_USER | control,
	};

	return slot;
}

/* A suspended thread whose exceptions come here. */
static void
debuggee_create(struct debuggee *debuggee, void (*run)(void *),
    void *argument)
{
	debuggee->thread = test_thread_create(run, argument);
	debuggee->port = port_with_send();
	need_success(thread_set_special_port(debuggee->thread->port,
	    THREAD_EXCEPTION_PORT, debuggee->port));
}

static void
debuggee_set(struct debuggee *debuggee, struct aarch64_debug_state *state)
{
	need_success(set_debug(debuggee->thread->port, state));
}

static void
debuggee_start(struct debuggee *debuggee)
{
	need_success(thread_resume(debuggee->thread->port));
}

/* The next stop: EXC_BREAKPOINT's code, -1 for anything else. */
static int
debuggee_stop(struct debuggee *debuggee)
{
	if (exception_receive(debuggee->port, &debuggee->message, 5000) !=
	    MACH_MSG_SUCCESS || debuggee->message.exception != EXC_BREAKPOINT)
		return -1;
	return debuggee->message.code;
}

static void
debuggee_continue(struct debuggee *debuggee)
{
	exception_reply(&debuggee->message, KERN_SUCCESS);
}

static uint64_t
debuggee_pc(struct debuggee *debuggee)
{
	struct aarch64_thread_state state;

	need_success(get_state(debuggee->thread->port, &state));
	return state.pc;
}

static void
debuggee_destroy(struct debuggee *debuggee)
{
	test_thread_kill(debuggee->thread);
	mach_port_deallocate(self, debuggee->port);
	port_destroy(debuggee->port);
}

/* Run it without breakpoints to its end. */
static void
debuggee_finish(struct debuggee *debuggee, const char *what)
{
	struct aarch64_debug_state none;

	state_clear(&none);
	debuggee_set(debuggee, &none);
	debuggee_continue(debuggee);
	ok(test_thread_wait(debuggee->thread, 5000), "%s ends", what);
	debuggee_destroy(debuggee);
}

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
spin(void *argument)
{
	for (;;)
		*(volatile uint32_t *)argument += 1;
}

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

static volatile uint8_t line[LINE_SIZE]
    __attribute__((aligned(LINE_SIZE)));
static volatile uint64_t seen;

/* Touches the line in all but the ways that the tests watch for. */
static void
access_line(void *argument)
{
	volatile uint32_t *words = (volatile uint32_t *)line;

	seen = line[0];
	line[1] = 1;
	seen += words[8];
	words[9] = 99;
	seen += words[9];
}

struct watch {
	const char *what;
	uint32_t offset;		/* of the address, in the line */
	uint32_t control;
	int code;
	uint32_t where;			/* the access that matches */
};

static const struct watch watches[] = {
	{ "a byte read", 0, AARCH64_DEBUG_LOAD | AARCH64_DEBUG_BYTES(1),
	    EXC_AARCH64_WATCHPT_READ, 0 },
	{ "a byte written", 0, AARCH64_DEBUG_STORE | AARCH64_DEBUG_BYTES(2),
	    EXC_AARCH64_WATCHPT_WRITE, 1 },
	{ "either", 0, AARCH64_DEBUG_LOAD | AARCH64_DEBUG_STORE |
	    AARCH64_DEBUG_BYTES(0xfe), EXC_AARCH64_WATCHPT_WRITE, 1 },
	{ "a word read after it is written", 32,
	    AARCH64_DEBUG_LOAD | AARCH64_DEBUG_BYTES(0xf0),
	    EXC_AARCH64_WATCHPT_READ, 36 },
	{ "a write somewhere in 32 bytes", 32, AARCH64_DEBUG_STORE |
	    AARCH64_DEBUG_BYTES(0xff) | AARCH64_DEBUG_MASK(5),
	    EXC_AARCH64_WATCHPT_WRITE, 36 },
	{ "the first access to 64 bytes", 0, AARCH64_DEBUG_LOAD |
	    AARCH64_DEBUG_STORE | AARCH64_DEBUG_BYTES(0xff) |
	    AARCH64_DEBUG_MASK(6), EXC_AARCH64_WATCHPT_READ, 0 },
};

static void
test_watchpoint(void)
{
	struct aarch64_debug_state state;
	struct debuggee debuggee;
	unsigned int i;

	for (i = 0; i < sizeof watches / sizeof watches[0]; i++) {
		const struct watch *watch = &watches[i];

		memset((void *)line, 0, sizeof line);
		state_clear(&state);
		state.watchpoints[1] = watchpoint_at(line + watch->offset,
		    watch->control);
		debuggee_create(&debuggee, access_line, NULL);
		debuggee_set(&debuggee, &state);
		debuggee_start(&debuggee);
		ok_eq(debuggee_stop(&debuggee), watch->code, "watch %s",
		    watch->what);
		ok_eq(debuggee.message.subcode,
		    (uintptr_t)line + watch->where, "%s: where", watch->what);
		ok_eq(line[watch->where], watch->where == 36 && watch->code ==
		    EXC_AARCH64_WATCHPT_READ ? 99 : 0, "%s: before it is done",
		    watch->what);
		debuggee_finish(&debuggee, watch->what);
	}
}

/* What the kernel reads and writes for the thread; then itself. */
static void
let_kernel_access(void *argument)
{
	mach_port_t *name = (mach_port_t *)(line + LINE_SIZE - 8);

	mach_print((const char *)line);
	if (syscall_mach_port_allocate(self, MACH_PORT_RIGHT_RECEIVE, name) ==
	    KERN_SUCCESS)
		seen = 1;
	line[3] = 'x';
}

static void
test_kernel_access(void)
{
	static const char words[] = "# the kernel reads this\n";
	struct aarch64_debug_state state;
	struct debuggee debuggee;

	memcpy((void *)line, words, sizeof words);
	seen = 0;
	state_clear(&state);
	state.watchpoints[0] = watchpoint_at(line, AARCH64_DEBUG_LOAD |
	    AARCH64_DEBUG_STORE | AARCH64_DEBUG_BYTES(0xff) |
	    AARCH64_DEBUG_MASK(6));
	debuggee_create(&debuggee, let_kernel_access, NULL);
	debuggee_set(&debuggee, &state);
	debuggee_start(&debuggee);
	ok_eq(debuggee_stop(&debuggee), EXC_AARCH64_WATCHPT_WRITE,
	    "the kernel's accesses do not match, the user's do");
	ok_eq(debuggee.message.subcode, (uintptr_t)line + 3, "where");
	ok_eq(seen, 1, "after the kernel's");
	port_destroy(*(mach_port_t *)(line + LINE_SIZE - 8));
	debuggee_finish(&debuggee, "it");
}

/*
 * x0: memory that nobody has touched.  What each instruction is for, and
 * where a step over it ends, stands in step_stops.
 */
void step_code(void *page);
extern char step_begin[], step_brk[], step_away[];
__asm__(
    "	.text\n"
    "step_code:	mov	x1, x0\n"
    "step_begin:	add	x2, x1, #256\n"	/* 0 */
    "	mov	w8, #-28\n"		/* mach_task_self */
    "	svc	#0\n"			/* 8 */
    "	mov	w3, w0\n"
    "	ldr	x4, [x1]\n"		/* 16: a page fault */
    "	str	x4, [x2]\n"		/* and another */
    "	ldxr	w5, [x2]\n"		/* 24 */
    "	stxr	w6, w5, [x2]\n"
    "	mov	w0, #0\n"		/* 32 */
    "	mov	w1, #2\n"
    "	mov	w2, #10\n"		/* 40 */
    "	mov	w8, #-61\n"		/* thread_switch, to wait */
    "	svc	#0\n"			/* 48 */
    "	b	step_brk\n"
    "	nop\n"				/* 56 */
    "step_brk:	brk	#0x77\n"
    "step_away:	nop\n"			/* 64 */
    "	ret\n");

struct step_stop {
	uint32_t offset;		/* from step_begin */
	int32_t subcode;
};

static const struct step_stop step_stops[] = {
	{ 4, 0 }, { 8, 0 }, { 12, -1 }, { 16, 0 }, { 20, 0 }, { 24, 0 },
	{ 28, 1 }, { 32, 0 }, { 36, 0 }, { 40, 0 }, { 44, 0 }, { 48, 0 },
	{ 52, -1 }, { 60, 0 },
};

/* The thread stands at step_begin: step to the brk.  Returns the stops. */
static unsigned int
step_to_brk(struct debuggee *debuggee)
{
	const unsigned int all = sizeof step_stops / sizeof step_stops[0];
	unsigned int i;

	for (i = 0; i < all; i++) {
		uint64_t pc;

		debuggee_continue(debuggee);
		if (debuggee_stop(debuggee) != EXC_AARCH64_SS)
			break;
		pc = debuggee_pc(debuggee) - (uintptr_t)step_begin;
		if (pc == step_stops[i].offset &&
		    debuggee->message.subcode == step_stops[i].subcode)
			continue;
		test_print("# stop %u: at %lu, subcode %ld\n", i, pc,
		    (long)debuggee->message.subcode);
		break;
	}
	return i;
}

static void
test_step(void)
{
	const unsigned int all = sizeof step_stops / sizeof step_stops[0];
	vm_address_t page = memory_allocate(page_size);
	struct aarch64_debug_state state;
	struct aarch64_thread_state registers;
	struct debuggee debuggee;

	state_clear(&state);
	state.breakpoints[0] = breakpoint_at(step_begin);
	debuggee_create(&debuggee, step_code, (void *)page);
	debuggee_set(&debuggee, &state);
	debuggee_start(&debuggee);
	ok_eq(debuggee_stop(&debuggee), EXC_AARCH64_BREAKPT, "to the start");
	state_clear(&state);
	state.flags = AARCH64_DEBUG_STEP;
	debuggee_set(&debuggee, &state);
	ok_eq(step_to_brk(&debuggee), all,
	    "over traps, page faults, exclusives, waits and a branch");
	need_success(get_state(debuggee.thread->port, &registers));
	ok_eq(registers.x[3], self, "a trap has its result");
	ok_eq(registers.x[6], 1, "an exclusive store fails");
	ok_eq(registers.cpsr & (1 << 21), 0, "cpsr does not show the step");
	debuggee_continue(&debuggee);
	ok_eq(debuggee_stop(&debuggee), EXC_AARCH64_BRK,
	    "a step over a brk stops for the brk");
	ok_eq(debuggee.message.subcode, 0x77, "its number");
	need_success(get_state(debuggee.thread->port, &registers));
	registers.pc = (uintptr_t)step_away;
	ok_eq(set_state(debuggee.thread->port, &registers), KERN_SUCCESS,
	    "registers can be set between steps");
	debuggee_continue(&debuggee);
	ok_eq(debuggee_stop(&debuggee), EXC_AARCH64_SS, "the next step");
	ok_eq(debuggee_pc(&debuggee), (uintptr_t)step_away + 4,
	    "goes on from there");
	debuggee_finish(&debuggee, "the thread");
	memory_free(page, page_size);
}

/* Steps of a loop, with the clock and another thread in between. */
static void
test_step_switching(void)
{
	static volatile uint32_t counter, spins;
	struct test_thread *spinner;
	struct aarch64_debug_state state;
	struct debuggee debuggee;
	uint64_t pc = 0, last, low = ~0ul, high = 0;
	unsigned int i, jumps = 0;

	spinner = test_thread_start(spin, (void *)&spins);
	debuggee_create(&debuggee, spin, (void *)&counter);
	debuggee_start(&debuggee);
	while (counter == 0)
		swtch();
	state_clear(&state);
	state.flags = AARCH64_DEBUG_STEP;
	debuggee_set(&debuggee, &state);
	for (i = 0; i < STEPS; i++) {
		last = pc;
		if (debuggee_stop(&debuggee) != EXC_AARCH64_SS)
			break;
		pc = debuggee_pc(&debuggee);
		low = pc < low ? pc : low;
		high = pc > high ? pc : high;
		if (i > 0 && pc != last + 4)
			jumps++;
		debuggee_continue(&debuggee);
	}
	ok_eq(i, STEPS, "%u steps", STEPS);
	ok(debuggee_stop(&debuggee) == EXC_AARCH64_SS && high > low &&
	    jumps >= STEPS / ((high - low) / 4 + 1) - 1 &&
	    jumps <= STEPS / ((high - low) / 4 + 1) + 1,
	    "each instruction of a loop is one (%u rounds of %lu)", jumps,
	    (high - low) / 4 + 1);
	ok(spins > 0, "and another thread runs meanwhile");
	test_thread_kill(spinner);
	debuggee_destroy(&debuggee);
}

/* A thread that watches itself. */
static void
watch_self(void *argument)
{
	struct aarch64_debug_state state;

	state_clear(&state);
	state.watchpoints[0] = watchpoint_at(line, AARCH64_DEBUG_STORE |
	    AARCH64_DEBUG_BYTES(1));
	self_result = thread_set_self_state(AARCH64_DEBUG_STATE,
	    (thread_state_t)&state, AARCH64_DEBUG_STATE_COUNT - 1);
	if (self_result != KERN_INVALID_ARGUMENT)
		return;
	thread_set_self_state(AARCH64_DEBUG_STATE, (thread_state_t)&state,
	    AARCH64_DEBUG_STATE_COUNT);
	line[0] = 1;
	state_clear(&state);
	thread_set_self_state(AARCH64_DEBUG_STATE, (thread_state_t)&state,
	    AARCH64_DEBUG_STATE_COUNT);
	line[0] = 2;
}

static void
test_self(void)
{
	struct debuggee debuggee;

	line[0] = 0;
	debuggee_create(&debuggee, watch_self, NULL);
	debuggee_start(&debuggee);
	ok_eq(debuggee_stop(&debuggee), EXC_AARCH64_WATCHPT_WRITE,
	    "a thread may watch itself");
	ok_eq(debuggee.message.subcode, (uintptr_t)line, "where");
	debuggee_finish(&debuggee, "it");
	ok_eq(line[0], 2, "and stop to do so");
}

/* Objects of the cache of debug states. */
static uint64_t
states_allocated(void)
{
	static cache_info_t room[128];
	cache_info_array_t caches = room;
	mach_msg_type_number_t count = 128, i;
	uint64_t objects = 0;

	need_success(host_slab_info(mach_host_self(), &caches, &count));
	for (i = 0; i < count; i++) {
		if (strcmp(caches[i].name, "machine_debug") == 0)
			objects = caches[i].nr_objs;
	}
	if (caches != room)
		memory_free((vm_address_t)caches, count * sizeof caches[0]);
	return objects;
}

static void
test_end(uint64_t before)
{
	struct aarch64_debug_state state;
	struct debuggee debuggee;

	ok_eq(states_allocated(), before, "ended threads leave nothing");
	debuggee_create(&debuggee, nothing, NULL);
	state_clear(&state);
	state.flags = AARCH64_DEBUG_STEP;
	debuggee_set(&debuggee, &state);
	ok_eq(states_allocated(), before + 1, "a thread that steps has some");
	debuggee_start(&debuggee);
	ok_eq(debuggee_stop(&debuggee), EXC_AARCH64_SS, "it steps");
	debuggee_destroy(&debuggee);
	sleep_ms(10);
	ok_eq(states_allocated(), before, "until it is terminated");
}

void
test_main(void)
{
	uint64_t before = states_allocated();

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
