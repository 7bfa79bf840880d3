/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What the traps do (mach/syscall_sw.h), and that bad pointers and names get
 * an error and lose nothing.
 */
#include "routines.h"

#define self	task_self_port

#define NO_NAME		0x7ffffff1u

/* Nowhere, misaligned, in the kernel, tagged, beyond the end. */
static const uintptr_t bad_pointers[] = {
	0, 8, 0x1001, 0xffff000000000000, 0xffffffffffffff00,
	0x0100000000010000, 0x0001000000000000,
};
#define BAD_POINTERS	(sizeof bad_pointers / sizeof bad_pointers[0])

/* Names of no task: the C library then tries the RPC. */
static mach_port_t
no_task(unsigned int i)
{
	const mach_port_t names[] = {
		MACH_PORT_NULL, MACH_PORT_DEAD, NO_NAME, the(THREAD),
		the(HOST),
	};

	return names[i];
}
#define NO_TASKS	5u

/* Run `call` for each bad pointer, last for memory that is only read. */
static void
with_bad_pointers(kern_return_t (*call)(uintptr_t pointer), const char *what)
{
	struct holdings before, after;
	vm_address_t readable = memory_allocate(page_size);
	unsigned int i, wrong = 0;

	need_success(vm_protect(self, readable, page_size, FALSE,
	    VM_PROT_READ));
	can_read(readable);
	call(8);
	holdings_take(&before);
	for (i = 0; i < BAD_POINTERS; i++)
		wrong += call(bad_pointers[i]) != KERN_INVALID_ADDRESS;
	wrong += call(readable) != KERN_INVALID_ADDRESS;
	holdings_take(&after);
	ok(wrong == 0, "%s: bad pointers: KERN_INVALID_ADDRESS", what);
	ok(holdings_equal(&before, &after, what), "%s: nothing is lost", what);
	memory_free(readable, page_size);
}

static void
with_no_task(kern_return_t (*call)(mach_port_t task), const char *what)
{
	unsigned int i, wrong = 0;

	for (i = 0; i < NO_TASKS; i++)
		wrong += call(no_task(i)) != MACH_SEND_INTERRUPTED;
	ok(wrong == 0, "%s: no task: MACH_SEND_INTERRUPTED", what);
}

EFFECT(evc_wait)
{
	const uint64_t none[8] = { 1 };

	ok_eq((kern_return_t)trap_raw((uint64_t)-17, none),
	    KERN_INVALID_ARGUMENT, "there are no events");
}

EFFECT(evc_wait_clear)
{
	const uint64_t none[8] = { 1 };

	ok_eq((kern_return_t)trap_raw((uint64_t)-18, none),
	    KERN_INVALID_ARGUMENT, "there are no events");
}

static mach_port_t message_port;

static kern_return_t
send_from(uintptr_t pointer)
{
	mach_msg_return_t mr = mach_msg_trap((mach_msg_user_header_t *)pointer,
	    MACH_SEND_MSG, sizeof(mach_msg_header_t), 0, MACH_PORT_NULL, 0,
	    MACH_PORT_NULL);

	/* What can be read is no header: it names no port. */
	return mr == MACH_SEND_INVALID_DATA || mr == MACH_SEND_INVALID_HEADER
	    ? KERN_INVALID_ADDRESS : mr;
}

static kern_return_t
receive_to(uintptr_t pointer)
{
	mach_msg_return_t mr;

	need_success(message_send_id(message_port, MACH_MSG_TYPE_MAKE_SEND,
	    1));
	mr = mach_msg_trap((mach_msg_user_header_t *)pointer,
	    MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0, sizeof(mach_msg_header_t),
	    message_port, 0, MACH_PORT_NULL);
	return mr == MACH_RCV_INVALID_DATA ? KERN_INVALID_ADDRESS : mr;
}

