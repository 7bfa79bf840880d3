/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Data into and out of existing memory: the kernel's reads and writes, and
 * overwriting by a copy.
 */
#include <kern/assert.h>
#include <kern/kalloc.h>
#include <lib/macros.h>
#include <lib/string.h>
#include <machine/memory.h>
#include <vm/memory_object.h>
#include <vm/pmap.h>
#include <vm/vm_fault.h>
#include <vm/vm_map.h>
#include <vm/vm_map_copy.h>
#include <vm/vm_object.h>
#include <vm/vm_page.h>

/* How many bytes from `address` on, up to `size`, lie in its page. */
static uint64_t
vm_map_page_part(uintptr_t address, uint64_t size)
{
	return MIN(size, PAGE_SIZE - (address & PAGE_MASK));
}

kern_return_t
vm_map_read_user(struct vm_map *map, uintptr_t address, void *data,
    uint64_t size)
{
	uint64_t done, part;
	kern_return_t kr;

	for (done = 0; done < size; done += part) {
		part = vm_map_page_part(address + done, size - done);
		kr = vm_fault_access(map, address + done, VM_PROT_READ,
		    (char *)data + done, part);
		if (kr != KERN_SUCCESS)
			return kr;
	}
	return KERN_SUCCESS;
}

kern_return_t
vm_map_write_user(struct vm_map *map, uintptr_t address, const void *data,
    uint64_t size)
{
	uint64_t done, part;
	kern_return_t kr;

	for (done = 0; done < size; done += part) {
		part = vm_map_page_part(address + done, size - done);
		kr = vm_fault_access(map, address + done, VM_PROT_WRITE,
		    (char *)(uintptr_t)data + done, part);
		if (kr != KERN_SUCCESS)
			return kr;
	}
	return KERN_SUCCESS;
}

/* Read inside one page of an object; *wait is set if a pager has it. */
static kern_return_t
vm_map_copy_read_object(struct vm_object *object, uint64_t offset,
    void *data, uint64_t length, struct memory_object_wait *wait)
{
	struct vm_object *owner;
	struct vm_page *page;
	uint64_t where;
	kern_return_t kr = KERN_SUCCESS;

	wait->object = NULL;
	spin_lock(&object->lock);
	page = vm_object_find(object, ALIGN_DOWN(offset, PAGE_SIZE), &owner,
	    &where);
	if (memory_object_pending(owner, page, where, VM_PROT_READ))
		memory_object_want(owner, where, VM_PROT_READ, wait);
	else if (page != NULL)
		memcpy(data, (char *)vm_page_to_direct(page) +
		    (offset & PAGE_MASK), length);
	else if (owner->internal)
		memset(data, 0, length);
	else
		kr = KERN_MEMORY_ERROR;
	if (owner != object)
		spin_unlock(&owner->lock);
	spin_unlock(&object->lock);
	return kr;
}

/* Read inside one page of an entry of a copy. */
static kern_return_t
vm_map_copy_read_page(const struct vm_map_entry *entry, uint64_t address,
    void *data, uint64_t length)
{
	struct memory_object_wait wait;
	kern_return_t kr;

	if (entry->object == NULL) {
		memset(data, 0, length);
		return KERN_SUCCESS;
	}
	do {
		kr = vm_map_copy_read_object(entry->object, entry->offset +
		    (address - entry->start), data, length, &wait);
		if (wait.object == NULL)
			break;
		kr = memory_object_wait(&wait);
	} while (kr == KERN_SUCCESS);
	return kr;
}

kern_return_t
vm_map_copy_read(struct vm_map_copy *copy, uint64_t offset, void *data,
    uint64_t length)
{
	uint64_t address = copy->offset + offset;
	uint64_t end = address + length, part;
	struct vm_map_entry *entry;
	char *to = data;
	kern_return_t kr;

	list_for_each_entry(&copy->entries, entry, link) {
		while (address < end && address < entry->end) {
			part = vm_map_page_part(address, end - address);
			kr = vm_map_copy_read_page(entry, address, to, part);
			if (kr != KERN_SUCCESS)
				return kr;
			to += part;
			address += part;
		}
	}
	return KERN_SUCCESS;
}

kern_return_t
vm_map_copy_extract(vm_map_copy_t copy, void *data, uint64_t size)
{
	if (copy == VM_MAP_COPY_NULL)
		return KERN_SUCCESS;
	return vm_map_copy_read(copy, 0, data, MIN(size, copy->size));
}

