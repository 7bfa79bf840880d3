/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Data from a pager.
 */
#include <machine/memory.h>
#include <vm/memory_object.h>
#include <vm/memory_object_call.h>
#include <vm/pmap.h>
#include <vm/vm_map.h>
#include <vm/vm_map_copy.h>
#include <vm/vm_page_queue.h>
#include <vm/vm_pageout.h>
#include <vm/vm_stat.h>

/*
 * Put a filled page at its place, unless another is there: then it stays the
 * caller's.  Object locked.
 */
static kern_return_t
memory_object_put(struct vm_object *object, uint64_t offset,
    struct vm_page *page)
{
	vm_prot_t lock = memory_object_call_lock(object, offset, VM_PROT_NONE);
	struct vm_page *old = vm_object_page_lookup(object, offset);
	kern_return_t kr = KERN_SUCCESS;

	/* What an internal object shows is not the pager's to change. */
	if (old == NULL && object->internal &&
	    !vm_object_is_paged(object, offset))
		kr = KERN_MEMORY_PRESENT;
	else if (old != NULL && (old->flags & VM_PAGE_ABSENT) == 0)
		kr = KERN_MEMORY_PRESENT;
	else {
		page->offset = offset;
		kr = memory_object_call_push(object, page);
	}
	if (kr != KERN_SUCCESS)
		return kr;
	page->flags |= (uint16_t)(lock << VM_PAGE_LOCK_SHIFT);
	if (old == NULL)
		kr = vm_object_page_insert(object, offset, page);
	else
		vm_object_page_replace(object, old, page);
	return kr;
}

/* A page with the data at `from`: theirs, or a copy. */
static kern_return_t
memory_object_supplied_page(struct vm_map_copy *data, uint64_t from,
    struct vm_page **taken)
{
	struct vm_page *page = vm_map_copy_take_page(data, from);
	kern_return_t kr = KERN_SUCCESS;

	while (page == NULL && kr == KERN_SUCCESS) {
		page = vm_page_alloc(false);
		if (page == NULL)
			kr = vm_pageout_wait(true);
		else
			kr = vm_map_copy_read(data, from,
			    vm_page_to_direct(page), PAGE_SIZE);
	}
	if (kr != KERN_SUCCESS && page != NULL)
		vm_page_free(page);
	*taken = page;
	return kr;
}

static kern_return_t
memory_object_supply_page(struct vm_object *object, uint64_t offset,
    struct vm_map_copy *data, uint64_t from, uint16_t flags)
{
	struct vm_page *page;
	kern_return_t kr;

	kr = memory_object_supplied_page(data, from, &page);
	if (kr != KERN_SUCCESS)
		return kr;
	page->flags = flags;
	page->wire_count = 0;
	do {
		spin_lock(&object->lock);
		kr = memory_object_put(object, offset, page);
		waitq_wake_all(&object->waiters, WAIT_DONE);
		spin_unlock(&object->lock);
	} while (kr == KERN_ABORTED);
	if (kr != KERN_SUCCESS)
		vm_page_free(page);
	else
		vm_stat_add(&vm_stat.pageins, 1);
	return kr;
}

kern_return_t
memory_object_supply(struct vm_object *object, uint64_t offset,
    struct vm_map_copy *data, vm_prot_t lock, bool precious,
    uint64_t *length)
{
	uint64_t size = vm_map_copy_size(data) & ~(uint64_t)PAGE_MASK;
	uint16_t flags = (uint16_t)(lock << VM_PAGE_LOCK_SHIFT);
	uint64_t done = 0;
	kern_return_t kr = KERN_SUCCESS;

	if (precious)
		flags |= VM_PAGE_PRECIOUS;
	while (done < size && kr == KERN_SUCCESS) {
		kr = memory_object_supply_page(object, offset + done, data,
		    done, flags);
		if (kr == KERN_SUCCESS)
			done += PAGE_SIZE;
	}
	/* Who waits for what does not come is told so. */
	if (kr != KERN_SUCCESS && kr != KERN_MEMORY_PRESENT) {
		spin_lock(&object->lock);
		memory_object_fail(object, offset + done, offset + size, kr);
		spin_unlock(&object->lock);
	}
	*length = done;
	return kr;
}

/* A page that is asked for becomes zeros.  Object locked. */
static kern_return_t
memory_object_zero_page(struct vm_object *object, struct vm_page *page)
{
	vm_prot_t lock = memory_object_call_lock(object, page->offset,
	    VM_PROT_NONE);
	kern_return_t kr;

	machine_page_clear(vm_page_to_direct(page));
	kr = memory_object_call_push(object, page);
	if (kr != KERN_SUCCESS)
		return kr;
	page->flags = (uint16_t)(lock << VM_PAGE_LOCK_SHIFT);
	vm_page_queue_activate(page);
	vm_stat_add(&vm_stat.zero_fill_count, 1);
	return KERN_SUCCESS;
}

void
memory_object_zero(struct vm_object *object, uint64_t start, uint64_t end)
{
	struct vm_page *page;
	uint64_t offset = start;
	kern_return_t kr;

	spin_lock(&object->lock);
	while ((page = vm_object_page_next(object, offset)) != NULL &&
	    page->offset < end) {
		offset = page->offset + PAGE_SIZE;
		if ((page->flags & VM_PAGE_ABSENT) == 0)
			continue;
		kr = memory_object_zero_page(object, page);
		if (kr == KERN_ABORTED) {
			offset -= PAGE_SIZE;
			spin_unlock(&object->lock);
			cpu_relax();
			spin_lock(&object->lock);
		} else if (kr != KERN_SUCCESS)
			memory_object_fail(object, offset - PAGE_SIZE,
			    offset, kr);
	}
	waitq_wake_all(&object->waiters, WAIT_DONE);
	spin_unlock(&object->lock);
}
