/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Copies of memory objects: physical, and asymmetric copy-on-write.
 */
#include <kern/assert.h>
#include <machine/memory.h>
#include <vm/memory_object.h>
#include <vm/memory_object_call.h>
#include <vm/pmap.h>
#include <vm/vm_object.h>
#include <vm/vm_page.h>
#include <vm/vm_pageout.h>
#include <vm/vm_stat.h>

struct vm_page *
vm_object_find_below(struct vm_object *object, uint64_t offset,
    struct vm_object **owner, uint64_t *owner_offset)
{
	struct vm_object *current = object, *next;
	struct vm_page *page = NULL;

	for (;;) {
		next = current->shadow;
		if (page != NULL || next == NULL || current->external ||
		    vm_object_is_paged(current, offset))
			break;
		offset += current->shadow_offset;
		spin_lock(&next->lock);
		if (current != object)
			spin_unlock(&current->lock);
		current = next;
		page = vm_object_page_lookup(current, offset);
	}
	*owner = current;
	*owner_offset = offset;
	return page;
}

/* Copy what shows at an offset into `new`, if anything does. */
static kern_return_t
vm_object_copy_page(struct vm_object *object, uint64_t offset,
    struct vm_object *new, uint64_t new_offset,
    struct memory_object_wait *wait)
{
	struct vm_object *owner;
	struct vm_page *page, *fresh;
	uint64_t where;
	kern_return_t kr = KERN_SUCCESS;

	spin_lock(&object->lock);
	page = vm_object_find(object, offset, &owner, &where);
	if (memory_object_pending(owner, page, where, VM_PROT_READ)) {
		memory_object_want(owner, where, VM_PROT_READ, wait);
		kr = MEMORY_OBJECT_WAIT;
	} else if (page != NULL) {
		fresh = vm_object_page_fresh(new, new_offset);
		if (fresh == NULL)
			kr = KERN_RESOURCE_SHORTAGE;
		else
			machine_page_copy(vm_page_to_direct(fresh),
			    vm_page_to_direct(page));
	}
	if (owner != object)
		spin_unlock(&owner->lock);
	spin_unlock(&object->lock);
	return kr;
}

/* Go on with the copy that is under way, or begin. */
static kern_return_t
vm_object_copying_begin(struct vm_object *object, uint64_t offset,
    uint64_t size, struct memory_object_copying *copying)
{
	if (copying->object == object && copying->offset == offset &&
	    copying->size == size)
		return KERN_SUCCESS;
	memory_object_copying_end(copying);
	copying->copy = vm_object_create(size);
	if (copying->copy == NULL)
		return KERN_RESOURCE_SHORTAGE;
	vm_object_reference(object);
	copying->object = object;
	copying->offset = offset;
	copying->size = size;
	copying->done = 0;
	return KERN_SUCCESS;
}

kern_return_t
vm_object_copy_slowly(struct vm_object *object, uint64_t offset,
    uint64_t size, struct memory_object_copying *copying,
    struct vm_object **copy)
{
	kern_return_t kr = vm_object_copying_begin(object, offset, size,
	    copying);

	while (kr == KERN_SUCCESS && copying->done < size) {
		kr = vm_object_copy_page(object, offset + copying->done,
		    copying->copy, copying->done, &copying->wait);
		if (kr == KERN_SUCCESS)
			copying->done += PAGE_SIZE;
		else if (kr == KERN_RESOURCE_SHORTAGE)
			kr = vm_pageout_wait(true);
	}
	if (kr == KERN_SUCCESS) {
		*copy = copying->copy;
		copying->copy = NULL;
	}
	if (kr != MEMORY_OBJECT_WAIT)
		memory_object_copying_end(copying);
	return kr;
}

/* Write-protect the resident pages in [start, end), in all maps. */
static void
vm_object_freeze(struct vm_object *object, uint64_t start, uint64_t end)
{
	struct vm_page *page;
	uint64_t offset = start;

	while (object->resident_count > 0) {
		page = vm_object_page_next(object, offset);
		if (page == NULL || page->offset >= end)
			break;
		offset = page->offset + PAGE_SIZE;
		if (page->mappings != NULL)
			pmap_page_protect(page,
			    VM_PROT_READ | VM_PROT_EXECUTE);
	}
}

/*
 * The newest copy, if it can stand for one more: nothing was pushed to it,
 * and nobody writes to it.  Referenced.
 */
static struct vm_object *
vm_object_copy_reuse(struct vm_object *object, uint64_t size)
{
	struct vm_object *copy = object->copy;

	if (copy == NULL || !spin_trylock(&copy->lock))
		return NULL;
	if (copy->references == 0 || copy->resident_count != 0 ||
	    copy->pager_created || copy->written || copy->true_share ||
	    copy->shadow_offset != 0) {
		spin_unlock(&copy->lock);
		return NULL;
	}
	if (copy->size < size)
		copy->size = size;
	copy->references++;
	spin_unlock(&copy->lock);
	return copy;
}

