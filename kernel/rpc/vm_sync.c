/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Caches and backing store: vm_machine_attribute, vm_msync, vm_object_sync.
 */
#include <lib/macros.h>
#include <rpc/vm.h>
#include <vm/memory_object.h>
#include <vm/memory_object_returned.h>
#include <vm/pmap.h>
#include <vm/vm_map.h>
#include <vm/vm_object.h>

/* Every page of the range is mapped. */
static kern_return_t
vm_sync_check(vm_map_t map, vm_address_t address, vm_size_t size,
    uintptr_t *start, uintptr_t *end)
{
	kern_return_t kr = vm_range(map, address, size, start, end);

	if (kr != KERN_SUCCESS)
		return kr;
	mutex_lock(&map->lock);
	kr = vm_map_check(map, *start, *end, VM_PROT_NONE);
	mutex_unlock(&map->lock);
	return kr;
}

kern_return_t
vm_machine_attribute(vm_map_t map, vm_address_t address, vm_size_t size,
    vm_machine_attribute_t attribute, vm_machine_attribute_val_t *value)
{
	uintptr_t start, end;

	if (attribute != MATTR_CACHE ||
	    vm_sync_check(map, address, size, &start, &end) != KERN_SUCCESS)
		return KERN_INVALID_ARGUMENT;
	switch (*value) {
	case MATTR_VAL_GET:
		*value = MATTR_VAL_ON;
		return KERN_SUCCESS;
	case MATTR_VAL_ON:
		return KERN_SUCCESS;
	case MATTR_VAL_CACHE_FLUSH:
	case MATTR_VAL_DCACHE_FLUSH:
	case MATTR_VAL_ICACHE_FLUSH:
		pmap_flush_caches(map->pmap, start, end);
		return KERN_SUCCESS;
	default:
		return KERN_INVALID_ARGUMENT;
	}
}

/* How to bring a range of an object in sync with its pager. */
struct vm_sync {
	bool clean;			/* return what was changed */
	bool flush;			/* and give up all pages */
	bool wait;			/* until the pager has stored it */
};

static kern_return_t
vm_sync_return(struct vm_object *object, uint64_t start, uint64_t end,
    bool flush)
{
	struct memory_object_clean what = {
		.start = start,
		.end = end,
		.should_return = flush ? MEMORY_OBJECT_RETURN_ALL :
		    MEMORY_OBJECT_RETURN_DIRTY,
		.flush = flush,
		.lock = VM_PROT_NO_CHANGE,
	};
	struct memory_object_ports rights;
	kern_return_t kr;

	if (!memory_object_rights(object, &rights))
		return KERN_SUCCESS;
	kr = memory_object_clean(object, &rights, &what);
	ipc_port_release_send(rights.control);
	ipc_port_release_send(rights.pager);
	return kr;
}

/*
 * Memory without a pager is in sync with itself.  Waiting, for all that was
 * returned before too, may fail as memory_object_returned_wait() has it.
 */
static kern_return_t
vm_sync_object(struct vm_object *object, uint64_t start, uint64_t end,
    const struct vm_sync *how)
{
	kern_return_t kr = KERN_SUCCESS;

	if (!object->external)
		return KERN_SUCCESS;
	if (how->clean || how->flush)
		kr = vm_sync_return(object, start, end, how->flush);
	if (kr == KERN_SUCCESS && how->wait)
		kr = memory_object_returned_wait(object, start, end);
	return kr;
}

/*
 * No manual says more than the names in mach/vm_sync.h.  ASYNCHRONOUS: the
 * pager is sent what was changed.  SYNCHRONOUS: and has stored it.
 * INVALIDATE: and the kernel keeps nothing; alone, it does not wait.
 */
kern_return_t
vm_msync(vm_map_t map, vm_address_t address, vm_size_t size, vm_sync_t flags)
{
	const vm_sync_t both = VM_SYNC_SYNCHRONOUS | VM_SYNC_ASYNCHRONOUS;
	struct vm_sync how = {
		.clean = true,
		.flush = (flags & VM_SYNC_INVALIDATE) != 0,
		.wait = (flags & VM_SYNC_SYNCHRONOUS) != 0,
	};
	struct vm_map_region region;
	uintptr_t start, end, limit;
	uint64_t offset;
	kern_return_t kr;

	if ((flags & both) == both ||
	    (flags & ~(both | VM_SYNC_INVALIDATE)) != 0)
		return KERN_INVALID_ARGUMENT;
	kr = vm_sync_check(map, address, size, &start, &end);
	if ((flags & (both | VM_SYNC_INVALIDATE)) == 0)
		return kr;
	for (; start < end && kr == KERN_SUCCESS; start = limit) {
		if (vm_map_region(map, start, &region) != KERN_SUCCESS)
			break;
		limit = MIN(end, region.end);
		start = MAX(start, region.start);
		offset = region.offset + (start - region.start);
		if (region.object != NULL && start < limit)
			kr = vm_sync_object(region.object, offset,
			    offset + (limit - start), &how);
		vm_object_deallocate(region.object);
	}
	return kr;
}

/*
 * should_flush does not throw changes away: they are returned with it in any
 * case.  should_iosync: wait until the pager has stored what it was given.
 */
kern_return_t
vm_object_sync(vm_object_t object, vm_offset_t offset, vm_size_t size,
    boolean_t should_flush, boolean_t should_return, boolean_t should_iosync)
{
	struct vm_sync how = {
		.clean = should_return != 0,
		.flush = should_flush != 0,
		.wait = should_iosync != 0,
	};

	if (object == VM_OBJECT_NULL)
		return KERN_INVALID_ARGUMENT;
	if (offset > object->size || size > object->size - offset)
		return KERN_INVALID_ARGUMENT;
	return vm_sync_object(object, ALIGN_DOWN(offset, PAGE_SIZE),
	    ALIGN_UP(offset + size, PAGE_SIZE), &how);
}
