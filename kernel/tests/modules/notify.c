/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Notifications: mach/notify.defs.
 */
#include "lib/test.h"

#define self	task_self_port

static mach_port_t sink;		/* where notifications arrive */

/* Ask; the previous request must have been `previous`. */
static kern_return_t
ask(mach_port_t name, int id, mach_port_mscount_t sync)
{
	mach_port_t previous = 0xdead;
	kern_return_t result = mach_port_request_notification(self, name, id,
	    sync, sink, MACH_MSG_TYPE_MAKE_SEND_ONCE, &previous);

	if (result == KERN_SUCCESS && previous != MACH_PORT_NULL)
		mach_port_deallocate(self, previous);
	return result;
}

static int
hear(struct message *message)
{
	if (message_receive(message, sink, 2000) != MACH_MSG_SUCCESS)
		return 0;
	return message->header.msgh_id;
}

static bool
silence(void)
{
	struct message message;

	return message_receive(&message, sink, 0) == MACH_RCV_TIMED_OUT;
}

static uint32_t
item_number(struct message *message)
{
	return *(uint32_t *)message_data(message_item(message, 0));
}

static void
test_no_senders(void)
{
	mach_port_t port = port_receive_right();
	struct message message;

	ok_eq(ask(port, MACH_NOTIFY_NO_SENDERS, 1), KERN_SUCCESS,
	    "request no-senders");
	ok(port_status(port).mps_nsrequest, "the status shows it");
	ok(silence(), "none yet: no send right was made");
	need_success(mach_port_insert_right(self, port, port,
	    MACH_MSG_TYPE_MAKE_SEND));
	ok(silence(), "none while one exists");
	need_success(mach_port_deallocate(self, port));
	ok_eq(hear(&message), MACH_NOTIFY_NO_SENDERS, "it comes");
	ok_eq(item_number(&message), 1, "with the make-send count");
	ok_eq(MACH_MSGH_BITS_LOCAL(message.header.msgh_bits),
	    MACH_MSG_TYPE_PORT_SEND_ONCE, "by a send-once right");
	ok(!port_status(port).mps_nsrequest, "only once");
	ok_eq(ask(port, MACH_NOTIFY_NO_SENDERS, 1), KERN_SUCCESS,
	    "asking when there are none");
	ok_eq(hear(&message), MACH_NOTIFY_NO_SENDERS, "answers at once");
	ok_eq(ask(port, MACH_NOTIFY_NO_SENDERS, 5), KERN_SUCCESS,
	    "asking with a later sync");
	ok(silence(), "waits for more rights to be made");
	port_destroy(port);
	ok_eq(hear(&message), MACH_NOTIFY_SEND_ONCE,
	    "the request's right comes back when the port dies");
}

/* Rights of a message that is not sent do not stay anywhere. */
static void
test_failed_array(void)
{
	mach_port_t port = port_with_send();
	mach_port_t cargo = port_with_send();
	const mach_port_t ports[] = { cargo, cargo, 0xdead00 };
	struct message message;

	need_success(ask(cargo, MACH_NOTIFY_NO_SENDERS, 1));
	message_init(&message, port, MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL,
	    0, 9);
	message_add_ports(&message, ports, 3, MACH_MSG_TYPE_COPY_SEND, false);
	ok_eq(message_send(&message), MACH_SEND_INVALID_RIGHT,
	    "an array with a name of nothing");
	ok(silence(), "the task has its send right");
	need_success(mach_port_deallocate(self, cargo));
	ok_eq(hear(&message), MACH_NOTIFY_NO_SENDERS, "it was the last");
	port_destroy(cargo);
	port_destroy(port);
}

static void
test_dead_name(void)
{
	mach_port_t port = port_with_send();
	struct message message;

	ok_eq(ask(port, MACH_NOTIFY_DEAD_NAME, 0), KERN_SUCCESS,
	    "request dead-name");
	ok(port_type(port) & MACH_PORT_TYPE_DNREQUEST, "the type shows it");
	need_success(mach_port_mod_refs(self, port, MACH_PORT_RIGHT_RECEIVE,
	    -1));
	ok_eq(hear(&message), MACH_NOTIFY_DEAD_NAME, "it comes");
	ok_eq(item_number(&message), port, "with the name");
	ok_eq(port_refs(port, MACH_PORT_RIGHT_DEAD_NAME), 2,
	    "the notification holds a reference");
	ok_eq(ask(port, MACH_NOTIFY_DEAD_NAME, 0), KERN_INVALID_ARGUMENT,
	    "a dead name without sync is refused");
	ok_eq(hear(&message), MACH_NOTIFY_SEND_ONCE,
	    "which drops the send-once right");
	ok_eq(ask(port, MACH_NOTIFY_DEAD_NAME, 1), KERN_SUCCESS,
	    "and with sync");
	ok_eq(hear(&message), MACH_NOTIFY_DEAD_NAME, "answers at once");
	ok_eq(port_refs(port, MACH_PORT_RIGHT_DEAD_NAME), 3, "one more");
	port_destroy(port);
	ok_eq(ask(port, MACH_NOTIFY_DEAD_NAME, 0), KERN_INVALID_NAME,
	    "no such name");
	ok_eq(hear(&message), MACH_NOTIFY_SEND_ONCE, "again");
}

static void
test_renamed(void)
{
	mach_port_t port = port_with_send();
	mach_port_t name = port_free_name();
	struct message message;

	need_success(ask(port, MACH_NOTIFY_DEAD_NAME, 0));
	need_success(mach_port_rename(self, port, name));
	need_success(mach_port_mod_refs(self, name, MACH_PORT_RIGHT_RECEIVE,
	    -1));
	ok_eq(hear(&message), MACH_NOTIFY_DEAD_NAME,
	    "a request goes with a renamed right");
	ok_eq(item_number(&message), name, "and names it as it is called now");
	port_destroy(name);
}

