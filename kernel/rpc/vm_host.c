/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The vm_* routines that a host port allows, and statistics (GNU Mach
 * manual, "Virtual Memory Interface").
 */
#include <kern/ipc_host.h>
#include <kern/kalloc.h>
#include <kern/slab.h>
#include <lib/macros.h>
#include <machine/memory.h>
#include <rpc/vm.h>
#include <vm/memory_object_default.h>
#include <vm/vm_map.h>
#include <vm/vm_object.h>
#include <vm/vm_page.h>
#include <vm/vm_page_queue.h>
#include <vm/vm_pageout.h>
#include <vm/vm_stat.h>

/* What a task may wire without the host's control port, bytes. */
#define VM_WIRE_UNPRIVILEGED	(64UL << 10)

kern_return_t
vm_statistics(vm_map_t map, vm_statistics_data_t *statistics)
{
	if (map == VM_MAP_NULL)
		return KERN_INVALID_ARGUMENT;
	*statistics = vm_stat;
	statistics->pagesize = PAGE_SIZE;
	statistics->free_count = (integer_t)vm_page_free_count();
	vm_page_queue_flush();
	statistics->active_count = (integer_t)
	    vm_page_queue_count(VM_PAGE_QUEUE_ACTIVE);
	statistics->inactive_count = (integer_t)
	    vm_page_queue_count(VM_PAGE_QUEUE_INACTIVE);
	return KERN_SUCCESS;
}

/*
 * Pages that the slab caches hold, *reclaim of them in slabs that are free; 0
 * without memory to count them.
 */
static uint64_t
vm_slab_pages(uint64_t *reclaim)
{
	size_t count = slab_info(NULL, 0);
	size_t size = count * sizeof(struct slab_info);
	struct slab_info *infos = kalloc(size);
	uint64_t bytes = 0;
	size_t i;

	if (infos == NULL)
		return 0;
	count = MIN(slab_info(infos, count), count);
	for (i = 0; i < count; i++) {
		bytes += infos[i].slabs * infos[i].slab_size;
		*reclaim += infos[i].free_slabs * infos[i].slab_size >>
		    PAGE_SHIFT;
	}
	kfree(infos, size);
	return bytes >> PAGE_SHIFT;
}

kern_return_t
vm_cache_statistics(vm_map_t map, vm_cache_statistics_data_t *statistics)
{
	const struct vm_page_queue *active =
	    &vm_page_queues[VM_PAGE_QUEUE_ACTIVE];
	const struct vm_page_queue *inactive =
	    &vm_page_queues[VM_PAGE_QUEUE_INACTIVE];
	uint64_t cached, pages, reclaim = 0;

	if (map == VM_MAP_NULL)
		return KERN_INVALID_ARGUMENT;
	memory_object_cache_count(&cached, &pages);
	vm_page_queue_flush();
	*statistics = (vm_cache_statistics_data_t){
		.cache_object_count = (integer_t)cached,
		.cache_count = (integer_t)pages,
		.active_tmp_count = (integer_t)(active->count -
		    active->pager_count),
		.inactive_tmp_count = (integer_t)(inactive->count -
		    inactive->pager_count),
		.active_perm_count = (integer_t)active->pager_count,
		.inactive_perm_count = (integer_t)inactive->pager_count,
		.dirty_count = (integer_t)vm_page_queue_dirty(),
		.laundry_count = (integer_t)(
		    vm_page_queue_count(VM_PAGE_QUEUE_LAUNDRY) +
		    vm_page_queue_count(VM_PAGE_QUEUE_RETURNED)),
		.slab_count = (integer_t)vm_slab_pages(&reclaim),
	};
	statistics->slab_reclaim_count = (integer_t)reclaim;
	return KERN_SUCCESS;
}

/* Without a port, only tell what the manager is. */
kern_return_t
vm_set_default_memory_manager(host_t host, ipc_port_t *manager)
{
	struct ipc_port *old;

	if (host == HOST_NULL)
		return KERN_INVALID_ARGUMENT;
	if (!IP_VALID(*manager)) {
		*manager = memory_object_default_port();
		return KERN_SUCCESS;
	}
	old = memory_object_default_set(*manager);
	vm_pageout_retry();
	*manager = old;
	return KERN_SUCCESS;
}

kern_return_t
vm_wire(ipc_port_t host, vm_map_t map, vm_address_t address, vm_size_t size,
    vm_prot_t access)
{
	uint64_t limit = UINT64_MAX;
	uintptr_t start, end;
	kern_return_t kr;

	if (convert_port_to_host(host) == HOST_NULL)
		return KERN_INVALID_HOST;
	if (map == VM_MAP_NULL)
		return KERN_INVALID_TASK;
	if ((access & ~VM_PROT_ALL) != 0)
		return KERN_INVALID_VALUE;
	kr = vm_range(map, address, size, &start, &end);
	if (kr != KERN_SUCCESS)
		return KERN_NO_SPACE;
	if (convert_port_to_host_priv(host) == HOST_NULL)
		limit = VM_WIRE_UNPRIVILEGED;
	return vm_map_wire(map, start, end, access, limit);
}

kern_return_t
vm_wire_all(ipc_port_t host, vm_map_t map, vm_wire_t flags)
{
	if (convert_port_to_host_priv(host) == HOST_NULL)
		return KERN_INVALID_HOST;
	if (map == VM_MAP_NULL)
		return KERN_INVALID_TASK;
	if ((flags & ~VM_WIRE_ALL) != 0)
		return KERN_INVALID_VALUE;
	return vm_map_wire_all(map, (flags & VM_WIRE_CURRENT) != 0,
	    (flags & VM_WIRE_FUTURE) != 0);
}

