/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Messages from user form to kernel form.
 */
#include <ipc/ipc_entry.h>
#include <ipc/ipc_kmsg.h>
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

/* A header in work: what the user said, and what came of it. */
struct header_copyin {
	mach_msg_type_name_t dest_type;
	mach_msg_type_name_t reply_type;
	struct ipc_entry *dest_entry;
	struct ipc_entry *reply_entry;	/* NULL: no right */
	struct ipc_port *dest;
	struct ipc_port *reply;
	struct ipc_port *cancel;	/* notify port, or NULL */
	struct ipc_deleted dest_deleted;
	struct ipc_deleted reply_deleted;
};

/* Both rights out of one entry, each taking the user's only reference? */
static bool
header_shares_right(const struct header_copyin *work)
{
	if (work->dest_entry != work->reply_entry ||
	    work->dest_type != work->reply_type)
		return false;
	if (work->dest_type == MACH_MSG_TYPE_MOVE_SEND)
		return work->dest_entry->urefs < 2;
	return work->dest_type == MACH_MSG_TYPE_MOVE_SEND_ONCE;
}

/* May both rights be taken?  Changes nothing; the space is locked. */
static mach_msg_return_t
header_check(struct ipc_space *space, struct header_copyin *work,
    mach_port_name_t dest_name, mach_port_name_t reply_name)
{
	work->dest_entry = ipc_entry_lookup(space, dest_name);
	if (work->dest_entry == NULL ||
	    !ipc_right_copyin_check(space, work->dest_entry, work->dest_type))
		return MACH_SEND_INVALID_DEST;
	ipc_right_refresh(space, work->dest_entry);
	if ((work->dest_entry->type & MACH_PORT_TYPE_DEAD_NAME) != 0)
		return MACH_SEND_INVALID_DEST;
	work->reply_entry = NULL;
	if (MACH_PORT_NAME_VALID(reply_name)) {
		work->reply_entry = ipc_entry_lookup(space, reply_name);
		if (work->reply_entry == NULL ||
		    !ipc_right_copyin_check(space, work->reply_entry,
		    work->reply_type))
			return MACH_SEND_INVALID_REPLY;
	}
	if (header_shares_right(work))
		return MACH_SEND_INVALID_DEST;
	return MACH_MSG_SUCCESS;
}

/* Take the destination's right; false when its port is dead. */
static bool
header_take_dest(struct ipc_space *space, struct header_copyin *work)
{
	if ((work->dest_entry->type & MACH_PORT_TYPE_DEAD_NAME) != 0 ||
	    !ipc_right_alive(space, work->dest_entry))
		return false;
	work->dest = ipc_right_copyin_alive(space, work->dest_entry,
	    work->dest_type, &work->dest_deleted);
	return true;
}

static void
header_take_reply(struct ipc_space *space, struct header_copyin *work)
{
	if (work->reply_entry != NULL)
		work->reply = ipc_right_copyin(space, work->reply_entry,
		    work->reply_type, &work->reply_deleted);
}

/*
 * Take both; the space is locked and gets unlocked.  If one entry gives a
 * reference away and another one is copied from it, the copy comes first.
 */
static mach_msg_return_t
header_take(struct ipc_space *space, struct header_copyin *work)
{
	bool reply_first = work->dest_entry == work->reply_entry &&
	    work->dest_type == MACH_MSG_TYPE_MOVE_SEND;
	bool alive;

	if (reply_first)
		header_take_reply(space, work);
	alive = header_take_dest(space, work);
	if (alive && !reply_first)
		header_take_reply(space, work);
	spin_unlock(&space->lock);
	if (alive)
		return MACH_MSG_SUCCESS;
	if (reply_first)
		ipc_port_release_right(work->reply,
		    ipc_right_result(work->reply_type));
	return MACH_SEND_INVALID_DEST;
}

static void
header_notify(struct header_copyin *work)
{
	if (work->dest_deleted.notify != IP_NULL) {
		if (work->dest_deleted.notify == work->cancel)
			ipc_port_consume_send_once(work->cancel);
		else
			ipc_deleted_notify(&work->dest_deleted);
	}
	ipc_deleted_notify(&work->reply_deleted);
}

