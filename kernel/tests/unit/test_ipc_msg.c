/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Messages: mach_msg from end to end, notifications, loops.
 */
#include "ipc_world.h"

#include <kern/ipc_kobject.h>
#include <mach/mig_errors.h>
#include <mach/notify.h>

#define SPACE	world_space(0)
#define COPY	MACH_MSG_TYPE_COPY_SEND
#define MOVE	MACH_MSG_TYPE_MOVE_SEND
#define MAKE	MACH_MSG_TYPE_MAKE_SEND
#define ONCE	MACH_MSG_TYPE_MAKE_SEND_ONCE

/* A port of task 0 and a send right to it in `task`. */
static mach_port_name_t
service(mach_port_name_t *send, unsigned int task)
{
	mach_port_name_t name = world_port(0);

	*send = world_move(0, name, MAKE, MACH_MSG_TYPE_PORT_SEND, task);
	return name;
}

static struct ipc_port *
notify_right(mach_port_name_t name)
{
	struct ipc_port *port;

	assert_int_equal(ipc_space_copyin(SPACE, name, ONCE, &port),
	    KERN_SUCCESS);
	return port;
}

static void
request(mach_port_name_t name, mach_msg_id_t id, mach_port_mscount_t sync,
    mach_port_name_t notify)
{
	struct ipc_port *previous;

	assert_int_equal(mach_port_request_notification(SPACE, name, id,
	    sync, notify_right(notify), &previous), KERN_SUCCESS);
	assert_null(previous);
}

/* The next notification at `port`; gives the value it carries. */
static uint64_t
expect(mach_port_name_t port, mach_msg_id_t id)
{
	struct world_message message;

	assert_int_equal(world_receive(&message, port), MACH_MSG_SUCCESS);
	assert_int_equal(message.header.msgh_id, id);
	return message.body[1];
}

static void
expect_nothing(mach_port_name_t port)
{
	struct world_message message;

	assert_int_equal(world_receive(&message, port), MACH_RCV_TIMED_OUT);
}

static void
test_rpc(void **state)
{
	struct world_message message;
	const uint64_t value = 0x123456789abcdef0;
	mach_port_name_t name, send, reply;

	(void)state;
	name = service(&send, 1);
	world_be(1);
	reply = world_port(1);
	world_message_init(&message, send, COPY, reply, ONCE, 100);
	world_message_add(&message, MACH_MSG_TYPE_INTEGER_64, &value, 1);
	assert_int_equal(world_send(&message), MACH_MSG_SUCCESS);
	world_be(0);
	assert_int_equal(world_receive(&message, name), MACH_MSG_SUCCESS);
	assert_int_equal(message.header.msgh_id, 100);
	assert_int_equal(message.header.msgh_size, 48);
	assert_int_equal(message.header.msgh_local_port, name);
	assert_int_equal(message.header.msgh_seqno, 0);
	assert_int_equal(message.header.msgh_bits, MACH_MSGH_BITS(
	    MACH_MSG_TYPE_PORT_SEND_ONCE, MACH_MSG_TYPE_PORT_SEND));
	assert_int_equal(message.body[1], value);
	world_message_init(&message, message.header.msgh_remote_port,
	    MACH_MSG_TYPE_MOVE_SEND_ONCE, 0, 0, 200);
	assert_int_equal(world_send(&message), MACH_MSG_SUCCESS);
	assert_int_equal(world_send(&message), MACH_SEND_INVALID_DEST);
	world_be(1);
	assert_int_equal(world_receive(&message, reply), MACH_MSG_SUCCESS);
	assert_int_equal(message.header.msgh_id, 200);
	assert_int_equal(message.header.msgh_remote_port, 0);
	assert_int_equal(world_status(1, reply).mps_sorights, 0);
	world_be(0);
}

