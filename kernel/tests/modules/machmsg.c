/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * mach_msg: dispositions, bodies, limits, errors.
 */
#include "lib/test.h"

#define self	task_self_port

static struct message message;

static void
test_simple(void)
{
	mach_port_t port = port_with_send();
	uint32_t words[5] = { 1, 22, 333, 4444, 55555 };
	mach_msg_type_t *item;

	message_init(&message, port, MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL,
	    0, 99);
	message_add(&message, MACH_MSG_TYPE_INTEGER_32, 32, 5, words);
	ok_eq(message_send(&message), MACH_MSG_SUCCESS, "send to self");
	ok_eq(port_status(port).mps_msgcount, 1, "one is queued");
	memset(&message, 0, sizeof message);
	ok_eq(message_receive(&message, port, 1000), MACH_MSG_SUCCESS,
	    "receive");
	item = message_item(&message, 0);
	ok_eq(message.header.msgh_id, 99, "the id");
	ok_eq(message.header.msgh_size, 32 + 8 + 24, "the size, padded");
	ok_eq(message.header.msgh_local_port, port, "local: our port");
	ok_eq(message.header.msgh_remote_port, MACH_PORT_NULL, "no reply");
	ok_eq(item->msgt_number, 5, "the item's number");
	ok(memcmp(message_data(item), words, sizeof words) == 0, "the data");
	ok_eq(message.header.msgh_seqno, 0, "sequence number 0");
	need(message_send_id(port, MACH_MSG_TYPE_COPY_SEND, 1) == 0);
	need(message_receive(&message, port, 1000) == 0);
	ok_eq(message.header.msgh_seqno, 1, "then 1");
	port_destroy(port);
}

static void
test_reply(void)
{
	mach_port_t port = port_with_send();
	mach_port_t reply = port_receive_right();

	message_init(&message, port, MACH_MSG_TYPE_COPY_SEND, reply,
	    MACH_MSG_TYPE_MAKE_SEND_ONCE, 7);
	need(message_send(&message) == MACH_MSG_SUCCESS);
	need(message_receive(&message, port, 1000) == MACH_MSG_SUCCESS);
	ok_eq(MACH_MSGH_BITS_REMOTE(message.header.msgh_bits),
	    MACH_MSG_TYPE_PORT_SEND_ONCE, "the reply right is send-once");
	ok(message.header.msgh_remote_port != reply, "under its own name");
	message_init(&message, message.header.msgh_remote_port,
	    MACH_MSG_TYPE_MOVE_SEND_ONCE, MACH_PORT_NULL, 0, 107);
	ok_eq(message_send(&message), MACH_MSG_SUCCESS, "reply");
	ok_eq(message_receive(&message, reply, 1000), MACH_MSG_SUCCESS,
	    "the reply comes");
	ok_eq(message.header.msgh_id, 107, "the right one");
	ok_eq(port_status(reply).mps_sorights, 0, "the right is used up");
	port_destroy(port);
	port_destroy(reply);
}

static void
test_ports(void)
{
	mach_port_t port = port_with_send();
	mach_port_t cargo = port_receive_right();
	mach_port_t name;

	message_init(&message, port, MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL,
	    0, 8);
	message_add_port(&message, cargo, MACH_MSG_TYPE_MAKE_SEND);
	message_add_port(&message, MACH_PORT_NULL, MACH_MSG_TYPE_COPY_SEND);
	message_add_port(&message, MACH_PORT_DEAD, MACH_MSG_TYPE_COPY_SEND);
	message_add_port(&message, cargo, MACH_MSG_TYPE_MOVE_RECEIVE);
	ok_eq(message_send(&message), MACH_MSG_SUCCESS, "carry rights");
	ok_eq(port_type(cargo), 0, "the receive right is on its way");
	need(message_receive(&message, port, 1000) == MACH_MSG_SUCCESS);
	ok(message.header.msgh_bits & MACH_MSGH_BITS_COMPLEX, "complex");
	name = *(mach_port_t *)message_data(message_item(&message, 0));
	ok_eq(message_item(&message, 0)->msgt_name, MACH_MSG_TYPE_PORT_SEND,
	    "made into a send right");
	ok_eq(*(mach_port_t *)message_data(message_item(&message, 1)),
	    MACH_PORT_NULL, "null stays null");
	ok_eq(*(mach_port_t *)message_data(message_item(&message, 2)),
	    MACH_PORT_DEAD, "dead stays dead");
	ok_eq(*(mach_port_t *)message_data(message_item(&message, 3)), name,
	    "send and receive come under one name");
	ok_eq(port_type(name), MACH_PORT_TYPE_SEND_RECEIVE, "both are there");
	port_destroy(name);
	port_destroy(port);
}

