/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Rights by name: lookup, and moving rights in and out of spaces.
 */
#include <ipc/ipc_accept.h>
#include <ipc/ipc_notify.h>
#include <ipc/ipc_pset.h>
#include <ipc/ipc_right.h>
#include <kern/assert.h>
#include <kern/kalloc.h>

void
ipc_deleted_notify(const struct ipc_deleted *deleted)
{
	if (deleted->notify != IP_NULL)
		ipc_notify_port_deleted(deleted->notify, deleted->name);
}

kern_return_t
ipc_right_lookup(struct ipc_space *space, mach_port_name_t name,
    struct ipc_entry **entry)
{
	if (space == IS_NULL)
		return KERN_INVALID_TASK;
	spin_lock(&space->lock);
	if (!space->active) {
		spin_unlock(&space->lock);
		return KERN_INVALID_TASK;
	}
	*entry = ipc_entry_lookup(space, name);
	if (*entry == NULL) {
		spin_unlock(&space->lock);
		return KERN_INVALID_NAME;
	}
	return KERN_SUCCESS;
}

kern_return_t
ipc_right_lookup_receive(struct ipc_space *space, mach_port_name_t name,
    struct ipc_port **port)
{
	struct ipc_entry *entry;
	kern_return_t kr = ipc_right_lookup(space, name, &entry);

	if (kr != KERN_SUCCESS)
		return kr;
	if ((entry->type & MACH_PORT_TYPE_RECEIVE) == 0) {
		spin_unlock(&space->lock);
		return KERN_INVALID_RIGHT;
	}
	*port = entry->port;
	spin_lock(&(*port)->lock);
	return KERN_SUCCESS;
}

/* The port is locked and dead; unlocks. */
static __noinline void
right_convert(struct ipc_space *space, struct ipc_entry *entry)
{
	struct ipc_port *port = entry->port;

	assert((entry->type & MACH_PORT_TYPE_RECEIVE) == 0);
	if ((entry->type & MACH_PORT_TYPE_SEND) != 0) {
		ipc_entry_remove_send(space, entry);
		port->send_rights--;
	} else {
		port->send_once_rights--;
	}
	/* The notification of the port's death counts as a reference. */
	if (entry->request != NULL && entry->urefs < IPC_UREFS_MAX)
		entry->urefs++;
	entry->request = NULL;
	entry->port = IP_NULL;
	entry->type = MACH_PORT_TYPE_DEAD_NAME |
	    (entry->type & MACH_PORT_TYPE_MAREQUEST);
	ipc_port_check_unlock(port);
}

bool
ipc_right_alive(struct ipc_space *space, struct ipc_entry *entry)
{
	spin_lock(&entry->port->lock);
	if (likely(entry->port->active))
		return true;
	right_convert(space, entry);
	return false;
}

void
ipc_right_refresh(struct ipc_space *space, struct ipc_entry *entry)
{
	if ((entry->type & MACH_PORT_TYPE_PORT_RIGHTS) != 0 &&
	    ipc_right_alive(space, entry))
		spin_unlock(&entry->port->lock);
}

bool
ipc_right_copyin_check(struct ipc_space *space, struct ipc_entry *entry,
    mach_msg_type_name_t disposition)
{
	mach_port_type_t wanted;

	switch (disposition) {
	case MACH_MSG_TYPE_MAKE_SEND:
	case MACH_MSG_TYPE_MAKE_SEND_ONCE:
	case MACH_MSG_TYPE_MOVE_RECEIVE:
		return (entry->type & MACH_PORT_TYPE_RECEIVE) != 0;
	case MACH_MSG_TYPE_COPY_SEND:
	case MACH_MSG_TYPE_MOVE_SEND:
		wanted = MACH_PORT_TYPE_SEND | MACH_PORT_TYPE_DEAD_NAME;
		break;
	case MACH_MSG_TYPE_MOVE_SEND_ONCE:
		wanted = MACH_PORT_TYPE_SEND_ONCE | MACH_PORT_TYPE_DEAD_NAME;
		break;
	default:
		return false;
	}
	if ((entry->type & wanted) != 0)
		return true;
	ipc_right_refresh(space, entry);
	return (entry->type & MACH_PORT_TYPE_DEAD_NAME) != 0;
}

