/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Tasks: creation, information, special ports, suspension, end.
 */
#include "lib/test.h"

#define self	task_self_port

static void
test_create(void)
{
	vm_address_t page = memory_allocate(page_size);
	mach_port_t task = MACH_PORT_NULL;
	vm_address_t data;
	mach_msg_type_number_t size;
	vm_address_t address;

	memory_fill(page, page_size, 3);
	ok_eq(task_create(self, FALSE, &task), KERN_SUCCESS, "an empty task");
	ok_eq(port_type(task), MACH_PORT_TYPE_SEND, "a send right to it");
	ok_eq(vm_read(task, page, page_size, &data, &size),
	    KERN_INVALID_ADDRESS, "its memory is empty");
	address = page;
	ok_eq(vm_allocate(task, &address, page_size, FALSE), KERN_SUCCESS,
	    "memory for it");
	ok_eq(vm_write(task, page, page, (unsigned int)page_size),
	    KERN_SUCCESS, "write to it");
	ok_eq(vm_read(task, page, page_size, &data, &size), KERN_SUCCESS,
	    "read it back");
	ok(size == page_size && memory_check(data, page_size, 3), "the same");
	memory_free(data, size);
	ok_eq(task_terminate(task), KERN_SUCCESS, "end it");
	ok_eq(port_type(task), MACH_PORT_TYPE_DEAD_NAME, "a dead name");
	port_destroy(task);

	ok_eq(task_create(self, TRUE, &task), KERN_SUCCESS, "an heir");
	ok_eq(vm_read(task, page, page_size, &data, &size), KERN_SUCCESS,
	    "has our memory");
	ok(memory_check(data, page_size, 3), "with its contents");
	memory_free(data, size);
	need_success(task_terminate(task));
	port_destroy(task);
	memory_free(page, page_size);
	ok_eq(task_create(mach_host_self(), FALSE, &task),
	    KERN_INVALID_ARGUMENT, "a host has no heirs");
}

static void
test_info(void)
{
	struct task_basic_info basic;
	struct task_events_info events;
	struct task_thread_times_info times;
	mach_msg_type_number_t count = TASK_BASIC_INFO_COUNT;
	vm_size_t before;
	vm_address_t block;

	ok_eq(task_info(self, TASK_BASIC_INFO, (task_info_t)&basic, &count),
	    KERN_SUCCESS, "basic information");
	ok_eq(count, TASK_BASIC_INFO_COUNT, "all of it");
	ok_eq(basic.suspend_count, 0, "not suspended");
	ok(basic.resident_size > 0 && basic.virtual_size >= 2 * page_size,
	    "%lu bytes, %lu resident", (uint64_t)basic.virtual_size,
	    (uint64_t)basic.resident_size);
	before = basic.virtual_size;
	block = memory_allocate(5 * page_size);
	need_success(task_info(self, TASK_BASIC_INFO, (task_info_t)&basic,
	    &count));
	ok_eq(basic.virtual_size - before, 5 * page_size,
	    "five pages more are five pages");
	memory_free(block, 5 * page_size);
	count = TASK_EVENTS_INFO_COUNT;
	ok_eq(task_info(self, TASK_EVENTS_INFO, (task_info_t)&events,
	    &count), KERN_SUCCESS, "events");
	ok(events.messages_sent > 0 && events.faults > 0,
	    "faults and messages are counted");
	count = TASK_THREAD_TIMES_INFO_COUNT;
	ok_eq(task_info(self, TASK_THREAD_TIMES_INFO, (task_info_t)&times,
	    &count), KERN_SUCCESS, "times");
	count = 1;
	ok_eq(task_info(self, TASK_BASIC_INFO, (task_info_t)&basic, &count),
	    MIG_ARRAY_TOO_LARGE, "too little room");
	count = TASK_BASIC_INFO_COUNT;
	ok_eq(task_info(self, 4711, (task_info_t)&basic, &count),
	    KERN_INVALID_ARGUMENT, "no such flavor");
}

static void
idle(void *argument)
{
	for (;;)
		sleep_ms(1000);
}

static void
test_threads(void)
{
	struct test_thread *thread = test_thread_start(idle, NULL);
	thread_array_t threads = NULL;
	mach_msg_type_number_t count = 0;
	unsigned int i;
	unsigned int found = 0;

	ok_eq(task_threads(self, &threads, &count), KERN_SUCCESS,
	    "list the threads");
	ok(count >= 3, "%u threads", count);
	for (i = 0; i < count; i++) {
		found += threads[i] == thread->port;
		found += threads[i] == mach_thread_self();
	}
	ok_eq(found, 2, "this one and the new one are there");
	memory_free((vm_address_t)threads, page_size);
	test_thread_kill(thread);
}

