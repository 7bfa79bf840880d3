/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What the routines about port names do (mach_port.defs, mach_debug.defs).
 */
#include "routines.h"

#define self	task_self_port

EFFECT(mach_port_names)
{
	mach_port_name_array_t names = NULL;
	mach_port_type_array_t types = NULL;
	mach_msg_type_number_t count = 0, type_count = 0;
	unsigned int i, found = 0;

	need_success(mach_port_names(self, &names, &count, &types,
	    &type_count));
	for (i = 0; i < count; i++)
		found += names[i] == the(TASK) &&
		    types[i] == MACH_PORT_TYPE_SEND;
	ok(found == 1 && count == type_count, "each name once, with types");
	memory_free((vm_address_t)names, count * sizeof *names);
	memory_free((vm_address_t)types, count * sizeof *types);
}

EFFECT(mach_port_type)
{
	mach_port_t port = port_receive_right();
	mach_port_type_t type = 0;

	need_success(mach_port_type(self, port, &type));
	ok_eq(type, MACH_PORT_TYPE_RECEIVE, "a receive right");
	port_destroy(port);
}

EFFECT(mach_port_rename)
{
	mach_port_t port = port_receive_right(), other = port_free_name();

	need_success(mach_port_rename(self, port, other));
	ok(port_type(port) == 0 &&
	    port_type(other) == MACH_PORT_TYPE_RECEIVE, "another name");
	port_destroy(other);
}

EFFECT(mach_port_allocate_name)
{
	mach_port_t name = port_free_name();

	need_success(mach_port_allocate_name(self, MACH_PORT_RIGHT_PORT_SET,
	    name));
	ok_eq(port_type(name), MACH_PORT_TYPE_PORT_SET, "a set of that name");
	port_destroy(name);
}

EFFECT(mach_port_allocate)
{
	mach_port_t name = MACH_PORT_NULL;

	need_success(mach_port_allocate(self, MACH_PORT_RIGHT_DEAD_NAME,
	    &name));
	ok_eq(port_type(name), MACH_PORT_TYPE_DEAD_NAME, "a dead name");
	port_destroy(name);
}

EFFECT(mach_port_destroy)
{
	mach_port_t port = port_with_send();

	need_success(mach_port_destroy(self, port));
	ok_eq(port_type(port), 0, "no such name any more");
}

EFFECT(mach_port_deallocate)
{
	mach_port_t port = port_with_send();

	need_success(mach_port_deallocate(self, port));
	ok_eq(port_type(port), MACH_PORT_TYPE_RECEIVE, "the send right went");
	port_destroy(port);
}

EFFECT(mach_port_get_refs)
{
	mach_port_t port = port_with_send();
	mach_port_urefs_t refs = 0;

	need_success(mach_port_insert_right(self, port, port,
	    MACH_MSG_TYPE_MAKE_SEND));
	need_success(mach_port_get_refs(self, port, MACH_PORT_RIGHT_SEND,
	    &refs));
	ok_eq(refs, 2, "two references");
	port_destroy(port);
}

EFFECT(mach_port_mod_refs)
{
	mach_port_t port = port_with_send();

	need_success(mach_port_mod_refs(self, port, MACH_PORT_RIGHT_SEND,
	    41));
	ok_eq(port_refs(port, MACH_PORT_RIGHT_SEND), 42, "41 more");
	port_destroy(port);
}

EFFECT(mach_port_set_qlimit)
{
	mach_port_t port = port_receive_right();

	need_success(mach_port_set_qlimit(self, port, 3));
	ok_eq(port_status(port).mps_qlimit, 3, "the limit");
	port_destroy(port);
}

EFFECT(mach_port_set_mscount)
{
	mach_port_t port = port_receive_right();

	need_success(mach_port_set_mscount(self, port, 33));
	ok_eq(port_status(port).mps_mscount, 33, "the count");
	port_destroy(port);
}

EFFECT(mach_port_set_seqno)
{
	mach_port_t port = port_receive_right();

	need_success(mach_port_set_seqno(self, port, 34));
	ok_eq(port_status(port).mps_seqno, 34, "the number");
	port_destroy(port);
}

EFFECT(mach_port_get_receive_status)
{
	mach_port_t port = port_with_send();
	mach_port_status_t status;

	memset(&status, 0xff, sizeof status);
	need_success(mach_port_get_receive_status(self, port, &status));
	ok(status.mps_srights == TRUE && status.mps_sorights == 0 &&
	    status.mps_mscount == 1 && status.mps_msgcount == 0 &&
	    status.mps_pset == MACH_PORT_NULL, "a new port's status");
	port_destroy(port);
}