mach_msg_return_t
ipc_kmsg_copyin_header(struct ipc_kmsg *kmsg, struct ipc_space *space,
    bool cancel, mach_port_name_t notify)
{
	const mach_msg_user_header_t *user =
	    (const mach_msg_user_header_t *)&kmsg->header;
	mach_port_name_t dest_name = user->msgh_remote_port;
	mach_port_name_t reply_name = user->msgh_local_port;
	mach_msg_bits_t bits = user->msgh_bits;
	struct header_copyin work;
	struct ipc_entry *entry;
	mach_msg_return_t mr;

	work.dest_type = MACH_MSGH_BITS_REMOTE(bits);
	work.reply_type = MACH_MSGH_BITS_LOCAL(bits);
	if (!MACH_MSG_TYPE_PORT_ANY_SEND(work.dest_type))
		return MACH_SEND_INVALID_HEADER;
	if (work.reply_type == 0 ? reply_name != MACH_PORT_NAME_NULL
	    : !MACH_MSG_TYPE_PORT_ANY_SEND(work.reply_type))
		return MACH_SEND_INVALID_HEADER;
	work.reply = reply_name == MACH_PORT_NAME_DEAD ? IP_DEAD : IP_NULL;
	work.cancel = IP_NULL;
	work.dest_deleted.notify = IP_NULL;
	work.reply_deleted.notify = IP_NULL;

	spin_lock(&space->lock);
	if (cancel) {
		entry = ipc_entry_lookup(space, notify);
		if (entry == NULL ||
		    (entry->type & MACH_PORT_TYPE_RECEIVE) == 0) {
			spin_unlock(&space->lock);
			return MACH_SEND_INVALID_NOTIFY;
		}
		work.cancel = entry->port;
	}
	mr = header_check(space, &work, dest_name, reply_name);
	if (mr != MACH_MSG_SUCCESS) {
		spin_unlock(&space->lock);
		return mr;
	}
	mr = header_take(space, &work);
	header_notify(&work);
	if (mr != MACH_MSG_SUCCESS)
		return mr;
	kmsg->header.msgh_bits = (bits & MACH_MSGH_BITS_COMPLEX) |
	    MACH_MSGH_BITS(ipc_right_result(work.dest_type),
	    work.reply_type == 0 ? 0 : ipc_right_result(work.reply_type));
	kmsg->header.msgh_remote_port = (mach_port_t)work.dest;
	kmsg->header.msgh_local_port = (mach_port_t)work.reply;
	return MACH_MSG_SUCCESS;
}

/*
 * Take rights by name.  `names` may lie in the upper half of `ports`: each
 * name is read before its place is written.
 */
static mach_msg_return_t
body_copyin_rights(struct ipc_kmsg *kmsg, struct ipc_space *space,
    mach_msg_type_name_t disposition, const void *names, size_t step,
    mach_port_t *ports, uint32_t number)
{
	struct ipc_port *dest = (struct ipc_port *)
	    kmsg->header.msgh_remote_port;
	struct ipc_port *port;
	mach_port_name_t name;
	uint32_t i;

	for (i = 0; i < number; i++) {
		name = *(const mach_port_name_t *)
		    ((const char *)names + i * step);
		if (ipc_space_copyin(space, name, disposition, &port) !=
		    KERN_SUCCESS)
			break;
		if (disposition == MACH_MSG_TYPE_MOVE_RECEIVE &&
		    IP_VALID(port) && ipc_port_check_circularity(port, dest))
			kmsg->header.msgh_bits |= MACH_MSGH_BITS_CIRCULAR;
		ports[i] = (mach_port_t)port;
	}
	if (i == number)
		return MACH_MSG_SUCCESS;
	while (i-- > 0)
		ipc_port_release_right((struct ipc_port *)ports[i],
		    ipc_right_result(disposition));
	return MACH_SEND_INVALID_RIGHT;
}

