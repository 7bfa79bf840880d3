/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * A pager by hand.
 */
#include "pager.h"

mach_port_t pager, control, name, reply;
struct message in;

/* The next message to `port` has this id. */
bool
expect(mach_port_t port, mach_msg_id_t id, const char *what)
{
	mach_msg_return_t mr = message_receive(&in, port, SOON);

	return ok_eq(mr == MACH_MSG_SUCCESS ? in.header.msgh_id : -1, id,
	    "the kernel sends %s", what);
}

void
expect_nothing(mach_port_t port, const char *why)
{
	ok_eq(message_receive(&in, port, NEVER), MACH_RCV_TIMED_OUT,
	    "nothing is sent: %s", why);
}

uint64_t
item_long(unsigned int index)
{
	mach_msg_type_t *item = message_item(&in, index);

	return item == NULL ? ~0ul : *(uint64_t *)message_data(item);
}

uint32_t
item_int(unsigned int index)
{
	mach_msg_type_t *item = message_item(&in, index);

	return item == NULL ? ~0u : *(uint32_t *)message_data(item);
}

vm_address_t
map_at(vm_offset_t offset, vm_size_t size, bool copy)
{
	vm_address_t address = 0;

	need_success(vm_map(self, &address, size, 0, TRUE, pager, offset,
	    copy, VM_PROT_READ | VM_PROT_WRITE, VM_PROT_ALL,
	    VM_INHERIT_COPY));
	return address;
}

/* A new memory object, mapped, its init received. */
vm_address_t
object_map(vm_size_t size)
{
	vm_address_t address;

	pager = port_with_send();
	address = map_at(0, size, false);
	expect(pager, INIT, "memory_object_init");
	control = (mach_port_t)item_int(0);
	name = (mach_port_t)item_int(1);
	return address;
}

void
ready(bool may_cache, memory_object_copy_strategy_t strategy)
{
	need_success(memory_object_ready(control, may_cache, strategy));
}

/* Unmap, and see the object terminated. */
void
object_end(vm_address_t address, vm_size_t size)
{
	memory_free(address, size);
	expect(pager, TERMINATE, "memory_object_terminate");
	port_destroy(control);
	port_destroy(name);
	port_destroy(pager);
}

/* A page whose first word is `value`. */
void
supply(vm_offset_t offset, uint64_t value, vm_prot_t lock, bool precious,
    mach_port_t reply_to)
{
	vm_address_t data = memory_allocate(page_size);

	*(volatile uint64_t *)data = value;
	need_success(memory_object_data_supply(control, offset, data,
	    (mach_msg_type_number_t)page_size, TRUE, lock, precious,
	    reply_to));
}

void
client_touch(void *argument)
{
	struct client *client = argument;
	volatile uint64_t *word = (volatile uint64_t *)client->address;

	if (client->write)
		*word = client->value;
	else
		client->value = *word;
}

static void
client_run(void *argument)
{
	struct client *client = argument;

	client->exception = test_exception(client_touch, client,
	    &client->code, &client->subcode);
}

void
client_start(struct client *client, vm_address_t address, bool write,
    uint64_t value)
{
	*client = (struct client){
		.address = address,
		.write = write,
		.value = value,
	};
	client->thread = test_thread_start(client_run, client);
}

void
client_good(struct client *client, const char *what)
{
	need(test_thread_join(client->thread));
	ok_eq(client->exception, 0, "%s: no exception", what);
}

void
client_bad(struct client *client, kern_return_t code, const char *what)
{
	need(test_thread_join(client->thread));
	ok_eq(client->exception, EXC_BAD_ACCESS, "%s: an exception", what);
	ok_eq(client->code, code, "%s: its code", what);
}

/* Read a page that is asked for. */
void
page_in(vm_address_t address, vm_offset_t offset, uint64_t value,
    vm_prot_t lock, bool precious)
{
	struct client client;

	client_start(&client, address, false, 0);
	expect(pager, DATA_REQUEST, "memory_object_data_request");
	ok_eq(item_long(1), offset, "for the offset");
	supply(offset, value, lock, precious, MACH_PORT_NULL);
	client_good(&client, "read");
	ok_eq(client.value, value, "the data arrive");
}

void
lock(vm_offset_t offset, vm_size_t size, memory_object_return_t returns,
    bool flush, vm_prot_t value)
{
	need_success(memory_object_lock_request(control, offset, size,
	    returns, flush, value, reply));
}

void
lock_done(void)
{
	expect(reply, LOCK_COMPLETED, "memory_object_lock_completed");
}

static void
call_run(void *argument)
{
	struct call *call = argument;

	call->result = call->run(call);
}

void
call_start(struct call *call, kern_return_t (*run)(struct call *),
    vm_address_t address, vm_size_t size)
{
	*call = (struct call){
		.run = run,
		.address = address,
		.size = size,
	};
	call->thread = test_thread_start(call_run, call);
}

void
call_waits(struct call *call, const char *what)
{
	ok(!test_thread_wait(call->thread, NEVER), "%s: waits", what);
}

void
call_done(struct call *call, kern_return_t result, const char *what)
{
	bool done = test_thread_wait(call->thread, 8000);

	test_thread_kill(call->thread);
	ok_eq(done ? call->result : -1, result, "%s: the result", what);
}

kern_return_t
call_inherit(struct call *call)
{
	mach_port_t child = MACH_PORT_NULL;
	kern_return_t kr = task_create(self, TRUE, &child);

	call->address = child;
	return kr;
}
