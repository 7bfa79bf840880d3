/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * A small world of tasks, threads, ports and memory for ci/check-gdb to look
 * at: the lines `# view ...` say what gdb's commands have to show when it
 * stops at view_ready().  By itself the module checks that the world is as it
 * says.
 */
#include "lib/test.h"

#define self		task_self_port
#define QUEUED		3
#define FIRST_ID	5001
#define REFERENCES	5

static mach_port_t queue, set, member, dead, waited;
static vm_address_t constant, written;
static struct test_thread *receiver, *stopped;
static struct test_child child;

static void
receive(void *argument)
{
	struct message message;

	message_receive(&message, waited, 50000);
}

static void
nothing(void *argument)
{
}

/* Keeps what it inherits until it is killed. */
static void
child_wait(void *argument)
{
	*(volatile uint32_t *)written = 2;
	child_tell(1, 0);
	for (;;)
		sleep_ms(1000);
}

/* Each message carries a number and a right to the port `member`. */
static void
make_queue(void)
{
	struct message message;
	uint32_t i;

	queue = port_with_send();
	need_success(mach_port_mod_refs(self, queue, MACH_PORT_RIGHT_SEND,
	    REFERENCES - 1));
	for (i = 0; i < QUEUED; i++) {
		uint32_t value = 0x11223344 + i;

		message_init(&message, queue, MACH_MSG_TYPE_COPY_SEND,
		    MACH_PORT_NULL, 0, FIRST_ID + (mach_msg_id_t)i);
		message_add(&message, MACH_MSG_TYPE_INTEGER_32, 32, 1,
		    &value);
		message_add_port(&message, member, MACH_MSG_TYPE_MAKE_SEND);
		need_success(message_send(&message));
	}
}

static void
make_ports(void)
{
	set = port_set();
	member = port_receive_right();
	need_success(mach_port_move_member(self, member, set));
	dead = port_with_send();
	need_success(mach_port_mod_refs(self, dead, MACH_PORT_RIGHT_RECEIVE,
	    -1));
	make_queue();
}

static void
make_memory(void)
{
	constant = memory_allocate(3 * page_size);
	memory_fill(constant, 3 * page_size, 1);
	need_success(vm_protect(self, constant, 3 * page_size, FALSE,
	    VM_PROT_READ));
	need_success(vm_inherit(self, constant, 3 * page_size,
	    VM_INHERIT_NONE));
	written = memory_allocate(2 * page_size);
	memory_fill(written, 2 * page_size, 2);
}

static void
make_threads(void)
{
	waited = port_receive_right();
	receiver = test_thread_start(receive, NULL);
	need_success(thread_set_name(receiver->port, "view-receiver"));
	stopped = test_thread_create(nothing, NULL);
	need_success(thread_set_name(stopped->port, "view-stopped"));
	need_success(thread_suspend(stopped->port));
	test_child_start(&child, child_wait, NULL);
	need_success(task_set_name(child.task, "view-child"));
	need(child_hear(&child, NULL, NULL, 5000));
	/* The second page stays with what is shared with the child. */
	*(volatile uint32_t *)written = 3;
}

/* Where gdb stops. */
static void __attribute__((noinline))
view_ready(void)
{
	__asm__ volatile("" : : : "memory");
}

static void
tell(void)
{
	test_print("# view queue %u messages %u id %u references %u\n", queue,
	    QUEUED, FIRST_ID, REFERENCES);
	test_print("# view set %u member %u\n", set, member);
	test_print("# view dead %u\n", dead);
	test_print("# view waited %u\n", waited);
	test_print("# view child %u\n", child.task);
	test_print("# view constant 0x%lx 0x%lx\n", constant,
	    constant + 3 * page_size);
	test_print("# view written 0x%lx\n", written);
	test_print("# view mapped %lu\n",
	    (uint64_t)task_basic(self).virtual_size / 1024);
	test_print("# view word 0x%lx\n", *(uint64_t *)constant);
}

void
test_main(void)
{
	mach_port_status_t status;
	struct message message;
	int i;

	make_memory();
	make_ports();
	make_threads();
	sleep_ms(20);
	tell();
	view_ready();
	status = port_status(queue);
	ok_eq(status.mps_msgcount, QUEUED, "messages are queued");
	for (i = 0; i < QUEUED; i++) {
		need_success(message_receive(&message, queue, 100));
		ok_eq(message.header.msgh_id, FIRST_ID + i, "message %d", i);
	}
	ok_eq(*(uint32_t *)written, 3, "memory is one's own");
	test_thread_kill(receiver);
	test_thread_kill(stopped);
	test_child_kill(&child);
}
