/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * External pagers: this module is the pager, threads of it are the clients.
 * Every message of the kernel is expected in its order, and answered by hand.
 */
#include "pager/pager.h"

static void
test_ready(void)
{
	vm_address_t address = object_map(4 * page_size), other;
	boolean_t is_ready = TRUE, may_cache = TRUE;
	memory_object_copy_strategy_t strategy;
	struct client client;

	ok_eq(item_long(2), page_size, "init tells the page size");
	ok_eq(port_type(control), MACH_PORT_TYPE_SEND, "control: a right");
	ok_eq(port_type(name), MACH_PORT_TYPE_SEND, "name: a right");
	ok_eq(memory_object_get_attributes(control, &is_ready, &may_cache,
	    &strategy), KERN_SUCCESS, "get its attributes");
	ok(!is_ready && !may_cache, "not ready, not cached");
	client_start(&client, address + page_size, false, 0);
	expect_nothing(pager, "the object is not ready");
	ready(false, MEMORY_OBJECT_COPY_DELAY);
	expect(pager, DATA_REQUEST, "memory_object_data_request");
	ok_eq(item_int(0), control, "with the control port");
	ok_eq(item_long(1), page_size, "the offset");
	ok_eq(item_long(2), page_size, "the length");
	ok_eq(item_int(3), VM_PROT_READ, "the access");
	supply(page_size, 77, VM_PROT_NONE, false, reply);
	client_good(&client, "a read");
	ok_eq(client.value, 77, "of the pager's data");
	expect(reply, SUPPLY_COMPLETED, "memory_object_supply_completed");
	ok_eq(item_long(1), page_size, "its offset");
	ok_eq(item_long(2), page_size, "its length");
	ok_eq(item_int(3), KERN_SUCCESS, "its result");
	other = map_at(page_size, page_size, false);
	ok_eq(*(volatile uint64_t *)other, 77, "a second mapping");
	*(volatile uint64_t *)other = 78;
	ok_eq(*(volatile uint64_t *)(address + page_size), 78, "shares it");
	expect_nothing(pager, "all is there");
	memory_free(other, page_size);
	memory_free(address, 4 * page_size);
	expect(pager, DATA_RETURN, "the dirty page back");
	ok_eq(item_long(1), page_size, "its offset");
	ok_eq(*(uint64_t *)message_data(message_item(&in, 2)), 78,
	    "its data");
	ok_eq(item_int(3), TRUE, "dirty");
	ok_eq(item_int(4), FALSE, "no copy kept");
	expect(pager, TERMINATE, "memory_object_terminate");
	ok((port_type(control) & MACH_PORT_TYPE_RECEIVE) != 0 &&
	    (port_type(name) & MACH_PORT_TYPE_RECEIVE) != 0,
	    "with the receive rights of control and name");
	port_destroy(control);
	port_destroy(name);
	port_destroy(pager);
}