static void
test_memory(void)
{
	vm_size_t sizes[] = { 1, 4095, 4096, 4097, 65536, 3 << 20 };
	mach_port_t port = port_with_send();
	unsigned int i;

	for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		vm_size_t size = sizes[i];
		vm_address_t data = memory_allocate(size + 8);
		uint8_t *copy;

		memory_fill(data, size + 8, i + 1);
		message_init(&message, port, MACH_MSG_TYPE_COPY_SEND,
		    MACH_PORT_NULL, 0, 9);
		message_add_memory(&message, (void *)(data + 3), size, false);
		need(message_send(&message) == MACH_MSG_SUCCESS);
		*(uint8_t *)(data + 3) ^= 0xff;	/* after sending: unseen */
		need(message_receive(&message, port, 1000) == 0);
		*(uint8_t *)(data + 3) ^= 0xff;
		copy = message_data(message_item(&message, 0));
		ok(copy != NULL && memcmp(copy, (void *)(data + 3), size) == 0,
		    "%lu bytes out of line are a snapshot", size);
		copy[0] ^= 1;
		ok(memory_check(data, size & ~7ul, i + 1),
		    "writing to them leaves the original");
		memory_free((vm_address_t)copy, size);
		memory_free(data, size + 8);
	}
	port_destroy(port);
}

static void
test_memory_deallocate(void)
{
	mach_port_t port = port_with_send();
	vm_address_t data = memory_allocate(2 * page_size);
	void *copy;

	memory_fill(data, 2 * page_size, 5);
	message_init(&message, port, MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL,
	    0, 9);
	message_add_memory(&message, (void *)data, 2 * page_size, true);
	ok_eq(message_send(&message), MACH_MSG_SUCCESS, "move memory");
	ok(!is_mapped(data), "the sender has it no more");
	need(message_receive(&message, port, 1000) == MACH_MSG_SUCCESS);
	copy = message_data(message_item(&message, 0));
	ok(memory_check((vm_address_t)copy, 2 * page_size, 5), "whole");
	memory_free((vm_address_t)copy, 2 * page_size);

	message_init(&message, port, MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL,
	    0, 9);
	message_add_memory(&message, NULL, 0, false);
	ok_eq(message_send(&message), MACH_MSG_SUCCESS, "nothing at all");
	need(message_receive(&message, port, 1000) == MACH_MSG_SUCCESS);
	ok_eq(message_item(&message, 0)->msgt_number, 0, "arrives as such");
	port_destroy(port);
}

static void
test_port_arrays(void)
{
	enum { COUNT = 1500 };
	static mach_port_t ports[COUNT];
	mach_port_t port = port_with_send();
	mach_port_t cargo = port_with_send();
	mach_port_t *names;
	unsigned int i;
	bool good = true;

	for (i = 0; i < COUNT; i++)
		ports[i] = i % 3 == 0 ? MACH_PORT_NULL : cargo;
	message_init(&message, port, MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL,
	    0, 9);
	message_add_ports(&message, ports, COUNT, MACH_MSG_TYPE_COPY_SEND,
	    false);
	ok_eq(message_send(&message), MACH_MSG_SUCCESS, "an array of ports");
	need(message_receive(&message, port, 1000) == MACH_MSG_SUCCESS);
	names = message_data(message_item(&message, 0));
	for (i = 0; i < COUNT; i++)
		good = good && names[i] == ports[i];
	ok(good, "arrives with the same names");
	ok_eq(port_refs(cargo, MACH_PORT_RIGHT_SEND), 1 + COUNT * 2 / 3,
	    "each a reference");
	memory_free((vm_address_t)names, COUNT * sizeof *names);
	port_destroy(cargo);
	port_destroy(port);
}

static void
test_limits(void)
{
	mach_port_t port = port_with_send();
	unsigned int i;

	need_success(mach_port_set_qlimit(self, port, 3));
	for (i = 0; i < 3; i++)
		need(message_send_id(port, MACH_MSG_TYPE_COPY_SEND, 5) == 0);
	message_init(&message, port, MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL,
	    0, 6);
	ok_eq(message_send_timeout(&message, 0), MACH_SEND_TIMED_OUT,
	    "a full queue, no wait");
	ok_eq(message_send_timeout(&message, 20), MACH_SEND_TIMED_OUT,
	    "a full queue, a short wait");
	need(message_receive(&message, port, 0) == 0);
	message_init(&message, port, MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL,
	    0, 6);
	ok_eq(message_send_timeout(&message, 0), MACH_MSG_SUCCESS, "room");
	port_destroy(port);
}