static void
test_header_errors(void **state)
{
	struct world_message message;
	mach_port_name_t send, name = service(&send, 0);

	(void)state;
	world_message_init(&message, 0, COPY, 0, 0, 1);
	assert_int_equal(world_send(&message), MACH_SEND_INVALID_DEST);
	world_message_init(&message, send, 0, 0, 0, 1);
	assert_int_equal(world_send(&message), MACH_SEND_INVALID_HEADER);
	world_message_init(&message, send, MACH_MSG_TYPE_MOVE_RECEIVE, 0, 0,
	    1);
	assert_int_equal(world_send(&message), MACH_SEND_INVALID_HEADER);
	world_message_init(&message, send, COPY, name, 0, 1);
	assert_int_equal(world_send(&message), MACH_SEND_INVALID_HEADER);
	world_message_init(&message, send, COPY, 0x555, ONCE, 1);
	assert_int_equal(world_send(&message), MACH_SEND_INVALID_REPLY);
	/* One reference: move and copy work together, two moves do not. */
	world_message_init(&message, send, MOVE, send, MOVE, 1);
	assert_int_equal(world_send(&message), MACH_SEND_INVALID_DEST);
	world_message_init(&message, send, MOVE, send, COPY, 1);
	assert_int_equal(world_send(&message), MACH_MSG_SUCCESS);
	assert_int_equal(world_type(0, name), MACH_PORT_TYPE_RECEIVE);
	message.header.msgh_size = 24;
	assert_int_equal(world_send(&message), MACH_SEND_MSG_TOO_SMALL);
	message.header.msgh_size = 44;
	assert_int_equal(world_send(&message), MACH_SEND_MSG_TOO_SMALL);
	message.header.msgh_size = IPC_KMSG_SIZE_MAX + 8;
	assert_int_equal(world_send(&message), MACH_SEND_NO_BUFFER);
	assert_int_equal(world_receive(&message, name), MACH_MSG_SUCCESS);
	assert_int_equal(message.header.msgh_remote_port, name);
}

/* A dead name is refused before anything is taken from it. */
static void
test_dead_header(void **state)
{
	struct world_message message;
	mach_port_name_t name;

	(void)state;
	assert_int_equal(mach_port_allocate(SPACE, MACH_PORT_RIGHT_DEAD_NAME,
	    &name), KERN_SUCCESS);
	world_message_init(&message, name, MOVE, name,
	    MACH_MSG_TYPE_MOVE_SEND_ONCE, 1);
	assert_int_equal(world_send(&message), MACH_SEND_INVALID_DEST);
	assert_int_equal(world_refs(0, name, MACH_PORT_RIGHT_DEAD_NAME), 1);
}

static void
test_body_errors(void **state)
{
	struct world_message message;
	mach_port_name_t send, name = service(&send, 0);
	uint64_t rights[3] = { name, name, 0x777 };

	(void)state;
	world_message_init(&message, send, COPY, 0, 0, 1);
	world_message_add(&message, MAKE, rights, 3);
	assert_int_equal(world_send(&message), MACH_SEND_INVALID_RIGHT);
	world_message_init(&message, send, COPY, 0, 0, 1);
	world_message_add(&message, MAKE, rights, 2);
	((mach_msg_type_t *)message.body)->msgt_size = 32;
	assert_int_equal(world_send(&message), MACH_SEND_INVALID_TYPE);
	((mach_msg_type_t *)message.body)->msgt_size = 64;
	((mach_msg_type_t *)message.body)->msgt_deallocate = 1;
	assert_int_equal(world_send(&message), MACH_SEND_INVALID_TYPE);
	((mach_msg_type_t *)message.body)->msgt_deallocate = 0;
	((mach_msg_type_t *)message.body)->msgt_number = 3;
	assert_int_equal(world_send(&message), MACH_SEND_MSG_TOO_SMALL);
	((mach_msg_type_t *)message.body)->msgt_number = ~0u;
	((mach_msg_type_t *)message.body)->msgt_size = 0xffff;
	((mach_msg_type_t *)message.body)->msgt_name = 9;
	assert_int_equal(world_send(&message), MACH_SEND_MSG_TOO_SMALL);
	/* All that was taken on the way was given up. */
	assert_int_equal(world_refs(0, name, MACH_PORT_RIGHT_SEND), 1);
	expect_nothing(name);
}

static void
test_rights_in_body(void **state)
{
	struct world_message message;
	mach_port_name_t send, name = service(&send, 1), moved;
	uint64_t rights[4];

	(void)state;
	world_be(1);
	moved = world_port(1);
	rights[0] = moved;
	world_message_init(&message, send, COPY, 0, 0, 1);
	world_message_add(&message, MAKE, rights, 1);
	world_message_add(&message, ONCE, rights, 1);
	world_message_add(&message, MACH_MSG_TYPE_MOVE_RECEIVE, rights, 1);
	rights[0] = 0;
	rights[1] = MACH_PORT_NAME_DEAD;
	world_message_add(&message, COPY, rights, 2);
	assert_int_equal(world_send(&message), MACH_MSG_SUCCESS);
	assert_int_equal(world_type(1, moved), MACH_PORT_TYPE_NONE);
	world_be(0);
	assert_int_equal(world_receive(&message, name), MACH_MSG_SUCCESS);
	assert_int_equal(((mach_msg_type_t *)message.body)->msgt_name,
	    MACH_MSG_TYPE_PORT_SEND);
	assert_int_equal(world_type(0, message.body[1]),
	    MACH_PORT_TYPE_SEND_RECEIVE);
	assert_int_equal(world_type(0, message.body[3]),
	    MACH_PORT_TYPE_SEND_ONCE);
	assert_int_equal(message.body[5], message.body[1]);
	assert_int_equal(message.body[7], 0);
	assert_int_equal(message.body[8], MACH_PORT_NAME_DEAD);
}

