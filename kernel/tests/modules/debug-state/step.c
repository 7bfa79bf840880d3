/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Single step.
 */
#include "debuggee.h"

#define STEPS		1000

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

void
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
void
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
