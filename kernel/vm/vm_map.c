/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Address maps: life, mapping and unmapping.
 */
#include <kern/assert.h>
#include <kern/refcount.h>
#include <kern/slab.h>
#include <lib/macros.h>
#include <machine/memory.h>
#include <vm/vm_fault.h>
#include <vm/vm_map.h>
#include <vm/vm_object.h>

/* After so many bytes went, unused translation tables go too. */
#define VM_MAP_LARGE	(64UL << 20)

static struct slab_cache vm_map_cache;

void
vm_map_setup(void)
{
	slab_cache_init(&vm_map_cache, "vm_map", sizeof(struct vm_map), 0,
	    NULL);
	vm_map_entry_setup();
	vm_map_copy_setup();
}

struct vm_map *
vm_map_create(void)
{
	struct vm_map *map = slab_cache_alloc(&vm_map_cache);

	if (map == NULL)
		return NULL;
	*map = (struct vm_map){
		.references = 1,
		.size_limit = MACHINE_USER_MAX,
		.size_limit_max = MACHINE_USER_MAX,
		.minimum = MACHINE_USER_MIN,
		.maximum = MACHINE_USER_MAX,
		.hint = MACHINE_USER_MIN_CHOSEN,
		.pmap = pmap_create(),
	};
	if (map->pmap == NULL) {
		slab_cache_free(&vm_map_cache, map);
		return NULL;
	}
	mutex_init(&map->lock);
	rbtree_init(&map->tree);
	list_init(&map->entries);
	return map;
}

static __noinline void
vm_map_destroy(struct vm_map *map)
{
	vm_map_clear(map);
	pmap_destroy(map->pmap);
	slab_cache_free(&vm_map_cache, map);
}

void
vm_map_deallocate(struct vm_map *map)
{
	if (map != NULL && refcount_put(&map->references))
		vm_map_destroy(map);
}

void
vm_map_clear(struct vm_map *map)
{
	kern_return_t kr;

	kr = vm_map_remove(map, map->minimum, map->maximum);
	assert(kr == KERN_SUCCESS);
}

/*
 * Extend the region below over the new range, if the two are alike and
 * nothing of it was used yet.  (A region in use keeps its object to itself:
 * what is deallocated of it beside copies of it is freed with the object.)
 */
static bool
vm_map_coalesce(struct vm_map *map, uintptr_t start, uintptr_t end,
    const struct vm_map_entry *attributes, struct vm_map_entry *above)
{
	struct vm_map_entry *entry = vm_map_entry_before(map, above);

	if (entry == NULL || entry->end != start || map->wire_future ||
	    entry->object != NULL || entry->wired ||
	    entry->protection != attributes->protection ||
	    entry->max_protection != attributes->max_protection ||
	    entry->inheritance != attributes->inheritance)
		return false;
	entry->end = end;
	map->size += end - start;
	map->timestamp++;
	return true;
}

/* The range below `above` is free: make it a region.  Map locked. */
static kern_return_t
vm_map_enter_range(struct vm_map *map, uintptr_t start, uintptr_t end,
    const struct vm_map_entry *attributes, struct vm_map_entry *above)
{
	struct vm_map_entry *entry;

	if (attributes->object == NULL &&
	    vm_map_coalesce(map, start, end, attributes, above))
		return KERN_SUCCESS;
	entry = vm_map_entry_alloc();
	if (entry == NULL)
		return KERN_RESOURCE_SHORTAGE;
	entry->start = start;
	entry->end = end;
	entry->object = attributes->object;
	entry->offset = attributes->offset;
	entry->needs_copy = attributes->needs_copy;
	entry->protection = attributes->protection;
	entry->max_protection = attributes->max_protection;
	entry->inheritance = attributes->inheritance;
	entry->wired = false;
	entry->mapped = false;
	vm_map_entry_insert(map, entry, above);
	return KERN_SUCCESS;
}

/*
 * Where to map, and what is above: checks what the caller asked.  Map locked.
 */
static kern_return_t
vm_map_choose(struct vm_map *map, uintptr_t *address, uint64_t size,
    uintptr_t mask, bool anywhere, struct vm_map_entry **above)
{
	uintptr_t start = ALIGN_DOWN(*address, PAGE_SIZE);

	if (size > map->size_limit || map->size > map->size_limit - size)
		return KERN_NO_SPACE;
	if (anywhere)
		return vm_map_find_space(map, size, mask, address, above);
	if (start < map->minimum || start >= map->maximum)
		return KERN_INVALID_ADDRESS;
	if (size > map->maximum - start || (start & mask) != 0)
		return KERN_NO_SPACE;
	*above = vm_map_entry_above(map, start);
	if (*above != NULL && (*above)->start < start + size)
		return KERN_NO_SPACE;
	*address = start;
	return KERN_SUCCESS;
}

/*
 * There is a hole below `above` that find_space does not know of: remember the
 * largest below the hint, or start from it.
 */
