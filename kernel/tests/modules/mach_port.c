/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Port rights and names: mach_port.defs.
 */
#include "lib/test.h"

#define self	task_self_port

static void
test_allocate(void)
{
	mach_port_t first;
	mach_port_t second;
	mach_port_t name;

	ok_eq(mach_port_allocate(self, MACH_PORT_RIGHT_RECEIVE, &first),
	    KERN_SUCCESS, "allocate a receive right");
	ok_eq(port_type(first), MACH_PORT_TYPE_RECEIVE, "its type");
	ok_eq(mach_port_allocate(self, MACH_PORT_RIGHT_PORT_SET, &second),
	    KERN_SUCCESS, "allocate a port set");
	ok_eq(port_type(second), MACH_PORT_TYPE_PORT_SET, "its type");
	ok_eq(mach_port_destroy(self, first), KERN_SUCCESS, "destroy it");
	ok_eq(mach_port_allocate(self, MACH_PORT_RIGHT_DEAD_NAME, &name),
	    KERN_SUCCESS, "allocate a dead name");
	ok_eq(name, first, "the lowest free name is taken");
	ok_eq(port_type(name), MACH_PORT_TYPE_DEAD_NAME, "its type");
	ok_eq(port_refs(name, MACH_PORT_RIGHT_DEAD_NAME), 1, "one reference");
	port_destroy(name);
	port_destroy(second);
	ok_eq(port_type(second), 0, "the name is gone");
	ok_eq(mach_port_allocate(self, MACH_PORT_RIGHT_SEND, &name),
	    KERN_INVALID_VALUE, "send rights are not allocated");
	ok_eq(mach_port_allocate(self, 77, &name), KERN_INVALID_VALUE,
	    "no such kind of right");
}

static void
test_names(void)
{
	mach_port_t name = port_free_name();
	mach_port_t other = port_free_name() + 9;
	mach_port_type_t type;

	ok_eq(mach_port_allocate_name(self, MACH_PORT_RIGHT_RECEIVE, name),
	    KERN_SUCCESS, "allocate under a chosen name");
	ok_eq(mach_port_allocate_name(self, MACH_PORT_RIGHT_RECEIVE, name),
	    KERN_NAME_EXISTS, "the name is taken");
	ok_eq(mach_port_allocate_name(self, MACH_PORT_RIGHT_RECEIVE,
	    MACH_PORT_NULL), KERN_INVALID_VALUE, "null is no name");
	ok_eq(mach_port_allocate_name(self, MACH_PORT_RIGHT_RECEIVE,
	    MACH_PORT_DEAD), KERN_INVALID_VALUE, "dead is no name");
	ok_eq(mach_port_rename(self, name, other), KERN_SUCCESS, "rename");
	ok_eq(port_type(name), 0, "the old name is free");
	ok_eq(port_type(other), MACH_PORT_TYPE_RECEIVE, "the new one is it");
	need_success(mach_port_insert_right(self, other, other,
	    MACH_MSG_TYPE_MAKE_SEND));
	need_success(mach_port_mod_refs(self, other, MACH_PORT_RIGHT_SEND, 4));
	need_success(mach_port_rename(self, other, name));
	ok_eq(port_refs(name, MACH_PORT_RIGHT_SEND), 5,
	    "its references go with it");
	need_success(mach_port_rename(self, name, other));
	ok_eq(mach_port_rename(self, name, other + 1), KERN_INVALID_NAME,
	    "rename what is not there");
	ok_eq(mach_port_rename(self, other, self), KERN_NAME_EXISTS,
	    "rename to a name in use");
	ok_eq(mach_port_rename(self, other, MACH_PORT_DEAD),
	    KERN_INVALID_VALUE, "rename to no name");
	ok_eq(mach_port_type(self, name, &type), KERN_INVALID_NAME,
	    "the type of a free name");
	ok_eq(mach_port_destroy(self, name), KERN_INVALID_NAME,
	    "destroy a free name");
	port_destroy(other);
}

