/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * While a thread waits for a pager in a call that sends, inherits or wires
 * memory, the other threads of its task use its address space, and change it.
 * (The pager of these tests is one of them: it allocates what it supplies.)
 */
#include "pager.h"

#define PAGES	3

static mach_port_t to;			/* where memory is sent */
static vm_address_t base;		/* all of it, not inherited */

static kern_return_t
allocate(struct call *call)
{
	vm_address_t address = 0;
	kern_return_t kr = vm_allocate(self, &address, page_size, TRUE);

	if (kr == KERN_SUCCESS)
		kr = vm_deallocate(self, address, page_size);
	return kr;
}

/* Others go on meanwhile. */
static void
others_go_on(struct call *call, const char *what)
{
	struct call other;

	call_waits(call, what);
	call_start(&other, allocate, 0, 0);
	call_done(&other, KERN_SUCCESS, "vm_allocate meanwhile");
}

static void
answer(unsigned int page, uint64_t value)
{
	expect(pager, DATA_REQUEST, "a request");
	ok_eq(item_long(1), page * page_size, "for page %u", page);
	supply(page * page_size, value, VM_PROT_NONE, false, MACH_PORT_NULL);
}

static void
forget(void)
{
	lock(0, PAGES * page_size, MEMORY_OBJECT_RETURN_NONE, true,
	    VM_PROT_NO_CHANGE);
	lock_done();
}

static kern_return_t
send(struct call *call)
{
	struct message message;

	message_init(&message, to, MACH_MSG_TYPE_COPY_SEND, MACH_PORT_NULL,
	    0, 1);
	message_add_memory(&message, (void *)call->address, call->size,
	    false);
	return message_send(&message);
}

static void
test_send(vm_address_t address)
{
	struct call call;
	vm_address_t data;
	unsigned int i;

	forget();
	call_start(&call, send, address, PAGES * page_size);
	expect(pager, DATA_REQUEST, "a request");
	others_go_on(&call, "sending");
	supply(0, 100, VM_PROT_NONE, false, MACH_PORT_NULL);
	expect(pager, DATA_REQUEST, "a request");
	/* What was copied may go. */
	forget();
	supply(page_size, 101, VM_PROT_NONE, false, MACH_PORT_NULL);
	for (i = 2; i < PAGES; i++)
		answer(i, 100 + i);
	call_done(&call, MACH_MSG_SUCCESS, "sending");
	expect_nothing(pager, "each page was asked for once");
	ok_eq(message_receive(&in, to, SOON), MACH_MSG_SUCCESS, "received");
	data = (vm_address_t)message_data(message_item(&in, 0));
	for (i = 0; i < PAGES; i++)
		ok_eq(*(volatile uint64_t *)(data + i * page_size), 100 + i,
		    "page %u is right", i);
	memory_free(data, PAGES * page_size);

	/* What is gone when the pager answers is not sent. */
	forget();
	call_start(&call, send, address, PAGES * page_size);
	expect(pager, DATA_REQUEST, "a request");
	memory_free(address + page_size, (PAGES - 1) * page_size);
	supply(0, 110, VM_PROT_NONE, false, MACH_PORT_NULL);
	call_done(&call, MACH_SEND_INVALID_MEMORY,
	    "sending what is gone");
	memory_free(address, page_size);
}

