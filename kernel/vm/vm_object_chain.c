/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Bounds on shadow chains: what is obscured is left out, and a chain that
 * grew deep is cut by copying the pages of its middle.
 */
#include <kern/assert.h>
#include <machine/memory.h>
#include <vm/pmap.h>
#include <vm/vm_object.h>
#include <vm/vm_page.h>

/* Objects that a cut looks at, and locks, at most. */
#define CUT_DEPTH	48

unsigned int
vm_object_depth(struct vm_object *object)
{
	struct vm_object *current = object, *next;
	unsigned int depth = 0;

	spin_lock(&current->lock);
	while ((next = current->shadow) != NULL) {
		spin_lock(&next->lock);
		spin_unlock(&current->lock);
		current = next;
		depth++;
	}
	spin_unlock(&current->lock);
	return depth;
}

/* All pages are resident: nothing asks a pager for one, now or later. */
static inline bool
vm_object_resident(const struct vm_object *object)
{
	return !object->pager_created && object->paging_in_progress == 0;
}

/*
 * What shows through `object` at a place does not change: copies of it
 * need not be told.
 */
static inline bool
vm_object_constant(const struct vm_object *object)
{
	return object->internal && !object->true_share &&
	    object->copy == NULL;
}

/*
 * Let `object` shadow `base`, or nothing, instead; both and the old shadow
 * are locked.  Returns the old one, whose reference is the caller's.
 */
static struct vm_object *
vm_object_reshadow(struct vm_object *object, struct vm_object *base,
    uint64_t offset)
{
	struct vm_object *old = object->shadow;

	list_remove(&object->shadow_link);
	if (old->copy == object)
		old->copy = NULL;
	object->copy_row = 0;
	object->shadow = base;
	object->shadow_offset = offset;
	if (base != NULL) {
		base->references++;
		list_insert_tail(&base->shadows, &object->shadow_link);
	}
	return old;
}

struct vm_object *
vm_object_bypass(struct vm_object *object)
{
	struct vm_object *shadow = object->shadow;

	if (!vm_object_resident(object))
		return NULL;
	spin_lock(&shadow->lock);
	vm_object_reshadow(object, NULL, 0);
	spin_unlock(&shadow->lock);
	return shadow;
}

/* A chain from an object, which is locked, to where it may be cut. */
struct vm_object_cut {
	struct vm_object *base;		/* the new shadow, locked, or NULL */
	uint64_t offset;		/* of byte 0 in base */
};

/*
 * Unlock from `object` on, down to `last`, or all.
 */
static void
vm_object_chain_unlock(struct vm_object *object, struct vm_object *last)
{
	struct vm_object *next;

	for (;; object = next) {
		next = object->shadow;
		spin_unlock(&object->lock);
		if (object == last || next == NULL)
			return;
	}
}

/*
 * Lock the chain below `object` down to the lowest object that it could
 * shadow itself: all above are resident.  False, and nothing locked, when it
 * is the one that it shadows now.
 */
static bool
vm_object_cut_lock(struct vm_object *object, struct vm_object_cut *cut)
{
	struct vm_object *current = object, *next;
	uint64_t offset = 0;
	unsigned int depth;
	bool found = false;

	for (depth = 0; depth < CUT_DEPTH && vm_object_resident(current);
	    depth++) {
		next = current->shadow;
		if (next == NULL)
			break;
		offset += current->shadow_offset;
		spin_lock(&next->lock);
		current = next;
		if (vm_object_constant(current)) {
			found = true;
			cut->base = current;
			cut->offset = offset;
		}
	}
	if (!found && vm_object_resident(current) && current->internal &&
	    current->shadow == NULL && current != object) {
		cut->base = NULL;
		cut->offset = 0;
		return true;
	}
	if (!found || cut->base == object->shadow) {
		if (current != object)
			vm_object_chain_unlock(object->shadow, current);
		return false;
	}
	if (current != cut->base)
		vm_object_chain_unlock(cut->base->shadow, current);
	return true;
}

/*
 * Copy the pages of `lower` that `object` shows, `delta` above its own
 * offsets, and take them out of all maps: who looked through `object` shall
 * find the copy.
 */
static kern_return_t
vm_object_cut_level(struct vm_object *object, struct vm_object *lower,
    uint64_t delta)
{
	struct vm_page *page, *fresh;
	uint64_t next = delta;

	while (lower->resident_count > 0) {
		page = vm_object_page_next(lower, next);
		if (page == NULL || page->offset - delta >= object->size)
			break;
		next = page->offset + PAGE_SIZE;
		if (vm_object_page_lookup(object, page->offset - delta) !=
		    NULL)
			continue;
		fresh = vm_object_page_fresh(object, page->offset - delta);
		if (fresh == NULL)
			return KERN_RESOURCE_SHORTAGE;
		machine_page_copy(vm_page_to_direct(fresh),
		    vm_page_to_direct(page));
		if (page->mappings != NULL)
			pmap_page_protect(page, VM_PROT_NONE);
	}
	return KERN_SUCCESS;
}

kern_return_t
vm_object_cut(struct vm_object *object)
{
	struct vm_object *lower, *old = NULL;
	struct vm_object_cut cut;
	uint64_t delta = 0;
	kern_return_t kr = KERN_SUCCESS;

	spin_lock(&object->lock);
	if (!vm_object_resident(object) || object->shadow == NULL ||
	    !vm_object_cut_lock(object, &cut)) {
		spin_unlock(&object->lock);
		return KERN_FAILURE;
	}
	delta = object->shadow_offset;
	for (lower = object->shadow; lower != cut.base &&
	    kr == KERN_SUCCESS; lower = lower->shadow) {
		kr = vm_object_cut_level(object, lower, delta);
		delta += lower->shadow_offset;
		if (lower->shadow == NULL)
			break;
	}
	lower = object->shadow;
	if (kr == KERN_SUCCESS)
		old = vm_object_reshadow(object, cut.base, cut.offset);
	spin_unlock(&object->lock);
	vm_object_chain_unlock(lower, cut.base);
	vm_object_deallocate(old);
	return kr;
}

bool
vm_object_deep(struct vm_object *object)
{
	if (object->shadow == NULL ||
	    vm_object_depth(object) <= VM_OBJECT_DEEP)
		return false;
	return vm_object_cut(object) != KERN_SUCCESS ||
	    vm_object_depth(object) > VM_OBJECT_DEEP;
}
