/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Attributes of regions: protection, inheritance, wiring, description.
 */
#include <kern/assert.h>
#include <lib/macros.h>
#include <machine/memory.h>
#include <vm/memory_object.h>
#include <vm/vm_fault.h>
#include <vm/vm_map.h>
#include <vm/vm_object.h>
#include <vm/vm_page.h>

/*
 * Check a range given by a caller, and make entries begin and end at its
 * ends.  *first is the first entry.  Map locked.
 */
static kern_return_t
vm_map_clip_range(struct vm_map *map, uintptr_t start, uintptr_t end,
    struct vm_map_entry **first)
{
	struct vm_map_entry *entry;
	kern_return_t kr;

	if (start > end || end > map->maximum)
		return KERN_INVALID_ADDRESS;
	kr = vm_map_check(map, start, end, VM_PROT_NONE);
	if (kr != KERN_SUCCESS)
		return kr;
	entry = vm_map_entry_lookup(map, end - 1);
	if (!vm_map_clip(map, entry, entry->start, end))
		return KERN_RESOURCE_SHORTAGE;
	entry = vm_map_entry_lookup(map, start);
	if (!vm_map_clip(map, entry, start, entry->end))
		return KERN_RESOURCE_SHORTAGE;
	*first = vm_map_entry_lookup(map, start);
	return KERN_SUCCESS;
}

/* Every entry from `first` on below `end` may have `protection`. */
static bool
vm_map_protect_allowed(struct vm_map *map, struct vm_map_entry *first,
    uintptr_t end, vm_prot_t protection)
{
	struct vm_map_entry *entry;

	for (entry = first; entry != NULL && entry->start < end;
	    entry = vm_map_entry_after(map, entry)) {
		if ((protection & ~entry->max_protection) != 0)
			return false;
	}
	return true;
}

static void
vm_map_entry_protect(struct vm_map *map, struct vm_map_entry *entry,
    vm_prot_t protection, bool set_maximum)
{
	vm_prot_t old = entry->protection;

	if (set_maximum) {
		entry->max_protection = protection;
		entry->protection &= protection;
	} else
		entry->protection = protection;
	if ((old & ~entry->protection) != 0 && entry->mapped)
		pmap_protect(map->pmap, entry->start, entry->end,
		    entry->protection);
}

kern_return_t
vm_map_protect(struct vm_map *map, uintptr_t start, uintptr_t end,
    vm_prot_t protection, bool set_maximum)
{
	struct vm_map_entry *entry, *first;
	kern_return_t kr;

	if (start == end)
		return KERN_SUCCESS;
	mutex_lock(&map->lock);
	kr = vm_map_clip_range(map, start, end, &first);
	if (kr == KERN_SUCCESS &&
	    !vm_map_protect_allowed(map, first, end, protection))
		kr = KERN_PROTECTION_FAILURE;
	if (kr == KERN_SUCCESS) {
		for (entry = first; entry != NULL && entry->start < end;
		    entry = vm_map_entry_after(map, entry))
			vm_map_entry_protect(map, entry, protection,
			    set_maximum);
		map->timestamp++;
	}
	if (start < end)
		vm_map_simplify(map, start, end);
	mutex_unlock(&map->lock);
	return kr;
}

kern_return_t
vm_map_inherit(struct vm_map *map, uintptr_t start, uintptr_t end,
    vm_inherit_t inheritance)
{
	struct vm_map_entry *entry;
	kern_return_t kr;

	if (start == end)
		return KERN_SUCCESS;
	mutex_lock(&map->lock);
	kr = vm_map_clip_range(map, start, end, &entry);
	if (kr == KERN_SUCCESS) {
		for (; entry != NULL && entry->start < end;
		    entry = vm_map_entry_after(map, entry))
			entry->inheritance = inheritance;
		map->timestamp++;
	}
	if (start < end)
		vm_map_simplify(map, start, end);
	mutex_unlock(&map->lock);
	return kr;
}

static void
vm_map_entry_unwire(struct vm_map *map, struct vm_map_entry *entry)
{
	uintptr_t address;

	if (!entry->wired)
		return;
	entry->wired = false;
	map->wired_size -= entry->end - entry->start;
	vm_fault_unwire(entry, entry->end);
	for (address = entry->start; address < entry->end;
	    address += PAGE_SIZE)
		pmap_change_wiring(map->pmap, address, false);
}

