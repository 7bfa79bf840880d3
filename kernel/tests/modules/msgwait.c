/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Messages between threads that wait: receivers, senders without room, sets,
 * interruption; and RPC in every shape and size, since the kernel has several
 * ways for it.
 */
#include "lib/test.h"

#define self	task_self_port

/* A call of mach_msg by another thread. */
struct call {
	mach_msg_option_t option;
	mach_msg_size_t send_size;
	mach_msg_size_t receive_size;
	mach_port_t port;
	mach_msg_timeout_t timeout;
	mach_port_t notify;
	volatile mach_msg_return_t result;
	struct message message;
};

static struct call calls[2];
static struct message message;

static void
run_call(void *argument)
{
	struct call *call = argument;

	call->result = mach_msg_trap((mach_msg_user_header_t *)
	    &call->message.header, call->option, call->send_size,
	    call->receive_size, call->port, call->timeout, call->notify);
}

/* Start it and let it come to its wait. */
static struct test_thread *
start_call(struct call *call)
{
	struct test_thread *thread;

	call->result = -1;
	thread = test_thread_start(run_call, call);
	sleep_ms(20);
	return thread;
}

static struct test_thread *
start_receive(struct call *call, mach_port_t port, mach_msg_option_t option,
    mach_msg_size_t size)
{
	call->option = MACH_RCV_MSG | option;
	call->send_size = 0;
	call->receive_size = size;
	call->port = port;
	call->timeout = 0;
	call->notify = MACH_PORT_NULL;
	return start_call(call);
}

static void
fill_queue(mach_port_t port)
{
	unsigned int i;

	for (i = 0; i < MACH_PORT_QLIMIT_DEFAULT; i++)
		need(message_send_id(port, MACH_MSG_TYPE_COPY_SEND,
		    (mach_msg_id_t)i) == MACH_MSG_SUCCESS);
}

static struct test_thread *
start_send(struct call *call, mach_port_t port, mach_port_t moved)
{
	message_init(&call->message, port, MACH_MSG_TYPE_COPY_SEND,
	    MACH_PORT_NULL, 0, 99);
	message_add_port(&call->message, moved, MACH_MSG_TYPE_MOVE_RECEIVE);
	call->option = MACH_SEND_MSG;
	call->send_size = call->message.header.msgh_size;
	return start_call(call);
}

static void
test_receivers(void)
{
	mach_port_t port = port_with_send(), set = port_set();
	struct test_thread *thread;

	thread = start_receive(&calls[0], port, 0, sizeof(struct message));
	need(message_send_id(port, MACH_MSG_TYPE_COPY_SEND, 5) == 0);
	ok(test_thread_join(thread), "a waiting receiver gets the message");
	ok_eq(calls[0].result, MACH_MSG_SUCCESS, "received");
	ok_eq(calls[0].message.header.msgh_id, 5, "the one sent");

	thread = start_receive(&calls[0], port, 0, sizeof(struct message));
	need_success(mach_port_move_member(self, port, set));
	ok(test_thread_join(thread), "entering a set wakes receivers");
	ok_eq(calls[0].result, MACH_RCV_PORT_CHANGED, "port changed");

	thread = start_receive(&calls[0], set, 0, sizeof(struct message));
	need(message_send_id(port, MACH_MSG_TYPE_COPY_SEND, 6) == 0);
	ok(test_thread_join(thread), "a set's receiver gets the message");
	ok_eq(calls[0].message.header.msgh_local_port, port, "from where");

	thread = start_receive(&calls[0], set, 0, sizeof(struct message));
	need_success(mach_port_move_member(self, port, MACH_PORT_NULL));
	need(message_send_id(port, MACH_MSG_TYPE_COPY_SEND, 7) == 0);
	need_success(mach_port_move_member(self, port, set));
	ok(test_thread_join(thread), "a port joins with its messages");
	ok_eq(calls[0].message.header.msgh_id, 7, "they are received");

	thread = start_receive(&calls[0], set, 0, sizeof(struct message));
	port_destroy(set);
	ok(test_thread_join(thread), "a receiver wakes when its set dies");
	ok_eq(calls[0].result, MACH_RCV_PORT_DIED, "port died");
	ok_eq(port_status(port).mps_pset, MACH_PORT_NULL, "no set any more");
	port_destroy(port);
}