static void
test_references(void)
{
	mach_port_t port = port_receive_right();

	ok_eq(mach_port_insert_right(self, port, port,
	    MACH_MSG_TYPE_MAKE_SEND), KERN_SUCCESS, "make a send right");
	ok_eq(port_type(port), MACH_PORT_TYPE_SEND_RECEIVE,
	    "both under one name");
	ok_eq(port_refs(port, MACH_PORT_RIGHT_SEND), 1, "one send right");
	ok_eq(mach_port_mod_refs(self, port, MACH_PORT_RIGHT_SEND, 41),
	    KERN_SUCCESS, "41 more");
	ok_eq(port_refs(port, MACH_PORT_RIGHT_SEND), 42, "are 42");
	ok_eq(port_refs(port, MACH_PORT_RIGHT_SEND_ONCE), 0, "no send-once");
	ok_eq(port_refs(port, MACH_PORT_RIGHT_RECEIVE), 1, "one receive");
	ok_eq(mach_port_mod_refs(self, port, MACH_PORT_RIGHT_SEND, -43),
	    KERN_INVALID_VALUE, "43 less are too many");
	ok_eq(mach_port_mod_refs(self, port, MACH_PORT_RIGHT_SEND, 0x7fffffff),
	    KERN_UREFS_OVERFLOW, "too many references");
	ok_eq(mach_port_mod_refs(self, port, MACH_PORT_RIGHT_SEND_ONCE, -1),
	    KERN_INVALID_RIGHT, "no send-once right there");
	ok_eq(mach_port_mod_refs(self, port, 9, 1), KERN_INVALID_VALUE,
	    "no such right");
	ok_eq(mach_port_deallocate(self, port), KERN_SUCCESS, "deallocate");
	ok_eq(port_refs(port, MACH_PORT_RIGHT_SEND), 41, "takes one");
	ok_eq(mach_port_mod_refs(self, port, MACH_PORT_RIGHT_RECEIVE, -1),
	    KERN_SUCCESS, "drop the receive right");
	ok_eq(port_type(port), MACH_PORT_TYPE_DEAD_NAME, "a dead name stays");
	ok_eq(port_refs(port, MACH_PORT_RIGHT_DEAD_NAME), 41,
	    "with the references of the send right");
	ok_eq(mach_port_mod_refs(self, port, MACH_PORT_RIGHT_DEAD_NAME, -41),
	    KERN_SUCCESS, "drop them");
	ok_eq(port_type(port), 0, "the name is free");
	ok_eq(mach_port_deallocate(self, port), KERN_INVALID_NAME,
	    "and cannot be deallocated");
}

static void
test_insert_extract(void)
{
	mach_port_t port = port_receive_right();
	mach_port_t name = port_free_name();
	mach_port_t right = MACH_PORT_NULL;
	mach_msg_type_name_t type = 0;

	ok_eq(mach_port_insert_right(self, name, port,
	    MACH_MSG_TYPE_MAKE_SEND), KERN_RIGHT_EXISTS,
	    "send and receive share a name");
	ok_eq(mach_port_insert_right(self, name, port,
	    MACH_MSG_TYPE_MAKE_SEND_ONCE), KERN_SUCCESS,
	    "a send-once right has its own");
	ok_eq(port_type(name), MACH_PORT_TYPE_SEND_ONCE, "its type");
	ok_eq(port_status(port).mps_sorights, 1, "the port counts it");
	ok_eq(mach_port_insert_right(self, name, port,
	    MACH_MSG_TYPE_MAKE_SEND_ONCE), KERN_NAME_EXISTS, "name in use");
	ok_eq(mach_port_extract_right(self, name,
	    MACH_MSG_TYPE_MOVE_SEND_ONCE, &right, &type), KERN_SUCCESS,
	    "extract it");
	ok_eq(type, MACH_MSG_TYPE_PORT_SEND_ONCE, "as a send-once right");
	ok(right != MACH_PORT_NULL && right != name, "under another name");
	ok_eq(port_type(name), 0, "the old name is free");
	ok_eq(mach_port_deallocate(self, right), KERN_SUCCESS,
	    "drop it: a send-once notification");
	ok_eq(port_status(port).mps_msgcount, 2,
	    "as the one did that was refused a name");
	ok_eq(port_status(port).mps_sorights, 2,
	    "the notifications hold the rights until they are received");
	ok_eq(mach_port_extract_right(self, port, MACH_MSG_TYPE_MOVE_SEND,
	    &right, &type), KERN_INVALID_RIGHT, "no send right to move");
	ok_eq(mach_port_extract_right(self, name, MACH_MSG_TYPE_COPY_SEND,
	    &right, &type), KERN_INVALID_NAME, "no such name");
	ok_eq(mach_port_extract_right(self, port, 3, &right, &type),
	    KERN_INVALID_VALUE, "no such disposition");
	ok_eq(mach_port_insert_right(self, MACH_PORT_NULL, port,
	    MACH_MSG_TYPE_MAKE_SEND), KERN_INVALID_VALUE, "no name to use");
	ok_eq(mach_port_insert_right(self, name, MACH_PORT_NULL,
	    MACH_MSG_TYPE_MAKE_SEND), KERN_INVALID_CAPABILITY, "no port");
	port_destroy(port);
}

