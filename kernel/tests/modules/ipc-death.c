/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What becomes of rights and messages when ports and tasks die: receive rights
 * with queued messages that move, messages in flight, notifications of every
 * kind by the end of a task, loops of receive rights (GNU Mach manual,
 * "Messaging Interface", "Port Manipulation Interface").
 */
#include "lib/test.h"

#define self	task_self_port

static struct message message;
static mach_port_t sink;		/* where notifications arrive */

/* The id of the next notification, 0 after a while without one. */
static mach_msg_id_t
hear(void)
{
	if (message_receive(&message, sink, 2000) != MACH_MSG_SUCCESS)
		return 0;
	return message.header.msgh_id;
}

static bool
silence(void)
{
	return message_receive(&message, sink, 0) == MACH_RCV_TIMED_OUT;
}

static void
ask(mach_port_t name, mach_msg_id_t id, mach_port_mscount_t sync)
{
	mach_port_t previous = MACH_PORT_NULL;

	need_success(mach_port_request_notification(self, name, id, sync,
	    sink, MACH_MSG_TYPE_MAKE_SEND_ONCE, &previous));
	need(previous == MACH_PORT_NULL);
}

static mach_port_t
item_port(unsigned int index)
{
	return *(mach_port_t *)message_data(message_item(&message, index));
}

/* A task without threads: only a name space. */
static mach_port_t
new_space(void)
{
	mach_port_t task;

	need_success(task_create(self, FALSE, &task));
	return task;
}

static void
end_space(mach_port_t task)
{
	need_success(task_terminate(task));
	mach_port_deallocate(self, task);
}

static void
give(mach_port_t task, mach_port_t name, mach_port_t port,
    mach_msg_type_name_t type)
{
	need_success(mach_port_insert_right(task, name, port, type));
}

/* Send `cargo` to `port`; what happens to it is the test's affair. */
static void
send_cargo(mach_port_t port, mach_port_t cargo, mach_msg_type_name_t type)
{
	message_init(&message, port,
	    (port_type(port) & MACH_PORT_TYPE_RECEIVE) != 0
	    ? MACH_MSG_TYPE_MAKE_SEND : MACH_MSG_TYPE_COPY_SEND,
	    MACH_PORT_NULL, 0, 9);
	message_add_port(&message, cargo, type);
	need_success(message_send_timeout(&message, 1000));
}

static void
test_space_ends(void)
{
	mach_port_t task = new_space(), port = port_receive_right();
	mach_port_t once = port_receive_right(), other = MACH_PORT_NULL;
	mach_msg_type_name_t type;

	ask(port, MACH_NOTIFY_NO_SENDERS, 1);
	give(task, 0x701, port, MACH_MSG_TYPE_MAKE_SEND);
	ok(silence(), "a task holds the only send right");
	end_space(task);
	ok_eq(hear(), MACH_NOTIFY_NO_SENDERS, "its end: no senders");
	port_destroy(port);

	task = new_space();
	give(task, 0x702, sink, MACH_MSG_TYPE_MAKE_SEND_ONCE);
	end_space(task);
	ok_eq(hear(), MACH_NOTIFY_SEND_ONCE, "of a send-once right: it");

	task = new_space();
	need_success(mach_port_allocate_name(task, MACH_PORT_RIGHT_RECEIVE,
	    0x703));
	need_success(mach_port_extract_right(task, 0x703,
	    MACH_MSG_TYPE_MAKE_SEND, &other, &type));
	ask(other, MACH_NOTIFY_DEAD_NAME, 0);
	end_space(task);
	ok_eq(hear(), MACH_NOTIFY_DEAD_NAME, "of a receive right: dead name");
	ok_eq(port_refs(other, MACH_PORT_RIGHT_DEAD_NAME), 2,
	    "with a reference");
	port_destroy(other);

	task = new_space();
	port = port_with_send();
	ask(port, MACH_NOTIFY_PORT_DESTROYED, 0);
	give(task, 0x704, port, MACH_MSG_TYPE_MOVE_RECEIVE);
	ok_eq(port_type(port), MACH_PORT_TYPE_SEND, "the right moved away");
	send_cargo(port, once, MACH_MSG_TYPE_MAKE_SEND_ONCE);
	end_space(task);
	ok_eq(hear(), MACH_NOTIFY_PORT_DESTROYED, "a backup gets it back");
	ok_eq(item_port(0), port, "under the send right's name");
	ok_eq(port_status(port).mps_msgcount, 1, "with its message");
	port_destroy(port);
	ok_eq(message_receive(&message, once, 100), MACH_MSG_SUCCESS,
	    "which ends with it");
	port_destroy(once);
}

