/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Waiting for pagers.
 */
#include <kern/assert.h>
#include <kern/task.h>
#include <kern/thread.h>
#include <vm/memory_object.h>
#include <vm/memory_object_call.h>
#include <vm/memory_object_message.h>
#include <vm/vm_fault.h>
#include <vm/vm_page_queue.h>
#include <vm/vm_pageout.h>

void
memory_object_want(struct vm_object *object, uint64_t offset,
    vm_prot_t access, struct memory_object_wait *wait)
{
	object->references++;
	wait->object = object;
	wait->offset = offset;
	wait->access = access;
	wait->copy = false;
	wait->result = KERN_SUCCESS;
}

bool
memory_object_want_copy(struct vm_object *object,
    struct memory_object_wait *wait)
{
	bool calling;

	spin_lock(&object->lock);
	calling = object->calling != NULL;
	if (calling) {
		/* No page: errors of pages are not its. */
		memory_object_want(object, UINT64_MAX, VM_PROT_NONE, wait);
		wait->copy = true;
	}
	spin_unlock(&object->lock);
	return calling;
}

void
memory_object_fail(struct vm_object *object, uint64_t start, uint64_t end,
    kern_return_t result)
{
	struct memory_object_wait *wait;
	struct vm_page *page;
	uint64_t offset = start;

	while ((page = vm_object_page_next(object, offset)) != NULL &&
	    page->offset < end) {
		offset = page->offset + PAGE_SIZE;
		if ((page->flags & VM_PAGE_ABSENT) != 0)
			vm_object_page_free(object, page);
	}
	list_for_each_entry(&object->waits, wait, link) {
		if (wait->offset >= start && wait->offset < end)
			wait->result = result;
	}
	waitq_wake_all(&object->waiters, WAIT_DONE);
}

void
memory_object_paging_end(struct vm_object *object)
{
	spin_lock(&object->lock);
	assert(object->paging_in_progress > 0);
	object->paging_in_progress--;
	waitq_wake_all(&object->waiters, WAIT_DONE);
	spin_unlock(&object->lock);
}

/* Block until something changes at the object, which is locked; unlocks. */
static kern_return_t
memory_object_block(struct memory_object_wait *wait)
{
	struct vm_object *object = wait->object;
	kern_return_t kr;
	int woken;

	list_insert_tail(&object->waits, &wait->link);
	woken = waitq_wait(&object->waiters, &object->lock, true,
	    WAIT_FOREVER);
	spin_lock(&object->lock);
	list_remove(&wait->link);
	kr = wait->result;
	spin_unlock(&object->lock);
	return woken == WAIT_INTERRUPTED ? KERN_ABORTED : kr;
}

void
memory_object_copying_end(struct memory_object_copying *copying)
{
	vm_object_deallocate(copying->copy);
	copying->copy = NULL;
	vm_object_deallocate(copying->object);
	copying->object = NULL;
}

kern_return_t
memory_object_copying_wait(struct memory_object_copying *copying)
{
	return memory_object_wait_memory(&copying->wait, &copying->tries);
}

/* A place for the page that is asked for.  Object locked. */
static kern_return_t
memory_object_expect(struct vm_object *object, uint64_t offset)
{
	struct vm_page *page = vm_object_page_fresh(object, offset);

	if (page == NULL)
		return KERN_RESOURCE_SHORTAGE;
	page->flags = VM_PAGE_BUSY | VM_PAGE_ABSENT;
	vm_page_queue_remove(page);
	return KERN_SUCCESS;
}

/* Send one of the two questions.  No locks held. */
static kern_return_t
memory_object_ask(const struct memory_object_wait *wait, bool request)
{
	uint64_t offset = wait->offset - wait->object->paging_offset;
	struct memory_object_ports rights;
	kern_return_t kr;

	/* Who took the pager away fails the wait. */
	if (!memory_object_rights(wait->object, &rights))
		return KERN_SUCCESS;
	if (request)
		kr = memory_object_send_request(&rights, offset,
		    wait->access);
	else
		kr = memory_object_send_unlock(&rights, offset,
		    wait->access);
	ipc_port_release_send(rights.pager);
	ipc_port_release_send(rights.control);
	return kr;
}