/* Every entry in the range is private memory, pageable. */
static bool
vm_map_replaceable(struct vm_map *map, uintptr_t start, uintptr_t end)
{
	struct vm_map_entry *entry;

	for (entry = vm_map_entry_lookup(map, start);
	    entry != NULL && entry->start < end;
	    entry = vm_map_entry_after(map, entry)) {
		if (entry->wired)
			return false;
		if (entry->object != NULL && (!entry->object->internal ||
		    entry->object->true_share))
			return false;
	}
	return true;
}

/* Let [start, end), inside an entry, show part of an entry of a copy. */
static kern_return_t
vm_map_replace(struct vm_map *map, uintptr_t start, uintptr_t end,
    const struct vm_map_entry *source, uint64_t delta)
{
	struct vm_map_entry *entry = vm_map_entry_lookup(map, start);

	if (!vm_map_clip(map, entry, start, end))
		return KERN_RESOURCE_SHORTAGE;
	entry = vm_map_entry_lookup(map, start);
	vm_map_entry_unmap(map, entry, start, end);
	vm_map_entry_drop(entry);
	if (source->object != NULL)
		vm_object_reference(source->object);
	entry->object = source->object;
	entry->offset = source->object == NULL ? 0 : source->offset + delta;
	entry->needs_copy = source->needs_copy;
	map->timestamp++;
	return KERN_SUCCESS;
}

/* Replace whole pages of private memory.  Map locked. */
static kern_return_t
vm_map_overwrite_pages(struct vm_map *map, uintptr_t address,
    struct vm_map_copy *copy)
{
	struct vm_map_entry *source, *entry;
	uintptr_t start, end, limit;
	kern_return_t kr;

	list_for_each_entry(&copy->entries, source, link) {
		start = address + source->start;
		end = address + source->end;
		for (; start < end; start = limit) {
			entry = vm_map_entry_lookup(map, start);
			limit = MIN(end, entry->end);
			kr = vm_map_replace(map, start, limit, source,
			    start - address - source->start);
			if (kr != KERN_SUCCESS)
				return kr;
		}
	}
	return KERN_SUCCESS;
}

/* Write the data through the map, page by page.  Map not locked. */
static kern_return_t
vm_map_overwrite_bytes(struct vm_map *map, uintptr_t address,
    struct vm_map_copy *copy)
{
	uint64_t done, part;
	kern_return_t kr = KERN_SUCCESS;
	void *buffer = kalloc(PAGE_SIZE);

	if (buffer == NULL)
		return KERN_RESOURCE_SHORTAGE;
	for (done = 0; done < copy->size && kr == KERN_SUCCESS;
	    done += part) {
		part = vm_map_page_part(address + done, copy->size - done);
		kr = vm_map_copy_read(copy, done, buffer, part);
		if (kr == KERN_SUCCESS)
			kr = vm_map_write_user(map, address + done, buffer,
			    part);
	}
	kfree(buffer, PAGE_SIZE);
	return kr;
}

kern_return_t
vm_map_copy_overwrite(struct vm_map *map, uintptr_t address,
    vm_map_copy_t copy)
{
	uintptr_t end;
	kern_return_t kr;
	bool replace;

	if (copy == VM_MAP_COPY_NULL)
		return KERN_SUCCESS;
	if (copy->size > map->maximum ||
	    address > map->maximum - copy->size)
		return KERN_INVALID_ADDRESS;
	end = address + copy->size;
	mutex_lock(&map->lock);
	kr = vm_map_check(map, ALIGN_DOWN(address, PAGE_SIZE),
	    ALIGN_UP(end, PAGE_SIZE), VM_PROT_WRITE);
	replace = kr == KERN_SUCCESS && copy->offset == 0 &&
	    IS_ALIGNED(address | end, PAGE_SIZE) &&
	    vm_map_replaceable(map, address, end);
	if (replace) {
		kr = vm_map_overwrite_pages(map, address, copy);
		vm_map_simplify(map, address, end);
	}
	mutex_unlock(&map->lock);
	if (kr == KERN_SUCCESS && !replace)
		kr = vm_map_overwrite_bytes(map, address, copy);
	if (kr == KERN_SUCCESS)
		vm_map_copy_discard(copy);
	return kr;
}
