/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Registers of threads (mach.defs; GNU Mach manual, Thread Execution).
 */

#include <kern/thread.h>
#include <kern/thread_state.h>

#include <lib/macros.h>
#include <lib/string.h>
#include <mach.server.h>
#include <machine/usercopy.h>

/* Enough for every flavor there is; a kernel stack has room for it. */
#define STATE_WORDS	AARCH64_FLOAT_STATE_COUNT

kern_return_t
thread_get_state(struct thread *thread, int flavor, thread_state_t state,
    mach_msg_type_number_t *count)
{
	kern_return_t kr = KERN_ABORTED;

	if (thread == THREAD_NULL || thread == thread_self() ||
	    thread->machine.frame == NULL)
		return KERN_INVALID_ARGUMENT;
	thread_hold(thread);
	if (thread_wait_stopped(thread, false))
		kr = machine_thread_get_state(thread, flavor, state, count);
	thread_release(thread);
	return kr;
}

kern_return_t
thread_set_state(struct thread *thread, int flavor, const thread_state_t state,
    mach_msg_type_number_t count)
{
	kern_return_t kr = KERN_ABORTED;

	if (thread == THREAD_NULL || thread == thread_self() ||
	    thread->machine.frame == NULL || thread->task->map == NULL)
		return KERN_INVALID_ARGUMENT;
	thread_hold(thread);
	if (thread_wait_stopped(thread, false))
		kr = machine_thread_set_state(thread, flavor, state, count);
	thread_release(thread);
	return kr;
}

kern_return_t
thread_set_self_state(int flavor, uintptr_t state,
    mach_msg_type_number_t count)
{
	natural_t words[STATE_WORDS] __aligned(16);

	/* What is behind the largest flavor does not matter. */
	count = MIN(count, (mach_msg_type_number_t)STATE_WORDS);
	if (copyin(words, state, count * sizeof(words[0])) != 0)
		return KERN_INVALID_ADDRESS;
	return machine_thread_set_state(thread_self(), flavor, words, count);
}