/* Sizes that no message has. */
static void
check_sizes(void)
{
	static const struct {
		mach_msg_size_t size;
		mach_msg_return_t due;
	} sizes[] = {
		{ 0, MACH_SEND_MSG_TOO_SMALL }, { 8, MACH_SEND_MSG_TOO_SMALL },
		{ 31, MACH_SEND_MSG_TOO_SMALL },
		{ 33, MACH_SEND_MSG_TOO_SMALL },
		{ 0x7ffffff8, MACH_SEND_NO_BUFFER },
		{ 0xfffffff8, MACH_SEND_NO_BUFFER },
		{ 0xffffffff, MACH_SEND_MSG_TOO_SMALL },
	};
	static struct message message;
	mach_msg_user_header_t *header =
	    (mach_msg_user_header_t *)&message.header;
	unsigned int i, wrong = 0;

	for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		message_init(&message, message_port, MACH_MSG_TYPE_MAKE_SEND,
		    MACH_PORT_NULL, 0, 1);
		wrong += mach_msg_trap(header, MACH_SEND_MSG, sizes[i].size,
		    0, MACH_PORT_NULL, 0, MACH_PORT_NULL) != sizes[i].due;
	}
	ok(wrong == 0 && port_status(message_port).mps_msgcount == 0,
	    "sizes that no message has");
	ok_eq(mach_msg_trap(header, 0, ~0u, ~0u, NO_NAME, ~0u, NO_NAME),
	    MACH_MSG_SUCCESS, "nothing to do");
	need_success(message_send_id(message_port, MACH_MSG_TYPE_MAKE_SEND,
	    1));
	ok_eq(mach_msg_trap(header, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0, 0,
	    message_port, 0, MACH_PORT_NULL), MACH_RCV_TOO_LARGE,
	    "no room at all");
	ok_eq(mach_msg_trap(header, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0, ~0u,
	    NO_NAME, 0, MACH_PORT_NULL), MACH_RCV_INVALID_NAME,
	    "nowhere to receive from");
}

EFFECT(mach_msg_trap)
{
	struct message message;

	message_port = port_receive_right();
	need_success(message_send_id(message_port, MACH_MSG_TYPE_MAKE_SEND,
	    42));
	ok(message_receive(&message, message_port, 100) == MACH_MSG_SUCCESS &&
	    message.header.msgh_id == 42, "a message there and back");
	check_sizes();
	with_bad_pointers(send_from, "sending");
	with_bad_pointers(receive_to, "receiving");
	port_destroy(message_port);
}

EFFECT(mach_reply_port)
{
	mach_port_t port = mach_reply_port();

	ok_eq(port_type(port), MACH_PORT_TYPE_RECEIVE, "a receive right");
	port_destroy(port);
}

EFFECT(mach_thread_self)
{
	mach_port_t port = MACH_PORT_NULL, thread = mach_thread_self();

	need_success(thread_get_special_port(thread, THREAD_KERNEL_PORT,
	    &port));
	ok_eq(port, thread, "this thread");
	mach_port_deallocate(self, port);
	mach_port_deallocate(self, thread);
}

EFFECT(mach_task_self)
{
	ok_eq(mach_task_self(), self, "this task");
	mach_port_deallocate(self, self);
}

EFFECT(mach_host_self)
{
	mach_port_t host = mach_host_self();

	ok_eq(host, the(HOST), "the host");
	mach_port_deallocate(self, host);
}

EFFECT(mach_print)
{
	unsigned int i;

	for (i = 0; i < BAD_POINTERS; i++)
		mach_print((const char *)bad_pointers[i]);
	mach_print("# written by mach_print\n");
	ok(true, "bad strings are not printed");
}

/* Threads that yield let the others go on. */
static volatile uint32_t steps[2];

static void
yield_by(unsigned int me, void (*yield)(void))
{
	while (steps[me] < 100) {
		steps[me]++;
		yield();
	}
}

static void
by_swtch(void)
{
	swtch();
}

static void
by_swtch_pri(void)
{
	swtch_pri(0);
}

static void
by_thread_switch(void)
{
	thread_switch(MACH_PORT_NULL, SWITCH_OPTION_NONE, 0);
}

static void (*yield_way)(void);

static void
yield_thread(void *argument)
{
	(void)argument;
	yield_by(1, yield_way);
}

/* Ours is never much ahead: it would end a quantum before the other. */
static void
check_yield(void (*way)(void))
{
	struct test_thread *thread;

	steps[0] = steps[1] = 0;
	yield_way = way;
	thread = test_thread_start(yield_thread, NULL);
	yield_by(0, way);
	ok(steps[1] > 50, "the other thread did %u of 100 steps", steps[1]);
	need(test_thread_join(thread));
}

EFFECT(swtch)
{
	check_yield(by_swtch);
}

EFFECT(swtch_pri)
{
	check_yield(by_swtch_pri);
}

