/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Queues of pages.
 */
#include <kern/thread.h>
#include <lib/string.h>
#include <machine/percpu.h>
#include <vm/vm_page_queue.h>
#include <vm/vm_stat.h>

spinlock_t vm_page_queue_lock = SPINLOCK_INITIALIZER;
struct vm_page_queue vm_page_queues[VM_PAGE_QUEUES];
struct vm_page_new vm_page_new;
uint64_t vm_page_queue_washed;
bool vm_page_queue_watched;

void
vm_page_queue_setup(void)
{
	memset(vm_page_queues, 0, sizeof(vm_page_queues));
	vm_page_new.count = 0;
	vm_page_queue_washed = 0;
}

static void
vm_page_queue_unlink(struct vm_page_queue *queue, struct vm_page *page)
{
	if (page->previous != 0)
		vm_page_from_index(page->previous)->next = page->next;
	else
		queue->head = page->next;
	if (page->next != 0)
		vm_page_from_index(page->next)->previous = page->previous;
	else
		queue->tail = page->previous;
}

void
vm_page_queue_remove_locked(struct vm_page *page)
{
	struct vm_page_queue *queue = &vm_page_queues[page->queue];

	assert(page->queue != VM_PAGE_QUEUE_NONE &&
	    page->queue < VM_PAGE_QUEUES && queue->count > 0);
	if (page->queue != VM_PAGE_QUEUE_LAUNDRY)
		vm_page_queue_unlink(queue, page);
	if (page->queue >= VM_PAGE_QUEUE_RETURNED) {
		vm_page_queue_washed++;
		if (vm_page_queue_watched)
			__atomic_fetch_or(&percpu_self()->ast, AST_MEMORY,
			    __ATOMIC_RELAXED);
	}
	queue->count--;
	queue->pager_count -= !page->object->internal;
	page->queue = VM_PAGE_QUEUE_NONE;
}

void
vm_page_queue_flush_locked(void)
{
	struct vm_page *page;
	uint32_t i;

	for (i = 0; i < vm_page_new.count; i++) {
		page = vm_page_new.pages[i];
		if (page == NULL)
			continue;
		page->queue = VM_PAGE_QUEUE_NONE;
		vm_page_queue_insert_locked(page, VM_PAGE_QUEUE_ACTIVE);
	}
	vm_page_new.count = 0;
}

void
vm_page_queue_flush(void)
{
	spin_lock(&vm_page_queue_lock);
	vm_page_queue_flush_locked();
	spin_unlock(&vm_page_queue_lock);
}

uint64_t
vm_page_queue_resident(void)
{
	uint64_t count = (uint64_t)vm_stat.wire_count;
	unsigned int which;

	vm_page_queue_flush();
	for (which = VM_PAGE_QUEUE_ACTIVE; which < VM_PAGE_QUEUES; which++)
		count += vm_page_queue_count(which);
	return count;
}

uint64_t
vm_page_queue_dirty(void)
{
	unsigned int which;
	struct vm_page *page;
	uint64_t count = 0;
	uint32_t index;

	spin_lock(&vm_page_queue_lock);
	vm_page_queue_flush_locked();
	for (which = VM_PAGE_QUEUE_ACTIVE; which <= VM_PAGE_QUEUE_INACTIVE;
	    which++) {
		for (index = vm_page_queues[which].head; index != 0;
		    index = page->next) {
			page = vm_page_from_index(index);
			count += (page->flags & VM_PAGE_DIRTY) != 0;
		}
	}
	spin_unlock(&vm_page_queue_lock);
	return count;
}
