/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Threads of the host body: contexts of the C library.
 */

#include <machine/thread.h>

#include <stdlib.h>
#include <ucontext.h>

#include <kern/panic.h>
#include <kern/task.h>
#include <kern/thread.h>
#include <lib/string.h>
#include <mach/thread_status.h>
#include <machine/host.h>
#include <machine/memory.h>
#include <machine/percpu.h>
#include <machine/platform.h>
#include <vm/pmap.h>
#include <vm/vm_map.h>

struct host_context {
	ucontext_t ucontext;
	struct trap_frame frame;
	struct thread *previous;	/* ran before, when it is resumed */
	void (*entry)(struct thread *previous);
	_Alignas(16) char stack[KERNEL_STACK_SIZE];
};

static void (*user_code)(struct trap_frame *frame);

void
host_set_user(void (*user)(struct trap_frame *frame))
{
	user_code = user;
}

void
machine_thread_setup(void)
{
}

void
machine_task_init(struct machine_task *task, const struct machine_task *parent)
{
	unsigned int i;

	for (i = 0; i < 10; i++)
		task->pac_keys[i] = (parent != NULL) ? parent->pac_keys[i]
						     : machine_entropy();
}

static void
thread_main(void)
{
	struct host_context *context = thread_self()->machine.context;

	context->entry(context->previous);
	panic("host: a thread returned from its first function");
}

static struct host_context *
context_create(struct thread *thread)
{
	struct host_context *context = calloc(1, sizeof(*context));

	thread->machine.context = context;

	if (context != NULL)
		thread->machine.frame = &context->frame;

	return context;
}

kern_return_t
machine_thread_init(struct thread *thread, void (*entry)(void))
{
	struct host_context *context = context_create(thread);

	if (context == NULL)
		return KERN_RESOURCE_SHORTAGE;

	getcontext(&context->ucontext);
	context->ucontext.uc_stack.ss_sp = context->stack;
	context->ucontext.uc_stack.ss_size = sizeof(context->stack);
	context->ucontext.uc_link = NULL;
	context->entry = (void (*)(struct thread *))entry;
	makecontext(&context->ucontext, thread_main, 0);
	return KERN_SUCCESS;
}

void
machine_thread_destroy(struct thread *thread)
{
	free(thread->machine.context);
	thread->machine.context = NULL;
	thread->machine.frame = NULL;
}

/* The first thread has the stack of the program, and no context yet. */
struct thread *
machine_switch(struct thread *from, struct thread *to)
{
	if (from->machine.context == NULL && context_create(from) == NULL)
		panic("host: no memory for a context");

	if (from->task != to->task && to->task->map != NULL)
		pmap_activate(to->task->map->pmap);

	to->machine.context->previous = from;
	percpu_self()->current = to;
	swapcontext(&from->machine.context->ucontext,
		    &to->machine.context->ucontext);
	return from->machine.context->previous;
}

uint64_t
machine_switch_resume(struct thread *from, struct thread *to,
		      uint64_t (*resume)(struct thread *previous))
{
	return resume(machine_switch(from, to));
}

void
machine_return_to_user(void)
{
	if (user_code == NULL)
		panic("host: there is no user mode");

	user_code(thread_self()->machine.frame);
	panic("host: user code returned");
}

void
machine_thread_set_entry(struct thread *thread, uint64_t pc, uint64_t sp)
{
	thread->machine.frame->pc = pc;
	thread->machine.frame->sp = sp;
}

/* There is one flavor here, the general registers. */
kern_return_t
machine_thread_get_state(struct thread *thread, int flavor,
			 thread_state_t state, mach_msg_type_number_t *count)
{
	struct aarch64_thread_state *general = (void *)state;
	const struct trap_frame *frame = thread->machine.frame;

	if (flavor != AARCH64_THREAD_STATE
	    || *count < AARCH64_THREAD_STATE_COUNT)
		return KERN_INVALID_ARGUMENT;

	memcpy(general->x, frame->x, sizeof(general->x));
	general->sp = frame->sp;
	general->pc = frame->pc;
	general->cpsr = frame->cpsr;
	general->tpidr_el0 = thread->machine.tpidr_el0;
	*count = AARCH64_THREAD_STATE_COUNT;
	return KERN_SUCCESS;
}

kern_return_t
machine_thread_set_state(struct thread *thread, int flavor,
			 thread_state_t state, mach_msg_type_number_t count)
{
	const struct aarch64_thread_state *general = (const void *)state;
	struct trap_frame *frame = thread->machine.frame;

	if (flavor != AARCH64_THREAD_STATE
	    || count < AARCH64_THREAD_STATE_COUNT)
		return KERN_INVALID_ARGUMENT;

	memcpy(frame->x, general->x, sizeof(frame->x));
	frame->sp = general->sp;
	frame->pc = general->pc;
	frame->cpsr = general->cpsr;
	thread->machine.tpidr_el0 = general->tpidr_el0;
	return KERN_SUCCESS;
}

void
machine_get_hwcaps(uint64_t *hwcaps, uint64_t *midr, uint64_t *revidr)
{
	hwcaps[0] = 0;
	hwcaps[1] = 0;
	*midr = 0;
	*revidr = 0;
}
