/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <machine/thread.h>

#include <stddef.h>

#include <kern/task.h>
#include <kern/thread.h>
#include <lib/macros.h>
#include <lib/string.h>
#include <machine/debug.h>
#include <machine/feature.h>
#include <machine/fpu.h>
#include <machine/kstack.h>
#include <machine/memory.h>
#include <machine/percpu.h>
#include <machine/platform.h>
#include <machine/pmap.h>
#include <machine/sve.h>
#include <machine/sysreg.h>
#include <machine/trap.h>
#include <vm/pmap.h>
#include <vm/vm_map.h>

#define PAC_KEY_WORDS	10

void
machine_thread_setup(void)
{
	kstack_setup();
	fpu_setup();
	debug_setup();
	sve_setup();
}

void
machine_task_init(struct machine_task *task, const struct machine_task *parent)
{
	unsigned int i;

	if (!machine_has_pac)
		return;
	if (parent != NULL) {
		*task = *parent;
		return;
	}
	for (i = 0; i < PAC_KEY_WORDS; i++)
		task->pac_keys[i] = machine_entropy();
}

/* Registers without names in armv8.0: APIAKey, IB, DA, DB, GA; low, high. */
#define PAC_LOAD(register_low, register_high, keys) do {		\
	uint64_t low_ = (keys)[0], high_ = (keys)[1];			\
									\
	sysreg_write(register_low, low_);				\
	sysreg_write(register_high, high_);				\
} while (0)

/*
 * Tasks with the same first key, 64 random bits, have all keys from the same
 * ancestor.  Without pointer authentication all are zero.
 */
static inline void
pac_load_keys(struct percpu *self, const uint64_t *keys)
{
	if (self->pac_key == keys[0])
		return;
	self->pac_key = keys[0];
	PAC_LOAD(s3_0_c2_c1_0, s3_0_c2_c1_1, keys);
	PAC_LOAD(s3_0_c2_c1_2, s3_0_c2_c1_3, keys + 2);
	PAC_LOAD(s3_0_c2_c2_0, s3_0_c2_c2_1, keys + 4);
	PAC_LOAD(s3_0_c2_c2_2, s3_0_c2_c2_3, keys + 6);
	PAC_LOAD(s3_0_c2_c3_0, s3_0_c2_c3_1, keys + 8);
}

kern_return_t
machine_thread_init(struct thread *thread, void (*entry)(void))
{
	struct machine_thread *machine = &thread->machine;
	struct kstack *stack = kstack_alloc();

	if (stack == NULL)
		return KERN_RESOURCE_SHORTAGE;
	memset(machine, 0, sizeof(*machine));
	thread->kernel_stack = stack;
	machine->stack_base = stack->base;
	machine->fpu_cpu = UINT32_MAX;
	machine->frame = (struct trap_frame *)
	    (stack->base + KERNEL_STACK_SIZE - sizeof(struct trap_frame));
	memset(machine->frame, 0, sizeof(*machine->frame));
	machine->context.sp = (uintptr_t)machine->frame;
	machine->context.x19_x30[0] = (uintptr_t)entry;
	machine->context.x19_x30[11] = (uintptr_t)machine_thread_begin;
	return KERN_SUCCESS;
}

void
machine_thread_destroy(struct thread *thread)
{
	fpu_destroy(thread);
	debug_destroy(thread);
	if (thread->kernel_stack != NULL)
		kstack_free(thread->kernel_stack);
	thread->kernel_stack = NULL;
	thread->machine.frame = NULL;
}

/* Kernel threads borrow the address space that is there. */
static void
switch_task(struct percpu *self, struct task *to)
{
	if (to->map == NULL)
		return;
	if (to->map->pmap != self->pmap)
		pmap_activate(to->map->pmap);
	pac_load_keys(self, to->machine.pac_keys);
}

