/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The module `debug-state`: a thread under its debugger, which is the test
 * (debuggee.c), and the tests of its parts.
 */
#ifndef DEBUGGEE_H
#define DEBUGGEE_H

#include "../lib/test.h"

#include <mach/aarch64/thread_status_ext.h>

#define self		task_self_port

struct debuggee {
	struct test_thread *thread;
	mach_port_t port;		/* its exception port */
	struct exception_message message;
};

kern_return_t get_debug(mach_port_t thread,
    struct aarch64_debug_state *state);
kern_return_t set_debug(mach_port_t thread,
    struct aarch64_debug_state *state);
/* A state with nothing in it, and what may be put into it. */
void state_clear(struct aarch64_debug_state *state);
struct aarch64_debug_slot breakpoint_at(const void *address);
struct aarch64_debug_slot watchpoint_at(const volatile void *address,
    uint32_t control);

/* A suspended thread whose exceptions come here; it starts; it is killed. */
void debuggee_create(struct debuggee *debuggee, void (*run)(void *),
    void *argument);
void debuggee_set(struct debuggee *debuggee,
    struct aarch64_debug_state *state);
void debuggee_start(struct debuggee *debuggee);
void debuggee_destroy(struct debuggee *debuggee);
/* The next stop: EXC_BREAKPOINT's code, -1 for anything else.  Go on. */
int debuggee_stop(struct debuggee *debuggee);
void debuggee_continue(struct debuggee *debuggee);
uint64_t debuggee_pc(struct debuggee *debuggee);
/* Run it without breakpoints to its end. */
void debuggee_finish(struct debuggee *debuggee, const char *what);

/* Counts at `argument`, without end. */
void spin(void *argument);

/* Watchpoints (watch.c). */
void test_watchpoint(void);
void test_kernel_access(void);
void test_self(void);

/* Single step (step.c). */
void test_step(void);
void test_step_switching(void);

#endif /* DEBUGGEE_H */
