/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Waiting in mach_msg: full queues, time-outs, thread_abort in every state,
 * messages too large, sequence numbers, headers, resource errors (GNU Mach
 * manual, "Messaging Interface", "Thread Execution").
 */
#include "lib/test.h"

#define self	task_self_port
#define SENDERS	8u

static struct message message;

/* One call of mach_msg in a thread of its own. */
struct call {
	struct message message;
	mach_msg_option_t option;
	mach_port_t receive;
	unsigned int timeout;
	mach_msg_size_t room;
	volatile mach_msg_return_t result;
	struct test_thread *thread;
};

static struct call calls[SENDERS];

static void
run_call(void *argument)
{
	struct call *call = argument;

	call->result = mach_msg_trap(
	    (mach_msg_user_header_t *)&call->message.header, call->option,
	    call->message.header.msgh_size, call->room, call->receive,
	    call->timeout, MACH_PORT_NULL);
}

/* Start a call and wait until it waits. */
static void
call_start(struct call *call, mach_msg_option_t option, mach_port_t receive,
    unsigned int timeout)
{
	call->option = option;
	call->receive = receive;
	call->timeout = timeout;
	call->room = sizeof call->message;
	call->result = -1;
	call->thread = test_thread_start(run_call, call);
	while (!thread_waits(call->thread->port) &&
	    !call->thread->done)
		sleep_ms(1);
}

static mach_msg_return_t
call_end(struct call *call)
{
	if (!test_thread_join(call->thread))
		return -2;
	return call->result;
}

static void
call_message(struct call *call, mach_port_t port, mach_msg_id_t id)
{
	message_init(&call->message, port, MACH_MSG_TYPE_COPY_SEND,
	    MACH_PORT_NULL, 0, id);
}

static mach_msg_return_t
try_send(mach_port_t port, mach_msg_type_name_t type, mach_msg_id_t id)
{
	message_init(&message, port, type, MACH_PORT_NULL, 0, id);
	return message_send_timeout(&message, 0);
}

static bool
receives(mach_port_t port, mach_msg_id_t id)
{
	return message_receive(&message, port, 1000) == MACH_MSG_SUCCESS &&
	    message.header.msgh_id == id;
}

static void
test_limits(void)
{
	mach_port_t port = port_with_send(), once = port_free_name();
	unsigned int i;
	bool good = true;

	for (i = 0; i < MACH_PORT_QLIMIT_DEFAULT; i++)
		need_success(try_send(port, MACH_MSG_TYPE_COPY_SEND, 1));
	ok_eq(try_send(port, MACH_MSG_TYPE_COPY_SEND, 1),
	    MACH_SEND_TIMED_OUT, "the default limit");
	need_success(mach_port_insert_right(self, once, port,
	    MACH_MSG_TYPE_MAKE_SEND_ONCE));
	ok_eq(try_send(once, MACH_MSG_TYPE_MOVE_SEND_ONCE, 2),
	    MACH_MSG_SUCCESS, "send-once rights know no limit");
	ok_eq(port_status(port).mps_msgcount, MACH_PORT_QLIMIT_DEFAULT + 1,
	    "one more");
	need(receives(port, 1));
	ok_eq(try_send(port, MACH_MSG_TYPE_COPY_SEND, 1),
	    MACH_SEND_TIMED_OUT, "still full");
	ok_eq(mach_port_set_qlimit(self, port, MACH_PORT_QLIMIT_MAX + 1),
	    KERN_INVALID_VALUE, "a limit beyond the limit");
	need_success(mach_port_set_qlimit(self, port, MACH_PORT_QLIMIT_MAX));
	for (i = port_status(port).mps_msgcount; i < MACH_PORT_QLIMIT_MAX; i++)
		good = good && try_send(port, MACH_MSG_TYPE_COPY_SEND, 3) ==
		    MACH_MSG_SUCCESS;
	ok(good && try_send(port, MACH_MSG_TYPE_COPY_SEND, 3) ==
	    MACH_SEND_TIMED_OUT, "the greatest limit");
	need_success(mach_port_set_qlimit(self, port, 1));
	ok_eq(port_status(port).mps_msgcount, MACH_PORT_QLIMIT_MAX,
	    "a lower limit loses nothing");
	port_destroy(port);
}

