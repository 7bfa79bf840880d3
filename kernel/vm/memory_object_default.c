/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The default memory manager.
 */
#include <kern/ipc_kobject.h>
#include <vm/memory_object_default.h>
#include <vm/memory_object_message.h>

static spinlock_t default_lock = SPINLOCK_INITIALIZER;
static struct ipc_port *default_manager;	/* send right, or IP_NULL */

struct ipc_port *
memory_object_default_set(struct ipc_port *manager)
{
	struct ipc_port *old;

	spin_lock(&default_lock);
	old = default_manager;
	default_manager = IP_VALID(manager) ? manager : IP_NULL;
	spin_unlock(&default_lock);
	return old;
}

struct ipc_port *
memory_object_default_port(void)
{
	struct ipc_port *right, *dead = IP_NULL;

	spin_lock(&default_lock);
	right = ipc_port_copy_send(default_manager);
	if (right == IP_DEAD) {
		dead = default_manager;
		default_manager = IP_NULL;
		right = IP_NULL;
	}
	spin_unlock(&default_lock);
	ipc_port_release_send(dead);
	return right;
}

void
memory_object_ports_free(const struct memory_object_ports *ports)
{
	if (ports->pager != NULL)
		ipc_port_release_receive(ports->pager);
	if (ports->control != NULL)
		ipc_port_dealloc_kernel(ports->control);
	if (ports->name != NULL)
		ipc_port_dealloc_kernel(ports->name);
}

kern_return_t
memory_object_ports_create(struct vm_object *object,
    struct memory_object_ports *ports)
{
	ports->pager = ipc_port_alloc();
	ports->control = ipc_port_alloc_kernel(IKOT_PAGER_REQUEST,
	    (uintptr_t)object);
	ports->name = ipc_port_alloc_kernel(IKOT_PAGER_NAME,
	    (uintptr_t)object);
	if (ports->pager != NULL && ports->control != NULL &&
	    ports->name != NULL)
		return KERN_SUCCESS;
	memory_object_ports_free(ports);
	return KERN_RESOURCE_SHORTAGE;
}

kern_return_t
memory_object_default_manage(struct vm_object *object)
{
	struct memory_object_ports ports;
	struct ipc_port *manager = memory_object_default_port(), *spare;
	kern_return_t kr;

	if (manager == IP_NULL)
		return KERN_FAILURE;
	kr = memory_object_ports_create(object, &ports);
	if (kr != KERN_SUCCESS) {
		ipc_port_release_send(manager);
		return kr;
	}
	spare = ports.name;
	if (!memory_object_adopt(object, &ports, true)) {
		memory_object_ports_free(&ports);
		ipc_port_release_send(manager);
		return KERN_FAILURE;
	}
	if (ports.name != spare)
		ipc_port_dealloc_kernel(spare);
	return memory_object_send_create(manager, &ports, object->size);
}
