/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Counters that the kernel shows, against operations whose effect is known.
 */
#include "lib/test.h"

#define self		task_self_port
#define PAGES		50
#define ROUNDS		100
#define SPIN_NS		40000000u

/* Pages that page tables and the kernel's caches may take meanwhile. */
#define SLACK		8
#define SLAB_SLACK	(32 + SLACK)	/* the largest slab comes or goes */

static struct vm_statistics
system_now(void)
{
	struct vm_statistics statistics;

	need_success(vm_statistics(self, &statistics));
	return statistics;
}

static struct task_events_info
events_now(mach_port_t task)
{
	struct task_events_info events;
	mach_msg_type_number_t count = TASK_EVENTS_INFO_COUNT;

	need_success(task_info(task, TASK_EVENTS_INFO, (task_info_t)&events,
	    &count));
	return events;
}

static void
touch(vm_address_t address, unsigned int pages)
{
	unsigned int i;

	for (i = 0; i < pages; i++)
		*(volatile uint32_t *)(address + i * page_size) = i;
}

static void
test_faults(void)
{
	vm_address_t memory = memory_allocate(PAGES * page_size);
	struct task_events_info before, after;
	struct vm_statistics all, all_after;

	/* What the calls and the other threads touch is there before. */
	sleep_ms(20);
	events_now(self);
	system_now();
	before = events_now(self);
	all = system_now();
	touch(memory, PAGES);
	after = events_now(self);
	all_after = system_now();
	ok_eq(after.faults - before.faults, PAGES, "a fault for each page");
	ok_eq(after.zero_fills - before.zero_fills, PAGES, "of zeros");
	ok_eq(after.cow_faults, before.cow_faults, "no copy");
	ok_eq(after.pageins, before.pageins, "none of a pager");
	ok_eq(all_after.faults - all.faults, PAGES, "so has the system");
	ok_eq(all_after.zero_fill_count - all.zero_fill_count, PAGES,
	    "zeros");
	ok_eq(all_after.cow_faults, all.cow_faults, "no copies");
	before = events_now(self);
	touch(memory, PAGES);
	after = events_now(self);
	ok_eq(after.faults, before.faults, "none when they are there");
	memory_free(memory, PAGES * page_size);
}

static void
child_keeps(void *argument)
{
	child_tell(0, 0);
	for (;;)
		sleep_ms(1000);
}

static void
test_copies(void)
{
	vm_address_t memory = memory_allocate(PAGES * page_size);
	struct task_events_info before, after;
	struct test_child child;

	touch(memory, PAGES);
	test_child_start(&child, child_keeps, NULL);
	need(child_hear(&child, NULL, NULL, 5000));
	/* What the stack and the data need is copied before. */
	events_now(self);
	before = events_now(self);
	touch(memory, PAGES);
	after = events_now(self);
	ok_eq(after.cow_faults - before.cow_faults, PAGES,
	    "a copy for each page that a child inherits");
	ok_eq(after.zero_fills, before.zero_fills, "no zeros");
	ok_eq(after.faults - before.faults, PAGES, "a fault for each");
	ok_eq(events_now(child.task).zero_fills +
	    events_now(child.task).cow_faults > 0, 1,
	    "the child has its own counts");
	test_child_kill(&child);
	memory_free(memory, PAGES * page_size);
}

static void
test_sizes(void)
{
	struct task_basic_info before = task_basic(self), after;
	struct vm_statistics all = system_now(), full;
	vm_address_t memory = memory_allocate(PAGES * page_size);

	after = task_basic(self);
	ok_eq(after.virtual_size - before.virtual_size, PAGES * page_size,
	    "allocated: the virtual size");
	ok_eq(after.resident_size, before.resident_size, "nothing resident");
	touch(memory, PAGES);
	after = task_basic(self);
	full = system_now();
	ok_eq(after.resident_size - before.resident_size, PAGES * page_size,
	    "touched: all resident");
	ok(all.free_count - full.free_count >= PAGES &&
	    all.free_count - full.free_count <= PAGES + SLACK,
	    "so many pages less are free (%d)",
	    all.free_count - full.free_count);
	ok_eq(full.active_count + full.inactive_count - all.active_count -
	    all.inactive_count, PAGES, "and more in use");
	memory_free(memory + page_size, (PAGES - 1) * page_size);
	after = task_basic(self);
	ok_eq(after.virtual_size - before.virtual_size, page_size,
	    "deallocated but one: virtual size");
	ok_eq(after.resident_size - before.resident_size, page_size,
	    "and resident size");
	memory_free(memory, page_size);
	after = task_basic(self);
	full = system_now();
	ok(after.virtual_size == before.virtual_size &&
	    after.resident_size == before.resident_size, "deallocated: as it"
	    " was");
	ok(all.free_count - full.free_count <= SLACK, "free again");
	ok_eq(full.active_count + full.inactive_count, all.active_count +
	    all.inactive_count, "not in use");
}

