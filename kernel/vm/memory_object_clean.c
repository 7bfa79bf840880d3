/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Pages back to their pager, and under its locks.
 */
#include <machine/memory.h>
#include <vm/memory_object.h>
#include <vm/memory_object_call.h>
#include <vm/memory_object_run.h>
#include <vm/pmap.h>
#include <vm/vm_page_queue.h>

/* A lock takes effect: mappings lose what it forbids.  Object locked. */
static void
memory_object_page_lock(struct vm_page *page, vm_prot_t lock)
{
	uint16_t flags = (uint16_t)(memory_object_call_lock(page->object,
	    page->offset, lock) << VM_PAGE_LOCK_SHIFT);

	__atomic_fetch_and(&page->flags,
	    (uint16_t)~(VM_PAGE_LOCK | VM_PAGE_UNLOCK), __ATOMIC_RELAXED);
	__atomic_fetch_or(&page->flags, flags, __ATOMIC_RELAXED);
	pmap_page_protect(page, VM_PROT_ALL & ~memory_object_locked(page));
}

static bool
memory_object_page_returns(struct vm_page *page,
    const struct memory_object_clean *what)
{
	if (what->should_return == MEMORY_OBJECT_RETURN_NONE)
		return false;
	return pmap_page_is_modified(page) ||
	    (what->should_return == MEMORY_OBJECT_RETURN_ALL &&
	    (page->flags & VM_PAGE_PRECIOUS) != 0);
}

/*
 * Give up a page whose changes the pager does not want.  Copies of the object
 * keep what they show (KERN_RESOURCE_SHORTAGE).
 */
static kern_return_t
memory_object_page_flush(struct vm_object *object, struct vm_page *page)
{
	kern_return_t kr = KERN_SUCCESS;

	if (object->copy != NULL && pmap_page_is_modified(page))
		kr = vm_object_push(object, page);
	if (kr == KERN_SUCCESS)
		vm_object_page_free(object, page);
	return kr;
}

/*
 * One page; false: send the run first.  Object locked.
 */
static bool
memory_object_clean_page(struct vm_object *object, struct vm_page *page,
    const struct memory_object_clean *what, struct memory_object_run *run,
    kern_return_t *result)
{
	bool dirty, initial, kept = !what->flush || page->wire_count > 0;

	if (what->lock != VM_PROT_NO_CHANGE) {
		*result = memory_object_call_push(object, page);
		if (*result != KERN_SUCCESS)
			return true;
		memory_object_page_lock(page, what->lock);
	}
	if (!memory_object_page_returns(page, what)) {
		if (!kept)
			*result = memory_object_page_flush(object, page);
		return true;
	}
	dirty = pmap_page_is_modified(page);
	initial = object->internal && !object->paged_again &&
	    !vm_object_is_paged(object, page->offset);
	if (!memory_object_run_takes(run, page, dirty, kept, initial))
		return false;
	*result = memory_object_run_add(run, page, dirty, kept, initial);
	return true;
}

/*
 * Fill a run from *offset on; true at the end of the range.  KERN_ABORTED: try
 * again (vm_object_push()).
 */
static bool
memory_object_clean_some(struct vm_object *object,
    const struct memory_object_clean *what, struct memory_object_run *run,
    uint64_t *offset, kern_return_t *result)
{
	struct vm_page *page;
	bool last = false;

	spin_lock(&object->lock);
	object->paging_in_progress++;
	while (*result == KERN_SUCCESS) {
		page = vm_object_page_next(object, *offset);
		last = page == NULL || page->offset >= what->end;
		if (last)
			break;
		*offset = page->offset;
		if ((page->flags & VM_PAGE_BUSY) == 0 &&
		    !memory_object_clean_page(object, page, what, run,
		    result))
			break;
		if (*result == KERN_SUCCESS)
			*offset += PAGE_SIZE;
	}
	spin_unlock(&object->lock);
	return last;
}

kern_return_t
memory_object_clean(struct vm_object *object,
    const struct memory_object_ports *ports,
    const struct memory_object_clean *what)
{
	struct memory_object_run run = { .queue = VM_PAGE_QUEUE_ACTIVE };
	uint64_t offset = what->start;
	kern_return_t kr = KERN_SUCCESS;
	bool last = false;

	while (!last && (kr == KERN_SUCCESS || kr == KERN_ABORTED)) {
		kr = memory_object_run_prepare(&run, object);
		if (kr != KERN_SUCCESS)
			break;
		last = memory_object_clean_some(object, what, &run, &offset,
		    &kr);
		memory_object_run_send(&run, ports);
		memory_object_paging_end(object);
	}
	memory_object_run_cancel(&run);
	return kr;
}