EFFECT(mach_port_get_set_status)
{
	mach_port_t set = port_set(), port = port_receive_right();
	mach_port_name_array_t list = NULL;
	mach_msg_type_number_t count = 0;

	need_success(mach_port_move_member(self, port, set));
	need_success(mach_port_get_set_status(self, set, &list, &count));
	ok(count == 1 && list[0] == port, "its member");
	memory_free((vm_address_t)list, page_size);
	port_destroy(port);
	port_destroy(set);
}

EFFECT(mach_port_move_member)
{
	mach_port_t set = port_set(), port = port_receive_right();

	need_success(mach_port_move_member(self, port, set));
	ok_eq(port_status(port).mps_pset, set, "it is in the set");
	port_destroy(port);
	port_destroy(set);
}

EFFECT(mach_port_request_notification)
{
	static struct message message;
	mach_port_t port = port_with_send(), notify = port_receive_right();
	mach_port_t previous = MACH_PORT_NULL;

	need_success(mach_port_request_notification(self, port,
	    MACH_NOTIFY_NO_SENDERS, 1, notify, MACH_MSG_TYPE_MAKE_SEND_ONCE,
	    &previous));
	need_success(mach_port_deallocate(self, port));
	ok_eq(message_receive(&message, notify, 1000), MACH_MSG_SUCCESS,
	    "no senders: it is notified");
	ok_eq(message.header.msgh_id, MACH_NOTIFY_NO_SENDERS, "of that");
	port_destroy(port);
	port_destroy(notify);
}

EFFECT(mach_port_insert_right)
{
	mach_port_t port = port_receive_right(), name = port_free_name();

	need_success(mach_port_insert_right(the(TASK), name, port,
	    MACH_MSG_TYPE_MAKE_SEND));
	ok(port_status(port).mps_srights, "somebody has a send right");
	need_success(mach_port_deallocate(the(TASK), name));
	ok(!port_status(port).mps_srights, "it was the task");
	port_destroy(port);
}

EFFECT(mach_port_extract_right)
{
	mach_port_t name = MACH_PORT_NULL, port = MACH_PORT_NULL;
	mach_msg_type_name_t type = 0;

	need_success(mach_port_allocate(the(TASK), MACH_PORT_RIGHT_RECEIVE,
	    &name));
	need_success(mach_port_extract_right(the(TASK), name,
	    MACH_MSG_TYPE_MOVE_RECEIVE, &port, &type));
	ok(type == MACH_MSG_TYPE_PORT_RECEIVE &&
	    port_type(port) == MACH_PORT_TYPE_RECEIVE, "the task's right");
	port_destroy(port);
}

EFFECT(mach_port_set_protected_payload)
{
	static struct message message;
	mach_port_t port = port_with_send();

	need_success(mach_port_set_protected_payload(self, port,
	    0x123456789abc));
	need_success(message_send_id(port, MACH_MSG_TYPE_COPY_SEND, 1));
	need_success(message_receive(&message, port, 1000));
	ok(message.header.msgh_protected_payload == 0x123456789abc &&
	    MACH_MSGH_BITS_LOCAL(message.header.msgh_bits) ==
	    MACH_MSG_TYPE_PROTECTED_PAYLOAD, "messages tell the payload");
	port_destroy(port);
}

EFFECT(mach_port_clear_protected_payload)
{
	static struct message message;
	mach_port_t port = port_with_send();

	need_success(mach_port_set_protected_payload(self, port, 12));
	need_success(mach_port_clear_protected_payload(self, port));
	need_success(message_send_id(port, MACH_MSG_TYPE_COPY_SEND, 1));
	need_success(message_receive(&message, port, 1000));
	ok_eq(message.header.msgh_local_port, port, "messages tell the name");
	port_destroy(port);
}

static unsigned int
kernel_type(mach_port_t name)
{
	unsigned int type = ~0u;
	vm_offset_t address;

	need_success(mach_port_kernel_object(self, name, &type, &address));
	return type;
}

EFFECT(mach_port_set_ktype)
{
	mach_port_t port = port_receive_right();

	need_success(mach_port_set_ktype(host_priv, self, port,
	    MACH_PORT_RIGHT_RECEIVE, MACH_PORT_KTYPE_USER_DEVICE));
	ok_eq(kernel_type(port), MACH_PORT_KTYPE_USER_DEVICE, "its type");
	port_destroy(port);
}

EFFECT(mach_port_kernel_object)
{
	mach_port_t port = port_receive_right();

	ok(kernel_type(the(TASK)) != kernel_type(the(THREAD)) &&
	    kernel_type(port) == 0, "types of ports");
	port_destroy(port);
}