static void
test_moved_away(void)
{
	mach_port_t port = port_with_send(), other = port_with_send();
	struct test_thread *thread;

	thread = start_receive(&calls[0], port, 0, sizeof(struct message));
	message_init(&message, other, MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL,
	    0, 1);
	message_add_port(&message, port, MACH_MSG_TYPE_MOVE_RECEIVE);
	need(message_send(&message) == MACH_MSG_SUCCESS);
	ok(test_thread_join(thread), "a receiver wakes when the right goes");
	ok_eq(calls[0].result, MACH_RCV_PORT_DIED, "and is told so");
	need(message_send_id(port, MACH_MSG_TYPE_COPY_SEND, 2) == 0);
	need(message_receive(&message, other, 0) == MACH_MSG_SUCCESS);
	ok_eq(message_receive(&message, port, 0), MACH_MSG_SUCCESS,
	    "messages sent on the way are there");
	ok_eq(message.header.msgh_seqno, 0, "counted from 0 again");
	port_destroy(port);
	port_destroy(other);
}

static void
test_too_large(void)
{
	mach_port_t port = port_with_send();
	struct test_thread *small, *large;
	static const uint64_t data[8] = { 1, 2, 3 };

	small = start_receive(&calls[0], port, MACH_RCV_LARGE, 64);
	large = start_receive(&calls[1], port, 0, sizeof(struct message));
	message_init(&message, port, MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL,
	    0, 8);
	message_add(&message, MACH_MSG_TYPE_INTEGER_64, 64, 8, data);
	need(message_send(&message) == MACH_MSG_SUCCESS);
	ok(test_thread_join(small), "the small receiver wakes");
	ok_eq(calls[0].result, MACH_RCV_TOO_LARGE, "it was too large");
	ok_eq(calls[0].message.header.msgh_size, message.header.msgh_size,
	    "its size");
	ok(test_thread_join(large), "the next one gets it");
	ok_eq(calls[1].message.header.msgh_id, 8, "whole");
	small = start_receive(&calls[0], port, 0, 64);
	need(message_send(&message) == MACH_MSG_SUCCESS);
	ok(test_thread_join(small), "without MACH_RCV_LARGE");
	ok_eq(calls[0].result, MACH_RCV_TOO_LARGE, "too large as well");
	ok_eq(port_status(port).mps_msgcount, 0, "and gone");
	port_destroy(port);
}

static void
test_senders(void)
{
	mach_port_t port = port_with_send(), moved = port_receive_right();
	struct test_thread *thread;
	unsigned int i;

	fill_queue(port);
	thread = start_send(&calls[0], port, moved);
	ok_eq(calls[0].result, -1, "a sender waits for room");
	ok_eq(port_type(moved), 0, "its right is in the message");
	need(message_receive(&message, port, 0) == MACH_MSG_SUCCESS);
	ok(test_thread_join(thread), "a message out lets one in");
	ok_eq(calls[0].result, MACH_MSG_SUCCESS, "sent");
	ok_eq(port_status(port).mps_msgcount, MACH_PORT_QLIMIT_DEFAULT,
	    "the queue is full again");
	for (i = 0; i < MACH_PORT_QLIMIT_DEFAULT; i++)
		need(message_receive(&message, port, 0) == MACH_MSG_SUCCESS);
	ok_eq(message.header.msgh_id, 99, "it is the last");
	moved = *(mach_port_t *)message_data(message_item(&message, 0));
	ok_eq(port_type(moved), MACH_PORT_TYPE_RECEIVE, "with its right");

	fill_queue(port);
	thread = start_send(&calls[0], port, moved);
	need_success(mach_port_set_qlimit(self, port,
	    MACH_PORT_QLIMIT_DEFAULT + 1));
	ok(test_thread_join(thread), "a higher limit lets one in, too");
	port_destroy(port);
}

static void
test_sender_ends(void)
{
	mach_port_t port = port_with_send(), moved = port_receive_right();
	struct test_thread *thread;

	fill_queue(port);
	thread = start_send(&calls[0], port, moved);
	need_success(thread_abort(thread->port));
	ok(test_thread_join(thread), "an aborted sender returns");
	ok_eq(calls[0].result, MACH_SEND_INTERRUPTED, "interrupted");
	ok_eq(calls[0].message.header.msgh_remote_port, port,
	    "the message came back");
	moved = *(mach_port_t *)message_data(message_item(
	    &calls[0].message, 0));
	ok_eq(port_type(moved), MACH_PORT_TYPE_RECEIVE, "with its right");
	ok_eq(port_refs(port, MACH_PORT_RIGHT_SEND), 2,
	    "and that of its destination");

	thread = start_send(&calls[0], port, moved);
	port_destroy(port);
	ok(test_thread_join(thread), "a sender wakes when the port dies");
	ok_eq(calls[0].result, MACH_MSG_SUCCESS, "as if it had been sent");
	ok_eq(port_type(moved), 0, "and destroyed");

	port = port_receive_right();
	thread = start_receive(&calls[0], port, 0, sizeof(struct message));
	need_success(thread_abort(thread->port));
	ok(test_thread_join(thread), "an aborted receiver returns");
	ok_eq(calls[0].result, MACH_RCV_INTERRUPTED, "interrupted");
	port_destroy(port);
}

