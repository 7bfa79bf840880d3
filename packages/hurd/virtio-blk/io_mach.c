/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * io.h on Mach: registers through the mem device, DMA from
 * vm_allocate_contiguous.
 */

#include "io_mach.h"

#include <device/device.h>
#include <mach/gnumach.h>
#include <stddef.h>

static mach_port_t host_port;
static mach_port_t mem_device;

bool
io_mach_setup(mach_port_t host, mach_port_t device_master)
{
	dev_name_t name = "mem";

	host_port = host;
	return device_open(device_master, D_READ | D_WRITE, name,
	    &mem_device) == KERN_SUCCESS;
}

bool
io_map(uint64_t physical, uint64_t size, struct io_region *region)
{
	uint64_t first = physical & ~(uint64_t)(vm_page_size - 1);
	vm_size_t length = (physical - first + size + vm_page_size - 1) &
	    ~(vm_size_t)(vm_page_size - 1);
	vm_address_t address = 0;
	mach_port_t object;
	kern_return_t result;

	if (physical + size < physical || size == 0)
		return false;
	if (device_map(mem_device, VM_PROT_READ | VM_PROT_WRITE, first,
	    length, &object, 0) != KERN_SUCCESS)
		return false;
	result = vm_map(mach_task_self(), &address, length, 0, TRUE, object,
	    0, FALSE, VM_PROT_READ | VM_PROT_WRITE,
	    VM_PROT_READ | VM_PROT_WRITE, VM_INHERIT_NONE);
	mach_port_deallocate(mach_task_self(), object);
	region->base = (volatile char *)address + (physical - first);
	region->size = size;
	return result == KERN_SUCCESS;
}

#define IO_DEFINE(bits)							\
uint##bits##_t								\
io_read##bits(const struct io_region *region, uint64_t offset)		\
{									\
	return *(volatile uint##bits##_t *)				\
	    ((volatile char *)region->base + offset);			\
}									\
									\
void									\
io_write##bits(const struct io_region *region, uint64_t offset,		\
    uint##bits##_t value)						\
{									\
	io_barrier();							\
	*(volatile uint##bits##_t *)					\
	    ((volatile char *)region->base + offset) = value;		\
}

IO_DEFINE(8)
IO_DEFINE(16)
IO_DEFINE(32)

bool
io_memory_allocate(uint64_t size, struct io_memory *memory)
{
	vm_address_t address;
	rpc_phys_addr_t physical;

	size = (size + vm_page_size - 1) & ~(uint64_t)(vm_page_size - 1);
	if (vm_allocate_contiguous(host_port, mach_task_self(), &address,
	    &physical, size, 0, UINT64_MAX, vm_page_size) != KERN_SUCCESS)
		return false;
	memory->data = (void *)address;
	memory->physical = physical;
	memory->size = size;
	return true;
}

void
io_memory_free(struct io_memory *memory)
{
	vm_deallocate(mach_task_self(), (vm_address_t)memory->data,
	    memory->size);
	memory->data = NULL;
}
