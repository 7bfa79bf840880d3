/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Which pages go: second chance, by referenced bits.
 */
#include <kern/assert.h>
#include <lib/macros.h>
#include <machine/memory.h>
#include <vm/memory_object_default.h>
#include <vm/memory_object_run.h>
#include <vm/pmap.h>
#include <vm/vm_page_queue.h>
#include <vm/vm_pageout.h>
#include <vm/vm_stat.h>

/* A third of the pageable memory shall be inactive. */
#define INACTIVE_PART	3
/* Pages that may be on their way: this part of RAM, within limits. */
#define LIMIT_SHIFT	6
#define LIMIT_MIN	128
#define LIMIT_MAX	4096
/* So many pages that have to wait: let the pagers work first. */
#define LATER_MAX	512

uint64_t
vm_pageout_limit(void)
{
	uint64_t limit = vm_page_total_count() >> LIMIT_SHIFT;

	return MIN(MAX(limit, (uint64_t)LIMIT_MIN), (uint64_t)LIMIT_MAX);
}

/* Where pages go: the default pager is trusted to free them. */
static inline unsigned int
vm_pageout_queue(const struct vm_object *object)
{
	return object->internal && object->called_end == 0 ?
	    VM_PAGE_QUEUE_LAUNDRY : VM_PAGE_QUEUE_RETURNED;
}

/* The object's pager, or the default pager, has all it may have. */
static bool
vm_pageout_full(const struct vm_object *object)
{
	return vm_page_queue_count(vm_pageout_queue(object)) >=
	    vm_pageout_limit();
}

bool
vm_pageout_busy(void)
{
	return vm_page_queue_count(VM_PAGE_QUEUE_LAUNDRY) +
	    vm_page_queue_count(VM_PAGE_QUEUE_RETURNED) > 0;
}

/*
 * Take the first page of a queue out of it, its object locked.  NULL: the queue
 * is empty, or that object is busy; its page goes to the end then.
 */
static struct vm_page *
vm_pageout_take(unsigned int queue)
{
	struct vm_page *page;

	spin_lock(&vm_page_queue_lock);
	page = vm_page_queue_first(queue);
	if (page != NULL) {
		bool locked = spin_trylock(&page->object->lock);

		vm_page_queue_remove_locked(page);
		if (!locked) {
			vm_page_queue_insert_locked(page, queue);
			page = NULL;
		}
	}
	spin_unlock(&vm_page_queue_lock);
	return page;
}

/* Let active pages that were not referenced become inactive. */
static void
vm_pageout_deactivate(void)
{
	uint64_t active = vm_page_queue_count(VM_PAGE_QUEUE_ACTIVE);
	uint64_t inactive = vm_page_queue_count(VM_PAGE_QUEUE_INACTIVE);
	uint64_t wanted = (active + inactive) / INACTIVE_PART + 1, turns;
	struct vm_object *object;
	struct vm_page *page;

	for (turns = active; turns > 0 && inactive < wanted; turns--) {
		page = vm_pageout_take(VM_PAGE_QUEUE_ACTIVE);
		if (page == NULL)
			continue;
		object = page->object;
		if (pmap_page_is_referenced(page)) {
			pmap_page_clear_referenced(page);
			vm_page_queue_insert(page, VM_PAGE_QUEUE_ACTIVE);
		} else {
			vm_page_queue_insert(page, VM_PAGE_QUEUE_INACTIVE);
			inactive++;
		}
		spin_unlock(&object->lock);
	}
}

/* What to do with an inactive page. */
enum vm_pageout_fate {
	PAGEOUT_KEEP,			/* in use, or nobody to give it to */
	PAGEOUT_LATER,
	PAGEOUT_DROP,
	PAGEOUT_SEND,
};

/* The object is locked. */
static enum vm_pageout_fate
vm_pageout_judge(struct vm_object *object, struct vm_page *page)
{
	bool dirty;

	if (page->wire_count > 0 || (page->flags & VM_PAGE_UNLOCK) != 0)
		return PAGEOUT_KEEP;
	if (object->pager_created ? object->pager == NULL ||
	    !object->pager_ready : !object->internal || object->pager != NULL)
		return PAGEOUT_KEEP;
	dirty = pmap_page_is_modified(page) ||
	    (page->flags & VM_PAGE_PRECIOUS) != 0 || (object->internal &&
	    !vm_object_is_paged(object, page->offset));
	if (!dirty)
		return PAGEOUT_DROP;
	return vm_pageout_full(object) ? PAGEOUT_LATER : PAGEOUT_SEND;
}

/* A page of `object`, locked, continues a run. */
static bool
vm_pageout_run_add(struct memory_object_run *run, struct vm_object *object,
    struct vm_page *page)
{
	bool dirty = pmap_page_is_modified(page);
	bool initial = object->internal && !object->paged_again &&
	    !vm_object_is_paged(object, page->offset);

	return memory_object_run_takes(run, page, dirty, false, initial) &&
	    memory_object_run_add(run, page, dirty, false, initial) ==
	    KERN_SUCCESS;
}