static void
test_queue_limit(void **state)
{
	struct world_message message;
	mach_port_name_t send, name = service(&send, 0), notify;
	mach_msg_id_t id;
	uint64_t right;

	(void)state;
	notify = world_port(0);
	for (id = 0; id < (int)MACH_PORT_QLIMIT_DEFAULT; id++)
		assert_int_equal(world_send_id(send, COPY, id),
		    MACH_MSG_SUCCESS);
	assert_int_equal(world_send_id(send, COPY, id), MACH_SEND_TIMED_OUT);
	/* An unsent message comes back with its rights. */
	right = world_port(0);
	world_message_init(&message, send, COPY, 0, 0, 1);
	world_message_add(&message, MACH_MSG_TYPE_MOVE_RECEIVE, &right, 1);
	assert_int_equal(world_send(&message), MACH_SEND_TIMED_OUT);
	assert_int_equal(world_type(0, message.body[1]),
	    MACH_PORT_TYPE_RECEIVE);
	assert_int_equal(message.header.msgh_remote_port, send);
	/* One message more by force; then not again. */
	world_message_init(&message, send, COPY, 0, 0, 77);
	assert_int_equal(ipc_mach_msg_trap((uintptr_t)&message,
	    MACH_SEND_MSG | MACH_SEND_NOTIFY, 32, 0, 0, 0, notify),
	    MACH_SEND_WILL_NOTIFY);
	assert_int_equal(ipc_mach_msg_trap((uintptr_t)&message,
	    MACH_SEND_MSG | MACH_SEND_NOTIFY, 32, 0, 0, 0, notify),
	    MACH_SEND_NOTIFY_IN_PROGRESS);
	assert_int_equal(world_type(0, send), MACH_PORT_TYPE_SEND_RECEIVE |
	    MACH_PORT_TYPE_MAREQUEST);
	for (id = 0; id <= (int)MACH_PORT_QLIMIT_DEFAULT; id++) {
		expect_nothing(notify);
		assert_int_equal(world_receive(&message, name),
		    MACH_MSG_SUCCESS);
		assert_int_equal(message.header.msgh_seqno, id);
	}
	assert_int_equal(message.header.msgh_id, 77);
	assert_int_equal(expect(notify, MACH_NOTIFY_MSG_ACCEPTED), send);
	assert_int_equal(mach_port_set_qlimit(SPACE, name, 17),
	    KERN_INVALID_VALUE);
	assert_int_equal(mach_port_set_qlimit(SPACE, name, 0), KERN_SUCCESS);
	assert_int_equal(world_send_id(send, COPY, 1), MACH_SEND_TIMED_OUT);
}

static void
test_too_large(void **state)
{
	struct world_message message;
	const uint64_t values[20] = { 1, 2, 3 };
	mach_port_name_t send, name = service(&send, 0);

	(void)state;
	world_message_init(&message, send, COPY, name, ONCE, 5);
	world_message_add(&message, MACH_MSG_TYPE_INTEGER_64, values, 20);
	assert_int_equal(world_send(&message), MACH_MSG_SUCCESS);
	message.header.msgh_size = 0;
	assert_int_equal(ipc_mach_msg_trap((uintptr_t)&message,
	    MACH_RCV_MSG | MACH_RCV_TIMEOUT | MACH_RCV_LARGE, 0, 64, name, 0,
	    0), MACH_RCV_TOO_LARGE);
	assert_int_equal(message.header.msgh_size, 200);
	assert_int_equal(world_status(0, name).mps_msgcount, 1);
	assert_int_equal(ipc_mach_msg_trap((uintptr_t)&message,
	    MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0, 64, name, 0, 0),
	    MACH_RCV_TOO_LARGE);
	assert_int_equal(message.header.msgh_local_port, name);
	assert_int_equal(message.header.msgh_remote_port, 0);
	assert_int_equal(message.header.msgh_size, 200);
	/* The reply right was destroyed, which its port is told. */
	expect(name, MACH_NOTIFY_SEND_ONCE);
	expect_nothing(name);
}