static void
test_receive_notify(void)
{
	mach_port_t port = port_with_send(), reply = port_receive_right();
	mach_port_t notify = port_receive_right(), name;
	mach_msg_return_t result;

	need(message_send_id(port, MACH_MSG_TYPE_COPY_SEND, 0) == 0);
	message_init(&message, port, MACH_MSG_TYPE_COPY_SEND, reply,
	    MACH_MSG_TYPE_MAKE_SEND_ONCE, 1);
	need(message_send(&message) == MACH_MSG_SUCCESS);
	result = mach_msg_trap((mach_msg_user_header_t *)&message.header,
	    MACH_RCV_MSG | MACH_RCV_NOTIFY, 0, sizeof message, port, 0, 0x4321);
	ok_eq(result, MACH_RCV_INVALID_NOTIFY, "a bad notify port");
	result = mach_msg_trap((mach_msg_user_header_t *)&message.header,
	    MACH_RCV_MSG | MACH_RCV_NOTIFY, 0, sizeof message, port, 0,
	    notify);
	ok_eq(result, MACH_MSG_SUCCESS, "receive with a dead-name request");
	name = message.header.msgh_remote_port;
	ok_eq(port_type(name), MACH_PORT_TYPE_SEND_ONCE |
	    MACH_PORT_TYPE_DNREQUEST, "it is there");
	port_destroy(reply);
	ok_eq(message_receive(&message, notify, 0), MACH_MSG_SUCCESS,
	    "the reply port's death is told");
	ok_eq(message.header.msgh_id, MACH_NOTIFY_DEAD_NAME, "as dead name");
	ok_eq(*(mach_port_t *)message_data(message_item(&message, 0)), name,
	    "with the name");
	ok_eq(port_refs(name, MACH_PORT_RIGHT_DEAD_NAME), 2,
	    "and a reference more");
	port_destroy(name);
	port_destroy(port);
	port_destroy(notify);
}

static void
test_send_cancel(void)
{
	mach_port_t port = port_receive_right(), notify = port_receive_right();
	mach_port_t once = port_free_name(), previous = MACH_PORT_NULL;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		need_success(mach_port_insert_right(self, once, port,
		    MACH_MSG_TYPE_MAKE_SEND_ONCE));
		need_success(mach_port_request_notification(self, once,
		    MACH_NOTIFY_DEAD_NAME, 0, notify,
		    MACH_MSG_TYPE_MAKE_SEND_ONCE, &previous));
		message_init(&message, once, MACH_MSG_TYPE_MOVE_SEND_ONCE,
		    MACH_PORT_NULL, 0, 1);
		need(mach_msg_trap((mach_msg_user_header_t *)&message.header,
		    MACH_SEND_MSG | (i == 0 ? MACH_SEND_CANCEL : 0),
		    message.header.msgh_size, 0, MACH_PORT_NULL, 0,
		    i == 0 ? notify : MACH_PORT_NULL) == MACH_MSG_SUCCESS);
		ok_eq(port_status(notify).mps_msgcount, i,
		    i == 0 ? "a cancelled request tells nothing"
		    : "an ordinary one: port deleted");
	}
	ok_eq(mach_msg_trap((mach_msg_user_header_t *)&message.header,
	    MACH_SEND_MSG | MACH_SEND_CANCEL, message.header.msgh_size, 0,
	    MACH_PORT_NULL, 0, once), MACH_SEND_INVALID_NOTIFY,
	    "cancel needs a receive right");
	port_destroy(port);
	port_destroy(notify);
}

/* A server that doubles each 8-byte word of a request, until id 0. */
static void
serve(void *argument)
{
	static struct message request;
	mach_port_t port = *(mach_port_t *)argument;
	mach_msg_option_t option = MACH_RCV_MSG;
	mach_msg_size_t size = 0;
	uint64_t *word, *end;

	for (;;) {
		if (mach_msg_trap((mach_msg_user_header_t *)&request.header,
		    option, size, sizeof request, port, 0,
		    MACH_PORT_NULL) != MACH_MSG_SUCCESS)
			return;
		size = request.header.msgh_size;
		end = (uint64_t *)((char *)&request + size);
		for (word = (uint64_t *)request.body + 1; word < end; word++)
			*word *= 2;
		if (request.header.msgh_id == 0)
			return;
		request.header.msgh_bits = MACH_MSGH_BITS(
		    MACH_MSGH_BITS_REMOTE(request.header.msgh_bits), 0);
		request.header.msgh_local_port = MACH_PORT_NULL;
		option = MACH_SEND_MSG | MACH_RCV_MSG;
	}
}

