/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The children: tasks that do as they are told.  Each has one thread, which
 * runs server() on a stack that it inherited.
 */
#include "vm-random.h"

#define SERVER	0x4321u		/* receive right in each child */

static uint64_t
sum(const void *data, vm_size_t size)
{
	const uint64_t *word = data;
	uint64_t value = 14695981039346656037ul;
	vm_size_t i;

	for (i = 0; i < size / sizeof *word; i++)
		value = (value ^ word[i]) * 1099511628211ul;
	return value;
}

static struct message order;
static char server_stack[16384] __attribute__((aligned(16)));

static void
server_answer(uint64_t value)
{
	message_init(&order, CHILD_UP, MACH_MSG_TYPE_COPY_SEND,
	    MACH_PORT_NULL, 0, 0);
	message_add(&order, MACH_MSG_TYPE_INTEGER_64, 64, 1, &value);
}

static void
server_obey(void)
{
	const uint64_t *word = message_data(message_item(&order, 0));
	uint64_t address = word[0], value = word[1];
	bool deallocate = word[2] != 0;

	switch (order.header.msgh_id) {
	case LOAD:
		server_answer(*(volatile uint64_t *)address);
		break;
	case STORE:
		*(volatile uint64_t *)address = value;
		server_answer(0);
		break;
	case SUM:
		server_answer(sum((void *)address, value));
		break;
	case SEND:
		server_answer(0);
		message_add_memory(&order, (void *)address, value,
		    deallocate);
		break;
	default:
		server_answer((uintptr_t)message_data(message_item(&order,
		    1)));
	}
}

static void
server(void)
{
	for (;;) {
		if (message_receive(&order, SERVER, 1000000) !=
		    MACH_MSG_SUCCESS)
			continue;
		server_obey();
		message_send(&order);
	}
}

struct message answer;

uint64_t
tell(struct child *child, int what, uint64_t address, uint64_t value,
    bool deallocate, const void *memory, vm_size_t size)
{
	uint64_t words[3] = { address, value, deallocate };

	message_init(&answer, child->server, MACH_MSG_TYPE_COPY_SEND,
	    MACH_PORT_NULL, 0, what);
	message_add(&answer, MACH_MSG_TYPE_INTEGER_64, 64, 3, words);
	if (memory != NULL)
		message_add_memory(&answer, memory, size, true);
	expect("an order", message_send(&answer), MACH_MSG_SUCCESS);
	expect("an answer", message_receive(&answer, child->up, 20000),
	    MACH_MSG_SUCCESS);
	return *(uint64_t *)message_data(message_item(&answer, 0));
}

/* Give a new task its server. */
static void
child_serve(struct child *child)
{
	struct aarch64_thread_state registers;
	mach_msg_type_name_t type;
	mach_port_t thread;

	need_success(mach_port_allocate_name(child->task,
	    MACH_PORT_RIGHT_RECEIVE, SERVER));
	need_success(mach_port_extract_right(child->task, SERVER,
	    MACH_MSG_TYPE_MAKE_SEND, &child->server, &type));
	child->up = port_with_send();
	need_success(mach_port_insert_right(child->task, CHILD_UP, child->up,
	    MACH_MSG_TYPE_COPY_SEND));
	need_success(thread_create(child->task, &thread));
	memset(&registers, 0, sizeof registers);
	registers.pc = (uintptr_t)server;
	registers.sp = (uintptr_t)server_stack + sizeof server_stack;
	need_success(set_state(thread, &registers));
	need_success(thread_resume(thread));
	need_success(mach_port_deallocate(self, thread));
}

void
child_end(struct child *child)
{
	unsigned int i;

	need_success(task_terminate(child->task));
	need_success(mach_port_deallocate(self, child->task));
	need_success(mach_port_deallocate(self, child->server));
	port_destroy(child->up);
	child->task = MACH_PORT_NULL;
	for (i = 0; i < PAGES; i++)
		slot_clear(&child->slots[i]);
}

void
child_begin(struct child *child, mach_port_t parent)
{
	need_success(task_create(parent, TRUE, &child->task));
	child_serve(child);
}

void
child_check(struct child *child)
{
	mach_msg_type_number_t count;
	vm_address_t data;
	unsigned int i;

	for (i = 0; i < PAGES; i++) {
		kern_return_t want = access(child, i, 1, VM_PROT_READ);

		expect("vm_read", vm_read(child->task, at(i), page_size,
		    &data, &count), want);
		if (want != KERN_SUCCESS)
			continue;
		if (!same(child, i, 1, (uint8_t *)data))
			fail("vm_read's memory", 1, 0);
		memory_free(data, page_size);
		if (tell(child, SUM, at(i), page_size, false, NULL, 0) !=
		    sum(child->slots[i].cell->bytes, page_size))
			fail("a page", 1, 0);
	}
}

unsigned int
deepest(const struct child *child)
{
	unsigned int most = 0, depth, i;
	mach_port_t object, shadow, copy;
	vm_region_info_t region;
	vm_object_info_t info;

	for (i = 0; i < PAGES; i++) {
		if (child->slots[i].cell == NULL)
			continue;
		need_success(mach_vm_region_info(child->task, at(i), &region,
		    &object));
		for (depth = 0; object != MACH_PORT_NULL; depth++) {
			need_success(mach_vm_object_info(object, &info,
			    &shadow, &copy));
			mach_port_deallocate(self, object);
			object = shadow;
		}
		most = depth > most ? depth : most;
	}
	return most;
}