/* Senders that wait get in in the order they came; some give up. */
static void
test_order(void)
{
	mach_port_t port = port_with_send();
	unsigned int i;
	uint64_t start;
	bool good = true;

	need_success(mach_port_set_qlimit(self, port, 1));
	need_success(try_send(port, MACH_MSG_TYPE_COPY_SEND, 99));
	for (i = 0; i < SENDERS; i++) {
		call_message(&calls[i], port, (mach_msg_id_t)i);
		call_start(&calls[i], MACH_SEND_MSG | (i % 2 == 1
		    ? MACH_SEND_TIMEOUT : 0), 0, 40);
	}
	start = time_ns();
	for (i = 1; i < SENDERS; i += 2)
		good = good && call_end(&calls[i]) == MACH_SEND_TIMED_OUT;
	ok(good, "every other sender times out");
	ok(time_ns() - start < 3000000000u, "all at about the same time");
	ok_eq(port_status(port).mps_msgcount, 1, "none of their messages came");
	good = receives(port, 99);
	for (i = 0; i < SENDERS; i += 2)
		good = good && receives(port, (mach_msg_id_t)i);
	ok(good, "the others get in, in order");
	for (i = 0; i < SENDERS; i += 2)
		need(call_end(&calls[i]) == MACH_MSG_SUCCESS);
	ok(message_receive(&message, port, 0) == MACH_RCV_TIMED_OUT,
	    "and no others");
	need_success(mach_port_set_qlimit(self, port, 0));
	call_message(&calls[0], port, 5);
	call_start(&calls[0], MACH_SEND_MSG, 0, 0);
	ok_eq(calls[0].result, -1, "with a limit of 0 a sender waits");
	ok(receives(port, 5), "for a receiver");
	need(call_end(&calls[0]) == MACH_MSG_SUCCESS);
	port_destroy(port);
}

/* What is not sent comes back whole: rights and memory. */
static void
test_returned(void)
{
	mach_port_t port = port_with_send(), cargo = port_with_send();
	mach_port_t list[2] = { port_with_send(), port_with_send() };
	vm_address_t memory = memory_allocate(2 * page_size);
	mach_msg_type_t *item;

	memory_fill(memory, 2 * page_size, 8);
	need_success(mach_port_set_qlimit(self, port, 0));
	message_init(&message, port, MACH_MSG_TYPE_MOVE_SEND, cargo,
	    MACH_MSG_TYPE_MAKE_SEND_ONCE, 4);
	message_add_port(&message, cargo, MACH_MSG_TYPE_MOVE_RECEIVE);
	message_add_memory(&message, (void *)memory, 2 * page_size, true);
	message_add_ports(&message, list, 2, MACH_MSG_TYPE_MOVE_RECEIVE,
	    false);
	ok_eq(message_send_timeout(&message, 10), MACH_SEND_TIMED_OUT,
	    "a message with everything");
	ok_eq(port_refs(port, MACH_PORT_RIGHT_SEND), 1,
	    "the destination's right is back");
	ok_eq(message.header.msgh_remote_port, port, "in its place");
	ok_eq(port_type(message.header.msgh_local_port),
	    MACH_PORT_TYPE_SEND_ONCE, "the reply's is a send-once right");
	item = message_item(&message, 0);
	ok(*(mach_port_t *)message_data(item) == cargo &&
	    port_type(cargo) == MACH_PORT_TYPE_SEND_RECEIVE,
	    "the receive right");
	item = message_item(&message, 1);
	ok(memory_check((vm_address_t)message_data(item), 2 * page_size, 8),
	    "the memory");
	item = message_item(&message, 2);
	ok(port_type(list[0]) == MACH_PORT_TYPE_SEND_RECEIVE &&
	    memcmp(message_data(item), list, sizeof list) == 0,
	    "the array of rights");
	need_success(mach_port_set_qlimit(self, port, 1));
	ok_eq(message_send(&message), MACH_MSG_SUCCESS, "it can be sent again");
	port_destroy(port);
	port_destroy(cargo);
	port_destroy(list[0]);
	port_destroy(list[1]);
}

