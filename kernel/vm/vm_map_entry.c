/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The entries of a map: search, splitting and joining, copies.  The map
 * is locked throughout.
 */
#include <kern/assert.h>
#include <kern/slab.h>
#include <lib/macros.h>
#include <machine/memory.h>
#include <vm/vm_fault.h>
#include <vm/vm_map.h>
#include <vm/vm_object.h>

static struct slab_cache vm_map_entry_cache;

void
vm_map_entry_setup(void)
{
	slab_cache_init(&vm_map_entry_cache, "vm_map_entry",
	    sizeof(struct vm_map_entry), 0, NULL);
}

struct vm_map_entry *
vm_map_entry_alloc(void)
{
	return slab_cache_alloc(&vm_map_entry_cache);
}

void
vm_map_entry_free(struct vm_map_entry *entry)
{
	slab_cache_free(&vm_map_entry_cache, entry);
}

static inline int
vm_map_entry_compare(uintptr_t address, const struct rbtree_node *node)
{
	const struct vm_map_entry *entry = rbtree_entry(node,
	    const struct vm_map_entry, node);

	if (address < entry->start)
		return -1;
	return address >= entry->end;
}

struct vm_map_entry *
vm_map_entry_lookup(struct vm_map *map, uintptr_t address)
{
	struct vm_map_entry *entry = map->cached;
	struct rbtree_node *node;

	if (entry != NULL && address >= entry->start && address < entry->end)
		return entry;
	node = rbtree_lookup(&map->tree, address, vm_map_entry_compare);
	if (node == NULL)
		return NULL;
	map->cached = rbtree_entry(node, struct vm_map_entry, node);
	return map->cached;
}

struct vm_map_entry *
vm_map_entry_above(struct vm_map *map, uintptr_t address)
{
	struct vm_map_entry *entry = map->cached;
	struct rbtree_node *node;

	if (entry != NULL && address >= entry->start) {
		if (address < entry->end)
			return entry;
		entry = vm_map_entry_after(map, entry);
		if (entry == NULL || address < entry->end)
			return entry;
	}
	node = rbtree_lookup_nearest(&map->tree, address,
	    vm_map_entry_compare, RBTREE_RIGHT);
	return node == NULL ? NULL :
	    rbtree_entry(node, struct vm_map_entry, node);
}

/* Link before `next`, or as the last one, without accounting. */
static void
vm_map_entry_link(struct vm_map *map, struct vm_map_entry *entry,
    struct vm_map_entry *next)
{
	struct vm_map_entry *prev = vm_map_entry_before(map, next);

	assert(prev == NULL || prev->end <= entry->start);
	assert(next == NULL || entry->end <= next->start);
	rbtree_insert_slot(&map->tree, rbtree_slot_between(
	    prev != NULL ? &prev->node : NULL,
	    next != NULL ? &next->node : NULL), &entry->node);
	list_insert_before(&entry->link,
	    next != NULL ? &next->link : &map->entries);
	map->entry_count++;
	map->timestamp++;
}

static inline void
vm_map_entry_unlink(struct vm_map *map, struct vm_map_entry *entry)
{
	if (map->cached == entry)
		map->cached = vm_map_entry_before(map, entry);
	rbtree_remove(&map->tree, &entry->node);
	list_remove(&entry->link);
	map->entry_count--;
	map->timestamp++;
}

void
vm_map_entry_insert(struct vm_map *map, struct vm_map_entry *entry,
    struct vm_map_entry *next)
{
	vm_map_entry_link(map, entry, next);
	map->size += entry->end - entry->start;
	/* Most probably touched next. */
	map->cached = entry;
}

void
vm_map_entry_extract(struct vm_map *map, struct vm_map_entry *entry)
{
	vm_map_entry_unlink(map, entry);
	map->size -= entry->end - entry->start;
}

void
vm_map_entry_unmap(struct vm_map *map, struct vm_map_entry *entry,
    uintptr_t start, uintptr_t end)
{
	if (!entry->mapped)
		return;
	pmap_remove(map->pmap, start, end);
	if (start == entry->start && end == entry->end)
		entry->mapped = false;
}

void
vm_map_entry_release(const struct vm_map_entry *entry, uintptr_t start,
    uintptr_t end)
{
	struct vm_object *object = entry->object;
	uint64_t offset = entry->offset + (start - entry->start);

	if (object == NULL || entry->needs_copy || !object->internal ||
	    object->true_share)
		return;
	spin_lock(&object->lock);
	if (object->resident_count > 0 && !object->true_share)
		vm_object_free_range(object, offset, offset + (end - start));
	spin_unlock(&object->lock);
}

void
vm_map_entry_drop(struct vm_map_entry *entry)
{
	if (entry->object == NULL)
		return;
	if (entry->object->references > 1)
		vm_map_entry_release(entry, entry->start, entry->end);
	vm_object_deallocate(entry->object);
	entry->object = NULL;
}

void
vm_map_entry_dispose(struct vm_map *map, struct vm_map_entry *entry)
{
	uint64_t size = entry->end - entry->start;

	vm_map_entry_extract(map, entry);
	if (entry->wired) {
		map->wired_size -= size;
		vm_fault_unwire(entry, entry->end);
	}
	vm_map_entry_drop(entry);
	vm_map_entry_free(entry);
}

bool
vm_map_entry_split(struct vm_map *map, struct vm_map_entry *entry,
    uintptr_t address)
{
	struct vm_map_entry *upper = vm_map_entry_alloc();

	if (upper == NULL)
		return false;
	*upper = *entry;
	upper->start = address;
	if (upper->object != NULL) {
		upper->offset += address - entry->start;
		vm_object_reference(upper->object);
	}
	entry->end = address;
	vm_map_entry_link(map, upper, vm_map_entry_after(map, entry));
	return true;
}

