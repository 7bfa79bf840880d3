/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The kernel port of a task or thread points at it without a reference: the
 * port dies, under its lock, before the object's own reference goes.
 *
 * Locks: ipc_lock, then the space, then the port.  self_send is also guarded
 * by the lock of the task's space, so that a thread finds the name of its
 * own ports under that one lock.
 */

#include <kern/ipc_tt.h>

#include <stddef.h>

#include <ipc/ipc_entry.h>
#include <ipc/ipc_space.h>
#include <kern/ipc_kobject.h>
#include <lib/macros.h>
#include <vm/vm_map.h>

/* Out of memory: undo what there is of a new object's ports. */
static kern_return_t
self_ports_init(int type, uintptr_t kobject, struct ipc_port **self,
    struct ipc_port **send)
{
	*self = ipc_port_alloc_kernel(type, kobject);
	if (*self == NULL)
		return KERN_RESOURCE_SHORTAGE;
	*send = ipc_port_make_send(*self);
	return KERN_SUCCESS;
}

kern_return_t
ipc_task_init(struct task *task, struct task *parent)
{
	kern_return_t kr = self_ports_init(IKOT_TASK, (uintptr_t)task,
	    &task->self_port, &task->self_send);
	unsigned int i;

	if (kr != KERN_SUCCESS || parent == NULL)
		return kr;
	spin_lock(&parent->ipc_lock);
	task->exception_port = ipc_port_copy_send(parent->exception_port);
	task->bootstrap_port = ipc_port_copy_send(parent->bootstrap_port);
	for (i = 0; i < TASK_PORT_REGISTER_MAX; i++)
		task->registered[i] =
		    ipc_port_copy_send(parent->registered[i]);
	spin_unlock(&parent->ipc_lock);
	return KERN_SUCCESS;
}

static struct ipc_port *
take_port(struct ipc_port **place)
{
	struct ipc_port *port = *place;

	*place = IP_NULL;
	return port;
}

void
ipc_task_terminate(struct task *task)
{
	struct ipc_port *ports[3 + TASK_PORT_REGISTER_MAX];
	struct ipc_port *self;
	unsigned int i;

	spin_lock(&task->ipc_lock);
	self = take_port(&task->self_port);
	spin_lock(&task->space->lock);
	ports[0] = take_port(&task->self_send);
	spin_unlock(&task->space->lock);
	ports[1] = take_port(&task->exception_port);
	ports[2] = take_port(&task->bootstrap_port);
	for (i = 0; i < TASK_PORT_REGISTER_MAX; i++)
		ports[3 + i] = take_port(&task->registered[i]);
	spin_unlock(&task->ipc_lock);
	if (self != IP_NULL)
		ipc_port_dealloc_kernel(self);
	for (i = 0; i < ARRAY_SIZE(ports); i++)
		ipc_port_release_send(ports[i]);
}

kern_return_t
ipc_thread_init(struct thread *thread)
{
	return self_ports_init(IKOT_THREAD, (uintptr_t)thread,
	    &thread->self_port, &thread->self_send);
}

void
ipc_thread_terminate(struct thread *thread)
{
	struct ipc_port *self, *send, *exception, *reply;

	spin_lock(&thread->ipc_lock);
	self = take_port(&thread->self_port);
	spin_lock(&thread->task->space->lock);
	send = take_port(&thread->self_send);
	spin_unlock(&thread->task->space->lock);
	exception = take_port(&thread->exception_port);
	reply = take_port(&thread->rpc_reply_port);
	spin_unlock(&thread->ipc_lock);
	if (self != IP_NULL)
		ipc_port_dealloc_kernel(self);
	if (reply != IP_NULL)
		ipc_port_dealloc_kernel(reply);
	ipc_port_release_send(send);
	ipc_port_release_send(exception);
}

/* The object behind a locked port, or 0. */
static uintptr_t
port_kobject(const struct ipc_port *port, int type)
{
	return port->active && port->kobject_type == type ? port->kobject : 0;
}

static uintptr_t
take_task(uintptr_t kobject)
{
	task_reference((struct task *)kobject);
	return kobject;
}

static uintptr_t
take_thread(uintptr_t kobject)
{
	thread_reference((struct thread *)kobject);
	return kobject;
}

static uintptr_t
take_map(uintptr_t kobject)
{
	struct task *task = (struct task *)kobject;

	if (task->map != NULL)
		vm_map_reference(task->map);
	return (uintptr_t)task->map;
}

static uintptr_t
take_space(uintptr_t kobject)
{
	struct task *task = (struct task *)kobject;

	ipc_space_reference(task->space);
	return (uintptr_t)task->space;
}

/* What `take` makes of the object under the port's lock, or 0. */
static __always_inline uintptr_t
take_kobject(struct ipc_port *port, int type, uintptr_t (*take)(uintptr_t))
{
	uintptr_t kobject;

	spin_lock(&port->lock);
	kobject = port_kobject(port, type);
	if (kobject != 0)
		kobject = take(kobject);
	spin_unlock(&port->lock);
	return kobject;
}

static __always_inline uintptr_t
convert_port(struct ipc_port *port, int type, uintptr_t (*take)(uintptr_t))
{
	return IP_VALID(port) ? take_kobject(port, type, take) : 0;
}