static void
test_clean(void)
{
	vm_address_t address = object_map(2 * page_size);

	ready(false, MEMORY_OBJECT_COPY_DELAY);
	page_in(address, 0, 1, VM_PROT_NONE, false);
	page_in(address + page_size, page_size, 2, VM_PROT_NONE, true);
	lock(0, 2 * page_size, MEMORY_OBJECT_RETURN_DIRTY, false,
	    VM_PROT_NO_CHANGE);
	lock_done();
	expect_nothing(pager, "nothing is dirty");
	*(volatile uint64_t *)address = 10;
	lock(0, 2 * page_size, MEMORY_OBJECT_RETURN_DIRTY, false,
	    VM_PROT_NO_CHANGE);
	lock_done();
	expect(pager, DATA_RETURN, "memory_object_data_return");
	ok_eq(item_long(1), 0, "of the dirty page");
	ok_eq(message_item(&in, 2)->msgt_number, page_size, "alone");
	ok_eq(*(uint64_t *)message_data(message_item(&in, 2)), 10,
	    "its data");
	ok(item_int(3) == TRUE && item_int(4) == TRUE,
	    "dirty, and the kernel keeps a copy");
	lock(0, 2 * page_size, MEMORY_OBJECT_RETURN_DIRTY, false,
	    VM_PROT_NO_CHANGE);
	lock_done();
	expect_nothing(pager, "it is clean now");
	*(volatile uint64_t *)address = 11;
	lock(0, 2 * page_size, MEMORY_OBJECT_RETURN_ALL, true,
	    VM_PROT_NO_CHANGE);
	lock_done();
	expect(pager, DATA_RETURN, "the dirty page");
	ok_eq(*(uint64_t *)message_data(message_item(&in, 2)), 11,
	    "written again");
	ok(item_int(3) == TRUE && item_int(4) == FALSE, "given up");
	expect(pager, DATA_RETURN, "the precious page");
	ok(item_long(1) == page_size && item_int(3) == FALSE &&
	    item_int(4) == FALSE, "clean, given up");
	page_in(address, 0, 12, VM_PROT_NONE, false);
	*(volatile uint64_t *)address = 13;
	lock(0, page_size, MEMORY_OBJECT_RETURN_NONE, true,
	    VM_PROT_NO_CHANGE);
	lock_done();
	expect_nothing(pager, "flushed without return");
	page_in(address, 0, 14, VM_PROT_NONE, false);
	object_end(address, 2 * page_size);
}

static void
test_lock(void)
{
	vm_address_t address = object_map(page_size);
	struct client client;

	ready(false, MEMORY_OBJECT_COPY_DELAY);
	page_in(address, 0, 5, VM_PROT_WRITE, false);
	client_start(&client, address, true, 6);
	expect(pager, DATA_UNLOCK, "memory_object_data_unlock");
	ok(item_long(1) == 0 && item_long(2) == page_size &&
	    item_int(3) == VM_PROT_WRITE, "for the access");
	ok_eq(*(volatile uint64_t *)address, 5, "reading goes on");
	lock(0, page_size, MEMORY_OBJECT_RETURN_NONE, false, VM_PROT_NONE);
	lock_done();
	client_good(&client, "a write, unlocked");
	ok_eq(*(volatile uint64_t *)address, 6, "is done");
	lock(0, page_size, MEMORY_OBJECT_RETURN_DIRTY, false, VM_PROT_ALL);
	lock_done();
	expect(pager, DATA_RETURN, "what was written");
	client_start(&client, address, false, 0);
	expect(pager, DATA_UNLOCK, "memory_object_data_unlock");
	expect_nothing(pager, "asked once");
	lock(0, page_size, MEMORY_OBJECT_RETURN_NONE, false, VM_PROT_NONE);
	lock_done();
	client_good(&client, "a read, unlocked");
	object_end(address, page_size);
}

