/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The life of tasks.
 *
 * A task holds one reference on itself until it is terminated and its last
 * thread has gone; then its rights and memory go (task_clean), and the
 * structure with the last reference.
 */

#include <kern/task.h>

#include <gnumach.server.h>
#include <ipc/ipc_space.h>
#include <kern/assert.h>
#include <kern/host.h>
#include <kern/ipc_tt.h>
#include <kern/panic.h>
#include <kern/processor.h>
#include <kern/refcount.h>
#include <kern/sched.h>
#include <kern/slab.h>
#include <kern/task_notify.h>
#include <kern/thread.h>
#include <lib/macros.h>
#include <lib/string.h>
#include <mach.server.h>
#include <machine/platform.h>
#include <vm/vm_map.h>

static struct slab_cache task_cache;

struct task *kernel_task;
struct list task_list;
unsigned int task_count;
spinlock_t task_list_lock;

static struct task *
task_alloc(void)
{
	struct task *task = slab_cache_alloc(&task_cache);

	if (task == NULL)
		return NULL;
	memset(task, 0, sizeof(*task));
	task->references = 1;
	spin_init(&task->lock);
	spin_init(&task->ipc_lock);
	list_init(&task->threads);
	task->active = true;
	task->priority = SCHED_PRIORITY_USER;
	task->max_priority = SCHED_PRIORITY_USER;
	task->created = machine_uptime_ns();
	return task;
}

static void
task_enter_list(struct task *task)
{
	spin_lock(&task_list_lock);
	list_insert_tail(&task_list, &task->link);
	task_count++;
	spin_unlock(&task_list_lock);
}

void
task_setup(void)
{
	slab_cache_init(&task_cache, "task", sizeof(struct task), 16, NULL);
	spin_init(&task_list_lock);
	list_init(&task_list);
	kernel_task = task_alloc();
	if (kernel_task == NULL ||
	    ipc_space_create(&kernel_task->space) != KERN_SUCCESS ||
	    ipc_task_init(kernel_task, NULL) != KERN_SUCCESS)
		panic("task: no memory for the kernel task");
	kernel_task->priority = SCHED_PRIORITY_KERNEL;
	kernel_task->max_priority = SCHED_PRIORITY_KERNEL;
	strlcpy(kernel_task->name, "kernel", sizeof(kernel_task->name));
	task_enter_list(kernel_task);
}

/* Nobody holds a reference; its ports and content are gone or never came. */
static void
task_free(struct task *task)
{
	vm_map_deallocate(task->map);
	if (task->space != NULL)
		ipc_space_release(task->space);
	slab_cache_free(&task_cache, task);
}

/* Memory, rights and settings from the parent. */
static kern_return_t
task_build(struct task *task, struct task *parent, bool inherit)
{
	kern_return_t kr;

	task->map = inherit && parent->map != NULL
	    ? vm_map_fork(parent->map) : vm_map_create();
	if (task->map == NULL)
		return KERN_RESOURCE_SHORTAGE;
	kr = ipc_space_create(&task->space);
	if (kr != KERN_SUCCESS)
		return kr;
	machine_task_init(&task->machine, inherit ? &parent->machine : NULL);
	if (parent != kernel_task) {
		task->priority = parent->priority;
		task->max_priority = parent->max_priority;
	}
	spin_lock(&parent->lock);
	strlcpy(task->name, parent->name, sizeof(task->name));
	spin_unlock(&parent->lock);
	return ipc_task_init(task, parent);
}

kern_return_t
task_create_internal(struct task *parent, bool inherit, struct task **taskp)
{
	struct task *task;
	kern_return_t kr;

	if (parent == TASK_NULL || !parent->active)
		return KERN_INVALID_ARGUMENT;
	task = task_alloc();
	if (task == NULL)
		return KERN_RESOURCE_SHORTAGE;
	kr = task_build(task, parent, inherit);
	if (kr != KERN_SUCCESS) {
		if (task->space != NULL)
			ipc_space_terminate(task->space);
		task_free(task);
		return kr;
	}
	task_reference(task);
	task_enter_list(task);
	*taskp = task;
	return KERN_SUCCESS;
}

