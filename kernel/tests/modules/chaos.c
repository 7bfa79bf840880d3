/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Random traps, calls, messages and pointers, while somebody else watches.
 *
 * Victims, one after the other, are tasks whose threads do what a seed says
 * until they die of it or their time is up.  They reach their own task and
 * threads, the host, the time device and ports that they make; every other one
 * has the privileged host port, and leaves reboots to others.  Every now and
 * then the checker, this task, looks at its own world: memory, ports, messages
 * to and from a partner, and a thread that counts all the time.
 *
 *   seed=N    what happens (1)
 *   lives=N   how often the checker looks (8)
 *
 * With a clock that counts instructions, the same seed does the same again.
 */
#include "chaos/victim.h"

#define PAGES		32		/* of the pattern */
#define PORTS		12
#define LIFE_MS		60		/* of the machine's time */
#define MEMORY_MAX	(32UL << 20)	/* of a victim */
#define DEEDS_MIN	20		/* in a life */
#define LEAK_PAGES	64

uint64_t *deeds;
uint64_t seed = 1;
mach_port_t time_device;

/* The checker's world. */

static vm_address_t pattern;
static mach_port_t ports[PORTS], partner_port;
static volatile uint64_t counted;

static void
partner(void *argument)
{
	struct message message;

	for (;;) {
		if (message_receive(&message, partner_port, 60000) !=
		    MACH_MSG_SUCCESS)
			continue;
		message_init(&message, message.header.msgh_remote_port,
		    MACH_MSG_TYPE_MOVE_SEND_ONCE, MACH_PORT_NULL, 0,
		    message.header.msgh_id + 1);
		message_send(&message);
	}
}

/* Counts by two ways that must agree, one of them in FP registers. */
static void
count(void *argument)
{
	double real = 0;
	uint64_t whole = 0;

	for (;;) {
		whole++;
		real += 1;
		if ((uint64_t)real != whole)
			test_bail("a thread counts %lu and %lu", whole,
			    (uint64_t)real);
		counted = whole;
		if (whole % 64 == 0)
			sleep_ms(1);
	}
}

static void
world_make(void)
{
	unsigned int i;

	pattern = memory_allocate(PAGES * page_size);
	memory_fill(pattern, PAGES * page_size, seed);
	for (i = 0; i < PORTS; i++) {
		ports[i] = port_with_send();
		need_success(mach_port_mod_refs(self, ports[i],
		    MACH_PORT_RIGHT_SEND, (mach_port_delta_t)i));
	}
	partner_port = port_with_send();
	test_thread_start(partner, NULL);
	test_thread_start(count, NULL);
}

static bool
world_talks(mach_msg_id_t id)
{
	mach_port_t reply = mach_reply_port();
	struct message message;
	bool good;

	message_init(&message, partner_port, MACH_MSG_TYPE_COPY_SEND, reply,
	    MACH_MSG_TYPE_MAKE_SEND_ONCE, id);
	good = message_send(&message) == MACH_MSG_SUCCESS &&
	    message_receive(&message, reply, 10000) == MACH_MSG_SUCCESS &&
	    message.header.msgh_id == id + 1;
	mach_port_mod_refs(self, reply, MACH_PORT_RIGHT_RECEIVE, -1);
	return good;
}

/* What is wrong with the world, or NULL. */
static const char *
world_check(mach_msg_id_t id)
{
	uint64_t before = counted;
	unsigned int i;

	if (!memory_check(pattern, PAGES * page_size, seed))
		return "memory";
	for (i = 0; i < PORTS; i++)
		if (port_refs(ports[i], MACH_PORT_RIGHT_SEND) != i + 1 ||
		    port_status(ports[i]).mps_msgcount != 0)
			return "ports";
	if (!world_talks(id))
		return "messages";
	sleep_ms(4);
	return counted == before ? "threads" : NULL;
}

static uint64_t
free_pages(void)
{
	vm_statistics_data_t statistics;

	need_success(vm_statistics(self, &statistics));
	return (uint64_t)statistics.free_count;
}

/* All tasks of the system. */
static unsigned int
all_tasks(mach_port_t **tasks)
{
	mach_port_t set, control;
	mach_msg_type_number_t count = 0;

	need_success(processor_set_default(mach_host_self(), &set));
	need_success(host_processor_set_priv(host_priv, set, &control));
	need_success(processor_set_tasks(control, tasks, &count));
	mach_port_deallocate(self, control);
	mach_port_deallocate(self, set);
	return count;
}

