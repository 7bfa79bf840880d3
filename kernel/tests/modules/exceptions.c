/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Exceptions: what processor faults become, and who hears of them.
 */
#include "lib/test.h"

#define self	task_self_port

static void
run_brk(void *argument)
{
	__asm__ volatile("brk #0x123");
}

static void
run_undefined(void *argument)
{
	__asm__ volatile(".inst 0x00000000");
}

static void
run_svc(void *argument)
{
	__asm__ volatile("svc #7");
}

static void
run_bad_trap(void *argument)
{
	__asm__ volatile("mov w8, #-1000\n\tsvc #0" : : : "x8", "x0");
}

static void
run_read(void *argument)
{
	(void)*(volatile uint64_t *)argument;
}

static void
run_write(void *argument)
{
	*(volatile uint64_t *)argument = 1;
}

static void
run_jump(void *argument)
{
	((void (*)(void))argument)();
}

static void
run_privileged(void *argument)
{
	__asm__ volatile("msr daifset, #2\n\tmrs x9, sctlr_el1" : : : "x9");
}

static void
expect(void (*run)(void *), void *argument, int exception, int code,
    int64_t subcode, const char *what)
{
	integer_t got_code = -1;
	int64_t got_subcode = -1;

	ok_eq(test_exception(run, argument, &got_code, &got_subcode),
	    exception, "%s: exception %d", what, exception);
	ok_eq(got_code, code, "%s: code %d", what, code);
	ok_eq(got_subcode, subcode, "%s: subcode 0x%lx", what,
	    (uint64_t)subcode);
}

static void
test_kinds(void)
{
	static const uint64_t constant = 1;
	vm_address_t page = memory_allocate(page_size);
	integer_t code = 0;

	expect(run_brk, NULL, EXC_BREAKPOINT, EXC_AARCH64_BRK, 0x123, "brk");
	ok_eq(test_exception(run_undefined, NULL, &code, NULL),
	    EXC_BAD_INSTRUCTION, "an undefined instruction");
	ok_eq(code, EXC_AARCH64_UNK, "its code");
	ok_eq(test_exception(run_privileged, NULL, &code, NULL),
	    EXC_BAD_INSTRUCTION, "a privileged instruction");
	expect(run_svc, NULL, EXC_SOFTWARE, EXC_AARCH64_SVC, 7, "svc #7");
	ok_eq(test_exception(run_bad_trap, NULL, &code, NULL), EXC_SOFTWARE,
	    "no such trap");
	expect(run_read, (void *)0x10, EXC_BAD_ACCESS, KERN_INVALID_ADDRESS,
	    0x10, "read nowhere");
	expect(run_write, (void *)0x1000010, EXC_BAD_ACCESS,
	    KERN_INVALID_ADDRESS, 0x1000010, "write nowhere");
	expect(run_write, (void *)&constant, EXC_BAD_ACCESS,
	    KERN_PROTECTION_FAILURE, (int64_t)&constant, "write a constant");
	expect(run_read, (void *)0xffffffff80000000ul, EXC_BAD_ACCESS,
	    KERN_INVALID_ADDRESS, (int64_t)0xffffffff80000000ul,
	    "read the kernel");
	expect(run_jump, (void *)page, EXC_BAD_ACCESS,
	    KERN_PROTECTION_FAILURE, (int64_t)page, "run data");
	ok_eq(test_exception(run_jump, (void *)0x20, &code, NULL),
	    EXC_BAD_ACCESS, "jump nowhere");
	expect(run_jump, (void *)(page + 2), EXC_BAD_ACCESS,
	    EXC_AARCH64_AL_PC, (int64_t)(page + 2), "a misaligned pc");
	memory_free(page, page_size);
}

/* A handler repairs the state and the thread goes on. */
static volatile int went_on;

static void
run_repaired(void *argument)
{
	register uint64_t x5 __asm__("x5") = 77;

	__asm__ volatile("brk #1\n\t" : "+r"(x5) : : "memory");
	went_on = (int)x5;
}