static void
test_sets(void **state)
{
	struct world_message message;
	mach_port_name_t a, b, send_a, send_b, set;
	unsigned int i;

	(void)state;
	a = service(&send_a, 0);
	b = service(&send_b, 0);
	mach_port_allocate(SPACE, MACH_PORT_RIGHT_PORT_SET, &set);
	world_send_id(send_a, COPY, 1);
	assert_int_equal(mach_port_move_member(SPACE, a, set), KERN_SUCCESS);
	assert_int_equal(mach_port_move_member(SPACE, b, set), KERN_SUCCESS);
	assert_int_equal(world_receive(&message, a), MACH_RCV_IN_SET);
	world_send_id(send_a, COPY, 2);
	world_send_id(send_b, COPY, 3);
	/* Neither member starves. */
	for (i = 0; i < 3; i++) {
		static const mach_msg_id_t order[] = { 1, 3, 2 };

		assert_int_equal(world_receive(&message, set),
		    MACH_MSG_SUCCESS);
		assert_int_equal(message.header.msgh_id, order[i]);
		assert_int_equal(message.header.msgh_local_port,
		    order[i] == 3 ? b : a);
	}
	assert_int_equal(world_receive(&message, set), MACH_RCV_TIMED_OUT);
	world_send_id(send_a, COPY, 4);
	assert_int_equal(mach_port_move_member(SPACE, a, 0), KERN_SUCCESS);
	assert_int_equal(mach_port_move_member(SPACE, a, 0),
	    KERN_NOT_IN_SET);
	assert_int_equal(world_receive(&message, set), MACH_RCV_TIMED_OUT);
	assert_int_equal(world_receive(&message, a), MACH_MSG_SUCCESS);
	assert_int_equal(mach_port_move_member(SPACE, set, a),
	    KERN_INVALID_RIGHT);
	assert_int_equal(mach_port_move_member(SPACE, a, b),
	    KERN_INVALID_RIGHT);
	assert_int_equal(mach_port_destroy(SPACE, set), KERN_SUCCESS);
	assert_int_equal(world_status(0, b).mps_pset, 0);
}

static void
test_no_senders(void **state)
{
	mach_port_name_t send, name = service(&send, 1), notify;

	(void)state;
	notify = world_port(0);
	request(name, MACH_NOTIFY_NO_SENDERS, 1, notify);
	expect_nothing(notify);
	mach_port_deallocate(world_space(1), send);
	assert_int_equal(expect(notify, MACH_NOTIFY_NO_SENDERS), 1);
	request(name, MACH_NOTIFY_NO_SENDERS, 2, notify);
	expect_nothing(notify);
	assert_int_equal(world_status(0, name).mps_nsrequest, TRUE);
	/* The port's death ends the request. */
	mach_port_destroy(SPACE, name);
	expect(notify, MACH_NOTIFY_SEND_ONCE);
}

static void
test_dead_name(void **state)
{
	mach_port_name_t name, send, notify;
	struct ipc_port *previous;

	(void)state;
	notify = world_port(0);
	world_be(1);
	name = world_port(1);
	send = world_move(1, name, MAKE, MACH_MSG_TYPE_PORT_SEND, 0);
	world_be(0);
	request(send, MACH_NOTIFY_DEAD_NAME, 0, notify);
	assert_int_equal(world_type(0, send), MACH_PORT_TYPE_SEND |
	    MACH_PORT_TYPE_DNREQUEST);
	mach_port_destroy(world_space(1), name);
	assert_int_equal(expect(notify, MACH_NOTIFY_DEAD_NAME), send);
	assert_int_equal(world_refs(0, send, MACH_PORT_RIGHT_DEAD_NAME), 2);
	request(send, MACH_NOTIFY_DEAD_NAME, 1, notify);
	assert_int_equal(expect(notify, MACH_NOTIFY_DEAD_NAME), send);
	assert_int_equal(world_refs(0, send, MACH_PORT_RIGHT_DEAD_NAME), 3);
	assert_int_equal(mach_port_request_notification(SPACE, send,
	    MACH_NOTIFY_DEAD_NAME, 1, IP_NULL, &previous),
	    KERN_INVALID_ARGUMENT);
}

