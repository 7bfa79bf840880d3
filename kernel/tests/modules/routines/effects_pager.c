/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What pagers tell the kernel (mach.defs, gnumach.defs, mach4.defs).  This
 * task is the pager of the sample object; threads of it are the clients.
 */
#include "routines.h"

#define self	task_self_port

enum {
	INIT = 2200,
	TERMINATE = 2201,
	DATA_REQUEST = 2203,
	LOCK_COMPLETED = 2206,
	DATA_RETURN = 2208,
	CHANGE_COMPLETED = 2209,
};

static struct message in;

static bool
heard(mach_port_t port, mach_msg_id_t id)
{
	return message_receive(&in, port, 3000) == MACH_MSG_SUCCESS &&
	    in.header.msgh_id == id;
}

/* A thread that reads a word of a page. */
static uint64_t client_value;
static int client_exception;
static integer_t client_code;

static void
read_word(void *argument)
{
	client_value = *(volatile uint64_t *)argument;
}

static void
read_caught(void *argument)
{
	client_value = ~0ul;
	client_exception = test_exception(read_word, argument, &client_code,
	    NULL);
}

/* Start to read a page of the sample object; the kernel asks for it. */
static struct test_thread *
client_start(unsigned int page)
{
	struct test_thread *thread = test_thread_start(read_caught,
	    (void *)(sample_mapping + page * page_size));

	need(heard(sample_pager, DATA_REQUEST));
	return thread;
}

/* Forget the sample's pages; dirty ones come back. */
static void
flush(void)
{
	need_success(memory_object_lock_request(the(CONTROL), 0,
	    SAMPLE_PAGES * page_size, MEMORY_OBJECT_RETURN_NONE, TRUE,
	    VM_PROT_NO_CHANGE, MACH_PORT_NULL));
}

static void
supply(uint64_t value)
{
	vm_address_t data = memory_allocate(page_size);

	*(volatile uint64_t *)data = value;
	need_success(memory_object_data_supply(the(CONTROL), 0, data,
	    (mach_msg_type_number_t)page_size, FALSE, VM_PROT_NONE, FALSE,
	    MACH_PORT_NULL));
	memory_free(data, page_size);
}

/* Page 0 in memory, with this word. */
static void
bring_in(uint64_t value)
{
	struct test_thread *thread = client_start(0);

	supply(value);
	need(test_thread_join(thread) && client_exception == 0);
}

EFFECT(memory_object_data_supply)
{
	bring_in(0x77);
	ok_eq(client_value, 0x77, "the word that was supplied");
	flush();
}

EFFECT(memory_object_data_unavailable)
{
	struct test_thread *thread = client_start(1);

	need_success(memory_object_data_unavailable(the(CONTROL), page_size,
	    page_size));
	ok(test_thread_join(thread) && client_exception == 0 &&
	    client_value == 0, "a page of zero");
	flush();
}

EFFECT(memory_object_data_error)
{
	struct test_thread *thread = client_start(2);

	need_success(memory_object_data_error(the(CONTROL), 2 * page_size,
	    page_size, KERN_MEMORY_ERROR));
	ok(test_thread_join(thread) && client_exception == EXC_BAD_ACCESS,
	    "an exception, code %d", client_code);
	flush();
}

EFFECT(memory_object_get_attributes)
{
	boolean_t ready = FALSE, cached = TRUE;
	memory_object_copy_strategy_t strategy = 0;

	need_success(memory_object_get_attributes(the(CONTROL), &ready,
	    &cached, &strategy));
	ok(ready && !cached && strategy == MEMORY_OBJECT_COPY_DELAY,
	    "as it was made ready");
}

EFFECT(memory_object_lock_request)
{
	mach_port_t reply = port_receive_right();

	bring_in(5);
	*(volatile uint64_t *)sample_mapping = 6;
	need_success(memory_object_lock_request(the(CONTROL), 0, page_size,
	    MEMORY_OBJECT_RETURN_DIRTY, TRUE, VM_PROT_NO_CHANGE, reply));
	ok(heard(sample_pager, DATA_RETURN), "the dirty page comes back");
	memory_free((vm_address_t)message_data(message_item(&in, 2)),
	    page_size);
	mach_port_deallocate(self, the(CONTROL));
	ok(heard(reply, LOCK_COMPLETED), "and it is told");
	mach_port_deallocate(self, the(CONTROL));
	port_destroy(reply);
}

/* A number in the place of the right to answer by. */
static void
answer_by_number(void)
{
	mach_port_t reply = port_receive_right();
	struct message message;
	uint64_t number = 0x1005;
	int values[2] = { FALSE, MEMORY_OBJECT_COPY_DELAY };

	message_init(&message, the(CONTROL), MACH_MSG_TYPE_COPY_SEND, reply,
	    MACH_MSG_TYPE_MAKE_SEND_ONCE, 2095);
	message_add(&message, MACH_MSG_TYPE_BOOLEAN, 32, 1, &values[0]);
	message_add(&message, MACH_MSG_TYPE_INTEGER_32, 32, 1, &values[1]);
	message_add(&message, MACH_MSG_TYPE_INTEGER_64, 64, 1, &number);
	need_success(message_send(&message));
	need_success(message_receive(&message, reply, 1000));
	ok_eq(*(kern_return_t *)message_data(message_item(&message, 0)),
	    KERN_INVALID_ARGUMENT, "a number is no right");
	port_destroy(reply);
}

