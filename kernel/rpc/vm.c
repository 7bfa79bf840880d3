/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The vm_* routines of mach.defs and mach4.defs on a task's map (GNU Mach
 * manual, "Virtual Memory Interface").  A null map answers
 * KERN_INVALID_ARGUMENT.  Out-of-line data is a vm_map_copy_t in the
 * argument's C type; it is consumed on success only.
 */
#include <ipc/ipc_port.h>
#include <lib/macros.h>
#include <machine/memory.h>
#include <mach/mach_types.h>
#include <mach/message.h>
#include <rpc/vm.h>
#include <vm/memory_object.h>
#include <vm/memory_object_proxy.h>
#include <vm/vm_map.h>
#include <vm/vm_object.h>

kern_return_t
vm_range(const struct vm_map *map, vm_address_t address, vm_size_t size,
    uintptr_t *start, uintptr_t *end)
{
	if (map == VM_MAP_NULL)
		return KERN_INVALID_ARGUMENT;
	if (size > map->maximum || address > map->maximum - size)
		return KERN_INVALID_ADDRESS;
	*start = ALIGN_DOWN(address, PAGE_SIZE);
	*end = size == 0 ? *start : ALIGN_UP(address + size, PAGE_SIZE);
	return KERN_SUCCESS;
}

kern_return_t
vm_allocate(vm_map_t map, vm_address_t *address, vm_size_t size,
    boolean_t anywhere)
{
	uintptr_t start = *address;
	uint64_t inside = anywhere ? 0 : start & PAGE_MASK;
	kern_return_t kr;

	if (map == VM_MAP_NULL)
		return KERN_INVALID_ARGUMENT;
	if (size == 0) {
		*address = 0;
		return KERN_SUCCESS;
	}
	if (size > map->maximum)
		return KERN_NO_SPACE;
	kr = vm_map_enter(map, &start, size + inside, 0, anywhere != 0, NULL,
	    0, false, VM_PROT_DEFAULT, VM_PROT_ALL, VM_INHERIT_DEFAULT);
	if (kr == KERN_SUCCESS)
		*address = start;
	return kr;
}

kern_return_t
vm_deallocate(vm_map_t map, vm_address_t address, vm_size_t size)
{
	uintptr_t start, end;
	kern_return_t kr = vm_range(map, address, size, &start, &end);

	return kr != KERN_SUCCESS ? kr : vm_map_remove(map, start, end);
}

kern_return_t
vm_protect(vm_map_t map, vm_address_t address, vm_size_t size,
    boolean_t set_maximum, vm_prot_t protection)
{
	uintptr_t start, end;
	kern_return_t kr = vm_range(map, address, size, &start, &end);

	if (kr != KERN_SUCCESS)
		return kr;
	if ((protection & ~VM_PROT_ALL) != 0)
		return KERN_INVALID_ARGUMENT;
	return vm_map_protect(map, start, end, protection, set_maximum != 0);
}

static bool
vm_inherit_valid(vm_inherit_t inheritance)
{
	return inheritance == VM_INHERIT_SHARE ||
	    inheritance == VM_INHERIT_COPY || inheritance == VM_INHERIT_NONE;
}

kern_return_t
vm_inherit(vm_map_t map, vm_address_t address, vm_size_t size,
    vm_inherit_t inheritance)
{
	uintptr_t start, end;
	kern_return_t kr = vm_range(map, address, size, &start, &end);

	if (kr != KERN_SUCCESS)
		return kr;
	if (!vm_inherit_valid(inheritance))
		return KERN_INVALID_ARGUMENT;
	return vm_map_inherit(map, start, end, inheritance);
}

kern_return_t
vm_read(vm_map_t map, vm_address_t address, vm_size_t size,
    vm_offset_t *data, mach_msg_type_number_t *count)
{
	vm_map_copy_t copy;
	kern_return_t kr;

	if (map == VM_MAP_NULL ||
	    size != (vm_size_t)(mach_msg_type_number_t)size)
		return KERN_INVALID_ARGUMENT;
	kr = vm_map_copyin(map, address, size, false, &copy);
	if (kr == KERN_SUCCESS) {
		*data = (vm_offset_t)copy;
		*count = (mach_msg_type_number_t)size;
	}
	return kr;
}

kern_return_t
vm_write(vm_map_t map, vm_address_t address, vm_offset_t data,
    mach_msg_type_number_t count)
{
	if (map == VM_MAP_NULL)
		return KERN_INVALID_ARGUMENT;
	return vm_map_copy_overwrite(map, address, (vm_map_copy_t)data);
}

kern_return_t
vm_copy(vm_map_t map, vm_address_t source, vm_size_t size,
    vm_address_t destination)
{
	vm_map_copy_t copy;
	kern_return_t kr;

	if (map == VM_MAP_NULL)
		return KERN_INVALID_ARGUMENT;
	kr = vm_map_copyin(map, source, size, false, &copy);
	if (kr != KERN_SUCCESS)
		return kr;
	kr = vm_map_copy_overwrite(map, destination, copy);
	if (kr != KERN_SUCCESS)
		vm_map_copy_discard(copy);
	return kr;
}

