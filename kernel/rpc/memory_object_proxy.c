/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Making proxies (mach4.defs).  A proxy shows one range of one object from
 * its own offset 0 on: more of either is KERN_INVALID_ARGUMENT, as in GNU
 * Mach.
 */
#include <kern/task.h>
#include <lib/macros.h>
#include <machine/memory.h>
#include <rpc/memory_object_proxy.h>
#include <vm/memory_object_proxy.h>
#include <vm/vm_map.h>

/* Cut a view down to [start, start + length); false if that is outside. */
static bool
memory_object_view_limit(struct memory_object_view *view, uint64_t start,
    uint64_t length, vm_prot_t max_protection)
{
	if ((start & PAGE_MASK) != 0 || start > view->length ||
	    length > view->length - start)
		return false;
	view->start += start;
	view->length = ALIGN_UP(length, PAGE_SIZE);
	view->max_protection &= max_protection;
	return true;
}

kern_return_t
memory_object_create_proxy(ipc_space_t task, vm_prot_t max_protection,
    memory_object_array_t object, mach_msg_type_number_t object_count,
    rpc_vm_offset_array_t offset, mach_msg_type_number_t offset_count,
    rpc_vm_offset_array_t start, mach_msg_type_number_t start_count,
    rpc_vm_size_array_t length, mach_msg_type_number_t length_count,
    ipc_port_t *proxy)
{
	struct memory_object_view view;
	struct ipc_port *port;
	kern_return_t kr = KERN_INVALID_ARGUMENT;

	if (task == NULL)
		return KERN_INVALID_TASK;
	if ((max_protection & ~VM_PROT_ALL) != 0 || object_count != 1 ||
	    offset_count != 1 || start_count != 1 || length_count != 1 ||
	    offset[0] != 0 || !IP_VALID(object[0]))
		return KERN_INVALID_ARGUMENT;
	port = object[0];
	if (!memory_object_proxy_lookup(port, &view))
		view = (struct memory_object_view){
			.port = ipc_port_copy_send(port),
			.length = MEMORY_OBJECT_SIZE,
			.max_protection = VM_PROT_ALL,
		};
	*proxy = IP_NULL;
	if (memory_object_view_limit(&view, start[0], length[0],
	    max_protection)) {
		*proxy = memory_object_proxy_create(&view);
		if (*proxy != IP_NULL) {
			ipc_port_release_send(port);
			return KERN_SUCCESS;
		}
		kr = KERN_RESOURCE_SHORTAGE;
	}
	ipc_port_release_send(view.port);
	vm_object_deallocate(view.object);
	return kr;
}

kern_return_t
vm_region_create_proxy(task_t task, vm_address_t address,
    vm_prot_t max_protection, vm_size_t length, ipc_port_t *proxy)
{
	struct memory_object_view view = { .port = IP_NULL };
	struct vm_map_region region;
	kern_return_t kr;

	if (task == NULL || (max_protection & ~VM_PROT_ALL) != 0)
		return KERN_INVALID_ARGUMENT;
	kr = vm_map_share(task->map, address, &region);
	if (kr != KERN_SUCCESS)
		return kr;
	view.object = region.object;
	view.start = region.offset;
	view.length = MIN(region.end - region.start,
	    ALIGN_UP(MIN(length, region.end - region.start), PAGE_SIZE));
	view.max_protection = region.max_protection & max_protection;
	*proxy = memory_object_proxy_create(&view);
	if (*proxy != IP_NULL)
		return KERN_SUCCESS;
	vm_object_deallocate(view.object);
	return KERN_RESOURCE_SHORTAGE;
}