static volatile uint32_t beats;

static void
child_beats(void *argument)
{
	volatile uint32_t *count = argument;

	for (;;)
		++*count;
}

static void
test_suspend(void)
{
	vm_address_t page = memory_allocate(page_size);
	volatile uint32_t *count = (volatile uint32_t *)page;
	struct test_child child;
	uint32_t seen;

	need_success(vm_inherit(self, page, page_size, VM_INHERIT_SHARE));
	test_child_start(&child, child_beats, (void *)count);
	while (*count < 100)
		swtch();
	ok(true, "a child counts in shared memory");
	ok_eq(task_suspend(child.task), KERN_SUCCESS, "suspend it");
	seen = *count;
	sleep_ms(30);
	ok_eq(*count, seen, "it stands");
	ok_eq(task_suspend(child.task), KERN_SUCCESS, "suspend it again");
	ok_eq(task_resume(child.task), KERN_SUCCESS, "resume it once");
	sleep_ms(30);
	ok_eq(*count, seen, "it still stands");
	ok_eq(task_basic(child.task).suspend_count, 1, "suspended once");
	ok_eq(task_resume(child.task), KERN_SUCCESS, "resume it");
	sleep_ms(30);
	ok(*count != seen, "it goes on");
	ok_eq(task_resume(child.task), KERN_FAILURE, "once too often");
	test_child_kill(&child);
	seen = *count;
	sleep_ms(20);
	ok_eq(*count, seen, "a terminated task does nothing");
	memory_free(page, page_size);
}

static void
test_special_ports(void)
{
	mach_port_t port = port_with_send();
	mach_port_t got = MACH_PORT_NULL;
	mach_port_t task;

	ok_eq(task_get_special_port(self, TASK_KERNEL_PORT, &got),
	    KERN_SUCCESS, "the kernel port");
	ok_eq(got, self, "is our own");
	ok_eq(task_set_special_port(self, TASK_BOOTSTRAP_PORT, port),
	    KERN_SUCCESS, "set the bootstrap port");
	ok_eq(task_get_special_port(self, TASK_BOOTSTRAP_PORT, &got),
	    KERN_SUCCESS, "ask for it");
	ok_eq(got, port, "the same");
	need_success(task_create(self, FALSE, &task));
	got = MACH_PORT_NULL;
	ok_eq(task_get_special_port(task, TASK_BOOTSTRAP_PORT, &got),
	    KERN_SUCCESS, "a child");
	ok_eq(got, port, "inherits it");
	need_success(task_terminate(task));
	port_destroy(task);
	ok_eq(task_set_special_port(self, TASK_BOOTSTRAP_PORT,
	    MACH_PORT_NULL), KERN_SUCCESS, "unset it");
	ok_eq(task_get_special_port(self, TASK_BOOTSTRAP_PORT, &got),
	    KERN_SUCCESS, "ask again");
	ok_eq(got, MACH_PORT_NULL, "none");
	ok_eq(task_get_special_port(self, 99, &got), KERN_INVALID_ARGUMENT,
	    "no such port");
	port_destroy(port);
}

static void
test_registered(void)
{
	mach_port_t port = port_with_send();
	mach_port_t list[2] = { port, MACH_PORT_NULL };
	mach_port_array_t got = NULL;
	mach_msg_type_number_t count = 0;

	ok_eq(mach_ports_register(self, list, 2), KERN_SUCCESS, "register");
	ok_eq(mach_ports_lookup(self, &got, &count), KERN_SUCCESS, "look up");
	ok_eq(count, TASK_PORT_REGISTER_MAX, "all slots come");
	ok_eq(got[0], port, "the first is ours");
	ok_eq(got[1], MACH_PORT_NULL, "the second is empty");
	memory_free((vm_address_t)got, page_size);
	ok_eq(mach_ports_register(self, list, 0), KERN_SUCCESS, "clear");
	port_destroy(port);
}

static void
test_end(void)
{
	struct test_child child;
	unsigned int i;
	vm_statistics_data_t before;
	vm_statistics_data_t after;

	test_child_start(&child, child_beats, (void *)&beats);
	test_child_kill(&child);
	need_success(vm_statistics(self, &before));
	for (i = 0; i < 50; i++) {
		test_child_start(&child, child_beats, (void *)&beats);
		if (i & 1)
			sleep_ms(1);
		test_child_kill(&child);
	}
	sleep_ms(50);
	need_success(vm_statistics(self, &after));
	ok(before.free_count - after.free_count < 64,
	    "50 children come and go (%d pages)",
	    before.free_count - after.free_count);
}

void
test_main(void)
{
	test_create();
	test_info();
	test_threads();
	test_suspend();
	test_special_ports();
	test_registered();
	test_end();
}