EFFECT(thread_switch)
{
	check_yield(by_thread_switch);
	ok_eq(thread_switch(MACH_PORT_NULL, 77, 0), KERN_INVALID_ARGUMENT,
	    "no such option");
	ok_eq(thread_switch(NO_NAME, SWITCH_OPTION_NONE, 0), KERN_SUCCESS,
	    "no such thread: any other one");
}

static kern_return_t
trap_map_at(uintptr_t pointer)
{
	return syscall_vm_map(self, (vm_address_t *)pointer, page_size, 0,
	    TRUE, MACH_PORT_NULL, 0, FALSE, VM_PROT_READ, VM_PROT_READ,
	    VM_INHERIT_NONE);
}

static kern_return_t
trap_map_task(mach_port_t task)
{
	vm_address_t address = 0;

	return syscall_vm_map(task, &address, page_size, 0, TRUE,
	    MACH_PORT_NULL, 0, FALSE, VM_PROT_READ, VM_PROT_READ,
	    VM_INHERIT_NONE);
}

/* A memory object's right is not kept. */
static void
trap_map_object(void)
{
	struct holdings before, after;
	vm_address_t address = 0;
	mach_port_t object;

	holdings_take(&before);
	object = port_with_send();
	need_success(syscall_vm_map(self, &address, page_size, 0, TRUE,
	    object, 0, FALSE, VM_PROT_READ, VM_PROT_READ, VM_INHERIT_NONE));
	memory_free(address, page_size);
	need_success(mach_port_destroy(self, object));
	holdings_take(&after);
	ok(holdings_equal(&before, &after, "vm_map"),
	    "a memory object leaves nothing");
}

EFFECT(syscall_vm_map)
{
	vm_address_t address = 0;

	need_success(syscall_vm_map(self, &address, page_size, 0, TRUE,
	    MACH_PORT_NULL, 0, FALSE, VM_PROT_READ, VM_PROT_READ,
	    VM_INHERIT_NONE));
	ok(can_read(address) && !can_write(address), "a page to read");
	memory_free(address, page_size);
	trap_map_object();
	with_bad_pointers(trap_map_at, "vm_map");
	with_no_task(trap_map_task, "vm_map");
}

static kern_return_t
trap_allocate_at(uintptr_t pointer)
{
	return syscall_vm_allocate(self, (vm_address_t *)pointer, page_size,
	    TRUE);
}

static kern_return_t
trap_allocate_task(mach_port_t task)
{
	vm_address_t address = 0;

	return syscall_vm_allocate(task, &address, page_size, TRUE);
}

EFFECT(syscall_vm_allocate)
{
	vm_address_t address = 0;

	need_success(syscall_vm_allocate(self, &address, page_size, TRUE));
	ok(can_write(address), "a page");
	memory_free(address, page_size);
	with_bad_pointers(trap_allocate_at, "vm_allocate");
	with_no_task(trap_allocate_task, "vm_allocate");
}

static kern_return_t
trap_deallocate_task(mach_port_t task)
{
	return syscall_vm_deallocate(task, 0x10000, page_size);
}

EFFECT(syscall_vm_deallocate)
{
	vm_address_t address = memory_allocate(page_size);

	need_success(syscall_vm_deallocate(self, address, page_size));
	ok(!is_mapped(address), "the page is gone");
	with_no_task(trap_deallocate_task, "vm_deallocate");
}

static kern_return_t
trap_create_at(uintptr_t pointer)
{
	return syscall_task_create(self, FALSE, (mach_port_t *)pointer);
}

static kern_return_t
trap_create_task(mach_port_t task)
{
	mach_port_t child;

	return syscall_task_create(task, FALSE, &child);
}

EFFECT(syscall_task_create)
{
	mach_port_t task = MACH_PORT_NULL;

	need_success(syscall_task_create(self, FALSE, &task));
	ok_eq(port_type(task), MACH_PORT_TYPE_SEND, "a task");
	need_success(task_terminate(task));
	mach_port_deallocate(self, task);
	with_bad_pointers(trap_create_at, "task_create");
	with_no_task(trap_create_task, "task_create");
}

EFFECT(syscall_task_terminate)
{
	mach_port_t task = MACH_PORT_NULL;

	need_success(task_create(self, FALSE, &task));
	need_success(syscall_task_terminate(task));
	ok_eq(port_type(task), MACH_PORT_TYPE_DEAD_NAME, "it is gone");
	mach_port_deallocate(self, task);
	with_no_task(syscall_task_terminate, "task_terminate");
}

