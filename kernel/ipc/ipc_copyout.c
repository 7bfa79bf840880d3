/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Messages from kernel form to user form.
 */
#include <ipc/ipc_entry.h>
#include <ipc/ipc_kmsg.h>
#include <ipc/ipc_notify.h>
#include <ipc/ipc_port.h>
#include <ipc/ipc_right.h>
#include <ipc/ipc_space.h>
#include <kern/assert.h>
#include <kern/kalloc.h>
#include <kern/task.h>
#include <kern/thread.h>
#include <machine/memory.h>
#include <machine/usercopy.h>
#include <vm/vm_map.h>

static mach_msg_return_t
copyout_rights_error(kern_return_t kr)
{
	return kr == KERN_RESOURCE_SHORTAGE ? MACH_MSG_IPC_KERNEL
	    : MACH_MSG_IPC_SPACE;
}

static mach_msg_return_t
copyout_memory_error(kern_return_t kr)
{
	return kr == KERN_RESOURCE_SHORTAGE ? MACH_MSG_VM_KERNEL
	    : MACH_MSG_VM_SPACE;
}

/*
 * Use up the destination's right and write the local half of the received
 * header: the name under which `space` holds the receive right, or the
 * port's payload.  Returns a no-senders request that is due.
 */
static struct ipc_port *
header_copyout_dest(struct ipc_kmsg *kmsg, struct ipc_space *space, bool held,
    mach_msg_type_name_t reply_type, mach_port_mscount_t *make_send_count)
{
	mach_msg_header_t *header = &kmsg->header;
	struct ipc_port *port = (struct ipc_port *)header->msgh_remote_port;
	mach_msg_type_name_t type = MACH_MSGH_BITS_REMOTE(header->msgh_bits);
	struct ipc_port *notify = IP_NULL;
	uint64_t local = MACH_PORT_NAME_NULL;
	mach_msg_type_name_t local_type = type;

	spin_lock(&port->lock);
	if (!port->active) {
		local = MACH_PORT_NAME_DEAD;
	} else if (port->receiver == space) {
		local = port->receiver_name;
		if (port->has_payload) {
			local = port->payload;
			local_type = MACH_MSG_TYPE_PROTECTED_PAYLOAD;
		}
	}
	if (held)
		port->references--;
	if (type == MACH_MSG_TYPE_PORT_SEND_ONCE) {
		port->send_once_rights--;
	} else if (--port->send_rights == 0 && port->active) {
		notify = port->no_senders;
		port->no_senders = IP_NULL;
		*make_send_count = port->make_send_count;
	}
	if (likely(port->active))
		spin_unlock(&port->lock);
	else
		ipc_port_check_unlock(port);
	header->msgh_bits = (header->msgh_bits & MACH_MSGH_BITS_COMPLEX) |
	    MACH_MSGH_BITS(reply_type, local_type);
	header->msgh_protected_payload = local;
	return notify;
}

/*
 * The dead-name request that MACH_RCV_NOTIFY asks for, if the reply port's
 * entry is new; port and space are locked.  Undoes the entry if it fails.
 */
static kern_return_t
header_request(struct ipc_space *space, struct ipc_entry *entry,
    struct ipc_port **notify)
{
	struct ipc_port *previous;
	struct ipc_deleted none;
	kern_return_t kr;

	if (entry->urefs != 1 || (entry->type & MACH_PORT_TYPE_RECEIVE) != 0)
		return KERN_SUCCESS;
	kr = ipc_right_set_request(entry, *notify, &previous);
	if (kr == KERN_SUCCESS) {
		*notify = IP_NULL;
		return KERN_SUCCESS;
	}
	ipc_right_copyin_alive(space, entry,
	    (entry->type & MACH_PORT_TYPE_SEND) != 0
	    ? MACH_MSG_TYPE_MOVE_SEND : MACH_MSG_TYPE_MOVE_SEND_ONCE, &none);
	return kr;
}

/*
 * The reply port's right into the locked space.  *notify is a send-once
 * right for its dead-name request, or IP_NULL; taken if used.
 */
static kern_return_t
header_copyout_reply(struct ipc_space *space, struct ipc_port *port,
    mach_msg_type_name_t type, struct ipc_port **notify,
    mach_port_name_t *name)
{
	struct ipc_entry *entry;
	kern_return_t kr;

	if (!space->active)
		return KERN_INVALID_TASK;
	spin_lock(&port->lock);
	if (!port->active) {
		if (type == MACH_MSG_TYPE_PORT_SEND)
			port->send_rights--;
		else
			port->send_once_rights--;
		ipc_port_check_unlock(port);
		*name = MACH_PORT_NAME_DEAD;
		return KERN_SUCCESS;
	}
	kr = ipc_right_copyout(space, port, type, &entry);
	if (kr == KERN_SUCCESS) {
		*name = entry->name;
		if (*notify != IP_NULL)
			kr = header_request(space, entry, notify);
		if (kr != KERN_SUCCESS)
			return kr;
	}
	spin_unlock(&port->lock);
	return kr;
}

