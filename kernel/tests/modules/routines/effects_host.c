/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What the routines about the host, its processors and priorities do
 * (mach_host.defs, mach_aarch64.defs).
 */
#include "routines.h"

#define self	task_self_port

static struct thread_sched_info
sched(mach_port_t thread)
{
	struct thread_sched_info info;
	mach_msg_type_number_t count = THREAD_SCHED_INFO_COUNT;

	need_success(thread_info(thread, THREAD_SCHED_INFO,
	    (thread_info_t)&info, &count));
	return info;
}

static struct processor_set_sched_info
set_sched(void)
{
	struct processor_set_sched_info info;
	mach_msg_type_number_t count = PROCESSOR_SET_SCHED_INFO_COUNT;
	mach_port_t host;

	need_success(processor_set_info(the(PSET_NAME),
	    PROCESSOR_SET_SCHED_INFO, &host, (processor_set_info_t)&info,
	    &count));
	mach_port_deallocate(self, host);
	return info;
}

static unsigned int
processor_count(void)
{
	struct host_basic_info info;
	mach_msg_type_number_t count = HOST_BASIC_INFO_COUNT;

	need_success(host_info(the(HOST), HOST_BASIC_INFO,
	    (host_info_t)&info, &count));
	return (unsigned int)info.avail_cpus;
}

/* Release `count` rights of a list; whether `port` is among them. */
static bool
list_has(mach_port_t *list, unsigned int count, mach_port_t port)
{
	bool found = false;
	unsigned int i;

	for (i = 0; i < count; i++) {
		found = found || list[i] == port;
		mach_port_deallocate(self, list[i]);
	}
	if (count > 0)
		memory_free((vm_address_t)list, count * sizeof *list);
	return found;
}

EFFECT(host_processors)
{
	processor_array_t list = NULL;
	mach_msg_type_number_t count = 0;

	need_success(host_processors(host_priv, &list, &count));
	ok(count == processor_count() &&
	    list_has(list, count, the(PROCESSOR)), "all of them");
}

EFFECT(processor_set_processors)
{
	processor_name_array_t list = NULL;
	mach_msg_type_number_t count = 0;

	need_success(processor_set_processors(the(PSET_NAME), &list, &count));
	ok(count == processor_count() &&
	    list_has(list, count, the(PROCESSOR_NAME)), "their names");
}

/* What a host without processor allocation answers (manual). */
EFFECT(processor_start)
{
	ok_eq(processor_start(the(PROCESSOR)), KERN_FAILURE,
	    "it runs already");
	routine_refused();
}

EFFECT(processor_exit)
{
	ok_eq(processor_exit(the(PROCESSOR)), KERN_FAILURE,
	    "the master stays");
	routine_refused();
}

EFFECT(processor_control)
{
	integer_t command = 0;

	ok_eq(processor_control(the(PROCESSOR), &command, 1), KERN_FAILURE,
	    "it takes no commands");
	routine_refused();
}

EFFECT(processor_set_create)
{
	mach_port_t set, name;

	ok_eq(processor_set_create(host_priv, &set, &name), KERN_FAILURE,
	    "there is one set");
	routine_refused();
}

EFFECT(processor_set_destroy)
{
	ok_eq(processor_set_destroy(the(PSET)), KERN_FAILURE,
	    "and it remains");
	routine_refused();
}

EFFECT(processor_set_default)
{
	mach_port_t set = MACH_PORT_NULL;

	need_success(processor_set_default(the(HOST), &set));
	ok_eq(set, the(PSET_NAME), "the set that there is");
	mach_port_deallocate(self, set);
}

EFFECT(processor_assign)
{
	mach_port_t set = MACH_PORT_NULL;

	need_success(processor_assign(the(PROCESSOR), the(PSET), TRUE));
	need_success(processor_get_assignment(the(PROCESSOR), &set));
	ok_eq(set, the(PSET_NAME), "it is assigned to the set");
	mach_port_deallocate(self, set);
}

EFFECT(processor_get_assignment)
{
	mach_port_t set = MACH_PORT_NULL;

	need_success(processor_get_assignment(the(PROCESSOR), &set));
	ok_eq(set, the(PSET_NAME), "the set that there is");
	mach_port_deallocate(self, set);
}

