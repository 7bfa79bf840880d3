/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Floating point and SIMD registers.
 *
 * A thread has no FP state until its first FP instruction traps; from then
 * on its registers are loaded at a switch to it, unless they are still in this
 * processor: switches to threads without FP state and back cost nothing.
 */
#ifndef MACHINE_FPU_H
#define MACHINE_FPU_H

#include <mach/kern_return.h>
#include <machine/thread.h>

struct percpu;
struct thread;

void fpu_setup(void);

/* The current thread used FP without having FP state. */
void fpu_first_use(void);

/* Part of machine_switch(). */
void fpu_switch(struct percpu *self, struct thread *from,
    struct thread *to);

/* Give a thread zeroed FP state if it has none.  KERN_RESOURCE_SHORTAGE. */
kern_return_t fpu_allocate(struct thread *thread);

/* Free the FP state of a thread that runs no more. */
void fpu_destroy(struct thread *thread);

/* Copy to or from a stopped thread or the caller itself. */
void fpu_get(struct thread *thread, struct machine_fpu *fpu);
kern_return_t fpu_set(struct thread *thread, const struct machine_fpu *fpu);

/* Registers <-> memory (fpu.S); FP access must be enabled. */
void fpu_save_registers(struct machine_fpu *fpu);
void fpu_load_registers(const struct machine_fpu *fpu);

#endif /* MACHINE_FPU_H */
