/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * A victim: threads that do what a seed says.
 */
#include "victim.h"

#define THREADS		3
#define NAMES		24		/* that it plays with */
#define BUFFER		8192

/* What a victim has; each inherits its own copy. */
struct chaos {
	uint64_t random;
	mach_port_t names[NAMES];
	vm_address_t addresses[NAMES];
};

static uint8_t buffer[BUFFER] __attribute__((aligned(4096)));

static uint64_t
pick(struct chaos *chaos, uint64_t below)
{
	return test_random(&chaos->random) % below;
}

static mach_port_t *
any_name_slot(struct chaos *chaos)
{
	return &chaos->names[pick(chaos, NAMES)];
}

static mach_port_t
any_name(struct chaos *chaos)
{
	switch (pick(chaos, 12)) {
	case 0:
		return MACH_PORT_NULL;
	case 1:
		return MACH_PORT_DEAD;
	case 2:
		return (mach_port_t)test_random(&chaos->random);
	case 3:
	case 4:
		return task_self_port;
	default:
		return *any_name_slot(chaos);
	}
}

/* Addresses: ours, at the edge of ours, nobody's, the kernel's. */
static uint64_t
any_address(struct chaos *chaos)
{
	uint64_t offset = pick(chaos, BUFFER);

	switch (pick(chaos, 14)) {
	case 0:
		return 0;
	case 1:
		return pick(chaos, 65536);
	case 2:
		return 0xffff000040000000 + (pick(chaos, 1 << 20) << 12);
	case 3:
		return 0xffffffff80000000 + pick(chaos, 1 << 22);
	case 4:
		return (1UL << 48) - pick(chaos, 64);
	case 5:
		return UINT64_MAX - pick(chaos, 64);
	case 6:
		return test_random(&chaos->random);
	case 7:
		return (uintptr_t)buffer | 1UL << (56 + pick(chaos, 8));
	case 8:
		return (uintptr_t)&test_main + pick(chaos, 4096);
	case 9:
		return (uintptr_t)&buffer[BUFFER] - pick(chaos, 16);
	case 10:
	case 11:
		return chaos->addresses[pick(chaos, NAMES)] + offset % 64;
	default:
		return (uintptr_t)buffer + (offset & ~7UL);
	}
}

static uint64_t
any_size(struct chaos *chaos)
{
	switch (pick(chaos, 8)) {
	case 0:
		return 0;
	case 1:
		return test_random(&chaos->random);
	case 2:
		return UINT64_MAX - pick(chaos, 8192);
	case 3:
		return 1UL << pick(chaos, 48);
	case 4:
		return pick(chaos, 256);
	default:
		return (1 + pick(chaos, 16)) * page_size;
	}
}

static uint64_t
any_word(struct chaos *chaos)
{
	switch (pick(chaos, 6)) {
	case 0:
		return any_name(chaos);
	case 1:
		return any_size(chaos);
	case 2:
	case 3:
		return any_address(chaos);
	case 4:
		return pick(chaos, 64);
	default:
		return test_random(&chaos->random);
	}
}

static unsigned int
any_right(struct chaos *chaos)
{
	return MACH_MSG_TYPE_MOVE_RECEIVE + (unsigned int)pick(chaos, 7);
}

/* A trap, but for the one that writes on the console. */
static void
do_trap(struct chaos *chaos)
{
	static const uint8_t served[] = {
		25, 26, 27, 28, 29, 59, 60, 61, 64, 65, 66, 68, 69, 70, 71,
		72, 73, 74, 75, 76, 77,
	};
	uint64_t arguments[8], number = served[pick(chaos, sizeof served)];
	unsigned int i;

	/* The thread does not survive one that is not. */
	if (pick(chaos, 64) == 0)
		number = 15 + pick(chaos, 80);
	/* Not too many of those that end it early. */
	if ((number == 66 || number == 69 || number == 70) &&
	    pick(chaos, 8) != 0)
		number = 25;
	if (number == 30)
		number = pick(chaos, 2) == 0 ? 25 : test_random(&chaos->random);
	for (i = 0; i < 8; i++)
		arguments[i] = any_word(chaos);
	/* Waiting for ever is no fun. */
	if (number == 25) {
		arguments[1] |= MACH_SEND_TIMEOUT | MACH_RCV_TIMEOUT;
		arguments[5] = pick(chaos, 3);
	}
	trap_raw((uint32_t)-number, arguments);
}

