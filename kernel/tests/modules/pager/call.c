/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Copies of an object with MEMORY_OBJECT_COPY_CALL: the pager is told, and has
 * a new memory object for each.
 */
#include "pager.h"

#define PAGES	4			/* of the original */
#define SIZE	(PAGES * page_size)
#define COPIED	(3 * page_size)		/* the last pages of it */
#define MORE	64			/* copies that may live at a time */

/* The pager's view of a copy. */
struct copy {
	mach_port_t object;		/* receive right */
	mach_port_t control;
	mach_port_t name;
};

static vm_address_t original;

static void
word_set(vm_address_t address, uint64_t value)
{
	*(volatile uint64_t *)address = value;
}

static uint64_t
word(vm_address_t address)
{
	return *(volatile uint64_t *)address;
}

static vm_address_t
page(unsigned int index)
{
	return original + index * page_size;
}

/* The kernel tells of a copy. */
static void
copy_hear(struct copy *copy)
{
	expect(pager, COPY, "memory_object_copy");
	ok_eq(item_int(0), control, "with the control port");
	ok_eq(item_long(1), page_size, "the offset");
	ok_eq(item_long(2), COPIED, "the length");
	copy->object = (mach_port_t)item_int(3);
	ok_eq(port_type(copy->object), MACH_PORT_TYPE_RECEIVE,
	    "and the new memory object's receive right");
	expect(copy->object, INIT, "its memory_object_init");
	copy->control = (mach_port_t)item_int(0);
	copy->name = (mach_port_t)item_int(1);
}

static void
copy_ready(const struct copy *copy)
{
	need_success(memory_object_ready(copy->control, TRUE,
	    MEMORY_OBJECT_COPY_DELAY));
}

/* The data that the copy is asked for. */
static void
copy_supply(const struct copy *copy, vm_offset_t offset, uint64_t value)
{
	vm_address_t data = memory_allocate(page_size);

	word_set(data, value);
	need_success(memory_object_data_supply(copy->control, offset, data,
	    (mach_msg_type_number_t)page_size, TRUE, VM_PROT_NONE, FALSE,
	    MACH_PORT_NULL));
}

static void
copy_end(const struct copy *copy, vm_address_t address)
{
	memory_free(address, COPIED);
	/* Changed pages are not returned: it is temporary. */
	expect(copy->object, TERMINATE, "memory_object_terminate");
	port_destroy(copy->control);
	port_destroy(copy->name);
	port_destroy(copy->object);
}

/* Let go of what the kernel has of a page of the original; a new one. */
static void
replace(unsigned int index, uint64_t value)
{
	lock(index * page_size, page_size, MEMORY_OBJECT_RETURN_NONE, true,
	    VM_PROT_NO_CHANGE);
	lock_done();
	supply(index * page_size, value, VM_PROT_NONE, false,
	    MACH_PORT_NULL);
}

static void
begin(void)
{
	original = object_map(SIZE);
	ready(false, MEMORY_OBJECT_COPY_CALL);
	page_in(page(1), page_size, 11, VM_PROT_NONE, false);
	word_set(page(1), 12);
}

static void
end(void)
{
	lock(0, SIZE, MEMORY_OBJECT_RETURN_NONE, true, VM_PROT_NO_CHANGE);
	lock_done();
	object_end(original, SIZE);
}

/* What was there at the time, and what was not. */
static void
test_data(void)
{
	struct client client;
	struct copy copy;
	vm_address_t address;

	begin();
	supply(3 * page_size, 31, VM_PROT_READ, false, MACH_PORT_NULL);
	address = map_at(page_size, COPIED, true);
	copy_hear(&copy);
	ok_eq(word(address), 12, "a dirty page was copied");
	word_set(page(1), 13);
	ok_eq(word(address), 12, "and does not change with the original");
	client_start(&client, address + page_size, false, 0);
	expect_nothing(copy.object, "it is not ready");
	copy_ready(&copy);
	expect(copy.object, DATA_REQUEST, "a request");
	ok_eq(item_int(0), copy.control, "with the new control port");
	ok_eq(item_long(1), page_size, "offsets are those in the copy");
	copy_supply(&copy, page_size, 22);
	client_good(&client, "a page that the pager had");
	ok_eq(client.value, 22, "is what it says");
	supply(2 * page_size, 23, VM_PROT_NONE, false, MACH_PORT_NULL);
	word_set(page(2), 24);
	ok_eq(word(address + page_size), 22, "whatever the original has");

	/* Not readable at the time; unavailable: the original's. */
	client_start(&client, address + 2 * page_size, false, 0);
	expect(copy.object, DATA_REQUEST, "a request");
	need_success(memory_object_data_unavailable(copy.control,
	    2 * page_size, page_size));
	expect(pager, DATA_UNLOCK, "memory_object_data_unlock, original");
	ok_eq(item_long(1), 3 * page_size, "at its offset");
	lock(3 * page_size, page_size, MEMORY_OBJECT_RETURN_NONE, false,
	    VM_PROT_NONE);
	lock_done();
	client_good(&client, "a page of the original");
	ok_eq(client.value, 31, "has its data");
	word_set(page(3), 32);
	ok_eq(word(address + 2 * page_size), 31, "and keeps them");

	word_set(address, 100);
	ok_eq(word(page(1)), 13, "a change of the copy is its own");
	copy_end(&copy, address);
	end();
}

