/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What the routines about tasks and threads do (mach.defs, gnumach.defs).
 */
#include "routines.h"

#define self	task_self_port

static mach_port_t
new_task(void)
{
	mach_port_t task;

	need_success(task_create(self, FALSE, &task));
	return task;
}

static void
end_task(mach_port_t task)
{
	need_success(task_terminate(task));
	mach_port_deallocate(self, task);
}

static unsigned int
thread_count(mach_port_t task)
{
	thread_array_t list;
	mach_msg_type_number_t count = 0;
	unsigned int i;

	need_success(task_threads(task, &list, &count));
	for (i = 0; i < count; i++)
		mach_port_deallocate(self, list[i]);
	memory_free((vm_address_t)list, page_size);
	return count;
}

EFFECT(task_create)
{
	mach_port_t task = MACH_PORT_NULL;

	need_success(task_create(self, FALSE, &task));
	ok(port_type(task) == MACH_PORT_TYPE_SEND &&
	    task_basic(task).virtual_size == 0, "a new, empty task");
	end_task(task);
}

EFFECT(task_terminate)
{
	mach_port_t task = new_task();

	need_success(task_terminate(task));
	ok_eq(port_type(task), MACH_PORT_TYPE_DEAD_NAME, "its port is dead");
	mach_port_deallocate(self, task);
}

EFFECT(task_threads)
{
	thread_array_t list = NULL;
	mach_msg_type_number_t count = 0;

	need_success(task_threads(the(TASK), &list, &count));
	ok(count == 1 && list[0] == the(THREAD), "the thread of the task");
	mach_port_deallocate(self, list[0]);
	memory_free((vm_address_t)list, page_size);
}

EFFECT(task_info)
{
	vm_size_t size = task_basic(the(TASK)).virtual_size;
	vm_address_t address = 0;

	need_success(vm_allocate(the(TASK), &address, 3 * page_size, TRUE));
	ok_eq(task_basic(the(TASK)).virtual_size - size, 3 * page_size,
	    "three pages more");
	need_success(vm_deallocate(the(TASK), address, 3 * page_size));
}

EFFECT(task_suspend)
{
	need_success(task_suspend(the(TASK)));
	ok_eq(task_basic(the(TASK)).suspend_count, 1, "suspended once");
	need_success(task_resume(the(TASK)));
}

EFFECT(task_resume)
{
	need_success(task_suspend(the(TASK)));
	need_success(task_suspend(the(TASK)));
	need_success(task_resume(the(TASK)));
	ok_eq(task_basic(the(TASK)).suspend_count, 1, "one of two is undone");
	need_success(task_resume(the(TASK)));
}

EFFECT(task_get_special_port)
{
	mach_port_t port = MACH_PORT_NULL;

	need_success(task_get_special_port(the(TASK), TASK_KERNEL_PORT,
	    &port));
	ok_eq(port, the(TASK), "the task's own port");
	mach_port_deallocate(self, port);
}

EFFECT(task_set_special_port)
{
	mach_port_t port = port_with_send(), got = MACH_PORT_NULL;

	need_success(task_set_special_port(the(TASK), TASK_BOOTSTRAP_PORT,
	    port));
	need_success(task_get_special_port(the(TASK), TASK_BOOTSTRAP_PORT,
	    &got));
	ok_eq(got, port, "what was set");
	need_success(task_set_special_port(the(TASK), TASK_BOOTSTRAP_PORT,
	    MACH_PORT_NULL));
	port_destroy(port);
}

EFFECT(mach_ports_register)
{
	mach_port_t ports[2] = { port_with_send(), port_with_send() };
	mach_port_array_t list = NULL;
	mach_msg_type_number_t count = 0;

	need_success(mach_ports_register(the(TASK), ports, 2));
	need_success(mach_ports_lookup(the(TASK), &list, &count));
	ok(count >= 2 && list[0] == ports[0] && list[1] == ports[1],
	    "both are registered");
	memory_free((vm_address_t)list, page_size);
	need_success(mach_ports_register(the(TASK), ports, 0));
	port_destroy(ports[0]);
	port_destroy(ports[1]);
}