EFFECT(syscall_task_suspend)
{
	need_success(syscall_task_suspend(the(TASK)));
	ok_eq(task_basic(the(TASK)).suspend_count, 1, "suspended");
	need_success(task_resume(the(TASK)));
	with_no_task(syscall_task_suspend, "task_suspend");
}

static kern_return_t
trap_special_task(mach_port_t task)
{
	return syscall_task_set_special_port(task, TASK_BOOTSTRAP_PORT, self);
}

EFFECT(syscall_task_set_special_port)
{
	mach_port_t port = port_with_send(), got = MACH_PORT_NULL;

	need_success(syscall_task_set_special_port(the(TASK),
	    TASK_BOOTSTRAP_PORT, port));
	need_success(task_get_special_port(the(TASK), TASK_BOOTSTRAP_PORT,
	    &got));
	ok_eq(got, port, "what was set");
	ok_eq(syscall_task_set_special_port(the(TASK), 77, port),
	    KERN_INVALID_ARGUMENT, "no such special port");
	ok(syscall_task_set_special_port(the(TASK), TASK_BOOTSTRAP_PORT,
	    NO_NAME) != KERN_SUCCESS, "no such port");
	need_success(syscall_task_set_special_port(the(TASK),
	    TASK_BOOTSTRAP_PORT, MACH_PORT_NULL));
	port_destroy(port);
	with_no_task(trap_special_task, "task_set_special_port");
}

static kern_return_t
trap_port_at(uintptr_t pointer)
{
	return syscall_mach_port_allocate(self, MACH_PORT_RIGHT_RECEIVE,
	    (mach_port_t *)pointer);
}

static kern_return_t
trap_port_task(mach_port_t task)
{
	mach_port_t name;

	return syscall_mach_port_allocate(task, MACH_PORT_RIGHT_RECEIVE,
	    &name);
}

EFFECT(syscall_mach_port_allocate)
{
	mach_port_t name = MACH_PORT_NULL;

	need_success(syscall_mach_port_allocate(self,
	    MACH_PORT_RIGHT_PORT_SET, &name));
	ok_eq(port_type(name), MACH_PORT_TYPE_PORT_SET, "a port set");
	port_destroy(name);
	ok_eq(syscall_mach_port_allocate(self, 77, &name),
	    KERN_INVALID_VALUE, "no such kind of right");
	with_bad_pointers(trap_port_at, "mach_port_allocate");
	with_no_task(trap_port_task, "mach_port_allocate");
}

static kern_return_t
trap_port_deallocate_task(mach_port_t task)
{
	return syscall_mach_port_deallocate(task, 1);
}

EFFECT(syscall_mach_port_deallocate)
{
	mach_port_t port = port_with_send();

	need_success(syscall_mach_port_deallocate(self, port));
	ok_eq(port_type(port), MACH_PORT_TYPE_RECEIVE, "the send right went");
	ok_eq(syscall_mach_port_deallocate(self, port), KERN_INVALID_RIGHT,
	    "there is no other");
	ok_eq(syscall_mach_port_deallocate(self, NO_NAME), KERN_INVALID_NAME,
	    "no such name");
	port_destroy(port);
	with_no_task(trap_port_deallocate_task, "mach_port_deallocate");
}

static kern_return_t
trap_insert_task(mach_port_t task)
{
	return syscall_mach_port_insert_right(task, 0x4711, self,
	    MACH_MSG_TYPE_COPY_SEND);
}

EFFECT(syscall_mach_port_insert_right)
{
	mach_port_t port = port_receive_right();

	need_success(syscall_mach_port_insert_right(self, port, port,
	    MACH_MSG_TYPE_MAKE_SEND));
	ok_eq(port_refs(port, MACH_PORT_RIGHT_SEND), 1, "a send right");
	ok_eq(syscall_mach_port_insert_right(self, port, port, 77),
	    KERN_INVALID_VALUE, "no such disposition");
	ok_eq(syscall_mach_port_insert_right(self, port, NO_NAME,
	    MACH_MSG_TYPE_COPY_SEND), KERN_INVALID_NAME, "no such name");
	ok_eq(syscall_mach_port_insert_right(self, 0, port,
	    MACH_MSG_TYPE_COPY_SEND), KERN_INVALID_VALUE, "not as null");
	ok_eq(port_refs(port, MACH_PORT_RIGHT_SEND), 1, "still one");
	port_destroy(port);
	with_no_task(trap_insert_task, "mach_port_insert_right");
}