static mach_port_t
thread_set(void)
{
	mach_port_t set = MACH_PORT_NULL;

	need_success(thread_get_assignment(the(THREAD), &set));
	mach_port_deallocate(self, set);
	return set;
}

EFFECT(thread_assign)
{
	need_success(thread_assign(the(THREAD), the(PSET)));
	ok_eq(thread_set(), the(PSET_NAME), "it is assigned to the set");
}

EFFECT(thread_assign_default)
{
	need_success(thread_assign_default(the(THREAD)));
	ok_eq(thread_set(), the(PSET_NAME), "it is assigned to the set");
}

EFFECT(thread_get_assignment)
{
	ok_eq(thread_set(), the(PSET_NAME), "the set that there is");
}

static mach_port_t
task_set(void)
{
	mach_port_t set = MACH_PORT_NULL;

	need_success(task_get_assignment(the(TASK), &set));
	mach_port_deallocate(self, set);
	return set;
}

EFFECT(task_assign)
{
	need_success(task_assign(the(TASK), the(PSET), TRUE));
	ok_eq(task_set(), the(PSET_NAME), "it is assigned to the set");
}

EFFECT(task_assign_default)
{
	need_success(task_assign_default(the(TASK), TRUE));
	ok_eq(task_set(), the(PSET_NAME), "it is assigned to the set");
}

EFFECT(task_get_assignment)
{
	ok_eq(task_set(), the(PSET_NAME), "the set that there is");
}

EFFECT(thread_priority)
{
	int old = sched(the(THREAD)).base_priority;

	need_success(thread_priority(the(THREAD), old + 2, FALSE));
	ok_eq(sched(the(THREAD)).base_priority, old + 2, "the priority");
	need_success(thread_priority(the(THREAD), old, FALSE));
}

EFFECT(thread_max_priority)
{
	int old = sched(the(THREAD)).max_priority;

	need_success(thread_max_priority(the(THREAD), the(PSET), old + 2));
	ok_eq(sched(the(THREAD)).max_priority, old + 2, "the limit");
	need_success(thread_max_priority(the(THREAD), the(PSET), old));
}

EFFECT(task_priority)
{
	int old = task_basic(the(TASK)).base_priority;

	need_success(task_priority(the(TASK), old + 3, FALSE));
	ok_eq(task_basic(the(TASK)).base_priority, old + 3, "the priority");
	need_success(task_priority(the(TASK), old, FALSE));
}

EFFECT(task_max_priority)
{
	mach_port_t thread;

	need_success(task_max_priority(host_priv, the(TASK), 40, TRUE,
	    FALSE));
	need_success(thread_create(the(TASK), &thread));
	ok(sched(thread).max_priority == 40 &&
	    task_basic(the(TASK)).base_priority == 40, "for new threads");
	need_success(thread_terminate(thread));
	mach_port_deallocate(self, thread);
	need_success(task_max_priority(host_priv, the(TASK), 25, TRUE,
	    FALSE));
}

EFFECT(processor_set_max_priority)
{
	int old = set_sched().max_priority;
	mach_port_t thread;

	need_success(processor_set_max_priority(the(PSET), old + 5, FALSE));
	ok_eq(set_sched().max_priority, old + 5, "the set's limit");
	need_success(thread_create(the(TASK), &thread));
	ok(sched(thread).max_priority >= old + 5, "for new threads");
	need_success(thread_terminate(thread));
	mach_port_deallocate(self, thread);
	need_success(processor_set_max_priority(the(PSET), old, FALSE));
}

EFFECT(processor_set_policy_enable)
{
	need_success(processor_set_policy_enable(the(PSET),
	    POLICY_FIXEDPRI));
	ok((set_sched().policies & POLICY_FIXEDPRI) != 0, "it is allowed");
	need_success(processor_set_policy_disable(the(PSET), POLICY_FIXEDPRI,
	    FALSE));
}

EFFECT(processor_set_policy_disable)
{
	need_success(processor_set_policy_enable(the(PSET),
	    POLICY_FIXEDPRI));
	need_success(processor_set_policy_disable(the(PSET), POLICY_FIXEDPRI,
	    FALSE));
	ok((set_sched().policies & POLICY_FIXEDPRI) == 0,
	    "it is not allowed");
	ok_eq(thread_policy(the(THREAD), POLICY_FIXEDPRI, 100), KERN_FAILURE,
	    "to a thread");
}