static void
vm_map_note_hole(struct vm_map *map, struct vm_map_entry *above)
{
	struct vm_map_entry *below = vm_map_entry_before(map, above);
	uintptr_t low = below != NULL ? below->end : map->minimum;
	uintptr_t high = above != NULL ? above->start : map->maximum;

	if (low >= map->hint)
		return;
	if (high >= map->hint)
		map->hint = MAX(low, MACHINE_USER_MIN_CHOSEN);
	else
		map->hint_hole = MAX(map->hint_hole, high - low);
}

kern_return_t
vm_map_enter(struct vm_map *map, uintptr_t *address, uint64_t size,
    uintptr_t mask, bool anywhere, struct vm_object *object,
    uint64_t offset, bool needs_copy, vm_prot_t protection,
    vm_prot_t max_protection, vm_inherit_t inheritance)
{
	struct vm_map_entry attributes, *above;
	uintptr_t start = *address;
	kern_return_t kr;
	bool wire;

	assert(IS_ALIGNED(offset, PAGE_SIZE));
	if (size == 0)
		return KERN_INVALID_ARGUMENT;
	if (size > map->maximum)
		return KERN_NO_SPACE;
	size = ALIGN_UP(size, PAGE_SIZE);
	attributes.object = object;
	attributes.offset = offset;
	attributes.needs_copy = needs_copy;
	attributes.protection = protection;
	attributes.max_protection = max_protection;
	attributes.inheritance = inheritance;
	mutex_lock(&map->lock);
	kr = vm_map_choose(map, &start, size, mask, anywhere, &above);
	if (kr == KERN_SUCCESS) {
		kr = vm_map_enter_range(map, start, start + size,
		    &attributes, above);
		if (kr != KERN_SUCCESS)
			vm_map_note_hole(map, above);
	}
	wire = unlikely(map->wire_future) && kr == KERN_SUCCESS &&
	    protection != VM_PROT_NONE;
	/* Others may unmap it while it is wired: then the caller keeps this. */
	if (wire && object != NULL)
		vm_object_reference(object);
	mutex_unlock(&map->lock);
	if (kr != KERN_SUCCESS)
		return kr;
	if (unlikely(wire)) {
		kr = vm_map_wire(map, start, start + size, protection,
		    UINT64_MAX);
		if (kr != KERN_SUCCESS) {
			vm_map_remove(map, start, start + size);
			return kr;
		}
		vm_object_deallocate(object);
	}
	*address = start;
	return KERN_SUCCESS;
}

/*
 * The range is one end of an entry, not wired: shorten it.  Spares the split
 * that regions which grew by coalescing would need.
 */
static bool
vm_map_trim(struct vm_map *map, struct vm_map_entry *entry, uintptr_t start,
    uintptr_t end)
{
	if (entry->wired || (start == entry->start) == (end == entry->end))
		return false;
	if (start < entry->start || end > entry->end)
		return false;
	vm_map_entry_unmap(map, entry, start, end);
	vm_map_entry_release(entry, start, end);
	if (end == entry->end)
		entry->end = start;
	else {
		if (entry->object != NULL)
			entry->offset += end - entry->start;
		entry->start = end;
	}
	map->size -= end - start;
	map->timestamp++;
	return true;
}

/* `size` bytes below `above` were removed; unlocks the map. */
static void
vm_map_removed(struct vm_map *map, struct vm_map_entry *above, uint64_t size)
{
	vm_map_note_hole(map, above);
	if (size >= VM_MAP_LARGE)
		pmap_collect(map->pmap);
	mutex_unlock(&map->lock);
}

kern_return_t
vm_map_remove(struct vm_map *map, uintptr_t start, uintptr_t end)
{
	struct vm_map_entry *entry, *next;
	bool inside;

	if (start > end || start < map->minimum || end > map->maximum)
		return KERN_INVALID_ADDRESS;
	if (start == end)
		return KERN_SUCCESS;
	mutex_lock(&map->lock);
	entry = vm_map_entry_above(map, start);
	if (entry == NULL || entry->start >= end) {
		mutex_unlock(&map->lock);
		return KERN_SUCCESS;
	}
	inside = entry->start < start;
	if (vm_map_trim(map, entry, start, end)) {
		if (inside)
			entry = vm_map_entry_after(map, entry);
		vm_map_removed(map, entry, end - start);
		return KERN_SUCCESS;
	}
	/* Both clips first: nothing has changed if memory runs out. */
	if (!vm_map_clip(map, entry, MAX(start, entry->start),
	    MIN(end, entry->end)))
		goto shortage;
	if (inside)
		entry = vm_map_entry_after(map, entry);
	if (entry->end < end) {
		next = vm_map_entry_lookup(map, end - 1);
		if (next != NULL && next->end > end &&
		    !vm_map_clip(map, next, next->start, end))
			goto shortage;
	}
	while (entry != NULL && entry->start < end) {
		next = vm_map_entry_after(map, entry);
		if (entry->mapped)
			pmap_remove(map->pmap, entry->start, entry->end);
		vm_map_entry_dispose(map, entry);
		entry = next;
	}
	vm_map_removed(map, entry, end - start);
	return KERN_SUCCESS;

shortage:
	mutex_unlock(&map->lock);
	return KERN_RESOURCE_SHORTAGE;
}
