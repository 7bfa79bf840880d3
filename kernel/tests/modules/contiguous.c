/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * vm_allocate_contiguous(): memory for devices.
 */
#include "lib/test.h"

#define MIB	(1UL << 20)

/* What is above all memory, and no limit. */
#define ANYWHERE	0, ~0UL

static kern_return_t
allocate(vm_size_t size, rpc_phys_addr_t minimum, rpc_phys_addr_t maximum,
    rpc_phys_addr_t align, vm_address_t *address, rpc_phys_addr_t *physical)
{
	return vm_allocate_contiguous(host_priv, task_self_port, address,
	    physical, size, minimum, maximum, align);
}

/* Each page of the range is cleared, and where it should be. */
static bool
is_contiguous(vm_address_t address, rpc_phys_addr_t physical, vm_size_t size)
{
	rpc_phys_addr_t buffer[64], *frames = buffer;
	mach_msg_type_number_t count = 64, i;
	vm_size_t at;

	need(size / page_size <= 64);
	for (at = 0; at < size; at += 8)
		if (*(uint64_t *)(address + at) != 0)
			return false;
	if (vm_pages_phys(host_priv, task_self_port, address, size,
	    &frames, &count) != KERN_SUCCESS || count != size / page_size)
		return false;
	for (i = 0; i < count; i++)
		if (frames[i] != physical + i * page_size)
			return false;
	return true;
}

static void
test_allocate(void)
{
	vm_address_t address, other;
	rpc_phys_addr_t physical, limit;

	ok_eq(allocate(65536, ANYWHERE, page_size, &address, &physical),
	    KERN_SUCCESS, "64 KiB anywhere");
	ok(is_contiguous(address, physical, 65536),
	    "cleared, and one frame after the other");
	*(uint32_t *)address = 0x12345678;
	memory_free(address, 65536);
	ok_eq(allocate(5000, ANYWHERE, MIB, &address, &physical),
	    KERN_SUCCESS, "two pages at a MiB");
	ok(physical % MIB == 0 && is_contiguous(address, physical,
	    2 * page_size), "are there");
	limit = physical + 2 * page_size - 1;
	memory_free(address, 2 * page_size);
	ok_eq(allocate(2 * page_size, 0, limit, page_size, &address,
	    &physical), KERN_SUCCESS, "memory below a limit");
	ok(physical + 2 * page_size - 1 <= limit, "is below it");
	ok_eq(allocate(page_size, physical, physical + page_size - 1,
	    page_size, &other, &limit), KERN_RESOURCE_SHORTAGE,
	    "what is taken is not given twice");
	memory_free(address, 2 * page_size);
	ok_eq(allocate(page_size, physical, physical + page_size - 1, 1,
	    &address, &limit), KERN_SUCCESS, "what was freed, is");
	ok_eq(limit, physical, "just that");
	memory_free(address, page_size);
}

static void
test_refused(void)
{
	vm_address_t address;
	rpc_phys_addr_t physical;

	ok_eq(vm_allocate_contiguous(mach_host_self(), task_self_port,
	    &address, &physical, page_size, ANYWHERE, page_size),
	    KERN_INVALID_HOST, "not without the privileged port");
	ok_eq(vm_allocate_contiguous(host_priv, MACH_PORT_NULL, &address,
	    &physical, page_size, ANYWHERE, page_size), KERN_INVALID_TASK,
	    "not without a task");
	ok_eq(allocate(0, ANYWHERE, page_size, &address, &physical),
	    KERN_INVALID_ARGUMENT, "not nothing");
	ok_eq(allocate(~0UL, ANYWHERE, page_size, &address, &physical),
	    KERN_INVALID_ARGUMENT, "not everything");
	ok_eq(allocate(page_size, ANYWHERE, 3 * page_size, &address,
	    &physical), KERN_INVALID_ARGUMENT, "a power of two aligns");
	ok_eq(allocate(page_size, 2 * MIB, MIB, page_size, &address,
	    &physical), KERN_INVALID_ARGUMENT, "limits the wrong way round");
	ok_eq(allocate(page_size, 0, page_size, page_size, &address,
	    &physical), KERN_RESOURCE_SHORTAGE, "where there is no memory");
	ok_eq(allocate(page_size, 1UL << 47, ~0UL, page_size, &address,
	    &physical), KERN_RESOURCE_SHORTAGE, "nor there");
	ok_eq(allocate(page_size, ANYWHERE, 1UL << 46, &address, &physical),
	    KERN_RESOURCE_SHORTAGE, "no memory is so aligned");
}

/* Memory comes back, whoever took it. */
static void
test_return(void)
{
	vm_statistics_data_t before, after;
	vm_address_t address;
	rpc_phys_addr_t physical;
	unsigned int i;

	for (i = 0; i < 9; i++) {
		if (i == 1)
			need_success(vm_statistics(task_self_port, &before));
		need_success(allocate(4 * MIB, ANYWHERE, MIB, &address,
		    &physical));
		*(uint64_t *)(address + 3 * MIB) = 1;
		memory_free(address, 4 * MIB);
	}
	need_success(vm_statistics(task_self_port, &after));
	ok(before.free_count - after.free_count < 64,
	    "what was allocated eight times is free again (%d pages)",
	    before.free_count - after.free_count);
}

void
test_main(void)
{
	test_allocate();
	test_refused();
	test_return();
}
