/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * GNU Mach manual, Thread Priority, Scheduling Policy, Task Execution, Tasks
 * and Threads on Sets.  A maximum priority is the best that is allowed: no
 * number below it.
 */

#include <kern/sched_policy.h>

#include <stddef.h>

#include <kern/clock.h>
#include <kern/host.h>
#include <kern/ipc_host.h>
#include <kern/processor.h>
#include <kern/task.h>
#include <kern/thread.h>
#include <lib/macros.h>
#include <mach/policy.h>
#include <mach_host.server.h>

/* A day, in ms: longer quanta make no difference. */
#define QUANTUM_MAX	86400000
#define QUANTUM_MIN	(SCHED_QUANTUM * 1000 / CLOCK_HZ)

void
sched_limit_priority(struct thread *thread, int max_priority)
{
	uint64_t flags = spin_lock_irqsave(&thread->lock);

	thread->max_priority = max_priority;
	thread->priority = MAX(thread->priority, max_priority);
	sched_update_priority(thread);
	spin_unlock_irqrestore(&thread->lock, flags);
}

static void
set_priorities(struct thread *thread, int priority, int max_priority)
{
	uint64_t flags = spin_lock_irqsave(&thread->lock);

	thread->max_priority = max_priority;
	thread->priority = priority;
	sched_update_priority(thread);
	spin_unlock_irqrestore(&thread->lock, flags);
}

static void
set_policy(struct thread *thread, int policy, int data)
{
	uint64_t flags = spin_lock_irqsave(&thread->lock);

	thread->policy = policy;
	thread->policy_data = data;
	sched_update_priority(thread);
	spin_unlock_irqrestore(&thread->lock, flags);
}

void
sched_forbid_policy(struct thread *thread, int policy)
{
	if (thread->policy == policy)
		set_policy(thread, POLICY_TIMESHARE, 0);
}

kern_return_t
thread_priority(struct thread *thread, int priority, boolean_t set_max)
{
	kern_return_t kr = KERN_FAILURE;
	uint64_t flags;

	if (thread == THREAD_NULL || !sched_priority_valid(priority))
		return KERN_INVALID_ARGUMENT;
	flags = spin_lock_irqsave(&thread->lock);
	if (priority >= thread->max_priority) {
		thread->priority = priority;
		if (set_max)
			thread->max_priority = priority;
		sched_update_priority(thread);
		kr = KERN_SUCCESS;
	}
	spin_unlock_irqrestore(&thread->lock, flags);
	/* Whoever is better now runs first. */
	sched_request();
	return kr;
}

kern_return_t
thread_max_priority(struct thread *thread, processor_set_t set,
    int max_priority)
{
	if (thread == THREAD_NULL || set == PROCESSOR_SET_NULL ||
	    !sched_priority_valid(max_priority))
		return KERN_INVALID_ARGUMENT;
	sched_limit_priority(thread, max_priority);
	return KERN_SUCCESS;
}

kern_return_t
thread_policy(struct thread *thread, int policy, int data)
{
	if (thread == THREAD_NULL || invalid_policy(policy))
		return KERN_INVALID_ARGUMENT;
	if ((default_pset.policies & policy) == 0)
		return KERN_FAILURE;
	/* Quanta are rounded up to whole basic ones. */
	data = MIN(MAX(data, QUANTUM_MIN), QUANTUM_MAX);
	data = DIV_CEIL(data, QUANTUM_MIN) * QUANTUM_MIN;
	set_policy(thread, policy, policy == POLICY_FIXEDPRI ? data : 0);
	return KERN_SUCCESS;
}

kern_return_t
task_priority(struct task *task, int priority, boolean_t change_threads)
{
	struct thread *thread;
	kern_return_t kr = KERN_SUCCESS;

	if (task == TASK_NULL || !sched_priority_valid(priority))
		return KERN_INVALID_ARGUMENT;
	spin_lock(&task->lock);
	task->priority = priority;
	if (change_threads)
		list_for_each_entry(&task->threads, thread, task_link)
			if (thread_priority(thread, priority, FALSE) !=
			    KERN_SUCCESS)
				kr = KERN_FAILURE;
	spin_unlock(&task->lock);
	return kr;
}

/* For the threads to come, and with `change_threads` those there are. */
kern_return_t
task_max_priority(struct ipc_port *host, struct task *task, int max_priority,
    boolean_t set_priority, boolean_t change_threads)
{
	struct thread *thread;
	kern_return_t kr = KERN_SUCCESS;

	if (task == TASK_NULL || !sched_priority_valid(max_priority))
		return KERN_INVALID_ARGUMENT;
	if (convert_port_to_host(host) == HOST_NULL)
		return KERN_INVALID_HOST;
	spin_lock(&task->lock);
	/* To allow more takes the privileged port. */
	if (max_priority < task->max_priority &&
	    convert_port_to_host_priv(host) == HOST_NULL) {
		kr = KERN_NO_ACCESS;
	} else {
		task->max_priority = max_priority;
		if (set_priority || task->priority < max_priority)
			task->priority = max_priority;
		if (change_threads)
			list_for_each_entry(&task->threads, thread, task_link)
				set_priorities(thread, task->priority,
				    max_priority);
	}
	spin_unlock(&task->lock);
	return kr;
}

/* Everything is assigned to the default set all the time. */
kern_return_t
thread_assign(struct thread *thread, processor_set_t set)
{
	if (thread == THREAD_NULL || set == PROCESSOR_SET_NULL)
		return KERN_INVALID_ARGUMENT;
	return KERN_SUCCESS;
}

kern_return_t
thread_assign_default(struct thread *thread)
{
	return thread_assign(thread, &default_pset);
}

kern_return_t
thread_get_assignment(struct thread *thread, processor_set_t *set)
{
	*set = &default_pset;
	return thread_assign(thread, &default_pset);
}

kern_return_t
task_assign(struct task *task, processor_set_t set, boolean_t assign_threads)
{
	if (task == TASK_NULL || set == PROCESSOR_SET_NULL)
		return KERN_INVALID_ARGUMENT;
	return KERN_SUCCESS;
}

kern_return_t
task_assign_default(struct task *task, boolean_t assign_threads)
{
	return task_assign(task, &default_pset, assign_threads);
}

kern_return_t
task_get_assignment(struct task *task, processor_set_t *set)
{
	*set = &default_pset;
	return task_assign(task, &default_pset, FALSE);
}
