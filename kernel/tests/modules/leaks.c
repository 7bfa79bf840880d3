/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What the kernel answers holds nothing of what went through its memory
 * before: neither between the items of a reply, nor inside of them.
 */
#include <mach/aarch64/thread_status_ext.h>

#include "lib/test.h"

#define self	task_self_port

/* No reply has so many of these in a row by itself. */
#define POISON		0xa5
#define POISON_RUN	3

static struct message message;
static mach_port_t poisoned;		/* thread with that in its registers */
static mach_port_t port;
static unsigned int found;

/* Count runs of the poison in an answer. */
static void
after(const mach_msg_header_t *header, mach_msg_return_t result)
{
	const uint8_t *bytes = (const uint8_t *)header;
	unsigned int i, run = 0;

	if (result != MACH_MSG_SUCCESS)
		return;
	for (i = 0; i < header->msgh_size; i++) {
		run = bytes[i] == POISON ? run + 1 : 0;
		found += run == POISON_RUN;
	}
}

static void
before(const mach_msg_header_t *header, mach_msg_option_t option,
    mach_msg_size_t size)
{
}

static const struct message_hook hook = { before, after };

/* Fill the kernel's messages: replies with a state, and one of a page. */
static void
poison(void)
{
	struct aarch64_float_state state;
	mach_msg_type_number_t count = AARCH64_FLOAT_STATE_COUNT;
	struct message large;

	memset(&large, POISON, sizeof large);
	message_init(&large, port, MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL, 0,
	    1);
	large.header.msgh_size = 4096;
	need(message_send(&large) == MACH_MSG_SUCCESS);
	need(message_receive(&large, port, 1000) == MACH_MSG_SUCCESS);
	need_success(thread_get_state(poisoned, AARCH64_FLOAT_STATE,
	    (thread_state_t)&state, &count));
	found = 0;
}

static void
prepare(void)
{
	struct aarch64_float_state state;
	mach_msg_type_number_t count = AARCH64_FLOAT_STATE_COUNT;

	need_success(thread_create(self, &poisoned));
	need_success(thread_get_state(poisoned, AARCH64_FLOAT_STATE,
	    (thread_state_t)&state, &count));
	memset(state.v, POISON, sizeof state.v);
	need_success(thread_set_state(poisoned, AARCH64_FLOAT_STATE,
	    (thread_state_t)&state, count));
	port = port_with_send();
}

/* The hook sees it. */
static void
test_seen(void)
{
	struct aarch64_float_state state;
	mach_msg_type_number_t count = AARCH64_FLOAT_STATE_COUNT;

	poison();
	need_success(thread_get_state(poisoned, AARCH64_FLOAT_STATE,
	    (thread_state_t)&state, &count));
	ok(found > 0, "what is asked for comes");
}

static void
test_padding(void)
{
	mach_port_type_t type;
	mach_port_urefs_t refs;
	thread_array_t threads;
	natural_t number;
	char name[64];

	poison();
	need_success(mach_port_type(self, port, &type));
	ok_eq(found, 0, "behind the result and one word");
	poison();
	need_success(mach_port_get_refs(self, port, MACH_PORT_RIGHT_SEND,
	    &refs));
	ok_eq(found, 0, "behind a count");
	poison();
	need_success(task_threads(self, &threads, &number));
	ok_eq(found, 0, "in a reply with ports");
	need_success(vm_deallocate(self, (vm_address_t)threads,
	    number * sizeof *threads));
	need_success(thread_set_name(poisoned, "four"));
	poison();
	need_success(thread_get_name(poisoned, name));
	ok_eq(found, 0, "behind a name");
	port_status(port);
	poison();
	port_status(port);
	ok_eq(found, 0, "behind a port's status");
}

/* An answer that comes in a call of its own is made in the ordinary way. */
static void
test_ordinary(void)
{
	mach_port_t reply = port_receive_right();
	uint32_t name = port;

	poison();
	message_init(&message, self, MACH_MSG_TYPE_COPY_SEND, reply,
	    MACH_MSG_TYPE_MAKE_SEND_ONCE, 3201);
	message_add(&message, MACH_MSG_TYPE_PORT_NAME, 32, 1, &name);
	need(message_send(&message) == MACH_MSG_SUCCESS);
	memset(&message, 0, sizeof message);
	need(message_receive(&message, reply, 1000) == MACH_MSG_SUCCESS);
	ok_eq(message.header.msgh_id, 3301, "mach_port_type answers");
	ok_eq(((mig_reply_header_t *)&message)->RetCode, 0, "with success");
	ok_eq(found, 0, "behind the result and one word");
	port_destroy(reply);
}

static void
test_inside(void)
{
	kernel_version_t version;
	vm_region_info_t region;
	vm_object_info_t info;
	mach_port_t object, shadow, copy;
	vm_address_t address = (vm_address_t)&message;

	message.body[0] = 1;
	poison();
	need_success(host_get_kernel_version(mach_host_self(), version));
	ok_eq(found, 0, "behind the kernel's version");
	poison();
	need_success(mach_vm_region_info(self, address, &region, &object));
	ok_eq(found, 0, "inside of a region's description");
	poison();
	need_success(mach_vm_object_info(object, &info, &shadow, &copy));
	ok_eq(found, 0, "inside of an object's description");
}

/* Each flavor of information that there is, as numbers. */
static void
test_flavors(void)
{
	integer_t info[THREAD_INFO_MAX];
	mach_msg_type_number_t count;
	mach_port_t host = mach_host_self(), set, name;
	unsigned int given = 0, dirty = 0;
	int flavor;

	need_success(processor_set_default(host, &set));
	for (flavor = 0; flavor < 8; flavor++) {
		count = THREAD_INFO_MAX;
		poison();
		given += task_info(self, flavor, info, &count) == 0;
		dirty += found;
		count = THREAD_INFO_MAX;
		poison();
		given += thread_info(poisoned, flavor, info, &count) == 0;
		dirty += found;
		count = HOST_INFO_MAX;
		poison();
		given += host_info(host, flavor, info, &count) == 0;
		dirty += found;
		count = PROCESSOR_SET_INFO_MAX;
		poison();
		given += processor_set_info(set, flavor, &name, info,
		    &count) == 0;
		dirty += found;
	}
	ok(given >= 10, "there are %u kinds of information", given);
	ok_eq(dirty, 0, "and nothing is between theirs");
}

static void
test_states(void)
{
	static const int flavors[] = {
		THREAD_STATE_FLAVOR_LIST, AARCH64_THREAD_STATE,
		AARCH64_DEBUG_STATE,
	};
	natural_t state[THREAD_STATE_MAX];
	mach_msg_type_number_t count;
	unsigned int i;

	for (i = 0; i < sizeof flavors / sizeof *flavors; i++) {
		count = THREAD_STATE_MAX;
		poison();
		need_success(thread_get_state(poisoned, flavors[i], state,
		    &count));
		ok_eq(found, 0, "in the state %d", flavors[i]);
	}
}

void
test_main(void)
{
	prepare();
	message_hook = &hook;
	test_seen();
	test_padding();
	test_ordinary();
	test_inside();
	test_flavors();
	test_states();
	message_hook = NULL;
	port_destroy(port);
	need_success(thread_terminate(poisoned));
}