EFFECT(mach_port_get_srights)
{
	mach_port_t port = port_with_send();
	mach_port_rights_t count = 0;

	need_success(mach_port_insert_right(the(TASK), 0x4711, port,
	    MACH_MSG_TYPE_COPY_SEND));
	need_success(mach_port_get_srights(self, port, &count));
	ok_eq(count, 2, "two tasks have send rights");
	need_success(mach_port_deallocate(the(TASK), 0x4711));
	port_destroy(port);
}

EFFECT(mach_port_dnrequest_info)
{
	mach_port_t port = port_with_send(), previous;
	unsigned int total = 0, used = 0;

	need_success(mach_port_request_notification(self, port,
	    MACH_NOTIFY_DEAD_NAME, 0, port, MACH_MSG_TYPE_MAKE_SEND_ONCE,
	    &previous));
	need_success(mach_port_dnrequest_info(self, port, &total, &used));
	ok(used == 1 && total >= used, "one request");
	port_destroy(port);
}

static unsigned int
accepts(void)
{
	static hash_info_bucket_t inlined[4];
	hash_info_bucket_array_t info = inlined;
	mach_msg_type_number_t count = 4;
	unsigned int maximum, sum = 0, i;

	need_success(host_ipc_marequest_info(the(HOST), &maximum, &info,
	    &count));
	for (i = 0; i < count; i++)
		sum += info[i].hib_count;
	return sum;
}

EFFECT(host_ipc_marequest_info)
{
	mach_port_t port = port_with_send(), notify = port_receive_right();
	struct message message;
	unsigned int before = accepts();

	need_success(mach_port_set_qlimit(self, port, 0));
	message_init(&message, port, MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL,
	    0, 1);
	ok_eq(mach_msg(&message.header, MACH_SEND_MSG | MACH_SEND_NOTIFY,
	    message.header.msgh_size, 0, MACH_PORT_NULL, 0, notify),
	    MACH_SEND_WILL_NOTIFY, "a message was forced");
	ok_eq(accepts(), before + 1, "one request more");
	port_destroy(port);
	port_destroy(notify);
}

/* Kernel stacks: one a thread. */
struct stacks {
	vm_size_t reserved, space, resident, used;
	unsigned int total;
	vm_offset_t stack;
};

static struct stacks
host_stacks(void)
{
	struct stacks s;

	need_success(host_stack_usage(the(HOST), &s.reserved, &s.total,
	    &s.space, &s.resident, &s.used, &s.stack));
	return s;
}

static struct stacks
set_stacks(void)
{
	struct stacks s = { 0 };

	need_success(processor_set_stack_usage(the(PSET_NAME), &s.total,
	    &s.space, &s.resident, &s.used, &s.stack));
	return s;
}

static void
check_stacks(struct stacks (*get)(void))
{
	struct stacks before = get(), after;
	mach_port_t thread;

	need_success(thread_create(the(TASK), &thread));
	after = get();
	ok(after.total == before.total + 1 && after.space > before.space &&
	    after.resident > before.resident, "one stack more: %u, %lu bytes",
	    after.total, after.space);
	need_success(thread_terminate(thread));
	mach_port_deallocate(self, thread);
}

EFFECT(host_stack_usage)
{
	check_stacks(host_stacks);
}

EFFECT(processor_set_stack_usage)
{
	check_stacks(set_stacks);
}

EFFECT(host_slab_info)
{
	struct holdings before, after;
	mach_port_t port;
	unsigned int i, grown = 0;

	holdings_take(&before);
	port = port_receive_right();
	holdings_take(&after);
	for (i = 0; i < after.caches; i++)
		grown += after.objects[i] == before.objects[i] + 1;
	ok(grown >= 1 && after.names == before.names + 1,
	    "a port is one object more");
	port_destroy(port);
}

static unsigned int
pages_in_objects(void)
{
	static hash_info_bucket_t inlined[4];
	hash_info_bucket_array_t info = inlined;
	mach_msg_type_number_t count = 4;
	unsigned int sum = 0, i;

	need_success(host_virtual_physical_table_info(the(HOST), &info,
	    &count));
	for (i = 0; i < count; i++)
		sum += info[i].hib_count;
	return sum;
}

EFFECT(host_virtual_physical_table_info)
{
	vm_address_t address = memory_allocate(8 * page_size);
	unsigned int before = pages_in_objects();

	memory_fill(address, 8 * page_size, 1);
	ok(pages_in_objects() >= before + 8, "eight pages more");
	memory_free(address, 8 * page_size);
}