/* An entry has no right left; its port, if any, is locked. */
static void
right_delete(struct ipc_space *space, struct ipc_entry *entry,
    struct ipc_deleted *deleted)
{
	struct ipc_request *request = entry->request;

	spin_assert_held(&space->lock);
	if (request != NULL) {
		list_remove(&request->link);
		entry->port->request_count--;
		deleted->notify = request->notify;
		deleted->name = entry->name;
		entry->request = NULL;
		kfree(request, sizeof(*request));
	}
	if ((entry->type & MACH_PORT_TYPE_MAREQUEST) != 0)
		ipc_accept_rename(space, entry->name, MACH_PORT_NAME_NULL);
	ipc_entry_free(space, entry);
}

static void
right_dead_unref(struct ipc_space *space, struct ipc_entry *entry)
{
	struct ipc_deleted none;

	if (--entry->urefs == 0)
		right_delete(space, entry, &none);
}

/* The port is locked.  The send right's count moves to the caller. */
static void
right_move_send(struct ipc_space *space, struct ipc_entry *entry,
    struct ipc_deleted *deleted)
{
	if (entry->urefs > 1) {
		entry->urefs--;
		entry->port->send_rights++;
		return;
	}
	entry->urefs = 0;
	ipc_entry_remove_send(space, entry);
	if ((entry->type & MACH_PORT_TYPE_RECEIVE) == 0) {
		right_delete(space, entry, deleted);
		return;
	}
	if ((entry->type & MACH_PORT_TYPE_MAREQUEST) != 0)
		ipc_accept_rename(space, entry->name, MACH_PORT_NAME_NULL);
	entry->type = MACH_PORT_TYPE_RECEIVE;
}

/* The port is locked. */
static void
right_move_receive(struct ipc_space *space, struct ipc_entry *entry,
    struct ipc_deleted *deleted)
{
	ipc_port_clear_receiver(entry->port);
	if ((entry->type & MACH_PORT_TYPE_SEND) == 0)
		right_delete(space, entry, deleted);
	else
		entry->type &= ~MACH_PORT_TYPE_RECEIVE;
}

struct ipc_port *
ipc_right_copyin(struct ipc_space *space, struct ipc_entry *entry,
    mach_msg_type_name_t disposition, struct ipc_deleted *deleted)
{
	if ((entry->type & MACH_PORT_TYPE_DEAD_NAME) != 0 ||
	    !ipc_right_alive(space, entry)) {
		if (disposition != MACH_MSG_TYPE_COPY_SEND)
			right_dead_unref(space, entry);
		return IP_DEAD;
	}
	return ipc_right_copyin_alive(space, entry, disposition, deleted);
}

struct ipc_port *
ipc_right_copyin_alive(struct ipc_space *space, struct ipc_entry *entry,
    mach_msg_type_name_t disposition, struct ipc_deleted *deleted)
{
	struct ipc_port *port = entry->port;

	switch (disposition) {
	case MACH_MSG_TYPE_MAKE_SEND:
		port->make_send_count++;
		port->send_rights++;
		break;
	case MACH_MSG_TYPE_MAKE_SEND_ONCE:
		port->send_once_rights++;
		break;
	case MACH_MSG_TYPE_MOVE_RECEIVE:
		right_move_receive(space, entry, deleted);
		break;
	case MACH_MSG_TYPE_COPY_SEND:
		port->send_rights++;
		break;
	case MACH_MSG_TYPE_MOVE_SEND:
		right_move_send(space, entry, deleted);
		break;
	default:
		right_delete(space, entry, deleted);
		break;
	}
	spin_unlock(&port->lock);
	return port;
}

