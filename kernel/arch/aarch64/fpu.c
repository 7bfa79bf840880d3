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

static void
fpu_enable(void)
{
	sysreg_write(cpacr_el1, CPACR_FPEN);
	cpu_isb();
}

/* Takes effect for user mode with the return to it. */
static void
fpu_disable(void)
{
	sysreg_write(cpacr_el1, 0);
}

/* Make the registers of this processor those of `thread`. */
static void
fpu_load(struct percpu *self, struct thread *thread)
{
	fpu_enable();
	if (fpu_is_live(self, thread))
		return;
	if (self->fpu_owner != NULL && fpu_write_back_late())
		fpu_save_registers(self->fpu_owner->machine.fpu);
	fpu_load_registers(thread->machine.fpu);
	self->fpu_owner = thread;
	thread->machine.fpu_cpu = self->id;
}

void
fpu_switch_slow(struct percpu *self, struct thread *from, struct thread *to)
{
	if (from->machine.fpu != NULL && !fpu_write_back_late())
		fpu_save_registers(from->machine.fpu);
	if (to->machine.fpu != NULL)
		fpu_load(self, to);
	else
		fpu_disable();
}

/* Bring the memory of a stopped thread, or of the caller, up to date. */
static void
fpu_write_back(struct thread *thread)
{
	struct percpu *self = percpu_self();

	if (!fpu_is_live(self, thread))
		return;
	fpu_enable();
	fpu_save_registers(thread->machine.fpu);
	if (self->current->machine.fpu == NULL)
		fpu_disable();
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
}

kern_return_t
fpu_set(struct thread *thread, const struct machine_fpu *fpu)
{
	kern_return_t kr = fpu_allocate(thread);

	if (kr != KERN_SUCCESS)
		return kr;
	fpu_forget(thread);
	*thread->machine.fpu = *fpu;
	thread->machine.fpu->fpsr &= FPU_CONTROL_MASK;
	thread->machine.fpu->fpcr &= FPU_CONTROL_MASK;
	if (thread == thread_self())
		fpu_load(percpu_self(), thread);
	return KERN_SUCCESS;
}