static inline void
switch_pointers(struct percpu *self, struct thread *from, struct thread *to)
{
	from->machine.tpidr_el0 = sysreg_read(tpidr_el0);
	sysreg_write(tpidr_el0, to->machine.tpidr_el0);
	self->current = to;
}

/* All of a switch but the stacks and the registers that calls preserve. */
static void
switch_state(struct percpu *self, struct thread *from, struct thread *to)
{
	fpu_switch(self, from, to);
	debug_switch(self, from, to);
	if (from->task != to->task)
		switch_task(self, to->task);
	switch_pointers(self, from, to);
}

/* The same in line and without calls, if nothing is to be loaded. */
static __always_inline bool
switch_state_fast(struct percpu *self, struct thread *from, struct thread *to)
{
	struct task *task = to->task;

	if (unlikely(self->debug_used || !fpu_switch_fast(self, from, to)))
		return false;
	if (from->task != task &&
	    unlikely(task->map == NULL ||
	    self->pac_key != task->machine.pac_keys[0] ||
	    !pmap_activate_fast(self, task->map->pmap)))
		return false;
	switch_pointers(self, from, to);
	return true;
}

static __noinline struct thread *
switch_slow(struct thread *from, struct thread *to)
{
	switch_state(percpu_self(), from, to);
	return machine_switch_context(&from->machine.context,
	    &to->machine.context, from);
}

struct thread *
machine_switch(struct thread *from, struct thread *to)
{
	if (unlikely(!switch_state_fast(percpu_self(), from, to)))
		return switch_slow(from, to);
	return machine_switch_context(&from->machine.context,
	    &to->machine.context, from);
}

static __noinline uint64_t
switch_resume_slow(struct thread *from, struct thread *to,
    uint64_t (*resume)(struct thread *previous))
{
	switch_state(percpu_self(), from, to);
	return machine_switch_forget(&from->machine.context,
	    &to->machine.context, from, resume, from->machine.frame);
}

uint64_t
machine_switch_resume(struct thread *from, struct thread *to,
    uint64_t (*resume)(struct thread *previous))
{
	if (unlikely(!switch_state_fast(percpu_self(), from, to)))
		return switch_resume_slow(from, to, resume);
	return machine_switch_forget(&from->machine.context,
	    &to->machine.context, from, resume, from->machine.frame);
}

void
machine_return_to_user(void)
{
	trap_return_frame(thread_self()->machine.frame);
}

void
machine_thread_set_entry(struct thread *thread, uint64_t pc, uint64_t sp)
{
	thread->machine.frame->pc = pc;
	thread->machine.frame->sp = sp;
}

static uint64_t
read_tpidr(const struct thread *thread)
{
	if (thread == thread_self())
		return sysreg_read(tpidr_el0);
	return thread->machine.tpidr_el0;
}

static void
get_general(struct thread *thread, struct aarch64_thread_state *state)
{
	const struct trap_frame *frame = thread->machine.frame;

	memcpy(state->x, frame->x, sizeof(state->x));
	state->sp = frame->sp;
	state->pc = frame->pc;
	state->tpidr_el0 = read_tpidr(thread);
	state->cpsr = frame->cpsr & ~SPSR_SS;
}

static kern_return_t
set_general(struct thread *thread, const struct aarch64_thread_state *state)
{
	struct trap_frame *frame = thread->machine.frame;

	/* A step that is due stays so: debug.h. */
	uint64_t step = frame->cpsr & SPSR_SS;

	if (((state->cpsr ^ frame->cpsr ^ step) & ~machine_user_pstate) != 0)
		return KERN_INVALID_ARGUMENT;
	memcpy(frame->x, state->x, sizeof(frame->x));
	frame->sp = state->sp;
	frame->pc = state->pc;
	frame->cpsr = state->cpsr | step;
	if (thread == thread_self())
		sysreg_write(tpidr_el0, state->tpidr_el0);
	thread->machine.tpidr_el0 = state->tpidr_el0;
	return KERN_SUCCESS;
}