EFFECT(mach_ports_lookup)
{
	mach_port_t port = port_with_send();
	mach_port_array_t list = NULL;
	mach_msg_type_number_t count = 0;

	need_success(mach_ports_register(the(TASK), &port, 1));
	need_success(mach_ports_lookup(the(TASK), &list, &count));
	ok(count >= 1 && list[0] == port, "the registered port");
	ok_eq(port_refs(port, MACH_PORT_RIGHT_SEND), 2, "one right more");
	memory_free((vm_address_t)list, page_size);
	need_success(mach_ports_register(the(TASK), &port, 0));
	port_destroy(port);
}

EFFECT(thread_create)
{
	mach_port_t thread = MACH_PORT_NULL;

	need_success(thread_create(the(TASK), &thread));
	ok_eq(thread_count(the(TASK)), 2, "one thread more");
	need_success(thread_terminate(thread));
	mach_port_deallocate(self, thread);
}

EFFECT(thread_terminate)
{
	mach_port_t thread = MACH_PORT_NULL;

	need_success(thread_create(the(TASK), &thread));
	need_success(thread_terminate(thread));
	ok_eq(port_type(thread), MACH_PORT_TYPE_DEAD_NAME, "its port is dead");
	ok_eq(thread_count(the(TASK)), 1, "one thread less");
	mach_port_deallocate(self, thread);
}

EFFECT(thread_get_state)
{
	struct aarch64_thread_state state;

	memset(&state, 0, sizeof state);
	state.x[7] = 0x1234567890;
	need_success(set_state(the(THREAD), &state));
	state.x[7] = 0;
	need_success(get_state(the(THREAD), &state));
	ok_eq(state.x[7], 0x1234567890, "a register as it was set");
}

EFFECT(thread_set_state)
{
	struct aarch64_thread_state state;

	memset(&state, 0, sizeof state);
	state.pc = 0x10000;
	need_success(set_state(the(THREAD), &state));
	state.pc = 0;
	need_success(get_state(the(THREAD), &state));
	ok_eq(state.pc, 0x10000, "pc is what was set");
}

EFFECT(thread_info)
{
	int count = thread_basic(the(THREAD)).suspend_count;

	need_success(thread_suspend(the(THREAD)));
	ok_eq(thread_basic(the(THREAD)).suspend_count, count + 1,
	    "the suspend count");
	need_success(thread_resume(the(THREAD)));
}

EFFECT(thread_suspend)
{
	int count = thread_basic(the(THREAD)).suspend_count;

	need_success(thread_suspend(the(THREAD)));
	ok_eq(thread_basic(the(THREAD)).suspend_count, count + 1,
	    "suspended once more");
	need_success(thread_resume(the(THREAD)));
}

EFFECT(thread_resume)
{
	int count = thread_basic(the(THREAD)).suspend_count;

	need_success(thread_suspend(the(THREAD)));
	need_success(thread_resume(the(THREAD)));
	ok_eq(thread_basic(the(THREAD)).suspend_count, count, "as before");
}

static mach_port_t quiet_port;
static volatile mach_msg_return_t wait_result;

static void
wait_quietly(void *argument)
{
	mach_msg_header_t header;

	(void)argument;
	wait_result = mach_msg_trap((mach_msg_user_header_t *)&header,
	    MACH_RCV_MSG, 0, sizeof header, quiet_port, 0, MACH_PORT_NULL);
}

EFFECT(thread_abort)
{
	struct test_thread *thread;

	quiet_port = port_receive_right();
	wait_result = 1;
	thread = test_thread_start(wait_quietly, NULL);
	while (!thread_waits(thread->port))
		sleep_ms(1);
	need_success(thread_abort(thread->port));
	need(test_thread_join(thread));
	ok_eq(wait_result, MACH_RCV_INTERRUPTED, "a receive is interrupted");
	port_destroy(quiet_port);
}

