/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Random calls with random messages: whatever they do, nothing may be left of
 * it in the end.
 */
#include "ipc_world.h"

#include <machine/memory.h>
#include <mach/notify.h>

#define NAMES	40
#define MEMORY	(8 * PAGE_SIZE)

static struct unit_source *source;
static uintptr_t memory[WORLD_TASKS];
static unsigned int sent, received, notified;

static uint64_t
pick(uint64_t count)
{
	return unit_pick(source, count);
}

/* Mostly a name that may exist. */
static mach_port_name_t
pick_name(void)
{
	static const mach_port_name_t odd[] = {
		0, MACH_PORT_NAME_DEAD, 0x7fffffff, 0xfffffffe,
	};

	return pick(20) == 0 ? odd[pick(ARRAY_SIZE(odd))] : 1 + pick(NAMES);
}

static mach_msg_type_name_t
pick_right(void)
{
	if (pick(30) == 0)
		return pick(256);
	return MACH_MSG_TYPE_MOVE_RECEIVE + pick(6);
}

static void
setup_memory(void)
{
	unsigned int i;

	for (i = 0; i < WORLD_TASKS; i++) {
		memory[i] = 0;
		assert_int_equal(vm_map_enter(world_tasks[i].map, &memory[i],
		    MEMORY, 0, true, NULL, 0, false, VM_PROT_DEFAULT,
		    VM_PROT_ALL, VM_INHERIT_DEFAULT), KERN_SUCCESS);
	}
}

/* One item; now and then a wrong one. */
static void
add_item(struct world_message *message, unsigned int task)
{
	char *at = (char *)message + message->header.msgh_size;
	mach_msg_type_t type = { .msgt_inline = 1 };
	uint64_t values[4];
	unsigned int i, count;

	switch (pick(3)) {
	case 0:
		type.msgt_name = MACH_MSG_TYPE_BYTE;
		type.msgt_size = 8;
		type.msgt_number = pick(2 * MEMORY);
		type.msgt_inline = 0;
		type.msgt_deallocate = pick(8) == 0;
		values[0] = memory[task] + pick(MEMORY);
		count = 1;
		break;
	case 1:
		type.msgt_name = MACH_MSG_TYPE_INTEGER_64;
		type.msgt_size = 64;
		count = type.msgt_number = pick(4);
		break;
	default:
		type.msgt_name = pick_right() & 0xff;
		type.msgt_size = 64;
		count = type.msgt_number = 1 + pick(2);
		for (i = 0; i < count; i++)
			values[i] = pick_name();
		break;
	}
	if (pick(40) == 0)
		type.msgt_number += pick(100);
	if (pick(40) == 0)
		type.msgt_unused = 1;
	memcpy(at, &type, sizeof(type));
	memcpy(at + sizeof(type), values, 8 * count);
	message->header.msgh_size += sizeof(type) + 8 * count;
	message->header.msgh_bits |= MACH_MSGH_BITS_COMPLEX;
}

static void
random_send(unsigned int task)
{
	static struct world_message message;
	mach_msg_option_t option = MACH_SEND_MSG | MACH_SEND_TIMEOUT;
	unsigned int items = pick(4);

	world_message_init(&message, pick_name(), pick_right(),
	    pick(2) == 0 ? pick_name() : 0, 0, (mach_msg_id_t)pick(1000));
	if (message.header.msgh_local_port != 0)
		message.header.msgh_bits |=
		    MACH_MSGH_BITS(0, pick_right());
	while (items-- > 0)
		add_item(&message, task);
	if (pick(4) == 0)
		option |= MACH_SEND_NOTIFY;
	if (pick(8) == 0)
		option |= MACH_SEND_CANCEL;
	if (ipc_mach_msg_trap((uintptr_t)&message, option,
	    message.header.msgh_size - (pick(30) == 0 ? 8 : 0), 0, 0, 0,
	    pick_name()) == MACH_MSG_SUCCESS)
		sent++;
}

static void
random_receive(void)
{
	static struct world_message message;
	mach_msg_option_t option = MACH_RCV_MSG | MACH_RCV_TIMEOUT;

	if (pick(4) == 0)
		option |= MACH_RCV_LARGE;
	if (pick(4) == 0)
		option |= MACH_RCV_NOTIFY;
	if (ipc_mach_msg_trap((uintptr_t)&message, option, 0,
	    pick(8) == 0 ? pick(100) : sizeof(message), pick_name(), 0,
	    pick_name()) == MACH_MSG_SUCCESS)
		received++;
}

