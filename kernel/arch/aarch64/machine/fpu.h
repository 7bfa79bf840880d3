/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Floating point and SIMD registers.
 *
 * A thread has no FP state until its first FP instruction traps; from then
 * on its registers are loaded at a switch to it, unless they are still in this
 * processor: switches to threads without FP state and back cost nothing.
 * SVE registers (machine/sve.h) belong to the FP state in the same way.
 */
#ifndef MACHINE_FPU_H
#define MACHINE_FPU_H

#include <stdbool.h>
#include <stddef.h>

#include <kern/thread.h>
#include <lib/macros.h>
#include <mach/kern_return.h>
#include <machine/percpu.h>
#include <machine/sysreg.h>

void fpu_setup(void);

/* The current thread used FP without having FP state. */
void fpu_first_use(void);

/*
 * With one processor, registers are written back only when another thread
 * needs them; with several, at every switch away, for the thread may go
 * on elsewhere.
 */
static inline bool
fpu_write_back_late(void)
{
	return machine_ncpus == 1;
}

/* Do the registers of this processor hold the thread's state? */
static inline bool
fpu_is_live(const struct percpu *self, const struct thread *thread)
{
	return self->fpu_owner == thread &&
	    thread->machine.fpu_cpu == self->id;
}

void fpu_switch_slow(struct percpu *self, struct thread *from,
    struct thread *to);

/*
 * Part of machine_switch().  FP access is enabled while, and only while, the
 * current thread has FP state; a change takes effect for user mode with the
 * return to it.  False: there are registers to be moved; nothing is done.
 */
static __always_inline bool
fpu_switch_fast(struct percpu *self, struct thread *from, struct thread *to)
{
	if (from->machine.fpu == NULL) {
		if (to->machine.fpu == NULL)
			return true;
		if (fpu_is_live(self, to)) {
			sysreg_write(cpacr_el1, to->machine.fpu->access);
			return true;
		}
	} else if (to->machine.fpu == NULL && fpu_write_back_late()) {
		sysreg_write(cpacr_el1, 0);
		return true;
	}
	return false;
}

static inline void
fpu_switch(struct percpu *self, struct thread *from, struct thread *to)
{
	if (!fpu_switch_fast(self, from, to))
		fpu_switch_slow(self, from, to);
}

/* Give a thread zeroed FP state if it has none.  KERN_RESOURCE_SHORTAGE. */
kern_return_t fpu_allocate(struct thread *thread);

/* Free the FP state of a thread that runs no more. */
void fpu_destroy(struct thread *thread);

/* The current thread's registers, from its FP state. */
void fpu_reload(struct thread *thread);

/* Copy FP registers to or from a stopped thread or the caller itself. */
void fpu_get(struct thread *thread, struct machine_fpu *fpu);
kern_return_t fpu_set(struct thread *thread, const struct machine_fpu *fpu);

/* Registers <-> memory (fpu.S); FP access must be enabled. */
void fpu_save_registers(struct machine_fpu *fpu);
void fpu_load_registers(const struct machine_fpu *fpu);

#endif /* MACHINE_FPU_H */