/* Fill a run with the pages from `offset` on.  Object locked. */
static void
vm_pageout_gather(struct memory_object_run *run, struct vm_object *object,
    uint64_t offset)
{
	struct vm_page *page;

	for (; ; offset += PAGE_SIZE) {
		page = vm_object_page_lookup(object, offset);
		if (page == NULL || page->queue != VM_PAGE_QUEUE_INACTIVE ||
		    vm_pageout_judge(object, page) != PAGEOUT_SEND ||
		    pmap_page_is_referenced(page) ||
		    !vm_pageout_run_add(run, object, page))
			break;
	}
}

/*
 * Send the pages of an object from `offset` on to its pager.  The caller has
 * a reference; no locks held.  Returns how many were sent.
 */
static unsigned int
vm_pageout_send(struct vm_object *object, uint64_t offset)
{
	struct memory_object_run run = {
		.queue = vm_pageout_queue(object),
	};
	struct memory_object_ports rights;
	unsigned int count = 0;

	if (!object->pager_created &&
	    memory_object_default_manage(object) != KERN_SUCCESS)
		return 0;
	if (!memory_object_rights(object, &rights))
		return 0;
	if (memory_object_run_prepare(&run, object) == KERN_SUCCESS) {
		spin_lock(&object->lock);
		object->paging_in_progress++;
		vm_pageout_gather(&run, object, offset);
		spin_unlock(&object->lock);
		count = (unsigned int)(run.size >> PAGE_SHIFT);
		memory_object_run_send(&run, &rights);
		memory_object_run_cancel(&run);
		memory_object_paging_end(object);
	}
	ipc_port_release_send(rights.pager);
	ipc_port_release_send(rights.control);
	return count;
}

/* A reference on a locked object; false: not now. */
static bool
vm_pageout_reference(struct vm_object *object)
{
	if (object->references > 0) {
		object->references++;
		return true;
	}
	/* Cached: the lock that guards it comes first, so only try. */
	if (!spin_trylock(&vm_object_port_lock))
		return false;
	memory_object_revive_locked(object);
	spin_unlock(&vm_object_port_lock);
	return true;
}

/*
 * One inactive page, in no queue; its object is locked, and unlocked here.
 * *later counts down pages for which too many are on their way.
 */
static unsigned int
vm_pageout_page(struct vm_object *object, struct vm_page *page,
    unsigned int *later)
{
	enum vm_pageout_fate fate = vm_pageout_judge(object, page);
	uint64_t offset = page->offset;
	unsigned int count = 0;

	if (pmap_page_is_referenced(page)) {
		pmap_page_clear_referenced(page);
		vm_stat_add(&vm_stat.reactivations, 1);
		fate = PAGEOUT_KEEP;
	}
	if (fate == PAGEOUT_LATER)
		(*later)--;
	if (fate == PAGEOUT_DROP) {
		vm_object_page_free(object, page);
		spin_unlock(&object->lock);
		return 1;
	}
	vm_page_queue_insert(page, fate == PAGEOUT_KEEP ?
	    VM_PAGE_QUEUE_ACTIVE : VM_PAGE_QUEUE_INACTIVE);
	if (fate != PAGEOUT_SEND || !vm_pageout_reference(object)) {
		spin_unlock(&object->lock);
		return 0;
	}
	spin_unlock(&object->lock);
	count = vm_pageout_send(object, offset);
	if (count == 0) {
		/* Nobody takes it: look at others first. */
		spin_lock(&object->lock);
		page = vm_object_page_lookup(object, offset);
		if (page != NULL && page->queue == VM_PAGE_QUEUE_INACTIVE)
			vm_page_queue_move(page, VM_PAGE_QUEUE_ACTIVE);
		spin_unlock(&object->lock);
	}
	vm_object_deallocate(object);
	return count;
}

/* Is there anything that could ever go? */
static bool
vm_pageout_possible(void)
{
	struct ipc_port *manager;

	if (vm_page_queues[VM_PAGE_QUEUE_ACTIVE].pager_count +
	    vm_page_queues[VM_PAGE_QUEUE_INACTIVE].pager_count > 0)
		return true;
	manager = memory_object_default_port();
	ipc_port_release_send(manager);
	return manager != IP_NULL;
}

unsigned int
vm_pageout_turn(void)
{
	struct vm_page *page;
	unsigned int count = 0, later;
	uint64_t turns;

	vm_page_queue_flush();
	if (!vm_pageout_possible())
		return 0;
	later = LATER_MAX;
	/* Every page twice, at most: once for its referenced bit. */
	turns = 2 * (vm_page_queue_count(VM_PAGE_QUEUE_ACTIVE) +
	    vm_page_queue_count(VM_PAGE_QUEUE_INACTIVE));
	for (; turns > 0 && count == 0 && later > 0; turns--) {
		if (turns % 64 == 0 ||
		    vm_page_queue_count(VM_PAGE_QUEUE_INACTIVE) == 0)
			vm_pageout_deactivate();
		page = vm_pageout_take(VM_PAGE_QUEUE_INACTIVE);
		if (page != NULL)
			count = vm_pageout_page(page->object, page, &later);
	}
	return count;
}

bool
vm_pageout_forget(void)
{
	struct vm_page *page;
	bool found = false;

	spin_lock(&vm_page_queue_lock);
	while ((page = vm_page_queue_first(VM_PAGE_QUEUE_RETURNED)) != NULL) {
		vm_page_queue_remove_locked(page);
		vm_page_queue_insert_locked(page, VM_PAGE_QUEUE_INACTIVE);
		found = true;
	}
	spin_unlock(&vm_page_queue_lock);
	return found;
}