static void
test_port_deleted(void **state)
{
	mach_port_name_t name, send, notify;
	struct ipc_port *previous;

	(void)state;
	notify = world_port(0);
	name = world_port(1);
	send = world_move(1, name, MAKE, MACH_MSG_TYPE_PORT_SEND, 0);
	request(send, MACH_NOTIFY_DEAD_NAME, 0, notify);
	mach_port_deallocate(SPACE, send);
	assert_int_equal(expect(notify, MACH_NOTIFY_PORT_DELETED), send);
	/* A request that is taken back tells nobody. */
	send = world_move(1, name, MAKE, MACH_MSG_TYPE_PORT_SEND, 0);
	request(send, MACH_NOTIFY_DEAD_NAME, 0, notify);
	assert_int_equal(mach_port_request_notification(SPACE, send,
	    MACH_NOTIFY_DEAD_NAME, 0, IP_NULL, &previous), KERN_SUCCESS);
	ipc_port_consume_send_once(previous);
	mach_port_deallocate(SPACE, send);
	expect_nothing(notify);
}

static void
test_port_destroyed(void **state)
{
	struct world_message message;
	mach_port_name_t send, name = service(&send, 0), notify;

	(void)state;
	notify = world_port(0);
	request(name, MACH_NOTIFY_PORT_DESTROYED, 0, notify);
	world_send_id(send, COPY, 9);
	assert_int_equal(mach_port_mod_refs(SPACE, name,
	    MACH_PORT_RIGHT_RECEIVE, -1), KERN_SUCCESS);
	/* The port lives on, in the notification. */
	assert_int_equal(world_type(0, send), MACH_PORT_TYPE_SEND);
	assert_int_equal(expect(notify, MACH_NOTIFY_PORT_DESTROYED), name);
	assert_int_equal(world_receive(&message, name), MACH_MSG_SUCCESS);
	assert_int_equal(message.header.msgh_id, 9);
}

static void
test_payload(void **state)
{
	struct world_message message;
	mach_port_name_t send, name = service(&send, 0);

	(void)state;
	mach_port_set_protected_payload(SPACE, name, 0xfeedfacecafebeef);
	world_send_id(send, COPY, 1);
	assert_int_equal(world_receive(&message, name), MACH_MSG_SUCCESS);
	assert_int_equal(MACH_MSGH_BITS_LOCAL(message.header.msgh_bits),
	    MACH_MSG_TYPE_PROTECTED_PAYLOAD);
	assert_true(message.header.msgh_protected_payload ==
	    0xfeedfacecafebeef);
	mach_port_clear_protected_payload(SPACE, name);
	world_send_id(send, COPY, 1);
	assert_int_equal(world_receive(&message, name), MACH_MSG_SUCCESS);
	assert_int_equal(message.header.msgh_local_port, name);
}

/* Send the receive right of `name` to `send`. */
static void
send_receive(mach_port_name_t send, mach_port_name_t name)
{
	struct world_message message;
	uint64_t right = name;

	world_message_init(&message, send, COPY, 0, 0, 1);
	world_message_add(&message, MACH_MSG_TYPE_MOVE_RECEIVE, &right, 1);
	assert_int_equal(world_send(&message), MACH_MSG_SUCCESS);
}

static void
test_circles(void **state)
{
	mach_port_name_t a, b, send_a, send_b;

	(void)state;
	/* To itself. */
	a = service(&send_a, 0);
	send_receive(send_a, a);
	assert_int_equal(world_type(0, send_a), MACH_PORT_TYPE_DEAD_NAME);
	/* Two, each in the other's queue. */
	a = service(&send_a, 0);
	b = service(&send_b, 0);
	send_receive(send_b, a);
	assert_int_equal(world_type(0, send_a), MACH_PORT_TYPE_SEND);
	send_receive(send_a, b);
	assert_int_equal(world_type(0, send_a), MACH_PORT_TYPE_DEAD_NAME);
	assert_int_equal(world_type(0, send_b), MACH_PORT_TYPE_DEAD_NAME);
}

/* A long chain of receive rights, each queued at the next one's port. */
static void
test_chain(void **state)
{
	mach_port_name_t name, send, next, next_send;
	unsigned int i;

	(void)state;
	name = service(&send, 0);
	for (i = 0; i < 5000; i++) {
		next = service(&next_send, 0);
		send_receive(next_send, name);
		mach_port_deallocate(SPACE, send);
		name = next;
		send = next_send;
	}
	mach_port_destroy(SPACE, name);
}