EFFECT(memory_object_change_attributes)
{
	mach_port_t reply = port_receive_right();
	boolean_t ready, cached = FALSE;
	memory_object_copy_strategy_t strategy = 0;

	need_success(memory_object_change_attributes(the(CONTROL), TRUE,
	    MEMORY_OBJECT_COPY_NONE, reply));
	ok(heard(reply, CHANGE_COMPLETED), "it is told");
	need_success(memory_object_get_attributes(the(CONTROL), &ready,
	    &cached, &strategy));
	ok(cached && strategy == MEMORY_OBJECT_COPY_NONE, "it has changed");
	need_success(memory_object_change_attributes(the(CONTROL), FALSE,
	    MEMORY_OBJECT_COPY_DELAY, MACH_PORT_NULL));
	answer_by_number();
	port_destroy(reply);
}

/* Another object, not yet ready. */
static mach_port_t other_pager, other_control, other_name;
static vm_address_t other_mapping;

static void
other_start(void)
{
	other_pager = port_with_send();
	other_mapping = 0;
	need_success(vm_map(self, &other_mapping, page_size, 0, TRUE,
	    other_pager, 0, FALSE, VM_PROT_READ, VM_PROT_ALL,
	    VM_INHERIT_NONE));
	need(heard(other_pager, INIT));
	other_control = *(mach_port_t *)message_data(message_item(&in, 0));
	other_name = *(mach_port_t *)message_data(message_item(&in, 1));
}

static void
other_end(void)
{
	memory_free(other_mapping, page_size);
	port_destroy(other_control);
	port_destroy(other_name);
	port_destroy(other_pager);
}

EFFECT(memory_object_ready)
{
	struct test_thread *thread;

	other_start();
	thread = test_thread_start(read_caught, (void *)other_mapping);
	ok_eq(message_receive(&in, other_pager, 5), MACH_RCV_TIMED_OUT,
	    "not ready: no request");
	need_success(memory_object_ready(other_control, FALSE,
	    MEMORY_OBJECT_COPY_NONE));
	ok(heard(other_pager, DATA_REQUEST), "ready: the request comes");
	need_success(memory_object_data_unavailable(other_control, 0,
	    page_size));
	need(test_thread_join(thread));
	other_end();
}

EFFECT(memory_object_destroy)
{
	other_start();
	need_success(memory_object_ready(other_control, FALSE,
	    MEMORY_OBJECT_COPY_NONE));
	need_success(memory_object_destroy(other_control, KERN_FAILURE));
	ok(heard(other_pager, TERMINATE), "the object is terminated");
	read_caught((void *)other_mapping);
	ok_eq(client_exception, EXC_BAD_ACCESS, "its mapping is dead");
	other_end();
}

EFFECT(vm_object_sync)
{
	bring_in(8);
	*(volatile uint64_t *)sample_mapping = 9;
	need_success(vm_object_sync(the(OBJECT_NAME), 0, page_size, FALSE,
	    TRUE, FALSE));
	ok(heard(sample_pager, DATA_RETURN), "the dirty page is written");
	memory_free((vm_address_t)message_data(message_item(&in, 2)),
	    page_size);
	mach_port_deallocate(self, the(CONTROL));
	flush();
}

EFFECT(vm_msync)
{
	bring_in(10);
	*(volatile uint64_t *)sample_mapping = 11;
	need_success(vm_msync(self, sample_mapping, page_size,
	    VM_SYNC_ASYNCHRONOUS));
	ok(heard(sample_pager, DATA_RETURN), "the dirty page is written");
	memory_free((vm_address_t)message_data(message_item(&in, 2)),
	    page_size);
	mach_port_deallocate(self, the(CONTROL));
	flush();
}

static vm_address_t
map_proxy(mach_port_t proxy, vm_prot_t protection)
{
	vm_address_t address = 0;

	if (vm_map(self, &address, page_size, 0, TRUE, proxy, 0, FALSE,
	    protection, protection, VM_INHERIT_NONE) != KERN_SUCCESS)
		return 0;
	return address;
}

EFFECT(memory_object_create_proxy)
{
	rpc_vm_offset_t offset = 0, start = 0;
	rpc_vm_size_t length = page_size;
	mach_port_t proxy = MACH_PORT_NULL;
	vm_address_t address;

	bring_in(12);
	need_success(memory_object_create_proxy(self, VM_PROT_READ,
	    &sample_pager, MACH_MSG_TYPE_COPY_SEND, 1, &offset, 1, &start, 1,
	    &length, 1, &proxy));
	ok_eq(map_proxy(proxy, VM_PROT_WRITE), 0, "not to write");
	address = map_proxy(proxy, VM_PROT_READ);
	ok(address != 0 && *(volatile uint64_t *)address == 12,
	    "the object through the proxy");
	memory_free(address, page_size);
	mach_port_deallocate(self, proxy);
	flush();
}

EFFECT(vm_region_create_proxy)
{
	vm_address_t memory = memory_allocate(page_size), address;
	mach_port_t proxy = MACH_PORT_NULL;

	*(volatile uint64_t *)memory = 13;
	need_success(vm_region_create_proxy(self, memory, VM_PROT_READ,
	    page_size, &proxy));
	address = map_proxy(proxy, VM_PROT_READ);
	ok(address != 0 && *(volatile uint64_t *)address == 13,
	    "the memory through the proxy");
	*(volatile uint64_t *)memory = 14;
	ok_eq(*(volatile uint64_t *)address, 14, "the memory itself");
	memory_free(address, page_size);
	mach_port_deallocate(self, proxy);
	memory_free(memory, page_size);
}