static mach_msg_return_t
body_copyin_port_array(struct ipc_kmsg *kmsg, struct ipc_space *space,
    struct ipc_item *item)
{
	struct vm_map *map = current_task()->map;
	uintptr_t address = *(uintptr_t *)item->data;
	size_t size = item->number * sizeof(mach_port_t);
	mach_port_t *ports = kalloc(size);
	mach_msg_return_t mr;
	char *names;

	if (ports == NULL)
		return MACH_SEND_NO_BUFFER;
	names = (char *)ports + size - item->length;
	mr = MACH_SEND_INVALID_MEMORY;
	if (copyin(names, address, item->length) == 0)
		mr = body_copyin_rights(kmsg, space, item->name, names,
		    sizeof(mach_port_name_t), ports, item->number);
	if (mr != MACH_MSG_SUCCESS) {
		kfree(ports, size);
		return mr;
	}
	if (item->deallocate)
		vm_map_remove(map, ALIGN_DOWN(address, PAGE_SIZE),
		    ALIGN_UP(address + item->length, PAGE_SIZE));
	*(mach_port_t **)item->data = ports;
	item->type->msgt_size = 8 * sizeof(mach_port_t);
	return MACH_MSG_SUCCESS;
}

static mach_msg_return_t
body_copyin_memory(struct ipc_item *item)
{
	vm_map_copy_t copy;

	switch (vm_map_copyin(current_task()->map, *(uintptr_t *)item->data,
	    item->length, item->deallocate, &copy)) {
	case KERN_SUCCESS:
		*(vm_map_copy_t *)item->data = copy;
		return MACH_MSG_SUCCESS;
	case KERN_RESOURCE_SHORTAGE:
		return MACH_SEND_NO_BUFFER;
	default:
		return MACH_SEND_INVALID_MEMORY;
	}
}

/* The rules of mach/message.h for a type descriptor. */
static bool
body_item_valid(const struct ipc_item *item)
{
	if (item->type->msgt_unused != 0 ||
	    (item->in_line && item->deallocate))
		return false;
	if (!item->ports)
		return true;
	return item->size == 8 * (item->in_line
	    ? sizeof(mach_port_name_inlined_t) : sizeof(mach_port_name_t));
}

static mach_msg_return_t
body_copyin_item(struct ipc_kmsg *kmsg, struct ipc_space *space,
    struct ipc_item *item)
{
	mach_msg_return_t mr = MACH_MSG_SUCCESS;

	if (!body_item_valid(item))
		return MACH_SEND_INVALID_TYPE;
	if (item->in_line) {
		if (item->ports)
			mr = body_copyin_rights(kmsg, space, item->name,
			    item->data, sizeof(mach_port_t), item->data,
			    item->number);
	} else if (item->length == 0) {
		*(uintptr_t *)item->data = 0;
		if (item->ports)
			item->type->msgt_size = 8 * sizeof(mach_port_t);
	} else if (item->ports) {
		mr = body_copyin_port_array(kmsg, space, item);
	} else {
		mr = body_copyin_memory(item);
	}
	if (mr == MACH_MSG_SUCCESS && item->ports)
		item->type->msgt_name = ipc_right_result(item->name) & 0xff;
	return mr;
}

mach_msg_return_t
ipc_kmsg_copyin_body(struct ipc_kmsg *kmsg, struct ipc_space *space)
{
	char *at = (char *)(&kmsg->header + 1);
	char *end = (char *)&kmsg->header + kmsg->header.msgh_size;
	struct ipc_item item;
	mach_msg_return_t mr;

	while (at < end) {
		mr = ipc_item_decode(at, end, &item);
		if (mr == MACH_MSG_SUCCESS)
			mr = body_copyin_item(kmsg, space, &item);
		if (mr != MACH_MSG_SUCCESS) {
			kmsg->header.msgh_size = (mach_msg_size_t)
			    (at - (char *)&kmsg->header);
			ipc_kmsg_destroy(kmsg);
			return mr;
		}
		at = item.next;
	}
	return MACH_MSG_SUCCESS;
}