/* Contiguous, cleared frames as an object. */
static kern_return_t
vm_contiguous_object(uint64_t count, uint64_t minimum, uint64_t maximum,
    uint64_t align, struct vm_object **object, uint64_t *physical)
{
	struct vm_page *pages = vm_page_alloc_contiguous(count, minimum,
	    maximum, align);
	uint64_t i;

	if (pages == NULL)
		return KERN_RESOURCE_SHORTAGE;
	for (i = 0; i < count; i++)
		machine_page_clear(vm_page_to_direct(&pages[i]));
	*object = vm_object_create_pages(pages, count);
	if (*object == NULL) {
		for (i = 0; i < count; i++)
			vm_page_free(&pages[i]);
		return KERN_RESOURCE_SHORTAGE;
	}
	*physical = vm_page_to_phys(pages);
	return KERN_SUCCESS;
}

kern_return_t
vm_allocate_contiguous(host_t host, vm_map_t map, vm_address_t *vaddr,
    rpc_phys_addr_t *paddr, vm_size_t size, rpc_phys_addr_t minimum,
    rpc_phys_addr_t maximum, rpc_phys_addr_t align)
{
	struct vm_object *object;
	uintptr_t address = 0;
	uint64_t physical;
	kern_return_t kr;

	if (host == HOST_NULL)
		return KERN_INVALID_HOST;
	if (map == VM_MAP_NULL)
		return KERN_INVALID_TASK;
	align = MAX(align, (rpc_phys_addr_t)PAGE_SIZE);
	if (size == 0 || size > vm_page_memory_size() || minimum > maximum ||
	    !IS_POWER_OF_TWO(align))
		return KERN_INVALID_ARGUMENT;
	size = ALIGN_UP(size, PAGE_SIZE);
	kr = vm_contiguous_object(size >> PAGE_SHIFT, minimum, maximum,
	    align, &object, &physical);
	if (kr != KERN_SUCCESS)
		return kr;
	kr = vm_map_enter(map, &address, size, 0, true, object, 0, false,
	    VM_PROT_DEFAULT, VM_PROT_DEFAULT, VM_INHERIT_DEFAULT);
	if (kr != KERN_SUCCESS) {
		vm_object_deallocate(object);
		return kr;
	}
	*vaddr = address;
	*paddr = physical;
	return KERN_SUCCESS;
}

/* The frames of `count` pages from `address` on. */
static kern_return_t
vm_list_frames(vm_map_t map, vm_address_t address, uint64_t count,
    rpc_phys_addr_t *frames)
{
	kern_return_t kr = KERN_SUCCESS;
	uint64_t i;

	for (i = 0; i < count && kr == KERN_SUCCESS; i++)
		kr = vm_map_page_phys(map, address + (i << PAGE_SHIFT),
		    &frames[i]);
	return kr;
}

/* More than go in line come as memory of their own. */
kern_return_t
vm_pages_phys(host_t host, vm_map_t map, vm_address_t address,
    vm_size_t size, rpc_phys_addr_array_t *pages,
    mach_msg_type_number_t *count)
{
	const uint64_t total = size >> PAGE_SHIFT;
	rpc_phys_addr_t *frames;
	vm_map_copy_t copy;
	kern_return_t kr;

	if (host == HOST_NULL)
		return KERN_INVALID_HOST;
	if (map == VM_MAP_NULL)
		return KERN_INVALID_TASK;
	if (((address | size) & PAGE_MASK) != 0 || size > map->maximum ||
	    address > map->maximum - size)
		return KERN_INVALID_ARGUMENT;
	if (total <= *count) {
		*count = (mach_msg_type_number_t)total;
		return vm_list_frames(map, address, total, *pages);
	}
	frames = total > UINT32_MAX ? NULL
	    : kalloc(total * sizeof(frames[0]));
	if (frames == NULL)
		return KERN_RESOURCE_SHORTAGE;
	kr = vm_list_frames(map, address, total, frames);
	if (kr == KERN_SUCCESS)
		kr = vm_map_copy_create(frames, total * sizeof(frames[0]),
		    &copy);
	kfree(frames, total * sizeof(frames[0]));
	if (kr != KERN_SUCCESS)
		return kr;
	*pages = (rpc_phys_addr_array_t)copy;
	*count = (mach_msg_type_number_t)total;
	return KERN_SUCCESS;
}

kern_return_t
vm_set_size_limit(ipc_port_t host, vm_map_t map, vm_size_t current,
    vm_size_t maximum)
{
	bool privileged = convert_port_to_host_priv(host) != HOST_NULL;
	kern_return_t kr = KERN_SUCCESS;

	if (convert_port_to_host(host) == HOST_NULL)
		return KERN_INVALID_HOST;
	if (map == VM_MAP_NULL)
		return KERN_INVALID_TASK;
	if (current > maximum)
		return KERN_INVALID_ARGUMENT;
	mutex_lock(&map->lock);
	if (maximum > map->size_limit_max && !privileged)
		kr = KERN_NO_ACCESS;
	else {
		map->size_limit = current;
		map->size_limit_max = maximum;
	}
	mutex_unlock(&map->lock);
	return kr;
}

kern_return_t
vm_get_size_limit(vm_map_t map, vm_size_t *current, vm_size_t *maximum)
{
	if (map == VM_MAP_NULL)
		return KERN_INVALID_ARGUMENT;
	mutex_lock(&map->lock);
	*current = map->size_limit;
	*maximum = map->size_limit_max;
	mutex_unlock(&map->lock);
	return KERN_SUCCESS;
}
