/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Pageout: memory that is short, without and with a default pager, which is a
 * child of this module (lib/store.h).  Memory beyond ROOM is taken away first;
 * a machine with more than PAGEOUT_RAM is left alone.  With the word long=1
 * the whole of a small machine is filled twice, and no more is done.
 */
#include "lib/store.h"

#define self		task_self_port
#define MB		(1ul << 20)
#define ROOM		(20 * MB)	/* what is left, and more if large */
#define ROOM_LONG	(160 * MB)
#define PAGEOUT_RAM	(2100 * MB)
#define SOON		3000		/* ms */

static vm_size_t room;
static vm_size_t reserve;	/* what the kernel keeps */
static struct store store;
static struct vm_statistics statistics;

static uint64_t
free_memory(void)
{
	need_success(vm_statistics(self, &statistics));
	return (uint64_t)statistics.free_count * page_size;
}

/*
 * Wire, or unwire, all tasks that are there: this module's own image, and
 * modules that wait for their turn, whose memory shall not be lost with the
 * pager.
 */
static void
wire_tasks(vm_wire_t flags)
{
	mach_port_t host = mach_host_self(), name, set, *tasks;
	mach_msg_type_number_t count = 0, i;

	need_success(processor_set_default(host, &name));
	need_success(host_processor_set_priv(host_priv, name, &set));
	need_success(processor_set_tasks(set, &tasks, &count));
	/* The kernel's task has no memory to wire. */
	for (i = 0; i < count; i++) {
		vm_wire_all(host_priv, tasks[i], flags);
		mach_port_deallocate(self, tasks[i]);
	}
	memory_free((vm_address_t)tasks, page_size);
	mach_port_deallocate(self, set);
	mach_port_deallocate(self, name);
	mach_port_deallocate(self, host);
}

/* A range of pages, touched in a thread of its own. */
struct range {
	vm_address_t address;
	vm_size_t size;
	volatile vm_size_t done;
	uint64_t seed;
	uint64_t wrong;
	bool write;
};

static void
range_touch(void *argument)
{
	struct range *range = argument;
	vm_address_t page;

	for (range->done = 0; range->done < range->size;
	    range->done += page_size) {
		page = range->address + range->done;
		if (range->write)
			page_fill(page, range->seed + range->done);
		else
			range->wrong += !page_check(page, range->seed +
			    range->done);
	}
}

static void
range_fill(struct range *range, vm_address_t address, vm_size_t size,
    uint64_t seed)
{
	*range = (struct range){
		.address = address,
		.size = size,
		.seed = seed,
		.write = true,
	};
	range_touch(range);
}

static bool
range_good(struct range *range)
{
	range->write = false;
	range->wrong = 0;
	range_touch(range);
	return range->wrong == 0;
}

static uint64_t
manager_port(void)
{
	mach_port_t port = MACH_PORT_NULL;

	need_success(vm_set_default_memory_manager(host_priv, &port));
	if (port != MACH_PORT_NULL)
		mach_port_deallocate(self, port);
	return port;
}

/* Without a default pager: errors, and everything goes on. */
static void
test_nobody(void)
{
	vm_size_t size = free_memory() + 16 * MB;
	struct range range = { .size = size, .write = true };
	integer_t code = 0;
	vm_address_t address, wired = 0;
	rpc_phys_addr_t physical;

	ok_eq(manager_port(), MACH_PORT_NULL, "there is no default pager");
	range.address = memory_allocate(size);
	ok_eq(test_exception(range_touch, &range, &code, NULL),
	    EXC_BAD_ACCESS, "more than all memory: an exception");
	ok_eq(code, KERN_MEMORY_ERROR, "its code");
	ok(range.done > size / 2, "late: after %lu of %lu KiB",
	    range.done >> 10, size >> 10);
	ok(range_good(&(struct range){ range.address, range.done, 0, 0, 0,
	    false }), "what was written is there");
	need_success(vm_allocate(self, &wired, 8 * MB, TRUE));
	ok_eq(vm_wire(host_priv, self, wired, 8 * MB, VM_PROT_READ |
	    VM_PROT_WRITE), KERN_RESOURCE_SHORTAGE, "wiring: an error");
	ok_eq(vm_allocate_contiguous(host_priv, self, &address, &physical,
	    8 * MB, 0, ~0ul, page_size), KERN_RESOURCE_SHORTAGE,
	    "contiguous memory: an error");
	memory_free(wired, 8 * MB);
	memory_free(range.address, size);
	address = memory_allocate(MB);
	range_fill(&range, address, MB, 5);
	ok(range_good(&range), "memory that was freed can be used");
	memory_free(address, MB);
}