static void
test_wired(void)
{
	vm_address_t memory = memory_allocate(PAGES * page_size);
	struct vm_statistics before = system_now(), after;

	need_success(vm_wire(host_priv, self, memory, PAGES * page_size,
	    VM_PROT_READ | VM_PROT_WRITE));
	after = system_now();
	ok_eq(after.wire_count - before.wire_count, PAGES, "wired");
	ok_eq(after.active_count + after.inactive_count, before.active_count +
	    before.inactive_count, "not active");
	need_success(vm_wire(host_priv, self, memory, PAGES * page_size,
	    VM_PROT_NONE));
	after = system_now();
	ok_eq(after.wire_count, before.wire_count, "not wired any more");
	ok_eq(after.active_count + after.inactive_count -
	    before.active_count - before.inactive_count, PAGES, "active");
	memory_free(memory, PAGES * page_size);
}

/* A message to oneself, sent and received in one call or in two. */
static void
exchange(mach_port_t port, bool twice)
{
	mach_msg_header_t header;

	memset(&header, 0, sizeof header);
	header.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_MAKE_SEND, 0);
	header.msgh_size = sizeof header;
	header.msgh_remote_port = port;
	if (!twice) {
		need_success(mach_msg(&header, MACH_SEND_MSG | MACH_RCV_MSG,
		    sizeof header, sizeof header, port, 0, 0));
		return;
	}
	need_success(mach_msg(&header, MACH_SEND_MSG, sizeof header, 0, 0, 0,
	    0));
	need_success(mach_msg(&header, MACH_RCV_MSG, 0, sizeof header, port,
	    0, 0));
}

static mach_port_t serve_port;

/* Sends each message back that it gets, once it has its port. */
static void
child_serves(void *argument)
{
	struct message message;
	mach_msg_return_t mr;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		do {
			mr = message_receive(&message, serve_port, 5000);
			if (mr == MACH_RCV_INVALID_NAME)
				sleep_ms(1);
		} while (mr == MACH_RCV_INVALID_NAME);
		if (mr != MACH_MSG_SUCCESS)
			return;
		message.header.msgh_bits = MACH_MSGH_BITS(
		    MACH_MSGH_BITS_REMOTE(message.header.msgh_bits), 0);
		message.header.msgh_local_port = MACH_PORT_NULL;
		message_send(&message);
	}
	for (;;)
		sleep_ms(1000);
}

/* What a call of task_info itself adds is measured first. */
static void
messages_since(struct task_events_info *before, integer_t *sent,
    integer_t *received)
{
	struct task_events_info a = events_now(self), b = events_now(self);

	*sent = a.messages_sent - before->messages_sent -
	    (b.messages_sent - a.messages_sent);
	*received = a.messages_received - before->messages_received -
	    (b.messages_received - a.messages_received);
}

static void
test_messages(void)
{
	mach_port_t port = port_receive_right();
	struct task_events_info before;
	integer_t sent, received;
	int i;

	before = events_now(self);
	messages_since(&before, &sent, &received);
	ok(sent == 0 && received == 0, "nothing is nothing");
	for (i = 0; i < 2; i++) {
		int round;

		before = events_now(self);
		for (round = 0; round < ROUNDS; round++)
			exchange(port, i == 1);
		messages_since(&before, &sent, &received);
		ok_eq(sent, ROUNDS, "messages sent, %d", i);
		ok_eq(received, ROUNDS, "and received, %d", i);
	}
	before = events_now(self);
	for (i = 0; i < ROUNDS; i++)
		task_basic(self);
	messages_since(&before, &sent, &received);
	ok_eq(sent, ROUNDS, "a call of the kernel is a message");
	ok_eq(received, ROUNDS, "and its reply is one");
	before = events_now(self);
	for (i = 0; i < ROUNDS; i++)
		mach_task_self();
	messages_since(&before, &sent, &received);
	ok_eq(sent + received, 0, "a trap is none");
	port_destroy(port);
}

