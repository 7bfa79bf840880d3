/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * mach_debug.defs: what it tells about ports.
 */
#include <ipc/ipc_accept.h>
#include <ipc/ipc_entry.h>
#include <ipc/ipc_port.h>
#include <ipc/ipc_right.h>
#include <ipc/ipc_space.h>
#include <kern/host.h>
#include <kern/processor.h>
#include <mach/mach_types.h>
#include <mach_debug/mach_debug_types.h>

#include <mach_debug.server.h>

kern_return_t
mach_port_get_srights(ipc_space_t space, mach_port_name_t name,
    mach_port_rights_t *srights)
{
	struct ipc_port *port;
	kern_return_t kr = ipc_right_lookup_receive(space, name, &port);

	if (kr != KERN_SUCCESS)
		return kr;
	*srights = port->send_rights;
	spin_unlock(&port->lock);
	spin_unlock(&space->lock);
	return KERN_SUCCESS;
}

/* The requests are a list, as large as what it holds. */
kern_return_t
mach_port_dnrequest_info(ipc_space_t space, mach_port_name_t name,
    unsigned int *total, unsigned int *used)
{
	struct ipc_port *port;
	kern_return_t kr = ipc_right_lookup_receive(space, name, &port);

	if (kr != KERN_SUCCESS)
		return kr;
	*total = *used = port->request_count;
	spin_unlock(&port->lock);
	spin_unlock(&space->lock);
	return KERN_SUCCESS;
}

/* There is no hash table and no limit: one bucket with all requests. */
kern_return_t
host_ipc_marequest_info(host_t host, unsigned int *max_requests,
    hash_info_bucket_array_t *info, mach_msg_type_number_t *info_count)
{
	if (host == HOST_NULL)
		return KERN_INVALID_HOST;
	*max_requests = UINT32_MAX;
	if (*info_count > 0) {
		(*info)[0].hib_count = ipc_accept_count();
		*info_count = 1;
	}
	return KERN_SUCCESS;
}

kern_return_t
mach_port_kernel_object(ipc_space_t space, mach_port_name_t name,
    unsigned int *type, vm_offset_t *address)
{
	struct ipc_entry *entry;
	kern_return_t kr = ipc_right_lookup(space, name, &entry);

	if (kr != KERN_SUCCESS)
		return kr;
	if ((entry->type & MACH_PORT_TYPE_SEND_RECEIVE) == 0 ||
	    !ipc_right_alive(space, entry)) {
		spin_unlock(&space->lock);
		return KERN_INVALID_RIGHT;
	}
	*type = (unsigned int)entry->port->kobject_type;
	*address = entry->port->kobject;
	spin_unlock(&entry->port->lock);
	spin_unlock(&space->lock);
	return KERN_SUCCESS;
}
