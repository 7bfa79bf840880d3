/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The default processor set (GNU Mach manual, Processor Set Interface).
 */

#include <kern/processor.h>

#include <kern/host.h>
#include <kern/ipc_host.h>
#include <kern/ipc_tt.h>
#include <kern/kalloc.h>
#include <kern/port_array.h>
#include <kern/sched.h>
#include <kern/sched_policy.h>
#include <kern/task.h>
#include <kern/thread.h>
#include <kern/time_info.h>
#include <mach/policy.h>
#include <mach_host.server.h>
#include <machine/percpu.h>

kern_return_t
processor_set_default(host_t host, processor_set_t *set)
{
	if (host == HOST_NULL)
		return KERN_INVALID_ARGUMENT;
	*set = &default_pset;
	return KERN_SUCCESS;
}

kern_return_t
processor_set_create(host_t host, processor_set_t *set, processor_set_t *name)
{
	return host == HOST_NULL ? KERN_INVALID_ARGUMENT : KERN_FAILURE;
}

kern_return_t
processor_set_destroy(processor_set_t set)
{
	return set == PROCESSOR_SET_NULL ? KERN_INVALID_ARGUMENT
	    : KERN_FAILURE;
}

kern_return_t
host_processor_sets(host_t host, processor_set_name_array_t *list,
    mach_msg_type_number_t *count)
{
	mach_port_t *ports;

	if (host == HOST_NULL)
		return KERN_INVALID_ARGUMENT;
	ports = kalloc(sizeof(ports[0]));
	if (ports == NULL)
		return KERN_RESOURCE_SHORTAGE;
	ports[0] = (mach_port_t)convert_pset_name_to_port(&default_pset);
	*list = ports;
	*count = 1;
	return KERN_SUCCESS;
}

kern_return_t
host_processor_set_priv(host_t host, processor_set_t name,
    processor_set_t *set)
{
	if (host == HOST_NULL || name == PROCESSOR_SET_NULL)
		return KERN_INVALID_ARGUMENT;
	*set = name;
	return KERN_SUCCESS;
}

unsigned int
processor_set_thread_count(void)
{
	struct task *task;
	unsigned int count = 0;

	spin_lock(&task_list_lock);
	list_for_each_entry(&task_list, task, link)
		count += task->thread_count;
	spin_unlock(&task_list_lock);
	return count;
}

static kern_return_t
basic_info(processor_set_info_t info, mach_msg_type_number_t *count)
{
	struct processor_set_basic_info data;
	int averages[3], factors[3];

	sched_get_load(averages, factors);
	data.processor_count = (integer_t)machine_ncpus;
	data.task_count = (integer_t)task_count;
	data.thread_count = (integer_t)processor_set_thread_count();
	data.load_average = averages[0];
	data.mach_factor = factors[0];
	return info_copy(info, count, &data, PROCESSOR_SET_BASIC_INFO_COUNT);
}

static kern_return_t
sched_info(processor_set_t set, processor_set_info_t info,
    mach_msg_type_number_t *count)
{
	const struct processor_set_sched_info data = {
		.policies = set->policies,
		.max_priority = set->max_priority,
	};

	return info_copy(info, count, &data, PROCESSOR_SET_SCHED_INFO_COUNT);
}

kern_return_t
processor_set_info(processor_set_t set, int flavor, host_t *host,
    processor_set_info_t info, mach_msg_type_number_t *count)
{
	if (set == PROCESSOR_SET_NULL)
		return KERN_INVALID_ARGUMENT;
	*host = &realhost;
	switch (flavor) {
	case PROCESSOR_SET_BASIC_INFO:
		return basic_info(info, count);
	case PROCESSOR_SET_SCHED_INFO:
		return sched_info(set, info, count);
	default:
		return KERN_INVALID_ARGUMENT;
	}
}

/* Reference all tasks if there is room for them.  Returns their number. */
static unsigned int
collect_tasks(struct task **tasks, unsigned int room)
{
	struct task *task;
	unsigned int total, i = 0;

	spin_lock(&task_list_lock);
	total = task_count;
	if (total <= room) {
		list_for_each_entry(&task_list, task, link) {
			task_reference(task);
			tasks[i++] = task;
		}
	}
	spin_unlock(&task_list_lock);
	return total;
}

/* All tasks, referenced, in memory of *room pointers; NULL: no memory. */
static struct task **
all_tasks(unsigned int *room, unsigned int *total)
{
	struct task **tasks = NULL;

	*room = 0;
	while ((*total = collect_tasks(tasks, *room)) > *room) {
		kfree(tasks, *room * sizeof(tasks[0]));
		*room = *total;
		tasks = kalloc(*room * sizeof(tasks[0]));
		if (tasks == NULL)
			return NULL;
	}
	return tasks;
}

