/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Processors and processor sets as objects (GNU Mach manual, Processors and
 * Processor Sets).
 *
 * All processors, tasks and threads belong to the default set: the system
 * does not support processor allocation, and the calls that ask for more say
 * KERN_FAILURE, as the manual has it.  None of these objects is ever freed.
 */
#ifndef KERN_PROCESSOR_H
#define KERN_PROCESSOR_H

#include <kern/lock.h>
#include <mach/mach_types.h>
#include <mach/port.h>
#include <machine/cpu.h>

struct ipc_port;

struct processor {
	unsigned int slot;		/* index in percpu_table */
	struct ipc_port *self;		/* the control port */
	struct ipc_port *name;
};

struct processor_set {
	spinlock_t lock;
	struct ipc_port *self;		/* the control port */
	struct ipc_port *name;
	int policies;			/* allowed: bits POLICY_* */
	int max_priority;		/* for new threads */
};

typedef mach_port_t *processor_array_t;
typedef mach_port_t *processor_name_array_t;
typedef mach_port_t *processor_set_array_t;
typedef mach_port_t *processor_set_name_array_t;

#define PROCESSOR_NULL		((processor_t)0)
#define PROCESSOR_SET_NULL	((processor_set_t)0)

extern struct processor processors[MACHINE_MAX_CPUS];
extern struct processor_set default_pset;

/* Threads of all tasks, the kernel's among them. */
unsigned int processor_set_thread_count(void);

/* MIG's destructor; the set remains. */
void pset_deallocate(processor_set_t set);

#endif /* KERN_PROCESSOR_H */