static void
test_manager(void)
{
	mach_port_t port = MACH_PORT_NULL, host = mach_host_self();

	ok_eq(vm_set_default_memory_manager(host, &port),
	    KERN_INVALID_ARGUMENT, "the default pager: not for all");
	mach_port_deallocate(self, host);
	store_start(&store);
	ok_eq(manager_port(), store.manager, "it is the child's port");
}

/* Wire so much memory that everything else has to go. */
static void
press(void)
{
	uint64_t size = free_memory() + (uint64_t)(statistics.active_count +
	    statistics.inactive_count) * page_size * 7 / 8 - reserve;
	vm_address_t address;
	kern_return_t kr;

	/* The kernel may need more for itself than it counts as its own. */
	for (;; size -= size / 32) {
		size &= ~(page_size - 1);
		address = memory_allocate(size);
		kr = vm_wire(host_priv, self, address, size, VM_PROT_READ);
		memory_free(address, size);
		if (kr != KERN_RESOURCE_SHORTAGE)
			break;
	}
	need_success(kr);
}

/* Twice the memory, every byte. */
static void
test_twice(void)
{
	vm_size_t size = 2 * (free_memory() & ~(page_size - 1));
	vm_address_t address = memory_allocate(size);
	struct vm_statistics before;
	struct store_count count;
	struct range range;

	before = statistics;
	range_fill(&range, address, size, 1000);
	ok_eq(range.done, size, "%lu MiB written, twice what is free",
	    size >> 20);
	ok(range_good(&range), "and every byte is right");
	free_memory();
	ok(statistics.pageouts - before.pageouts >=
	    (integer_t)(size / 2 / page_size), "counted: pages out");
	ok(statistics.pageins - before.pageins >=
	    (integer_t)(size / 2 / page_size), "pages in");
	ok(statistics.inactive_count > 0, "and inactive ones");
	range_fill(&range, address, size / 4, 77000);
	if (test_option("long") == NULL)
		press();
	else
		range_touch(&(struct range){ .address = address,
		    .size = size });
	ok(range_good(&range), "written again, and right");
	store_count(&store, &count);
	ok(count.first >= size / 2 / page_size, "new data");
	ok(count.again > 0, "changed data");
	ok_eq(count.bad, 0, "nothing that it does not know");
	memory_free(address, size);
}

/* Copies of what is out, and of what goes out. */
static void
test_copies(void)
{
	vm_size_t size = 4 * MB;
	vm_address_t address = memory_allocate(size), view = 0;
	mach_msg_type_number_t length;
	struct range range, copy, third;
	mach_port_t proxy;
	vm_offset_t data;

	range_fill(&range, address, size, 10);
	need_success(vm_read(self, address, size, &data, &length));
	copy = range;
	copy.address = data;
	press();
	range_fill(&range, address, size, 20);
	press();
	ok(range_good(&range), "an original that changed");
	ok(range_good(&copy), "its copy");
	third = copy;
	need_success(vm_read(self, data, size, &third.address, &length));
	range_fill(&copy, data, size / 2, 30);
	press();
	ok(range_good(&copy), "a copy that changed");
	ok(range_good(&third), "what it was copied to");
	ok(range_good(&range), "its original");
	memory_free(third.address, size);
	need_success(vm_copy(self, data, size / 2, address));
	press();
	copy.address = address;
	ok(range_good(&copy), "overwritten by a copy");
	need_success(vm_region_create_proxy(self, address, VM_PROT_ALL,
	    size / 2, &proxy));
	size /= 2;
	need_success(vm_map(self, &view, size, 0, TRUE, proxy, 0, FALSE,
	    VM_PROT_READ | VM_PROT_WRITE, VM_PROT_ALL, VM_INHERIT_NONE));
	mach_port_deallocate(self, proxy);
	range_fill(&range, view, size, 40);
	press();
	range.address = address;
	ok(range_good(&range), "a second mapping");
	memory_free(view, size);
	memory_free(address, 2 * size);
	memory_free(data, 2 * size);
}

static vm_address_t inherited;

static void
child_check(void *argument)
{
	struct range range = { .address = inherited, .size = 2 * MB,
	    .seed = 50 };
	bool good = range_good(&range);

	range_fill(&range, inherited, 2 * MB, 60);
	child_tell(good, range_good(&range));
}