EFFECT(thread_get_special_port)
{
	mach_port_t port = MACH_PORT_NULL;

	need_success(thread_get_special_port(the(THREAD), THREAD_KERNEL_PORT,
	    &port));
	ok_eq(port, the(THREAD), "the thread's own port");
	mach_port_deallocate(self, port);
}

EFFECT(thread_set_special_port)
{
	mach_port_t port = port_with_send(), got = MACH_PORT_NULL;

	need_success(thread_set_special_port(the(THREAD),
	    THREAD_EXCEPTION_PORT, port));
	need_success(thread_get_special_port(the(THREAD),
	    THREAD_EXCEPTION_PORT, &got));
	ok_eq(got, port, "what was set");
	need_success(thread_set_special_port(the(THREAD),
	    THREAD_EXCEPTION_PORT, MACH_PORT_NULL));
	port_destroy(port);
}

EFFECT(thread_terminate_release)
{
	mach_port_t thread = MACH_PORT_NULL, port = port_receive_right();
	vm_address_t memory = memory_allocate(page_size);

	need_success(thread_create(self, &thread));
	need_success(thread_terminate_release(thread, self, thread, port,
	    memory, page_size));
	ok(port_type(thread) == 0 && port_type(port) == 0 &&
	    !is_mapped(memory), "thread, name, port and memory are gone");
}

EFFECT(task_set_name)
{
	char name[64];
	mach_port_t thread = MACH_PORT_NULL, task = new_task();

	need_success(task_set_name(task, "effect"));
	need_success(thread_create(task, &thread));
	need_success(thread_get_name(thread, name));
	ok(strcmp(name, "effect") == 0, "a new thread is called like the task");
	mach_port_deallocate(self, thread);
	end_task(task);
}

/* A name of so many x, without an end, sent alone or as an RPC. */
static void
set_endless_name(unsigned int length, bool rpc)
{
	static char data[8192];
	static struct message message;

	memset(data, 'x', sizeof data);
	message_init(&message, the(THREAD), MACH_MSG_TYPE_COPY_SEND,
	    rpc ? mig_get_reply_port() : MACH_PORT_NULL,
	    rpc ? MACH_MSG_TYPE_MAKE_SEND_ONCE : 0, 4213);
	message_add(&message, MACH_MSG_TYPE_STRING_C, 8, length, data);
	need_success(mach_msg(&message.header,
	    MACH_SEND_MSG | (rpc ? MACH_RCV_MSG : 0),
	    message.header.msgh_size, sizeof message, mig_get_reply_port(), 0,
	    MACH_PORT_NULL));
}

static bool
is_endless_name(const char *name, unsigned int length)
{
	unsigned int i;

	for (i = 0; i < length; i++)
		if (name[i] != 'x')
			return false;
	return name[length] == '\0';
}

/* What no string ends, the kernel ends; and there is nothing behind it. */
static void
check_endless_names(void)
{
	static const unsigned int lengths[] = { 8, 56, 64, 168, 4096 };
	unsigned int i, wrong = 0;
	char name[64];
	char task_name[64];
	mach_port_t thread;

	need_success(thread_create(the(TASK), &thread));
	need_success(thread_get_name(thread, task_name));
	need_success(thread_terminate(thread));
	mach_port_deallocate(self, thread);
	for (i = 0; i < 2; i++) {
		need_success(thread_set_name(the(THREAD), "before"));
		set_endless_name(0, i == 0);
		need_success(thread_get_name(the(THREAD), name));
		ok(strcmp(name, task_name) == 0,
		    "without a name, the task's: %s", name);
	}
	for (i = 0; i < 2 * (sizeof lengths / sizeof lengths[0]); i++) {
		unsigned int length = lengths[i / 2] < 63
		    ? lengths[i / 2] : 63;

		set_endless_name(lengths[i / 2], i % 2 == 0);
		need_success(thread_get_name(the(THREAD), name));
		wrong += !is_endless_name(name, length);
	}
	ok(wrong == 0, "names without an end");
}