/* By a send right of the current space, which lives as its threads do. */
static __always_inline uintptr_t
convert_name(mach_port_name_t name, int type, uintptr_t (*take)(uintptr_t))
{
	struct ipc_space *space = current_task()->space;
	struct ipc_entry *entry;
	uintptr_t kobject = 0;

	spin_lock(&space->lock);
	entry = ipc_entry_lookup(space, name);
	if (entry != NULL && (entry->type & MACH_PORT_TYPE_SEND) != 0)
		kobject = take_kobject(entry->port, type, take);
	spin_unlock(&space->lock);
	return kobject;
}

task_t
convert_port_to_task(ipc_port_t port)
{
	return (task_t)convert_port(port, IKOT_TASK, take_task);
}

thread_t
convert_port_to_thread(ipc_port_t port)
{
	return (thread_t)convert_port(port, IKOT_THREAD, take_thread);
}

vm_map_t
convert_port_to_map(ipc_port_t port)
{
	return (vm_map_t)convert_port(port, IKOT_TASK, take_map);
}

ipc_space_t
convert_port_to_space(ipc_port_t port)
{
	return (ipc_space_t)convert_port(port, IKOT_TASK, take_space);
}

struct ipc_port *
ipc_task_right(struct task *task)
{
	struct ipc_port *port = IP_NULL;

	spin_lock(&task->ipc_lock);
	if (task->self_port != IP_NULL)
		port = ipc_port_make_send(task->self_port);
	spin_unlock(&task->ipc_lock);
	return port;
}

struct ipc_port *
ipc_thread_right(struct thread *thread)
{
	struct ipc_port *port = IP_NULL;

	spin_lock(&thread->ipc_lock);
	if (thread->self_port != IP_NULL)
		port = ipc_port_make_send(thread->self_port);
	spin_unlock(&thread->ipc_lock);
	return port;
}

ipc_port_t
convert_task_to_port(task_t task)
{
	struct ipc_port *port = ipc_task_right(task);

	task_deallocate(task);
	return port;
}

ipc_port_t
convert_thread_to_port(thread_t thread)
{
	struct ipc_port *port = ipc_thread_right(thread);

	thread_deallocate(thread);
	return port;
}

task_t
port_name_to_task(mach_port_name_t name)
{
	return (task_t)convert_name(name, IKOT_TASK, take_task);
}

thread_t
port_name_to_thread(mach_port_name_t name)
{
	return (thread_t)convert_name(name, IKOT_THREAD, take_thread);
}

vm_map_t
port_name_to_map(mach_port_name_t name)
{
	return (vm_map_t)convert_name(name, IKOT_TASK, take_map);
}

ipc_space_t
port_name_to_space(mach_port_name_t name)
{
	return (ipc_space_t)convert_name(name, IKOT_TASK, take_space);
}

/*
 * One more user reference to the send right *place that the space has, by the
 * port's hint; false if the hint does not help.  With the space locked, what
 * the hint says of this space is true; it is not looked at further unless it
 * is about this space and port.  Counts stay at their maximum (GNU Mach manual,
 * mach_task_self).
 */
static __always_inline bool
hinted_name(struct ipc_space *space, struct ipc_port *const *place,
    mach_port_name_t *name)
{
	struct ipc_entry *entry;
	struct ipc_port *port;

	spin_lock(&space->lock);
	port = *place;
	if (!IP_VALID(port))
		goto miss;
	entry = load_relaxed(&port->entry_hint);
	if (entry == NULL || entry->space != space || entry->port != port ||
	    (entry->type & MACH_PORT_TYPE_SEND) == 0)
		goto miss;
	if (entry->urefs < IPC_UREFS_MAX)
		entry->urefs++;
	*name = entry->name;
	spin_unlock(&space->lock);
	return true;
miss:
	spin_unlock(&space->lock);
	return false;
}

/* Make a name for a send right, consumed. */
static mach_port_name_t
name_right(struct ipc_port *port)
{
	mach_port_name_t name;

	if (ipc_space_copyout(current_task()->space, port,
	    MACH_MSG_TYPE_PORT_SEND, &name) != KERN_SUCCESS) {
		ipc_port_release_send(port);
		return MACH_PORT_NAME_NULL;
	}
	return name;
}

static __noinline mach_port_name_t
self_name_slow(struct ipc_port **port, spinlock_t *lock)
{
	struct ipc_port *right;

	spin_lock(lock);
	right = ipc_port_copy_send(*port);
	spin_unlock(lock);
	return name_right(right);
}

mach_port_name_t
ipc_task_self_trap(void)
{
	struct task *task = current_task();
	mach_port_name_t name;

	if (likely(hinted_name(task->space, &task->self_send, &name)))
		return name;
	return self_name_slow(&task->self_send, &task->ipc_lock);
}

mach_port_name_t
ipc_thread_self_trap(void)
{
	struct thread *self = current_thread();
	mach_port_name_t name;

	if (likely(hinted_name(self->task->space, &self->self_send, &name)))
		return name;
	return self_name_slow(&self->self_send, &self->ipc_lock);
}

mach_port_name_t
ipc_self_name(struct ipc_port *port)
{
	mach_port_name_t name;

	if (likely(hinted_name(current_task()->space, &port, &name)))
		return name;
	return name_right(ipc_port_make_send(port));
}
