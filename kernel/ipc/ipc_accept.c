/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Msg-accepted requests.
 */
#include <ipc/ipc_accept.h>
#include <ipc/ipc_entry.h>
#include <ipc/ipc_kmsg.h>
#include <ipc/ipc_notify.h>
#include <ipc/ipc_port.h>
#include <kern/assert.h>
#include <kern/refcount.h>
#include <kern/slab.h>
#include <lib/macros.h>

static struct slab_cache ipc_accept_cache;
static uint32_t accept_count;		/* atomic */

void
ipc_accept_setup(void)
{
	slab_cache_init(&ipc_accept_cache, "ipc_accept",
	    sizeof(struct ipc_accept), 0, NULL);
}

/* With the space locked: check both names and enter the request. */
static mach_msg_return_t
accept_enter(struct ipc_space *space, mach_port_name_t name,
    mach_port_name_t notify_name, struct ipc_port *port,
    struct ipc_accept *accept)
{
	struct ipc_entry *notify = ipc_entry_lookup(space, notify_name);
	struct ipc_entry *entry = ipc_entry_lookup(space, name);

	if (notify == NULL || (notify->type & MACH_PORT_TYPE_RECEIVE) == 0)
		return MACH_SEND_INVALID_NOTIFY;
	accept->name = MACH_PORT_NAME_NULL;
	if (entry != NULL && (entry->type & MACH_PORT_TYPE_SEND) != 0 &&
	    entry->port == port) {
		if ((entry->type & MACH_PORT_TYPE_MAREQUEST) != 0)
			return MACH_SEND_NOTIFY_IN_PROGRESS;
		entry->type |= MACH_PORT_TYPE_MAREQUEST;
		accept->name = name;
	}
	accept->space = space;
	accept->notify = ipc_port_make_send_once(notify->port);
	list_insert_tail(&space->accepts, &accept->link);
	return MACH_MSG_SUCCESS;
}

mach_msg_return_t
ipc_accept_request(struct ipc_space *space, mach_port_name_t name,
    mach_port_name_t notify, struct ipc_kmsg *kmsg)
{
	struct ipc_accept *accept = slab_cache_alloc(&ipc_accept_cache);
	struct ipc_port *port = (struct ipc_port *)
	    kmsg->header.msgh_remote_port;
	mach_msg_return_t mr;

	if (accept == NULL)
		return MACH_SEND_NO_NOTIFY;
	spin_lock(&space->lock);
	mr = accept_enter(space, name, notify, port, accept);
	spin_unlock(&space->lock);
	if (mr != MACH_MSG_SUCCESS) {
		slab_cache_free(&ipc_accept_cache, accept);
		return mr;
	}
	ipc_space_reference(space);
	refcount_get(&accept_count);
	kmsg->accept = accept;
	return MACH_MSG_SUCCESS;
}

void
ipc_accept_finish(struct ipc_kmsg *kmsg, bool accepted)
{
	struct ipc_accept *accept = kmsg->accept;
	struct ipc_space *space = accept->space;
	struct ipc_entry *entry;

	kmsg->accept = NULL;
	spin_lock(&space->lock);
	list_remove(&accept->link);
	if (accept->name != MACH_PORT_NAME_NULL) {
		entry = ipc_entry_lookup(space, accept->name);
		assert(entry != NULL);
		entry->type &= ~MACH_PORT_TYPE_MAREQUEST;
	}
	spin_unlock(&space->lock);
	ipc_space_release(space);
	if (accepted)
		ipc_notify_msg_accepted(accept->notify, accept->name);
	else
		ipc_notify_send_once(accept->notify);
	slab_cache_free(&ipc_accept_cache, accept);
	refcount_put(&accept_count);
}

void
ipc_accept_rename(struct ipc_space *space, mach_port_name_t name,
    mach_port_name_t new_name)
{
	struct ipc_accept *accept;

	list_for_each_entry(&space->accepts, accept, link) {
		if (accept->name == name) {
			accept->name = new_name;
			return;
		}
	}
}

uint32_t
ipc_accept_count(void)
{
	return load_relaxed(&accept_count);
}