/*
 * Wire an entry.  MEMORY_OBJECT_WAIT: it was split, and its first part is
 * wired.
 */
static kern_return_t
vm_map_entry_wire(struct vm_map *map, struct vm_map_entry *entry,
    vm_prot_t access, struct memory_object_wait *wait)
{
	uintptr_t reached;
	kern_return_t kr;

	if (entry->wired)
		return KERN_SUCCESS;
	kr = vm_fault_wire(map, entry, access, &reached, wait);
	if (kr == MEMORY_OBJECT_WAIT) {
		if (reached == entry->start)
			return kr;
		/* Without memory for the split: all again, after the wait. */
		if (!vm_map_clip(map, entry, entry->start, reached)) {
			vm_fault_unwire(entry, reached);
			return kr;
		}
	} else if (kr != KERN_SUCCESS)
		return kr;
	entry->wired = true;
	map->wired_size += entry->end - entry->start;
	return kr;
}

/* Wire or unwire a range of whole entries.  Map locked. */
static kern_return_t
vm_map_wire_entries(struct vm_map *map, struct vm_map_entry *first,
    uintptr_t end, vm_prot_t access, struct memory_object_wait *wait)
{
	struct vm_map_entry *entry;
	kern_return_t kr = KERN_SUCCESS;

	for (entry = first; entry != NULL && entry->start < end &&
	    kr == KERN_SUCCESS; entry = vm_map_entry_after(map, entry)) {
		if (access == VM_PROT_NONE)
			vm_map_entry_unwire(map, entry);
		else
			kr = vm_map_entry_wire(map, entry, access, wait);
	}
	return kr;
}

/* Unwire what there is of a range, as far as memory goes.  Map locked. */
static void
vm_map_unwire_some(struct vm_map *map, uintptr_t start, uintptr_t end)
{
	struct vm_map_entry *entry;
	uintptr_t address = start, from;

	while ((entry = vm_map_entry_above(map, address)) != NULL &&
	    entry->start < end) {
		address = entry->end;
		from = MAX(start, entry->start);
		if (entry->wired && vm_map_clip(map, entry, from,
		    MIN(end, entry->end)))
			vm_map_entry_unwire(map,
			    vm_map_entry_lookup(map, from));
	}
}

/* The bytes of a range of whole entries that are not wired.  Map locked. */
static uint64_t
vm_map_pageable_size(struct vm_map *map, struct vm_map_entry *first,
    uintptr_t end)
{
	struct vm_map_entry *entry;
	uint64_t size = 0;

	for (entry = first; entry != NULL && entry->start < end;
	    entry = vm_map_entry_after(map, entry)) {
		if (!entry->wired)
			size += entry->end - entry->start;
	}
	return size;
}

/*
 * Wire or unwire a range, or as much as goes before a pager has to be waited
 * for.  *begun: something may be wired.  Map locked.
 */
static kern_return_t
vm_map_wire_some(struct vm_map *map, uintptr_t start, uintptr_t end,
    vm_prot_t access, uint64_t limit, bool *begun,
    struct memory_object_wait *wait)
{
	struct vm_map_entry *entry;
	kern_return_t kr;

	kr = vm_map_clip_range(map, start, end, &entry);
	if (kr == KERN_SUCCESS)
		kr = vm_map_check(map, start, end, access);
	if (kr == KERN_INVALID_ADDRESS || kr == KERN_PROTECTION_FAILURE)
		return KERN_NO_SPACE;
	if (kr != KERN_SUCCESS)
		return kr;
	/* Each time: others wire too during a wait. */
	if (access != VM_PROT_NONE && map->wired_size +
	    vm_map_pageable_size(map, entry, end) > limit)
		return KERN_NO_SPACE;
	*begun = true;
	return vm_map_wire_entries(map, entry, end, access, wait);
}

