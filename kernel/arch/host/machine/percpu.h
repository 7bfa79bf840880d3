/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Per-processor data of the host body. Tests move from one processor to
 * another with host_set_cpu().
 */
#ifndef MACHINE_PERCPU_H
#define MACHINE_PERCPU_H

#include <stdbool.h>
#include <stdint.h>

#include <machine/cpu.h>

struct thread;
struct pmap;
struct ipc_kmsg;

struct percpu {
	struct thread *current;		/* the running thread */
	uint32_t ast;			/* AST_* pending for `current` */
	uint32_t id;			/* 0 .. ncpus - 1 */
	struct pmap *pmap;		/* the address space in use */
	struct thread *idle;
	struct thread *handoff;		/* see sched_handoff() */
	struct ipc_kmsg *reply;		/* spare one (ipc_fast_kernel.c) */
	void *scheduler;		/* struct run_queue of this CPU */
	bool in_interrupt;
	bool interrupted_user;		/* the interrupt came in user mode */
};

extern struct percpu percpu_table[MACHINE_MAX_CPUS];
extern struct percpu *host_percpu;
extern unsigned int machine_ncpus;

static inline struct percpu *
percpu_self(void)
{
	return host_percpu;
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
