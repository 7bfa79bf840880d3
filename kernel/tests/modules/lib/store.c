/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * A default pager for tests.
 */
#include "store.h"

enum {
	TERMINATE = 2201,
	DATA_REQUEST = 2203,
	DATA_RETURN = 2208,
	CREATE = 2250,
	DATA_INITIALIZE = 2251,
	STALL = 1,
	RESUME = 2,
	COUNT = 3,
};

#define SLOTS		(1u << 17)	/* pages it can hold */
#define WHOLE_MAX	2048u
#define STEP		0x9e3779b97f4a7c15u

/* One page; `page` holds it whole, or is 0: it has the pattern of `seed`. */
struct slot {
	uint32_t object;		/* port name, 0: free */
	uint32_t index;
	uint64_t value;
	bool whole;
};

static struct slot *slots;
static vm_address_t buffer;
static struct store_count counts;
static mach_port_t ports, command_port;
static struct message in;

void
page_fill(vm_address_t page, uint64_t seed)
{
	uint64_t *words = (uint64_t *)page;
	vm_size_t i;

	for (i = 0; i < page_size / 8; i++)
		words[i] = seed + i * STEP;
}

bool
page_check(vm_address_t page, uint64_t seed)
{
	const uint64_t *words = (const uint64_t *)page;
	uint64_t wrong = 0;
	vm_size_t i;

	for (i = 0; i < page_size / 8; i++)
		wrong |= words[i] ^ (seed + i * STEP);
	return wrong == 0;
}

/* The slot of a page, or a free one for it. */
static struct slot *
slot_find(mach_port_t object, uint64_t offset)
{
	uint32_t index = (uint32_t)(offset / page_size);
	uint64_t key = ((uint64_t)object << 32 | index) * STEP;
	uint32_t at = (uint32_t)(key >> 40) % SLOTS, i;

	for (i = 0; i < SLOTS; i++, at = (at + 1) % SLOTS) {
		struct slot *slot = &slots[at];

		if (slot->object == 0 || (slot->object == object &&
		    slot->index == index))
			return slot;
	}
	return NULL;
}

static void
store_page(mach_port_t object, uint64_t offset, vm_address_t page)
{
	struct slot *slot = slot_find(object, offset);
	uint64_t seed = *(uint64_t *)page;

	need(slot != NULL);
	if (slot->object != 0 && slot->whole) {
		memory_free(slot->value, page_size);
		counts.whole--;
	}
	slot->object = object;
	slot->index = (uint32_t)(offset / page_size);
	slot->whole = !page_check(page, seed);
	slot->value = seed;
	if (slot->whole) {
		need(++counts.whole <= WHOLE_MAX);
		slot->value = memory_allocate(page_size);
		memcpy((void *)slot->value, (void *)page, page_size);
	}
}

static void
store_data(bool initial)
{
	mach_msg_type_t *item = message_item(&in, 2);
	uint64_t offset = *(uint64_t *)message_data(message_item(&in, 1));
	vm_address_t data = (vm_address_t)message_data(item);
	vm_size_t size = item->msgt_number, done;

	for (done = 0; done < size; done += page_size)
		store_page(in.header.msgh_local_port, offset + done,
		    data + done);
	if (initial)
		counts.first += size / page_size;
	else
		counts.again += size / page_size;
	memory_free(data, size);
}

static void
store_supply(void)
{
	mach_port_t control =
	    *(mach_port_t *)message_data(message_item(&in, 0));
	uint64_t offset = *(uint64_t *)message_data(message_item(&in, 1));
	struct slot *slot = slot_find(in.header.msgh_local_port, offset);

	if (slot == NULL || slot->object == 0) {
		counts.bad++;
		memory_object_data_unavailable(control, offset, page_size);
		return;
	}
	if (slot->whole)
		memcpy((void *)buffer, (void *)slot->value, page_size);
	else
		page_fill(buffer, slot->value);
	counts.supplied++;
	need_success(memory_object_data_supply(control, offset, buffer,
	    (mach_msg_type_number_t)page_size, FALSE, VM_PROT_NONE, FALSE,
	    MACH_PORT_NULL));
}

/* An object is gone: its name may come back. */
static void
store_forget(mach_port_t object)
{
	uint32_t i;

	for (i = 0; i < SLOTS; i++) {
		if (slots[i].object != object || !slots[i].whole)
			continue;
		memory_free(slots[i].value, page_size);
		slots[i].whole = false;
		slots[i].value = 0;
		counts.whole--;
	}
	counts.objects--;
	port_destroy(object);
}

static void
store_count_reply(void)
{
	static struct message reply;

	message_init(&reply, in.header.msgh_remote_port,
	    MACH_MSG_TYPE_MOVE_SEND_ONCE, MACH_PORT_NULL, 0, COUNT + 100);
	message_add(&reply, MACH_MSG_TYPE_INTEGER_64, 64,
	    sizeof(counts) / 8, &counts);
	message_send(&reply);
}

static mach_port_t
item_port(unsigned int index)
{
	return *(mach_port_t *)message_data(message_item(&in, index));
}

