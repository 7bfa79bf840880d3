/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Queues of pages, for pageout (vm_pageout.h).
 *
 * A page of an object is in one queue at most; wired pages, and those that
 * were asked for and are not here yet, are in none.  Pages are put at the
 * tail and looked at from the head.  vm_page_queue_lock guards the queues,
 * counts, and links of the pages in them; it comes after the objects' locks,
 * so that who has a page from a queue may only try to lock its object.  As
 * long as a page is in a queue, it and its object exist.
 */
#ifndef VM_VM_PAGE_QUEUE_H
#define VM_VM_PAGE_QUEUE_H

#include <kern/assert.h>
#include <kern/lock.h>
#include <vm/vm_object.h>
#include <vm/vm_page.h>

#define VM_PAGE_QUEUE_NONE	0
#define VM_PAGE_QUEUE_ACTIVE	1	/* in use, as far as known */
#define VM_PAGE_QUEUE_INACTIVE	2	/* not used for a while */
/*
 * Data paged out, whose pages are still there: given to a pager, from whom
 * they can be taken in turn; or to the default pager, not linked, until it
 * frees them.
 */
#define VM_PAGE_QUEUE_RETURNED	3
#define VM_PAGE_QUEUE_LAUNDRY	4
#define VM_PAGE_QUEUES		5
/*
 * New pages, which become active when pageout begins or when there are many:
 * most pages of a task that comes and goes are never put in a queue.
 */
#define VM_PAGE_QUEUE_NEW	5

#define VM_PAGE_NEW_MAX		256

struct vm_page_queue {
	uint32_t head;			/* frame indices, 0: empty */
	uint32_t tail;
	uint64_t count;
	uint64_t pager_count;		/* of objects that are not internal */
};

extern spinlock_t vm_page_queue_lock;
extern struct vm_page_queue vm_page_queues[VM_PAGE_QUEUES];
extern struct vm_page_new {
	uint32_t count;			/* slots that may be used */
	struct vm_page *pages[VM_PAGE_NEW_MAX];	/* next: the slot */
} vm_page_new;
/*
 * Pages that left RETURNED and LAUNDRY.  If watched, the thread that frees them
 * is sent to vm_pageout_throttle().
 */
extern uint64_t vm_page_queue_washed;
extern bool vm_page_queue_watched;

void vm_page_queue_setup(void);

/* Let the new pages be active: the count of these is right then. */
void vm_page_queue_flush(void);
void vm_page_queue_flush_locked(void);

/* A page that is in no queue is new; its object is locked, or unknown yet. */
static inline void
vm_page_queue_activate(struct vm_page *page)
{
	struct vm_page_new *new = &vm_page_new;

	spin_lock(&vm_page_queue_lock);
	if (new->count == VM_PAGE_NEW_MAX)
		vm_page_queue_flush_locked();
	assert(page->queue == VM_PAGE_QUEUE_NONE);
	page->queue = VM_PAGE_QUEUE_NEW;
	page->next = new->count;
	new->pages[new->count++] = page;
	spin_unlock(&vm_page_queue_lock);
}

/* Take a page out of the queue it is in; vm_page_queue_lock is held. */
void vm_page_queue_remove_locked(struct vm_page *page);

/* Take a page out of whatever queue it is in.  Its object is locked. */
static inline void
vm_page_queue_remove(struct vm_page *page)
{
	struct vm_page_new *new = &vm_page_new;

	if (page->queue == VM_PAGE_QUEUE_NONE)
		return;
	spin_lock(&vm_page_queue_lock);
	if (page->queue == VM_PAGE_QUEUE_NEW) {
		page->queue = VM_PAGE_QUEUE_NONE;
		new->pages[page->next] = NULL;
		if (page->next == new->count - 1)
			new->count--;
	} else
		vm_page_queue_remove_locked(page);
	spin_unlock(&vm_page_queue_lock);
}

/* Put a page that is in no queue in one; vm_page_queue_lock is held. */
static inline void
vm_page_queue_insert_locked(struct vm_page *page, unsigned int which)
{
	struct vm_page_queue *queue = &vm_page_queues[which];
	uint32_t index = vm_page_index(page);

	assert(page->queue == VM_PAGE_QUEUE_NONE);
	page->queue = (uint8_t)which;
	queue->count++;
	queue->pager_count += !page->object->internal;
	if (which == VM_PAGE_QUEUE_LAUNDRY)
		return;
	page->next = 0;
	page->previous = queue->tail;
	if (queue->tail != 0)
		vm_page_from_index(queue->tail)->next = index;
	else
		queue->head = index;
	queue->tail = index;
}

/* The page's object is locked, or not known to others. */
static inline void
vm_page_queue_insert(struct vm_page *page, unsigned int which)
{
	spin_lock(&vm_page_queue_lock);
	vm_page_queue_insert_locked(page, which);
	spin_unlock(&vm_page_queue_lock);
}

/* Put a page from where it is to the tail of a queue. */
static inline void
vm_page_queue_move(struct vm_page *page, unsigned int which)
{
	vm_page_queue_remove(page);
	vm_page_queue_insert(page, which);
}

/* The first page of a queue, or NULL; vm_page_queue_lock is held. */
static inline struct vm_page *
vm_page_queue_first(unsigned int which)
{
	uint32_t head = vm_page_queues[which].head;

	return head == 0 ? NULL : vm_page_from_index(head);
}

/* Pages of objects, in a queue or wired. */
uint64_t vm_page_queue_resident(void);

/* Active and inactive pages that are known to be changed. */
uint64_t vm_page_queue_dirty(void);

static inline uint64_t
vm_page_queue_count(unsigned int which)
{
	return __atomic_load_n(&vm_page_queues[which].count,
	    __ATOMIC_RELAXED);
}

#endif /* VM_VM_PAGE_QUEUE_H */