EFFECT(thread_policy)
{
	need_success(processor_set_policy_enable(the(PSET),
	    POLICY_FIXEDPRI));
	need_success(thread_policy(the(THREAD), POLICY_FIXEDPRI, 100));
	ok(sched(the(THREAD)).policy == POLICY_FIXEDPRI &&
	    sched(the(THREAD)).data >= 100, "fixed priority");
	need_success(thread_policy(the(THREAD), POLICY_TIMESHARE, 0));
	need_success(processor_set_policy_disable(the(PSET), POLICY_FIXEDPRI,
	    FALSE));
}

EFFECT(processor_set_tasks)
{
	task_array_t list = NULL;
	mach_msg_type_number_t count = 0;

	need_success(processor_set_tasks(the(PSET), &list, &count));
	ok(list_has(list, count, the(TASK)), "the task is listed");
}

EFFECT(processor_set_threads)
{
	thread_array_t list = NULL;
	mach_msg_type_number_t count = 0;

	need_success(processor_set_threads(the(PSET), &list, &count));
	ok(list_has(list, count, the(THREAD)), "the thread is listed");
}

EFFECT(host_processor_sets)
{
	processor_set_name_array_t list = NULL;
	mach_msg_type_number_t count = 0;

	need_success(host_processor_sets(the(HOST), &list, &count));
	ok(count == 1 && list_has(list, count, the(PSET_NAME)),
	    "the set that there is");
}

EFFECT(host_processor_set_priv)
{
	mach_port_t set = MACH_PORT_NULL;

	need_success(host_processor_set_priv(host_priv, the(PSET_NAME),
	    &set));
	ok_eq(set, the(PSET), "the control port of the set");
	mach_port_deallocate(self, set);
}

/* Depressed for as long as somebody else wants to run: this thread. */
static void
depress(void *argument)
{
	(void)argument;
	thread_switch(MACH_PORT_NULL, SWITCH_OPTION_DEPRESS, 60000);
	for (;;)
		thread_suspend(mach_thread_self());
}

EFFECT(thread_depress_abort)
{
	struct test_thread *thread = test_thread_start(depress, NULL);
	unsigned int i;

	for (i = 0; i < 2000 && !sched(thread->port).depressed; i++)
		swtch();
	ok(sched(thread->port).depressed, "depressed");
	need_success(thread_depress_abort(thread->port));
	ok(!sched(thread->port).depressed, "and no more");
	test_thread_kill(thread);
}

EFFECT(host_set_time)
{
	time_value_t set = { 1300000000, 250000 }, got;

	need_success(host_set_time(host_priv, set));
	need_success(host_get_time(the(HOST), &got));
	ok(got.seconds == 1300000000, "the clock shows it");
}

EFFECT(host_get_time)
{
	time_value_t time;
	time_value64_t fine;

	need_success(host_get_time(the(HOST), &time));
	need_success(host_get_time64(the(HOST), &fine));
	ok(fine.seconds - time.seconds <= 1 && fine.seconds >= time.seconds,
	    "the same clock");
}

EFFECT(host_adjust_time)
{
	time_value_t delta = { 5, 0 }, zero = { 0, 0 }, old;

	need_success(host_adjust_time(host_priv, delta, &old));
	need_success(host_adjust_time(host_priv, zero, &old));
	ok(old.seconds == 4 || old.seconds == 5, "most was still to do");
}

EFFECT(host_set_time64)
{
	time_value64_t set = { 1400000000, 5 }, got;

	need_success(host_set_time64(host_priv, set));
	need_success(host_get_time64(the(HOST), &got));
	ok_eq(got.seconds, 1400000000, "the clock shows it");
}

EFFECT(host_get_time64)
{
	time_value64_t first, second;

	need_success(host_get_time64(the(HOST), &first));
	sleep_ms(2);
	need_success(host_get_time64(the(HOST), &second));
	ok((second.seconds - first.seconds) * 1000000000 +
	    second.nanoseconds - first.nanoseconds >= 1000000, "it goes on");
}

