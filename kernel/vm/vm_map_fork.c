/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Memory shared between maps: inheritance, and the identity of shared
 * memory.
 */
#include <lib/macros.h>
#include <machine/memory.h>
#include <vm/memory_object.h>
#include <vm/vm_fault.h>
#include <vm/vm_map.h>
#include <vm/vm_object.h>

/*
 * Make the entry's object one that others may map too: the one that its
 * writes go to.  Map locked.
 */
static kern_return_t
vm_map_entry_make_shared(struct vm_map_entry *entry)
{
	struct vm_object *object;
	kern_return_t kr;

	if (entry->object == NULL) {
		entry->object = vm_object_create(entry->end - entry->start);
		if (entry->object == NULL)
			return KERN_RESOURCE_SHORTAGE;
		entry->offset = 0;
	} else if (entry->needs_copy) {
		kr = vm_map_entry_shadow(entry);
		if (kr != KERN_SUCCESS)
			return kr;
	}
	object = entry->object;
	if (!object->true_share) {
		spin_lock(&object->lock);
		object->true_share = true;
		spin_unlock(&object->lock);
	}
	return KERN_SUCCESS;
}

static kern_return_t
vm_map_entry_share(struct vm_map_entry *entry, struct vm_map_entry *child)
{
	kern_return_t kr = vm_map_entry_make_shared(entry);

	if (kr != KERN_SUCCESS)
		return kr;
	child->object = entry->object;
	child->offset = entry->offset + (child->start - entry->start);
	child->needs_copy = false;
	vm_object_reference(child->object);
	return KERN_SUCCESS;
}

/* Give the child what it inherits of one entry, from `start` on. */
static kern_return_t
vm_map_fork_entry(struct vm_map *parent, struct vm_map_entry *entry,
    uintptr_t start, struct vm_map *child,
    struct memory_object_copying *copying)
{
	struct vm_map_entry *inherited;
	bool share = entry->inheritance == VM_INHERIT_SHARE;
	kern_return_t kr;

	/* Device registers cannot be copied. */
	if (entry->object != NULL && entry->object->device)
		share = true;
	inherited = vm_map_entry_alloc();
	if (inherited == NULL)
		return KERN_RESOURCE_SHORTAGE;
	*inherited = *entry;
	inherited->start = start;
	inherited->wired = false;
	inherited->mapped = false;
	if (share)
		kr = vm_map_entry_share(entry, inherited);
	else
		kr = vm_map_entry_copy(parent, entry, start, entry->end,
		    copying, inherited);
	if (kr != KERN_SUCCESS) {
		vm_map_entry_free(inherited);
		return kr;
	}
	vm_map_entry_insert(child, inherited, NULL);
	return KERN_SUCCESS;
}

/*
 * Give the child what it inherits of all entries.  Parent locked, but not
 * while a pager is waited for: then it goes on with what is at the same
 * address, or next.
 */
static kern_return_t
vm_map_fork_entries(struct vm_map *parent, struct vm_map *child)
{
	struct memory_object_copying copying = { .object = NULL };
	struct vm_map_entry *entry = vm_map_entry_above(parent, 0);
	uintptr_t start = 0, end;
	kern_return_t kr = KERN_SUCCESS;

	while (entry != NULL && kr == KERN_SUCCESS) {
		start = MAX(start, entry->start);
		end = entry->end;
		if (entry->inheritance != VM_INHERIT_NONE)
			kr = vm_map_fork_entry(parent, entry, start, child,
			    &copying);
		if (kr != MEMORY_OBJECT_WAIT) {
			start = end;
			entry = vm_map_entry_after(parent, entry);
			/* What was copied in part was split. */
			if (entry != NULL && entry->start < end)
				entry = vm_map_entry_above(parent, end);
			continue;
		}
		mutex_unlock(&parent->lock);
		kr = memory_object_copying_wait(&copying);
		mutex_lock(&parent->lock);
		entry = vm_map_entry_above(parent, start);
	}
	memory_object_copying_end(&copying);
	return kr;
}

struct vm_map *
vm_map_fork(struct vm_map *parent)
{
	struct vm_map *child = vm_map_create();
	kern_return_t kr;

	if (child == NULL)
		return NULL;
	mutex_lock(&parent->lock);
	child->size_limit = parent->size_limit;
	child->size_limit_max = parent->size_limit_max;
	kr = vm_map_fork_entries(parent, child);
	mutex_unlock(&parent->lock);
	if (kr != KERN_SUCCESS) {
		vm_map_deallocate(child);
		return NULL;
	}
	return child;
}

kern_return_t
vm_map_share(struct vm_map *map, uintptr_t address,
    struct vm_map_region *region)
{
	struct vm_map_entry *entry;
	kern_return_t kr = KERN_INVALID_ADDRESS;

	mutex_lock(&map->lock);
	entry = vm_map_entry_lookup(map, address);
	if (entry != NULL)
		kr = vm_map_entry_make_shared(entry);
	if (kr == KERN_SUCCESS) {
		*region = (struct vm_map_region){
			.start = entry->start,
			.end = entry->end,
			.protection = entry->protection,
			.max_protection = entry->max_protection,
			.inheritance = entry->inheritance,
			.shared = true,
			.wired = entry->wired,
			.object = entry->object,
			.offset = entry->offset,
		};
		vm_object_reference(entry->object);
	}
	mutex_unlock(&map->lock);
	return kr;
}

kern_return_t
vm_map_identify(struct vm_map *map, uintptr_t address,
    struct vm_object **object, uint64_t *offset)
{
	struct vm_map_entry *entry;
	kern_return_t kr = KERN_SUCCESS;

	*object = NULL;
	*offset = 0;
	mutex_lock(&map->lock);
	entry = vm_map_entry_lookup(map, address);
	if (entry == NULL || (entry->protection & VM_PROT_READ) == 0)
		kr = KERN_INVALID_ADDRESS;
	else if (entry->inheritance == VM_INHERIT_SHARE ||
	    (entry->object != NULL && !entry->needs_copy &&
	    (entry->object->true_share || !entry->object->internal))) {
		kr = vm_map_entry_make_shared(entry);
		if (kr == KERN_SUCCESS) {
			vm_object_reference(entry->object);
			*object = entry->object;
			*offset = entry->offset + (address - entry->start);
		}
	}
	mutex_unlock(&map->lock);
	return kr;
}