static void
test_answers(void)
{
	vm_address_t address = object_map(8 * page_size);
	struct client client, second;
	unsigned int i;
	uint64_t sum = 0;

	ready(false, MEMORY_OBJECT_COPY_DELAY);
	client_start(&client, address, false, 1);
	expect(pager, DATA_REQUEST, "a request");
	need_success(memory_object_data_unavailable(control, 0, page_size));
	client_good(&client, "data_unavailable");
	for (i = 0; i < page_size / 8; i++)
		sum |= ((volatile uint64_t *)address)[i];
	ok_eq(sum, 0, "zeros");
	client_start(&client, address + page_size, false, 1);
	expect(pager, DATA_REQUEST, "a request");
	need_success(memory_object_data_error(control, page_size, page_size,
	    KERN_FAILURE));
	client_bad(&client, KERN_MEMORY_ERROR, "data_error");
	page_in(address + page_size, page_size, 3, VM_PROT_NONE, false);
	supply(2 * page_size, 4, VM_PROT_NONE, false, reply);
	expect(reply, SUPPLY_COMPLETED, "supply_completed");
	ok_eq(*(volatile uint64_t *)(address + 2 * page_size), 4,
	    "data in advance");
	supply(2 * page_size, 5, VM_PROT_NONE, false, reply);
	expect(reply, SUPPLY_COMPLETED, "supply_completed");
	ok_eq(item_int(3), KERN_MEMORY_PRESENT, "the second time: present");
	ok_eq(item_long(4), 2 * page_size, "and where");
	ok_eq(*(volatile uint64_t *)(address + 2 * page_size), 4,
	    "the first data stay");
	/* Lies. */
	supply(3 * page_size + 8, 6, VM_PROT_NONE, false, MACH_PORT_NULL);
	supply(~0ul - 4095, 6, VM_PROT_NONE, false, MACH_PORT_NULL);
	supply(3 * page_size, 6, 0x40, false, MACH_PORT_NULL);
	memory_object_data_unavailable(control, 5, ~0ul);
	memory_object_data_error(control, ~0ul, ~0ul, 0);
	memory_object_lock_request(control, 0, ~0ul, 9, TRUE, 0x77,
	    MACH_PORT_NULL);
	memory_object_change_attributes(control, TRUE, 99, MACH_PORT_NULL);
	need_success(memory_object_data_supply(control, 3 * page_size, 0, 0,
	    FALSE, 0, FALSE, MACH_PORT_NULL));
	client_start(&client, address + 3 * page_size, false, 0);
	expect(pager, DATA_REQUEST, "a request after the lies");
	client_start(&second, address + 3 * page_size, true, 9);
	expect_nothing(pager, "the page was asked for");
	supply(7 * page_size, 7, VM_PROT_NONE, false, MACH_PORT_NULL);
	ok(!test_thread_wait(client.thread, NEVER), "another page: waits");
	supply(3 * page_size, 8, VM_PROT_NONE, false, MACH_PORT_NULL);
	client_good(&client, "the first reader");
	client_good(&second, "the writer");
	ok(client.value == 8 || client.value == 9, "both had the page");
	memory_object_lock_request(control, 0, 8 * page_size,
	    MEMORY_OBJECT_RETURN_NONE, TRUE, VM_PROT_NO_CHANGE,
	    MACH_PORT_NULL);
	object_end(address, 8 * page_size);
}

static void
test_copy(memory_object_copy_strategy_t strategy)
{
	vm_address_t address = object_map(2 * page_size), copy;
	struct client client;
	vm_offset_t data;
	mach_msg_type_number_t count;

	ready(false, strategy);
	page_in(address, 0, 21, VM_PROT_NONE, false);
	copy = map_at(0, page_size, true);
	ok_eq(*(volatile uint64_t *)copy, 21, "strategy %d: a copy",
	    strategy);
	*(volatile uint64_t *)copy = 22;
	ok_eq(*(volatile uint64_t *)address, 21, "changes alone");
	memory_free(copy, page_size);
	copy = map_at(0, page_size, true);
	*(volatile uint64_t *)address = 23;
	ok_eq(*(volatile uint64_t *)copy, 21, "keeps the old data");
	memory_free(copy, page_size);
	ok_eq(vm_read(self, address, page_size, &data, &count), KERN_SUCCESS,
	    "read by the kernel");
	ok_eq(*(volatile uint64_t *)data, 23, "the new data");
	memory_free(data, page_size);
	if (strategy == MEMORY_OBJECT_COPY_DELAY) {
		copy = map_at(page_size, page_size, true);
		client_start(&client, copy, false, 0);
		expect(pager, DATA_REQUEST, "a request through a copy");
		supply(page_size, 24, VM_PROT_NONE, false, MACH_PORT_NULL);
		client_good(&client, "a read through a copy");
		ok_eq(client.value, 24, "of the pager's data");
		memory_free(copy, page_size);
	}
	memory_object_lock_request(control, 0, 2 * page_size,
	    MEMORY_OBJECT_RETURN_NONE, TRUE, VM_PROT_NO_CHANGE,
	    MACH_PORT_NULL);
	object_end(address, 2 * page_size);
}