/* One RPC with `count` words; true when the answer is right. */
static bool
call_server(mach_port_t port, mach_port_t reply, unsigned int count,
    mach_msg_option_t option)
{
	static uint64_t words[1024];
	uint64_t *got;
	unsigned int i;

	for (i = 0; i < count; i++)
		words[i] = count * 1000 + i;
	message_init(&message, port, MACH_MSG_TYPE_COPY_SEND, reply,
	    MACH_MSG_TYPE_MAKE_SEND_ONCE, (mach_msg_id_t)count + 1);
	if (count > 0)
		message_add(&message, MACH_MSG_TYPE_INTEGER_64, 64, count,
		    words);
	if (mach_msg_trap((mach_msg_user_header_t *)&message.header,
	    MACH_SEND_MSG | MACH_RCV_MSG | option, message.header.msgh_size,
	    sizeof message, reply, 2000, MACH_PORT_NULL) !=
	    MACH_MSG_SUCCESS ||
	    message.header.msgh_local_port != reply ||
	    message.header.msgh_remote_port != MACH_PORT_NULL ||
	    message.header.msgh_id != (mach_msg_id_t)count + 1 ||
	    message.header.msgh_bits != MACH_MSGH_BITS(0,
	    MACH_MSG_TYPE_PORT_SEND_ONCE))
		return false;
	for (i = 0; i < count; i++) {
		got = message_data(message_item(&message, 0));
		if (got[i] != 2 * words[i])
			return false;
	}
	return true;
}

static void
check_server(mach_port_t port, mach_port_t receive, const char *what)
{
	static const unsigned int counts[] = {
		0, 1, 26, 27, 28, 63, 300, 511, 512, 513, 1000,
	};
	mach_port_t reply = mach_reply_port();
	struct test_thread *thread = test_thread_start(serve, &receive);
	mach_port_status_t before = port_status(port), after;
	unsigned int i, round, good = 0;

	for (round = 0; round < 4; round++)
		for (i = 0; i < sizeof counts / sizeof counts[0]; i++)
			good += call_server(port, reply, counts[i],
			    round % 2 == 0 ? 0 : MACH_RCV_TIMEOUT);
	ok_eq(good, 4 * i, "RPC of all sizes, %s", what);
	after = port_status(port);
	ok_eq(after.mps_seqno, before.mps_seqno + 4 * i, "counted");
	ok_eq(port_status(reply).mps_sorights, 0, "no reply right is left");
	ok_eq(port_refs(port, MACH_PORT_RIGHT_SEND), 1, "nor a send right");
	need(message_send_id(port, MACH_MSG_TYPE_COPY_SEND, 0) == 0);
	ok(test_thread_join(thread), "the server ends");
	port_destroy(reply);
}

static void
test_rpc(void)
{
	mach_port_t port = port_with_send(), set = port_set();

	check_server(port, port, "to a port");
	need_success(mach_port_move_member(self, port, set));
	check_server(port, set, "to a set");
	port_destroy(port);
	port_destroy(set);
}

/* What is received is the same, whether or not somebody waited for it. */
static void
test_payload(void)
{
	mach_port_t port = port_with_send();
	struct test_thread *thread;
	mach_port_t reply = mach_reply_port();

	need_success(mach_port_set_protected_payload(self, port, 0xabcdef0123));
	thread = start_receive(&calls[0], port, 0, sizeof(struct message));
	message_init(&message, port, MACH_MSG_TYPE_COPY_SEND, reply,
	    MACH_MSG_TYPE_MAKE_SEND_ONCE, 3);
	ok_eq(mach_msg_trap((mach_msg_user_header_t *)&message.header,
	    MACH_SEND_MSG | MACH_RCV_MSG | MACH_RCV_TIMEOUT,
	    message.header.msgh_size, sizeof message, reply, 0,
	    MACH_PORT_NULL), MACH_RCV_TIMED_OUT, "send, then no reply");
	ok(test_thread_join(thread), "the receiver has it");
	ok_eq(MACH_MSGH_BITS_LOCAL(calls[0].message.header.msgh_bits),
	    MACH_MSG_TYPE_PROTECTED_PAYLOAD, "with a payload");
	ok_eq(calls[0].message.header.msgh_protected_payload, 0xabcdef0123,
	    "the port's");
	port_destroy(calls[0].message.header.msgh_remote_port);
	port_destroy(port);
	port_destroy(reply);
}