static void
test_aborts(void)
{
	mach_port_t port = port_with_send(), reply = port_receive_right();
	mach_port_t set = port_set(), member = port_receive_right();
	struct call *call = &calls[0];

	need_success(mach_port_move_member(self, member, set));
	call_start(call, MACH_RCV_MSG, reply, 0);
	need_success(thread_abort(call->thread->port));
	ok_eq(call_end(call), MACH_RCV_INTERRUPTED, "receiving from a port");
	call_start(call, MACH_RCV_MSG | MACH_RCV_TIMEOUT, set, 10000);
	need_success(thread_abort(call->thread->port));
	ok_eq(call_end(call), MACH_RCV_INTERRUPTED, "from a set");
	call_start(call, MACH_RCV_MSG | MACH_RCV_LARGE, set, 0);
	need_success(thread_abort(call->thread->port));
	ok_eq(call_end(call), MACH_RCV_INTERRUPTED, "with MACH_RCV_LARGE");

	/* RPC: the request has been sent, once. */
	message_init(&call->message, port, MACH_MSG_TYPE_COPY_SEND, reply,
	    MACH_MSG_TYPE_MAKE_SEND_ONCE, 61);
	call_start(call, MACH_SEND_MSG | MACH_RCV_MSG, reply, 0);
	need_success(thread_abort(call->thread->port));
	ok_eq(call_end(call), MACH_RCV_INTERRUPTED, "waiting for a reply");
	ok(receives(port, 61), "the request was sent");
	mach_port_deallocate(self, message.header.msgh_remote_port);
	ok(receives(reply, MACH_NOTIFY_SEND_ONCE), "with a reply right");

	/* Sending, alone and in an RPC. */
	need_success(mach_port_set_qlimit(self, port, 0));
	call_message(call, port, 62);
	call_start(call, MACH_SEND_MSG, 0, 0);
	need_success(thread_abort(call->thread->port));
	ok_eq(call_end(call), MACH_SEND_INTERRUPTED, "waiting for room");
	message_init(&call->message, port, MACH_MSG_TYPE_COPY_SEND, reply,
	    MACH_MSG_TYPE_MAKE_SEND_ONCE, 63);
	call_start(call, MACH_SEND_MSG | MACH_RCV_MSG, reply, 0);
	need_success(thread_abort(call->thread->port));
	ok_eq(call_end(call), MACH_SEND_INTERRUPTED, "in an RPC");
	ok(port_status(port).mps_msgcount == 0 &&
	    port_status(reply).mps_sorights == 1, "nothing was sent");
	mach_port_deallocate(self, call->message.header.msgh_local_port);
	need(receives(reply, MACH_NOTIFY_SEND_ONCE));
	port_destroy(port);
	port_destroy(reply);
	port_destroy(set);
	port_destroy(member);
}

static volatile uint32_t never;

static void
wait_in_kernel(void *argument)
{
	*(volatile kern_return_t *)argument = gsync_wait(self,
	    (vm_address_t)&never, 0, 0, 0, 0);
}