static void
test_messages_between(void)
{
	struct task_events_info before, child_before, child_after;
	struct test_child child;
	struct message message;
	mach_port_t port = port_with_send(), reply = port_receive_right();
	integer_t sent, received;
	int i;

	serve_port = CHILD_UP + 1;
	test_child_start(&child, child_serves, NULL);
	need_success(mach_port_insert_right(child.task, serve_port, port,
	    MACH_MSG_TYPE_MOVE_RECEIVE));
	child_before = events_now(child.task);
	before = events_now(self);
	for (i = 0; i < ROUNDS; i++) {
		message_init(&message, port, MACH_MSG_TYPE_COPY_SEND, reply,
		    MACH_MSG_TYPE_MAKE_SEND_ONCE, 1000 + i);
		if (message_send(&message) != MACH_MSG_SUCCESS ||
		    message_receive(&message, reply, 5000) !=
		    MACH_MSG_SUCCESS)
			break;
	}
	messages_since(&before, &sent, &received);
	need_success(task_suspend(child.task));
	child_after = events_now(child.task);
	ok_eq(i, ROUNDS, "a child answers");
	ok_eq(sent, ROUNDS, "requests sent");
	ok_eq(received, ROUNDS, "replies received");
	ok(child_after.messages_received - child_before.messages_received >=
	    ROUNDS && child_after.messages_received -
	    child_before.messages_received <= ROUNDS + 1,
	    "the child has received them");
	ok(child_after.messages_sent - child_before.messages_sent >= ROUNDS &&
	    child_after.messages_sent - child_before.messages_sent <=
	    ROUNDS + 2, "and sent its replies");
	test_child_kill(&child);
	mach_port_deallocate(self, port);
	port_destroy(reply);
}

/* Times in ns. */
static uint64_t
time64_ns(const time_value64_t *time)
{
	return (uint64_t)time->seconds * 1000000000u +
	    (uint64_t)time->nanoseconds;
}

static void
thread_times(mach_port_t thread, uint64_t *user, uint64_t *system)
{
	struct thread_basic_info info = thread_basic(thread);

	*user = time64_ns(&info.user_time64);
	*system = time64_ns(&info.system_time64);
}

static void
spin_user(void *argument)
{
	uint64_t end = time_ns() + SPIN_NS;

	while (time_ns() < end)
		continue;
}

/* The clock's ticks tell whose time it is, by chance: until they do. */
static void
spin_kernel(void *argument)
{
	uint64_t end = time_ns() + 100ul * SPIN_NS, user, system = 0;

	while (system < SPIN_NS && time_ns() < end) {
		vm_address_t memory = memory_allocate(PAGES * page_size);

		touch(memory, PAGES);
		memory_free(memory, PAGES * page_size);
		thread_times(mach_thread_self(), &user, &system);
	}
}

static void
test_times(void)
{
	struct test_thread *thread;
	struct task_basic_info before, after;
	uint64_t start, user, system, ended;

	before = task_basic(self);
	start = time_ns();
	thread = test_thread_start(spin_user, NULL);
	need(test_thread_wait(thread, 5000));
	thread_times(thread->port, &user, &system);
	ok(user >= SPIN_NS / 2, "user time of a loop (%lu us)", user / 1000);
	ok(user + system <= time_ns() - start, "no more than there was");
	ok(system < user, "the kernel's is less (%lu us)", system / 1000);
	test_thread_kill(thread);
	sleep_ms(10);
	after = task_basic(self);
	ended = time64_ns(&after.user_time64) -
	    time64_ns(&before.user_time64);
	ok(ended >= user && ended <= user + SPIN_NS / 4,
	    "when it ends its time is the task's");
	start = time_ns();
	thread = test_thread_start(spin_kernel, NULL);
	need(test_thread_wait(thread, 5000));
	thread_times(thread->port, &user, &system);
	ok(system >= SPIN_NS, "system time of calls (%lu us)",
	    system / 1000);
	ok(user + system <= time_ns() - start && user + system >= SPIN_NS,
	    "both are its time");
	test_thread_kill(thread);
}