static unsigned int exceptions, orphans;
static mach_port_t *old_tasks;
static unsigned int old_count;

/* Victims have children: end all that were not there at the start. */
static unsigned int
end_orphans(void)
{
	mach_port_t *tasks;
	unsigned int count = all_tasks(&tasks), ended = 0, i, j;

	for (i = 0; i < count; i++) {
		for (j = 0; j < old_count && old_tasks[j] != tasks[i]; j++)
			continue;
		if (j == old_count) {
			task_terminate(tasks[i]);
			ended++;
		}
		mach_port_deallocate(self, tasks[i]);
	}
	memory_free((vm_address_t)tasks, count * sizeof *tasks);
	return ended;
}

static unsigned int victims;

/* A victim with the exception port `trouble`, which its children inherit. */
static void
victim_start(struct test_child *child, mach_port_t trouble)
{
	mach_port_t watchdog;

	need_success(task_get_special_port(self, TASK_EXCEPTION_PORT,
	    &watchdog));
	need_success(task_set_special_port(self, TASK_EXCEPTION_PORT,
	    trouble));
	test_child_start(child, victim, (void *)(uintptr_t)victims++);
	need_success(task_set_special_port(self, TASK_EXCEPTION_PORT,
	    watchdog));
	mach_port_deallocate(self, watchdog);
	mach_port_deallocate(child->task, CHILD_UP);
	/* What it wires would else be all memory, ours too. */
	need_success(vm_set_size_limit(host_priv, child->task, MEMORY_MAX,
	    MEMORY_MAX));
	if (victims % 2 == 0)
		mach_port_insert_right(child->task, PRIVILEGED, host_priv,
		    MACH_MSG_TYPE_COPY_SEND);
}

/* Let what a victim suspended go on.  False: it is dead. */
static bool
victim_push(struct test_child *child)
{
	mach_msg_type_number_t i, count = 0;
	mach_port_t *threads;

	task_resume(child->task);
	if (task_threads(child->task, &threads, &count) != KERN_SUCCESS ||
	    count == 0)
		return false;
	for (i = 0; i < count; i++) {
		thread_resume(threads[i]);
		mach_port_deallocate(self, threads[i]);
	}
	memory_free((vm_address_t)threads, count * sizeof *threads);
	return true;
}

/* Victims for a while; the next one when one dies. */
static void
life(mach_port_t trouble)
{
	struct exception_message message;
	struct test_child child;
	uint64_t end = time_ns() + LIFE_MS * 1000000UL;
	unsigned int ended;

	victim_start(&child, trouble);
	while (time_ns() < end) {
		/* A thread that faults is over; others may go on. */
		if (exception_receive(trouble, &message, 3) ==
		    MACH_MSG_SUCCESS) {
			exceptions++;
			thread_terminate(message.thread.name);
			exception_reply(&message, KERN_SUCCESS);
		} else if (!victim_push(&child)) {
			test_child_kill(&child);
			victim_start(&child, trouble);
		}
	}
	test_child_kill(&child);
	/* Some are made while others end. */
	while ((ended = end_orphans()) != 0) {
		orphans += ended;
		sleep_ms(1);
	}
}

void
test_main(void)
{
	const char *option = test_option("seed"), *wrong;
	uint64_t number, lives = 8, before = 0, after;
	mach_port_t trouble = port_with_send();

	if (option != NULL)
		seed = test_number(option);
	option = test_option("lives");
	if (option != NULL)
		lives = test_number(option);
	test_print("# seed=%lu lives=%lu\n", seed, lives);
	need_success(device_open(device_master, D_READ, "time",
	    &time_device));
	world_make();
	deeds = (uint64_t *)memory_allocate(page_size);
	need_success(vm_inherit(self, (vm_address_t)deeds, page_size,
	    VM_INHERIT_SHARE));
	old_count = all_tasks(&old_tasks);
	for (number = 0; number < lives; number++) {
		life(trouble);
		wrong = world_check((mach_msg_id_t)number);
		ok(wrong == NULL, "look %lu: %s", number,
		    wrong == NULL ? "all is well" : wrong);
		if (number == 1)
			before = free_pages();
	}
	test_print("# %u victims, %u exceptions, %u orphans\n", victims,
	    exceptions, orphans);
	ok(*deeds >= lives * DEEDS_MIN, "the victims did %lu things", *deeds);
	/* What the victims left waits for its turn to end. */
	sleep_ms(500);
	after = free_pages();
	ok(lives < 2 || after + LEAK_PAGES >= before,
	    "pages come back (%lu, %lu)", before, after);
}