static void
test_status(void)
{
	mach_port_t port = port_with_send();
	mach_port_status_t status = port_status(port);

	ok_eq(status.mps_pset, MACH_PORT_NULL, "in no set");
	ok_eq(status.mps_seqno, 0, "sequence number 0");
	ok_eq(status.mps_mscount, 1, "one send right was made");
	ok_eq(status.mps_qlimit, MACH_PORT_QLIMIT_DEFAULT, "default limit");
	ok_eq(status.mps_msgcount, 0, "no message");
	ok(status.mps_srights, "send rights exist");
	ok(!status.mps_pdrequest && !status.mps_nsrequest, "no requests");
	ok_eq(mach_port_set_qlimit(self, port, 9), KERN_SUCCESS, "limit 9");
	ok_eq(mach_port_set_mscount(self, port, 7), KERN_SUCCESS, "count 7");
	ok_eq(mach_port_set_seqno(self, port, 5), KERN_SUCCESS, "seqno 5");
	status = port_status(port);
	ok_eq(status.mps_qlimit, 9, "the limit is 9");
	ok_eq(status.mps_mscount, 7, "the make-send count is 7");
	ok_eq(status.mps_seqno, 5, "the sequence number is 5");
	ok_eq(mach_port_set_qlimit(self, port, MACH_PORT_QLIMIT_MAX + 1),
	    KERN_INVALID_VALUE, "a limit too high");
	ok_eq(mach_port_deallocate(self, port), KERN_SUCCESS, "drop the send");
	ok(!port_status(port).mps_srights, "no send rights exist");
	ok_eq(mach_port_set_qlimit(self, port_free_name(), 1),
	    KERN_INVALID_NAME, "no such port");
	port_destroy(port);
}

static void
test_sets(void)
{
	mach_port_t set = port_set();
	mach_port_t a = port_receive_right();
	mach_port_t b = port_receive_right();
	mach_port_array_t members = NULL;
	mach_msg_type_number_t count = 0;

	ok_eq(mach_port_move_member(self, a, set), KERN_SUCCESS, "add one");
	ok_eq(mach_port_move_member(self, b, set), KERN_SUCCESS, "add two");
	ok_eq(port_status(a).mps_pset, set, "it knows its set");
	ok_eq(mach_port_get_set_status(self, set, &members, &count),
	    KERN_SUCCESS, "list the members");
	ok_eq(count, 2, "two members");
	ok((members[0] == a && members[1] == b) ||
	    (members[0] == b && members[1] == a), "the right ones");
	memory_free((vm_address_t)members, page_size);
	ok_eq(mach_port_move_member(self, a, MACH_PORT_NULL), KERN_SUCCESS,
	    "take one out");
	ok_eq(mach_port_move_member(self, a, MACH_PORT_NULL),
	    KERN_NOT_IN_SET, "it is out");
	ok_eq(mach_port_move_member(self, a, b), KERN_INVALID_RIGHT,
	    "a port is no set");
	ok_eq(mach_port_move_member(self, set, set), KERN_INVALID_RIGHT,
	    "a set is no port");
	port_destroy(set);
	ok_eq(port_status(b).mps_pset, MACH_PORT_NULL,
	    "a destroyed set lets its members go");
	port_destroy(a);
	port_destroy(b);
}