static void
test_resume(void)
{
	struct test_thread *thread = test_thread_create(run_repaired, NULL);
	mach_port_t port = port_with_send();
	struct exception_message message;
	struct aarch64_thread_state state;

	need_success(thread_set_special_port(thread->port,
	    THREAD_EXCEPTION_PORT, port));
	need_success(thread_resume(thread->port));
	ok_eq(exception_receive(port, &message, 2000), MACH_MSG_SUCCESS,
	    "the thread's own exception port hears");
	ok_eq(message.header.msgh_id, 2400, "exception_raise");
	ok_eq(message.header.msgh_size, 112, "of 112 bytes");
	ok_eq(message.thread.name, thread->port, "with the thread");
	ok_eq(message.task.name, self, "and the task");
	need_success(get_state(thread->port, &state));
	ok_eq(state.x[5], 77, "its registers can be read");
	state.x[5] = 88;
	state.pc += 4;
	ok_eq(set_state(thread->port, &state), KERN_SUCCESS, "and set");
	ok_eq(exception_reply(&message, KERN_SUCCESS), MACH_MSG_SUCCESS,
	    "reply");
	ok(test_thread_wait(thread, 2000), "the thread goes on");
	ok_eq(went_on, 88, "with the new registers");
	test_thread_kill(thread);
	mach_port_deallocate(self, port);
	port_destroy(port);
}

/* A thread that stands, its handler, the task's, and the task's before. */
struct handlers {
	struct test_thread *thread;
	mach_port_t first, second, guard;
};

static void
handlers_begin(struct handlers *handlers, void (*run)(void *))
{
	handlers->thread = test_thread_create(run, NULL);
	handlers->first = port_with_send();
	handlers->second = port_with_send();
	need_success(task_get_special_port(self, TASK_EXCEPTION_PORT,
	    &handlers->guard));
	need_success(thread_set_special_port(handlers->thread->port,
	    THREAD_EXCEPTION_PORT, handlers->first));
	need_success(task_set_special_port(self, TASK_EXCEPTION_PORT,
	    handlers->second));
}

static void
handlers_end(struct handlers *handlers)
{
	need_success(task_set_special_port(self, TASK_EXCEPTION_PORT,
	    handlers->guard));
	mach_port_deallocate(self, handlers->guard);
	test_thread_kill(handlers->thread);
	port_destroy(handlers->first);
	port_destroy(handlers->second);
}

static void
test_fallback(void)
{
	struct handlers handlers;
	struct exception_message message;

	handlers_begin(&handlers, run_brk);
	need_success(thread_resume(handlers.thread->port));
	ok_eq(exception_receive(handlers.first, &message, 2000),
	    MACH_MSG_SUCCESS, "the thread's handler is first");
	exception_reply(&message, KERN_FAILURE);
	ok_eq(exception_receive(handlers.second, &message, 2000),
	    MACH_MSG_SUCCESS, "when it fails, the task's is asked");
	handlers_end(&handlers);
	exception_reply(&message, KERN_SUCCESS);
}

static void
test_no_handler(void)
{
	struct handlers handlers;
	struct exception_message message;

	handlers_begin(&handlers, run_brk);
	need_success(thread_set_special_port(handlers.thread->port,
	    THREAD_EXCEPTION_PORT, MACH_PORT_NULL));
	need_success(thread_resume(handlers.thread->port));
	ok_eq(exception_receive(handlers.second, &message, 2000),
	    MACH_MSG_SUCCESS, "a thread without a handler asks the task's");
	handlers_end(&handlers);
	exception_reply(&message, KERN_SUCCESS);

	handlers_begin(&handlers, run_brk);
	port_destroy(handlers.first);
	handlers.first = MACH_PORT_NULL;
	need_success(thread_resume(handlers.thread->port));
	ok_eq(exception_receive(handlers.second, &message, 2000),
	    MACH_MSG_SUCCESS, "and so does one whose handler is dead");
	handlers_end(&handlers);
	exception_reply(&message, KERN_SUCCESS);
}

/* A handler that answers and waits for the next in one call. */
#define BREAKS	4

static struct exception_message heard[BREAKS];
static volatile unsigned int heard_count;
static volatile uint64_t kept;

static void
step_over(const struct exception_message *message)
{
	struct aarch64_thread_state state;

	need_success(get_state(message->thread.name, &state));
	state.pc += 4;
	need_success(set_state(message->thread.name, &state));
}