/* Queue messages 100, 101 and so on by the send right there is. */
static void
fill(mach_port_t port, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		need_success(message_send_id(port, MACH_MSG_TYPE_COPY_SEND,
		    (mach_msg_id_t)(100 + i)));
}

static bool
drains(mach_port_t port, unsigned int count, bool counted)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (message_receive(&message, port, 0) != MACH_MSG_SUCCESS ||
		    message.header.msgh_id != (mach_msg_id_t)(100 + i) ||
		    (counted && message.header.msgh_seqno != i))
			return false;
	return message_receive(&message, port, 0) == MACH_RCV_TIMED_OUT;
}

static void
test_move_full(void)
{
	mach_port_t carrier = port_receive_right(), port = port_with_send();
	mach_port_t set = port_set();
	mach_port_status_t status;

	need_success(mach_port_set_qlimit(self, port, 9));
	fill(port, 5);
	need_success(mach_port_set_mscount(self, port, 17));
	need_success(mach_port_set_protected_payload(self, port, 99));
	need_success(mach_port_set_seqno(self, port, 40));
	need_success(mach_port_move_member(self, port, set));
	ask(port, MACH_NOTIFY_NO_SENDERS, 1);
	send_cargo(carrier, port, MACH_MSG_TYPE_MOVE_RECEIVE);
	ok_eq(port_type(port), MACH_PORT_TYPE_SEND, "in flight");
	ok_eq(message_receive(&message, set, 0), MACH_RCV_TIMED_OUT,
	    "its set has it no more");
	need_success(message_send_id(port, MACH_MSG_TYPE_COPY_SEND, 105));
	need_success(message_receive(&message, carrier, 100));
	ok_eq(item_port(0), port, "arrives at the send right");
	status = port_status(port);
	ok_eq(status.mps_msgcount, 6, "with what was and came into its queue");
	ok(status.mps_mscount == 0 && status.mps_seqno == 0 &&
	    status.mps_pset == MACH_PORT_NULL, "counts and set are reset");
	ok(status.mps_nsrequest, "requests go with it");
	ok(drains(port, 6, true), "in order, counted from 0");
	need_success(message_send_id(port, MACH_MSG_TYPE_COPY_SEND, 1));
	need_success(message_receive(&message, port, 0));
	ok_eq(message.header.msgh_local_port, port, "the payload is cleared");
	need_success(mach_port_deallocate(self, port));
	ok_eq(hear(), MACH_NOTIFY_NO_SENDERS, "the request still works");
	port_destroy(port);
	port_destroy(carrier);
	port_destroy(set);
}

/* A chain of receive rights, each in the queue of the next. */
#define CHAIN	40u

static void
test_chain_dies(void)
{
	mach_port_t ports[CHAIN];
	unsigned int i, dead = 0;
	mach_port_t task = new_space();

	for (i = 0; i < CHAIN; i++) {
		ports[i] = port_with_send();
		fill(ports[i], 1);
		ask(ports[i], MACH_NOTIFY_DEAD_NAME, 0);
		if (i > 0)
			send_cargo(ports[i], ports[i - 1],
			    MACH_MSG_TYPE_MOVE_RECEIVE);
	}
	give(task, 0x705, ports[CHAIN - 1], MACH_MSG_TYPE_MOVE_RECEIVE);
	ok(silence(), "%u receive rights, each queued at the next", CHAIN);
	end_space(task);
	for (i = 0; i < CHAIN; i++)
		dead += hear() == MACH_NOTIFY_DEAD_NAME;
	ok(dead == CHAIN && silence(), "all die with the last one's task");
	for (i = 0; i < CHAIN; i++)
		port_destroy(ports[i]);
}