static void
test_port_deleted(void)
{
	mach_port_t port = port_with_send();
	struct message message;

	need_success(ask(port, MACH_NOTIFY_DEAD_NAME, 0));
	need_success(mach_port_mod_refs(self, port, MACH_PORT_RIGHT_SEND, -1));
	ok(silence(), "the receive right keeps the name");
	port_destroy(port);
	ok_eq(hear(&message), MACH_NOTIFY_PORT_DELETED,
	    "destroying the name cancels: port-deleted");
	ok_eq(item_number(&message), port, "with the name");
}

static void
test_port_destroyed(void)
{
	mach_port_t port = port_with_send();
	mach_port_t right;
	struct message message;

	ok_eq(ask(port, MACH_NOTIFY_PORT_DESTROYED, 0), KERN_SUCCESS,
	    "request port-destroyed");
	ok(port_status(port).mps_pdrequest, "the status shows it");
	ok_eq(ask(port, MACH_NOTIFY_PORT_DESTROYED, 1), KERN_INVALID_VALUE,
	    "sync must be 0");
	ok_eq(hear(&message), MACH_NOTIFY_SEND_ONCE, "the right is dropped");
	need_success(mach_port_mod_refs(self, port, MACH_PORT_RIGHT_RECEIVE,
	    -1));
	ok_eq(hear(&message), MACH_NOTIFY_PORT_DESTROYED, "it comes");
	right = *(mach_port_t *)message_data(message_item(&message, 0));
	ok_eq(message_item(&message, 0)->msgt_name,
	    MACH_MSG_TYPE_PORT_RECEIVE, "with the receive right");
	ok_eq(right, port, "which joins the send right's name");
	ok_eq(port_type(port), MACH_PORT_TYPE_SEND_RECEIVE, "alive");
	port_destroy(port);
}

static void
test_send_once(void)
{
	mach_port_t once = port_free_name();
	struct message message;

	need_success(mach_port_insert_right(self, once, sink,
	    MACH_MSG_TYPE_MAKE_SEND_ONCE));
	need_success(mach_port_deallocate(self, once));
	ok_eq(hear(&message), MACH_NOTIFY_SEND_ONCE,
	    "a dropped send-once right says so");
	ok_eq(message.header.msgh_size, sizeof message.header, "no body");
}

static void
test_accepted(void)
{
	mach_port_t port = port_with_send();
	struct message message;
	mach_msg_return_t result;

	need_success(mach_port_set_qlimit(self, port, 1));
	need(message_send_id(port, MACH_MSG_TYPE_COPY_SEND, 1) == 0);
	message_init(&message, port, MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL,
	    0, 2);
	result = mach_msg(&message.header,
	    MACH_SEND_MSG | MACH_SEND_TIMEOUT | MACH_SEND_NOTIFY,
	    message.header.msgh_size, 0, MACH_PORT_NULL, 0, sink);
	ok_eq(result, MACH_SEND_WILL_NOTIFY, "a full queue: will notify");
	message_init(&message, port, MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL,
	    0, 3);
	result = mach_msg(&message.header,
	    MACH_SEND_MSG | MACH_SEND_TIMEOUT | MACH_SEND_NOTIFY,
	    message.header.msgh_size, 0, MACH_PORT_NULL, 0, sink);
	ok_eq(result, MACH_SEND_NOTIFY_IN_PROGRESS, "one at a time");
	need(message_receive(&message, port, 1000) == MACH_MSG_SUCCESS);
	ok_eq(message.header.msgh_id, 1, "the first message");
	ok(silence(), "the forced one still waits");
	need(message_receive(&message, port, 1000) == MACH_MSG_SUCCESS);
	ok_eq(message.header.msgh_id, 2, "the forced message was queued");
	ok_eq(hear(&message), MACH_NOTIFY_MSG_ACCEPTED, "now: accepted");
	ok_eq(item_number(&message), port, "with the name");
	ok_eq(message_receive(&message, port, 0), MACH_RCV_TIMED_OUT,
	    "the refused one was not");
	port_destroy(port);
}

static void
test_replace(void)
{
	mach_port_t port = port_with_send();
	mach_port_t previous = MACH_PORT_NULL;
	struct message message;

	need_success(ask(port, MACH_NOTIFY_DEAD_NAME, 0));
	ok_eq(mach_port_request_notification(self, port,
	    MACH_NOTIFY_DEAD_NAME, 0, MACH_PORT_NULL,
	    MACH_MSG_TYPE_MOVE_SEND_ONCE, &previous), KERN_SUCCESS,
	    "cancel a request");
	ok(previous != MACH_PORT_NULL, "the old right comes back");
	ok_eq(port_type(previous), MACH_PORT_TYPE_SEND_ONCE, "send-once");
	ok(!(port_type(port) & MACH_PORT_TYPE_DNREQUEST), "it is cancelled");
	mach_port_deallocate(self, previous);
	ok_eq(hear(&message), MACH_NOTIFY_SEND_ONCE, "dropping it says so");
	ok_eq(mach_port_request_notification(self, port, 12345, 0, sink,
	    MACH_MSG_TYPE_MAKE_SEND_ONCE, &previous), KERN_INVALID_VALUE,
	    "no such notification");
	while (!silence())
		continue;
	port_destroy(port);
}

void
test_main(void)
{
	sink = port_receive_right();
	test_no_senders();
	test_failed_array();
	test_dead_name();
	test_renamed();
	test_port_deleted();
	test_port_destroyed();
	test_send_once();
	test_accepted();
	test_replace();
}
