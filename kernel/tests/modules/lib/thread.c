/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Threads, child tasks, time, caught exceptions.
 */
#include "runtime.h"

/* At the bottom of each thread's stack block; the stack grows down to it. */
struct block {
	struct test_thread thread;
	struct thread_context context;
};

uint64_t
time_ns(void)
{
	uint64_t count;
	uint64_t frequency;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(count));
	__asm__("mrs %0, cntfrq_el0" : "=r"(frequency));
	return count / frequency * 1000000000u +
	    count % frequency * 1000000000u / frequency;
}

void
sleep_ms(unsigned int ms)
{
	mach_msg_header_t header;

	mach_msg_trap((mach_msg_user_header_t *)&header,
	    MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0, sizeof header,
	    mig_get_reply_port(), ms, MACH_PORT_NULL);
}

uint64_t
test_random(uint64_t *state)
{
	uint64_t x = *state;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return *state = x;
}

kern_return_t
get_state(mach_port_t thread, struct aarch64_thread_state *state)
{
	mach_msg_type_number_t count = AARCH64_THREAD_STATE_COUNT;

	return thread_get_state(thread, AARCH64_THREAD_STATE,
	    (thread_state_t)state, &count);
}

kern_return_t
set_state(mach_port_t thread, struct aarch64_thread_state *state)
{
	return thread_set_state(thread, AARCH64_THREAD_STATE,
	    (thread_state_t)state, AARCH64_THREAD_STATE_COUNT);
}

static void
thread_main(struct block *block)
{
	thread_context_set(&block->context);
	block->thread.run(block->thread.argument);
	/* Who joins may kill this thread any time: its port is known first. */
	mig_get_reply_port();
	__atomic_store_n(&block->thread.done, 1, __ATOMIC_RELEASE);
	gsync_wake(task_self_port, (vm_address_t)&block->thread.done, 0, 0);
	for (;;)
		thread_suspend(mach_thread_self());
}

struct test_thread *
test_thread_create(void (*run)(void *), void *argument)
{
	struct aarch64_thread_state state;
	vm_address_t base = memory_allocate(TEST_STACK);
	struct block *block = (struct block *)base;

	block->thread.run = run;
	block->thread.argument = argument;
	block->thread.stack = (char *)base;
	need_success(thread_create(task_self_port, &block->thread.port));
	memset(&state, 0, sizeof state);
	state.x[0] = base;
	state.pc = (uintptr_t)thread_main;
	state.sp = base + TEST_STACK;
	need_success(set_state(block->thread.port, &state));
	return &block->thread;
}

struct test_thread *
test_thread_start(void (*run)(void *), void *argument)
{
	struct test_thread *thread = test_thread_create(run, argument);

	need_success(thread_resume(thread->port));
	return thread;
}

bool
test_thread_wait(struct test_thread *thread, unsigned int ms)
{
	uint64_t end = time_ns() + ms * 1000000ull;

	while (__atomic_load_n(&thread->done, __ATOMIC_ACQUIRE) == 0) {
		if (time_ns() >= end)
			return false;
		gsync_wait(task_self_port, (vm_address_t)&thread->done, 0, 0,
		    10, 4 /* GSYNC_TIMED */);
	}
	return true;
}

void
test_thread_kill(struct test_thread *thread)
{
	struct block *block = (struct block *)thread;
	mach_port_t reply;

	/* It may have got more references to its name, and its reply port. */
	thread_terminate(thread->port);
	mach_port_destroy(task_self_port, thread->port);
	reply = block->context.reply_port;
	if (reply != MACH_PORT_NULL)
		mach_port_mod_refs(task_self_port, reply,
		    MACH_PORT_RIGHT_RECEIVE, -1);
	memory_free((vm_address_t)thread->stack, TEST_STACK);
}

bool
test_thread_join(struct test_thread *thread)
{
	bool done = test_thread_wait(thread, 5000);

	test_thread_kill(thread);
	return done;
}

/* Child tasks. */

static void
child_main(struct block *block)
{
	block->context.reply_port = MACH_PORT_NULL;
	thread_context_set(&block->context);
	task_self_port = mach_task_self();
	block->thread.run(block->thread.argument);
	task_terminate(task_self_port);
}

void
test_child_start(struct test_child *child, void (*run)(void *),
    void *argument)
{
	struct aarch64_thread_state state;
	vm_address_t base = memory_allocate(TEST_STACK);
	struct block *block = (struct block *)base;

	block->thread.run = run;
	block->thread.argument = argument;
	need_success(task_create(task_self_port, TRUE, &child->task));
	memory_free(base, TEST_STACK);		/* the child has a copy */
	child->up = port_with_send();
	need_success(mach_port_insert_right(child->task, CHILD_UP, child->up,
	    MACH_MSG_TYPE_COPY_SEND));
	need_success(thread_create(child->task, &child->thread));
	memset(&state, 0, sizeof state);
	state.x[0] = base;
	state.pc = (uintptr_t)child_main;
	state.sp = base + TEST_STACK;
	need_success(set_state(child->thread, &state));
	need_success(thread_resume(child->thread));
}