/* A copy of part of an object to map; *offset is of the part, then in it. */
static kern_return_t
vm_map_copy_object(struct vm_object *object, vm_offset_t *offset,
    uint64_t size, struct vm_object **copy, bool *needs_copy)
{
	struct memory_object_copying copying = { .object = NULL };
	uint64_t where = *offset;
	kern_return_t kr;
	bool again;

	do {
		kr = vm_object_copy(object, where, size, &copying, copy,
		    offset, needs_copy);
		again = kr == MEMORY_OBJECT_WAIT;
		if (again)
			kr = memory_object_copying_wait(&copying);
	} while (again && kr == KERN_SUCCESS);
	memory_object_copying_end(&copying);
	return kr;
}

/*
 * Map an object of a pager, as it is or as a copy; consumes the reference on
 * success.
 */
static kern_return_t
vm_map_object(vm_map_t map, uintptr_t *address, vm_size_t size,
    uintptr_t mask, bool anywhere, const struct memory_object_view *view,
    vm_offset_t offset, bool copy, vm_prot_t protection,
    vm_prot_t max_protection, vm_inherit_t inheritance)
{
	struct vm_object *object = view->object, *mapped = object;
	vm_prot_t allowed = view->max_protection & object->max_protection;
	bool needs_copy = false;
	kern_return_t kr = KERN_SUCCESS;

	size = ALIGN_UP(size, PAGE_SIZE);
	if (offset > view->length || size > view->length - offset)
		return KERN_INVALID_ARGUMENT;
	offset += view->start;
	if (offset > object->size || size > object->size - offset)
		return KERN_INVALID_ARGUMENT;
	if (!copy) {
		if ((protection & ~allowed) != 0)
			return KERN_PROTECTION_FAILURE;
		max_protection &= allowed;
	} else if ((allowed & VM_PROT_READ) == 0) {
		return KERN_PROTECTION_FAILURE;
	} else {
		kr = vm_map_copy_object(object, &offset, size, &mapped,
		    &needs_copy);
		if (kr != KERN_SUCCESS)
			return kr;
	}
	kr = vm_map_enter(map, address, size, mask, anywhere, mapped, offset,
	    needs_copy, protection, max_protection, inheritance);
	if (copy)
		vm_object_deallocate(kr == KERN_SUCCESS ? object : mapped);
	return kr;
}

kern_return_t
vm_map(vm_map_t map, vm_address_t *address, vm_size_t size,
    vm_address_t mask, boolean_t anywhere, ipc_port_t memory_object,
    vm_offset_t offset, boolean_t copy, vm_prot_t protection,
    vm_prot_t max_protection, vm_inherit_t inheritance)
{
	uintptr_t start = *address;
	struct memory_object_view view;
	kern_return_t kr;

	if (map == VM_MAP_NULL || size == 0 ||
	    (protection & ~VM_PROT_ALL) != 0 ||
	    (max_protection & ~VM_PROT_ALL) != 0 ||
	    (protection & ~max_protection) != 0 ||
	    !vm_inherit_valid(inheritance))
		return KERN_INVALID_ARGUMENT;
	if (size > map->maximum)
		return KERN_NO_SPACE;
	if (memory_object == IP_NULL) {
		kr = vm_map_enter(map, &start, size, mask, anywhere != 0,
		    NULL, 0, false, protection, max_protection, inheritance);
	} else {
		if ((offset & PAGE_MASK) != 0)
			return KERN_INVALID_ARGUMENT;
		if (!memory_object_view(memory_object, &view))
			return KERN_INVALID_ARGUMENT;
		kr = vm_map_object(map, &start, size, mask, anywhere != 0,
		    &view, offset, copy != 0, protection, max_protection,
		    inheritance);
		if (kr != KERN_SUCCESS)
			vm_object_deallocate(view.object);
	}
	if (kr == KERN_SUCCESS)
		*address = start;
	return kr;
}

kern_return_t
vm_region(vm_map_t map, vm_address_t *address, vm_size_t *size,
    vm_prot_t *protection, vm_prot_t *max_protection,
    vm_inherit_t *inheritance, boolean_t *is_shared,
    ipc_port_t *object_name, vm_offset_t *offset)
{
	struct vm_map_region region;
	kern_return_t kr;

	if (map == VM_MAP_NULL)
		return KERN_INVALID_ARGUMENT;
	kr = vm_map_region(map, *address, &region);
	if (kr != KERN_SUCCESS)
		return kr;
	*address = region.start;
	*size = region.end - region.start;
	*protection = region.protection;
	*max_protection = region.max_protection;
	*inheritance = region.inheritance;
	*is_shared = region.shared;
	*offset = region.offset;
	*object_name = vm_object_name_port(region.object);
	vm_object_deallocate(region.object);
	return KERN_SUCCESS;
}