static void
test_message_dies(void)
{
	mach_port_t port = port_receive_right(), a = port_with_send();
	mach_port_t b = port_receive_right();
	mach_port_t list[2];

	/* Rights of each kind in a queue that dies. */
	ask(a, MACH_NOTIFY_NO_SENDERS, 1);
	send_cargo(port, a, MACH_MSG_TYPE_MOVE_SEND);
	send_cargo(port, sink, MACH_MSG_TYPE_MAKE_SEND_ONCE);
	ok(silence(), "rights in a queue are alive");
	port_destroy(port);
	ok_eq(hear(), MACH_NOTIFY_NO_SENDERS, "a queue dies: the send right");
	ok_eq(hear(), MACH_NOTIFY_SEND_ONCE, "and the send-once right");

	/* A receive right with a backup, out of a destroyed message. */
	port = port_receive_right();
	ask(b, MACH_NOTIFY_PORT_DESTROYED, 0);
	send_cargo(port, b, MACH_MSG_TYPE_MOVE_RECEIVE);
	port_destroy(port);
	ok_eq(hear(), MACH_NOTIFY_PORT_DESTROYED, "and the receive right");
	b = item_port(0);
	ok_eq(port_type(b), MACH_PORT_TYPE_RECEIVE, "which comes back");

	/* The reply right, and rights out of line. */
	port = port_receive_right();
	list[0] = a;
	list[1] = b;
	message_init(&message, port, MACH_MSG_TYPE_MAKE_SEND, sink,
	    MACH_MSG_TYPE_MAKE_SEND_ONCE, 7);
	message_add_ports(&message, list, 2, MACH_MSG_TYPE_MOVE_RECEIVE,
	    false);
	need_success(message_send(&message));
	ok(port_type(a) == 0 && port_type(b) == 0, "an array of rights");
	port_destroy(port);
	ok_eq(hear(), MACH_NOTIFY_SEND_ONCE, "its message's reply right");
	ok(silence(), "nothing else");
}

/* The caches of ports and messages. */
static bool
ipc_cache(const char *name)
{
	return strncmp(name, "ipc_", 4) == 0 &&
	    strcmp(name, "ipc_leaf") != 0 && strcmp(name, "ipc_node") != 0;
}

static uint64_t
ipc_objects(void)
{
	return test_objects(ipc_cache);
}

/* `count` ports, each receive right in the queue of the one before. */
static void
make_loop(unsigned int count, bool extra)
{
	mach_port_t first = port_with_send(), port = first, next;
	unsigned int i;

	ask(first, MACH_NOTIFY_DEAD_NAME, 0);
	for (i = 1; i < count; i++) {
		next = port_receive_right();
		if (extra)
			send_cargo(next, sink, MACH_MSG_TYPE_MAKE_SEND);
		send_cargo(next, port, MACH_MSG_TYPE_MOVE_RECEIVE);
		port = next;
	}
	/* The last of them into the first one's queue: nobody holds any. */
	message_init(&message, first, MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL,
	    0, 9);
	message_add_port(&message, port, MACH_MSG_TYPE_MOVE_RECEIVE);
	need_success(message_send_timeout(&message, 1000));
	need(hear() == MACH_NOTIFY_DEAD_NAME);
	port_destroy(first);
}

static void
test_loops(void)
{
	static const unsigned int sizes[] = { 1, 2, 3, 7, 64, 500 };
	uint64_t before;
	unsigned int i;

	/* What ended before is freed when nobody else runs, if not sooner. */
	sleep_ms(20);
	before = ipc_objects();
	for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		make_loop(sizes[i], false);
		make_loop(sizes[i], true);
		ok_eq(ipc_objects(), before, "a loop of %u ports is collected",
		    sizes[i]);
	}
}