EFFECT(thread_set_name)
{
	char name[64];

	need_success(thread_set_name(the(THREAD), "a thread"));
	need_success(thread_get_name(the(THREAD), name));
	ok(strcmp(name, "a thread") == 0, "the name: %s", name);
	check_endless_names();
}

EFFECT(thread_get_name)
{
	char name[64];

	need_success(thread_set_name(the(THREAD), "another"));
	need_success(thread_get_name(the(THREAD), name));
	ok(strcmp(name, "another") == 0, "the name: %s", name);
}

static void
end_at_once(void *argument)
{
	(void)argument;
}

/* The end of an essential task would stop the machine; taken back, not. */
EFFECT(task_set_essential)
{
	struct test_child child;
	mach_port_t task = new_task();

	need_success(task_set_essential(task, TRUE));
	need_success(task_set_essential(task, FALSE));
	end_task(task);
	test_child_start(&child, end_at_once, NULL);
	while (port_type(child.task) != MACH_PORT_TYPE_DEAD_NAME)
		sleep_ms(1);
	test_child_kill(&child);
	ok(true, "neither it nor its likes stop the machine any more");
}

EFFECT(register_new_task_notification)
{
	static struct message message;
	mach_port_t port = port_with_send(), task;

	need_success(register_new_task_notification(host_priv, port,
	    MACH_MSG_TYPE_COPY_SEND));
	task = new_task();
	ok_eq(message_receive(&message, port, 1000), MACH_MSG_SUCCESS,
	    "a new task is told");
	ok(message.header.msgh_id == 4400 &&
	    *(mach_port_t *)message_data(message_item(&message, 0)) == task &&
	    *(mach_port_t *)message_data(message_item(&message, 1)) == self,
	    "with its parent");
	mach_port_deallocate(self, task);
	mach_port_deallocate(self, self);
	end_task(task);
	port_destroy(port);
}

static volatile uint32_t word, word_too;

static void
wait_for_word(void *argument)
{
	(void)argument;
	gsync_wait(self, (vm_address_t)&word, 0, 0, 0, 0);
}

/* A thread that waits for `word` to change. */
static struct test_thread *
start_waiter(void)
{
	struct test_thread *thread;

	word = 0;
	thread = test_thread_start(wait_for_word, NULL);
	while (!thread_waits(thread->port))
		sleep_ms(1);
	return thread;
}

EFFECT(gsync_wait)
{
	word = 7;
	ok_eq(gsync_wait(self, (vm_address_t)&word, 7, 0, 1, 4),
	    KERN_TIMEDOUT, "waits as long as it is told");
	ok_eq(gsync_wait(self, (vm_address_t)&word, 8, 0, 1, 4),
	    KERN_INVALID_ARGUMENT, "and not if the value differs");
	routine_refused();
}

EFFECT(gsync_wake)
{
	struct test_thread *thread = start_waiter();

	ok(!test_thread_wait(thread, 5), "it sleeps");
	need_success(gsync_wake(self, (vm_address_t)&word, 0, 0));
	ok(test_thread_join(thread), "and is woken");
}

EFFECT(gsync_requeue)
{
	struct test_thread *thread = start_waiter();

	need_success(gsync_requeue(self, (vm_address_t)&word,
	    (vm_address_t)&word_too, FALSE, 8));
	need_success(gsync_wake(self, (vm_address_t)&word, 0, 8));
	ok(!test_thread_wait(thread, 5), "it waits there no more");
	need_success(gsync_wake(self, (vm_address_t)&word_too, 0, 8));
	ok(test_thread_join(thread), "but at the other address");
}