static void
test_thread_counts(void)
{
	struct task_thread_times_info live;
	mach_msg_type_number_t count = TASK_THREAD_TIMES_INFO_COUNT;
	struct processor_set_basic_info before, after;
	struct test_thread *threads[10];
	uint64_t user, system;
	mach_port_t set, host;
	int i;

	need_success(task_info(self, TASK_THREAD_TIMES_INFO,
	    (task_info_t)&live, &count));
	thread_times(mach_thread_self(), &user, &system);
	ok(time64_ns(&live.user_time64) > 0 &&
	    time64_ns(&live.user_time64) <= user + SPIN_NS / 4,
	    "the times of live threads");
	need_success(processor_set_default(mach_host_self(), &set));
	count = PROCESSOR_SET_BASIC_INFO_COUNT;
	need_success(processor_set_info(set, PROCESSOR_SET_BASIC_INFO, &host,
	    (processor_set_info_t)&before, &count));
	for (i = 0; i < 10; i++)
		threads[i] = test_thread_create(spin_user, NULL);
	need_success(processor_set_info(set, PROCESSOR_SET_BASIC_INFO, &host,
	    (processor_set_info_t)&after, &count));
	ok_eq(after.thread_count - before.thread_count, 10, "ten threads");
	ok_eq(after.task_count, before.task_count, "no task");
	for (i = 0; i < 10; i++)
		test_thread_kill(threads[i]);
	need_success(processor_set_info(set, PROCESSOR_SET_BASIC_INFO, &host,
	    (processor_set_info_t)&after, &count));
	ok_eq(after.thread_count, before.thread_count, "and gone");
	mach_port_deallocate(self, set);
}

/* Caches. */

#define CACHES_MAX	128

static cache_info_t caches[CACHES_MAX];

/* Fill `caches`; the kernel may give them in memory of their own. */
static unsigned int
caches_now(void)
{
	cache_info_array_t place = caches;
	mach_msg_type_number_t count = CACHES_MAX;

	need_success(host_slab_info(mach_host_self(), &place, &count));
	need(count <= CACHES_MAX);
	if (place != caches) {
		memcpy(caches, place, count * sizeof *place);
		memory_free((vm_address_t)place, count * sizeof *place);
	}
	return count;
}

static uint64_t
objects_in(const char *name)
{
	unsigned int count = caches_now(), i;

	for (i = 0; i < count; i++) {
		if (strcmp(caches[i].name, name) == 0)
			return caches[i].nr_objs;
	}
	test_bail("no cache %s", name);
}

static void
test_cache_totals(void)
{
	struct vm_cache_statistics statistics;
	unsigned int count = caches_now(), i;
	uint64_t pages = 0;
	bool good = true;

	need_success(vm_cache_statistics(self, &statistics));
	for (i = 0; i < count; i++) {
		const cache_info_t *cache = &caches[i];

		if (cache->nr_objs > cache->nr_bufs || cache->nr_bufs !=
		    cache->nr_slabs * cache->bufs_per_slab ||
		    cache->nr_free_slabs > cache->nr_slabs ||
		    cache->buf_size < cache->obj_size ||
		    cache->bufs_per_slab * cache->buf_size > cache->slab_size)
			good = false;
		pages += cache->nr_slabs * cache->slab_size / page_size;
	}
	ok(good && count > 10, "%u caches agree with themselves", count);
	ok(pages + SLAB_SLACK >= (uint64_t)statistics.slab_count &&
	    pages <= (uint64_t)statistics.slab_count + SLAB_SLACK,
	    "their pages are counted (%lu)", pages);
}

static void
test_caches(void)
{
	mach_port_t ports[PAGES], sets[PAGES];
	struct test_thread *thread;
	mach_port_t task;
	uint64_t port_count = objects_in("ipc_port");
	uint64_t set_count = objects_in("ipc_pset");
	uint64_t task_count = objects_in("task");
	uint64_t thread_count, map_count = objects_in("vm_map");
	int i;

	for (i = 0; i < PAGES; i++) {
		ports[i] = port_receive_right();
		sets[i] = port_set();
	}
	ok_eq(objects_in("ipc_port") - port_count, PAGES, "ports");
	ok_eq(objects_in("ipc_pset") - set_count, PAGES, "port sets");
	for (i = 0; i < PAGES; i++) {
		port_destroy(ports[i]);
		port_destroy(sets[i]);
	}
	ok_eq(objects_in("ipc_port"), port_count, "no ports");
	ok_eq(objects_in("ipc_pset"), set_count, "no port sets");
	need_success(task_create(self, FALSE, &task));
	ok_eq(objects_in("task") - task_count, 1, "a task");
	ok_eq(objects_in("vm_map") - map_count, 1, "its map");
	task_terminate(task);
	mach_port_deallocate(self, task);
	ok_eq(objects_in("task"), task_count, "no task");
	ok_eq(objects_in("vm_map"), map_count, "no map");
	thread_count = objects_in("thread");
	thread = test_thread_create(spin_user, NULL);
	ok_eq(objects_in("thread") - thread_count, 1, "a thread");
	test_thread_kill(thread);
	ok_eq(objects_in("thread"), thread_count, "no thread");
}