static void
test_inherit(vm_address_t address)
{
	vm_address_t after = 0;
	vm_offset_t data;
	mach_msg_type_number_t count;
	struct call call;
	mach_port_t child;
	unsigned int i;

	forget();
	need_success(vm_allocate(self, &after, page_size, TRUE));
	*(volatile uint64_t *)after = 5;
	call_start(&call, call_inherit, 0, 0);
	expect(pager, DATA_REQUEST, "a request");
	others_go_on(&call, "inheriting");
	supply(0, 200, VM_PROT_NONE, false, MACH_PORT_NULL);
	for (i = 1; i < PAGES; i++)
		answer(i, 200 + i);
	call_done(&call, KERN_SUCCESS, "inheriting");
	child = (mach_port_t)call.address;
	need_success(vm_read(child, address, PAGES * page_size, &data,
	    &count));
	for (i = 0; i < PAGES; i++)
		ok_eq(*(volatile uint64_t *)(data + i * page_size), 200 + i,
		    "the child's page %u is right", i);
	memory_free(data, PAGES * page_size);
	need_success(vm_read(child, after, page_size, &data, &count));
	ok_eq(*(volatile uint64_t *)data, 5, "and so is its other memory");
	memory_free(data, page_size);
	memory_free(after, page_size);
	task_terminate(child);
	mach_port_deallocate(self, child);

	/* What is gone when the pager answers is not inherited. */
	forget();
	call_start(&call, call_inherit, 0, 0);
	expect(pager, DATA_REQUEST, "a request");
	memory_free(address, PAGES * page_size);
	supply(0, 210, VM_PROT_NONE, false, MACH_PORT_NULL);
	call_done(&call, KERN_SUCCESS, "inheriting without what is gone");
	child = (mach_port_t)call.address;
	ok_eq(vm_read(child, address, page_size, &data, &count),
	    KERN_INVALID_ADDRESS, "the child does not have it");
	task_terminate(child);
	mach_port_deallocate(self, child);
}

static kern_return_t
wire(struct call *call)
{
	return vm_wire(host_priv, self, call->address, call->size,
	    VM_PROT_READ | VM_PROT_WRITE);
}

static kern_return_t
wire_all(struct call *call)
{
	return vm_wire_all(host_priv, self, VM_WIRE_CURRENT);
}

/* Wired pages are not flushed. */
static void
check_wired(vm_address_t address, unsigned int page, bool wired)
{
	struct client client;

	forget();
	client_start(&client, address + page * page_size, false, 0);
	if (!wired)
		answer(page, 400);
	client_good(&client, wired ? "a wired page" : "an unwired page");
	if (wired)
		expect_nothing(pager, "the page is wired");
}

/* The waits did not leave it in pieces. */
static void
check_whole(vm_address_t address)
{
	vm_address_t start = address;
	vm_size_t size = 0;
	vm_prot_t protection, maximum;
	vm_inherit_t inheritance;
	boolean_t shared;
	mach_port_t object = MACH_PORT_NULL;
	vm_offset_t offset;

	need_success(vm_region(self, &start, &size, &protection, &maximum,
	    &inheritance, &shared, &object, &offset));
	mach_port_deallocate(self, object);
	ok(start == address && size == PAGES * page_size,
	    "it is one region still");
}

static void
test_wire(vm_address_t address)
{
	struct call call;
	unsigned int i;

	forget();
	call_start(&call, wire, address, PAGES * page_size);
	expect(pager, DATA_REQUEST, "a request");
	others_go_on(&call, "wiring");
	supply(0, 300, VM_PROT_NONE, false, MACH_PORT_NULL);
	for (i = 1; i < PAGES; i++)
		answer(i, 300 + i);
	call_done(&call, KERN_SUCCESS, "wiring");
	for (i = 0; i < PAGES; i++)
		check_wired(address, i, true);
	need_success(vm_wire(host_priv, self, address, PAGES * page_size,
	    VM_PROT_NONE));
	check_wired(address, 1, false);

	forget();
	call_start(&call, wire, address, PAGES * page_size);
	answer(0, 310);
	expect(pager, DATA_REQUEST, "a request");
	need_success(memory_object_data_error(control, page_size, page_size,
	    KERN_FAILURE));
	call_done(&call, KERN_MEMORY_ERROR, "wiring what cannot be read");
	check_wired(address, 0, false);

	forget();
	call_start(&call, wire, address, PAGES * page_size);
	answer(0, 320);
	expect(pager, DATA_REQUEST, "a request");
	test_thread_kill(call.thread);
	expect_nothing(pager, "the thread was killed");
	supply(page_size, 321, VM_PROT_NONE, false, MACH_PORT_NULL);
	check_wired(address, 0, false);

	forget();
	call_start(&call, wire_all, 0, 0);
	expect(pager, DATA_REQUEST, "a request");
	others_go_on(&call, "wiring all");
	supply(0, 330, VM_PROT_NONE, false, MACH_PORT_NULL);
	for (i = 1; i < PAGES; i++)
		answer(i, 330 + i);
	call_done(&call, KERN_SUCCESS, "wiring all");
	check_whole(base);
	check_whole(address);
	check_wired(address, PAGES - 1, true);
	need_success(vm_wire_all(host_priv, self, 0));
	check_wired(address, 0, false);

	forget();
	call_start(&call, wire, address, PAGES * page_size);
	answer(0, 340);
	expect(pager, DATA_REQUEST, "a request");
	memory_free(address + 2 * page_size, page_size);
	supply(page_size, 341, VM_PROT_NONE, false, MACH_PORT_NULL);
	call_done(&call, KERN_NO_SPACE, "wiring what is gone");
	check_wired(address, 0, false);
	memory_free(address, 2 * page_size);
}