static void
test_inherited(void)
{
	struct test_child child;
	struct range range;
	uint64_t first = 0, second = 0;

	inherited = memory_allocate(2 * MB);
	range_fill(&range, inherited, 2 * MB, 50);
	press();
	test_child_start(&child, child_check, NULL);
	ok(child_hear(&child, &first, &second, SOON) && first == 1 &&
	    second == 1, "a child inherits what is out");
	test_child_kill(&child);
	press();
	ok(range_good(&range), "its parent's is the same");
	memory_free(inherited, 2 * MB);
}

static void
test_wired(void)
{
	vm_size_t size = MB;
	vm_address_t address = memory_allocate(size);
	rpc_phys_addr_t before[256], after[256];
	mach_msg_type_number_t count = 256;
	rpc_phys_addr_t *pages = before;
	struct range range;

	range_fill(&range, address, size, 70);
	press();
	need_success(vm_wire(host_priv, self, address, size, VM_PROT_READ));
	need_success(vm_pages_phys(host_priv, self, address, size, &pages,
	    &count));
	press();
	pages = after;
	need_success(vm_pages_phys(host_priv, self, address, size, &pages,
	    &count));
	ok_eq(memcmp(before, after, sizeof before), 0,
	    "wired pages stay where they are");
	ok(before[0] != 0 && before[255] != 0, "and are there");
	need_success(vm_wire(host_priv, self, address, size, VM_PROT_NONE));
	press();
	ok(range_good(&range), "unwired, they go and come");
	memory_free(address, size);
}

/* An external pager. */
static mach_port_t pager, control;
static struct message in;

static vm_address_t
object_map(vm_size_t size, memory_object_copy_strategy_t strategy)
{
	vm_address_t address = 0;

	pager = port_with_send();
	need_success(mach_port_set_qlimit(self, pager, MACH_PORT_QLIMIT_MAX));
	need_success(vm_map(self, &address, size, 0, TRUE, pager, 0, FALSE,
	    VM_PROT_READ | VM_PROT_WRITE, VM_PROT_ALL, VM_INHERIT_NONE));
	need(message_receive(&in, pager, SOON) == 0);
	control = *(mach_port_t *)message_data(message_item(&in, 0));
	need_success(memory_object_ready(control, FALSE, strategy));
	return address;
}

static void
object_supply(vm_offset_t offset, vm_size_t size, uint64_t seed,
    bool precious)
{
	vm_address_t data = memory_allocate(size);
	struct range range;

	range_fill(&range, data, size, seed);
	need_success(memory_object_data_supply(control, offset, data,
	    (mach_msg_type_number_t)size, TRUE, VM_PROT_NONE, precious,
	    MACH_PORT_NULL));
}

/* Pages that the pager gets back, with the pattern of `seed`. */
static vm_size_t
object_returned(uint64_t seed, bool dirty)
{
	vm_size_t size = 0;

	while (message_receive(&in, pager, 50) == 0) {
		struct range range = { .seed = seed };
		mach_msg_type_t *item = message_item(&in, 2);

		if (in.header.msgh_id != 2208)
			continue;
		range.address = (vm_address_t)message_data(item);
		range.size = item->msgt_number;
		range.seed += *(uint64_t *)message_data(
		    message_item(&in, 1));
		if (range_good(&range) && dirty ==
		    *(boolean_t *)message_data(message_item(&in, 3)))
			size += range.size;
		memory_free(range.address, range.size);
	}
	return size;
}

static void
object_end(vm_address_t address, vm_size_t size)
{
	memory_free(address, size);
	port_destroy(pager);
	port_destroy(control);
}

static void
test_external(void)
{
	vm_size_t size = MB;
	vm_address_t address = object_map(size, MEMORY_OBJECT_COPY_DELAY);
	struct range range;

	object_supply(0, size, 80, false);
	press();
	ok_eq(object_returned(80, false), 0, "clean pages are not returned");
	object_supply(0, size, 81, false);
	range = (struct range){ .address = address, .size = size,
	    .seed = 81 };
	ok(range_good(&range), "they were dropped: other data may come");
	range_fill(&range, address, size, 82);
	press();
	ok_eq(object_returned(82, true), size, "dirty pages are returned");
	object_supply(0, size, 83, true);
	press();
	ok_eq(object_returned(83, false), size,
	    "precious pages are returned");
	object_end(address, size);
}