/* A message of random items, many of them well made. */
static void
do_message(struct chaos *chaos)
{
	static const unsigned int subsystems[] = {
		2000, 2090, 2400, 2600, 2800, 3000, 3200, 4000, 4200, 5000, 64,
	};
	struct message message;
	unsigned int i, items = (unsigned int)pick(chaos, 6);
	mach_msg_type_t *item;

	message_init(&message, any_name(chaos), pick(chaos, 8) != 0 ?
	    MACH_MSG_TYPE_COPY_SEND : any_right(chaos), mig_get_reply_port(),
	    pick(chaos, 8) != 0 ? MACH_MSG_TYPE_MAKE_SEND_ONCE :
	    any_right(chaos), (mach_msg_id_t)(subsystems[pick(chaos,
	    sizeof subsystems / sizeof *subsystems)] + pick(chaos, 120)));
	for (i = 0; i < items; i++) {
		uint64_t words[4] = { any_word(chaos), any_word(chaos),
		    any_word(chaos), any_word(chaos) };

		switch (pick(chaos, 5)) {
		case 0:
			item = message_add_port(&message, any_name(chaos),
			    any_right(chaos));
			break;
		case 1:
			item = message_add_memory(&message,
			    (void *)any_address(chaos), any_size(chaos),
			    pick(chaos, 4) == 0);
			break;
		default:
			item = message_add(&message, pick(chaos, 2) == 0 ?
			    MACH_MSG_TYPE_INTEGER_32 :
			    MACH_MSG_TYPE_INTEGER_64, pick(chaos, 2) == 0 ?
			    32 : 64, 1 + (unsigned int)pick(chaos, 3), words);
			break;
		}
		if (pick(chaos, 12) == 0)
			*(uint64_t *)item ^= 1UL << pick(chaos, 64);
	}
	if (pick(chaos, 16) == 0)
		message.header.msgh_bits ^= 1u << pick(chaos, 32);
	if (pick(chaos, 16) == 0)
		message.header.msgh_size += (unsigned int)pick(chaos, 64) - 32;
	mach_msg_trap(&message.header, MACH_SEND_MSG | MACH_RCV_MSG |
	    MACH_SEND_TIMEOUT | MACH_RCV_TIMEOUT, message.header.msgh_size,
	    sizeof message, mig_get_reply_port(), 1, MACH_PORT_NULL);
}

static void
do_ports(struct chaos *chaos)
{
	mach_port_t *slot = any_name_slot(chaos), previous = MACH_PORT_NULL;
	mach_msg_type_name_t type;

	switch (pick(chaos, 11)) {
	case 0:
		mach_port_allocate(self, (mach_port_right_t)pick(chaos, 6),
		    slot);
		break;
	case 1:
		mach_port_allocate_name(self, MACH_PORT_RIGHT_RECEIVE,
		    any_name(chaos));
		break;
	case 2:
		mach_port_insert_right(self, any_name(chaos),
		    any_name(chaos), any_right(chaos));
		break;
	case 3:
		mach_port_extract_right(self, any_name(chaos),
		    any_right(chaos), slot, &type);
		break;
	case 4:
		mach_port_mod_refs(self, any_name(chaos),
		    (mach_port_right_t)pick(chaos, 6),
		    (mach_port_delta_t)pick(chaos, 7) - 3);
		break;
	case 5:
		mach_port_move_member(self, any_name(chaos),
		    any_name(chaos));
		break;
	case 6:
		mach_port_request_notification(self, any_name(chaos),
		    MACH_NOTIFY_PORT_DESTROYED + (int)pick(chaos, 8),
		    (mach_port_mscount_t)pick(chaos, 2), any_name(chaos),
		    any_right(chaos), &previous);
		break;
	case 7:
		mach_port_rename(self, any_name(chaos), any_name(chaos));
		break;
	case 8:
		mach_port_set_qlimit(self, any_name(chaos),
		    (mach_port_msgcount_t)pick(chaos, 20));
		break;
	case 9:
		mach_port_deallocate(self, any_name(chaos));
		break;
	default:
		if (pick(chaos, 4) == 0)
			mach_port_destroy(self, any_name(chaos));
		break;
	}
}

static void
do_memory(struct chaos *chaos)
{
	vm_address_t *slot = &chaos->addresses[pick(chaos, NAMES)];
	mach_msg_type_number_t count;
	vm_address_t data = 0;

	switch (pick(chaos, 10)) {
	case 0:
	case 1:
		vm_allocate(any_name(chaos), slot, any_size(chaos),
		    pick(chaos, 4) != 0);
		break;
	case 2:
		vm_deallocate(self, *slot, any_size(chaos) % (1 << 20));
		break;
	case 3:
		vm_protect(self, *slot, any_size(chaos) % (1 << 17),
		    pick(chaos, 8) == 0, (vm_prot_t)pick(chaos, 9));
		break;
	case 4:
		vm_inherit(self, any_address(chaos), any_size(chaos),
		    (vm_inherit_t)pick(chaos, 4));
		break;
	case 5:
		if (vm_read(self, any_address(chaos), any_size(chaos), &data,
		    &count) == KERN_SUCCESS)
			*slot = data;
		break;
	case 6:
		vm_write(self, *slot, any_address(chaos),
		    (unsigned int)any_size(chaos));
		break;
	case 7:
		vm_copy(self, any_address(chaos), any_size(chaos), *slot);
		break;
	case 8:
		vm_map(self, slot, any_size(chaos), pick(chaos, 4) == 0 ?
		    any_size(chaos) : 0, pick(chaos, 4) != 0, pick(chaos,
		    2) == 0 ? MACH_PORT_NULL : any_name(chaos),
		    any_size(chaos), pick(chaos, 2) == 0,
		    (vm_prot_t)pick(chaos, 8), (vm_prot_t)pick(chaos, 8),
		    (vm_inherit_t)pick(chaos, 4));
		break;
	default:
		vm_msync(self, any_address(chaos), any_size(chaos),
		    (vm_sync_t)pick(chaos, 32));
		break;
	}
}

