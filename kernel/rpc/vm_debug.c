/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Regions, objects and pages for debuggers (mach_debug.defs).
 */
#include <ipc/ipc_port.h>
#include <kern/kalloc.h>
#include <lib/macros.h>
#include <lib/string.h>
#include <machine/memory.h>
#include <mach/mach_types.h>
#include <mach_debug/mach_debug_types.h>
#include <rpc/vm_debug.h>
#include <vm/vm_map.h>
#include <vm/vm_object.h>
#include <vm/vm_page.h>

/* Addresses in the kernel tell objects apart; they say no more to users. */
static rpc_vm_offset_t
vm_object_mark(const struct vm_object *object)
{
	return (rpc_vm_offset_t)(uintptr_t)object & 0xffffffffffff;
}

kern_return_t
mach_vm_region_info(vm_map_t map, vm_address_t address,
    vm_region_info_t *info, ipc_port_t *object)
{
	struct vm_map_region region;
	kern_return_t kr;

	if (map == VM_MAP_NULL)
		return KERN_INVALID_TASK;
	kr = vm_map_region(map, address, &region);
	if (kr != KERN_SUCCESS)
		return kr;
	/* There are holes in it, too. */
	memset(info, 0, sizeof(*info));
	*info = (vm_region_info_t){
		.vri_start = region.start,
		.vri_end = region.end,
		.vri_protection = region.protection,
		.vri_max_protection = region.max_protection,
		.vri_inheritance = region.inheritance,
		.vri_wired_count = region.wired,
		.vri_user_wired_count = region.wired,
		.vri_object = vm_object_mark(region.object),
		.vri_offset = region.offset,
		.vri_needs_copy = region.needs_copy,
		.vri_sharing = region.shared,
	};
	*object = vm_object_name_port(region.object);
	vm_object_deallocate(region.object);
	return KERN_SUCCESS;
}

static vm_object_info_state_t
vm_object_state(const struct vm_object *object)
{
	vm_object_info_state_t state = VOI_STATE_ALIVE;

	if (object->pager_created)
		state |= VOI_STATE_PAGER_CREATED;
	if (object->pager_initialized)
		state |= VOI_STATE_PAGER_INITIALIZED;
	if (object->pager_ready)
		state |= VOI_STATE_PAGER_READY;
	if (object->can_persist)
		state |= VOI_STATE_CAN_PERSIST;
	if (object->internal)
		state |= VOI_STATE_INTERNAL;
	if (object->temporary)
		state |= VOI_STATE_TEMPORARY;
	return state;
}

kern_return_t
mach_vm_object_info(vm_object_t object, vm_object_info_t *info,
    ipc_port_t *shadow, ipc_port_t *copy)
{
	struct vm_object *lower;

	if (object == VM_OBJECT_NULL)
		return KERN_INVALID_ARGUMENT;
	memset(info, 0, sizeof(*info));
	spin_lock(&object->lock);
	*info = (vm_object_info_t){
		.voi_object = vm_object_mark(object),
		.voi_pagesize = PAGE_SIZE,
		.voi_size = object->size,
		.voi_ref_count = object->references,
		.voi_resident_page_count =
		    (unsigned int)object->resident_count,
		.voi_copy = vm_object_mark(object->copy),
		.voi_shadow = vm_object_mark(object->shadow),
		.voi_shadow_offset = object->shadow_offset,
		.voi_paging_offset = object->paging_offset,
		.voi_copy_strategy = object->copy_strategy,
		.voi_paging_in_progress = object->paging_in_progress,
		.voi_state = vm_object_state(object),
	};
	lower = object->shadow;
	if (lower != NULL)
		vm_object_reference(lower);
	spin_unlock(&object->lock);
	*shadow = vm_object_name_port(lower);
	vm_object_deallocate(lower);
	*copy = IP_NULL;
	return KERN_SUCCESS;
}