static void
test_unavailable(void)
{
	struct client client;
	struct copy copy;
	vm_address_t address;

	begin();
	address = map_at(page_size, COPIED, true);
	copy_hear(&copy);
	copy_ready(&copy);

	/* The original has it. */
	supply(2 * page_size, 21, VM_PROT_NONE, false, MACH_PORT_NULL);
	client_start(&client, address + page_size, false, 0);
	expect(copy.object, DATA_REQUEST, "a request");
	need_success(memory_object_data_unavailable(copy.control, page_size,
	    page_size));
	client_good(&client, "a page that the original has");
	ok_eq(client.value, 21, "its data");
	replace(2, 22);
	ok_eq(word(page(2)), 22, "the pager changes the original");
	ok_eq(word(address + page_size), 21, "the copy stays");

	/* It has not: ask for it. */
	client_start(&client, address + 2 * page_size, false, 0);
	expect(copy.object, DATA_REQUEST, "a request");
	need_success(memory_object_data_unavailable(copy.control,
	    2 * page_size, page_size));
	expect(pager, DATA_REQUEST, "a request for the original");
	ok_eq(item_long(1), 3 * page_size, "at its offset");
	supply(3 * page_size, 31, VM_PROT_NONE, false, MACH_PORT_NULL);
	client_good(&client, "a page that the original gets");
	ok_eq(client.value, 31, "its data");
	replace(3, 32);
	ok_eq(word(address + 2 * page_size), 31, "the copy stays");
	need_success(memory_object_data_unavailable(copy.control, 0,
	    COPIED));
	ok(word(address) == 12 && word(address + page_size) == 21 &&
	    word(address + 2 * page_size) == 31,
	    "what it was not asked for stays too");

	/* A page of the copy that its pager takes away is asked for again. */
	need_success(memory_object_lock_request(copy.control, 2 * page_size,
	    page_size, MEMORY_OBJECT_RETURN_ALL, TRUE, VM_PROT_NO_CHANGE,
	    MACH_PORT_NULL));
	expect(copy.object, DATA_RETURN, "memory_object_data_return");
	ok_eq(item_long(1), 2 * page_size, "at the copy's offset");
	ok_eq(word((vm_address_t)message_data(message_item(&in, 2))), 31,
	    "its data");
	client_start(&client, address + 2 * page_size, false, 0);
	expect(copy.object, DATA_REQUEST, "a request");
	copy_supply(&copy, 2 * page_size, 31);
	client_good(&client, "once more");
	need_success(memory_object_lock_request(copy.control, 0,
	    ~0ul >> 2, MEMORY_OBJECT_RETURN_NONE, TRUE, VM_PROT_NO_CHANGE,
	    MACH_PORT_NULL));
	client_start(&client, address + 2 * page_size, false, 0);
	expect(copy.object, DATA_REQUEST, "a request after all was flushed");
	need_success(memory_object_data_error(copy.control, 2 * page_size,
	    page_size, KERN_FAILURE));
	client_bad(&client, KERN_MEMORY_ERROR, "an error");
	copy_end(&copy, address);
	end();
}

static kern_return_t
copy_map(struct call *call)
{
	return vm_map(self, &call->address, COPIED, 0, TRUE, pager,
	    page_size, TRUE, VM_PROT_READ | VM_PROT_WRITE, VM_PROT_ALL,
	    VM_INHERIT_COPY);
}

/*
 * The pager has not heard yet: what it sends is from before.
 */
