/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include "devices.h"

mach_port_t
device_open_name(const char *name)
{
	static dev_name_t buffer;
	mach_port_t device;

	need(strlen(name) < sizeof(buffer));
	memcpy(buffer, name, strlen(name) + 1);
	need_success(device_open(device_master, D_READ, buffer, &device));
	return device;
}

const struct fdt *
device_tree(void)
{
	static struct fdt fdt;
	int status[DEV_GET_SIZE_COUNT];
	mach_msg_type_number_t count = DEV_GET_SIZE_COUNT, got;
	mach_port_t device;
	vm_address_t copy;
	io_buf_ptr_t data;
	vm_size_t size, done;

	if (fdt.blob != NULL)
		return &fdt;
	device = device_open_name("devicetree");
	need_success(device_get_status(device, DEV_GET_SIZE, status, &count));
	size = (vm_size_t)status[DEV_GET_SIZE_DEVICE_SIZE];
	copy = memory_allocate(size);
	for (done = 0; done < size; done += got) {
		need_success(device_read(device, 0, done, (int)(size - done),
		    &data, &got));
		need(got != 0 && got <= size - done);
		memcpy((char *)copy + done, data, got);
		memory_free((vm_address_t)data, got);
	}
	need(fdt_open(&fdt, (void *)copy, size) == NULL);
	return &fdt;
}

fdt_node_t
device_tree_clock(void)
{
	const struct fdt *fdt = device_tree();
	fdt_node_t node;

	fdt_for_each_node(fdt, node) {
		if (fdt_compatible(fdt, node, "arm,pl031"))
			break;
	}
	need(node != FDT_NONE);
	return node;
}

int
device_tree_interrupt(fdt_node_t node)
{
	need(fdt_cell(device_tree(), node, "interrupts", 0, 1) == 0);
	return 32 + (int)fdt_cell(device_tree(), node, "interrupts", 1, 0);
}

volatile void *
device_registers(uint64_t physical, vm_size_t size)
{
	vm_address_t address = 0;
	mach_port_t object;

	need_success(device_map(device_open_name("mem"),
	    VM_PROT_READ | VM_PROT_WRITE, physical, size, &object, 0));
	need_success(vm_map(task_self_port, &address, size, 0, TRUE, object,
	    0, FALSE, VM_PROT_READ | VM_PROT_WRITE,
	    VM_PROT_READ | VM_PROT_WRITE, VM_INHERIT_NONE));
	need_success(mach_port_deallocate(task_self_port, object));
	return (volatile void *)address;
}
