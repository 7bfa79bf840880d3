/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The ports that tasks and threads carry with them (GNU Mach manual, Thread
 * Special Ports, Task Special Ports, Registered Ports).
 *
 * Setters consume the caller's send right when they succeed.
 */

#include <stddef.h>

#include <ipc/ipc_port.h>
#include <ipc/ipc_space.h>
#include <kern/host.h>
#include <kern/ipc_tt.h>
#include <kern/kalloc.h>
#include <kern/task.h>
#include <kern/thread.h>
#include <lib/macros.h>
#include <mach.server.h>

/* Where a task keeps a special port; NULL: no such port. */
static struct ipc_port **
task_place(struct task *task, int which)
{
	switch (which) {
	case TASK_KERNEL_PORT:
		return &task->self_send;
	case TASK_EXCEPTION_PORT:
		return &task->exception_port;
	case TASK_BOOTSTRAP_PORT:
		return &task->bootstrap_port;
	default:
		return NULL;
	}
}

static struct ipc_port **
thread_place(struct thread *thread, int which)
{
	switch (which) {
	case THREAD_KERNEL_PORT:
		return &thread->self_send;
	case THREAD_EXCEPTION_PORT:
		return &thread->exception_port;
	default:
		return NULL;
	}
}

/* An object that has lost its self port is ending. */
static kern_return_t
get_port(spinlock_t *lock, struct ipc_port *const *self,
    struct ipc_port *const *place, struct ipc_port **port)
{
	kern_return_t kr = KERN_FAILURE;

	spin_lock(lock);
	if (*self != IP_NULL) {
		*port = ipc_port_copy_send(*place);
		kr = KERN_SUCCESS;
	}
	spin_unlock(lock);
	return kr;
}

static kern_return_t
set_port(spinlock_t *lock, struct ipc_space *space,
    struct ipc_port *const *self, struct ipc_port **place,
    struct ipc_port *port)
{
	struct ipc_port *old;

	spin_lock(lock);
	if (*self == IP_NULL) {
		spin_unlock(lock);
		return KERN_FAILURE;
	}
	spin_lock(&space->lock);
	old = *place;
	*place = port;
	spin_unlock(&space->lock);
	spin_unlock(lock);
	ipc_port_release_send(old);
	return KERN_SUCCESS;
}

kern_return_t
task_get_special_port(struct task *task, int which, struct ipc_port **port)
{
	if (task == TASK_NULL || task_place(task, which) == NULL)
		return KERN_INVALID_ARGUMENT;
	return get_port(&task->ipc_lock, &task->self_port,
	    task_place(task, which), port);
}

kern_return_t
task_set_special_port(struct task *task, int which, struct ipc_port *port)
{
	if (task == TASK_NULL || task_place(task, which) == NULL)
		return KERN_INVALID_ARGUMENT;
	return set_port(&task->ipc_lock, task->space, &task->self_port,
	    task_place(task, which), port);
}

kern_return_t
thread_get_special_port(struct thread *thread, int which,
    struct ipc_port **port)
{
	if (thread == THREAD_NULL || thread_place(thread, which) == NULL)
		return KERN_INVALID_ARGUMENT;
	return get_port(&thread->ipc_lock, &thread->self_port,
	    thread_place(thread, which), port);
}

kern_return_t
thread_set_special_port(struct thread *thread, int which,
    struct ipc_port *port)
{
	if (thread == THREAD_NULL || thread_place(thread, which) == NULL)
		return KERN_INVALID_ARGUMENT;
	return set_port(&thread->ipc_lock, thread->task->space,
	    &thread->self_port, thread_place(thread, which), port);
}

kern_return_t
mach_ports_register(struct task *task, mach_port_array_t ports,
    mach_msg_type_number_t count)
{
	struct ipc_port *old[TASK_PORT_REGISTER_MAX];
	unsigned int i;

	if (task == TASK_NULL || count > TASK_PORT_REGISTER_MAX)
		return KERN_INVALID_ARGUMENT;
	spin_lock(&task->ipc_lock);
	if (task->self_port == IP_NULL) {
		spin_unlock(&task->ipc_lock);
		return KERN_INVALID_ARGUMENT;
	}
	for (i = 0; i < TASK_PORT_REGISTER_MAX; i++) {
		old[i] = task->registered[i];
		task->registered[i] = i < count ? (struct ipc_port *)ports[i]
		    : IP_NULL;
	}
	spin_unlock(&task->ipc_lock);
	for (i = 0; i < TASK_PORT_REGISTER_MAX; i++)
		ipc_port_release_send(old[i]);
	kfree(ports, count * sizeof(ports[0]));
	return KERN_SUCCESS;
}

kern_return_t
mach_ports_lookup(struct task *task, mach_port_array_t *ports,
    mach_msg_type_number_t *count)
{
	mach_port_t *array;
	unsigned int i;

	if (task == TASK_NULL)
		return KERN_INVALID_ARGUMENT;
	array = kalloc(TASK_PORT_REGISTER_MAX * sizeof(array[0]));
	if (array == NULL)
		return KERN_RESOURCE_SHORTAGE;
	spin_lock(&task->ipc_lock);
	for (i = 0; i < TASK_PORT_REGISTER_MAX; i++)
		array[i] = (mach_port_t)ipc_port_copy_send(
		    task->registered[i]);
	spin_unlock(&task->ipc_lock);
	*ports = array;
	*count = TASK_PORT_REGISTER_MAX;
	return KERN_SUCCESS;
}
