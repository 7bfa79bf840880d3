/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Proxies of memory objects.
 */
#include <kern/ipc_kobject.h>
#include <kern/kalloc.h>
#include <vm/memory_object_proxy.h>

struct ipc_port *
memory_object_proxy_create(const struct memory_object_view *view)
{
	struct memory_object_view *proxy = kalloc(sizeof(*proxy));
	struct ipc_port *port;

	if (proxy == NULL)
		return IP_NULL;
	*proxy = *view;
	port = ipc_port_alloc_kernel(IKOT_PAGER_PROXY, (uintptr_t)proxy);
	if (port == NULL) {
		kfree(proxy, sizeof(*proxy));
		return IP_NULL;
	}
	return ipc_port_make_send(port);
}

bool
memory_object_proxy_lookup(struct ipc_port *port,
    struct memory_object_view *view)
{
	bool found;

	spin_lock(&vm_object_port_lock);
	spin_lock(&port->lock);
	found = port->active && port->kobject_type == IKOT_PAGER_PROXY;
	if (found)
		*view = *(struct memory_object_view *)port->kobject;
	spin_unlock(&port->lock);
	if (found && view->object != NULL)
		vm_object_reference(view->object);
	else if (found)
		view->port = ipc_port_copy_send(view->port);
	spin_unlock(&vm_object_port_lock);
	return found;
}

/* The caller's right keeps the port, so only its last user gets here. */
void
memory_object_proxy_no_senders(struct ipc_port *port)
{
	struct memory_object_view *proxy = NULL;

	spin_lock(&vm_object_port_lock);
	spin_lock(&port->lock);
	if (port->send_rights == 0 && port->kobject != 0) {
		proxy = (struct memory_object_view *)port->kobject;
		port->kobject_type = IKOT_NONE;
		port->kobject = 0;
	}
	spin_unlock(&port->lock);
	spin_unlock(&vm_object_port_lock);
	if (proxy == NULL)
		return;
	ipc_port_dealloc_kernel(port);
	ipc_port_release_send(proxy->port);
	vm_object_deallocate(proxy->object);
	kfree(proxy, sizeof(*proxy));
}

bool
memory_object_view(struct ipc_port *port, struct memory_object_view *view)
{
	struct ipc_port *right;

	if (!IP_VALID(port))
		return false;
	if (!memory_object_proxy_lookup(port, view)) {
		view->object = vm_object_enter(port);
		view->start = 0;
		view->length = MEMORY_OBJECT_SIZE;
		view->max_protection = VM_PROT_ALL;
	} else if (view->object == NULL) {
		right = view->port;
		view->object = vm_object_enter(right);
		ipc_port_release_send(right);
	}
	view->port = IP_NULL;
	return view->object != NULL;
}
