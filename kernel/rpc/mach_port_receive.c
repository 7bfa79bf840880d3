/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * mach_port.defs: receive rights and port sets.
 */
#include <ipc/ipc_entry.h>
#include <ipc/ipc_mqueue.h>
#include <ipc/ipc_port.h>
#include <ipc/ipc_pset.h>
#include <ipc/ipc_right.h>
#include <ipc/ipc_space.h>
#include <kern/host.h>
#include <kern/ipc_kobject.h>
#include <kern/kalloc.h>
#include <mach/mach_types.h>
#include <vm/vm_map.h>

#include <mach_port.server.h>

/* Release what ipc_right_lookup_receive() locked. */
static void
receive_unlock(struct ipc_space *space, struct ipc_port *port)
{
	spin_unlock(&port->lock);
	spin_unlock(&space->lock);
}

kern_return_t
mach_port_set_qlimit(ipc_space_t space, mach_port_name_t name,
    mach_port_msgcount_t qlimit)
{
	struct ipc_port *port;
	kern_return_t kr;

	if (space == IS_NULL)
		return KERN_INVALID_TASK;
	if (qlimit > MACH_PORT_QLIMIT_MAX)
		return KERN_INVALID_VALUE;
	kr = ipc_right_lookup_receive(space, name, &port);
	if (kr != KERN_SUCCESS)
		return kr;
	ipc_mqueue_set_limit(port, qlimit);
	receive_unlock(space, port);
	return KERN_SUCCESS;
}

kern_return_t
mach_port_set_mscount(ipc_space_t space, mach_port_name_t name,
    mach_port_mscount_t mscount)
{
	struct ipc_port *port;
	kern_return_t kr = ipc_right_lookup_receive(space, name, &port);

	if (kr != KERN_SUCCESS)
		return kr;
	port->make_send_count = mscount;
	receive_unlock(space, port);
	return KERN_SUCCESS;
}

kern_return_t
mach_port_set_seqno(ipc_space_t space, mach_port_name_t name,
    mach_port_seqno_t seqno)
{
	struct ipc_port *port;
	kern_return_t kr = ipc_right_lookup_receive(space, name, &port);

	if (kr != KERN_SUCCESS)
		return kr;
	port->sequence_number = seqno;
	receive_unlock(space, port);
	return KERN_SUCCESS;
}

kern_return_t
mach_port_set_protected_payload(ipc_space_t space, mach_port_name_t name,
    rpc_uintptr_t payload)
{
	struct ipc_port *port;
	kern_return_t kr = ipc_right_lookup_receive(space, name, &port);

	if (kr != KERN_SUCCESS)
		return kr;
	port->has_payload = true;
	port->payload = payload;
	receive_unlock(space, port);
	return KERN_SUCCESS;
}

kern_return_t
mach_port_clear_protected_payload(ipc_space_t space, mach_port_name_t name)
{
	struct ipc_port *port;
	kern_return_t kr = ipc_right_lookup_receive(space, name, &port);

	if (kr != KERN_SUCCESS)
		return kr;
	port->has_payload = false;
	port->payload = 0;
	receive_unlock(space, port);
	return KERN_SUCCESS;
}

kern_return_t
mach_port_get_receive_status(ipc_space_t space, mach_port_name_t name,
    mach_port_status_t *status)
{
	struct ipc_port *port;
	kern_return_t kr = ipc_right_lookup_receive(space, name, &port);

	if (kr != KERN_SUCCESS)
		return kr;
	status->mps_pset = port->pset != NULL ? port->pset->name
	    : MACH_PORT_NAME_NULL;
	status->mps_seqno = port->sequence_number;
	status->mps_mscount = port->make_send_count;
	status->mps_qlimit = port->queue_limit;
	status->mps_msgcount = port->message_count;
	status->mps_sorights = port->send_once_rights;
	status->mps_srights = port->send_rights > 0;
	status->mps_pdrequest = port->port_destroyed != IP_NULL;
	status->mps_nsrequest = port->no_senders != IP_NULL;
	receive_unlock(space, port);
	return KERN_SUCCESS;
}

/* Find a port set; on success the space is locked. */
static kern_return_t
pset_lookup(struct ipc_space *space, mach_port_name_t name,
    struct ipc_pset **pset)
{
	struct ipc_entry *entry;
	kern_return_t kr = ipc_right_lookup(space, name, &entry);

