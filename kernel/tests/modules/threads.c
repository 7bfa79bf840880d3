/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Threads: life, suspension, abortion, scheduling.
 */
#include "lib/test.h"

#define self	task_self_port

static volatile uint32_t beats[4];

static void
beat(void *argument)
{
	volatile uint32_t *count = argument;

	for (;;)
		++*count;
}

static void
once(void *argument)
{
	*(volatile uint32_t *)argument = 1;
}

static void
test_life(void)
{
	struct test_thread *thread;
	mach_port_t port;

	beats[0] = 0;
	thread = test_thread_create(once, (void *)&beats[0]);
	sleep_ms(20);
	ok_eq(beats[0], 0, "a new thread stands");
	ok_eq(thread_resume(thread->port), KERN_SUCCESS, "resume it");
	ok(test_thread_wait(thread, 2000), "it runs");
	ok_eq(beats[0], 1, "and does its work");
	ok_eq(thread_terminate(thread->port), KERN_SUCCESS, "terminate it");
	ok_eq(port_type(thread->port), MACH_PORT_TYPE_DEAD_NAME, "dead");
	ok_eq(thread_resume(thread->port), MACH_SEND_INVALID_DEST,
	    "a dead thread hears nothing");
	test_thread_kill(thread);
	ok_eq(thread_create(mach_host_self(), &port), KERN_INVALID_ARGUMENT,
	    "a host has no threads");
}

static void
test_suspend(void)
{
	struct test_thread *thread;
	uint32_t seen;

	beats[1] = 0;
	thread = test_thread_start(beat, (void *)&beats[1]);
	while (beats[1] == 0)
		swtch();
	ok_eq(thread_suspend(thread->port), KERN_SUCCESS, "suspend");
	seen = beats[1];
	sleep_ms(20);
	ok_eq(beats[1], seen, "it stands");
	need_success(thread_suspend(thread->port));
	ok_eq(thread_basic(thread->port).suspend_count, 2, "suspended twice");
	ok_eq(thread_resume(thread->port), KERN_SUCCESS, "resume once");
	sleep_ms(20);
	ok_eq(beats[1], seen, "it still stands");
	need_success(thread_resume(thread->port));
	sleep_ms(30);
	ok(beats[1] != seen, "resumed twice it goes on");
	ok_eq(thread_resume(thread->port), KERN_FAILURE, "once too often");
	test_thread_kill(thread);
}

static void
test_preemption(void)
{
	struct test_thread *a;
	struct test_thread *b;

	beats[0] = beats[1] = 0;
	a = test_thread_start(beat, (void *)&beats[0]);
	b = test_thread_start(beat, (void *)&beats[1]);
	sleep_ms(200);
	thread_suspend(a->port);
	thread_suspend(b->port);
	ok(beats[0] > 0 && beats[1] > 0,
	    "two busy threads both run (%u, %u)", beats[0], beats[1]);
	ok(beats[0] / 8 < beats[1] && beats[1] / 8 < beats[0],
	    "with fair shares");
	test_thread_kill(a);
	test_thread_kill(b);
}

static void
test_priority(void)
{
	struct test_thread *good;
	struct test_thread *bad;
	struct thread_sched_info info;
	mach_msg_type_number_t count = THREAD_SCHED_INFO_COUNT;

	beats[0] = beats[1] = 0;
	good = test_thread_create(beat, (void *)&beats[0]);
	bad = test_thread_create(beat, (void *)&beats[1]);
	need_success(thread_info(good->port, THREAD_SCHED_INFO,
	    (thread_info_t)&info, &count));
	ok_eq(info.policy, POLICY_TIMESHARE, "time-sharing by default");
	ok_eq(thread_priority(bad->port, info.base_priority + 12, FALSE),
	    KERN_SUCCESS, "make one worse");
	need_success(thread_info(bad->port, THREAD_SCHED_INFO,
	    (thread_info_t)&info, &count));
	ok(info.base_priority > 12, "base priority %d", info.base_priority);
	ok_eq(thread_priority(bad->port, -1, FALSE), KERN_INVALID_ARGUMENT,
	    "no such priority");
	ok_eq(thread_priority(bad->port, 64, FALSE), KERN_INVALID_ARGUMENT,
	    "nor that");
	need_success(thread_resume(bad->port));
	need_success(thread_resume(good->port));
	sleep_ms(150);
	thread_suspend(good->port);
	thread_suspend(bad->port);
	ok(beats[0] > beats[1], "the better one runs more (%u, %u)",
	    beats[0], beats[1]);
	test_thread_kill(good);
	test_thread_kill(bad);
}

