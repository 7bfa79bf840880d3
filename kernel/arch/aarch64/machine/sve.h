/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Registers of the Scalable Vector Extension (Arm ARM DDI 0487, B1.2).
 *
 * They are part of a thread's FP state (machine/fpu.h) from its first SVE
 * instruction on, which traps; the FP registers are then the low 16 bytes of
 * the vectors.  The vector length is one for all threads, at most what the
 * flavor has room for (<mach/aarch64/thread_status_ext.h>).
 */
#ifndef MACHINE_SVE_H
#define MACHINE_SVE_H

#include <kern/thread.h>
#include <mach/aarch64/thread_status_ext.h>
#include <mach/kern_return.h>
#include <machine/feature.h>

void sve_setup(void);

/* Of the calling processor: the vector length. */
void sve_setup_cpu(void);

/* The current thread used SVE without having SVE registers. */
void sve_first_use(void);

/* Registers <-> memory; SVE access must be enabled. */
void sve_save(struct machine_fpu *fpu);
void sve_load(const struct machine_fpu *fpu);

/* Fill fpu->v from its vectors in memory, and back, the rest of them zero. */
void sve_to_fpu(struct machine_fpu *fpu);
void sve_from_fpu(struct machine_fpu *fpu);

/* Free what fpu->sve holds, if anything. */
void sve_free(struct machine_fpu *fpu);

/* Of a stopped thread or the caller itself; machine_has_sve. */
void sve_get(struct thread *thread, struct aarch64_sve_state *state);
/* KERN_INVALID_ARGUMENT; KERN_RESOURCE_SHORTAGE. */
kern_return_t sve_set(struct thread *thread,
    const struct aarch64_sve_state *state);

/* sve_registers.S: z, p and ffr, each of its own length, one by one. */
void sve_save_registers(void *registers);
void sve_load_registers(const void *registers);
unsigned int sve_vector_bytes(void);

#endif /* MACHINE_SVE_H */
