/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Hardware breakpoints, watchpoints and single step of user threads (Arm ARM
 * DDI 0487, D2), by flavor AARCH64_DEBUG_STATE
 * (<mach/aarch64/thread_status_ext.h>).
 *
 * A thread has debug state only while it uses some of it.  The registers are
 * loaded at a switch to such a thread and off otherwise.  MDSCR_EL1.KDE stays
 * clear: nothing that the kernel does, for the user either, matches or steps.
 *
 * Software step is the processor's state machine: SPSR_EL1.SS, kept in the
 * frame's cpsr and hidden from users, says that the next instruction has not
 * run yet.  A trap or interrupt in between carries it along.
 */
#ifndef MACHINE_DEBUG_H
#define MACHINE_DEBUG_H

#include <stdint.h>

#include <kern/thread.h>
#include <lib/macros.h>
#include <mach/aarch64/thread_status_ext.h>
#include <mach/kern_return.h>
#include <machine/percpu.h>

void debug_setup(void);

/* Of the calling processor: no debug exceptions, no debugger's lock. */
void debug_setup_cpu(void);

void debug_switch_slow(const struct thread *from, const struct thread *to);

/* Part of machine_switch(). */
static inline void
debug_switch(const struct percpu *self, const struct thread *from,
    const struct thread *to)
{
	if (unlikely(self->debug_used))
		debug_switch_slow(from, to);
}

/* Of a stopped thread or the caller itself. */
void debug_get(const struct thread *thread,
    struct aarch64_debug_state *state);
/* KERN_INVALID_ARGUMENT; KERN_RESOURCE_SHORTAGE.  Else nothing changes. */
kern_return_t debug_set(struct thread *thread,
    const struct aarch64_debug_state *state);

/* Free the debug state of a thread that runs no more. */
void debug_destroy(struct thread *thread);

/* The current thread has made a step: the next one, if it wants one. */
void debug_step_again(struct trap_frame *frame);

#endif /* MACHINE_DEBUG_H */
