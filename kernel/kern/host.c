/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The host: what it is, and how it stops (GNU Mach manual, Host Information,
 * Host Reboot).
 */

#include <kern/host.h>

#include <kern/clock.h>
#include <kern/ipc_host.h>
#include <kern/printf.h>
#include <kern/sched.h>
#include <kern/time_info.h>
#include <lib/macros.h>
#include <lib/string.h>
#include <mach/machine/mach_aarch64_types.h>
#include <mach_aarch64.server.h>
#include <mach_host.server.h>
#include <machine/memory.h>
#include <machine/percpu.h>
#include <machine/platform.h>
#include <machine/thread.h>
#include <vm/vm_page.h>

#define MS_PER_SECOND	1000

static kern_return_t
basic_info(host_info_t info, mach_msg_type_number_t *count)
{
	const struct host_basic_info data = {
		.max_cpus = MACHINE_MAX_CPUS,
		.avail_cpus = (integer_t)machine_ncpus,
		.memory_size = vm_page_total_count() * PAGE_SIZE,
		.cpu_type = CPU_TYPE_ARM64,
		.cpu_subtype = 0,
	};

	return info_copy(info, count, &data, HOST_BASIC_INFO_COUNT);
}

static kern_return_t
processor_slots(host_info_t info, mach_msg_type_number_t *count)
{
	integer_t slots[MACHINE_MAX_CPUS];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(slots); i++)
		slots[i] = (integer_t)i;
	return info_copy(info, count, slots, machine_ncpus);
}

static kern_return_t
sched_info(host_info_t info, mach_msg_type_number_t *count)
{
	const struct host_sched_info data = {
		.min_timeout = 1,
		.min_quantum = SCHED_QUANTUM * MS_PER_SECOND / CLOCK_HZ,
	};

	return info_copy(info, count, &data, HOST_SCHED_INFO_COUNT);
}

static kern_return_t
load_info(host_info_t info, mach_msg_type_number_t *count)
{
	struct host_load_info data;

	sched_get_load(data.avenrun, data.mach_factor);
	return info_copy(info, count, &data, HOST_LOAD_INFO_COUNT);
}

kern_return_t
host_info(host_t host, int flavor, host_info_t info,
    mach_msg_type_number_t *count)
{
	if (host == HOST_NULL)
		return KERN_INVALID_ARGUMENT;
	switch (flavor) {
	case HOST_BASIC_INFO:
		return basic_info(info, count);
	case HOST_PROCESSOR_SLOTS:
		return processor_slots(info, count);
	case HOST_SCHED_INFO:
		return sched_info(info, count);
	case HOST_LOAD_INFO:
		return load_info(info, count);
	default:
		return KERN_INVALID_ARGUMENT;
	}
}

kern_return_t
host_get_kernel_version(host_t host, kernel_version_t version)
{
	if (host == HOST_NULL)
		return KERN_INVALID_ARGUMENT;
	/* All of it is sent. */
	memset(version, 0, sizeof(kernel_version_t));
	strlcpy(version, "hurd-arm64 mach " KERNEL_VERSION,
	    sizeof(kernel_version_t));
	return KERN_SUCCESS;
}

kern_return_t
host_reboot(host_t host, int options)
{
	if (host == HOST_NULL)
		return KERN_INVALID_HOST;
	/* There is no debugger to enter. */
	if ((options & RB_DEBUGGER) != 0)
		return KERN_FAILURE;
	if ((options & RB_HALT) != 0) {
		kprintf("host: power off\n");
		machine_power_off();
	}
	kprintf("host: restart\n");
	machine_reset();
}

kern_return_t
aarch64_get_hwcaps(host_t host, hwcaps_t hwcaps,
    mach_msg_type_number_t *count, uint64_t *midr, uint64_t *revidr)
{
	uint64_t all[HWCAPS_COUNT];

	if (host == HOST_NULL)
		return KERN_INVALID_ARGUMENT;
	machine_get_hwcaps(all, midr, revidr);
	*count = MIN(*count, (mach_msg_type_number_t)HWCAPS_COUNT);
	memcpy(hwcaps, all, *count * sizeof(all[0]));
	return KERN_SUCCESS;
}