static void
test_list(void)
{
	mach_port_t port = port_with_send();
	mach_port_array_t names = NULL;
	mach_port_type_array_t types = NULL;
	mach_msg_type_number_t count = 0;
	mach_msg_type_number_t ntypes = 0;
	unsigned int i;
	bool found = false;
	bool sorted = true;

	ok_eq(mach_port_names(self, &names, &count, &types, &ntypes),
	    KERN_SUCCESS, "list the space");
	ok_eq(count, ntypes, "as many types as names");
	for (i = 0; i < count; i++) {
		if (names[i] == port)
			found = types[i] == MACH_PORT_TYPE_SEND_RECEIVE;
		if (i > 0 && names[i] <= names[i - 1])
			sorted = false;
	}
	ok(found, "our port is in it with its type");
	ok(sorted, "names are distinct and in order");
	memory_free((vm_address_t)names, page_size);
	memory_free((vm_address_t)types, page_size);
	port_destroy(port);
}

static void
test_many(void)
{
	enum { MANY = 3000 };
	static mach_port_t names[MANY];
	mach_port_t before = port_receive_right();
	unsigned int i;
	bool good = true;

	port_destroy(before);
	for (i = 0; i < MANY; i++)
		names[i] = port_receive_right();
	for (i = 0; i < MANY; i++)
		good = good && port_type(names[i]) == MACH_PORT_TYPE_RECEIVE;
	ok(good, "%d receive rights live", MANY);
	for (i = 1; i < MANY; i++)
		good = good && names[i] > names[i - 1];
	ok(good, "names rise");
	for (i = 0; i < MANY; i += 2)
		port_destroy(names[i]);
	for (i = 1; i < MANY; i += 2)
		good = good && port_type(names[i]) == MACH_PORT_TYPE_RECEIVE;
	ok(good, "half is gone, half is there");
	for (i = 1; i < MANY; i += 2)
		port_destroy(names[i]);
	ok_eq(port_receive_right(), before, "all names are free again");
	port_destroy(before);
}

static void
test_payload(void)
{
	mach_port_t port = port_with_send();
	struct message message;

	ok_eq(mach_port_set_protected_payload(self, port, 0x123456789abcul),
	    KERN_SUCCESS, "set a protected payload");
	need(message_send_id(port, MACH_MSG_TYPE_COPY_SEND, 10) == 0);
	ok_eq(message_receive(&message, port, 1000), MACH_MSG_SUCCESS,
	    "receive");
	ok_eq(MACH_MSGH_BITS_LOCAL(message.header.msgh_bits),
	    MACH_MSG_TYPE_PROTECTED_PAYLOAD, "the header says payload");
	ok_eq(message.header.msgh_protected_payload, 0x123456789abcul,
	    "and carries it");
	ok_eq(mach_port_clear_protected_payload(self, port), KERN_SUCCESS,
	    "clear it");
	need(message_send_id(port, MACH_MSG_TYPE_COPY_SEND, 11) == 0);
	need(message_receive(&message, port, 1000) == MACH_MSG_SUCCESS);
	ok_eq(message.header.msgh_local_port, port, "the port's name again");
	port_destroy(port);
}

static void
test_other_task(void)
{
	mach_port_t task;
	mach_port_t port = port_receive_right();
	mach_port_t right = MACH_PORT_NULL;
	mach_msg_type_name_t type;
	mach_port_type_t ptype = 0;

	need_success(task_create(self, FALSE, &task));
	ok_eq(mach_port_insert_right(task, 0x777, port,
	    MACH_MSG_TYPE_MAKE_SEND), KERN_SUCCESS, "insert into a task");
	ok_eq(mach_port_type(task, 0x777, &ptype), KERN_SUCCESS, "see it");
	ok_eq(ptype, MACH_PORT_TYPE_SEND, "as a send right");
	ok_eq(mach_port_extract_right(task, 0x777, MACH_MSG_TYPE_COPY_SEND,
	    &right, &type), KERN_SUCCESS, "extract a copy");
	ok_eq(right, port, "it comes under the receive right's name");
	ok_eq(port_refs(port, MACH_PORT_RIGHT_SEND), 1, "one reference");
	need_success(mach_port_deallocate(self, port));
	ok(port_status(port).mps_srights, "the task still has one");
	need_success(task_terminate(task));
	ok(!port_status(port).mps_srights, "its end drops it");
	ok_eq(mach_port_type(task, 0x777, &ptype), MACH_SEND_INVALID_DEST,
	    "and the task port is dead");
	mach_port_deallocate(self, task);
	port_destroy(port);
}

void
test_main(void)
{
	test_allocate();
	test_names();
	test_references();
	test_insert_extract();
	test_status();
	test_sets();
	test_list();
	test_many();
	test_payload();
	test_other_task();
}