static void
do_threads(struct chaos *chaos)
{
	struct aarch64_thread_state state;
	mach_msg_type_number_t count = AARCH64_THREAD_STATE_COUNT;
	mach_port_t *slot = any_name_slot(chaos), task = MACH_PORT_NULL;
	uint64_t *words = (uint64_t *)&state;
	unsigned int i;

	switch (pick(chaos, 11)) {
	case 0:
		thread_create(any_name(chaos), slot);
		break;
	case 1:
		thread_terminate(any_name(chaos));
		break;
	case 2:
		thread_suspend(*slot);
		break;
	case 3:
	case 4:
		thread_resume(*slot);
		break;
	case 5:
		thread_abort(*slot);
		break;
	case 6:
		for (i = 0; i < sizeof state / sizeof *words; i++)
			words[i] = any_word(chaos);
		thread_set_state(*slot, 1 + (int)pick(chaos, 4),
		    (thread_state_t)&state, pick(chaos, 4) == 0 ?
		    (mach_msg_type_number_t)pick(chaos, 80) : count);
		break;
	case 7:
		thread_get_state(*slot, 1 + (int)pick(chaos, 4),
		    (thread_state_t)&state, &count);
		break;
	case 8:
		if (task_create(any_name(chaos), pick(chaos, 2) == 0,
		    &task) == KERN_SUCCESS)
			*slot = task;
		break;
	case 9:
		thread_priority(*slot, (int)pick(chaos, 64),
		    pick(chaos, 2) == 0);
		break;
	default:
		task_set_special_port(self, 1 + (int)pick(chaos, 6),
		    any_name(chaos));
		break;
	}
}

/* What the host's owner may do to memory, in vain without that right. */
static void
do_privileged(struct chaos *chaos)
{
	vm_address_t *slot = &chaos->addresses[pick(chaos, NAMES)];
	rpc_phys_addr_t physical;
	mach_port_t *processors = NULL;
	mach_msg_type_number_t count = 0;

	switch (pick(chaos, 6)) {
	case 0:
		vm_wire(PRIVILEGED, any_name(chaos), any_address(chaos),
		    any_size(chaos), (vm_prot_t)pick(chaos, 9));
		break;
	case 1:
		/* Future memory, wired, may be all that there is. */
		vm_wire_all(PRIVILEGED, self, (vm_wire_t)pick(chaos, 2));
		break;
	case 2:
		vm_allocate_contiguous(PRIVILEGED, any_name(chaos), slot,
		    &physical, any_size(chaos) % (1 << 20),
		    any_size(chaos), any_size(chaos), any_size(chaos));
		break;
	case 3:
		thread_wire(PRIVILEGED, any_name(chaos),
		    pick(chaos, 2) == 0);
		break;
	case 4:
		vm_set_size_limit(mach_host_self(), self, any_size(chaos),
		    any_size(chaos));
		break;
	default:
		host_processors(PRIVILEGED, &processors, &count);
		break;
	}
}

static void
do_anything(struct chaos *chaos)
{
	switch (pick(chaos, 9)) {
	case 0:
	case 1:
		do_trap(chaos);
		break;
	case 2:
	case 3:
		do_message(chaos);
		break;
	case 4:
		do_ports(chaos);
		break;
	case 5:
	case 6:
		do_memory(chaos);
		break;
	case 7:
		do_privileged(chaos);
		break;
	default:
		do_threads(chaos);
		break;
	}
}

/* A thread of a victim; `argument` is its number. */
static void
run_wild(void *argument)
{
	uint64_t start = (uintptr_t)argument;
	struct chaos chaos = {
		.random = (seed + start) * 0x9e3779b97f4a7c15 | 1,
		.names = { mach_task_self(), mach_thread_self(),
		    mach_host_self(), mach_reply_port(), mach_reply_port(),
		    time_device },
	};
	unsigned int i;

	for (i = 0; i < NAMES; i++)
		vm_allocate(self, &chaos.addresses[i], (1 + i % 4) *
		    page_size, TRUE);
	for (;;) {
		/* It may have lost the right to itself. */
		self = mach_task_self();
		do_anything(&chaos);
		__atomic_fetch_add(deeds, 1, __ATOMIC_RELAXED);
	}
}

void
victim(void *argument)
{
	uintptr_t start = (uintptr_t)argument * THREADS;
	struct test_thread *threads[THREADS];
	unsigned int i;

	/* It may run into code of the checker. */
	test_silent = true;
	for (i = 1; i < THREADS; i++)
		threads[i] = test_thread_create(run_wild,
		    (void *)(start + i));
	for (i = 1; i < THREADS; i++)
		need_success(thread_resume(threads[i]->port));
	run_wild((void *)start);
}
