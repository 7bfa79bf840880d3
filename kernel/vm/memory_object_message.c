/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The kernel's messages to pagers.
 */
#include <ipc/ipc_kmsg.h>
#include <kern/assert.h>
#include <machine/memory.h>
#include <vm/memory_object_message.h>

/* Numbers of the routines in mach/memory_object.defs. */
enum {
	MEMORY_OBJECT_INIT = 2200,
	MEMORY_OBJECT_TERMINATE = 2201,
	MEMORY_OBJECT_COPY = 2202,
	MEMORY_OBJECT_DATA_REQUEST = 2203,
	MEMORY_OBJECT_DATA_UNLOCK = 2204,
	MEMORY_OBJECT_LOCK_COMPLETED = 2206,
	MEMORY_OBJECT_SUPPLY_COMPLETED = 2207,
	MEMORY_OBJECT_DATA_RETURN = 2208,
	MEMORY_OBJECT_CHANGE_COMPLETED = 2209,
	/* In mach/memory_object_default.defs. */
	MEMORY_OBJECT_CREATE = 2250,
	MEMORY_OBJECT_DATA_INITIALIZE = 2251,
};

/* The largest: header and five items of 8 bytes. */
#define MESSAGE_SIZE	(sizeof(mach_msg_header_t) + 5 * 16)

/* Make a message an empty one; consumes the right. */
static void
message_init(struct ipc_kmsg *kmsg, struct ipc_port *to,
    mach_msg_type_name_t type, mach_msg_id_t id)
{
	kmsg->header.msgh_bits = MACH_MSGH_BITS(type, 0);
	kmsg->header.msgh_size = sizeof(kmsg->header);
	kmsg->header.msgh_remote_port = (mach_port_t)to;
	kmsg->header.msgh_local_port = MACH_PORT_NULL;
	kmsg->header.msgh_seqno = 0;
	kmsg->header.msgh_id = id;
}

/* An empty message; consumes the right when it succeeds. */
static struct ipc_kmsg *
message_create(struct ipc_port *to, mach_msg_type_name_t type,
    mach_msg_id_t id)
{
	struct ipc_kmsg *kmsg = ipc_kmsg_alloc(MESSAGE_SIZE);

	if (kmsg != NULL)
		message_init(kmsg, to, type, id);
	return kmsg;
}

/* To the pager, with another send right. */
static struct ipc_kmsg *
message_to_pager(const struct memory_object_ports *ports, mach_msg_id_t id)
{
	struct ipc_port *to = ipc_port_copy_send(ports->pager);
	struct ipc_kmsg *kmsg;

	kmsg = message_create(to, MACH_MSG_TYPE_PORT_SEND, id);
	if (kmsg == NULL)
		ipc_port_release_send(to);
	return kmsg;
}

static mach_msg_type_t *
message_add(struct ipc_kmsg *kmsg, mach_msg_type_name_t name,
    unsigned int bits, uint64_t value)
{
	mach_msg_type_t *type = (mach_msg_type_t *)
	    ((char *)&kmsg->header + kmsg->header.msgh_size);

	assert(kmsg->header.msgh_size + 16 <= MESSAGE_SIZE);
	*type = (mach_msg_type_t){
		.msgt_name = name & 0xff,
		.msgt_size = bits & 0xffff,
		.msgt_number = 1,
		.msgt_inline = TRUE,
	};
	*(uint64_t *)(type + 1) = value;
	kmsg->header.msgh_size += 16;
	return type;
}

static void
message_add_long(struct ipc_kmsg *kmsg, uint64_t value)
{
	message_add(kmsg, MACH_MSG_TYPE_INTEGER_64, 64, value);
}

static void
message_add_int(struct ipc_kmsg *kmsg, int value)
{
	message_add(kmsg, MACH_MSG_TYPE_INTEGER_32, 32, (uint32_t)value);
}

static void
message_add_boolean(struct ipc_kmsg *kmsg, bool value)
{
	message_add(kmsg, MACH_MSG_TYPE_BOOLEAN, 32, value);
}

/* A new send right to a port whose receive right the kernel may hold. */
static void
message_add_send(struct ipc_kmsg *kmsg, struct ipc_port *port)
{
	struct ipc_port *right = IP_VALID(port) ? ipc_port_make_send(port) :
	    IP_DEAD;

	message_add(kmsg, MACH_MSG_TYPE_PORT_SEND, 64, (uintptr_t)right);
	kmsg->header.msgh_bits |= MACH_MSGH_BITS_COMPLEX;
}

