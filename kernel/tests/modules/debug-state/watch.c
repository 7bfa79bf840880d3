/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Watchpoints.
 */
#include "debuggee.h"

#define LINE_SIZE	64

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

void
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

void
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

/* A thread that watches itself. */
static void
watch_self(void *argument)
{
	struct aarch64_debug_state state;
	kern_return_t result;

	state_clear(&state);
	state.watchpoints[0] = watchpoint_at(line, AARCH64_DEBUG_STORE |
	    AARCH64_DEBUG_BYTES(1));
	result = thread_set_self_state(AARCH64_DEBUG_STATE,
	    (thread_state_t)&state, AARCH64_DEBUG_STATE_COUNT - 1);
	if (result != KERN_INVALID_ARGUMENT)
		return;
	thread_set_self_state(AARCH64_DEBUG_STATE, (thread_state_t)&state,
	    AARCH64_DEBUG_STATE_COUNT);
	line[0] = 1;
	state_clear(&state);
	thread_set_self_state(AARCH64_DEBUG_STATE, (thread_state_t)&state,
	    AARCH64_DEBUG_STATE_COUNT);
	line[0] = 2;
}

void
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