/* A loop that a notification closes, or a full queue meets. */
static void
test_odd_loops(void)
{
	uint64_t before = ipc_objects();
	mach_port_t a = port_receive_right(), b = port_receive_right();
	mach_port_t previous, once = port_with_send();
	unsigned int i;

	/* a's backup is b; a goes into b's queue by b's own death's hand. */
	need_success(mach_port_request_notification(self, a,
	    MACH_NOTIFY_PORT_DESTROYED, 0, b, MACH_MSG_TYPE_MAKE_SEND_ONCE,
	    &previous));
	send_cargo(a, b, MACH_MSG_TYPE_MOVE_RECEIVE);
	port_destroy(a);
	ok_eq(ipc_objects(), before + 1, "a backup that is in the dying port");

	/* The queue is full: a loop is collected all the same. */
	for (i = 0; i < MACH_PORT_QLIMIT_DEFAULT; i++)
		need_success(message_send_id(once, MACH_MSG_TYPE_COPY_SEND,
		    1));
	message_init(&message, once, MACH_MSG_TYPE_MOVE_SEND, MACH_PORT_NULL,
	    0, 9);
	message_add_port(&message, once, MACH_MSG_TYPE_MOVE_RECEIVE);
	ok_eq(message_send_timeout(&message, 0), MACH_MSG_SUCCESS,
	    "sent to itself, through a full queue");
	ok_eq(ipc_objects(), before, "nothing is left");

	/* In an array, two at a time. */
	for (i = 0; i < 20; i++) {
		mach_port_t pair[2] = { port_receive_right(),
		    port_receive_right() };

		message_init(&message, pair[1], MACH_MSG_TYPE_MAKE_SEND,
		    MACH_PORT_NULL, 0, 9);
		message_add_ports(&message, pair, 2,
		    MACH_MSG_TYPE_MOVE_RECEIVE, false);
		need_success(message_send_timeout(&message, 0));
	}
	ok_eq(ipc_objects(), before, "rights out of line");
}

/* In the child: send the receive right on, and the child dies. */
static void
send_and_wait(void *argument)
{
	struct message request;
	mach_port_t port = port_with_send();

	(void)argument;
	message_init(&request, CHILD_UP, MACH_MSG_TYPE_COPY_SEND,
	    MACH_PORT_NULL, 0, 55);
	message_add_port(&request, port, MACH_MSG_TYPE_MOVE_RECEIVE);
	message_add_port(&request, port, MACH_MSG_TYPE_COPY_SEND);
	message_add_memory(&request, (void *)memory_allocate(page_size),
	    page_size, true);
	message_send(&request);
	message_send(&request);
	for (;;)
		sleep_ms(1000);
}

static void
test_sender_dies(void)
{
	struct test_child child;
	mach_port_t port;

	test_child_start(&child, send_and_wait, NULL);
	while (port_status(child.up).mps_msgcount == 0)
		sleep_ms(1);
	task_terminate(child.task);
	ok_eq(message_receive(&message, child.up, 1000), MACH_MSG_SUCCESS,
	    "a message outlives its sender");
	port = item_port(0);
	ok_eq(port_type(port), MACH_PORT_TYPE_SEND_RECEIVE,
	    "with the rights in it");
	ok(is_mapped((vm_address_t)message_data(message_item(&message, 2))),
	    "and its memory");
	memory_free((vm_address_t)message_data(message_item(&message, 2)),
	    page_size);
	port_destroy(port);
	test_child_kill(&child);
}

/* A child in mach_msg, sending to a full queue or receiving. */
static void
send_full(void *argument)
{
	struct message request;

	(void)argument;
	do {
		message_init(&request, CHILD_UP, MACH_MSG_TYPE_COPY_SEND,
		    MACH_PORT_NULL, 0, 56);
		message_add_port(&request, port_with_send(),
		    MACH_MSG_TYPE_MOVE_RECEIVE);
	} while (message_send(&request) == MACH_MSG_SUCCESS);
}

static void
receive_long(void *argument)
{
	(void)argument;
	message_receive(&message, port_receive_right(), 100000);
}

static void
kill_waiting(void (*run)(void *), const char *what)
{
	uint64_t before = 0;
	struct test_child child;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		if (i == 1)
			before = ipc_objects();
		test_child_start(&child, run, NULL);
		while (!thread_waits(child.thread))
			sleep_ms(1);
		ask(child.task, MACH_NOTIFY_DEAD_NAME, 0);
		test_child_kill(&child);
		need(hear() == MACH_NOTIFY_DEAD_NAME);
		mach_port_deallocate(self, child.task);
	}
	for (i = 0; i < 1000 && ipc_objects() != before; i++)
		sleep_ms(1);
	ok_eq(ipc_objects(), before, "a task dies in mach_msg: %s", what);
}

void
test_main(void)
{
	sink = port_receive_right();
	test_settle();
	test_space_ends();
	test_move_full();
	test_chain_dies();
	test_message_dies();
	test_loops();
	test_odd_loops();
	test_sender_dies();
	kill_waiting(send_full, "sending");
	kill_waiting(receive_long, "receiving");
}