/* The page is not there: ask for it.  Object locked; unlocks. */
static kern_return_t
memory_object_request(struct memory_object_wait *wait)
{
	struct vm_object *object = wait->object;
	kern_return_t kr = memory_object_expect(object, wait->offset);

	spin_unlock(&object->lock);
	if (kr != KERN_SUCCESS)
		return kr;
	kr = memory_object_ask(wait, true);
	if (kr != KERN_SUCCESS) {
		spin_lock(&object->lock);
		memory_object_fail(object, wait->offset,
		    wait->offset + PAGE_SIZE, kr);
		spin_unlock(&object->lock);
	} else {
		__atomic_fetch_add(&current_task()->pageins, 1,
		    __ATOMIC_RELAXED);
	}
	return kr;
}

/* The pager forbids the access: ask once.  Object locked; unlocks. */
static kern_return_t
memory_object_unlock(struct memory_object_wait *wait, struct vm_page *page)
{
	struct vm_object *object = wait->object;
	uint16_t asked = (uint16_t)(wait->access << VM_PAGE_UNLOCK_SHIFT);
	kern_return_t kr;

	__atomic_fetch_or(&page->flags, asked, __ATOMIC_RELAXED);
	spin_unlock(&object->lock);
	kr = memory_object_ask(wait, false);
	if (kr == KERN_SUCCESS)
		return kr;
	spin_lock(&object->lock);
	page = vm_object_page_lookup(object, wait->offset);
	if (page != NULL)
		__atomic_fetch_and(&page->flags, (uint16_t)~asked,
		    __ATOMIC_RELAXED);
	spin_unlock(&object->lock);
	return kr;
}

static bool
memory_object_asked(const struct vm_page *page, vm_prot_t access)
{
	return ((page->flags & VM_PAGE_UNLOCK) >> VM_PAGE_UNLOCK_SHIFT &
	    access) == access;
}

/* The pager may be asked for the access, and was not yet. */
static bool
memory_object_askable(const struct vm_object *object,
    const struct vm_page *page, vm_prot_t access)
{
	return (page->flags & VM_PAGE_BUSY) == 0 &&
	    !memory_object_asked(page, access) &&
	    (memory_object_call_lock(object, page->offset, VM_PROT_NONE) &
	    access) == 0;
}

/* Until the pager knows of the last copy. */
static kern_return_t
memory_object_wait_copy(struct memory_object_wait *wait)
{
	struct vm_object *object = wait->object;
	kern_return_t kr = KERN_SUCCESS;

	spin_lock(&object->lock);
	if (object->calling != NULL)
		kr = memory_object_block(wait);
	else
		spin_unlock(&object->lock);
	vm_object_deallocate(object);
	return kr;
}

kern_return_t
memory_object_wait(struct memory_object_wait *wait)
{
	struct vm_object *object = wait->object;
	struct vm_page *page;
	kern_return_t kr;

	if (wait->copy)
		return memory_object_wait_copy(wait);
	do {
		spin_lock(&object->lock);
		page = vm_object_page_lookup(object, wait->offset);
		if (!memory_object_pending(object, page, wait->offset,
		    wait->access)) {
			spin_unlock(&object->lock);
			kr = KERN_SUCCESS;
			break;
		}
		if (object->pager == NULL) {
			spin_unlock(&object->lock);
			kr = KERN_MEMORY_FAILURE;
			break;
		}
		if (object->pager_ready && page == NULL &&
		    object->paging_in_progress == 0)
			kr = memory_object_request(wait);
		else if (object->pager_ready && page != NULL &&
		    memory_object_askable(object, page, wait->access))
			kr = memory_object_unlock(wait, page);
		else {
			kr = memory_object_block(wait);
			break;
		}
	} while (kr == KERN_SUCCESS);
	vm_object_deallocate(object);
	return kr;
}

kern_return_t
memory_object_wait_memory(struct memory_object_wait *wait,
    unsigned int *tries)
{
	kern_return_t kr = memory_object_wait(wait);

	if (kr == KERN_SUCCESS)
		*tries = 0;
	else if (kr == KERN_RESOURCE_SHORTAGE && (*tries)++ < VM_FAULT_TRIES)
		kr = vm_pageout_wait(true);
	return kr;
}
