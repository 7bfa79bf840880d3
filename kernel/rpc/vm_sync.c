/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Caches and backing store: vm_machine_attribute, vm_msync, vm_object_sync.
 */
#include <rpc/vm.h>
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

kern_return_t
vm_msync(vm_map_t map, vm_address_t address, vm_size_t size, vm_sync_t flags)
{
	const vm_sync_t both = VM_SYNC_SYNCHRONOUS | VM_SYNC_ASYNCHRONOUS;
	uintptr_t start, end;

	if ((flags & both) == both)
		return KERN_INVALID_ARGUMENT;
	/* Memory without a pager is in sync with itself. */
	return vm_sync_check(map, address, size, &start, &end);
}

kern_return_t
vm_object_sync(vm_object_t object, vm_offset_t offset, vm_size_t size,
    boolean_t should_flush, boolean_t should_return, boolean_t should_iosync)
{
	if (object == VM_OBJECT_NULL)
		return KERN_INVALID_ARGUMENT;
	if (offset > object->size || size > object->size - offset)
		return KERN_INVALID_ARGUMENT;
	return KERN_SUCCESS;
}
