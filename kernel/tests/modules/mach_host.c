/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The host, its processors and clocks: mach_host.defs, mach_aarch64.defs.
 */
#include "lib/test.h"

static void
test_info(void)
{
	struct host_basic_info basic;
	struct host_sched_info sched;
	struct host_load_info load;
	mach_msg_type_number_t count = HOST_BASIC_INFO_COUNT;
	mach_port_t host = mach_host_self();

	ok_eq(host_info(host, HOST_BASIC_INFO, (host_info_t)&basic, &count),
	    KERN_SUCCESS, "basic information");
	ok_eq(count, HOST_BASIC_INFO_COUNT, "all of it");
	ok(basic.max_cpus >= basic.avail_cpus && basic.avail_cpus >= 1,
	    "%d of %d processors", basic.avail_cpus, basic.max_cpus);
	ok(basic.memory_size >= 64 << 20, "memory: %lu",
	    (unsigned long)basic.memory_size);
	ok_eq(basic.cpu_type, CPU_TYPE_ARM64, "an AArch64 processor");
	count = HOST_BASIC_INFO_COUNT - 1;
	ok_eq(host_info(host, HOST_BASIC_INFO, (host_info_t)&basic, &count),
	    MIG_ARRAY_TOO_LARGE, "too little room");
	count = HOST_SCHED_INFO_COUNT;
	ok_eq(host_info(host, HOST_SCHED_INFO, (host_info_t)&sched, &count),
	    KERN_SUCCESS, "scheduling information");
	ok(sched.min_quantum > 0, "a quantum of %d ms", sched.min_quantum);
	count = HOST_LOAD_INFO_COUNT;
	ok_eq(host_info(host, HOST_LOAD_INFO, (host_info_t)&load, &count),
	    KERN_SUCCESS, "load information");
	ok_eq(host_info(host, 4711, (host_info_t)&load, &count),
	    KERN_INVALID_ARGUMENT, "no such flavor");
	ok_eq(host_info(task_self_port, HOST_LOAD_INFO, (host_info_t)&load,
	    &count), KERN_INVALID_ARGUMENT, "a task is no host");
}

static void
test_version(void)
{
	static kernel_version_t version;

	ok_eq(host_get_kernel_version(mach_host_self(), version),
	    KERN_SUCCESS, "the kernel's version");
	ok(strncmp(version, "GNU Mach", 8) == 0 || strlen(version) > 4,
	    "%s", version);
}

static void
test_clock(void)
{
	time_value64_t before;
	time_value64_t after;
	time_value64_t set = { 1234567890, 500000000 };
	time_value_t coarse;

	ok_eq(host_get_uptime64(mach_host_self(), &before), KERN_SUCCESS,
	    "time since boot");
	sleep_ms(25);
	need_success(host_get_uptime64(mach_host_self(), &after));
	ok((after.seconds - before.seconds) * 1000000000 +
	    after.nanoseconds - before.nanoseconds >= 24000000,
	    "goes on while we sleep");
	ok_eq(host_set_time64(host_priv, set), KERN_SUCCESS, "set the clock");
	need_success(host_get_time64(mach_host_self(), &after));
	ok(after.seconds == 1234567890 && after.nanoseconds >= 500000000,
	    "it shows what was set");
	ok_eq(host_get_time(mach_host_self(), &coarse), KERN_SUCCESS,
	    "the old call too");
	ok_eq(coarse.seconds, 1234567890, "with the same seconds");
	ok_eq(host_set_time64(mach_host_self(), set), KERN_INVALID_HOST,
	    "not without the privileged port");
	set.nanoseconds = 1000000000;
	ok(host_set_time64(host_priv, set) != KERN_SUCCESS,
	    "a second has no more than 999999999 nanoseconds");
}

static void
test_processors(void)
{
	processor_array_t processors = NULL;
	mach_msg_type_number_t count = 0;
	struct processor_basic_info info;
	mach_msg_type_number_t size = PROCESSOR_BASIC_INFO_COUNT;
	mach_port_t host;

	ok_eq(host_processors(host_priv, &processors, &count), KERN_SUCCESS,
	    "list the processors");
	ok(count >= 1, "%u of them", count);
	ok_eq(processor_info(processors[0], PROCESSOR_BASIC_INFO, &host,
	    (processor_info_t)&info, &size), KERN_SUCCESS, "ask the first");
	ok_eq(info.slot_num, 0, "it is number 0");
	ok(info.running, "it is running");
	ok(info.is_master, "it is the master");
	ok_eq(processor_exit(processors[0]), KERN_FAILURE,
	    "the master does not exit");
	memory_free((vm_address_t)processors, page_size);
	ok_eq(host_processors(mach_host_self(), &processors, &count),
	    KERN_INVALID_ARGUMENT, "not without the privileged port");
}