/* Put `new` between `object`, locked, and its newest copy; false: try again. */
static bool
vm_object_copy_insert(struct vm_object *object, struct vm_object *new)
{
	struct vm_object *old = object->copy;

	if (old != NULL) {
		if (!spin_trylock(&old->lock))
			return false;
		list_remove(&old->shadow_link);
		list_insert_tail(&new->shadows, &old->shadow_link);
		old->shadow = new;
		spin_unlock(&old->lock);
		/* The old copy's reference is now on the new one. */
		new->references++;
		if (new->size < old->size + old->shadow_offset)
			new->size = old->size + old->shadow_offset;
	} else
		object->references++;
	new->copy_row = old == NULL ? 1 : old->copy_row + 1;
	new->shadow = object;
	list_insert_tail(&object->shadows, &new->shadow_link);
	object->copy = new;
	return true;
}

/* The copies that are left of the row that ends with `copy`, locked. */
static unsigned int
vm_object_copy_count(struct vm_object *copy)
{
	struct vm_object *current = copy, *older;
	unsigned int count = 1;

	while (!list_empty(&current->shadows)) {
		older = list_first_entry(&current->shadows,
		    struct vm_object, shadow_link);
		if (older->copy_row == 0 || !spin_trylock(&older->lock))
			break;
		if (current != copy)
			spin_unlock(&current->lock);
		current = older;
		count++;
	}
	if (current != copy)
		spin_unlock(&current->lock);
	return count;
}

/* Make the newest copy stand for itself if it ends a row of many. */
static void
vm_object_copy_limit(struct vm_object *object)
{
	struct vm_object *copy;

	spin_lock(&object->lock);
	copy = object->copy;
	if (copy == NULL || copy->copy_row < VM_OBJECT_COPIES ||
	    !spin_trylock(&copy->lock)) {
		spin_unlock(&object->lock);
		return;
	}
	/* Those that died since do not count. */
	copy->copy_row = vm_object_copy_count(copy);
	if (copy->copy_row < VM_OBJECT_COPIES || copy->references == 0)
		copy = NULL;
	else
		copy->references++;
	spin_unlock(&object->copy->lock);
	spin_unlock(&object->lock);
	if (copy == NULL)
		return;
	vm_object_cut(copy);
	vm_object_deallocate(copy);
}

kern_return_t
vm_object_copy_delayed(struct vm_object *object, uint64_t offset,
    uint64_t size, struct vm_object **copy)
{
	struct vm_object *new;

	spin_lock(&object->lock);
	new = vm_object_copy_reuse(object, offset + size);
	if (new == NULL) {
		spin_unlock(&object->lock);
		new = vm_object_create(offset + size);
		if (new == NULL)
			return KERN_RESOURCE_SHORTAGE;
		vm_object_copy_limit(object);
		spin_lock(&object->lock);
		while (!vm_object_copy_insert(object, new)) {
			spin_unlock(&object->lock);
			cpu_relax();
			spin_lock(&object->lock);
		}
	}
	vm_object_freeze(object, offset, offset + size);
	spin_unlock(&object->lock);
	if (vm_object_depth(new) > VM_OBJECT_DEPTH)
		vm_object_cut(new);
	*copy = new;
	return KERN_SUCCESS;
}

kern_return_t
vm_object_push(struct vm_object *object, struct vm_page *page)
{
	struct vm_object *copy = object->copy;
	struct vm_page *fresh;
	uint64_t offset;

	if (!spin_trylock(&copy->lock))
		return KERN_ABORTED;
	offset = page->offset - copy->shadow_offset;
	if (page->offset < copy->shadow_offset || offset >= copy->size ||
	    vm_object_has_page(copy, offset)) {
		spin_unlock(&copy->lock);
		return KERN_SUCCESS;
	}
	fresh = vm_object_page_fresh(copy, offset);
	if (fresh != NULL)
		machine_page_copy(vm_page_to_direct(fresh),
		    vm_page_to_direct(page));
	spin_unlock(&copy->lock);
	if (fresh == NULL)
		return KERN_RESOURCE_SHORTAGE;
	/* Readers through the copy shall find the copied page. */
	if (page->mappings != NULL)
		pmap_page_protect(page, VM_PROT_NONE);
	return KERN_SUCCESS;
}

kern_return_t
vm_object_copy(struct vm_object *object, uint64_t offset, uint64_t size,
    struct memory_object_copying *copying, struct vm_object **copy,
    uint64_t *copy_offset, bool *needs_copy)
{
	if (object->device)
		return KERN_INVALID_ARGUMENT;
	if (object->calling != NULL &&
	    memory_object_want_copy(object, &copying->wait))
		return MEMORY_OBJECT_WAIT;
	if (object->external && object->pager_ready &&
	    object->copy_strategy == MEMORY_OBJECT_COPY_CALL &&
	    memory_object_call(object, offset, size, copy) == KERN_SUCCESS) {
		*copy_offset = offset;
		*needs_copy = true;
		return KERN_SUCCESS;
	}
	if ((!object->internal &&
	    (object->copy_strategy == MEMORY_OBJECT_COPY_NONE ||
	    object->copy_strategy == MEMORY_OBJECT_COPY_CALL)) ||
	    vm_object_deep(object)) {
		*copy_offset = 0;
		*needs_copy = false;
		return vm_object_copy_slowly(object, offset, size, copying,
		    copy);
	}
	*copy_offset = offset;
	*needs_copy = true;
	return vm_object_copy_delayed(object, offset, size, copy);
}
