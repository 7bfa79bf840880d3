/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * When data are stored: vm_msync and vm_object_sync wait until the pager has
 * released what it was given.
 */
#include "pager.h"

static kern_return_t
sync_now(struct call *call)
{
	return vm_msync(self, call->address, call->size,
	    VM_SYNC_SYNCHRONOUS);
}

static kern_return_t
sync_flush(struct call *call)
{
	return vm_msync(self, call->address, call->size,
	    VM_SYNC_SYNCHRONOUS | VM_SYNC_INVALIDATE);
}

static kern_return_t
object_sync(struct call *call)
{
	return vm_object_sync(name, 0, call->size, FALSE, FALSE, TRUE);
}

/* The data that the pager was just given: `value` is the first word. */
static vm_address_t
given(uint64_t value)
{
	vm_address_t data;

	expect(pager, DATA_RETURN, "what was written");
	data = (vm_address_t)message_data(message_item(&in, 2));
	ok_eq(*(volatile uint64_t *)data, value, "its data");
	return data;
}

static void
write_word(vm_address_t address, uint64_t value)
{
	*(volatile uint64_t *)address = value;
}

static void
test_late(vm_address_t address)
{
	vm_address_t first, second;
	struct call call, other;

	write_word(address, 11);
	call_start(&call, sync_now, address, 2 * page_size);
	first = given(11);
	call_waits(&call, "a pager that stores slowly");
	memory_free(first, page_size);
	call_done(&call, KERN_SUCCESS, "stored");

	call_start(&call, sync_now, address, 2 * page_size);
	call_done(&call, KERN_SUCCESS, "nothing to store");
	expect_nothing(pager, "it is in sync");

	/* Data that others gave it before count too, in their range. */
	write_word(address, 12);
	ok_eq(vm_msync(self, address, 2 * page_size, VM_SYNC_ASYNCHRONOUS),
	    KERN_SUCCESS, "asynchronous: does not wait");
	ok_eq(vm_msync(self, address, 2 * page_size, VM_SYNC_INVALIDATE),
	    KERN_SUCCESS, "nor does invalidating alone");
	first = given(12);
	call_start(&call, sync_now, address, 2 * page_size);
	call_start(&other, object_sync, 0, 2 * page_size);
	call_waits(&call, "what was returned before");
	call_waits(&other, "vm_object_sync for it");
	need_success(vm_msync(self, address + page_size, page_size,
	    VM_SYNC_SYNCHRONOUS));
	memory_free(first, page_size);
	call_done(&call, KERN_SUCCESS, "stored in the end");
	call_done(&other, KERN_SUCCESS, "for vm_object_sync too");

	/* What the pager is given later is not waited for. */
	page_in(address, 0, 13, VM_PROT_NONE, false);
	write_word(address, 14);
	call_start(&call, sync_flush, address, page_size);
	first = given(14);
	page_in(address, 0, 14, VM_PROT_NONE, false);
	write_word(address, 15);
	need_success(vm_msync(self, address, page_size,
	    VM_SYNC_ASYNCHRONOUS));
	second = given(15);
	call_waits(&call, "the first data");
	memory_free(first, page_size);
	call_done(&call, KERN_SUCCESS, "with the first data");
	memory_free(second, page_size);
}

/*
 * The pager sends it on, and changes part of what it was given: it has the
 * rest still when the other has released it.
 */
static void
test_changed(vm_address_t address)
{
	mach_port_t driver = port_with_send();
	struct message message;
	struct call call;
	vm_address_t data;

	write_word(address, 31);
	write_word(address + page_size, 32);
	call_start(&call, sync_now, address, 2 * page_size);
	data = given(31);
	message_init(&message, driver, MACH_MSG_TYPE_COPY_SEND,
	    MACH_PORT_NULL, 0, 1);
	message_add_memory(&message, (void *)data, 2 * page_size, false);
	ok_eq(message_send(&message), MACH_MSG_SUCCESS, "sent to a driver");
	write_word(data, 33);
	port_destroy(driver);
	call_waits(&call, "a pager that changed a page");
	memory_free(data, 2 * page_size);
	call_done(&call, KERN_SUCCESS, "released by the pager");
}