/* Control rights come with each message; names are kept by the first. */
static void
store_message(void)
{
	switch (in.header.msgh_id) {
	case CREATE:
		counts.objects++;
		need_success(mach_port_move_member(task_self_port,
		    item_port(0), ports));
		mach_port_deallocate(task_self_port, item_port(3));
		break;
	case DATA_INITIALIZE:
	case DATA_RETURN:
		store_data(in.header.msgh_id == DATA_INITIALIZE);
		mach_port_deallocate(task_self_port, item_port(0));
		break;
	case DATA_REQUEST:
		store_supply();
		mach_port_deallocate(task_self_port, item_port(0));
		break;
	case TERMINATE:
		store_forget(in.header.msgh_local_port);
		port_destroy(item_port(0));
		port_destroy(item_port(1));
		break;
	case STALL:
		store_count_reply();
		do {
			need(mach_msg(&in.header, MACH_RCV_MSG, 0, sizeof in,
			    command_port, 0, MACH_PORT_NULL) == 0);
		} while (in.header.msgh_id != RESUME);
		break;
	case COUNT:
		store_count_reply();
		break;
	default:
		counts.bad++;
	}
}

static void
store_run(void *argument)
{
	mach_port_t manager = port_with_send(), *registered, host, old;
	mach_msg_type_number_t count = 0;
	static struct message hello;

	need_success(mach_ports_lookup(task_self_port, &registered, &count));
	host = registered[0];
	need_success(thread_wire(host, mach_thread_self(), TRUE));
	slots = (struct slot *)memory_allocate(SLOTS * sizeof *slots);
	buffer = memory_allocate(page_size);
	need_success(vm_wire_all(host, task_self_port, VM_WIRE_ALL));
	ports = port_set();
	command_port = port_with_send();
	need_success(mach_port_move_member(task_self_port, manager, ports));
	old = manager;
	need_success(vm_set_default_memory_manager(host, &old));
	message_init(&hello, CHILD_UP, MACH_MSG_TYPE_COPY_SEND,
	    MACH_PORT_NULL, 0, 1);
	message_add_port(&hello, manager, MACH_MSG_TYPE_COPY_SEND);
	message_add_port(&hello, command_port, MACH_MSG_TYPE_COPY_SEND);
	message_send(&hello);
	need_success(mach_port_move_member(task_self_port, command_port,
	    ports));
	for (;;) {
		need(mach_msg(&in.header, MACH_RCV_MSG, 0, sizeof in, ports,
		    0, MACH_PORT_NULL) == 0);
		if (in.header.msgh_id == STALL)
			need_success(mach_port_move_member(task_self_port,
			    command_port, MACH_PORT_NULL));
		store_message();
		if (in.header.msgh_id == RESUME)
			need_success(mach_port_move_member(task_self_port,
			    command_port, ports));
	}
}

void
store_start(struct store *store)
{
	struct message hello;

	need_success(mach_ports_register(task_self_port, &host_priv, 1));
	test_child_start(&store->child, store_run, NULL);
	need(message_receive(&hello, store->child.up, 10000) == 0);
	store->manager = *(mach_port_t *)message_data(
	    message_item(&hello, 0));
	store->command = *(mach_port_t *)message_data(
	    message_item(&hello, 1));
}

void
store_kill(struct store *store)
{
	test_child_kill(&store->child);
	mach_port_deallocate(task_self_port, store->manager);
	mach_port_deallocate(task_self_port, store->command);
}

/* Send a command that is answered with the counts. */
static void
store_ask(struct store *store, int id, struct store_count *count)
{
	mach_port_t reply = port_receive_right();
	struct message message;

	message_init(&message, store->command, MACH_MSG_TYPE_COPY_SEND,
	    reply, MACH_MSG_TYPE_MAKE_SEND_ONCE, id);
	need(message_send(&message) == 0);
	need(message_receive(&message, reply, 10000) == 0);
	memcpy(count, message_data(message_item(&message, 0)),
	    sizeof *count);
	port_destroy(reply);
}

void
store_stall(struct store *store, bool stall)
{
	struct store_count count;

	if (stall)
		store_ask(store, STALL, &count);
	else
		need(message_send_id(store->command, MACH_MSG_TYPE_COPY_SEND,
		    RESUME) == 0);
}

void
store_count(struct store *store, struct store_count *count)
{
	store_ask(store, COUNT, count);
}

/* Memory that is taken away. */

#define HOGS		1024
#define HOG_MIN		(128ul << 10)	/* banks may be small */
#define HOG_MAX		(256ul << 20)
#define HOG_NEAR	(4ul << 20)	/* so much more room is about right */

static struct {
	vm_address_t address;
	vm_size_t size;
} hogs[HOGS];

static uint64_t
free_memory(void)
{
	struct vm_statistics statistics;

	need_success(vm_statistics(task_self_port, &statistics));
	return (uint64_t)statistics.free_count * page_size;
}

void
hog_take(vm_size_t room)
{
	vm_size_t size = HOG_MAX;
	rpc_phys_addr_t physical;
	unsigned int i = 0;

	while (i < HOGS && size >= HOG_MIN &&
	    free_memory() >= room + HOG_NEAR) {
		if (free_memory() < room + size ||
		    vm_allocate_contiguous(host_priv, task_self_port,
		    &hogs[i].address, &physical, size, 0, ~0ul, page_size) !=
		    KERN_SUCCESS)
			size /= 2;
		else {
			need_success(vm_inherit(task_self_port,
			    hogs[i].address, size, VM_INHERIT_NONE));
			hogs[i++].size = size;
		}
	}
}

void
hog_give(void)
{
	unsigned int i;

	for (i = 0; i < HOGS && hogs[i].size != 0; i++)
		memory_free(hogs[i].address, hogs[i].size);
	memset(hogs, 0, sizeof hogs);
}