static volatile mach_msg_return_t receive_result;

static void
receive_forever(void *argument)
{
	mach_msg_header_t header;

	receive_result = mach_msg_trap((mach_msg_user_header_t *)&header,
	    MACH_RCV_MSG | MACH_RCV_INTERRUPT, 0, sizeof header,
	    (mach_port_t)(uintptr_t)argument, 0, MACH_PORT_NULL);
}

static void
test_abort(void)
{
	mach_port_t port = port_receive_right();
	struct test_thread *thread;

	receive_result = -1;
	thread = test_thread_start(receive_forever, (void *)(uintptr_t)port);
	sleep_ms(20);
	ok(thread_waits(thread->port), "a receiver waits");
	ok_eq(thread_abort(thread->port), KERN_SUCCESS, "abort it");
	ok(test_thread_join(thread), "it goes on");
	ok_eq(receive_result, MACH_RCV_INTERRUPTED, "and is told");

	ok_eq(thread_abort(self), KERN_INVALID_ARGUMENT, "a task is none");
	port_destroy(port);
}

static void
test_terminate_blocked(void)
{
	mach_port_t port = port_receive_right();
	struct test_thread *thread;

	thread = test_thread_start(receive_forever, (void *)(uintptr_t)port);
	sleep_ms(20);
	test_thread_kill(thread);
	ok_eq(mach_port_insert_right(self, port, port,
	    MACH_MSG_TYPE_MAKE_SEND), KERN_SUCCESS, "a receiver was killed");
	ok_eq(message_send_id(port, MACH_MSG_TYPE_COPY_SEND, 5),
	    MACH_MSG_SUCCESS, "its port still takes messages");
	ok_eq(port_status(port).mps_msgcount, 1, "which wait for others");
	port_destroy(port);
}

static void
test_switch(void)
{
	uint64_t start = time_ns();
	struct test_thread *thread;

	ok_eq(thread_switch(MACH_PORT_NULL, SWITCH_OPTION_WAIT, 20),
	    KERN_SUCCESS, "thread_switch waits");
	ok(time_ns() - start >= 19000000, "for the time told");
	ok_eq(thread_switch(MACH_PORT_NULL, 99, 0), KERN_INVALID_ARGUMENT,
	    "no such option");
	beats[2] = 0;
	thread = test_thread_start(once, (void *)&beats[2]);
	while (beats[2] == 0)
		thread_switch(thread->port, SWITCH_OPTION_DEPRESS, 10);
	ok(true, "handing over lets the other run");
	test_thread_join(thread);
	ok_eq(thread_switch(MACH_PORT_NULL, SWITCH_OPTION_NONE, 0),
	    KERN_SUCCESS, "nobody in particular");
}

static void
test_special_ports(void)
{
	mach_port_t thread = mach_thread_self();
	mach_port_t port = port_with_send();
	mach_port_t got = MACH_PORT_NULL;

	ok_eq(thread_get_special_port(thread, THREAD_KERNEL_PORT, &got),
	    KERN_SUCCESS, "the kernel port");
	ok_eq(got, thread, "is the thread's own");
	ok_eq(thread_set_special_port(thread, THREAD_EXCEPTION_PORT, port),
	    KERN_SUCCESS, "set the exception port");
	ok_eq(thread_get_special_port(thread, THREAD_EXCEPTION_PORT, &got),
	    KERN_SUCCESS, "ask for it");
	ok_eq(got, port, "the same");
	need_success(thread_set_special_port(thread, THREAD_EXCEPTION_PORT,
	    MACH_PORT_NULL));
	ok_eq(thread_get_special_port(thread, 77, &got),
	    KERN_INVALID_ARGUMENT, "no such port");
	port_destroy(port);
}

