/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What a thread has on this machine (machine/thread.h).
 */
#ifndef MACHINE_THREAD_MACHINE_H
#define MACHINE_THREAD_MACHINE_H

#include <stdint.h>

struct trap_frame;

/* What a switch between kernel stacks keeps. */
struct machine_context {
	uint64_t x19_x30[12];
	uint64_t sp;
};

struct machine_fpu {
	__uint128_t v[32];
	uint64_t fpsr;
	uint64_t fpcr;
	uint64_t access;		/* of CPACR_EL1, for user mode */
	struct machine_sve *sve;	/* instead of v; NULL until SVE is used */
};

struct machine_thread {
	struct machine_context context;
	struct trap_frame *frame;	/* at the top of the kernel stack */
	uint64_t tpidr_el0;
	struct machine_fpu *fpu;	/* NULL until the first use of FP */
	uint32_t fpu_cpu;		/* whose registers may still hold it */
	uintptr_t stack_base;		/* of the kernel stack; 0: boot's */
};

#endif /* MACHINE_THREAD_MACHINE_H */