#define LIMIT		16		/* pages that anybody may wire */

static kern_return_t
wire_unprivileged(struct call *call)
{
	return vm_wire(mach_host_self(), self, call->address, call->size,
	    VM_PROT_READ);
}

/* Two that wait for the pager may not both wire as much as one may. */
static void
test_limit(void)
{
	const vm_size_t size = LIMIT * page_size;
	vm_address_t address = object_map(2 * size);
	struct call first, second, *good;
	unsigned int i;

	ready(false, MEMORY_OBJECT_COPY_NONE);
	call_start(&first, wire_unprivileged, address, size);
	expect(pager, DATA_REQUEST, "a request");
	call_start(&second, wire_unprivileged, address + size, size);
	expect(pager, DATA_REQUEST, "another request");
	for (i = 2 * LIMIT; i-- > 0;)
		supply(i * page_size, i, VM_PROT_NONE, false, MACH_PORT_NULL);
	need(test_thread_join(first.thread));
	need(test_thread_join(second.thread));
	ok_eq(first.result + second.result, KERN_NO_SPACE,
	    "one of them is refused");
	good = first.result == KERN_SUCCESS ? &first : &second;
	ok_eq(wire_unprivileged(good), KERN_SUCCESS,
	    "wiring does not stack");
	object_end(address, 2 * size);
}

/* Map memory in the place of other memory. */
static kern_return_t
map_instead(struct call *call)
{
	kern_return_t kr = vm_deallocate(self, call->address, call->size);

	return kr != KERN_SUCCESS ? kr : vm_map(self, &call->address,
	    call->size, 0, FALSE, pager, 0, FALSE, VM_PROT_READ,
	    VM_PROT_READ, VM_INHERIT_NONE);
}

/* What is mapped is wired, and gone, with its object, before that is done. */
static void
test_future(void)
{
	vm_address_t address = memory_allocate(page_size);
	struct call call;

	pager = port_with_send();
	need_success(vm_wire_all(host_priv, self, VM_WIRE_FUTURE));
	call_start(&call, map_instead, address, page_size);
	expect(pager, INIT, "memory_object_init");
	control = (mach_port_t)item_int(0);
	name = (mach_port_t)item_int(1);
	call_waits(&call, "mapping, for the pager");
	ready(false, MEMORY_OBJECT_COPY_NONE);
	expect(pager, DATA_REQUEST, "a request");
	memory_free(address, page_size);
	supply(0, 500, VM_PROT_NONE, false, MACH_PORT_NULL);
	call_done(&call, KERN_NO_SPACE, "mapping what is gone");
	expect(pager, TERMINATE, "memory_object_terminate");
	need_success(vm_wire_all(host_priv, self, 0));
	port_destroy(control);
	port_destroy(name);
	port_destroy(pager);
}

void
test_others(void)
{
	const vm_size_t size = PAGES * page_size;

	base = object_map(size);
	to = port_with_send();
	need_success(vm_inherit(self, base, size, VM_INHERIT_NONE));
	ready(false, MEMORY_OBJECT_COPY_NONE);
	test_wire(map_at(0, size, false));
	test_send(map_at(0, size, false));
	test_inherit(map_at(0, size, false));
	forget();
	object_end(base, size);
	test_future();
	test_limit();
	port_destroy(to);
}