/* The pager sends it on: it is stored when both have released it. */
static void
test_sent_on(vm_address_t address)
{
	mach_port_t driver = port_with_send();
	struct message message;
	struct call call;
	vm_address_t data;

	page_in(address + page_size, page_size, 2, VM_PROT_NONE, false);
	write_word(address, 21);
	write_word(address + page_size, 22);
	call_start(&call, sync_now, address, 2 * page_size);
	data = given(21);
	ok_eq(*(volatile uint64_t *)(data + page_size), 22, "both pages");
	message_init(&message, driver, MACH_MSG_TYPE_COPY_SEND,
	    MACH_PORT_NULL, 0, 1);
	message_add_memory(&message, (void *)data, 2 * page_size, false);
	ok_eq(message_send(&message), MACH_MSG_SUCCESS, "sent to a driver");
	memory_free(data, 2 * page_size);
	call_waits(&call, "the driver");
	port_destroy(driver);
	call_done(&call, KERN_SUCCESS, "released by the driver");
}

static void
test_abort(vm_address_t address)
{
	struct call call;
	vm_address_t data;

	write_word(address, 31);
	call_start(&call, sync_now, address, page_size);
	data = given(31);
	call_waits(&call, "a pager that does not store");
	need_success(thread_suspend(call.thread->port));
	ok_eq(thread_abort(call.thread->port), KERN_SUCCESS, "abort it");
	need_success(thread_resume(call.thread->port));
	ok(test_thread_wait(call.thread, SOON), "it returns");
	ok(call.result != KERN_SUCCESS, "not with success (0x%x)",
	    (unsigned int)call.result);
	test_thread_kill(call.thread);

	call_start(&call, sync_now, address, page_size);
	call_waits(&call, "once more");
	test_thread_kill(call.thread);
	ok(true, "the thread can be killed");
	memory_free(data, page_size);
}

/* The data are never released: nobody waits for ever. */
static void
test_never(vm_address_t address)
{
	vm_address_t data;
	struct call call;

	write_word(address, 41);
	call_start(&call, sync_now, address, page_size);
	data = given(41);
	call_done(&call, KERN_TIMEDOUT, "a pager that keeps the data");
	ok_eq(*(volatile uint64_t *)address, 41, "the page is there");
	memory_free(data, page_size);
}

static void
test_dies(vm_address_t address)
{
	vm_address_t data;
	struct call call;

	write_word(address, 51);
	call_start(&call, sync_now, address, page_size);
	data = given(51);
	port_destroy(pager);
	call_waits(&call, "a pager that died, its memory did not");
	memory_free(data, page_size);
	call_done(&call, KERN_MEMORY_FAILURE, "a dead pager");
	ok_eq(vm_msync(self, address, page_size, VM_SYNC_SYNCHRONOUS),
	    KERN_MEMORY_FAILURE, "it stores nothing any more");
	memory_free(address, 2 * page_size);
	port_destroy(control);
	port_destroy(name);

	/* With the data in its queue. */
	address = object_map(page_size);
	ready(false, MEMORY_OBJECT_COPY_DELAY);
	page_in(address, 0, 52, VM_PROT_NONE, false);
	write_word(address, 53);
	call_start(&call, sync_now, address, page_size);
	call_waits(&call, "a pager that does not listen");
	port_destroy(pager);
	call_done(&call, KERN_MEMORY_FAILURE, "a pager that never listened");
	memory_free(address, page_size);
	port_destroy(control);
	port_destroy(name);
}

void
test_store(void)
{
	vm_address_t address = object_map(2 * page_size);

	ready(false, MEMORY_OBJECT_COPY_DELAY);
	page_in(address, 0, 1, VM_PROT_NONE, false);
	page_in(address + page_size, page_size, 2, VM_PROT_NONE, false);
	test_late(address);
	test_sent_on(address);
	test_changed(address);
	test_abort(address);
	test_never(address);
	test_dies(address);
}
