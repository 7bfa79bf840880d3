/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Rights by name: user references, names, dead-name requests.
 */
#include <ipc/ipc_accept.h>
#include <ipc/ipc_notify.h>
#include <ipc/ipc_pset.h>
#include <ipc/ipc_right.h>
#include <kern/assert.h>
#include <kern/kalloc.h>

/* Give up a right of this kind, which the entry has; unlocks the space. */
static kern_return_t
right_give_up(struct ipc_space *space, struct ipc_entry *entry,
    mach_msg_type_name_t disposition)
{
	struct ipc_deleted deleted = IPC_DELETED_NONE;
	struct ipc_port *port = ipc_right_copyin(space, entry, disposition,
	    &deleted);

	spin_unlock(&space->lock);
	ipc_port_release_right(port, disposition);
	ipc_deleted_notify(&deleted);
	return KERN_SUCCESS;
}

kern_return_t
ipc_right_deallocate(struct ipc_space *space, struct ipc_entry *entry)
{
	if ((entry->type & (MACH_PORT_TYPE_SEND_RIGHTS |
	    MACH_PORT_TYPE_DEAD_NAME)) == 0) {
		spin_unlock(&space->lock);
		return KERN_INVALID_RIGHT;
	}
	return right_give_up(space, entry,
	    (entry->type & MACH_PORT_TYPE_SEND_ONCE) != 0
	    ? MACH_MSG_TYPE_MOVE_SEND_ONCE : MACH_MSG_TYPE_MOVE_SEND);
}

/* A right of which there is only one: it can be kept or given up. */
static kern_return_t
right_delta_single(struct ipc_space *space, struct ipc_entry *entry,
    mach_msg_type_name_t disposition, mach_port_delta_t delta)
{
	if (delta != -1) {
		spin_unlock(&space->lock);
		return delta == 0 ? KERN_SUCCESS : KERN_INVALID_VALUE;
	}
	return right_give_up(space, entry, disposition);
}

/* A send right or dead name: count up and down. */
static kern_return_t
right_delta_counted(struct ipc_space *space, struct ipc_entry *entry,
    mach_port_delta_t delta)
{
	int64_t urefs = (int64_t)entry->urefs + delta;

	if (urefs < 0 || urefs > IPC_UREFS_MAX) {
		spin_unlock(&space->lock);
		return urefs < 0 ? KERN_INVALID_VALUE : KERN_UREFS_OVERFLOW;
	}
	if (urefs == 0) {
		entry->urefs = 1;
		return right_delta_single(space, entry,
		    MACH_MSG_TYPE_MOVE_SEND, -1);
	}
	entry->urefs = (mach_port_urefs_t)urefs;
	spin_unlock(&space->lock);
	return KERN_SUCCESS;
}

kern_return_t
ipc_right_delta(struct ipc_space *space, struct ipc_entry *entry,
    mach_port_right_t right, mach_port_delta_t delta)
{
	ipc_right_refresh(space, entry);
	if ((entry->type & MACH_PORT_TYPE(right)) == 0) {
		spin_unlock(&space->lock);
		return KERN_INVALID_RIGHT;
	}
	switch (right) {
	case MACH_PORT_RIGHT_PORT_SET:
		if (delta == -1) {
			ipc_right_destroy(space, entry);
			return KERN_SUCCESS;
		}
		spin_unlock(&space->lock);
		return delta == 0 ? KERN_SUCCESS : KERN_INVALID_VALUE;
	case MACH_PORT_RIGHT_RECEIVE:
		return right_delta_single(space, entry,
		    MACH_MSG_TYPE_MOVE_RECEIVE, delta);
	case MACH_PORT_RIGHT_SEND_ONCE:
		return right_delta_single(space, entry,
		    MACH_MSG_TYPE_MOVE_SEND_ONCE, delta);
	default:
		return right_delta_counted(space, entry, delta);
	}
}

