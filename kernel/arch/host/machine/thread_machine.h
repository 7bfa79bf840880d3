/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What a thread has on the host body (machine/thread.h).  Threads have stacks
 * and switch between them; what they would do in user mode, a test says with
 * host_set_user().
 */
#ifndef MACHINE_THREAD_MACHINE_H
#define MACHINE_THREAD_MACHINE_H

#include <stdint.h>

struct trap_frame;

/* A switch between kernel stacks (ucontext), in arch/host/thread.c. */
struct host_context;

struct machine_thread {
	struct host_context *context;	/* made at the first switch */
	struct trap_frame *frame;
	uint64_t tpidr_el0;
};

#endif /* MACHINE_THREAD_MACHINE_H */