static kern_return_t
trap_name_task(mach_port_t task)
{
	return syscall_mach_port_allocate_name(task, MACH_PORT_RIGHT_RECEIVE,
	    0x4711);
}

EFFECT(syscall_mach_port_allocate_name)
{
	need_success(syscall_mach_port_allocate_name(self,
	    MACH_PORT_RIGHT_RECEIVE, 0x70001));
	ok_eq(port_type(0x70001), MACH_PORT_TYPE_RECEIVE, "under that name");
	ok_eq(syscall_mach_port_allocate_name(self, MACH_PORT_RIGHT_RECEIVE,
	    0x70001), KERN_NAME_EXISTS, "only once");
	port_destroy(0x70001);
	with_no_task(trap_name_task, "mach_port_allocate_name");
}

static void
depress(void *argument)
{
	(void)argument;
	thread_switch(MACH_PORT_NULL, SWITCH_OPTION_DEPRESS, 60000);
	for (;;)
		thread_suspend(mach_thread_self());
}

static bool
is_depressed(mach_port_t thread)
{
	struct thread_sched_info info;
	mach_msg_type_number_t count = THREAD_SCHED_INFO_COUNT;

	need_success(thread_info(thread, THREAD_SCHED_INFO,
	    (thread_info_t)&info, &count));
	return info.depressed;
}

EFFECT(syscall_thread_depress_abort)
{
	struct test_thread *thread = test_thread_start(depress, NULL);
	unsigned int i;

	for (i = 0; i < 2000 && !is_depressed(thread->port); i++)
		swtch();
	ok(is_depressed(thread->port), "it is depressed");
	need_success(syscall_thread_depress_abort(thread->port));
	ok(!is_depressed(thread->port), "and not any more");
	test_thread_kill(thread);
	ok_eq(syscall_thread_depress_abort(the(TASK)), KERN_INVALID_ARGUMENT,
	    "a task is no thread");
	ok_eq(syscall_thread_depress_abort(NO_NAME), KERN_INVALID_ARGUMENT,
	    "no such name");
}

static kern_return_t
set_state_from(uintptr_t pointer)
{
	return thread_set_self_state(AARCH64_THREAD_STATE,
	    (thread_state_t)pointer, AARCH64_THREAD_STATE_COUNT);
}

EFFECT(thread_set_self_state)
{
	static struct aarch64_thread_state state;
	unsigned int i, wrong = 0;

	for (i = 0; i < BAD_POINTERS; i++)
		wrong += set_state_from(bad_pointers[i]) !=
		    KERN_INVALID_ADDRESS;
	ok(wrong == 0, "bad pointers: KERN_INVALID_ADDRESS");
	ok_eq(thread_set_self_state(7777, NULL, 0), KERN_INVALID_ARGUMENT,
	    "no such flavor");
	ok_eq(thread_set_self_state(AARCH64_THREAD_STATE,
	    (thread_state_t)&state, 1), KERN_INVALID_ARGUMENT,
	    "too little of it");
}

/* A trap that is not served. */
static void
raw_trap(void *argument)
{
	const uint64_t arguments[8] = { 8, 8, 8, 8, 8, 8, 8, 8 };

	trap_raw((uint64_t)(intptr_t)argument, arguments);
}

static bool
is_served(int number)
{
	unsigned int i;

	for (i = 0; i < trap_count; i++)
		if (traps[i].number == number && traps[i].effect != NULL)
			return true;
	return false;
}

void
traps_try(void)
{
	unsigned int i, served = 0, wrong = 0;
	int number;

	for (i = 0; i < trap_count; i++) {
		if (traps[i].effect == NULL)
			continue;
		test_print("# %s\n", traps[i].name);
		traps[i].effect();
		served++;
	}
	ok(served > 20, "%u traps are served", served);
	for (number = 2; number > -110; number--)
		if (!is_served(number) && test_exception(raw_trap,
		    (void *)(intptr_t)number, NULL, NULL) != EXC_SOFTWARE) {
			test_print("# trap %d gives no EXC_SOFTWARE\n",
			    number);
			wrong++;
		}
	ok(wrong == 0, "all others give EXC_SOFTWARE");
}
