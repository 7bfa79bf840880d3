/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Memory objects: life, resident pages, shadow chains.
 */
#include <kern/assert.h>
#include <kern/slab.h>
#include <kern/thread.h>
#include <lib/macros.h>
#include <vm/memory_object.h>
#include <vm/memory_object_returned.h>
#include <vm/pmap.h>
#include <vm/vm_object.h>
#include <vm/vm_page.h>
#include <vm/vm_page_queue.h>
#include <vm/vm_stat.h>

static struct slab_cache vm_object_cache;

void
vm_object_setup(void)
{
	slab_cache_init(&vm_object_cache, "vm_object",
	    sizeof(struct vm_object), 0, NULL);
	vm_page_queue_setup();
}

struct vm_object *
vm_object_create(uint64_t size)
{
	struct vm_object *object = slab_cache_alloc(&vm_object_cache);

	if (object == NULL)
		return NULL;
	*object = (struct vm_object){
		.references = 1,
		.size = ALIGN_UP(size, PAGE_SIZE),
		.copy_strategy = MEMORY_OBJECT_COPY_DELAY,
		.max_protection = VM_PROT_ALL,
		.internal = true,
		.temporary = true,
		.alive = true,
	};
	spin_init(&object->lock);
	list_init(&object->shadows);
	list_node_init(&object->link);
	waitq_init(&object->waiters);
	return object;
}

struct vm_object *
vm_object_create_device(uint64_t physical, uint64_t size)
{
	struct vm_object *object = vm_object_create(size);

	if (object == NULL)
		return NULL;
	object->internal = false;
	object->temporary = false;
	object->copy_strategy = MEMORY_OBJECT_COPY_NONE;
	object->device = true;
	object->device_physical = physical;
	return object;
}

struct vm_object *
vm_object_create_pages(struct vm_page *first, uint64_t count)
{
	struct vm_object *object = vm_object_create(count << PAGE_SHIFT);
	uint64_t i;

	if (object == NULL)
		return NULL;
	for (i = 0; i < count; i++) {
		first[i].flags = VM_PAGE_DIRTY;
		first[i].wire_count = 0;
		if (vm_object_page_insert(object, i << PAGE_SHIFT,
		    &first[i]) != KERN_SUCCESS) {
			while (i-- > 0)
				vm_object_page_remove(object, &first[i]);
			vm_object_deallocate(object);
			return NULL;
		}
	}
	for (i = 0; i < count; i++)
		vm_object_page_wire(&first[i]);
	object->internal = false;
	object->copy_strategy = MEMORY_OBJECT_COPY_NONE;
	return object;
}

void
vm_object_reference(struct vm_object *object)
{
	spin_lock(&object->lock);
	assert(object->references > 0);
	object->references++;
	spin_unlock(&object->lock);
}

static void
vm_object_destroy(struct vm_object *object)
{
	if (object->returned != NULL)
		memory_object_returned_end(object->returned);
	if (object->returns != NULL)
		memory_object_returns_free(object->returns);
	slab_cache_free(&vm_object_cache, object);
}

/* The last reference is gone, the lock held: free all.  Returns the shadow. */
static struct vm_object *
vm_object_terminate(struct vm_object *object)
{
	struct vm_object *shadow = object->shadow;

	assert(list_empty(&object->shadows));
	assert(object->copy == NULL);
	if (shadow != NULL) {
		spin_lock(&shadow->lock);
		list_remove(&object->shadow_link);
		if (shadow->copy == object)
			shadow->copy = NULL;
		if (object->called_end != 0)
			shadow->called_copies--;
		spin_unlock(&shadow->lock);
	}
	object->alive = false;
	if (object->resident_count > 0 || !rdxtree_empty(&object->paged))
		vm_object_free_range(object, 0, UINT64_MAX);
	spin_unlock(&object->lock);
	vm_object_destroy(object);
	return shadow;
}