	if (kr != KERN_SUCCESS)
		return kr;
	if ((entry->type & MACH_PORT_TYPE_PORT_SET) == 0) {
		spin_unlock(&space->lock);
		return KERN_INVALID_RIGHT;
	}
	*pset = entry->pset;
	return KERN_SUCCESS;
}

/* The names of the members; the space is locked, there is room for them. */
static uint32_t
pset_list(struct ipc_pset *pset, mach_port_name_t *names)
{
	struct ipc_port *port;
	uint32_t count = 0;

	spin_lock(&pset->lock);
	list_for_each_entry(&pset->ports, port, pset_link)
		names[count++] = port->receiver_name;
	spin_unlock(&pset->lock);
	return count;
}

kern_return_t
mach_port_get_set_status(ipc_space_t space, mach_port_name_t name,
    mach_port_name_array_t *members, mach_msg_type_number_t *members_count)
{
	struct ipc_pset *pset;
	mach_port_name_t *names;
	vm_map_copy_t copy;
	uint32_t needed = 64, room;
	kern_return_t kr;

	for (;;) {
		room = needed;
		names = kalloc(room * sizeof(names[0]));
		if (names == NULL)
			return KERN_RESOURCE_SHORTAGE;
		kr = pset_lookup(space, name, &pset);
		if (kr != KERN_SUCCESS) {
			kfree(names, room * sizeof(names[0]));
			return kr;
		}
		needed = pset->port_count;
		if (needed <= room)
			break;
		spin_unlock(&space->lock);
		kfree(names, room * sizeof(names[0]));
	}
	*members_count = pset_list(pset, names);
	spin_unlock(&space->lock);
	kr = vm_map_copy_create(names, *members_count * sizeof(names[0]),
	    &copy);
	kfree(names, room * sizeof(names[0]));
	if (kr == KERN_SUCCESS)
		*members = (mach_port_name_array_t)copy;
	return kr;
}

/* The space is locked; `after` may be MACH_PORT_NAME_NULL. */
static kern_return_t
pset_find_target(struct ipc_space *space, mach_port_name_t after,
    struct ipc_pset **pset)
{
	struct ipc_entry *entry;

	*pset = NULL;
	if (after == MACH_PORT_NAME_NULL)
		return KERN_SUCCESS;
	entry = ipc_entry_lookup(space, after);
	if (entry == NULL)
		return KERN_INVALID_NAME;
	if ((entry->type & MACH_PORT_TYPE_PORT_SET) == 0)
		return KERN_INVALID_RIGHT;
	*pset = entry->pset;
	return KERN_SUCCESS;
}

kern_return_t
mach_port_move_member(ipc_space_t space, mach_port_name_t member,
    mach_port_name_t after)
{
	struct ipc_pset *pset;
	struct ipc_port *port;
	kern_return_t kr = ipc_right_lookup_receive(space, member, &port);

	if (kr != KERN_SUCCESS)
		return kr;
	kr = pset_find_target(space, after, &pset);
	if (kr == KERN_SUCCESS && pset == NULL && port->pset == NULL)
		kr = KERN_NOT_IN_SET;
	if (kr == KERN_SUCCESS && port->pset != pset) {
		if (port->pset != NULL)
			ipc_pset_remove(port);
		if (pset != NULL)
			ipc_pset_add(pset, port);
	}
	receive_unlock(space, port);
	return kr;
}

kern_return_t
mach_port_set_ktype(host_t host, ipc_space_t space, mach_port_name_t name,
    mach_port_right_t right, mach_port_ktype_t ktype)
{
	struct ipc_port *port;
	kern_return_t kr;

	if (host == HOST_NULL)
		return KERN_INVALID_HOST;
	if (space == IS_NULL)
		return KERN_INVALID_TASK;
	if (right != MACH_PORT_RIGHT_RECEIVE)
		return KERN_INVALID_RIGHT;
	if (ktype != MACH_PORT_KTYPE_NONE &&
	    ktype != MACH_PORT_KTYPE_USER_DEVICE)
		return KERN_INVALID_ARGUMENT;
	kr = ipc_right_lookup_receive(space, name, &port);
	if (kr != KERN_SUCCESS)
		return kr;
	if (port->kobject_type != IKOT_NONE &&
	    port->kobject_type != IKOT_USER_DEVICE)
		kr = KERN_INVALID_ARGUMENT;
	else
		port->kobject_type = (int)ktype;
	receive_unlock(space, port);
	return kr;
}