/* Suspended, resumed, twice aborted, and in the kernel's own routine. */
static void
test_abort_states(void)
{
	mach_port_t port = port_with_send();
	struct call *call = &calls[0];
	volatile kern_return_t result = -1;
	struct aarch64_thread_state state;
	struct test_thread *thread;

	call_start(call, MACH_RCV_MSG, port, 0);
	need_success(thread_suspend(call->thread->port));
	need_success(try_send(port, MACH_MSG_TYPE_COPY_SEND, 64));
	ok_eq(port_status(port).mps_msgcount, 0,
	    "a suspended receiver is given its message");
	need_success(thread_abort(call->thread->port));
	need_success(thread_resume(call->thread->port));
	ok_eq(call_end(call), MACH_MSG_SUCCESS,
	    "and keeps it when it is aborted then");
	ok_eq(call->message.header.msgh_id, 64, "the message");

	call_start(call, MACH_RCV_MSG, port, 0);
	need_success(thread_suspend(call->thread->port));
	need_success(thread_abort(call->thread->port));
	need_success(thread_abort(call->thread->port));
	need_success(get_state(call->thread->port, &state));
	ok_eq((int32_t)state.x[8], -25, "aborted in mach_msg");
	ok_eq((mach_msg_return_t)state.x[0], MACH_RCV_INTERRUPTED,
	    "its result is there to see");
	need_success(try_send(port, MACH_MSG_TYPE_COPY_SEND, 65));
	need_success(thread_resume(call->thread->port));
	ok_eq(call_end(call), MACH_RCV_INTERRUPTED,
	    "what comes after the abort is too late");
	ok(receives(port, 65), "and stays in the queue");

	thread = test_thread_start(wait_in_kernel, (void *)&result);
	while (!thread_waits(thread->port))
		sleep_ms(1);
	need_success(thread_abort(thread->port));
	ok(test_thread_join(thread), "a routine that waits is aborted, too");
	ok_eq(result, KERN_INTERRUPTED, "and says so");

	/* An abort of a thread that does not wait is no news to it. */
	calls[0].message.header.msgh_size = 0;
	call->thread = test_thread_create(run_call, call);
	call->option = MACH_RCV_MSG;
	call->receive = port;
	call->timeout = 0;
	call->room = sizeof call->message;
	need_success(thread_abort(call->thread->port));
	need_success(thread_resume(call->thread->port));
	while (!thread_waits(call->thread->port))
		sleep_ms(1);
	need_success(try_send(port, MACH_MSG_TYPE_COPY_SEND, 66));
	ok_eq(call_end(call), MACH_MSG_SUCCESS, "an abort before the wait");
	port_destroy(port);
}

/* A complex message that is too large: kept, or destroyed with its rights. */
static void
test_large(void)
{
	mach_port_t port = port_with_send(), set = port_set();
	mach_port_t cargo = port_receive_right(), reply;
	static uint8_t data[400];
	struct { mach_msg_header_t header; uint8_t room[64]; } small;
	unsigned int turn;

	need_success(mach_port_move_member(self, port, set));
	reply = port_receive_right();
	for (turn = 0; turn < 2; turn++) {
		mach_port_t from = turn == 0 ? set : port;

		if (turn == 1)
			need_success(mach_port_move_member(self, port,
			    MACH_PORT_NULL));
		message_init(&message, port, MACH_MSG_TYPE_COPY_SEND, reply,
		    MACH_MSG_TYPE_MAKE_SEND_ONCE, 71);
		message_add(&message, MACH_MSG_TYPE_BYTE, 8, sizeof data, data);
		message_add_port(&message, cargo,
		    MACH_MSG_TYPE_MAKE_SEND_ONCE);
		need_success(message_send(&message));
		memset(&small, 0x55, sizeof small);
		ok_eq(mach_msg(&small.header, MACH_RCV_MSG | MACH_RCV_LARGE |
		    MACH_RCV_TIMEOUT, 0, sizeof small, from, 0,
		    MACH_PORT_NULL), MACH_RCV_TOO_LARGE, "too large, kept");
		ok_eq(small.header.msgh_size, 32 + 8 + 400 + 16,
		    "its size is told");
		ok(port_status(port).mps_msgcount == 1 &&
		    port_status(cargo).mps_sorights == 1, "it is as it was");
		ok_eq(port_status(port).mps_seqno, turn, "and not counted");
		ok_eq(mach_msg(&small.header, MACH_RCV_MSG |
		    MACH_RCV_TIMEOUT, 0, sizeof small, from, 0,
		    MACH_PORT_NULL), MACH_RCV_TOO_LARGE,
		    "too large, destroyed");
		ok(small.header.msgh_local_port == port &&
		    small.header.msgh_remote_port == MACH_PORT_NULL &&
		    small.header.msgh_id == 71, "its header comes");
		ok_eq(small.header.msgh_seqno, turn, "with its number");
		ok(receives(cargo, MACH_NOTIFY_SEND_ONCE) &&
		    receives(reply, MACH_NOTIFY_SEND_ONCE),
		    "its rights are destroyed");
	}
	port_destroy(port);
	port_destroy(set);
	port_destroy(cargo);
	port_destroy(reply);
}