static bool
vm_map_entry_joinable(const struct vm_map_entry *a,
    const struct vm_map_entry *b)
{
	if (a->end != b->start || a->protection != b->protection ||
	    a->max_protection != b->max_protection ||
	    a->inheritance != b->inheritance ||
	    a->needs_copy != b->needs_copy || a->wired != b->wired ||
	    a->object != b->object)
		return false;
	return a->object == NULL ||
	    a->offset + (a->end - a->start) == b->offset;
}

void
vm_map_simplify(struct vm_map *map, uintptr_t start, uintptr_t end)
{
	struct vm_map_entry *entry, *next;

	entry = vm_map_entry_above(map, start == 0 ? 0 : start - 1);
	while (entry != NULL && entry->start <= end) {
		next = vm_map_entry_after(map, entry);
		if (next == NULL)
			break;
		if (!vm_map_entry_joinable(entry, next)) {
			entry = next;
			continue;
		}
		vm_map_entry_unlink(map, next);
		entry->end = next->end;
		entry->mapped |= next->mapped;
		vm_object_deallocate(next->object);
		vm_map_entry_free(next);
	}
}

kern_return_t
vm_map_check(struct vm_map *map, uintptr_t start, uintptr_t end,
    vm_prot_t protection)
{
	struct vm_map_entry *entry = vm_map_entry_lookup(map, start);
	uintptr_t address = start;

	while (address < end) {
		if (entry == NULL || entry->start > address)
			return KERN_INVALID_ADDRESS;
		if ((entry->protection & protection) != protection)
			return KERN_PROTECTION_FAILURE;
		address = entry->end;
		entry = vm_map_entry_after(map, entry);
	}
	return KERN_SUCCESS;
}

/* The lowest aligned address from `from` on, or 0 when it overflows. */
static uintptr_t
vm_map_align(uintptr_t from, uintptr_t mask)
{
	return (from & mask) == 0 ? from : (from | mask) + 1;
}

kern_return_t
vm_map_find_space(struct vm_map *map, uint64_t size, uintptr_t mask,
    uintptr_t *address, struct vm_map_entry **above)
{
	struct vm_map_entry *entry;
	uintptr_t start, from;
	uint64_t hole = map->hint_hole;

	mask |= PAGE_MASK;
	from = map->hint;
	if (size <= hole) {
		from = MACHINE_USER_MIN_CHOSEN;
		hole = 0;
	}
	for (entry = vm_map_entry_above(map, from); ;
	    entry = vm_map_entry_after(map, entry)) {
		uintptr_t limit = entry != NULL ? entry->start : map->maximum;

		start = vm_map_align(from, mask);
		if (limit > from && start >= from && start < limit &&
		    limit - start >= size)
			break;
		if (limit > from)
			hole = MAX(hole, limit - from);
		if (entry == NULL) {
			map->hint_hole = MAX(map->hint_hole, hole);
			return KERN_NO_SPACE;
		}
		from = MAX(from, entry->end);
	}
	hole = MAX(hole, start - from);
	map->hint = start + size;
	map->hint_hole = hole;
	*address = start;
	*above = entry;
	return KERN_SUCCESS;
}

kern_return_t
vm_map_entry_shadow(struct vm_map_entry *entry)
{
	struct vm_object *object = entry->object, *shadow;

	spin_lock(&object->lock);
	if (object->references == 1 && !object->external) {
		object->written = true;
		spin_unlock(&object->lock);
		entry->needs_copy = false;
		return KERN_SUCCESS;
	}
	spin_unlock(&object->lock);
	shadow = vm_object_create(entry->end - entry->start);
	if (shadow == NULL)
		return KERN_RESOURCE_SHORTAGE;
	vm_object_set_shadow(shadow, object, entry->offset);
	/* What cannot be cut stays deep. */
	if (vm_object_depth(shadow) > VM_OBJECT_DEPTH)
		vm_object_cut(shadow);
	entry->object = shadow;
	entry->offset = 0;
	entry->needs_copy = false;
	return KERN_SUCCESS;
}

kern_return_t
vm_map_entry_copy(struct vm_map *map, struct vm_map_entry *entry,
    uintptr_t start, uintptr_t end, struct memory_object_copying *copying,
    struct vm_map_entry *copy)
{
	struct vm_object *object = entry->object;
	uint64_t offset = entry->offset + (start - entry->start);

	copy->object = object;
	copy->offset = offset;
	copy->needs_copy = true;
	if (object == NULL) {
		copy->offset = 0;
		copy->needs_copy = false;
		return KERN_SUCCESS;
	}
	if ((entry->wired && !object->device) || vm_object_deep(object)) {
		copy->offset = 0;
		copy->needs_copy = false;
		return vm_object_copy_slowly(object, offset, end - start,
		    copying, &copy->object);
	}
	if (!entry->needs_copy && (!object->internal || object->true_share))
		return vm_object_copy(object, offset, end - start, copying,
		    &copy->object, &copy->offset, &copy->needs_copy);
	if (!entry->needs_copy) {
		if (!vm_map_clip(map, entry, start, end))
			return KERN_RESOURCE_SHORTAGE;
		if (start != entry->start)
			entry = vm_map_entry_after(map, entry);
		entry->needs_copy = true;
		if (entry->mapped)
			pmap_protect(map->pmap, start, end,
			    entry->protection & ~VM_PROT_WRITE);
	}
	spin_lock(&object->lock);
	object->references++;
	spin_unlock(&object->lock);
	return KERN_SUCCESS;
}
