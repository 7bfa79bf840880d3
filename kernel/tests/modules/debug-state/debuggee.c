/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
#include "debuggee.h"

kern_return_t
get_debug(mach_port_t thread, struct aarch64_debug_state *state)
{
	mach_msg_type_number_t count = AARCH64_DEBUG_STATE_COUNT;

	memset(state, 0x55, sizeof *state);
	return thread_get_state(thread, AARCH64_DEBUG_STATE,
	    (thread_state_t)state, &count);
}

kern_return_t
set_debug(mach_port_t thread, struct aarch64_debug_state *state)
{
	return thread_set_state(thread, AARCH64_DEBUG_STATE,
	    (thread_state_t)state, AARCH64_DEBUG_STATE_COUNT);
}

void
state_clear(struct aarch64_debug_state *state)
{
	memset(state, 0, sizeof *state);
	state->version = AARCH64_DEBUG_VERSION;
}

struct aarch64_debug_slot
breakpoint_at(const void *address)
{
	struct aarch64_debug_slot slot = {
		.address = (uintptr_t)address,
		.control = AARCH64_DEBUG_BREAKPOINT,
	};

	return slot;
}

struct aarch64_debug_slot
watchpoint_at(const volatile void *address, uint32_t control)
{
	struct aarch64_debug_slot slot = {
		.address = (uintptr_t)address,
		.control = AARCH64_DEBUG_ENABLE | AARCH64_DEBUG_USER | control,
	};

	return slot;
}

void
debuggee_create(struct debuggee *debuggee, void (*run)(void *),
    void *argument)
{
	debuggee->thread = test_thread_create(run, argument);
	debuggee->port = port_with_send();
	need_success(thread_set_special_port(debuggee->thread->port,
	    THREAD_EXCEPTION_PORT, debuggee->port));
}

void
debuggee_set(struct debuggee *debuggee, struct aarch64_debug_state *state)
{
	need_success(set_debug(debuggee->thread->port, state));
}

void
debuggee_start(struct debuggee *debuggee)
{
	need_success(thread_resume(debuggee->thread->port));
}

int
debuggee_stop(struct debuggee *debuggee)
{
	if (exception_receive(debuggee->port, &debuggee->message, 5000) !=
	    MACH_MSG_SUCCESS || debuggee->message.exception != EXC_BREAKPOINT)
		return -1;
	return debuggee->message.code;
}

void
debuggee_continue(struct debuggee *debuggee)
{
	exception_reply(&debuggee->message, KERN_SUCCESS);
}

uint64_t
debuggee_pc(struct debuggee *debuggee)
{
	struct aarch64_thread_state state;

	need_success(get_state(debuggee->thread->port, &state));
	return state.pc;
}

void
debuggee_destroy(struct debuggee *debuggee)
{
	test_thread_kill(debuggee->thread);
	mach_port_deallocate(self, debuggee->port);
	port_destroy(debuggee->port);
}

void
debuggee_finish(struct debuggee *debuggee, const char *what)
{
	struct aarch64_debug_state none;

	state_clear(&none);
	debuggee_set(debuggee, &none);
	debuggee_continue(debuggee);
	ok(test_thread_wait(debuggee->thread, 5000), "%s ends", what);
	debuggee_destroy(debuggee);
}

void
spin(void *argument)
{
	for (;;)
		*(volatile uint32_t *)argument += 1;
}
