/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <machine/sve.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kern/exception.h>
#include <kern/slab.h>
#include <lib/string.h>
#include <mach/exception.h>
#include <machine/fpu.h>
#include <machine/sysreg.h>

#define VECTORS		32
#define PREDICATES	16
#define FP_BYTES	16
#define BYTES_MAX	AARCH64_SVE_BYTES_MAX

/* ZCR_EL1, s3_0_c1_c2_0: vector length in FP registers, minus 1. */
#define ZCR_LENGTH	(BYTES_MAX / FP_BYTES - 1)

/* Vectors, predicates and ffr without gaps: sve_registers.S. */
struct machine_sve {
	uint8_t registers[VECTORS * BYTES_MAX +
	    (PREDICATES + 1) * BYTES_MAX / 8];
};

static struct slab_cache sve_cache;
static unsigned int vector_bytes;

void
sve_setup(void)
{
	slab_cache_init(&sve_cache, "machine_sve", sizeof(struct machine_sve),
	    16, NULL);
}

void
sve_setup_cpu(void)
{
	if (((sysreg_read(id_aa64pfr0_el1) >> 32) & 0xf) == 0)
		return;
	sysreg_write(cpacr_el1, CPACR_FPEN | CPACR_ZEN);
	cpu_isb();
	/* A length that is not there becomes the next shorter one. */
	sysreg_write(s3_0_c1_c2_0, ZCR_LENGTH);
	cpu_isb();
	vector_bytes = sve_vector_bytes();
	sysreg_write(cpacr_el1, 0);
}

static uint8_t *
vector(struct machine_sve *sve, unsigned int n)
{
	return sve->registers + n * vector_bytes;
}

/* ffr is the one behind the last. */
static uint8_t *
predicate(struct machine_sve *sve, unsigned int n)
{
	return sve->registers + VECTORS * vector_bytes +
	    n * vector_bytes / 8;
}

void
sve_save(struct machine_fpu *fpu)
{
	sve_save_registers(fpu->sve);
	fpu->fpsr = sysreg_read(fpsr);
	fpu->fpcr = sysreg_read(fpcr);
}

void
sve_load(const struct machine_fpu *fpu)
{
	sve_load_registers(fpu->sve);
	sysreg_write(fpsr, fpu->fpsr);
	sysreg_write(fpcr, fpu->fpcr);
}

void
sve_to_fpu(struct machine_fpu *fpu)
{
	unsigned int n;

	for (n = 0; n < VECTORS; n++)
		memcpy(&fpu->v[n], vector(fpu->sve, n), FP_BYTES);
}

/* The vectors of `to`, from FP registers. */
static void
fill_vectors(struct machine_sve *to, const struct machine_fpu *from)
{
	unsigned int n;

	memset(to->registers, 0, VECTORS * vector_bytes);
	for (n = 0; n < VECTORS; n++)
		memcpy(vector(to, n), &from->v[n], FP_BYTES);
}

void
sve_from_fpu(struct machine_fpu *fpu)
{
	fill_vectors(fpu->sve, fpu);
}

void
sve_free(struct machine_fpu *fpu)
{
	if (fpu->sve == NULL)
		return;
	slab_cache_free(&sve_cache, fpu->sve);
	fpu->sve = NULL;
	fpu->access = CPACR_FPEN;
}

/* Give a thread SVE registers from its FP registers, if it has none. */
static kern_return_t
sve_allocate(struct thread *thread)
{
	struct machine_fpu fpu;
	struct machine_sve *sve;
	kern_return_t kr = fpu_allocate(thread);

	if (kr != KERN_SUCCESS || thread->machine.fpu->sve != NULL)
		return kr;
	sve = slab_cache_alloc(&sve_cache);
	if (sve == NULL)
		return KERN_RESOURCE_SHORTAGE;
	fpu_get(thread, &fpu);
	memset(sve, 0, sizeof(*sve));
	fill_vectors(sve, &fpu);
	thread->machine.fpu->sve = sve;
	thread->machine.fpu->access = CPACR_FPEN | CPACR_ZEN;
	return KERN_SUCCESS;
}

void
sve_first_use(void)
{
	struct thread *self = thread_self();

	if (sve_allocate(self) == KERN_SUCCESS)
		fpu_reload(self);
	else
		exception_raise_self(EXC_BAD_ACCESS, KERN_RESOURCE_SHORTAGE,
		    0);
}

void
sve_get(struct thread *thread, struct aarch64_sve_state *state)
{
	struct machine_fpu fpu;
	unsigned int n;

	fpu_get(thread, &fpu);
	memset(state, 0, sizeof(*state));
	state->version = AARCH64_SVE_VERSION;
	state->vector_bytes = vector_bytes;
	state->fpsr = fpu.fpsr;
	state->fpcr = fpu.fpcr;
	if (fpu.sve == NULL) {
		for (n = 0; n < VECTORS; n++)
			memcpy(state->z[n], &fpu.v[n], FP_BYTES);
		return;
	}
	state->flags = AARCH64_SVE_ACTIVE;
	for (n = 0; n < VECTORS; n++)
		memcpy(state->z[n], vector(fpu.sve, n), vector_bytes);
	for (n = 0; n < PREDICATES; n++)
		memcpy(state->p[n], predicate(fpu.sve, n), vector_bytes / 8);
	memcpy(state->ffr, predicate(fpu.sve, n), vector_bytes / 8);
}

/* The vectors and predicates of a thread that has some. */
static void
set_registers(struct machine_sve *sve, const struct aarch64_sve_state *state)
{
	unsigned int n;

	for (n = 0; n < VECTORS; n++)
		memcpy(vector(sve, n), state->z[n], vector_bytes);
	for (n = 0; n < PREDICATES; n++)
		memcpy(predicate(sve, n), state->p[n], vector_bytes / 8);
	memcpy(predicate(sve, n), state->ffr, vector_bytes / 8);
}

kern_return_t
sve_set(struct thread *thread, const struct aarch64_sve_state *state)
{
	bool active = (state->flags & AARCH64_SVE_ACTIVE) != 0;
	struct machine_fpu fpu;
	kern_return_t kr;
	unsigned int n;

	if (state->version != AARCH64_SVE_VERSION ||
	    (state->flags & ~AARCH64_SVE_ACTIVE) != 0 ||
	    state->vector_bytes != vector_bytes || state->reserved != 0)
		return KERN_INVALID_ARGUMENT;
	if (active) {
		kr = sve_allocate(thread);
		if (kr != KERN_SUCCESS)
			return kr;
	}
	for (n = 0; n < VECTORS; n++)
		memcpy(&fpu.v[n], state->z[n], FP_BYTES);
	fpu.fpsr = state->fpsr;
	fpu.fpcr = state->fpcr;
	if (!active && thread->machine.fpu != NULL)
		sve_free(thread->machine.fpu);
	kr = fpu_set(thread, &fpu);
	if (kr != KERN_SUCCESS || !active)
		return kr;
	set_registers(thread->machine.fpu->sve, state);
	fpu_reload(thread);
	return KERN_SUCCESS;
}