#define MEMBERS	4u

/* Each member of a set counts for itself; nobody starves. */
static void
test_sequence(void)
{
	mach_port_t set = port_set(), ports[MEMBERS];
	unsigned int seen[MEMBERS] = { 0 };
	unsigned int i, j;
	bool counted = true, fair = true;

	for (i = 0; i < MEMBERS; i++) {
		ports[i] = port_with_send();
		need_success(mach_port_set_seqno(self, ports[i], 1000 * i));
		need_success(mach_port_move_member(self, ports[i], set));
	}
	for (i = 0; i < 3 * MEMBERS; i++)
		need_success(try_send(ports[i % MEMBERS],
		    MACH_MSG_TYPE_COPY_SEND, (mach_msg_id_t)(i % MEMBERS)));
	for (i = 0; i < 3 * MEMBERS; i++) {
		need_success(message_receive(&message, set, 0));
		j = (unsigned int)message.header.msgh_id;
		counted = counted && j < MEMBERS &&
		    message.header.msgh_seqno == 1000 * j + seen[j] &&
		    message.header.msgh_local_port == ports[j];
		seen[j]++;
		fair = fair && seen[j] <= i / MEMBERS + 1;
	}
	ok(counted, "each port counts its own messages");
	ok(fair, "each has its turn");
	need_success(mach_port_set_seqno(self, ports[0], 0xffffffff));
	for (i = 0; i < 2; i++) {
		need_success(try_send(ports[0], MACH_MSG_TYPE_COPY_SEND, 1));
		need_success(message_receive(&message, set, 0));
		ok_eq(message.header.msgh_seqno, i == 0 ? 0xffffffff : 0,
		    "the number wraps");
	}
	for (i = 0; i < MEMBERS; i++)
		port_destroy(ports[i]);
	port_destroy(set);
}

/*
 * Both rights of a header are taken at once, also out of one name (manual,
 * "Atomicity").
 */