static void
test_before(void)
{
	struct client client, reader;
	struct copy copy, second;
	vm_address_t address;
	struct call call;

	begin();
	client_start(&reader, page(3), false, 0);
	expect(pager, DATA_REQUEST, "a request before the copy");
	address = map_at(page_size, COPIED, true);
	supply(2 * page_size, 21, VM_PROT_NONE, false, MACH_PORT_NULL);
	need_success(memory_object_data_unavailable(control, 3 * page_size,
	    page_size));
	client_good(&reader, "a read, answered from before");
	ok_eq(word(page(2)), 21, "data from before can be read");
	word_set(page(1), 14);
	client_start(&client, page(2), true, 22);
	client_start(&reader, page(3), true, 33);
	copy_hear(&copy);
	expect_nothing(pager, "it does not know of the copy yet");
	lock(2 * page_size, page_size, MEMORY_OBJECT_RETURN_NONE, false,
	    VM_PROT_NONE);
	lock_done();
	expect_nothing(pager, "nor when it allows the access");
	ok(!test_thread_wait(client.thread, NEVER) &&
	    !test_thread_wait(reader.thread, NEVER), "writers wait");
	ok_eq(word(page(2)), 21, "nothing is written");
	copy_ready(&copy);
	expect(pager, DATA_UNLOCK, "memory_object_data_unlock, then");
	expect(pager, DATA_UNLOCK, "and for the other");
	lock(2 * page_size, 2 * page_size, MEMORY_OBJECT_RETURN_NONE, false,
	    VM_PROT_NONE);
	lock_done();
	client_good(&client, "a write, allowed");
	client_good(&reader, "another write, allowed");
	ok_eq(word(page(2)), 22, "and done");

	/* The next copy has all pages, and waits for nobody. */
	call_start(&call, copy_map, 0, 0);
	call_done(&call, KERN_SUCCESS, "a second copy");
	copy_hear(&second);
	ok_eq(word(call.address + page_size), 22, "has the data of its time");
	word_set(page(2), 23);
	ok_eq(word(page(2)), 23, "what was copied may be written at once");
	client_start(&client, address + page_size, false, 0);
	expect(copy.object, DATA_REQUEST, "a request for the first");
	copy_supply(&copy, page_size, 21);
	client_good(&client, "a read of the first copy");
	ok_eq(client.value, 21, "has the data of its time");
	copy_ready(&second);
	copy_end(&second, call.address);
	copy_end(&copy, address);
	end();
}

/* A pager that ignores it harms those who need what it has. */
static void
test_ignored(void)
{
	struct client client, reader;
	struct copy copy, second;
	vm_address_t address;
	struct call call;

	begin();
	address = map_at(page_size, COPIED, true);
	copy_hear(&copy);
	ok_eq(word(address), 12, "what was copied is there");
	supply(2 * page_size, 21, VM_PROT_NONE, false, MACH_PORT_NULL);
	client_start(&client, page(2), true, 22);
	client_start(&reader, address + page_size, false, 0);
	call_start(&call, copy_map, 0, 0);
	call_waits(&call, "the next copy");
	expect_nothing(pager, "the last copy is not ready");
	test_thread_kill(call.thread);
	ok(true, "who waits for a copy can be killed");
	call_start(&call, copy_map, 0, 0);
	call_waits(&call, "the next copy");
	test_thread_kill(reader.thread);
	ok(true, "and who reads one");
	port_destroy(copy.object);
	call_done(&call, KERN_SUCCESS, "the next copy");
	client_start(&reader, address + page_size, false, 0);
	client_bad(&reader, KERN_MEMORY_FAILURE, "a copy without pager");
	ok_eq(word(address), 12, "has what was copied");
	ok_eq(message_receive(&in, pager, SOON), MACH_MSG_SUCCESS,
	    "the kernel sends");
	if (in.header.msgh_id == DATA_UNLOCK)
		copy_hear(&second);
	else {
		second.object = (mach_port_t)item_int(3);
		expect(second.object, INIT, "its memory_object_init");
		second.control = (mach_port_t)item_int(0);
		second.name = (mach_port_t)item_int(1);
		expect(pager, DATA_UNLOCK, "memory_object_data_unlock");
	}
	copy_ready(&second);
	lock(2 * page_size, page_size, MEMORY_OBJECT_RETURN_NONE, false,
	    VM_PROT_NONE);
	lock_done();
	client_good(&client, "a write of the original");
	ok_eq(word(call.address + page_size), 21, "a copy of before it");
	memory_free(address, COPIED);
	port_destroy(copy.control);
	port_destroy(copy.name);
	copy_end(&second, call.address);
	end();
}