static void
test_cache(void)
{
	vm_address_t address = object_map(page_size);

	ready(true, MEMORY_OBJECT_COPY_TEMPORARY);
	page_in(address, 0, 31, VM_PROT_NONE, false);
	*(volatile uint64_t *)address = 32;
	memory_free(address, page_size);
	expect_nothing(pager, "the object is cached");
	address = map_at(0, page_size, false);
	ok_eq(*(volatile uint64_t *)address, 32, "mapped again, with data");
	memory_free(address, page_size);
	expect_nothing(pager, "and again cached");
	need_success(memory_object_change_attributes(control, FALSE,
	    MEMORY_OBJECT_COPY_TEMPORARY, reply));
	expect(reply, CHANGE_COMPLETED, "memory_object_change_completed");
	ok(item_int(0) == FALSE &&
	    item_int(1) == MEMORY_OBJECT_COPY_TEMPORARY, "as changed");
	expect(pager, TERMINATE, "the end of the temporary object");
	port_destroy(control);
	port_destroy(name);
	address = map_at(0, page_size, false);
	expect(pager, INIT, "a new init");
	control = (mach_port_t)item_int(0);
	name = (mach_port_t)item_int(1);
	object_end(address, page_size);
}

static void
test_death(void)
{
	vm_address_t address = object_map(2 * page_size);
	vm_address_t mapped = 0;
	struct client client;

	ready(false, MEMORY_OBJECT_COPY_DELAY);
	page_in(address, 0, 41, VM_PROT_NONE, false);
	client_start(&client, address + page_size, false, 0);
	expect(pager, DATA_REQUEST, "a request to who will die");
	need_success(mach_port_mod_refs(self, pager,
	    MACH_PORT_RIGHT_RECEIVE, -1));
	client_bad(&client, KERN_MEMORY_FAILURE, "the pager died");
	client_start(&client, address + page_size, true, 0);
	client_bad(&client, KERN_MEMORY_FAILURE, "it stays dead");
	ok_eq(*(volatile uint64_t *)address, 41, "resident data stay");
	ok(vm_map(self, &mapped, page_size, 0, TRUE, pager, 0, FALSE,
	    VM_PROT_READ, VM_PROT_READ, VM_INHERIT_NONE) != KERN_SUCCESS,
	    "it cannot be mapped again");
	memory_free(address, 2 * page_size);
	ok(port_type(control) == MACH_PORT_TYPE_DEAD_NAME,
	    "the control port is dead");

	address = object_map(page_size);
	client_start(&client, address, false, 0);
	expect_nothing(pager, "not ready");
	port_destroy(pager);
	client_bad(&client, KERN_MEMORY_FAILURE, "died before ready");
	memory_free(address, page_size);

	address = object_map(page_size);
	ready(true, MEMORY_OBJECT_COPY_DELAY);
	client_start(&client, address, false, 0);
	expect(pager, DATA_REQUEST, "a request");
	need_success(memory_object_destroy(control, KERN_FAILURE));
	expect(pager, TERMINATE, "the end after destroy");
	client_bad(&client, KERN_MEMORY_FAILURE, "destroyed");
	memory_free(address, page_size);
	expect_nothing(pager, "it was terminated");
	port_destroy(pager);
}

static void
test_abort(void)
{
	vm_address_t address = object_map(page_size);
	struct test_thread *thread;
	struct client client = { .address = address };

	ready(false, MEMORY_OBJECT_COPY_DELAY);
	thread = test_thread_start(client_touch, &client);
	expect(pager, DATA_REQUEST, "a request that gets no answer");
	need_success(thread_suspend(thread->port));
	ok_eq(thread_abort(thread->port), KERN_SUCCESS, "abort the fault");
	need_success(thread_resume(thread->port));
	ok(!test_thread_wait(thread, NEVER), "it waits again");
	expect_nothing(pager, "asked already");
	supply(0, 51, VM_PROT_NONE, false, MACH_PORT_NULL);
	ok(test_thread_join(thread), "a late answer");
	ok_eq(client.value, 51, "arrives");
	lock(0, page_size, MEMORY_OBJECT_RETURN_NONE, true,
	    VM_PROT_NO_CHANGE);
	lock_done();
	thread = test_thread_start(client_touch, &client);
	expect(pager, DATA_REQUEST, "a request");
	test_thread_kill(thread);
	ok(true, "a waiting thread can be killed");
	object_end(address, page_size);
}