static vm_page_info_state_t
vm_page_state(const struct vm_page *page)
{
	vm_page_info_state_t state = VPI_STATE_TABLED | VPI_STATE_ACTIVE;

	if ((page->flags & VM_PAGE_BUSY) != 0)
		state |= VPI_STATE_BUSY;
	if ((page->flags & VM_PAGE_ABSENT) != 0)
		state |= VPI_STATE_ABSENT;
	if ((page->flags & VM_PAGE_ERROR) != 0)
		state |= VPI_STATE_ERROR;
	if ((page->flags & VM_PAGE_DIRTY) != 0)
		state |= VPI_STATE_DIRTY;
	if ((page->flags & VM_PAGE_PRECIOUS) != 0)
		state |= VPI_STATE_PRECIOUS;
	return state;
}

/* The page at or above *offset, described; false at the end. */
static bool
vm_object_describe_page(struct vm_object *object, uint64_t *offset,
    vm_page_phys_info_t *info)
{
	const struct vm_page *page = vm_object_page_next(object, *offset);

	if (page == NULL)
		return false;
	*offset = page->offset + PAGE_SIZE;
	*info = (vm_page_phys_info_t){
		.vpi_offset = page->offset,
		.vpi_phys_addr = vm_page_to_phys(page),
		.vpi_wire_count = page->wire_count,
		.vpi_state = vm_page_state(page),
	};
	return true;
}

/* What is told of a page, with or without the whole of its address. */
static void
page_info_put(void *list, uint64_t index, bool phys,
    const vm_page_phys_info_t *info)
{
	if (phys) {
		((vm_page_phys_info_t *)list)[index] = *info;
		return;
	}
	((vm_page_info_t *)list)[index] = (vm_page_info_t){
		.vpi_offset = info->vpi_offset,
		.vpi_phys_addr = (unsigned int)info->vpi_phys_addr,
		.vpi_wire_count = info->vpi_wire_count,
		.vpi_state = info->vpi_state,
	};
}

/* Describe the pages, `room` at most.  Returns how many there are. */
static uint64_t
vm_object_list_pages(struct vm_object *object, void *list, uint64_t room,
    bool phys, uint64_t *used)
{
	vm_page_phys_info_t info;
	uint64_t offset = 0, total;

	spin_lock(&object->lock);
	total = object->resident_count;
	for (*used = 0; *used < room &&
	    vm_object_describe_page(object, &offset, &info); ++*used)
		page_info_put(list, *used, phys, &info);
	spin_unlock(&object->lock);
	return total;
}

/* In line if there is room, else as memory of its own. */
static kern_return_t
vm_object_pages(struct vm_object *object, void **pages,
    mach_msg_type_number_t *count, bool phys)
{
	const size_t entry = phys ? sizeof(vm_page_phys_info_t)
	    : sizeof(vm_page_info_t);
	uint64_t room = *count, used, total;
	void *list = *pages;
	vm_map_copy_t copy;
	kern_return_t kr;

	while ((total = vm_object_list_pages(object, list, room, phys,
	    &used)) > room) {
		if (list != *pages)
			kfree(list, room * entry);
		room = total;
		if (room > UINT32_MAX / entry)
			return KERN_RESOURCE_SHORTAGE;
		list = kalloc(room * entry);
		if (list == NULL)
			return KERN_RESOURCE_SHORTAGE;
	}
	*count = (mach_msg_type_number_t)used;
	if (list == *pages)
		return KERN_SUCCESS;
	kr = vm_map_copy_create(list, used * entry, &copy);
	kfree(list, room * entry);
	if (kr == KERN_SUCCESS)
		*pages = copy;
	return kr;
}

kern_return_t
mach_vm_object_pages_phys(vm_object_t object,
    vm_page_phys_info_array_t *pages, mach_msg_type_number_t *count)
{
	void *list = *pages;
	kern_return_t kr;

	if (object == VM_OBJECT_NULL)
		return KERN_INVALID_ARGUMENT;
	kr = vm_object_pages(object, &list, count, true);
	*pages = list;
	return kr;
}

kern_return_t
mach_vm_object_pages(vm_object_t object, vm_page_info_array_t *pages,
    mach_msg_type_number_t *count)
{
	void *list = *pages;
	kern_return_t kr;

	if (object == VM_OBJECT_NULL)
		return KERN_INVALID_ARGUMENT;
	kr = vm_object_pages(object, &list, count, false);
	*pages = list;
	return kr;
}