kern_return_t
vm_map_wire(struct vm_map *map, uintptr_t start, uintptr_t end,
    vm_prot_t access, uint64_t limit)
{
	struct memory_object_wait wait;
	bool begun = false, again;
	unsigned int tries = 0;
	kern_return_t kr;

	if (start == end)
		return KERN_SUCCESS;
	mutex_lock(&map->lock);
	do {
		kr = vm_map_wire_some(map, start, end, access, limit, &begun,
		    &wait);
		again = kr == MEMORY_OBJECT_WAIT;
		if (again) {
			vm_map_simplify(map, start, end);
			mutex_unlock(&map->lock);
			kr = memory_object_wait_memory(&wait, &tries);
			mutex_lock(&map->lock);
		}
	} while (again && kr == KERN_SUCCESS);
	if (kr != KERN_SUCCESS && begun)
		vm_map_unwire_some(map, start, end);
	if (start < end)
		vm_map_simplify(map, start, end);
	mutex_unlock(&map->lock);
	return kr;
}

/*
 * Wire an entry, then the next; map not locked during a wait.  What such waits
 * split is joined again.
 */
static kern_return_t
vm_map_wire_next(struct vm_map *map, struct vm_map_entry **entry,
    unsigned int *tries)
{
	uintptr_t address = (*entry)->start;
	struct memory_object_wait wait;
	kern_return_t kr = KERN_SUCCESS;

	if ((*entry)->protection != VM_PROT_NONE)
		kr = vm_map_entry_wire(map, *entry, (*entry)->protection,
		    &wait);
	vm_map_simplify(map, address, address);
	if (kr != MEMORY_OBJECT_WAIT) {
		*entry = vm_map_entry_after(map,
		    vm_map_entry_lookup(map, address));
		return kr;
	}
	mutex_unlock(&map->lock);
	kr = memory_object_wait_memory(&wait, tries);
	mutex_lock(&map->lock);
	*entry = vm_map_entry_above(map, address);
	return kr;
}

kern_return_t
vm_map_wire_all(struct vm_map *map, bool current, bool future)
{
	struct vm_map_entry *entry;
	unsigned int tries = 0;
	kern_return_t kr = KERN_SUCCESS;

	mutex_lock(&map->lock);
	map->wire_future = future;
	entry = vm_map_entry_above(map, 0);
	while (entry != NULL && kr == KERN_SUCCESS && current)
		kr = vm_map_wire_next(map, &entry, &tries);
	for (; entry != NULL && !current && !future;
	    entry = vm_map_entry_after(map, entry))
		vm_map_entry_unwire(map, entry);
	mutex_unlock(&map->lock);
	return kr;
}

kern_return_t
vm_map_region(struct vm_map *map, uintptr_t address,
    struct vm_map_region *region)
{
	struct vm_map_entry *entry;
	struct vm_object *object;

	mutex_lock(&map->lock);
	entry = vm_map_entry_above(map, address);
	if (entry == NULL) {
		mutex_unlock(&map->lock);
		return KERN_NO_SPACE;
	}
	object = entry->object;
	*region = (struct vm_map_region){
		.start = entry->start,
		.end = entry->end,
		.protection = entry->protection,
		.max_protection = entry->max_protection,
		.inheritance = entry->inheritance,
		.needs_copy = entry->needs_copy,
		.wired = entry->wired,
		.object = object,
		.offset = entry->offset,
	};
	if (object != NULL) {
		spin_lock(&object->lock);
		object->references++;
		region->shared = object->true_share &&
		    !entry->needs_copy;
		spin_unlock(&object->lock);
	}
	mutex_unlock(&map->lock);
	return KERN_SUCCESS;
}

kern_return_t
vm_map_page_phys(struct vm_map *map, uintptr_t address, uint64_t *physical)
{
	struct vm_map_entry *entry;
	struct vm_object *object, *owner;
	struct vm_page *page;
	uint64_t offset;

	*physical = 0;
	mutex_lock(&map->lock);
	entry = vm_map_entry_lookup(map, address);
	object = entry == NULL ? NULL : entry->object;
	if (object == NULL) {
		mutex_unlock(&map->lock);
		return entry == NULL ? KERN_INVALID_ADDRESS : KERN_SUCCESS;
	}
	offset = entry->offset + (ALIGN_DOWN(address, PAGE_SIZE) -
	    entry->start);
	spin_lock(&object->lock);
	if (object->device)
		*physical = object->device_physical + offset;
	else {
		page = vm_object_find(object, offset, &owner, &offset);
		if (page != NULL && (page->flags & VM_PAGE_BUSY) == 0)
			*physical = vm_page_to_phys(page);
		if (owner != object)
			spin_unlock(&owner->lock);
	}
	spin_unlock(&object->lock);
	mutex_unlock(&map->lock);
	return KERN_SUCCESS;
}