static void
test_sync(void)
{
	vm_address_t address = object_map(2 * page_size);
	vm_address_t start = address;
	vm_size_t size;
	vm_prot_t protection, max_protection;
	vm_inherit_t inheritance;
	boolean_t shared;
	mach_port_t region_name = MACH_PORT_NULL;
	vm_offset_t offset;

	ready(false, MEMORY_OBJECT_COPY_DELAY);
	page_in(address, 0, 61, VM_PROT_NONE, false);
	*(volatile uint64_t *)address = 62;
	ok_eq(vm_msync(self, address, page_size, VM_SYNC_ASYNCHRONOUS),
	    KERN_SUCCESS, "vm_msync");
	expect(pager, DATA_RETURN, "what was written");
	ok_eq(*(uint64_t *)message_data(message_item(&in, 2)), 62,
	    "its data");
	ok_eq(vm_msync(self, address, page_size, VM_SYNC_ASYNCHRONOUS),
	    KERN_SUCCESS, "again");
	expect_nothing(pager, "it is in sync");
	ok_eq(vm_region(self, &start, &size, &protection, &max_protection,
	    &inheritance, &shared, &region_name, &offset), KERN_SUCCESS,
	    "vm_region");
	ok_eq(region_name, name, "tells the name port");
	*(volatile uint64_t *)address = 63;
	ok_eq(vm_object_sync(name, 0, 2 * page_size, TRUE, TRUE, FALSE),
	    KERN_SUCCESS, "vm_object_sync with flush");
	expect(pager, DATA_RETURN, "what was written");
	ok_eq(item_int(4), FALSE, "no copy is kept");
	page_in(address, 0, 64, VM_PROT_NONE, false);
	object_end(address, 2 * page_size);
}

static mach_port_t
proxy_create(mach_port_t object, vm_offset_t start, vm_size_t length,
    vm_prot_t max_protection)
{
	mach_port_t proxy = MACH_PORT_NULL;
	rpc_vm_offset_t from = start, zero = 0;
	rpc_vm_size_t size = length;

	need_success(memory_object_create_proxy(self, max_protection,
	    &object, MACH_MSG_TYPE_COPY_SEND, 1, &zero, 1, &from, 1, &size,
	    1, &proxy));
	return proxy;
}

static kern_return_t
proxy_map(mach_port_t proxy, vm_address_t *address, vm_offset_t offset,
    vm_size_t size, vm_prot_t protection)
{
	*address = 0;
	return vm_map(self, address, size, 0, TRUE, proxy, offset, FALSE,
	    protection, VM_PROT_ALL, VM_INHERIT_NONE);
}