void
test_child_kill(struct test_child *child)
{
	task_terminate(child->task);
	mach_port_deallocate(task_self_port, child->thread);
	mach_port_deallocate(task_self_port, child->task);
	port_destroy(child->up);
}

void
child_tell(uint64_t a, uint64_t b)
{
	struct message message;
	uint64_t words[2] = { a, b };

	message_init(&message, CHILD_UP, MACH_MSG_TYPE_COPY_SEND,
	    MACH_PORT_NULL, 0, 4711);
	message_add(&message, MACH_MSG_TYPE_INTEGER_64, 64, 2, words);
	message_send(&message);
}

bool
child_hear(struct test_child *child, uint64_t *a, uint64_t *b,
    unsigned int ms)
{
	struct message message;
	const uint64_t *words;

	if (message_receive(&message, child->up, ms) != MACH_MSG_SUCCESS)
		return false;
	words = message_data(message_item(&message, 0));
	if (a != NULL)
		*a = words[0];
	if (b != NULL)
		*b = words[1];
	return true;
}

/* Exceptions. */

mach_msg_return_t
exception_receive(mach_port_t port, struct exception_message *message,
    unsigned int ms)
{
	return mach_msg(&message->header, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0,
	    sizeof *message, port, ms, MACH_PORT_NULL);
}

mach_msg_return_t
exception_reply(struct exception_message *message, kern_return_t result)
{
	struct {
		mach_msg_header_t header;
		mach_msg_type_t type;
		kern_return_t result;
		integer_t pad;
	} reply;
	mach_msg_return_t mr;

	mach_port_deallocate(task_self_port, message->thread.name);
	mach_port_deallocate(task_self_port, message->task.name);
	memset(&reply, 0, sizeof reply);
	reply.header.msgh_bits = MACH_MSGH_BITS(
	    MACH_MSGH_BITS_REMOTE(message->header.msgh_bits), 0);
	reply.header.msgh_size = sizeof reply;
	reply.header.msgh_remote_port = message->header.msgh_remote_port;
	reply.header.msgh_id = message->header.msgh_id + 100;
	reply.type.msgt_name = MACH_MSG_TYPE_INTEGER_32;
	reply.type.msgt_size = 32;
	reply.type.msgt_inline = TRUE;
	reply.type.msgt_number = 1;
	reply.result = result;
	mr = mach_msg(&reply.header, MACH_SEND_MSG, sizeof reply, 0,
	    MACH_PORT_NULL, 0, MACH_PORT_NULL);
	/* The thread may be gone, and nobody wait for the reply. */
	if (mr == MACH_SEND_INVALID_DEST)
		mach_port_deallocate(task_self_port,
		    message->header.msgh_remote_port);
	return mr;
}

int
test_exception(void (*access)(void *), void *argument, integer_t *code,
    int64_t *subcode)
{
	struct test_thread *thread = test_thread_create(access, argument);
	mach_port_t port = port_with_send();
	struct exception_message message;
	int exception = 0;

	need_success(thread_set_special_port(thread->port,
	    THREAD_EXCEPTION_PORT, port));
	need_success(thread_resume(thread->port));
	while (exception == 0 && !thread->done) {
		if (exception_receive(port, &message, 10) != MACH_MSG_SUCCESS)
			continue;
		exception = message.exception;
		if (code != NULL)
			*code = message.code;
		if (subcode != NULL)
			*subcode = message.subcode;
		thread_terminate(thread->port);
		exception_reply(&message, KERN_SUCCESS);
		test_thread_kill(thread);
		thread = NULL;
	}
	if (thread != NULL)
		test_thread_kill(thread);
	mach_port_deallocate(task_self_port, port);
	port_destroy(port);
	return exception;
}

static void
read_byte(void *address)
{
	(void)*(volatile uint8_t *)address;
}

static void
write_byte(void *address)
{
	volatile uint8_t *byte = address;

	*byte = *byte;
}

bool
is_mapped(vm_address_t address)
{
	vm_address_t start = address;
	vm_size_t size;
	vm_prot_t protection;
	vm_prot_t maximum;
	vm_inherit_t inheritance;
	boolean_t shared;
	mach_port_t name;
	vm_offset_t offset;

	if (vm_region(task_self_port, &start, &size, &protection, &maximum,
	    &inheritance, &shared, &name, &offset) != KERN_SUCCESS)
		return false;
	mach_port_deallocate(task_self_port, name);
	return start <= address;
}

bool
can_read(vm_address_t address)
{
	return test_exception(read_byte, (void *)address, NULL, NULL) == 0;
}

bool
can_write(vm_address_t address)
{
	return test_exception(write_byte, (void *)address, NULL, NULL) == 0;
}