/* A send-once right to the named receive right; the space is locked. */
static bool
header_notify_port(struct ipc_space *space, mach_port_name_t name,
    struct ipc_port **notify)
{
	struct ipc_entry *entry = ipc_entry_lookup(space, name);

	if (entry == NULL || (entry->type & MACH_PORT_TYPE_RECEIVE) == 0)
		return false;
	*notify = ipc_port_make_send_once(entry->port);
	return true;
}

mach_msg_return_t
ipc_kmsg_copyout_header(struct ipc_kmsg *kmsg, struct ipc_space *space,
    bool held, bool want_notify, mach_port_name_t notify_name)
{
	struct ipc_port *reply = (struct ipc_port *)
	    kmsg->header.msgh_local_port;
	mach_msg_type_name_t reply_type =
	    MACH_MSGH_BITS_LOCAL(kmsg->header.msgh_bits);
	mach_port_name_t reply_name = reply == IP_NULL ? MACH_PORT_NAME_NULL
	    : MACH_PORT_NAME_DEAD;
	struct ipc_port *notify = IP_NULL, *no_senders;
	mach_port_mscount_t count = 0;
	kern_return_t kr = KERN_SUCCESS;

	spin_lock(&space->lock);
	if (want_notify && !header_notify_port(space, notify_name, &notify)) {
		spin_unlock(&space->lock);
		return MACH_RCV_INVALID_NOTIFY;
	}
	if (IP_VALID(reply))
		kr = header_copyout_reply(space, reply, reply_type, &notify,
		    &reply_name);
	if (kr != KERN_SUCCESS) {
		spin_unlock(&space->lock);
		ipc_port_consume_send_once(notify);
		return MACH_RCV_HEADER_ERROR | copyout_rights_error(kr);
	}
	no_senders = header_copyout_dest(kmsg, space, held, reply_type,
	    &count);
	spin_unlock(&space->lock);
	kmsg->header.msgh_remote_port = reply_name;
	if (unlikely(notify != IP_NULL))
		ipc_port_consume_send_once(notify);
	if (unlikely(no_senders != IP_NULL))
		ipc_notify_no_senders(no_senders, count);
	return MACH_MSG_SUCCESS;
}

void
ipc_kmsg_copyout_dest(struct ipc_kmsg *kmsg, struct ipc_space *space,
    bool held)
{
	mach_msg_header_t *header = &kmsg->header;
	struct ipc_port *reply = (struct ipc_port *)header->msgh_local_port;
	mach_msg_type_name_t reply_type =
	    MACH_MSGH_BITS_LOCAL(header->msgh_bits);
	struct ipc_port *no_senders;
	mach_port_mscount_t count = 0;

	if ((header->msgh_bits & MACH_MSGH_BITS_COMPLEX) != 0)
		ipc_kmsg_clean_body(kmsg,
		    header->msgh_size - sizeof(*header));
	spin_lock(&space->lock);
	no_senders = header_copyout_dest(kmsg, space, held, reply_type,
	    &count);
	spin_unlock(&space->lock);
	header->msgh_remote_port = MACH_PORT_NAME_NULL;
	if (IP_VALID(reply))
		ipc_port_release_right(reply, reply_type);
	ipc_notify_no_senders(no_senders, count);
}

/* One right; one that the space cannot take is destroyed. */
static mach_msg_return_t
copyout_right(struct ipc_space *space, struct ipc_port *port,
    mach_msg_type_name_t type, mach_port_name_t *name)
{
	kern_return_t kr = ipc_space_copyout(space, port, type, name);

	if (kr == KERN_SUCCESS)
		return MACH_MSG_SUCCESS;
	*name = MACH_PORT_NAME_NULL;
	ipc_port_release_right(port, type);
	return copyout_rights_error(kr);
}

/* `names` may be the lower half of `ports`, or with step 8 the same. */
static mach_msg_return_t
body_copyout_rights(struct ipc_space *space, mach_msg_type_name_t type,
    const mach_port_t *ports, void *names, size_t step, uint32_t number)
{
	mach_msg_return_t mr = MACH_MSG_SUCCESS;
	mach_port_name_t name;
	uint32_t i;

	for (i = 0; i < number; i++) {
		char *place = (char *)names + i * step;

		mr |= copyout_right(space, (struct ipc_port *)ports[i], type,
		    &name);
		if (step == sizeof(uint64_t))
			*(uint64_t *)place = name;
		else
			*(mach_port_name_t *)place = name;
	}
	return mr;
}