static void
test_proxy(void)
{
	vm_address_t address = object_map(4 * page_size), view;
	mach_port_t proxy, inner, none;
	rpc_vm_offset_t odd = 8, zero = 0;
	rpc_vm_size_t size = page_size;

	ready(false, MEMORY_OBJECT_COPY_DELAY);
	page_in(address + page_size, page_size, 71, VM_PROT_NONE, false);
	page_in(address + 2 * page_size, 2 * page_size, 72, VM_PROT_NONE,
	    false);
	proxy = proxy_create(pager, page_size, 2 * page_size, VM_PROT_READ);
	ok_eq(proxy_map(proxy, &view, 0, 2 * page_size, VM_PROT_READ),
	    KERN_SUCCESS, "map a proxy");
	ok(*(volatile uint64_t *)view == 71 &&
	    *(volatile uint64_t *)(view + page_size) == 72, "its part");
	ok_eq(vm_protect(self, view, page_size, FALSE,
	    VM_PROT_READ | VM_PROT_WRITE), KERN_PROTECTION_FAILURE,
	    "not for writing");
	memory_free(view, 2 * page_size);
	ok_eq(proxy_map(proxy, &view, 0, 3 * page_size, VM_PROT_READ),
	    KERN_INVALID_ARGUMENT, "not beyond its end");
	ok_eq(proxy_map(proxy, &view, 0, page_size, VM_PROT_WRITE),
	    KERN_PROTECTION_FAILURE, "nor for more than it allows");
	inner = proxy_create(proxy, page_size, page_size, VM_PROT_ALL);
	ok_eq(proxy_map(inner, &view, 0, page_size, VM_PROT_READ),
	    KERN_SUCCESS, "a proxy of a proxy");
	ok_eq(*(volatile uint64_t *)view, 72, "its part of the part");
	memory_free(view, page_size);
	ok_eq(proxy_map(inner, &view, 0, page_size, VM_PROT_WRITE),
	    KERN_PROTECTION_FAILURE, "no more rights than the first");
	ok_eq(memory_object_create_proxy(self, VM_PROT_READ, &pager,
	    MACH_MSG_TYPE_COPY_SEND, 1, &zero, 1, &odd, 1, &size, 1, &none),
	    KERN_INVALID_ARGUMENT, "an odd start");
	ok_eq(memory_object_create_proxy(self, VM_PROT_READ, &pager,
	    MACH_MSG_TYPE_COPY_SEND, 1, &zero, 0, &zero, 1, &size, 1,
	    &none), KERN_INVALID_ARGUMENT, "arrays of different lengths");
	mach_port_deallocate(self, proxy);
	mach_port_deallocate(self, inner);
	object_end(address, 4 * page_size);

	address = memory_allocate(2 * page_size);
	*(volatile uint64_t *)address = 81;
	need_success(vm_region_create_proxy(self, address + page_size,
	    VM_PROT_ALL, page_size, &proxy));
	ok_eq(proxy_map(proxy, &view, 0, page_size,
	    VM_PROT_READ | VM_PROT_WRITE), KERN_SUCCESS,
	    "a proxy of a region");
	ok_eq(*(volatile uint64_t *)view, 81, "from its start");
	*(volatile uint64_t *)view = 82;
	ok_eq(*(volatile uint64_t *)address, 82, "shared");
	memory_free(address, 2 * page_size);
	ok_eq(*(volatile uint64_t *)view, 82, "it outlives the region");
	memory_free(view, page_size);
	mach_port_deallocate(self, proxy);
	ok_eq(vm_region_create_proxy(self, 0, VM_PROT_ALL, page_size,
	    &proxy), KERN_INVALID_ADDRESS, "no region");
}

/* Nothing is left of many objects. */
static void
test_many(void)
{
	struct vm_statistics before, after;
	unsigned int i, turn;
	vm_address_t address;

	for (turn = 0; turn < 2; turn++) {
		need_success(vm_statistics(self,
		    turn == 0 ? &before : &after));
		for (i = 0; i < 300; i++) {
			pager = port_with_send();
			address = map_at(0, page_size, false);
			need(message_receive(&in, pager, SOON) == 0);
			control = (mach_port_t)item_int(0);
			name = (mach_port_t)item_int(1);
			ready(i % 3 == 0, MEMORY_OBJECT_COPY_DELAY);
			supply(0, i, VM_PROT_NONE, false, MACH_PORT_NULL);
			need(*(volatile uint64_t *)address == i);
			memory_free(address, page_size);
			port_destroy(pager);
			port_destroy(control);
			port_destroy(name);
		}
	}
	ok(after.free_count + 64 >= before.free_count,
	    "300 objects leave no pages behind (%d, %d)", before.free_count,
	    after.free_count);
}

void
test_main(void)
{
	reply = port_receive_right();
	test_ready();
	test_clean();
	test_lock();
	test_answers();
	test_copy(MEMORY_OBJECT_COPY_NONE);
	test_copy(MEMORY_OBJECT_COPY_DELAY);
	test_copy(MEMORY_OBJECT_COPY_TEMPORARY);
	test_cache();
	test_death();
	test_abort();
	test_sync();
	test_store();
	test_others();
	test_call();
	test_proxy();
	test_many();
}
