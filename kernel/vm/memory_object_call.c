/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Copies that a pager is called for.
 */
#include <ipc/ipc_kmsg.h>
#include <kern/assert.h>
#include <machine/memory.h>
#include <vm/memory_object_call.h>
#include <vm/memory_object_message.h>
#include <vm/vm_page_queue.h>

/* A new object whose pager's port nobody has yet, init in its queue. */
static kern_return_t
memory_object_call_create(uint64_t offset, uint64_t size,
    struct vm_object **copy, struct ipc_port **pager)
{
	struct vm_object *new = vm_object_create(offset + size);
	struct memory_object_ports ports;
	kern_return_t kr;
	bool adopted;

	if (new == NULL)
		return KERN_RESOURCE_SHORTAGE;
	new->copy_strategy = MEMORY_OBJECT_COPY_TEMPORARY;
	new->paging_offset = offset;
	new->called_end = offset + size;
	/* memory_object_data_initialize() is for default pagers. */
	new->paged_again = true;
	kr = memory_object_ports_create(new, &ports);
	if (kr != KERN_SUCCESS) {
		vm_object_deallocate(new);
		return kr;
	}
	adopted = memory_object_adopt(new, &ports, false);
	assert(adopted);
	kr = memory_object_send_init(&ports);
	if (kr != KERN_SUCCESS) {
		ipc_port_release_receive(ports.pager);
		vm_object_deallocate(new);
		return kr;
	}
	*copy = new;
	*pager = ports.pager;
	return KERN_SUCCESS;
}

/* Copy all that may be read now; both are locked. */
static kern_return_t
memory_object_call_copy(struct vm_object *object, struct vm_object *copy)
{
	uint64_t offset = copy->paging_offset;
	struct vm_page *page, *fresh;

	while ((page = vm_object_page_next(object, offset)) != NULL &&
	    page->offset < copy->called_end) {
		offset = page->offset + PAGE_SIZE;
		if (!memory_object_usable(page, VM_PROT_READ))
			continue;
		fresh = vm_object_page_fresh(copy, page->offset);
		if (fresh == NULL)
			return KERN_RESOURCE_SHORTAGE;
		machine_page_copy(vm_page_to_direct(fresh),
		    vm_page_to_direct(page));
	}
	return KERN_SUCCESS;
}

/* This is the time of the copy. */
static kern_return_t
memory_object_call_take(struct vm_object *object, struct vm_object *copy)
{
	kern_return_t kr = KERN_FAILURE;

	spin_lock(&copy->lock);
	spin_lock(&object->lock);
	if (object->calling == NULL &&
	    object->called_copies < MEMORY_OBJECT_CALLS)
		kr = memory_object_call_copy(object, copy);
	if (kr == KERN_SUCCESS) {
		copy->shadow = object;
		list_insert_tail(&object->shadows, &copy->shadow_link);
		object->references++;
		object->called_copies++;
		object->calling = copy;
	}
	spin_unlock(&object->lock);
	spin_unlock(&copy->lock);
	return kr;
}

/* The object's pager is there, and `kmsg` shall be sent to it. */
static kern_return_t
memory_object_call_with(struct vm_object *object, uint64_t offset,
    uint64_t size, struct ipc_kmsg *kmsg,
    const struct memory_object_ports *rights, struct vm_object **copy)
{
	struct ipc_port *pager;
	kern_return_t kr;

	kr = memory_object_call_create(offset, size, copy, &pager);
	if (kr == KERN_SUCCESS) {
		kr = memory_object_call_take(object, *copy);
		if (kr == KERN_SUCCESS) {
			memory_object_send_copy(kmsg, rights, offset, size,
			    pager);
			return kr;
		}
		ipc_port_release_receive(pager);
		vm_object_deallocate(*copy);
	}
	ipc_kmsg_free(kmsg);
	return kr;
}

kern_return_t
memory_object_call(struct vm_object *object, uint64_t offset, uint64_t size,
    struct vm_object **copy)
{
	struct memory_object_ports rights;
	struct ipc_kmsg *kmsg;
	kern_return_t kr;