void
vm_object_deallocate(struct vm_object *object)
{
	struct vm_object *upper;

	while (object != NULL) {
		if (object->pager_created && !memory_object_release(object))
			return;
		spin_lock(&object->lock);
		assert(object->references > 0);
		if (--object->references > 0) {
			upper = NULL;
			if (object->references == 1 &&
			    !list_empty(&object->shadows)) {
				upper = list_first_entry(&object->shadows,
				    struct vm_object, shadow_link);
				if (!spin_trylock(&upper->lock))
					upper = NULL;
			}
			spin_unlock(&object->lock);
			if (upper != NULL) {
				vm_object_collapse(upper);
				spin_unlock(&upper->lock);
			}
			return;
		}
		object = vm_object_terminate(object);
	}
}

kern_return_t
vm_object_page_insert(struct vm_object *object, uint64_t offset,
    struct vm_page *page)
{
	if (rdxtree_insert(&object->pages, offset >> PAGE_SHIFT, page) !=
	    KERN_SUCCESS)
		return KERN_RESOURCE_SHORTAGE;
	page->object = object;
	page->offset = offset;
	object->resident_count++;
	vm_page_queue_activate(page);
	return KERN_SUCCESS;
}

struct vm_page *
vm_object_page_fresh(struct vm_object *object, uint64_t offset)
{
	/* A wired thread works for pageout: the reserve is for it. */
	bool urgent = thread_self()->wired;
	struct vm_page *page = vm_page_alloc(urgent);

	if (page == NULL) {
		slab_collect();
		page = vm_page_alloc(urgent);
	}
	if (page == NULL)
		return NULL;
	page->flags = VM_PAGE_DIRTY;
	page->wire_count = 0;
	page->mappings = NULL;
	if (vm_object_page_insert(object, offset, page) != KERN_SUCCESS) {
		vm_page_free(page);
		return NULL;
	}
	return page;
}

void
vm_object_page_remove(struct vm_object *object, struct vm_page *page)
{
	assert(page->object == object);
	vm_page_queue_remove(page);
	rdxtree_remove(&object->pages, page->offset >> PAGE_SHIFT);
	page->object = NULL;
	object->resident_count--;
}

bool
vm_object_page_move(struct vm_page *page, struct vm_object *to,
    uint64_t offset, unsigned int queue)
{
	struct vm_object *from = page->object;

	if (rdxtree_insert(&to->pages, offset >> PAGE_SHIFT, page) !=
	    KERN_SUCCESS)
		return false;
	vm_page_queue_remove(page);
	rdxtree_remove(&from->pages, page->offset >> PAGE_SHIFT);
	from->resident_count--;
	to->resident_count++;
	page->object = to;
	page->offset = offset;
	page->flags = VM_PAGE_DIRTY;
	vm_page_queue_insert(page, queue);
	return true;
}

void
vm_object_page_free(struct vm_object *object, struct vm_page *page)
{
	if (page->mappings != NULL)
		pmap_page_protect(page, VM_PROT_NONE);
	if (page->wire_count > 0) {
		page->wire_count = 1;
		vm_object_page_unwire(page);
	}
	vm_object_page_remove(object, page);
	vm_page_free(page);
}

void
vm_object_page_replace(struct vm_object *object, struct vm_page *old,
    struct vm_page *page)
{
	assert(old->object == object && old->mappings == NULL);
	page->object = object;
	page->offset = old->offset;
	page->mappings = NULL;
	rdxtree_replace(&object->pages, old->offset >> PAGE_SHIFT, page);
	vm_page_queue_activate(page);
	vm_page_queue_remove(old);
	old->object = NULL;
	vm_page_free(old);
}

struct vm_page *
vm_object_page_next(const struct vm_object *object, uint64_t offset)
{
	uint64_t key = offset >> PAGE_SHIFT;

	return rdxtree_lookup_next(&object->pages, &key);
}