/* The last one is left to the task's handler. */
static void
handle_breaks(void *argument)
{
	static struct exception_message message;
	mach_msg_option_t option = MACH_RCV_MSG;
	mach_msg_size_t size = 0;

	while (mach_msg_trap((mach_msg_user_header_t *)&message.header,
	    option, size, sizeof message, (mach_port_t)(uintptr_t)argument, 0,
	    MACH_PORT_NULL) == MACH_MSG_SUCCESS && heard_count < BREAKS) {
		heard[heard_count++] = message;
		if (heard_count < BREAKS)
			step_over(&message);
		size = sizeof message.header + 2 * sizeof message.task;
		message.header.msgh_bits = MACH_MSGH_BITS(
		    MACH_MSGH_BITS_REMOTE(message.header.msgh_bits), 0);
		message.header.msgh_size = size;
		message.header.msgh_local_port = MACH_PORT_NULL;
		message.header.msgh_id += 100;
		message.thread_type = message.exception_type;
		message.thread.kernel_port_do_not_use =
		    heard_count < BREAKS ? KERN_SUCCESS : KERN_FAILURE;
		option = MACH_SEND_MSG | MACH_RCV_MSG;
	}
}

static void
run_breaks(void *argument)
{
	register uint64_t x0 __asm__("x0") = 0x123456789abcdef0;

	__asm__ volatile("brk #1\n\tbrk #2\n\tbrk #3\n\tbrk #4"
	    : "+r"(x0) : : "memory");
	kept = x0;
}

static void
test_waiting_handler(void)
{
	struct handlers handlers;
	struct test_thread *thread, *handler;
	struct exception_message message;
	mach_port_urefs_t refs;
	unsigned int i;

	handlers_begin(&handlers, run_breaks);
	thread = handlers.thread;
	refs = port_refs(thread->port, MACH_PORT_RIGHT_SEND);
	handler = test_thread_start(handle_breaks,
	    (void *)(uintptr_t)handlers.first);
	need_success(thread_resume(thread->port));
	ok_eq(exception_receive(handlers.second, &message, 2000),
	    MACH_MSG_SUCCESS,
	    "a waiting handler fails at last, and the task's is asked");
	step_over(&message);
	exception_reply(&message, KERN_SUCCESS);
	ok(test_thread_wait(thread, 2000), "the thread goes on");
	ok_eq(kept, 0x123456789abcdef0, "with all of its registers");
	ok_eq(heard_count, BREAKS, "the handler heard of each exception");
	for (i = 0; i < BREAKS; i++) {
		ok_eq(heard[i].subcode, i + 1, "in their order");
		ok_eq(heard[i].header.msgh_seqno, i, "numbered");
		heard[i].subcode = heard[0].subcode;
		heard[i].header.msgh_seqno = 0;
		heard[i].header.msgh_remote_port =
		    heard[0].header.msgh_remote_port;
		ok(memcmp(&heard[i], &heard[0], 112) == 0,
		    "by messages that are alike");
	}
	ok_eq(port_refs(thread->port, MACH_PORT_RIGHT_SEND),
	    refs + BREAKS + 1, "each brought a reference to the thread");
	need_success(mach_port_mod_refs(self, thread->port,
	    MACH_PORT_RIGHT_SEND, -(BREAKS + 1)));
	test_thread_kill(handler);
	handlers_end(&handlers);
}

static void
child_crash(void *argument)
{
	task_set_special_port(task_self_port, TASK_EXCEPTION_PORT,
	    MACH_PORT_NULL);
	run_brk(NULL);
}

static void
test_unhandled(void)
{
	struct test_child child;
	mach_port_t sink = port_receive_right();
	mach_port_t previous;
	struct message message;

	test_child_start(&child, child_crash, NULL);
	if (mach_port_request_notification(self, child.task,
	    MACH_NOTIFY_DEAD_NAME, 1, sink, MACH_MSG_TYPE_MAKE_SEND_ONCE,
	    &previous) != KERN_SUCCESS)
		test_bail("no dead-name request on a task");
	ok_eq(message_receive(&message, sink, 3000), MACH_MSG_SUCCESS,
	    "a task that nobody helps ends");
	ok_eq(message.header.msgh_id, MACH_NOTIFY_DEAD_NAME, "dead name");
	port_destroy(sink);
	test_child_kill(&child);
}

void
test_main(void)
{
	test_kinds();
	test_resume();
	test_fallback();
	test_no_handler();
	test_waiting_handler();
	test_unhandled();
}