/* The port, if any, is locked. */
static void
right_move(struct ipc_space *space, struct ipc_entry *from,
    struct ipc_entry *to)
{
	to->port = from->port;
	to->type = from->type;
	to->urefs = from->urefs;
	to->request = from->request;
	if (to->request != NULL)
		to->request->name = to->name;
	if ((to->type & MACH_PORT_TYPE_SEND) != 0)
		ipc_entry_replace_send(space, from, to);
	if ((to->type & MACH_PORT_TYPE_RECEIVE) != 0) {
		to->port->receiver_entry = to;
		to->port->receiver_name = to->name;
	}
	if ((to->type & MACH_PORT_TYPE_MAREQUEST) != 0)
		ipc_accept_rename(space, from->name, to->name);
	ipc_entry_free(space, from);
}

kern_return_t
ipc_right_rename(struct ipc_space *space, struct ipc_entry *entry,
    mach_port_name_t new_name)
{
	struct ipc_entry *new_entry;
	struct ipc_port *port;
	kern_return_t kr;

	kr = ipc_entry_alloc_name(space, new_name, &new_entry);
	if (kr != KERN_SUCCESS) {
		spin_unlock(&space->lock);
		return kr;
	}
	ipc_right_refresh(space, entry);
	if ((entry->type & MACH_PORT_TYPE_PORT_RIGHTS) != 0) {
		port = entry->port;
		spin_lock(&port->lock);
		right_move(space, entry, new_entry);
		spin_unlock(&port->lock);
	} else {
		if ((entry->type & MACH_PORT_TYPE_PORT_SET) != 0) {
			spin_lock(&entry->pset->lock);
			entry->pset->name = new_name;
			spin_unlock(&entry->pset->lock);
		}
		right_move(space, entry, new_entry);
	}
	spin_unlock(&space->lock);
	return KERN_SUCCESS;
}

kern_return_t
ipc_right_set_request(struct ipc_entry *entry, struct ipc_port *notify,
    struct ipc_port **previous)
{
	struct ipc_port *port = entry->port;
	struct ipc_request *request = entry->request;

	*previous = request != NULL ? request->notify : IP_NULL;
	if (notify == IP_NULL) {
		if (request == NULL)
			return KERN_SUCCESS;
		list_remove(&request->link);
		port->request_count--;
		entry->request = NULL;
		kfree(request, sizeof(*request));
		return KERN_SUCCESS;
	}
	if (request == NULL) {
		request = kalloc(sizeof(*request));
		if (request == NULL)
			return KERN_RESOURCE_SHORTAGE;
		request->name = entry->name;
		list_insert_tail(&port->requests, &request->link);
		port->request_count++;
		entry->request = request;
	}
	request->notify = notify;
	return KERN_SUCCESS;
}

kern_return_t
ipc_right_request_dead_name(struct ipc_space *space, struct ipc_entry *entry,
    bool immediate, struct ipc_port *notify, struct ipc_port **previous)
{
	mach_port_name_t name = entry->name;
	kern_return_t kr = KERN_SUCCESS;
	bool dead;

	if ((entry->type & MACH_PORT_TYPE_PORT_SET) != 0) {
		spin_unlock(&space->lock);
		return KERN_INVALID_RIGHT;
	}
	dead = (entry->type & MACH_PORT_TYPE_DEAD_NAME) != 0 ||
	    !ipc_right_alive(space, entry);
	if (!dead) {
		struct ipc_port *port = entry->port;

		kr = ipc_right_set_request(entry, notify, previous);
		spin_unlock(&port->lock);
	} else if (!immediate || notify == IP_NULL) {
		kr = KERN_INVALID_ARGUMENT;
	} else if (entry->urefs == IPC_UREFS_MAX) {
		kr = KERN_UREFS_OVERFLOW;
	} else {
		entry->urefs++;
	}
	spin_unlock(&space->lock);
	if (dead && kr == KERN_SUCCESS) {
		*previous = IP_NULL;
		ipc_notify_dead_name(notify, name);
	}
	return kr;
}

mach_port_type_t
ipc_right_type(struct ipc_space *space, struct ipc_entry *entry)
{
	mach_port_type_t type;

	ipc_right_refresh(space, entry);
	type = entry->type;
	if ((type & MACH_PORT_TYPE_PORT_RIGHTS) != 0 && entry->request != NULL)
		type |= MACH_PORT_TYPE_DNREQUEST;
	return type;
}