/* The pager dies with the message in its queue. */
static void
test_dies(void)
{
	struct client client;
	vm_address_t address;

	begin();
	address = map_at(page_size, COPIED, true);
	client_start(&client, address + page_size, false, 0);
	port_destroy(pager);
	client_bad(&client, KERN_MEMORY_FAILURE, "the pager died");
	ok(word(address) == 12 && word(page(1)) == 12, "copied data stay");
	memory_free(address, COPIED);
	ok_eq(vm_map(self, &address, COPIED, 0, TRUE, pager, page_size, TRUE,
	    VM_PROT_READ, VM_PROT_READ, VM_INHERIT_COPY) != KERN_SUCCESS,
	    true, "nothing is copied any more");
	memory_free(original, SIZE);
	port_destroy(control);
	port_destroy(name);
}

/* What a child's memory has. */
static uint64_t
child_word(mach_port_t child, vm_address_t address)
{
	mach_msg_type_number_t count;
	vm_offset_t data;
	uint64_t value;

	need_success(vm_read(child, address, page_size, &data, &count));
	value = word(data);
	memory_free(data, page_size);
	return value;
}

/* Inheritance copies, too; and many copies, each of its time. */
static void
test_more(void)
{
	vm_address_t address[MORE + 1];
	struct copy copy[MORE];
	struct call call;
	mach_port_t child;
	unsigned int i;
	bool good = true;

	begin();
	supply(0, 1, VM_PROT_NONE, false, MACH_PORT_NULL);
	supply(2 * page_size, 2, VM_PROT_NONE, false, MACH_PORT_NULL);
	supply(3 * page_size, 3, VM_PROT_NONE, false, MACH_PORT_NULL);
	call_start(&call, call_inherit, 0, 0);
	call_done(&call, KERN_SUCCESS, "inheriting");
	expect(pager, COPY, "memory_object_copy");
	ok(item_long(1) == 0 && item_long(2) == SIZE, "of all");
	port_destroy((mach_port_t)item_int(3));
	child = (mach_port_t)call.address;
	word_set(page(1), 13);
	ok(child_word(child, page(1)) == 12 && child_word(child, page(2)) ==
	    2, "the child has the data of its time");
	task_terminate(child);
	mach_port_deallocate(self, child);

	for (i = 0; i < MORE; i++) {
		word_set(page(1), 100 + i);
		address[i] = map_at(page_size, COPIED, true);
		copy_hear(&copy[i]);
		copy_ready(&copy[i]);
	}
	word_set(page(1), 100 + MORE);
	address[MORE] = map_at(page_size, COPIED, true);
	expect_nothing(pager, "too many copies: it is copied at once");
	word_set(page(1), 99);
	for (i = 0; i <= MORE; i++)
		good &= word(address[i]) == 100 + i;
	ok(good, "each has the data of its time");
	memory_free(address[MORE], COPIED);
	copy_end(&copy[3], address[3]);
	address[3] = map_at(page_size, COPIED, true);
	copy_hear(&copy[3]);
	ok_eq(word(address[3]), 99, "one went, another may come");
	for (i = 0; i < MORE; i++)
		copy_end(&copy[i], address[i]);
	end();
}

/* Nothing is left of many copies. */
static void
test_many(void)
{
	struct vm_statistics before, after;
	vm_address_t address;
	unsigned int i, turn;
	mach_port_t object;

	begin();
	for (turn = 0; turn < 2; turn++) {
		need_success(vm_statistics(self,
		    turn == 0 ? &before : &after));
		for (i = 0; i < 200; i++) {
			address = map_at(page_size, COPIED, true);
			need(message_receive(&in, pager, SOON) == 0 &&
			    in.header.msgh_id == COPY);
			object = (mach_port_t)item_int(3);
			need(word(address) == 12);
			if (i % 2 == 0)
				port_destroy(object);
			memory_free(address, COPIED);
			if (i % 2 != 0)
				port_destroy(object);
		}
	}
	ok(after.free_count + 64 >= before.free_count,
	    "200 copies leave no pages behind (%d, %d)", before.free_count,
	    after.free_count);
	end();
}

void
test_call(void)
{
	test_data();
	test_unavailable();
	test_before();
	test_ignored();
	test_dies();
	test_more();
	test_many();
}