static void
release_tasks(struct task **tasks, unsigned int room, unsigned int total)
{
	unsigned int i;

	for (i = 0; i < total; i++)
		task_deallocate(tasks[i]);
	kfree(tasks, room * sizeof(tasks[0]));
}

kern_return_t
processor_set_tasks(processor_set_t set, task_array_t *list,
    mach_msg_type_number_t *count)
{
	struct task **tasks;
	unsigned int room, total, i;

	if (set == PROCESSOR_SET_NULL)
		return KERN_INVALID_ARGUMENT;
	tasks = all_tasks(&room, &total);
	if (tasks == NULL)
		return KERN_RESOURCE_SHORTAGE;
	*list = port_array_shrink(tasks, room, total);
	if (*list == NULL) {
		release_tasks(tasks, room, total);
		return KERN_RESOURCE_SHORTAGE;
	}
	for (i = 0; i < total; i++)
		(*list)[i] = (mach_port_t)convert_task_to_port(
		    (struct task *)(*list)[i]);
	*count = total;
	return KERN_SUCCESS;
}

/*
 * Enter rights to a task's threads, at most up to `room` in all.  Threads
 * without a port, the kernel's, are left out.
 */
static unsigned int
enter_threads(struct task *task, mach_port_t *ports, unsigned int count,
    unsigned int room)
{
	struct thread *thread;
	struct ipc_port *right;

	spin_lock(&task->lock);
	list_for_each_entry(&task->threads, thread, task_link) {
		if (count == room)
			break;
		right = ipc_thread_right(thread);
		if (right != IP_NULL)
			ports[count++] = (mach_port_t)right;
	}
	spin_unlock(&task->lock);
	return count;
}

/* Threads that begin while we look are left out. */
kern_return_t
processor_set_threads(processor_set_t set, thread_array_t *list,
    mach_msg_type_number_t *count)
{
	unsigned int room, total, used, entered = 0, i;
	struct task **tasks;
	mach_port_t *ports;

	if (set == PROCESSOR_SET_NULL)
		return KERN_INVALID_ARGUMENT;
	tasks = all_tasks(&used, &total);
	if (tasks == NULL)
		return KERN_RESOURCE_SHORTAGE;
	room = processor_set_thread_count();
	ports = kalloc(room * sizeof(ports[0]));
	for (i = 0; ports != NULL && i < total; i++)
		entered = enter_threads(tasks[i], ports, entered, room);
	release_tasks(tasks, used, total);
	if (ports == NULL)
		return KERN_RESOURCE_SHORTAGE;
	*list = port_array_shrink(ports, room, entered);
	if (*list == NULL) {
		for (i = 0; i < entered; i++)
			ipc_port_release_send((struct ipc_port *)ports[i]);
		kfree(ports, room * sizeof(ports[0]));
		return KERN_RESOURCE_SHORTAGE;
	}
	*count = entered;
	return KERN_SUCCESS;
}

/* Apply to every thread of the set. */
static kern_return_t
for_all_threads(void (*apply)(struct thread *thread, int argument),
    int argument)
{
	unsigned int room, total, i;
	struct task **tasks = all_tasks(&room, &total);
	struct thread *thread;

	if (tasks == NULL)
		return KERN_RESOURCE_SHORTAGE;
	for (i = 0; i < total; i++) {
		if (tasks[i] == kernel_task)
			continue;
		spin_lock(&tasks[i]->lock);
		list_for_each_entry(&tasks[i]->threads, thread, task_link)
			apply(thread, argument);
		spin_unlock(&tasks[i]->lock);
	}
	release_tasks(tasks, room, total);
	return KERN_SUCCESS;
}

kern_return_t
processor_set_max_priority(processor_set_t set, int priority,
    boolean_t change_threads)
{
	if (set == PROCESSOR_SET_NULL || !sched_priority_valid(priority))
		return KERN_INVALID_ARGUMENT;
	set->max_priority = priority;
	return change_threads
	    ? for_all_threads(sched_limit_priority, priority) : KERN_SUCCESS;
}

kern_return_t
processor_set_policy_enable(processor_set_t set, int policy)
{
	if (set == PROCESSOR_SET_NULL || invalid_policy(policy))
		return KERN_INVALID_ARGUMENT;
	spin_lock(&set->lock);
	set->policies |= policy;
	spin_unlock(&set->lock);
	return KERN_SUCCESS;
}

kern_return_t
processor_set_policy_disable(processor_set_t set, int policy,
    boolean_t change_threads)
{
	if (set == PROCESSOR_SET_NULL || invalid_policy(policy) ||
	    policy == POLICY_TIMESHARE)
		return KERN_INVALID_ARGUMENT;
	spin_lock(&set->lock);
	set->policies &= ~policy;
	spin_unlock(&set->lock);
	return change_threads
	    ? for_all_threads(sched_forbid_policy, policy) : KERN_SUCCESS;
}
