/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Pages back to their pager, and under its locks.
 */
#include <kern/assert.h>
#include <lib/macros.h>
#include <machine/memory.h>
#include <vm/memory_object.h>
#include <vm/memory_object_message.h>
#include <vm/pmap.h>
#include <vm/vm_map.h>
#include <vm/vm_stat.h>

/* Bytes that one data_return carries at most. */
#define MEMORY_OBJECT_RUN	(64 * PAGE_SIZE)

/* Neighbouring pages on their way to the pager, all alike. */
struct memory_object_run {
	struct vm_object *object;	/* holds them from 0 on, or NULL */
	uint64_t offset;
	uint64_t size;
	bool dirty;
	bool kept;
};

static kern_return_t
memory_object_run_send(struct memory_object_run *run,
    const struct memory_object_ports *ports)
{
	vm_map_copy_t copy;
	kern_return_t kr;

	if (run->size == 0)
		return KERN_SUCCESS;
	kr = vm_map_copy_create_object(run->object, run->size, &copy);
	run->object = NULL;
	if (kr == KERN_SUCCESS)
		kr = memory_object_send_return(ports, run->offset, copy,
		    run->dirty, run->kept);
	vm_stat_add(&vm_stat.pageouts, run->size >> PAGE_SHIFT);
	run->size = 0;
	return kr;
}

/* A lock takes effect: mappings lose what it forbids.  Object locked. */
static void
memory_object_page_lock(struct vm_page *page, vm_prot_t lock)
{
	uint16_t flags = (uint16_t)(lock << VM_PAGE_LOCK_SHIFT);

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

/* To another object, where it may do what it likes.  False: no memory. */
static bool
memory_object_page_move(struct vm_page *page, struct vm_object *to,
    uint64_t to_offset)
{
	struct vm_object *from = page->object;
	uint64_t offset = page->offset;

	if (vm_object_page_insert(to, to_offset, page) != KERN_SUCCESS)
		return false;
	page->object = from;
	page->offset = offset;
	vm_object_page_remove(from, page);
	page->object = to;
	page->offset = to_offset;
	page->flags = VM_PAGE_DIRTY;
	return true;
}

/* Move the page, or a copy of it, to the end of the run.  Object locked. */
static kern_return_t
memory_object_run_add(struct memory_object_run *run, struct vm_page *page)
{
	struct vm_page *fresh;

	if (run->kept) {
		fresh = vm_object_page_fresh(run->object, run->size);
		if (fresh == NULL)
			return KERN_RESOURCE_SHORTAGE;
		/* The next write is a fault, and makes it dirty again. */
		pmap_page_protect(page, VM_PROT_READ | VM_PROT_EXECUTE);
		machine_page_copy(vm_page_to_direct(fresh),
		    vm_page_to_direct(page));
		pmap_page_clear_modified(page);
	} else {
		pmap_page_protect(page, VM_PROT_NONE);
		if (!memory_object_page_move(page, run->object, run->size))
			return KERN_RESOURCE_SHORTAGE;
	}
	run->size += PAGE_SIZE;
	return KERN_SUCCESS;
}

/* Does the page continue the run? */
static bool
memory_object_run_takes(const struct memory_object_run *run,
    uint64_t offset, bool dirty, bool kept)
{
	return run->size == 0 || (run->size < MEMORY_OBJECT_RUN &&
	    run->offset + run->size == offset && run->dirty == dirty &&
	    run->kept == kept);
}

/*
 * One page; false: send the run first.  Object locked.
 */
static bool
memory_object_clean_page(struct vm_object *object, struct vm_page *page,
    const struct memory_object_clean *what, struct memory_object_run *run,
    kern_return_t *result)
{
	bool dirty, kept = !what->flush || page->wire_count > 0;

	if (what->lock != VM_PROT_NO_CHANGE)
		memory_object_page_lock(page, what->lock);
	if (!memory_object_page_returns(page, what)) {
		if (!kept)
			vm_object_page_free(object, page);
		return true;
	}
	dirty = pmap_page_is_modified(page);
	if (!memory_object_run_takes(run, page->offset, dirty, kept))
		return false;
	if (run->size == 0) {
		run->offset = page->offset;
		run->dirty = dirty;
		run->kept = kept;
	}
	*result = memory_object_run_add(run, page);
	return true;
}

/* Fill a run from *offset on; true at the end of the range. */
static bool
memory_object_clean_some(struct vm_object *object,
    const struct memory_object_clean *what, struct memory_object_run *run,
    uint64_t *offset, kern_return_t *result)
{
	struct vm_page *page;
	bool last = false;

	spin_lock(&object->lock);
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
		*offset += PAGE_SIZE;
	}
	waitq_wake_all(&object->waiters, WAIT_DONE);
	spin_unlock(&object->lock);
	return last;
}

kern_return_t
memory_object_clean(struct vm_object *object,
    const struct memory_object_ports *ports,
    const struct memory_object_clean *what)
{
	struct memory_object_run run = { .object = NULL };
	uint64_t offset = what->start;
	kern_return_t kr = KERN_SUCCESS, sent;
	bool last = false;

	while (!last && kr == KERN_SUCCESS) {
		if (run.object == NULL) {
			run.object = vm_object_create(MEMORY_OBJECT_RUN);
			if (run.object == NULL)
				return KERN_RESOURCE_SHORTAGE;
		}
		last = memory_object_clean_some(object, what, &run, &offset,
		    &kr);
		sent = memory_object_run_send(&run, ports);
		if (kr == KERN_SUCCESS)
			kr = sent;
	}
	vm_object_deallocate(run.object);
	return kr;
}