kern_return_t
task_create(struct task *parent, boolean_t inherit, struct task **task)
{
	kern_return_t kr = task_create_internal(parent, inherit != FALSE,
	    task);

	if (kr == KERN_SUCCESS)
		task_notify_created(*task, parent);
	return kr;
}

void
task_deallocate(struct task *task)
{
	if (task != TASK_NULL && refcount_put(&task->references))
		task_free(task);
}

/* If nothing of a terminated task runs any more, take its content away. */
static void
task_clean(struct task *task)
{
	bool clean;

	spin_lock(&task->lock);
	clean = !task->active && task->thread_count == 0 && !task->cleaned;
	task->cleaned |= clean;
	spin_unlock(&task->lock);
	if (!clean)
		return;
	spin_lock(&task_list_lock);
	list_remove(&task->link);
	task_count--;
	spin_unlock(&task_list_lock);
	ipc_space_terminate(task->space);
	vm_map_clear(task->map);
	task_deallocate(task);
}

kern_return_t
task_add_thread(struct task *task, struct thread *thread)
{
	spin_lock(&task->lock);
	if (!task->active) {
		spin_unlock(&task->lock);
		return KERN_FAILURE;
	}
	thread->max_priority = task == kernel_task ? task->max_priority
	    : MAX(task->max_priority, default_pset.max_priority);
	thread->priority = MAX(task->priority, thread->max_priority);
	thread->sched_priority = thread->priority;
	if (task->user_stop_count > 0)
		thread->suspend_count++;
	list_insert_tail(&task->threads, &thread->task_link);
	task->thread_count++;
	spin_unlock(&task->lock);
	return KERN_SUCCESS;
}

void
task_remove_thread(struct task *task, struct thread *thread)
{
	if (thread == thread_self())
		sched_account();
	spin_lock(&task->lock);
	list_remove_init(&thread->task_link);
	task->thread_count--;
	task->user_time += thread->user_time;
	task->system_time += thread->system_time;
	spin_unlock(&task->lock);
	task_clean(task);
}

kern_return_t
task_terminate(struct task *task)
{
	bool active;

	if (task == TASK_NULL || task == kernel_task)
		return KERN_INVALID_ARGUMENT;
	spin_lock(&task->lock);
	active = task->active;
	task->active = false;
	spin_unlock(&task->lock);
	if (!active)
		return KERN_FAILURE;
	ipc_task_terminate(task);
	thread_terminate_all(task);
	if (current_task() == task)
		thread_terminate(thread_self());
	task_clean(task);
	return KERN_SUCCESS;
}

kern_return_t
task_suspend(struct task *task)
{
	struct thread *thread;

	if (task == TASK_NULL || task == kernel_task)
		return KERN_INVALID_ARGUMENT;
	spin_lock(&task->lock);
	if (!task->active) {
		spin_unlock(&task->lock);
		return KERN_FAILURE;
	}
	if (task->user_stop_count++ == 0)
		list_for_each_entry(&task->threads, thread, task_link)
			thread_hold(thread);
	spin_unlock(&task->lock);
	thread_wait_all_stopped(task);
	return KERN_SUCCESS;
}

kern_return_t
task_resume(struct task *task)
{
	struct thread *thread;

	if (task == TASK_NULL)
		return KERN_INVALID_ARGUMENT;
	spin_lock(&task->lock);
	if (task->user_stop_count == 0) {
		spin_unlock(&task->lock);
		return KERN_FAILURE;
	}
	if (--task->user_stop_count == 0)
		list_for_each_entry(&task->threads, thread, task_link)
			thread_release(thread);
	spin_unlock(&task->lock);
	return KERN_SUCCESS;
}

kern_return_t
task_set_name(struct task *task, const_kernel_debug_name_t name)
{
	if (task == TASK_NULL)
		return KERN_INVALID_ARGUMENT;
	spin_lock(&task->lock);
	strlcpy(task->name, name, sizeof(task->name));
	spin_unlock(&task->lock);
	return KERN_SUCCESS;
}

kern_return_t
task_set_essential(struct task *task, boolean_t essential)
{
	if (task == TASK_NULL)
		return KERN_INVALID_ARGUMENT;
	task->essential = essential != FALSE;
	return KERN_SUCCESS;
}
