/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What threads tell about themselves (GNU Mach manual, Thread Information).
 */

#include <kern/thread.h>

#include <gnumach.server.h>
#include <kern/clock.h>
#include <kern/host.h>
#include <kern/sched.h>
#include <kern/task.h>
#include <kern/time_info.h>
#include <lib/macros.h>
#include <lib/string.h>
#include <mach.server.h>
#include <mach/mig_errors.h>
#include <mach_host.server.h>
#include <machine/platform.h>

/* The state word of thread_basic_info; the thread is locked. */
static integer_t
run_state(const struct thread *thread)
{
	switch (thread->state) {
	case THREAD_HALTED:
		return TH_STATE_HALTED;
	case THREAD_STOPPED:
		return TH_STATE_STOPPED;
	case THREAD_WAITING:
		if (!thread->wait_interruptible)
			return TH_STATE_UNINTERRUPTIBLE;
		return thread->suspend_count > 0 ? TH_STATE_STOPPED
		    : TH_STATE_WAITING;
	default:
		return TH_STATE_RUNNING;
	}
}

/* Usage decays by 3/8 a second: 8/3 of a second's ticks mean all the time. */
static integer_t
cpu_usage(const struct thread *thread)
{
	integer_t usage = (integer_t)(thread->usage * 3 * TH_USAGE_SCALE /
	    (8 * 100));

	return MIN(usage, TH_USAGE_SCALE);
}

static void
basic_info(struct thread *thread, struct thread_basic_info *info)
{
	uint64_t flags = spin_lock_irqsave(&thread->lock);

	info->cpu_usage = cpu_usage(thread);
	info->base_priority = thread->priority;
	info->cur_priority = thread->sched_priority;
	info->run_state = run_state(thread);
	info->flags = thread == percpu_table[thread->cpu].idle
	    ? TH_FLAGS_IDLE : 0;
	info->suspend_count = thread->user_stop_count;
	info->sleep_time = 0;
	if (thread->state == THREAD_WAITING)
		info->sleep_time = (integer_t)((cpu_counter() -
		    thread->wait_since) / machine_counter_frequency);
	time_info_from_ticks(&info->user_time64, thread->user_time);
	time_info_from_ticks(&info->system_time64, thread->system_time);
	clock_time_at(thread->created, &info->creation_time64);
	spin_unlock_irqrestore(&thread->lock, flags);
	info->user_time = time_info_to_micros(&info->user_time64);
	info->system_time = time_info_to_micros(&info->system_time64);
	info->creation_time = time_info_to_micros(&info->creation_time64);
}

static void
sched_info(struct thread *thread, struct thread_sched_info *info)
{
	uint64_t flags = spin_lock_irqsave(&thread->lock);

	info->policy = thread->policy;
	info->data = thread->policy_data;
	info->base_priority = thread->priority;
	info->max_priority = thread->max_priority;
	info->cur_priority = thread->sched_priority;
	info->depressed = thread->depressed;
	info->depress_priority = thread->depressed ? thread->priority : -1;
	info->last_processor = (integer_t)thread->cpu;
	spin_unlock_irqrestore(&thread->lock, flags);
}

kern_return_t
thread_info(struct thread *thread, int flavor, thread_info_t info,
    mach_msg_type_number_t *count)
{
	union {
		struct thread_basic_info basic;
		struct thread_sched_info sched;
	} data;

	if (thread == THREAD_NULL)
		return KERN_INVALID_ARGUMENT;
	if (thread == thread_self())
		sched_account();
	memset(&data, 0, sizeof(data));
	switch (flavor) {
	case THREAD_BASIC_INFO:
		basic_info(thread, &data.basic);
		return info_copy(info, count, &data, THREAD_BASIC_INFO_COUNT);
	case THREAD_SCHED_INFO:
		sched_info(thread, &data.sched);
		return info_copy(info, count, &data, THREAD_SCHED_INFO_COUNT);
	default:
		return KERN_INVALID_ARGUMENT;
	}
}

kern_return_t
thread_set_name(struct thread *thread, const_kernel_debug_name_t name)
{
	if (thread == THREAD_NULL)
		return KERN_INVALID_ARGUMENT;
	spin_lock(&thread->ipc_lock);
	strlcpy(thread->name, name, sizeof(thread->name));
	spin_unlock(&thread->ipc_lock);
	return KERN_SUCCESS;
}

kern_return_t
thread_get_name(struct thread *thread, kernel_debug_name_t name)
{
	if (thread == THREAD_NULL)
		return KERN_INVALID_ARGUMENT;
	spin_lock(&thread->ipc_lock);
	strlcpy(name, thread->name, sizeof(kernel_debug_name_t));
	spin_unlock(&thread->ipc_lock);
	if (name[0] != '\0')
		return KERN_SUCCESS;
	spin_lock(&thread->task->lock);
	strlcpy(name, thread->task->name, sizeof(kernel_debug_name_t));
	spin_unlock(&thread->task->lock);
	return KERN_SUCCESS;
}

/*
 * A wired thread may use the pages that the kernel keeps back (vm_page_alloc,
 * urgent).
 */
kern_return_t
thread_wire(host_t host, struct thread *thread, boolean_t wired)
{
	if (host == HOST_NULL || thread == THREAD_NULL)
		return KERN_INVALID_ARGUMENT;
	thread->wired = wired != FALSE;
	return KERN_SUCCESS;
}