/*
 * Memory for the names comes first: rights without it would get names that
 * nobody is told.
 */
static mach_msg_return_t
body_copyout_port_array(struct ipc_space *space, struct ipc_item *item)
{
	mach_port_t *ports = *(mach_port_t **)item->data;
	size_t size = item->number * sizeof(mach_port_name_t);
	mach_msg_return_t mr;
	uintptr_t address = 0;
	kern_return_t kr;
	uint32_t i;

	kr = vm_map_enter(current_task()->map, &address,
	    ALIGN_UP(size, PAGE_SIZE), 0, true, NULL, 0, false,
	    VM_PROT_DEFAULT, VM_PROT_ALL, VM_INHERIT_DEFAULT);
	if (kr == KERN_SUCCESS) {
		mr = body_copyout_rights(space, item->name, ports, ports,
		    sizeof(mach_port_name_t), item->number);
		if (copyout(address, ports, size) != 0)
			mr |= MACH_MSG_VM_KERNEL;
		item->type->msgt_size = 8 * sizeof(mach_port_name_t);
	} else {
		mr = copyout_memory_error(kr);
		for (i = 0; i < item->number; i++)
			ipc_port_release_right((struct ipc_port *)ports[i],
			    item->name);
		item->type->msgt_size = 0;
		address = 0;
	}
	kfree(ports, item->number * sizeof(mach_port_t));
	*(uintptr_t *)item->data = address;
	return mr;
}

static mach_msg_return_t
body_copyout_memory(struct ipc_item *item)
{
	vm_map_copy_t copy = *(vm_map_copy_t *)item->data;
	uintptr_t address = 0;
	kern_return_t kr;

	kr = vm_map_copyout(current_task()->map, &address, copy);
	if (kr == KERN_SUCCESS) {
		*(uintptr_t *)item->data = address;
		return MACH_MSG_SUCCESS;
	}
	vm_map_copy_discard(copy);
	*(uintptr_t *)item->data = 0;
	item->type->msgt_size = 0;
	return copyout_memory_error(kr);
}

static mach_msg_return_t
body_copyout_item(struct ipc_space *space, struct ipc_item *item)
{
	if (item->in_line) {
		if (!item->ports)
			return MACH_MSG_SUCCESS;
		return body_copyout_rights(space, item->name, item->data,
		    item->data, sizeof(uint64_t), item->number);
	}
	item->type->msgt_deallocate = TRUE;
	if (*(void **)item->data == NULL) {
		if (item->ports)
			item->type->msgt_size = 8 * sizeof(mach_port_name_t);
		return MACH_MSG_SUCCESS;
	}
	if (item->ports)
		return body_copyout_port_array(space, item);
	return body_copyout_memory(item);
}

mach_msg_return_t
ipc_kmsg_copyout_body(struct ipc_kmsg *kmsg, struct ipc_space *space)
{
	char *at = (char *)(&kmsg->header + 1);
	char *end = (char *)&kmsg->header + kmsg->header.msgh_size;
	mach_msg_return_t mr = MACH_MSG_SUCCESS;
	struct ipc_item item;

	while (at < end &&
	    ipc_item_decode(at, end, &item) == MACH_MSG_SUCCESS) {
		mr |= body_copyout_item(space, &item);
		at = item.next;
	}
	return mr;
}

mach_msg_return_t
ipc_kmsg_copyout_pseudo(struct ipc_kmsg *kmsg, struct ipc_space *space)
{
	mach_msg_header_t *header = &kmsg->header;
	mach_port_name_t dest, reply;
	mach_msg_return_t mr;

	mr = copyout_right(space, (struct ipc_port *)header->msgh_remote_port,
	    MACH_MSGH_BITS_REMOTE(header->msgh_bits), &dest);
	mr |= copyout_right(space, (struct ipc_port *)header->msgh_local_port,
	    MACH_MSGH_BITS_LOCAL(header->msgh_bits), &reply);
	header->msgh_bits &= MACH_MSGH_BITS_COMPLEX |
	    MACH_MSGH_BITS_PORTS_MASK;
	header->msgh_remote_port = dest;
	header->msgh_local_port = reply;
	if ((header->msgh_bits & MACH_MSGH_BITS_COMPLEX) != 0)
		mr |= ipc_kmsg_copyout_body(kmsg, space);
	return mr;
}
