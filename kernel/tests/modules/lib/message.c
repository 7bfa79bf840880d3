/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Ports, messages and memory.
 */
#include "runtime.h"

mach_port_t
port_receive_right(void)
{
	mach_port_t name = MACH_PORT_NULL;

	need_success(mach_port_allocate(task_self_port,
	    MACH_PORT_RIGHT_RECEIVE, &name));
	return name;
}

mach_port_t
port_with_send(void)
{
	mach_port_t name = port_receive_right();

	need_success(mach_port_insert_right(task_self_port, name, name,
	    MACH_MSG_TYPE_MAKE_SEND));
	return name;
}

mach_port_t
port_set(void)
{
	mach_port_t name = MACH_PORT_NULL;

	need_success(mach_port_allocate(task_self_port,
	    MACH_PORT_RIGHT_PORT_SET, &name));
	return name;
}

mach_port_urefs_t
port_refs(mach_port_t name, mach_port_right_t right)
{
	mach_port_urefs_t count = 0;

	mach_port_get_refs(task_self_port, name, right, &count);
	return count;
}

mach_port_type_t
port_type(mach_port_t name)
{
	mach_port_type_t type = 0;

	if (mach_port_type(task_self_port, name, &type) != KERN_SUCCESS)
		return 0;
	return type;
}

mach_port_status_t
port_status(mach_port_t name)
{
	mach_port_status_t status;

	memset(&status, 0xff, sizeof status);
	mach_port_get_receive_status(task_self_port, name, &status);
	return status;
}

void
port_destroy(mach_port_t name)
{
	mach_port_destroy(task_self_port, name);
}

mach_port_t
port_free_name(void)
{
	mach_port_t name;

	for (name = 0x00fedc01; port_type(name) != 0; name++)
		continue;
	return name;
}

/* Messages. */

static uint8_t *
message_grow(struct message *message, size_t size)
{
	uint8_t *place = (uint8_t *)message + message->header.msgh_size;

	size = (size + 7) & ~7ul;
	need(message->header.msgh_size + size <= sizeof *message);
	memset(place, 0, size);
	message->header.msgh_size += (mach_msg_size_t)size;
	return place;
}

void
message_init(struct message *message, mach_port_t remote,
    mach_msg_type_name_t remote_type, mach_port_t local,
    mach_msg_type_name_t local_type, mach_msg_id_t id)
{
	memset(&message->header, 0, sizeof message->header);
	message->header.msgh_bits = MACH_MSGH_BITS(remote_type, local_type);
	message->header.msgh_size = sizeof message->header;
	message->header.msgh_remote_port = remote;
	message->header.msgh_local_port = local;
	message->header.msgh_id = id;
}

static mach_msg_type_t *
message_type(struct message *message, mach_msg_type_name_t name,
    unsigned int bits, unsigned int number, bool inlined, size_t size)
{
	mach_msg_type_t *type = (mach_msg_type_t *)message_grow(message,
	    sizeof *type + size);

	type->msgt_name = name & 0xff;
	type->msgt_size = bits & 0xffff;
	type->msgt_number = number;
	type->msgt_inline = inlined;
	return type;
}

mach_msg_type_t *
message_add(struct message *message, mach_msg_type_name_t name,
    unsigned int bits, unsigned int number, const void *data)
{
	size_t size = (size_t)bits * number / 8;
	mach_msg_type_t *type = message_type(message, name, bits, number,
	    true, size);

	memcpy(type + 1, data, size);
	return type;
}

mach_msg_type_t *
message_add_port(struct message *message, mach_port_t port,
    mach_msg_type_name_t type)
{
	uint64_t slot = port;

	message->header.msgh_bits |= MACH_MSGH_BITS_COMPLEX;
	return message_add(message, type, 64, 1, &slot);
}

mach_msg_type_t *
message_add_memory(struct message *message, const void *address,
    size_t size, bool deallocate)
{
	mach_msg_type_t *type = message_type(message, MACH_MSG_TYPE_BYTE, 8,
	    (unsigned int)size, false, sizeof address);

	message->header.msgh_bits |= MACH_MSGH_BITS_COMPLEX;
	type->msgt_deallocate = deallocate;
	memcpy(type + 1, &address, sizeof address);
	return type;
}

mach_msg_type_t *
message_add_ports(struct message *message, const mach_port_t *ports,
    unsigned int number, mach_msg_type_name_t name, bool deallocate)
{
	mach_msg_type_t *type = message_type(message, name, 32, number,
	    false, sizeof ports);

	message->header.msgh_bits |= MACH_MSGH_BITS_COMPLEX;
	type->msgt_deallocate = deallocate;
	memcpy(type + 1, &ports, sizeof ports);
	return type;
}

mach_msg_type_t *
message_item(struct message *message, unsigned int index)
{
	uint8_t *place = (uint8_t *)message + sizeof message->header;
	uint8_t *end = (uint8_t *)message + message->header.msgh_size;

	while (place + sizeof(mach_msg_type_t) <= end) {
		mach_msg_type_t *type = (mach_msg_type_t *)place;
		size_t size = 8;

		if (index-- == 0)
			return type;
		if (type->msgt_inline)
			size = (size_t)type->msgt_size * type->msgt_number / 8;
		place += (sizeof *type + size + 7) & ~7ul;
	}
	return NULL;
}

void *
message_data(mach_msg_type_t *item)
{
	void *address;

	if (item->msgt_inline)
		return item + 1;
	memcpy(&address, item + 1, sizeof address);
	return address;
}

mach_msg_return_t
message_send(struct message *message)
{
	return mach_msg(&message->header, MACH_SEND_MSG,
	    message->header.msgh_size, 0, MACH_PORT_NULL, 0, MACH_PORT_NULL);
}

mach_msg_return_t
message_send_timeout(struct message *message, unsigned int ms)
{
	return mach_msg(&message->header, MACH_SEND_MSG | MACH_SEND_TIMEOUT,
	    message->header.msgh_size, 0, MACH_PORT_NULL, ms, MACH_PORT_NULL);
}

mach_msg_return_t
message_receive(struct message *message, mach_port_t port, unsigned int ms)
{
	return mach_msg(&message->header, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0,
	    sizeof *message, port, ms, MACH_PORT_NULL);
}

mach_msg_return_t
message_send_id(mach_port_t port, mach_msg_type_name_t type,
    mach_msg_id_t id)
{
	struct message message;

	message_init(&message, port, type, MACH_PORT_NULL, 0, id);
	return message_send_timeout(&message, 1000);
}

/* Memory. */

vm_address_t
memory_allocate(vm_size_t size)
{
	vm_address_t address = 0;

	need_success(vm_allocate(task_self_port, &address, size, TRUE));
	return address;
}

void
memory_free(vm_address_t address, vm_size_t size)
{
	need_success(vm_deallocate(task_self_port, address, size));
}

static uint64_t
pattern(uint64_t seed, uint64_t index)
{
	return (seed * 0x9e3779b97f4a7c15u) ^ (index * 0xbf58476d1ce4e5b9u);
}

void
memory_fill(vm_address_t address, vm_size_t size, uint64_t seed)
{
	uint64_t *words = (uint64_t *)address;
	vm_size_t i;

	for (i = 0; i < size / 8; i++)
		words[i] = pattern(seed, i);
}

bool
memory_check(vm_address_t address, vm_size_t size, uint64_t seed)
{
	const uint64_t *words = (const uint64_t *)address;
	vm_size_t i;

	for (i = 0; i < size / 8; i++) {
		if (words[i] != pattern(seed, i))
			return false;
	}
	return true;
}