	if (!memory_object_rights(object, &rights))
		return KERN_FAILURE;
	kmsg = memory_object_return_alloc();
	if (kmsg == NULL)
		kr = KERN_RESOURCE_SHORTAGE;
	else
		kr = memory_object_call_with(object, offset, size, kmsg,
		    &rights, copy);
	ipc_port_release_send(rights.pager);
	ipc_port_release_send(rights.control);
	return kr;
}

/* One copy; KERN_ABORTED: it is locked. */
static kern_return_t
memory_object_call_push_to(struct vm_object *copy,
    const struct vm_page *page)
{
	struct vm_page *fresh;
	kern_return_t kr = KERN_SUCCESS;

	if (!vm_object_called(copy, page->offset))
		return KERN_SUCCESS;
	if (!spin_trylock(&copy->lock))
		return KERN_ABORTED;
	if (!vm_object_has_page(copy, page->offset)) {
		fresh = vm_object_page_fresh(copy, page->offset);
		if (fresh == NULL)
			kr = KERN_RESOURCE_SHORTAGE;
		else {
			machine_page_copy(vm_page_to_direct(fresh),
			    vm_page_to_direct(page));
			vm_object_paged_set(copy, page->offset);
		}
	}
	spin_unlock(&copy->lock);
	return kr;
}

kern_return_t
memory_object_call_push_slow(struct vm_object *object,
    const struct vm_page *page)
{
	struct vm_object *copy;
	kern_return_t kr;

	list_for_each_entry(&object->shadows, copy, shadow_link) {
		kr = memory_object_call_push_to(copy, page);
		if (kr != KERN_SUCCESS)
			return kr;
	}
	return KERN_SUCCESS;
}

vm_prot_t
memory_object_call_lock_slow(const struct vm_object *object,
    uint64_t offset, vm_prot_t lock)
{
	struct vm_object *copy = object->calling;
	bool copied;

	if (!vm_object_called(copy, offset))
		return lock;
	/* Locked by another: then the pager is asked once too often. */
	copied = spin_trylock(&copy->lock);
	if (copied) {
		copied = vm_object_page_lookup(copy, offset) != NULL;
		spin_unlock(&copy->lock);
	}
	return copied ? lock : lock | VM_PROT_WRITE;
}

void
memory_object_call_told(struct vm_object *object)
{
	struct vm_object *original = object->shadow;

	if (object->called_end == 0 || original == NULL)
		return;
	spin_lock(&original->lock);
	if (original->calling == object) {
		original->calling = NULL;
		waitq_wake_all(&original->waiters, WAIT_DONE);
	}
	spin_unlock(&original->lock);
}

/* A page that is asked for and not here: if the original has it, copy it. */
static bool
memory_object_call_fill(struct vm_object *object, struct vm_page *page)
{
	struct vm_object *original = object->shadow;
	struct vm_page *there;
	bool usable;

	spin_lock(&original->lock);
	there = vm_object_page_lookup(original, page->offset);
	usable = memory_object_usable(there, VM_PROT_READ);
	if (usable) {
		machine_page_copy(vm_page_to_direct(page),
		    vm_page_to_direct(there));
		page->flags = VM_PAGE_DIRTY;
		vm_page_queue_activate(page);
	}
	spin_unlock(&original->lock);
	return usable;
}

void
memory_object_call_unavailable(struct vm_object *object, uint64_t start,
    uint64_t end)
{
	struct vm_page *page;
	uint64_t offset = start;

	spin_lock(&object->lock);
	while ((page = vm_object_page_next(object, offset)) != NULL &&
	    page->offset < end) {
		offset = page->offset + PAGE_SIZE;
		if ((page->flags & VM_PAGE_ABSENT) == 0 ||
		    memory_object_call_fill(object, page))
			continue;
		if (vm_object_paged_unset(object, page->offset) ==
		    KERN_SUCCESS)
			vm_object_page_free(object, page);
		else
			memory_object_fail(object, page->offset, offset,
			    KERN_RESOURCE_SHORTAGE);
	}
	waitq_wake_all(&object->waiters, WAIT_DONE);
	spin_unlock(&object->lock);
}