/* A pager that serves pages until it is told not to. */

#define DATA_REQUEST	2203
#define OBJECT_INIT	2200

static void
serve_pages(void *argument)
{
	mach_port_t port = *(mach_port_t *)argument, control = 0;
	vm_address_t page = memory_allocate(page_size);
	struct message message;

	while (message_receive(&message, port, 5000) == MACH_MSG_SUCCESS) {
		if (message.header.msgh_id == OBJECT_INIT) {
			control = *(mach_port_name_t *)message_data(
			    message_item(&message, 0));
			memory_object_ready(control, TRUE,
			    MEMORY_OBJECT_COPY_DELAY);
		} else if (message.header.msgh_id == DATA_REQUEST) {
			uint64_t offset = *(uint64_t *)message_data(
			    message_item(&message, 1));

			memory_object_data_supply(control, offset, page,
			    page_size, FALSE, VM_PROT_NONE, FALSE,
			    MACH_PORT_NULL);
		}
	}
}

static void
test_pageins(void)
{
	static mach_port_t pager;
	struct test_thread *thread;
	struct task_events_info before, after;
	struct vm_statistics all, all_after;
	vm_address_t first = 0, second = 0;
	uint32_t sum = 0, i;

	pager = port_with_send();
	thread = test_thread_start(serve_pages, &pager);
	all = system_now();
	need_success(vm_map(self, &first, PAGES * page_size, 0, TRUE, pager,
	    0, FALSE, VM_PROT_READ, VM_PROT_READ, VM_INHERIT_NONE));
	all_after = system_now();
	ok_eq(all_after.lookups - all.lookups, 1, "an object looked up");
	ok_eq(all_after.hits, all.hits, "for the first time");
	before = events_now(self);
	for (i = 0; i < PAGES; i++)
		sum += *(volatile uint32_t *)(first + i * page_size);
	after = events_now(self);
	all_after = system_now();
	ok_eq(sum, 0, "pages of a pager");
	ok_eq(after.pageins - before.pageins, PAGES, "are counted");
	ok_eq(all_after.pageins - all.pageins, PAGES, "for the system too");
	need_success(vm_map(self, &second, PAGES * page_size, 0, TRUE, pager,
	    0, FALSE, VM_PROT_READ, VM_PROT_READ, VM_INHERIT_NONE));
	all_after = system_now();
	ok_eq(all_after.lookups - all.lookups, 2, "the object again");
	ok_eq(all_after.hits - all.hits, 1, "is found");
	before = events_now(self);
	sum = *(volatile uint32_t *)second;
	after = events_now(self);
	ok_eq(after.pageins, before.pageins, "a page that is there is none");
	memory_free(first, PAGES * page_size);
	memory_free(second, PAGES * page_size);
	test_thread_kill(thread);
	port_destroy(pager);
}

static void
test_machine(void)
{
	struct host_basic_info host;
	integer_t slots[64];
	mach_msg_type_number_t count = HOST_BASIC_INFO_COUNT;
	struct vm_statistics all = system_now();

	need_success(host_info(mach_host_self(), HOST_BASIC_INFO,
	    (host_info_t)&host, &count));
	ok_eq(all.pagesize, page_size, "the page size");
	ok((uint64_t)(all.free_count + all.active_count + all.inactive_count +
	    all.wire_count) * page_size <= host.memory_size,
	    "no more pages than memory");
	count = 64;
	need_success(host_info(mach_host_self(), HOST_PROCESSOR_SLOTS,
	    (host_info_t)slots, &count));
	ok_eq(count, host.avail_cpus, "a slot for each processor");
	ok_eq(slots[0], 0, "the first");
}

void
test_main(void)
{
	test_faults();
	test_copies();
	test_sizes();
	test_wired();
	test_messages();
	test_messages_between();
	test_times();
	test_thread_counts();
	test_cache_totals();
	test_caches();
	test_pageins();
	test_machine();
}
