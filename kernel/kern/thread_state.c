/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Registers of threads (mach.defs; GNU Mach manual, Thread Execution).
 */

#include <kern/kalloc.h>
#include <kern/thread.h>
#include <kern/thread_state.h>

#include <lib/macros.h>
#include <lib/string.h>
#include <mach.server.h>
#include <mach/aarch64/thread_status_ext.h>
#include <machine/usercopy.h>

/* Enough for every flavor there is, and for those that are used often. */
#define STATE_WORDS	AARCH64_SVE_STATE_COUNT
#define SMALL_WORDS	AARCH64_FLOAT_STATE_COUNT

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

static kern_return_t
set_self_state(int flavor, uintptr_t state, mach_msg_type_number_t count,
    natural_t *words)
{
	if (copyin(words, state, count * sizeof(words[0])) != 0)
		return KERN_INVALID_ADDRESS;
	return machine_thread_set_state(thread_self(), flavor, words, count);
}

kern_return_t
thread_set_self_state(int flavor, uintptr_t state,
    mach_msg_type_number_t count)
{
	natural_t small[SMALL_WORDS] __aligned(16);
	natural_t *words;
	kern_return_t kr;

	/* What is behind the largest flavor does not matter. */
	count = MIN(count, (mach_msg_type_number_t)STATE_WORDS);
	if (count <= SMALL_WORDS)
		return set_self_state(flavor, state, count, small);
	words = kalloc(count * sizeof(words[0]));
	if (words == NULL)
		return KERN_RESOURCE_SHORTAGE;
	kr = set_self_state(flavor, state, count, words);
	kfree(words, count * sizeof(words[0]));
	return kr;
}