static void
test_sets(void)
{
	mach_port_t set;
	mach_port_t control;
	mach_port_t host;
	struct processor_set_basic_info info;
	mach_msg_type_number_t count = PROCESSOR_SET_BASIC_INFO_COUNT;
	task_array_t tasks = NULL;
	mach_msg_type_number_t ntasks = 0;
	unsigned int i;
	bool found = false;

	ok_eq(processor_set_default(mach_host_self(), &set), KERN_SUCCESS,
	    "the default processor set");
	ok_eq(processor_set_info(set, PROCESSOR_SET_BASIC_INFO, &host,
	    (processor_set_info_t)&info, &count), KERN_SUCCESS, "ask it");
	ok(info.processor_count >= 1 && info.task_count >= 1 &&
	    info.thread_count >= 2, "%d processors %d tasks %d threads",
	    info.processor_count, info.task_count, info.thread_count);
	ok_eq(processor_set_tasks(set, &tasks, &ntasks),
	    KERN_INVALID_ARGUMENT, "the name does not control it");
	ok_eq(host_processor_set_priv(host_priv, set, &control),
	    KERN_SUCCESS, "its control port");
	ok_eq(processor_set_tasks(control, &tasks, &ntasks), KERN_SUCCESS,
	    "lists the tasks");
	for (i = 0; i < ntasks; i++)
		found = found || tasks[i] == task_self_port;
	ok(found, "we are among them");
	memory_free((vm_address_t)tasks, ntasks * sizeof *tasks);
}

/* Objects of the cache of that name; `total` gets the number of caches. */
static uint64_t
slab_objects(const char *name, mach_msg_type_number_t *total)
{
	static cache_info_t inlined[64];
	cache_info_array_t info = inlined;
	mach_msg_type_number_t count = 64;
	uint64_t objects = ~0ul;
	unsigned int i;

	need_success(host_slab_info(mach_host_self(), &info, &count));
	for (i = 0; i < count; i++) {
		if (strcmp(info[i].name, name) == 0)
			objects = info[i].nr_objs;
		if (info[i].nr_objs > info[i].nr_bufs)
			test_bail("%s: more objects than room", info[i].name);
	}
	list_free(info, inlined, count * sizeof *info);
	*total = count;
	return objects;
}

static void
test_slabs(void)
{
	mach_msg_type_number_t total = 0;
	uint64_t before = slab_objects("task", &total);
	mach_port_t task;

	ok(total > 10, "%u slab caches", total);
	ok(before >= 2 && before != ~0ul, "%lu tasks", before);
	need_success(task_create(task_self_port, FALSE, &task));
	ok_eq(slab_objects("task", &total), before + 1, "one more is one more");
	need_success(task_terminate(task));
	mach_port_deallocate(task_self_port, task);
	ok_eq(slab_objects("task", &total), before, "and goes");
}

static void
test_hwcaps(void)
{
	uint64_t hwcaps[16] = { 0 };
	mach_msg_type_number_t count = HWCAPS_COUNT;
	uint64_t midr = 0;
	uint64_t revidr = 0;

	ok_eq(aarch64_get_hwcaps(mach_host_self(), hwcaps, &count, &midr,
	    &revidr), KERN_SUCCESS, "hwcaps");
	ok_eq(count, HWCAPS_COUNT, "two words");
	ok((hwcaps[0] & (HWCAP_FP | HWCAP_ASIMD)) == (HWCAP_FP | HWCAP_ASIMD),
	    "FP and Advanced SIMD: 0x%lx 0x%lx", hwcaps[0], hwcaps[1]);
	ok((hwcaps[0] & (HWCAP_CPUID | HWCAP_EVTSTRM)) == 0 &&
	    (hwcaps[1] & (HWCAP2_BTI | HWCAP2_MTE | HWCAP2_SME)) == 0,
	    "nothing that the kernel does not support");
	ok(midr != 0, "MIDR 0x%lx", midr);
}

void
test_main(void)
{
	test_info();
	test_version();
	test_clock();
	test_processors();
	test_sets();
	test_slabs();
	test_hwcaps();
}