static void
test_large(void)
{
	mach_port_t port = port_with_send();
	static uint8_t data[8000];
	struct { mach_msg_header_t header; uint8_t room[64]; } small;
	mach_msg_return_t result;

	message_init(&message, port, MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL,
	    0, 6);
	message_add(&message, MACH_MSG_TYPE_BYTE, 8, sizeof data, data);
	need(message_send(&message) == MACH_MSG_SUCCESS);
	result = mach_msg(&small.header, MACH_RCV_MSG | MACH_RCV_LARGE, 0,
	    sizeof small, port, 0, MACH_PORT_NULL);
	ok_eq(result, MACH_RCV_TOO_LARGE, "too large for the buffer");
	ok_eq(small.header.msgh_size, 32 + 8 + 8000, "its size is told");
	ok_eq(message_receive(&message, port, 0), MACH_MSG_SUCCESS,
	    "with MACH_RCV_LARGE it stays queued");
	need(message_send_id(port, MACH_MSG_TYPE_COPY_SEND, 5) == 0);
	result = mach_msg(&small.header, MACH_RCV_MSG, 0, 16, port, 0,
	    MACH_PORT_NULL);
	ok_eq(result, MACH_RCV_TOO_LARGE, "not even the header fits");
	ok_eq(message_receive(&message, port, 0), MACH_RCV_TIMED_OUT,
	    "without it the message is gone");
	port_destroy(port);
}

static void
test_send_errors(void)
{
	mach_port_t port = port_with_send();
	mach_msg_header_t *header = &message.header;
	mach_msg_type_t *item;
	uint64_t word = 0;

	message_init(&message, port_free_name(), MACH_MSG_TYPE_COPY_SEND,
	    MACH_PORT_NULL, 0, 1);
	ok_eq(message_send(&message), MACH_SEND_INVALID_DEST, "no such port");
	message_init(&message, MACH_PORT_NULL, MACH_MSG_TYPE_COPY_SEND,
	    MACH_PORT_NULL, 0, 1);
	ok_eq(message_send(&message), MACH_SEND_INVALID_DEST, "null");
	message_init(&message, port, MACH_MSG_TYPE_COPY_SEND,
	    port_free_name(), MACH_MSG_TYPE_MAKE_SEND_ONCE, 1);
	ok_eq(message_send(&message), MACH_SEND_INVALID_REPLY, "bad reply");
	message_init(&message, port, 33, MACH_PORT_NULL, 0, 1);
	ok_eq(message_send(&message), MACH_SEND_INVALID_HEADER,
	    "no such disposition");
	message_init(&message, port, MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL,
	    0, 1);
	ok_eq(mach_msg(header, MACH_SEND_MSG, 16, 0, MACH_PORT_NULL, 0,
	    MACH_PORT_NULL), MACH_SEND_MSG_TOO_SMALL, "half a header");
	ok_eq(mach_msg((void *)0x10, MACH_SEND_MSG, 32, 0, MACH_PORT_NULL, 0,
	    MACH_PORT_NULL), MACH_SEND_INVALID_DATA, "a bad address");
	ok_eq(mach_msg((void *)(0xff00000000000000ul | (uintptr_t)header),
	    MACH_SEND_MSG, 32, 0, MACH_PORT_NULL, 0, MACH_PORT_NULL),
	    MACH_SEND_INVALID_DATA, "a tagged address");
	message_add_port(&message, port_free_name(), MACH_MSG_TYPE_COPY_SEND);
	ok_eq(message_send(&message), MACH_SEND_INVALID_RIGHT, "bad right");
	message_init(&message, port, MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL,
	    0, 1);
	message_add_memory(&message, (void *)0x10, 4096, false);
	ok_eq(message_send(&message), MACH_SEND_INVALID_MEMORY, "bad memory");
	message_init(&message, port, MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL,
	    0, 1);
	item = message_add_port(&message, port, MACH_MSG_TYPE_COPY_SEND);
	item->msgt_number = 1000;
	ok_eq(message_send(&message), MACH_SEND_MSG_TOO_SMALL,
	    "an item longer than the message");
	message_init(&message, port, MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL,
	    0, 1);
	item = message_add(&message, MACH_MSG_TYPE_COPY_SEND, 16, 4, &word);
	message.header.msgh_bits |= MACH_MSGH_BITS_COMPLEX;
	ok_eq(message_send(&message), MACH_SEND_INVALID_TYPE,
	    "ports of 16 bits");
	message_init(&message, port, MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL,
	    0, 1);
	item = message_add_port(&message, port, MACH_MSG_TYPE_COPY_SEND);
	item->msgt_unused = 1;
	ok_eq(message_send(&message), MACH_SEND_INVALID_TYPE,
	    "bits that mean nothing");
	message_init(&message, port, MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL,
	    0, 1);
	ok_eq(mach_msg(header, MACH_SEND_MSG, 1 << 20, 0, MACH_PORT_NULL, 0,
	    MACH_PORT_NULL), MACH_SEND_NO_BUFFER, "a megabyte in line");
	ok_eq(port_refs(port, MACH_PORT_RIGHT_SEND), 1,
	    "failed sends leave the rights as they were");
	ok_eq(port_status(port).mps_msgcount, 0, "and send nothing");
	port_destroy(port);
}