void
ipc_right_destroy(struct ipc_space *space, struct ipc_entry *entry)
{
	struct ipc_deleted deleted = IPC_DELETED_NONE;
	struct ipc_port *port = entry->port;
	struct ipc_pset *pset = entry->pset;
	mach_port_type_t type = entry->type;

	if ((type & MACH_PORT_TYPE_PORT_SET) != 0) {
		ipc_entry_free(space, entry);
		ipc_pset_destroy(pset);
		spin_unlock(&space->lock);
		return;
	}
	if ((type & MACH_PORT_TYPE_DEAD_NAME) != 0 ||
	    !ipc_right_alive(space, entry)) {
		right_delete(space, entry, &deleted);
		spin_unlock(&space->lock);
		return;
	}
	if ((type & MACH_PORT_TYPE_SEND) != 0)
		ipc_entry_remove_send(space, entry);
	if ((type & MACH_PORT_TYPE_RECEIVE) != 0)
		ipc_port_clear_receiver(port);
	right_delete(space, entry, &deleted);
	spin_unlock(&port->lock);
	spin_unlock(&space->lock);

	if ((type & MACH_PORT_TYPE_SEND) != 0)
		ipc_port_release_send(port);
	if ((type & MACH_PORT_TYPE_SEND_ONCE) != 0)
		ipc_port_release_send_once(port);
	if ((type & MACH_PORT_TYPE_RECEIVE) != 0)
		ipc_port_release_receive(port);
	ipc_deleted_notify(&deleted);
}

/* Add a right to an entry, new or of the same port; port locked. */
static void
right_place(struct ipc_space *space, struct ipc_entry *entry,
    struct ipc_port *port, mach_msg_type_name_t type)
{
	entry->port = port;
	switch (type) {
	case MACH_MSG_TYPE_PORT_SEND_ONCE:
		entry->type = MACH_PORT_TYPE_SEND_ONCE;
		entry->urefs = 1;
		break;
	case MACH_MSG_TYPE_PORT_SEND:
		if ((entry->type & MACH_PORT_TYPE_SEND) != 0) {
			port->send_rights--;
			if (entry->urefs < IPC_UREFS_MAX)
				entry->urefs++;
			break;
		}
		entry->type |= MACH_PORT_TYPE_SEND;
		entry->urefs = 1;
		ipc_entry_add_send(space, entry);
		break;
	default:
		assert(type == MACH_MSG_TYPE_PORT_RECEIVE);
		assert(port->receiver == NULL);
		entry->type |= MACH_PORT_TYPE_RECEIVE;
		port->receiver = space;
		port->receiver_entry = entry;
		port->receiver_name = entry->name;
		break;
	}
}

kern_return_t
ipc_right_copyout(struct ipc_space *space, struct ipc_port *port,
    mach_msg_type_name_t type, struct ipc_entry **entry)
{
	kern_return_t kr;

	*entry = NULL;
	if (type != MACH_MSG_TYPE_PORT_SEND_ONCE)
		*entry = ipc_entry_find(space, port);
	if (*entry == NULL) {
		kr = ipc_entry_alloc(space, entry);
		if (kr != KERN_SUCCESS)
			return kr;
	}
	right_place(space, *entry, port, type);
	return KERN_SUCCESS;
}

kern_return_t
ipc_right_insert(struct ipc_space *space, mach_port_name_t name,
    struct ipc_port *port, mach_msg_type_name_t type)
{
	struct ipc_entry *entry = NULL;
	kern_return_t kr;

	if (type != MACH_MSG_TYPE_PORT_SEND_ONCE)
		entry = ipc_entry_find(space, port);
	if (entry == NULL) {
		kr = ipc_entry_alloc_name(space, name, &entry);
		if (kr != KERN_SUCCESS)
			return kr;
	} else if (entry->name != name) {
		return KERN_RIGHT_EXISTS;
	} else if (type == MACH_MSG_TYPE_PORT_SEND &&
	    (entry->type & MACH_PORT_TYPE_SEND) != 0 &&
	    entry->urefs == IPC_UREFS_MAX) {
		return KERN_UREFS_OVERFLOW;
	}
	right_place(space, entry, port, type);
	return KERN_SUCCESS;
}

mach_msg_type_name_t
ipc_right_result(mach_msg_type_name_t disposition)
{
	switch (disposition) {
	case MACH_MSG_TYPE_MOVE_RECEIVE:
		return MACH_MSG_TYPE_PORT_RECEIVE;
	case MACH_MSG_TYPE_MAKE_SEND_ONCE:
	case MACH_MSG_TYPE_MOVE_SEND_ONCE:
		return MACH_MSG_TYPE_PORT_SEND_ONCE;
	default:
		return MACH_MSG_TYPE_PORT_SEND;
	}
}
