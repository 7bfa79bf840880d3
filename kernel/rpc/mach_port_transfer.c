/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * mach_port.defs: rights in and out of a space, notification requests.
 */
#include <ipc/ipc_entry.h>
#include <ipc/ipc_notify.h>
#include <ipc/ipc_port.h>
#include <ipc/ipc_right.h>
#include <ipc/ipc_space.h>
#include <kern/host.h>
#include <mach/mach_types.h>
#include <mach/notify.h>

#include <mach_port.server.h>

kern_return_t
mach_port_insert_right(ipc_space_t space, mach_port_name_t name,
    ipc_port_t port, mach_msg_type_name_t type)
{
	kern_return_t kr;

	if (space == IS_NULL)
		return KERN_INVALID_TASK;
	if (!MACH_PORT_NAME_VALID(name) ||
	    !MACH_MSG_TYPE_PORT_ANY_RIGHT(type))
		return KERN_INVALID_VALUE;
	if (!IP_VALID(port))
		return KERN_INVALID_CAPABILITY;
	if (type == MACH_MSG_TYPE_PORT_RECEIVE)
		ipc_port_clear_destination(port);
	spin_lock(&space->lock);
	if (!space->active) {
		spin_unlock(&space->lock);
		return KERN_INVALID_TASK;
	}
	spin_lock(&port->lock);
	if (port->active)
		kr = ipc_right_insert(space, name, port, type);
	else
		kr = KERN_INVALID_CAPABILITY;
	spin_unlock(&port->lock);
	spin_unlock(&space->lock);
	return kr;
}

kern_return_t
mach_port_extract_right(ipc_space_t space, mach_port_name_t name,
    mach_msg_type_name_t disposition, ipc_port_t *port,
    mach_msg_type_name_t *type)
{
	if (space == IS_NULL)
		return KERN_INVALID_TASK;
	if (!MACH_MSG_TYPE_PORT_ANY(disposition))
		return KERN_INVALID_VALUE;
	if (!MACH_PORT_NAME_VALID(name))
		return KERN_INVALID_NAME;
	*type = ipc_right_result(disposition);
	return ipc_space_copyin(space, name, disposition, port);
}

static kern_return_t
request_port_destroyed(struct ipc_space *space, mach_port_name_t name,
    mach_port_mscount_t sync, struct ipc_port *notify,
    struct ipc_port **previous)
{
	struct ipc_port *port;
	kern_return_t kr;

	if (sync != 0)
		return KERN_INVALID_VALUE;
	kr = ipc_right_lookup_receive(space, name, &port);
	if (kr != KERN_SUCCESS)
		return kr;
	*previous = port->port_destroyed;
	port->port_destroyed = notify;
	spin_unlock(&port->lock);
	spin_unlock(&space->lock);
	return KERN_SUCCESS;
}

static kern_return_t
request_no_senders(struct ipc_space *space, mach_port_name_t name,
    mach_port_mscount_t sync, struct ipc_port *notify,
    struct ipc_port **previous)
{
	mach_port_mscount_t count;
	struct ipc_port *port;
	kern_return_t kr;
	bool now;

	kr = ipc_right_lookup_receive(space, name, &port);
	if (kr != KERN_SUCCESS)
		return kr;
	count = port->make_send_count;
	now = notify != IP_NULL && port->send_rights == 0 && sync <= count;
	*previous = port->no_senders;
	port->no_senders = now ? IP_NULL : notify;
	spin_unlock(&port->lock);
	spin_unlock(&space->lock);
	if (now)
		ipc_notify_no_senders(notify, count);
	return KERN_SUCCESS;
}

static kern_return_t
request_dead_name(struct ipc_space *space, mach_port_name_t name,
    mach_port_mscount_t sync, struct ipc_port *notify,
    struct ipc_port **previous)
{
	struct ipc_entry *entry;
	kern_return_t kr = ipc_right_lookup(space, name, &entry);

	if (kr != KERN_SUCCESS)
		return kr;
	return ipc_right_request_dead_name(space, entry, sync != 0, notify,
	    previous);
}

kern_return_t
mach_port_request_notification(ipc_space_t space, mach_port_name_t name,
    mach_msg_id_t id, mach_port_mscount_t sync, ipc_port_t notify,
    ipc_port_t *previous)
{
	if (space == IS_NULL)
		return KERN_INVALID_TASK;
	if (notify == IP_DEAD)
		return KERN_INVALID_CAPABILITY;
	switch (id) {
	case MACH_NOTIFY_PORT_DESTROYED:
		return request_port_destroyed(space, name, sync, notify,
		    previous);
	case MACH_NOTIFY_NO_SENDERS:
		return request_no_senders(space, name, sync, notify,
		    previous);
	case MACH_NOTIFY_DEAD_NAME:
		return request_dead_name(space, name, sync, notify,
		    previous);
	default:
		return KERN_INVALID_VALUE;
	}
}