static void
test_header(void)
{
	mach_port_t port = port_with_send(), once = port_free_name();
	static const struct {
		mach_msg_type_name_t dest, reply;
		unsigned int refs, left;	/* user references */
		mach_msg_return_t result;
	} cases[] = {
		{ MACH_MSG_TYPE_MOVE_SEND, MACH_MSG_TYPE_COPY_SEND, 1, 0,
		    MACH_MSG_SUCCESS },
		{ MACH_MSG_TYPE_COPY_SEND, MACH_MSG_TYPE_MOVE_SEND, 1, 0,
		    MACH_MSG_SUCCESS },
		{ MACH_MSG_TYPE_MOVE_SEND, MACH_MSG_TYPE_MOVE_SEND, 2, 0,
		    MACH_MSG_SUCCESS },
		{ MACH_MSG_TYPE_MOVE_SEND, MACH_MSG_TYPE_MOVE_SEND, 3, 1,
		    MACH_MSG_SUCCESS },
		{ MACH_MSG_TYPE_MOVE_SEND, MACH_MSG_TYPE_MOVE_SEND, 1, 1,
		    MACH_SEND_INVALID_DEST },
		{ MACH_MSG_TYPE_MOVE_SEND, MACH_MSG_TYPE_MAKE_SEND_ONCE, 1, 0,
		    MACH_MSG_SUCCESS },
		{ MACH_MSG_TYPE_MAKE_SEND, MACH_MSG_TYPE_MOVE_SEND, 1, 0,
		    MACH_MSG_SUCCESS },
		{ MACH_MSG_TYPE_MAKE_SEND_ONCE, MACH_MSG_TYPE_COPY_SEND, 1, 1,
		    MACH_MSG_SUCCESS },
		{ MACH_MSG_TYPE_MOVE_SEND_ONCE, MACH_MSG_TYPE_COPY_SEND, 1, 1,
		    MACH_SEND_INVALID_DEST },
		{ MACH_MSG_TYPE_COPY_SEND, MACH_MSG_TYPE_MOVE_SEND_ONCE, 1, 1,
		    MACH_SEND_INVALID_REPLY },
	};
	unsigned int i, refs;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		refs = port_refs(port, MACH_PORT_RIGHT_SEND);
		if (refs == 0)
			need_success(mach_port_insert_right(self, port, port,
			    MACH_MSG_TYPE_MAKE_SEND));
		need_success(mach_port_mod_refs(self, port,
		    MACH_PORT_RIGHT_SEND, (int)cases[i].refs -
		    (int)(refs == 0 ? 1 : refs)));
		message_init(&message, port, cases[i].dest, port,
		    cases[i].reply, 3);
		ok_eq(message_send_timeout(&message, 0), cases[i].result,
		    "%u by %u, reply %u", cases[i].refs, cases[i].dest,
		    cases[i].reply);
		ok_eq(port_refs(port, MACH_PORT_RIGHT_SEND), cases[i].left,
		    "what is left");
		if (cases[i].result != MACH_MSG_SUCCESS)
			continue;
		need_success(message_receive(&message, port, 0));
		mach_port_deallocate(self, message.header.msgh_remote_port);
	}
	need_success(mach_port_insert_right(self, once, port,
	    MACH_MSG_TYPE_MAKE_SEND_ONCE));
	message_init(&message, once, MACH_MSG_TYPE_MOVE_SEND_ONCE, once,
	    MACH_MSG_TYPE_MOVE_SEND_ONCE, 3);
	ok_eq(message_send_timeout(&message, 0), MACH_SEND_INVALID_DEST,
	    "one send-once right is not two");
	ok_eq(port_type(once), MACH_PORT_TYPE_SEND_ONCE, "it is still there");
	port_destroy(once);
	port_destroy(port);
}

/* No room for memory in the receiver: the rest arrives. */
static void
test_no_room(void)
{
	mach_port_t port = port_with_send(), cargo = port_receive_right();
	const vm_size_t size = 64 * page_size;
	vm_address_t memory = memory_allocate(size);
	vm_size_t current, maximum;
	mach_msg_return_t mr;

	message_init(&message, port, MACH_MSG_TYPE_COPY_SEND, port,
	    MACH_MSG_TYPE_MAKE_SEND_ONCE, 4);
	message_add_memory(&message, (void *)memory, size, false);
	message_add_port(&message, cargo, MACH_MSG_TYPE_MAKE_SEND);
	need_success(message_send(&message));
	need_success(vm_get_size_limit(self, &current, &maximum));
	need_success(vm_set_size_limit(host_priv, self,
	    task_basic(self).virtual_size + size / 2, maximum));
	mr = message_receive(&message, port, 0);
	need_success(vm_set_size_limit(host_priv, self, current, maximum));
	ok_eq(mr, MACH_RCV_BODY_ERROR | MACH_MSG_VM_SPACE,
	    "no room for the memory");
	ok(message_data(message_item(&message, 0)) == NULL &&
	    message_item(&message, 0)->msgt_size == 0, "address and size 0");
	ok(port_type(message.header.msgh_remote_port) ==
	    MACH_PORT_TYPE_SEND_ONCE && *(mach_port_t *)message_data(
	    message_item(&message, 1)) == cargo, "the rights have come");
	mach_port_deallocate(self, message.header.msgh_remote_port);
	memory_free(memory, size);
	port_destroy(port);
	port_destroy(cargo);
}

void
test_main(void)
{
	test_limits();
	test_order();
	test_returned();
	test_aborts();
	test_abort_states();
	test_large();
	test_sequence();
	test_header();
	test_no_room();
}