static struct test_thread *
start_blocked(struct call *call, mach_port_t port, mach_msg_id_t id)
{
	message_init(&call->message, port, MACH_MSG_TYPE_COPY_SEND,
	    MACH_PORT_NULL, 0, id);
	call->option = MACH_SEND_MSG;
	call->send_size = call->message.header.msgh_size;
	return start_call(call);
}

/* Receives a request, and answers when the sender is no longer blocked. */
static void
run_patient(void *argument)
{
	mach_port_t port = *(mach_port_t *)argument;
	struct message request;
	unsigned int i;

	need(message_receive(&request, port, 10000) == MACH_MSG_SUCCESS);
	for (i = 0; i < 100 && calls[0].result == -1; i++)
		sleep_ms(10);
	message_init(&request, request.header.msgh_remote_port,
	    MACH_MSG_TYPE_MOVE_SEND_ONCE, MACH_PORT_NULL, 0, 2);
	message_send(&request);
}

/*
 * A port that takes no message unless somebody waits for it: who waits for a
 * reply there waits for all that is sent to it.
 */
static void
test_no_room(void)
{
	mach_port_t reply = port_with_send(), port = port_with_send();
	struct test_thread *sender, *server;

	need_success(mach_port_set_qlimit(self, reply, 0));
	sender = start_blocked(&calls[0], reply, 1);
	ok_eq(calls[0].result, -1, "a sender is blocked");
	server = test_thread_start(run_patient, &port);
	while (!thread_waits(server->port))
		sleep_ms(10);
	message_init(&message, port, MACH_MSG_TYPE_COPY_SEND, reply,
	    MACH_MSG_TYPE_MAKE_SEND_ONCE, 3);
	ok_eq(mach_msg_trap((mach_msg_user_header_t *)&message.header,
	    MACH_SEND_MSG | MACH_RCV_MSG, message.header.msgh_size,
	    sizeof message, reply, 0, MACH_PORT_NULL), MACH_MSG_SUCCESS,
	    "RPC with its port for the reply");
	ok_eq(message.header.msgh_id, 1, "lets it send first");
	ok(test_thread_join(sender), "and go on");
	need(message_receive(&message, reply, 10000) == MACH_MSG_SUCCESS);
	ok_eq(message.header.msgh_id, 2, "the reply comes then");
	ok(test_thread_join(server), "the server is done");
	port_destroy(reply);
	port_destroy(port);
}

/* The same for who waits for all ports of a set. */
static void
test_no_room_in_set(void)
{
	mach_port_t port = port_with_send(), set = port_set();
	struct test_thread *senders[2], *receiver;

	need_success(mach_port_set_qlimit(self, port, 0));
	need_success(mach_port_move_member(self, port, set));
	senders[0] = start_blocked(&calls[0], port, 1);
	senders[1] = start_blocked(&calls[1], port, 2);
	ok(calls[0].result == -1 && calls[1].result == -1,
	    "two senders to a member are blocked");
	ok_eq(message_receive(&message, set, 1000), MACH_MSG_SUCCESS,
	    "who waits for the set gets a message");
	ok_eq(message.header.msgh_id, 1, "of the first");
	ok_eq(message_receive(&message, set, 1000), MACH_MSG_SUCCESS,
	    "and another one");
	ok_eq(message.header.msgh_id, 2, "of the second");
	ok(test_thread_join(senders[0]) && test_thread_join(senders[1]),
	    "both go on");
	ok_eq(message_receive(&message, set, 1), MACH_RCV_TIMED_OUT,
	    "there is nothing else");

	need_success(mach_port_move_member(self, port, MACH_PORT_NULL));
	senders[0] = start_blocked(&calls[0], port, 3);
	receiver = start_receive(&calls[1], set, 0, sizeof(struct message));
	ok(calls[0].result == -1 && calls[1].result == -1,
	    "both sides wait");
	need_success(mach_port_move_member(self, port, set));
	ok(test_thread_join(receiver) && calls[1].result == 0,
	    "until the port joins the set");
	ok_eq(calls[1].message.header.msgh_id, 3, "the message is there");
	ok(test_thread_join(senders[0]), "the sender goes on");
	port_destroy(port);
	port_destroy(set);
}

void
test_main(void)
{
	test_receivers();
	test_moved_away();
	test_too_large();
	test_senders();
	test_sender_ends();
	test_receive_notify();
	test_send_cancel();
	test_rpc();
	test_payload();
	test_no_room();
	test_no_room_in_set();
}
