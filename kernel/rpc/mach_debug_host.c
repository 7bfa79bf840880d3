/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * mach_debug.defs: kernel stacks, and the table of pages.
 */
#include <kern/host.h>
#include <kern/processor.h>
#include <mach/mach_types.h>
#include <mach_debug/mach_debug_types.h>
#include <machine/memory.h>
#include <vm/vm_page_queue.h>

#include <mach_debug.server.h>

/*
 * Each thread has a stack, which stays in memory while it lives.  How deep
 * they got is not watched (a page without access ends each): no maximum.
 */
static void
stack_usage(unsigned *total, vm_size_t *space, vm_size_t *resident,
    vm_size_t *maximum, vm_offset_t *stack)
{
	*total = processor_set_thread_count();
	*space = *total * KERNEL_STACK_SIZE;
	*resident = *space;
	*maximum = 0;
	*stack = 0;
}

kern_return_t
host_stack_usage(host_t host, vm_size_t *reserved, unsigned *total,
    vm_size_t *space, vm_size_t *resident, vm_size_t *maximum,
    vm_offset_t *stack)
{
	if (host == HOST_NULL)
		return KERN_INVALID_HOST;
	*reserved = 0;
	stack_usage(total, space, resident, maximum, stack);
	return KERN_SUCCESS;
}

kern_return_t
processor_set_stack_usage(processor_set_t set, unsigned *total,
    vm_size_t *space, vm_size_t *resident, vm_size_t *maximum,
    vm_offset_t *stack)
{
	if (set == PROCESSOR_SET_NULL)
		return KERN_INVALID_ARGUMENT;
	stack_usage(total, space, resident, maximum, stack);
	return KERN_SUCCESS;
}

/* Each object has a tree of its own: one bucket with the pages of all. */
kern_return_t
host_virtual_physical_table_info(host_t host, hash_info_bucket_array_t *info,
    mach_msg_type_number_t *count)
{
	if (host == HOST_NULL)
		return KERN_INVALID_HOST;
	if (*count > 0) {
		(*info)[0].hib_count = (unsigned int)vm_page_queue_resident();
		*count = 1;
	}
	return KERN_SUCCESS;
}
