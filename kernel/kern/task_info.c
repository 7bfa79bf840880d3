/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What tasks tell about themselves (GNU Mach manual, Task Information).
 */

#include <kern/task.h>

#include <kern/clock.h>
#include <kern/host.h>
#include <kern/ipc_tt.h>
#include <kern/kalloc.h>
#include <kern/port_array.h>
#include <kern/sched.h>
#include <kern/thread.h>
#include <kern/time_info.h>
#include <lib/string.h>
#include <mach.server.h>
#include <machine/memory.h>
#include <vm/pmap.h>
#include <vm/vm_map.h>

static kern_return_t
basic_info(struct task *task, task_info_t data, mach_msg_type_number_t *count)
{
	struct task_basic_info info;

	spin_lock(&task->lock);
	info.suspend_count = task->user_stop_count;
	info.base_priority = task->priority;
	time_info_from_ticks(&info.user_time64, task->user_time);
	time_info_from_ticks(&info.system_time64, task->system_time);
	spin_unlock(&task->lock);
	clock_time_at(task->created, &info.creation_time64);
	info.user_time = time_info_to_micros(&info.user_time64);
	info.system_time = time_info_to_micros(&info.system_time64);
	info.creation_time = time_info_to_micros(&info.creation_time64);
	info.virtual_size = 0;
	info.resident_size = 0;
	if (task->map != NULL) {
		info.virtual_size = task->map->size;
		info.resident_size = pmap_resident_count(task->map->pmap) *
		    PAGE_SIZE;
	}
	return info_copy(data, count, &info, TASK_BASIC_INFO_COUNT);
}

static kern_return_t
events_info(const struct task *task, task_info_t data,
    mach_msg_type_number_t *count)
{
	struct task_events_info info = {
		.faults = task->faults,
		.zero_fills = task->zero_fills,
		.reactivations = task->reactivations,
		.pageins = task->pageins,
		.cow_faults = task->cow_faults,
		.messages_sent = task->messages_sent,
		.messages_received = task->messages_received,
	};

	return info_copy(data, count, &info, TASK_EVENTS_INFO_COUNT);
}

static kern_return_t
times_info(struct task *task, task_info_t data, mach_msg_type_number_t *count)
{
	struct task_thread_times_info info;
	struct thread *thread;
	uint64_t user = 0, system = 0;

	if (task == current_task())
		sched_account();
	spin_lock(&task->lock);
	list_for_each_entry(&task->threads, thread, task_link) {
		user += thread->user_time;
		system += thread->system_time;
	}
	spin_unlock(&task->lock);
	time_info_from_ticks(&info.user_time64, user);
	time_info_from_ticks(&info.system_time64, system);
	info.user_time = time_info_to_micros(&info.user_time64);
	info.system_time = time_info_to_micros(&info.system_time64);
	return info_copy(data, count, &info, TASK_THREAD_TIMES_INFO_COUNT);
}

kern_return_t
task_info(struct task *task, int flavor, task_info_t data,
    mach_msg_type_number_t *count)
{
	if (task == TASK_NULL)
		return KERN_INVALID_ARGUMENT;
	switch (flavor) {
	case TASK_BASIC_INFO:
		return basic_info(task, data, count);
	case TASK_EVENTS_INFO:
		return events_info(task, data, count);
	case TASK_THREAD_TIMES_INFO:
		return times_info(task, data, count);
	default:
		return KERN_INVALID_ARGUMENT;
	}
}

/*
 * Reference up to `room` threads of the task.  Returns how many there are.
 */
static unsigned int
collect_threads(struct task *task, struct thread **threads, unsigned int room)
{
	struct thread *thread;
	unsigned int total, i = 0;

	spin_lock(&task->lock);
	total = task->thread_count;
	if (total <= room) {
		list_for_each_entry(&task->threads, thread, task_link) {
			thread_reference(thread);
			threads[i++] = thread;
		}
	}
	spin_unlock(&task->lock);
	return total;
}

kern_return_t
task_threads(struct task *task, thread_array_t *list,
    mach_msg_type_number_t *count)
{
	struct thread **threads = NULL;
	unsigned int room = 0, total, i;

	if (task == TASK_NULL || !task->active)
		return KERN_INVALID_ARGUMENT;
	while ((total = collect_threads(task, threads, room)) > room) {
		kfree(threads, room * sizeof(*threads));
		room = total;
		threads = kalloc(room * sizeof(*threads));
		if (threads == NULL)
			return KERN_RESOURCE_SHORTAGE;
	}
	*list = port_array_shrink(threads, room, total);
	if (*list == NULL && total != 0) {
		for (i = 0; i < total; i++)
			thread_deallocate(threads[i]);
		kfree(threads, room * sizeof(*threads));
		return KERN_RESOURCE_SHORTAGE;
	}
	for (i = 0; i < total; i++)
		(*list)[i] = (mach_port_t)convert_thread_to_port(
		    (struct thread *)(*list)[i]);
	*count = total;
	return KERN_SUCCESS;
}

