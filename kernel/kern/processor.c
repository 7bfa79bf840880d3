/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Processors (GNU Mach manual, Processor Interface).
 */

#include <kern/processor.h>

#include <kern/host.h>
#include <kern/ipc_host.h>
#include <kern/kalloc.h>
#include <kern/time_info.h>
#include <mach_host.server.h>
#include <machine/percpu.h>

kern_return_t
host_processors(host_t host, processor_array_t *list,
    mach_msg_type_number_t *count)
{
	mach_port_t *ports;
	unsigned int i;

	if (host == HOST_NULL)
		return KERN_INVALID_ARGUMENT;
	ports = kalloc(machine_ncpus * sizeof(ports[0]));
	if (ports == NULL)
		return KERN_RESOURCE_SHORTAGE;
	for (i = 0; i < machine_ncpus; i++)
		ports[i] = (mach_port_t)convert_processor_to_port(
		    &processors[i]);
	*list = ports;
	*count = machine_ncpus;
	return KERN_SUCCESS;
}

kern_return_t
processor_set_processors(processor_set_t set, processor_name_array_t *list,
    mach_msg_type_number_t *count)
{
	mach_port_t *ports;
	unsigned int i;

	if (set == PROCESSOR_SET_NULL)
		return KERN_INVALID_ARGUMENT;
	ports = kalloc(machine_ncpus * sizeof(ports[0]));
	if (ports == NULL)
		return KERN_RESOURCE_SHORTAGE;
	for (i = 0; i < machine_ncpus; i++)
		ports[i] = (mach_port_t)convert_processor_name_to_port(
		    &processors[i]);
	*list = ports;
	*count = machine_ncpus;
	return KERN_SUCCESS;
}

kern_return_t
processor_info(processor_t processor, int flavor, host_t *host,
    processor_info_t info, mach_msg_type_number_t *count)
{
	struct processor_basic_info data;

	if (processor == PROCESSOR_NULL || flavor != PROCESSOR_BASIC_INFO)
		return KERN_INVALID_ARGUMENT;
	data.cpu_type = CPU_TYPE_ARM64;
	data.cpu_subtype = 0;
	data.running = percpu_table[processor->slot].current != NULL;
	data.slot_num = (integer_t)processor->slot;
	data.is_master = processor->slot == 0;
	*host = &realhost;
	return info_copy(info, count, &data, PROCESSOR_BASIC_INFO_COUNT);
}

/* All processors run from the start until the end. */
kern_return_t
processor_start(processor_t processor)
{
	return processor == PROCESSOR_NULL ? KERN_INVALID_ARGUMENT
	    : KERN_FAILURE;
}

kern_return_t
processor_exit(processor_t processor)
{
	return processor == PROCESSOR_NULL ? KERN_INVALID_ARGUMENT
	    : KERN_FAILURE;
}

kern_return_t
processor_control(processor_t processor, const processor_info_t command,
    mach_msg_type_number_t count)
{
	return processor == PROCESSOR_NULL ? KERN_INVALID_ARGUMENT
	    : KERN_FAILURE;
}

/* The only set there is, is the one it is in. */
kern_return_t
processor_assign(processor_t processor, processor_set_t set, boolean_t wait)
{
	if (processor == PROCESSOR_NULL || set == PROCESSOR_SET_NULL)
		return KERN_INVALID_ARGUMENT;
	return KERN_SUCCESS;
}

kern_return_t
processor_get_assignment(processor_t processor, processor_set_t *set)
{
	if (processor == PROCESSOR_NULL)
		return KERN_INVALID_ARGUMENT;
	*set = &default_pset;
	return KERN_SUCCESS;
}
