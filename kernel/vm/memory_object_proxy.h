/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Proxies: ports that stand for part of a memory object, with less rights
 * (memory_object_create_proxy, vm_region_create_proxy in mach4.defs).  They
 * last as long as they have senders.
 */
#ifndef VM_MEMORY_OBJECT_PROXY_H
#define VM_MEMORY_OBJECT_PROXY_H

#include <vm/memory_object.h>

/* What can be mapped through a port. */
struct memory_object_view {
	struct ipc_port *port;		/* a send right to the object's port */
	struct vm_object *object;	/* or a reference on the object */
	uint64_t start;			/* bytes, page aligned */
	uint64_t length;
	vm_prot_t max_protection;
};

/*
 * What `port` lets map, with a reference on view->object.  False for a port
 * that is no memory object, or dead, or without memory.
 */
bool memory_object_view(struct ipc_port *port,
    struct memory_object_view *view);

/* A send right to a new proxy; takes the view's right or reference over.
 * IP_NULL without memory: they are the caller's still. */
struct ipc_port *memory_object_proxy_create(
    const struct memory_object_view *view);
/*
 * The view behind a proxy, with a right or reference of its own.  False for
 * any other port.
 */
bool memory_object_proxy_lookup(struct ipc_port *port,
    struct memory_object_view *view);
/* A proxy went without senders. */
void memory_object_proxy_no_senders(struct ipc_port *port);

#endif /* VM_MEMORY_OBJECT_PROXY_H */