/* The kernel's receive right itself. */
static void
message_add_receive(struct ipc_kmsg *kmsg, struct ipc_port *port)
{
	struct ipc_port *to = (struct ipc_port *)
	    kmsg->header.msgh_remote_port;

	message_add(kmsg, MACH_MSG_TYPE_PORT_RECEIVE, 64, (uintptr_t)port);
	kmsg->header.msgh_bits |= MACH_MSGH_BITS_COMPLEX;
	if (ipc_port_check_circularity(port, to))
		kmsg->header.msgh_bits |= MACH_MSGH_BITS_CIRCULAR;
}

kern_return_t
memory_object_send_init(const struct memory_object_ports *ports)
{
	struct ipc_kmsg *kmsg = message_to_pager(ports, MEMORY_OBJECT_INIT);

	if (kmsg == NULL)
		return KERN_RESOURCE_SHORTAGE;
	message_add_send(kmsg, ports->control);
	message_add_send(kmsg, ports->name);
	message_add_long(kmsg, PAGE_SIZE);
	ipc_kmsg_send_kernel(kmsg, false);
	return KERN_SUCCESS;
}

void
memory_object_send_terminate(const struct memory_object_ports *ports)
{
	struct ipc_kmsg *kmsg = NULL;

	if (IP_VALID(ports->pager))
		kmsg = message_create(ports->pager, MACH_MSG_TYPE_PORT_SEND,
		    MEMORY_OBJECT_TERMINATE);
	if (kmsg == NULL) {
		ipc_port_release_send(ports->pager);
		ipc_port_release_receive(ports->control);
		ipc_port_release_receive(ports->name);
		return;
	}
	message_add_receive(kmsg, ports->control);
	message_add_receive(kmsg, ports->name);
	ipc_kmsg_send_kernel(kmsg, false);
}

/* data_request and data_unlock. */
static kern_return_t
memory_object_send_ask(const struct memory_object_ports *ports,
    mach_msg_id_t id, uint64_t offset, vm_prot_t access)
{
	struct ipc_kmsg *kmsg = message_to_pager(ports, id);

	if (kmsg == NULL)
		return KERN_RESOURCE_SHORTAGE;
	message_add_send(kmsg, ports->control);
	message_add_long(kmsg, offset);
	message_add_long(kmsg, PAGE_SIZE);
	message_add_int(kmsg, access);
	ipc_kmsg_send_kernel(kmsg, true);
	return KERN_SUCCESS;
}

kern_return_t
memory_object_send_request(const struct memory_object_ports *ports,
    uint64_t offset, vm_prot_t access)
{
	return memory_object_send_ask(ports, MEMORY_OBJECT_DATA_REQUEST,
	    offset, access);
}

kern_return_t
memory_object_send_unlock(const struct memory_object_ports *ports,
    uint64_t offset, vm_prot_t access)
{
	return memory_object_send_ask(ports, MEMORY_OBJECT_DATA_UNLOCK,
	    offset, access);
}

struct ipc_kmsg *
memory_object_return_alloc(void)
{
	return ipc_kmsg_alloc(MESSAGE_SIZE);
}

/* What both messages with data begin with. */
static void
message_add_return(struct ipc_kmsg *kmsg, mach_msg_id_t id,
    const struct memory_object_ports *ports, uint64_t offset,
    vm_map_copy_t data)
{
	mach_msg_type_t *type;

	message_init(kmsg, ipc_port_copy_send(ports->pager),
	    MACH_MSG_TYPE_PORT_SEND, id);
	message_add_send(kmsg, ports->control);
	message_add_long(kmsg, offset);
	type = message_add(kmsg, MACH_MSG_TYPE_BYTE, 8, (uintptr_t)data);
	type->msgt_inline = FALSE;
	type->msgt_longform = TRUE;
	type->msgt_number = (mach_msg_type_number_t)vm_map_copy_size(data);
	kmsg->header.msgh_bits |= MACH_MSGH_BITS_COMPLEX;
}