static void
test_names(void)
{
	kernel_debug_name_t name;

	ok_eq(thread_set_name(mach_thread_self(), "tested"), KERN_SUCCESS,
	    "name a thread");
	ok_eq(thread_get_name(mach_thread_self(), name), KERN_SUCCESS,
	    "ask for it");
	ok(strcmp(name, "tested") == 0, "the same");
}

static void
test_many(void)
{
	enum { MANY = 300 };
	static mach_port_t threads[MANY];
	vm_statistics_data_t before;
	vm_statistics_data_t after;
	unsigned int round;
	unsigned int i;
	bool good = true;

	for (round = 0; round < 2; round++) {
		need_success(vm_statistics(self, &before));
		for (i = 0; i < MANY; i++)
			good = good && thread_create(self, &threads[i]) ==
			    KERN_SUCCESS;
		for (i = 0; i < MANY; i++) {
			good = good && thread_terminate(threads[i]) ==
			    KERN_SUCCESS;
			mach_port_deallocate(self, threads[i]);
		}
		sleep_ms(20);
		need_success(vm_statistics(self, &after));
	}
	ok(good, "%d threads are made and ended", MANY);
	ok(before.free_count - after.free_count < 64,
	    "and leave nothing behind (%d pages)",
	    before.free_count - after.free_count);
}

/* A message does not carry its receiver past a better thread. */
static volatile unsigned int turn, server_turn, other_turn;

static void
serve_once(void *argument)
{
	struct message request;

	if (mach_msg_trap((mach_msg_user_header_t *)&request.header,
	    MACH_RCV_MSG, 0, sizeof request, (mach_port_t)(uintptr_t)argument,
	    0, MACH_PORT_NULL) != MACH_MSG_SUCCESS)
		return;
	server_turn = ++turn;
	message_init(&request, request.header.msgh_remote_port,
	    MACH_MSG_TYPE_MOVE_SEND_ONCE, MACH_PORT_NULL, 0, 1100);
	message_send(&request);
}

static void
take_turn(void *argument)
{
	other_turn = ++turn;
}

static void
test_handoff_priority(void)
{
	mach_port_t port = port_with_send(), reply = port_receive_right();
	struct test_thread *server = test_thread_create(serve_once,
	    (void *)(uintptr_t)port);
	struct test_thread *other = test_thread_create(take_turn, NULL);
	struct message message;

	need_success(thread_priority(server->port, 40, FALSE));
	need_success(thread_resume(server->port));
	/* The server comes to wait. */
	sleep_ms(20);
	need_success(thread_resume(other->port));
	message_init(&message, port, MACH_MSG_TYPE_COPY_SEND, reply,
	    MACH_MSG_TYPE_MAKE_SEND_ONCE, 1000);
	ok_eq(mach_msg_trap((mach_msg_user_header_t *)&message.header,
	    MACH_SEND_MSG | MACH_RCV_MSG, sizeof message.header,
	    sizeof message, reply, 0, MACH_PORT_NULL), MACH_MSG_SUCCESS,
	    "a server of low priority answers");
	ok(test_thread_wait(other, 2000), "another thread ran");
	ok(other_turn < server_turn, "before the server");
	test_thread_kill(other);
	test_thread_kill(server);
	port_destroy(port);
	port_destroy(reply);
}

void
test_main(void)
{
	test_life();
	test_suspend();
	test_preemption();
	test_priority();
	test_abort();
	test_terminate_blocked();
	test_switch();
	test_special_ports();
	test_names();
	test_many();
	test_handoff_priority();
}
