/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Objects as port rights: the memory object port of memory that the kernel
 * itself provides (devices, the clock), and the name port that vm_region()
 * gives out.  Both are made on demand, hold a reference on the object, and
 * go with their last sender.
 */
#include <ipc/ipc_port.h>
#include <kern/ipc_kobject.h>
#include <kern/lock.h>
#include <lib/macros.h>
#include <vm/memory_object.h>
#include <vm/vm_object.h>

spinlock_t vm_object_port_lock = SPINLOCK_INITIALIZER;

/* A send right to *port, which is made if it is not there. */
static struct ipc_port *
vm_object_port(struct vm_object *object, struct ipc_port **port, int type)
{
	struct ipc_port *right = IP_NULL;

	spin_lock(&vm_object_port_lock);
	if (*port == NULL) {
		*port = ipc_port_alloc_kernel(type, (uintptr_t)object);
		if (*port != NULL)
			vm_object_reference(object);
	}
	if (*port != NULL)
		right = ipc_port_make_send(*port);
	spin_unlock(&vm_object_port_lock);
	return right;
}

struct ipc_port *
vm_object_pager_port(struct vm_object *object)
{
	return vm_object_port(object, &object->pager, IKOT_PAGER);
}

struct ipc_port *
vm_object_name_port(struct vm_object *object)
{
	if (object == VM_OBJECT_NULL)
		return IP_NULL;
	return vm_object_port(object, &object->pager_name, IKOT_PAGER_NAME);
}

void
vm_object_pager_no_senders(struct ipc_port *port)
{
	struct vm_object *object = NULL;

	spin_lock(&vm_object_port_lock);
	spin_lock(&port->lock);
	if (port->send_rights == 0)
		object = (struct vm_object *)port->kobject;
	spin_unlock(&port->lock);
	/* The ports of an object with a pager last as long as it does. */
	if (object != NULL && object->pager_request != NULL)
		object = NULL;
	if (object != NULL) {
		if (object->pager == port)
			object->pager = NULL;
		else
			object->pager_name = NULL;
	}
	spin_unlock(&vm_object_port_lock);
	if (object == NULL)
		return;
	ipc_port_dealloc_kernel(port);
	vm_object_deallocate(object);
}

/* The object behind a port of `type`, referenced, or NULL. */
static struct vm_object *
vm_object_of_port(struct ipc_port *port, int type)
{
	struct vm_object *object = VM_OBJECT_NULL;

	if (!IP_VALID(port))
		return VM_OBJECT_NULL;
	spin_lock(&vm_object_port_lock);
	spin_lock(&port->lock);
	if (port->active && port->kobject_type == type) {
		object = (struct vm_object *)port->kobject;
		memory_object_revive(object);
	}
	spin_unlock(&port->lock);
	spin_unlock(&vm_object_port_lock);
	return object;
}

struct vm_object *
vm_object_enter(struct ipc_port *pager)
{
	struct vm_object *object = vm_object_of_port(pager, IKOT_PAGER);

	if (object == VM_OBJECT_NULL && IP_VALID(pager))
		object = memory_object_enter(pager);
	return object;
}

vm_object_t
vm_object_lookup(struct ipc_port *control)
{
	return vm_object_of_port(control, IKOT_PAGER_REQUEST);
}

vm_object_t
vm_object_lookup_name(struct ipc_port *name)
{
	return vm_object_of_port(name, IKOT_PAGER_NAME);
}