/* Take all the memory that messages of that size come from. */
static void
exhaust(struct list *hoard, uint32_t size)
{
	struct ipc_kmsg *kmsg;

	while ((kmsg = ipc_kmsg_alloc(size)) != NULL)
		list_insert_tail(hoard, &kmsg->link);
}

static void
relieve(struct list *hoard)
{
	while (!list_empty(hoard))
		ipc_kmsg_free(list_entry(list_pop(hoard), struct ipc_kmsg,
		    link));
}

/* A request that the kernel has no memory to answer is the sender's again. */
static void
test_no_memory(void **state)
{
	struct ipc_port *kernel = ipc_port_alloc_kernel(IKOT_CLOCK, 0);
	mach_port_name_t name, cargo, cargo_send, reply = world_port(0);
	struct world_message message;
	struct list hoard;
	uint64_t right;

	(void)state;
	assert_int_equal(ipc_space_copyout(SPACE, ipc_port_make_send(kernel),
	    MACH_MSG_TYPE_PORT_SEND, &name), KERN_SUCCESS);
	cargo = service(&cargo_send, 0);
	right = cargo;
	world_message_init(&message, name, MOVE, reply, ONCE, 4711);
	world_message_add(&message, MACH_MSG_TYPE_MOVE_RECEIVE, &right, 1);
	list_init(&hoard);
	exhaust(&hoard, IPC_KOBJECT_REPLY_MAX);
	assert_int_equal(ipc_mach_msg_trap((uintptr_t)&message,
	    MACH_SEND_MSG | MACH_RCV_MSG, message.header.msgh_size,
	    sizeof(message), reply, 0, 0), MACH_SEND_NO_BUFFER);
	relieve(&hoard);
	assert_int_equal(message.header.msgh_remote_port, name);
	assert_int_equal(world_type(0, name), MACH_PORT_TYPE_SEND);
	assert_int_equal(message.body[1], cargo);
	assert_int_equal(world_type(0, cargo), MACH_PORT_TYPE_SEND_RECEIVE);
	expect_nothing(reply);
	/* Sent again, it is answered. */
	assert_int_equal(ipc_mach_msg_trap((uintptr_t)&message,
	    MACH_SEND_MSG | MACH_RCV_MSG, message.header.msgh_size,
	    sizeof(message), reply, 0, 0), MACH_MSG_SUCCESS);
	assert_int_equal(message.header.msgh_id, 4811);
	assert_int_equal((kern_return_t)message.body[1], MIG_BAD_ID);
	assert_int_equal(world_type(0, cargo_send), MACH_PORT_TYPE_DEAD_NAME);
	ipc_port_dealloc_kernel(kernel);
}

/* Notifications come all the same. */
static void
test_no_memory_notify(void **state)
{
	mach_port_name_t sink = world_port(0), ports[20], send[20];
	struct list hoard;
	unsigned int i, turn;

	(void)state;
	for (turn = 0; turn < 10; turn++) {
		for (i = 0; i < ARRAY_SIZE(ports); i++) {
			ports[i] = service(&send[i], 1);
			request(ports[i], MACH_NOTIFY_NO_SENDERS, 0, sink);
		}
		list_init(&hoard);
		exhaust(&hoard, IPC_KOBJECT_REPLY_MAX);
		exhaust(&hoard, 100);
		for (i = 0; i < ARRAY_SIZE(ports); i++)
			mach_port_deallocate(world_space(1), send[i]);
		for (i = 0; i < ARRAY_SIZE(ports); i++)
			assert_int_equal(expect(sink,
			    MACH_NOTIFY_NO_SENDERS), 1);
		expect_nothing(sink);
		relieve(&hoard);
		for (i = 0; i < ARRAY_SIZE(ports); i++)
			mach_port_destroy(SPACE, ports[i]);
	}
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_rpc),
		TEST(test_header_errors),
		TEST(test_dead_header),
		TEST(test_body_errors),
		TEST(test_rights_in_body),
		TEST(test_queue_limit),
		TEST(test_too_large),
		TEST(test_sets),
		TEST(test_no_senders),
		TEST(test_dead_name),
		TEST(test_port_deleted),
		TEST(test_port_destroyed),
		TEST(test_payload),
		TEST(test_circles),
		TEST(test_chain),
		TEST(test_no_memory),
		TEST(test_no_memory_notify),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