void
memory_object_send_return(struct ipc_kmsg *kmsg,
    const struct memory_object_ports *ports, uint64_t offset,
    vm_map_copy_t data, bool dirty, bool kernel_copy)
{
	message_add_return(kmsg, MEMORY_OBJECT_DATA_RETURN, ports, offset,
	    data);
	message_add_boolean(kmsg, dirty);
	message_add_boolean(kmsg, kernel_copy);
	ipc_kmsg_send_kernel(kmsg, false);
}

void
memory_object_send_copy(struct ipc_kmsg *kmsg,
    const struct memory_object_ports *ports, uint64_t offset,
    uint64_t length, struct ipc_port *new)
{
	message_init(kmsg, ipc_port_copy_send(ports->pager),
	    MACH_MSG_TYPE_PORT_SEND, MEMORY_OBJECT_COPY);
	message_add_send(kmsg, ports->control);
	message_add_long(kmsg, offset);
	message_add_long(kmsg, length);
	message_add_receive(kmsg, new);
	ipc_kmsg_send_kernel(kmsg, false);
}

void
memory_object_send_initialize(struct ipc_kmsg *kmsg,
    const struct memory_object_ports *ports, uint64_t offset,
    vm_map_copy_t data)
{
	message_add_return(kmsg, MEMORY_OBJECT_DATA_INITIALIZE, ports,
	    offset, data);
	ipc_kmsg_send_kernel(kmsg, false);
}

kern_return_t
memory_object_send_create(struct ipc_port *manager,
    const struct memory_object_ports *ports, uint64_t size)
{
	struct ipc_kmsg *kmsg = message_create(manager,
	    MACH_MSG_TYPE_PORT_SEND, MEMORY_OBJECT_CREATE);

	if (kmsg == NULL) {
		ipc_port_release_send(manager);
		ipc_port_release_receive(ports->pager);
		return KERN_RESOURCE_SHORTAGE;
	}
	message_add_receive(kmsg, ports->pager);
	message_add_long(kmsg, size);
	message_add_send(kmsg, ports->control);
	message_add_send(kmsg, ports->name);
	message_add_long(kmsg, PAGE_SIZE);
	ipc_kmsg_send_kernel(kmsg, false);
	return KERN_SUCCESS;
}

/* NULL, and the right is gone, when there is nothing to send. */
static struct ipc_kmsg *
message_reply(const struct memory_object_reply *reply, mach_msg_id_t id)
{
	struct ipc_kmsg *kmsg = NULL;

	if (!IP_VALID(reply->port))
		return NULL;
	kmsg = message_create(reply->port, reply->type, id);
	if (kmsg == NULL)
		ipc_port_release_right(reply->port, reply->type);
	return kmsg;
}

void
memory_object_send_lock_completed(const struct memory_object_reply *reply,
    struct ipc_port *control, uint64_t offset, uint64_t length)
{
	struct ipc_kmsg *kmsg = message_reply(reply,
	    MEMORY_OBJECT_LOCK_COMPLETED);

	if (kmsg == NULL)
		return;
	message_add_send(kmsg, control);
	message_add_long(kmsg, offset);
	message_add_long(kmsg, length);
	ipc_kmsg_send_kernel(kmsg, false);
}

void
memory_object_send_supply_completed(const struct memory_object_reply *reply,
    struct ipc_port *control, uint64_t offset, uint64_t length,
    kern_return_t result, uint64_t error_offset)
{
	struct ipc_kmsg *kmsg = message_reply(reply,
	    MEMORY_OBJECT_SUPPLY_COMPLETED);

	if (kmsg == NULL)
		return;
	message_add_send(kmsg, control);
	message_add_long(kmsg, offset);
	message_add_long(kmsg, length);
	message_add_int(kmsg, result);
	message_add_long(kmsg, error_offset);
	ipc_kmsg_send_kernel(kmsg, false);
}

void
memory_object_send_change_completed(const struct memory_object_reply *reply,
    bool may_cache, memory_object_copy_strategy_t strategy)
{
	struct ipc_kmsg *kmsg = message_reply(reply,
	    MEMORY_OBJECT_CHANGE_COMPLETED);

	if (kmsg == NULL)
		return;
	message_add_boolean(kmsg, may_cache);
	message_add_int(kmsg, strategy);
	ipc_kmsg_send_kernel(kmsg, false);
}
