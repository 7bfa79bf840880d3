/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Per-processor data.
 *
 * tpidr_el1 points at the running processor's struct percpu.  The kernel
 * is not preemptible, so the pointer stays valid until the caller blocks.
 */
#ifndef MACHINE_PERCPU_H
#define MACHINE_PERCPU_H

#include <stdbool.h>
#include <stdint.h>

#include <machine/cpu.h>

struct thread;
struct pmap;
struct ipc_kmsg;

/* Offsets of the first members are known to assembly (machine/asm.h). */
struct percpu {
	struct thread *current;		/* the running thread */
	uint32_t ast;			/* AST_* pending for `current` */
	uint32_t id;			/* 0 .. ncpus - 1 */
	uint64_t scratch[4];		/* for the exception vectors */
	struct pmap *pmap;		/* the address space in TTBR0 */
	struct thread *fpu_owner;	/* whose FP state is live, or NULL */
	struct thread *idle;
	struct thread *handoff;		/* see sched_handoff() */
	struct ipc_kmsg *reply;		/* spare one (ipc_fast_kernel.c) */
	void *scheduler;		/* struct run_queue of this CPU */
	bool in_interrupt;
	bool interrupted_user;		/* the interrupt came in user mode */
	uint64_t mpidr;			/* affinity, as in MPIDR_EL1 */
	bool debug_used;		/* some thread has debug state */
	uint64_t pac_key;		/* the first of the keys loaded */
};

extern struct percpu percpu_table[MACHINE_MAX_CPUS];

/* Processors running, and those that the firmware describes. */
extern unsigned int machine_ncpus;

static inline struct percpu *
percpu_self(void)
{
	struct percpu *self;

	__asm__("mrs %0, tpidr_el1" : "=r"(self));
	return self;
}

static inline struct thread *
thread_self(void)
{
	return percpu_self()->current;
}

static inline unsigned int
cpu_id(void)
{
	return percpu_self()->id;
}

#endif /* MACHINE_PERCPU_H */