static void
random_request(struct ipc_space *space)
{
	static const mach_msg_id_t ids[] = {
		MACH_NOTIFY_PORT_DESTROYED, MACH_NOTIFY_NO_SENDERS,
		MACH_NOTIFY_DEAD_NAME,
	};
	struct ipc_port *notify, *previous;

	if (ipc_space_copyin(space, pick_name(), MACH_MSG_TYPE_MAKE_SEND_ONCE,
	    &notify) != KERN_SUCCESS)
		return;
	if (mach_port_request_notification(space, pick_name(),
	    ids[pick(ARRAY_SIZE(ids))], pick(2), notify, &previous) !=
	    KERN_SUCCESS) {
		ipc_port_release_send_once(notify);
		return;
	}
	ipc_port_release_send_once(previous);
	notified++;
}

static void
random_name(struct ipc_space *space)
{
	static const mach_port_right_t rights[] = {
		MACH_PORT_RIGHT_RECEIVE, MACH_PORT_RIGHT_RECEIVE,
		MACH_PORT_RIGHT_PORT_SET, MACH_PORT_RIGHT_DEAD_NAME,
	};
	mach_port_name_t name = pick_name();
	struct ipc_port *port;

	switch (pick(8)) {
	case 0:
	case 1:
	case 2:
		mach_port_allocate_name(space, rights[pick(4)], name);
		break;
	case 3:
		if (ipc_space_copyin(space, name, MACH_MSG_TYPE_MAKE_SEND,
		    &port) == KERN_SUCCESS && mach_port_insert_right(space,
		    name, port, MACH_MSG_TYPE_PORT_SEND) != KERN_SUCCESS)
			ipc_port_release_send(port);
		break;
	case 4:
		mach_port_move_member(space, name, pick_name());
		break;
	case 5:
		mach_port_rename(space, name, pick_name());
		break;
	case 6:
		mach_port_mod_refs(space, name, pick(5), (int)pick(5) - 2);
		break;
	default:
		if (pick(3) == 0)
			mach_port_destroy(space, name);
		else
			mach_port_deallocate(space, name);
		break;
	}
}

/* A space ends, whatever is on the way to it, and another takes its place. */
static void
random_end(unsigned int task)
{
	ipc_space_terminate(world_space(task));
	ipc_space_release(world_space(task));
	assert_int_equal(ipc_space_create(&world_space(task)), KERN_SUCCESS);
}

static void
random_step(void)
{
	unsigned int task = pick(WORLD_TASKS);

	world_be(task);
	switch (pick(8)) {
	case 0:
	case 1:
		random_send(task);
		break;
	case 2:
		random_receive();
		break;
	case 3:
		random_request(world_space(task));
		break;
	default:
		if (pick(1000) == 0)
			random_end(task);
		else
			random_name(world_space(task));
		break;
	}
}

void
unit_model(struct unit_source *choices)
{
	source = choices;
	world_setup(NULL);
	setup_memory();
	while (!unit_source_ends(source))
		random_step();
	world_teardown(NULL);
}

static void
run(uint64_t start)
{
	struct unit_source choices = { .seed = unit_seed(start) };
	unsigned int step;

	source = &choices;
	sent = received = notified = 0;
	setup_memory();
	for (step = 0; step < 60000; step++)
		random_step();
	/* It was not all refused. */
	assert_true(sent > 500);
	assert_true(received > 500);
	assert_true(notified > 500);
}

/* A world for each run: what it leaves behind is found at its end. */
#define RUN(number)							\
static void								\
test_random_##number(void **state)					\
{									\
	(void)state;							\
	run(number);							\
}

RUN(7)
RUN(1002)
RUN(1003)
RUN(1004)
RUN(1005)
RUN(1006)

#define TEST(number)							\
	cmocka_unit_test_setup_teardown(test_random_##number,		\
	    world_setup, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(7),
		TEST(1002),
		TEST(1003),
		TEST(1004),
		TEST(1005),
		TEST(1006),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