EFFECT(host_adjust_time64)
{
	time_value64_t delta = { -5, 0 }, zero = { 0, 0 }, old;

	need_success(host_adjust_time64(host_priv, delta, &old));
	need_success(host_adjust_time64(host_priv, zero, &old));
	ok(old.seconds == -5 || old.seconds == -4, "most was still to do");
}

EFFECT(host_get_uptime64)
{
	time_value64_t first, second;

	need_success(host_get_uptime64(the(HOST), &first));
	sleep_ms(2);
	need_success(host_get_uptime64(the(HOST), &second));
	ok(second.seconds < 100000 && (second.seconds - first.seconds) *
	    1000000000 + second.nanoseconds - first.nanoseconds >= 1000000,
	    "since the start");
}

/*
 * Halt and restart end every boot of the tests: here, only the third option
 * is asked for.
 */
EFFECT(host_reboot)
{
	ok_eq(host_reboot(host_priv, 0x1000), KERN_FAILURE,
	    "there is no debugger to enter");
	routine_refused();
}

/* Kernel stacks never leave memory: no thread is ever swapped. */
EFFECT(thread_wire)
{
	need_success(thread_wire(host_priv, the(THREAD), TRUE));
	ok((thread_basic(the(THREAD)).flags & TH_FLAGS_SWAPPED) == 0,
	    "in memory");
	need_success(thread_wire(host_priv, the(THREAD), FALSE));
}

EFFECT(host_info)
{
	struct host_basic_info info;
	mach_msg_type_number_t count = HOST_BASIC_INFO_COUNT;

	need_success(host_info(the(HOST), HOST_BASIC_INFO,
	    (host_info_t)&info, &count));
	ok(count == HOST_BASIC_INFO_COUNT && info.memory_size >= 32 << 20 &&
	    info.cpu_type == CPU_TYPE_ARM64, "the machine");
}

EFFECT(processor_info)
{
	struct processor_basic_info info;
	mach_msg_type_number_t count = PROCESSOR_BASIC_INFO_COUNT;
	mach_port_t host = MACH_PORT_NULL;

	need_success(processor_info(the(PROCESSOR_NAME),
	    PROCESSOR_BASIC_INFO, &host, (processor_info_t)&info, &count));
	ok(host == the(HOST) && info.running &&
	    info.cpu_type == CPU_TYPE_ARM64, "the processor");
	mach_port_deallocate(self, host);
}

EFFECT(processor_set_info)
{
	struct processor_set_basic_info info;
	mach_msg_type_number_t count = PROCESSOR_SET_BASIC_INFO_COUNT;
	mach_port_t host = MACH_PORT_NULL;

	need_success(processor_set_info(the(PSET_NAME),
	    PROCESSOR_SET_BASIC_INFO, &host, (processor_set_info_t)&info,
	    &count));
	ok(host == the(HOST) && info.task_count >= 3 &&
	    info.thread_count >= 3, "the set");
	mach_port_deallocate(self, host);
}

EFFECT(host_get_kernel_version)
{
	static kernel_version_t version;

	version[0] = '\0';
	need_success(host_get_kernel_version(the(HOST), version));
	ok(strlen(version) > 4 && strlen(version) < sizeof version, "%s",
	    version);
}

EFFECT(aarch64_get_hwcaps)
{
	uint64_t hwcaps[HWCAPS_COUNT] = { 0 }, midr = 0, revidr;
	mach_msg_type_number_t count = HWCAPS_COUNT;

	need_success(aarch64_get_hwcaps(the(HOST), hwcaps, &count, &midr,
	    &revidr));
	ok(count == HWCAPS_COUNT && (hwcaps[0] & HWCAP_FP) != 0 && midr != 0,
	    "the processor has FP");
}

/* Only the death of its port ends a manager. */
EFFECT(vm_set_default_memory_manager)
{
	mach_port_t port = port_with_send(), got = port;

	need_success(vm_set_default_memory_manager(host_priv, &got));
	ok_eq(got, MACH_PORT_NULL, "there was none");
	need_success(vm_set_default_memory_manager(host_priv, &got));
	ok_eq(got, port, "it is the port that was set");
	mach_port_deallocate(self, port);
	port_destroy(port);
	got = MACH_PORT_NULL;
	need_success(vm_set_default_memory_manager(host_priv, &got));
	ok_eq(got, MACH_PORT_NULL, "none when it is dead");
}