void
vm_object_free_range(struct vm_object *object, uint64_t start, uint64_t end)
{
	struct vm_page *page;
	uint64_t offset = start;

	if (!rdxtree_empty(&object->paged))
		vm_object_paged_clear(object, start, end);
	while (object->resident_count > 0 && offset < end) {
		page = vm_object_page_lookup(object, offset);
		if (page == NULL)
			page = vm_object_page_next(object, offset);
		if (page == NULL || page->offset >= end)
			break;
		offset = page->offset + PAGE_SIZE;
		vm_object_page_free(object, page);
	}
}

void
vm_object_page_wire(struct vm_page *page)
{
	if (page->wire_count++ != 0)
		return;
	vm_stat_add_wired(1);
	/* What the default pager holds stays counted as its. */
	if (page->queue != VM_PAGE_QUEUE_LAUNDRY)
		vm_page_queue_remove(page);
}

void
vm_object_page_unwire(struct vm_page *page)
{
	assert(page->wire_count > 0);
	if (--page->wire_count != 0)
		return;
	vm_stat_add_wired(-1);
	if (page->queue == VM_PAGE_QUEUE_NONE)
		vm_page_queue_activate(page);
}

void
vm_object_set_shadow(struct vm_object *object, struct vm_object *shadow,
    uint64_t offset)
{
	object->shadow = shadow;
	object->shadow_offset = offset;
	spin_lock(&shadow->lock);
	list_insert_tail(&shadow->shadows, &object->shadow_link);
	spin_unlock(&shadow->lock);
}

/*
 * `object` has the pages of `lower` now: what these were returned for ends with
 * it instead.  (An object that carries such pages has no shadow.)
 */
static inline void
vm_object_absorb_returned(struct vm_object *object, struct vm_object *lower)
{
	if (likely(lower->returned == NULL))
		return;
	assert(object->returned == NULL);
	object->returned = lower->returned;
	lower->returned = NULL;
}

/*
 * Move the pages that show through from `lower`, free the hidden ones.
 * False if memory ran out in between: what was not moved still shows
 * through.
 */
static bool
vm_object_absorb_pages(struct vm_object *object, struct vm_object *lower)
{
	struct vm_page *page;
	uint64_t offset, next = 0;

	while (lower->resident_count > 0) {
		page = vm_object_page_next(lower, next);
		if (page == NULL)
			break;
		next = page->offset + PAGE_SIZE;
		offset = page->offset - object->shadow_offset;
		if (page->offset < object->shadow_offset ||
		    offset >= object->size ||
		    vm_object_has_page(object, offset)) {
			vm_object_page_free(lower, page);
			continue;
		}
		if (rdxtree_insert(&object->pages, offset >> PAGE_SHIFT,
		    page) != KERN_SUCCESS)
			return false;
		rdxtree_remove(&lower->pages, page->offset >> PAGE_SHIFT);
		page->object = object;
		page->offset = offset;
		lower->resident_count--;
		object->resident_count++;
	}
	return true;
}

void
vm_object_collapse(struct vm_object *object)
{
	struct vm_object *lower, *next;

	while ((lower = object->shadow) != NULL && object->internal &&
	    object->paging_in_progress == 0) {
		spin_lock(&lower->lock);
		if (lower->references != 1 || !lower->internal ||
		    lower->pager_created || lower->paging_in_progress != 0 ||
		    !vm_object_absorb_pages(object, lower)) {
			spin_unlock(&lower->lock);
			return;
		}
		next = lower->shadow;
		if (next != NULL) {
			spin_lock(&next->lock);
			list_insert_before(&object->shadow_link,
			    &lower->shadow_link);
			list_remove(&lower->shadow_link);
			if (next->copy == lower)
				next->copy = object;
			spin_unlock(&next->lock);
		}
		object->shadow = next;
		object->shadow_offset += lower->shadow_offset;
		object->copy_row = lower->copy_row;
		vm_object_absorb_returned(object, lower);
		spin_unlock(&lower->lock);
		vm_object_destroy(lower);
	}
}