static void
get_float(struct thread *thread, struct aarch64_float_state *state)
{
	struct machine_fpu fpu;

	fpu_get(thread, &fpu);
	memcpy(state->v, fpu.v, sizeof(state->v));
	state->fpsr = fpu.fpsr;
	state->fpcr = fpu.fpcr;
	state->fpmr = 0;
	state->fp_reserved = 0;
}

static kern_return_t
set_float(struct thread *thread, const struct aarch64_float_state *state)
{
	struct machine_fpu fpu;

	memcpy(fpu.v, state->v, sizeof(fpu.v));
	fpu.fpsr = state->fpsr;
	fpu.fpcr = state->fpcr;
	return fpu_set(thread, &fpu);
}

kern_return_t
machine_thread_get_state(struct thread *thread, int flavor,
    thread_state_t state, mach_msg_type_number_t *count)
{
	switch (flavor) {
	case THREAD_STATE_FLAVOR_LIST:
		if (*count < 2)
			return KERN_INVALID_ARGUMENT;
		((int *)state)[0] = AARCH64_THREAD_STATE;
		((int *)state)[1] = AARCH64_FLOAT_STATE;
		*count = 2;
		return KERN_SUCCESS;
	case AARCH64_THREAD_STATE:
		if (*count < AARCH64_THREAD_STATE_COUNT)
			return KERN_INVALID_ARGUMENT;
		get_general(thread, (struct aarch64_thread_state *)state);
		*count = AARCH64_THREAD_STATE_COUNT;
		return KERN_SUCCESS;
	case AARCH64_FLOAT_STATE:
		if (*count < AARCH64_FLOAT_STATE_COUNT)
			return KERN_INVALID_ARGUMENT;
		get_float(thread, (struct aarch64_float_state *)state);
		*count = AARCH64_FLOAT_STATE_COUNT;
		return KERN_SUCCESS;
	case AARCH64_DEBUG_STATE:
		if (*count < AARCH64_DEBUG_STATE_COUNT)
			return KERN_INVALID_ARGUMENT;
		debug_get(thread, (struct aarch64_debug_state *)state);
		*count = AARCH64_DEBUG_STATE_COUNT;
		return KERN_SUCCESS;
	case AARCH64_SVE_STATE:
		if (*count < AARCH64_SVE_STATE_COUNT || !machine_has_sve)
			return KERN_INVALID_ARGUMENT;
		sve_get(thread, (struct aarch64_sve_state *)state);
		*count = AARCH64_SVE_STATE_COUNT;
		return KERN_SUCCESS;
	default:
		return KERN_INVALID_ARGUMENT;
	}
}

kern_return_t
machine_thread_set_state(struct thread *thread, int flavor,
    thread_state_t state, mach_msg_type_number_t count)
{
	switch (flavor) {
	case AARCH64_THREAD_STATE:
		if (count < AARCH64_THREAD_STATE_COUNT)
			return KERN_INVALID_ARGUMENT;
		return set_general(thread,
		    (const struct aarch64_thread_state *)state);
	case AARCH64_FLOAT_STATE:
		if (count < AARCH64_FLOAT_STATE_COUNT)
			return KERN_INVALID_ARGUMENT;
		return set_float(thread,
		    (const struct aarch64_float_state *)state);
	case AARCH64_DEBUG_STATE:
		if (count < AARCH64_DEBUG_STATE_COUNT)
			return KERN_INVALID_ARGUMENT;
		return debug_set(thread,
		    (const struct aarch64_debug_state *)state);
	case AARCH64_SVE_STATE:
		if (count < AARCH64_SVE_STATE_COUNT || !machine_has_sve)
			return KERN_INVALID_ARGUMENT;
		return sve_set(thread,
		    (const struct aarch64_sve_state *)state);
	default:
		return KERN_INVALID_ARGUMENT;
	}
}