/* A pager that does not care: its pages are paged out for it. */
static void
test_careless(void)
{
	vm_size_t size = 8 * MB, half = size / 2, part = 16 * page_size;
	vm_address_t address = object_map(size, MEMORY_OBJECT_COPY_DELAY);
	struct range range;
	vm_offset_t done;

	for (done = 0; done < size; done += part) {
		object_supply(done, part, 90, false);
		range_fill(&range, address + done, part, 91 + done);
	}
	press();
	press();
	ok(object_returned(91, true) >= half,
	    "a pager that takes nothing: others work");
	object_end(address, size);
}

/* Fill more than there is, and tell that it is right. */
static void
child_fill(void *argument)
{
	mach_msg_type_number_t count = 0;
	mach_port_t *registered;
	struct range range;

	need_success(mach_ports_lookup(self, &registered, &count));
	need_success(task_set_special_port(self, TASK_EXCEPTION_PORT,
	    registered[1]));
	need_success(vm_wire_all(registered[0], self, VM_WIRE_CURRENT));
	range_fill(&range, memory_allocate(room + room / 4),
	    room + room / 4, 100);
	child_tell(range_good(&range) ? 1 : 2, 0);
}

/* The default pager does not answer: errors, until it does. */
static void
test_stalled(void)
{
	mach_port_t port = port_with_send();
	mach_port_t heirloom[] = { host_priv, port };
	struct exception_message message;
	struct test_child child;
	unsigned int turns = 0;
	uint64_t good = 0;

	/* First: a child that is done writing would wait for its own pages. */
	store_stall(&store, true);
	need_success(mach_ports_register(self, heirloom, 2));
	test_child_start(&child, child_fill, NULL);
	need_success(mach_ports_register(self, heirloom, 1));
	ok_eq(exception_receive(port, &message, 30000), MACH_MSG_SUCCESS,
	    "a default pager that stands still: an exception");
	ok_eq(message.exception, EXC_BAD_ACCESS, "bad access");
	ok_eq(message.code, KERN_MEMORY_ERROR, "its code");
	store_stall(&store, false);
	/* It may be told again, until the pager has freed something. */
	do {
		exception_reply(&message, KERN_SUCCESS);
		while (!child_hear(&child, &good, NULL, 100) &&
		    exception_receive(port, &message, 0) != 0 && turns++ < 600)
			continue;
	} while (good == 0 && turns < 600);
	ok_eq(good, 1, "it goes on, and nothing is lost");
	test_child_kill(&child);
	mach_port_deallocate(self, port);
	port_destroy(port);
}

/* The default pager ends. */
static void
test_death(void)
{
	vm_size_t size = room + room / 4;
	vm_address_t address = memory_allocate(size), other;
	struct range range;
	integer_t code = 0;

	range_fill(&range, address, size, 110);
	store_kill(&store);
	range.write = false;
	ok_eq(test_exception(range_touch, &range, &code, NULL),
	    EXC_BAD_ACCESS, "without it, what is out is lost");
	ok_eq(code, KERN_MEMORY_FAILURE, "as the error says");
	memory_free(address, size);
	ok_eq(manager_port(), MACH_PORT_NULL, "there is no default pager");
	other = memory_allocate(MB);
	range_fill(&range, other, MB, 120);
	ok(range_good(&range), "memory that is there works");
	memory_free(other, MB);
}

void
test_main(void)
{
	mach_msg_type_number_t count = HOST_BASIC_INFO_COUNT;
	uint64_t before = free_memory();
	struct host_basic_info info;

	if (before > PAGEOUT_RAM && test_option("long") == NULL) {
		ok(true, "# skip %lu MiB of memory is too much to fill",
		    before >> 20);
		return;
	}
	need_success(host_info(mach_host_self(), HOST_BASIC_INFO,
	    (host_info_t)&info, &count));
	reserve = info.memory_size / 128;
	room = test_option("long") != NULL ? ROOM_LONG : ROOM + 2 * reserve;
	wire_tasks(VM_WIRE_CURRENT);
	before = free_memory();
	hog_take(room);
	test_nobody();
	test_manager();
	test_twice();
	if (test_option("long") != NULL)
		return;
	test_copies();
	test_inherited();
	test_wired();
	test_external();
	test_careless();
	test_stalled();
	test_death();
	hog_give();
	ok(free_memory() + 256 * page_size >= before,
	    "all memory comes back (%lu, %lu)", before / page_size,
	    free_memory() / page_size);
	wire_tasks(VM_WIRE_NONE);
}