static void
test_receive_errors(void)
{
	mach_port_t port = port_receive_right();
	mach_port_t set = port_set();
	uint64_t start;

	ok_eq(message_receive(&message, port_free_name(), 0),
	    MACH_RCV_INVALID_NAME, "no such port");
	ok_eq(message_receive(&message, self, 0), MACH_RCV_INVALID_NAME,
	    "a send right is not received from");
	ok_eq(message_receive(&message, port, 0), MACH_RCV_TIMED_OUT,
	    "poll an empty port");
	start = time_ns();
	ok_eq(message_receive(&message, port, 30), MACH_RCV_TIMED_OUT,
	    "wait for a while");
	ok(time_ns() - start >= 29000000, "no less than told");
	need_success(mach_port_move_member(self, port, set));
	ok_eq(message_receive(&message, port, 0), MACH_RCV_IN_SET,
	    "not from a member of a set");
	ok_eq(message_receive(&message, set, 0), MACH_RCV_TIMED_OUT,
	    "but from the set");
	need_success(mach_port_insert_right(self, port, port,
	    MACH_MSG_TYPE_MAKE_SEND));
	need(message_send_id(port, MACH_MSG_TYPE_COPY_SEND, 77) == 0);
	ok_eq(message_receive(&message, set, 0), MACH_MSG_SUCCESS,
	    "what comes to a member comes to the set");
	ok_eq(message.header.msgh_local_port, port, "and tells the member");
	port_destroy(port);
	port_destroy(set);
}

static void
receive_and_exit(void *argument)
{
	static struct message buffer;

	*(mach_msg_return_t *)argument = message_receive(&buffer,
	    *((mach_port_t *)argument + 1), 5000);
}

static void
test_death(void)
{
	struct { mach_msg_return_t result; mach_port_t port; } wait;
	struct test_thread *thread;

	wait.result = -1;
	wait.port = port_receive_right();
	thread = test_thread_start(receive_and_exit, &wait);
	sleep_ms(20);
	port_destroy(wait.port);
	ok(test_thread_join(thread), "a receiver wakes when its port dies");
	ok_eq(wait.result, MACH_RCV_PORT_DIED, "and is told so");
}

static void
test_circular(void)
{
	vm_statistics_data_t before;
	vm_statistics_data_t after;
	unsigned int i;

	need_success(vm_statistics(self, &before));
	for (i = 0; i < 2000; i++) {
		mach_port_t port = port_with_send();

		message_init(&message, port, MACH_MSG_TYPE_MOVE_SEND,
		    MACH_PORT_NULL, 0, 1);
		message_add_port(&message, port, MACH_MSG_TYPE_MOVE_RECEIVE);
		if (message_send(&message) != MACH_MSG_SUCCESS)
			break;
	}
	need_success(vm_statistics(self, &after));
	ok_eq(i, 2000, "receive rights sent to themselves");
	ok(before.free_count - after.free_count < 64,
	    "are collected (%d pages)",
	    before.free_count - after.free_count);
}

void
test_main(void)
{
	test_simple();
	test_reply();
	test_ports();
	test_memory();
	test_memory_deallocate();
	test_port_arrays();
	test_limits();
	test_large();
	test_send_errors();
	test_receive_errors();
	test_death();
	test_circular();
}
