/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <machine/fpu.h>

#include <stdbool.h>
#include <stddef.h>

#include <kern/exception.h>
#include <kern/slab.h>
#include <kern/thread.h>
#include <lib/string.h>
#include <mach/exception.h>
#include <machine/percpu.h>
#include <machine/sve.h>
#include <machine/sysreg.h>

/* FPCR and FPSR are 32-bit registers; the rest is reserved. */
#define FPU_CONTROL_MASK	0xffffffffUL

static struct slab_cache fpu_cache;

void
fpu_setup(void)
{
	slab_cache_init(&fpu_cache, "machine_fpu", sizeof(struct machine_fpu),
	    16, NULL);
}

/* For the kernel's own accesses; bits of what is not there are ignored. */
static void
fpu_enable(void)
{
	sysreg_write(cpacr_el1, CPACR_FPEN | CPACR_ZEN);
	cpu_isb();
}

/* What user mode may use; takes effect with the return to it. */
static void
fpu_restrict(const struct machine_fpu *fpu)
{
	sysreg_write(cpacr_el1, fpu == NULL ? 0 : fpu->access);
}

static void
fpu_save(struct machine_fpu *fpu)
{
	if (fpu->sve != NULL)
		sve_save(fpu);
	else
		fpu_save_registers(fpu);
}

/* Make the registers of this processor those of `thread`. */
static void
fpu_load(struct percpu *self, struct thread *thread)
{
	struct machine_fpu *fpu = thread->machine.fpu;

	if (!fpu_is_live(self, thread)) {
		fpu_enable();
		if (self->fpu_owner != NULL && fpu_write_back_late())
			fpu_save(self->fpu_owner->machine.fpu);
		if (fpu->sve != NULL)
			sve_load(fpu);
		else
			fpu_load_registers(fpu);
		self->fpu_owner = thread;
		thread->machine.fpu_cpu = self->id;
	}
	fpu_restrict(fpu);
}

void
fpu_switch_slow(struct percpu *self, struct thread *from, struct thread *to)
{
	if (from->machine.fpu != NULL && !fpu_write_back_late()) {
		fpu_enable();
		fpu_save(from->machine.fpu);
	}
	if (to->machine.fpu != NULL)
		fpu_load(self, to);
	else
		fpu_restrict(NULL);
}

/* Bring the memory of a stopped thread, or of the caller, up to date. */
static void
fpu_write_back(struct thread *thread)
{
	struct percpu *self = percpu_self();

	if (!fpu_is_live(self, thread))
		return;
	fpu_enable();
	fpu_save(thread->machine.fpu);
	fpu_restrict(self->current->machine.fpu);
}

/* What the registers hold of the thread is void. */
static void
fpu_forget(struct thread *thread)
{
	struct percpu *self = percpu_self();

	if (fpu_is_live(self, thread))
		self->fpu_owner = NULL;
	thread->machine.fpu_cpu = UINT32_MAX;
}

kern_return_t
fpu_allocate(struct thread *thread)
{
	struct machine_fpu *fpu;

	if (thread->machine.fpu != NULL)
		return KERN_SUCCESS;
	fpu = slab_cache_alloc(&fpu_cache);
	if (fpu == NULL)
		return KERN_RESOURCE_SHORTAGE;
	memset(fpu, 0, sizeof(*fpu));
	fpu->access = CPACR_FPEN;
	thread->machine.fpu_cpu = UINT32_MAX;
	thread->machine.fpu = fpu;
	return KERN_SUCCESS;
}

void
fpu_destroy(struct thread *thread)
{
	if (thread->machine.fpu == NULL)
		return;
	fpu_forget(thread);
	sve_free(thread->machine.fpu);
	slab_cache_free(&fpu_cache, thread->machine.fpu);
	thread->machine.fpu = NULL;
}

void
fpu_first_use(void)
{
	struct thread *self = thread_self();

	if (fpu_allocate(self) != KERN_SUCCESS) {
		exception_raise_self(EXC_BAD_ACCESS, KERN_RESOURCE_SHORTAGE,
		    0);
		return;
	}
	fpu_load(percpu_self(), self);
}

void
fpu_get(struct thread *thread, struct machine_fpu *fpu)
{
	if (thread->machine.fpu == NULL) {
		memset(fpu, 0, sizeof(*fpu));
		return;
	}
	fpu_write_back(thread);
	*fpu = *thread->machine.fpu;
	if (fpu->sve != NULL)
		sve_to_fpu(fpu);
}

void
fpu_reload(struct thread *thread)
{
	fpu_forget(thread);
	if (thread == thread_self())
		fpu_load(percpu_self(), thread);
}

kern_return_t
fpu_set(struct thread *thread, const struct machine_fpu *fpu)
{
	kern_return_t kr = fpu_allocate(thread);
	struct machine_fpu *own;

	if (kr != KERN_SUCCESS)
		return kr;
	own = thread->machine.fpu;
	/* Predicates stay as they are. */
	if (own->sve != NULL)
		fpu_write_back(thread);
	memcpy(own->v, fpu->v, sizeof(own->v));
	own->fpsr = fpu->fpsr & FPU_CONTROL_MASK;
	own->fpcr = fpu->fpcr & FPU_CONTROL_MASK;
	if (own->sve != NULL)
		sve_from_fpu(own);
	fpu_reload(thread);
	return KERN_SUCCESS;
}
