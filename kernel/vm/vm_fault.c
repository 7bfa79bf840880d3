/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Page faults: find the page that shows at an address, make or copy it when
 * it is due, and map it.  Nothing here blocks while an object is locked.
 */
#include <kern/assert.h>
#include <kern/task.h>
#include <kern/thread.h>
#include <lib/macros.h>
#include <lib/string.h>
#include <machine/memory.h>
#include <vm/memory_object.h>
#include <vm/pmap.h>
#include <vm/vm_fault.h>
#include <vm/vm_map.h>
#include <vm/vm_object.h>
#include <vm/vm_page.h>
#include <vm/vm_pageout.h>
#include <vm/vm_stat.h>

/* Pages that one read fault maps at most. */
#define VM_FAULT_AHEAD	16

/* One fault: what is wanted, then what was found. */
struct vm_fault {
	struct vm_map *map;
	struct vm_map_entry *entry;
	uintptr_t address;
	vm_prot_t access;
	bool wire;
	void *data;			/* the kernel's access, or NULL */
	size_t length;

	struct vm_object *object;	/* the entry's, locked */
	struct vm_object *owner;	/* the page's, locked */
	struct vm_page *page;
	vm_prot_t protection;		/* to map the page with */
	struct memory_object_wait wait;	/* with MEMORY_OBJECT_WAIT */
};

/* Count an event of the current thread's task, and of the system. */
#define vm_fault_count(member, system) do {				\
	__atomic_fetch_add(&current_task()->member, 1,			\
	    __ATOMIC_RELAXED);						\
	vm_stat_add(&vm_stat.system, 1);				\
} while (0)

static inline bool
vm_fault_writes(const struct vm_fault *fault)
{
	return (fault->access & VM_PROT_WRITE) != 0;
}

static void
vm_fault_unlock(struct vm_fault *fault)
{
	if (fault->owner != fault->object)
		spin_unlock(&fault->owner->lock);
	spin_unlock(&fault->object->lock);
}

/* Nothing shows: a page of zeros. */
static kern_return_t
vm_fault_zero(struct vm_fault *fault, uint64_t offset)
{
	struct vm_object *object = fault->object;
	struct vm_page *page;

	if (fault->owner != object) {
		spin_unlock(&fault->owner->lock);
		fault->owner = object;
	}
	page = vm_object_page_fresh(object, offset);
	if (page == NULL)
		return KERN_RESOURCE_SHORTAGE;
	machine_page_clear(vm_page_to_direct(page));
	vm_fault_count(zero_fills, zero_fill_count);
	fault->page = page;
	return KERN_SUCCESS;
}

/* The page of a shadow shows: copy it up. */
static kern_return_t
vm_fault_copy(struct vm_fault *fault, uint64_t offset)
{
	struct vm_object *object = fault->object;
	struct vm_page *page;

	page = vm_object_page_fresh(object, offset);
	if (page == NULL)
		return KERN_RESOURCE_SHORTAGE;
	machine_page_copy(vm_page_to_direct(page),
	    vm_page_to_direct(fault->page));
	/*
	 * Whoever else looks through this object sees the new page now; so
	 * does the map itself, if the page is not mapped for it at once.
	 */
	if (fault->page->mappings != NULL &&
	    (object->references > 1 || fault->data != NULL))
		pmap_page_protect(fault->page, VM_PROT_NONE);
	spin_unlock(&fault->owner->lock);
	fault->owner = object;
	fault->page = page;
	vm_fault_count(cow_faults, cow_faults);
	return KERN_SUCCESS;
}

/* The search ended in an object with a pager: may the page be used? */
static __noinline kern_return_t
vm_fault_pager(struct vm_fault *fault, uint64_t where)
{
	vm_prot_t access = VM_PROT_READ;

	if (fault->owner == fault->object)
		access = fault->access;
	if (memory_object_pending(fault->owner, fault->page, where, access)) {
		memory_object_want(fault->owner, where, access, &fault->wait);
		return MEMORY_OBJECT_WAIT;
	}
	if (fault->page != NULL)
		fault->protection &= ~memory_object_locked(fault->page);
	return KERN_SUCCESS;
}

/*
 * Find or make the page.  fault->object is locked, and owner on return, in
 * any case.
 */
static kern_return_t
vm_fault_page(struct vm_fault *fault, uint64_t offset)
{
	struct vm_object *object = fault->object;
	bool own = vm_fault_writes(fault) || fault->wire;
	uint64_t where;
	kern_return_t kr = KERN_SUCCESS;

	fault->page = vm_object_find(object, offset, &fault->owner, &where);
	if (fault->owner->pager_created) {
		kr = vm_fault_pager(fault, where);
		if (kr != KERN_SUCCESS)
			return kr;
	}
	if (fault->page == NULL) {
		if (!fault->owner->internal)
			return KERN_MEMORY_ERROR;
		if (fault->data != NULL && !own)
			return KERN_SUCCESS;
		kr = vm_fault_zero(fault, offset);
	} else if (fault->owner != object) {
		if (own)
			kr = vm_fault_copy(fault, offset);
		else
			fault->protection &= ~VM_PROT_WRITE;
	}
	if (kr != KERN_SUCCESS)
		return kr;
	if (object->copy != NULL) {
		if (vm_fault_writes(fault))
			return vm_object_push(object, fault->page);
		fault->protection &= ~VM_PROT_WRITE;
	}
	return KERN_SUCCESS;
}

/* The kernel's own access to the page that was found. */
static __noinline void
vm_fault_transfer(struct vm_fault *fault)
{
	size_t inside = fault->address & PAGE_MASK;
	struct vm_page *page = fault->page;
	char *memory;

	if (page == NULL) {
		memset(fault->data, 0, fault->length);
		return;
	}
	memory = (char *)vm_page_to_direct(page) + inside;
	if (vm_fault_writes(fault)) {
		memcpy(memory, fault->data, fault->length);
		page->flags |= VM_PAGE_DIRTY;
		pmap_page_written(page);
	} else
		memcpy(fault->data, memory, fault->length);
}

/*
 * After a read of a page that a write would copy: map the resident pages
 * that follow too, as reads tend to come in sequence.
 */
static __noinline void
vm_fault_ahead(struct vm_fault *fault)
{
	const struct vm_map_entry *entry = fault->entry;
	struct vm_object *object = fault->object, *owner = fault->owner;
	uintptr_t start = ALIGN_DOWN(fault->address, PAGE_SIZE), address;
	uintptr_t end = MIN(entry->end, start + VM_FAULT_AHEAD * PAGE_SIZE);
	uint64_t offset = entry->offset - entry->start;
	uint64_t where = fault->page->offset - start;
	struct vm_page *page;

	for (address = start + PAGE_SIZE; address < end;
	    address += PAGE_SIZE) {
		page = vm_object_page_lookup(owner, where + address);
		if (page == NULL || (page->flags & (VM_PAGE_BUSY |
		    VM_PAGE_LOCK)) != 0 || (owner != object &&
		    vm_object_has_page(object, offset + address)))
			break;
		pmap_enter_ahead(fault->map->pmap, address, page,
		    fault->protection);
	}
}

static inline bool
vm_fault_may_ahead(const struct vm_fault *fault)
{
	return !fault->wire && (fault->protection & VM_PROT_WRITE) == 0 &&
	    (fault->owner == fault->object ||
	    fault->owner == fault->object->shadow);
}

static kern_return_t
vm_fault_finish(struct vm_fault *fault)
{
	kern_return_t kr;

	if (fault->data != NULL) {
		vm_fault_transfer(fault);
		return KERN_SUCCESS;
	}
	fault->entry->mapped = true;
	kr = pmap_enter(fault->map->pmap, ALIGN_DOWN(fault->address,
	    PAGE_SIZE), fault->page, fault->protection,
	    vm_fault_writes(fault), fault->wire);
	if (kr != KERN_SUCCESS)
		return kr;
	if (fault->wire)
		vm_object_page_wire(fault->page);
	if (vm_fault_may_ahead(fault))
		vm_fault_ahead(fault);
	return KERN_SUCCESS;
}

static __noinline kern_return_t
vm_fault_device(struct vm_fault *fault, uint64_t offset)
{
	const struct vm_object *object = fault->object;

	if (fault->data != NULL || offset >= object->size)
		return KERN_MEMORY_ERROR;
	fault->entry->mapped = true;
	return pmap_enter_device(fault->map->pmap, ALIGN_DOWN(fault->address,
	    PAGE_SIZE), object->device_physical + offset,
	    fault->protection);
}

/* The entry's object, made or shadowed as the access needs it. */
static kern_return_t
vm_fault_object(struct vm_fault *fault)
{
	struct vm_map_entry *entry = fault->entry;
	kern_return_t kr;

	if (entry->object == NULL) {
		entry->object = vm_object_create(entry->end - entry->start);
		if (entry->object == NULL)
			return KERN_RESOURCE_SHORTAGE;
		entry->offset = 0;
	} else if (entry->needs_copy) {
		if (vm_fault_writes(fault) || fault->wire) {
			kr = vm_map_entry_shadow(entry);
			if (kr != KERN_SUCCESS)
				return kr;
		} else
			fault->protection &= ~VM_PROT_WRITE;
	}
	fault->object = entry->object;
	return KERN_SUCCESS;
}

/* Resolve; the map is locked and the entry contains the address. */
static kern_return_t
vm_fault_resolve(struct vm_fault *fault)
{
	struct vm_map_entry *entry = fault->entry;
	struct vm_object *bypassed;
	uint64_t offset;
	kern_return_t kr;

	if ((entry->protection & fault->access) != fault->access ||
	    entry->protection == VM_PROT_NONE)
		return KERN_PROTECTION_FAILURE;
	do {
		fault->protection = entry->protection;
		kr = vm_fault_object(fault);
		if (kr != KERN_SUCCESS)
			return kr;
		offset = entry->offset + (ALIGN_DOWN(fault->address,
		    PAGE_SIZE) - entry->start);
		spin_lock(&fault->object->lock);
		fault->owner = fault->object;
		if (fault->object->device)
			kr = vm_fault_device(fault, offset);
		else {
			kr = vm_fault_page(fault, offset);
			if (kr == KERN_SUCCESS)
				kr = vm_fault_finish(fault);
		}
		bypassed = NULL;
		if (vm_object_obscures(fault->object))
			bypassed = vm_object_bypass(fault->object);
		vm_fault_unlock(fault);
		if (bypassed != NULL)
			vm_object_deallocate(bypassed);
	} while (kr == KERN_ABORTED);
	return kr;
}

static __always_inline kern_return_t
vm_fault_locked(struct vm_fault *fault)
{
	unsigned int tries = 0;
	kern_return_t kr;

	for (;;) {
		mutex_lock(&fault->map->lock);
		fault->entry = vm_map_entry_lookup(fault->map,
		    fault->address);
		if (fault->entry == NULL)
			kr = KERN_INVALID_ADDRESS;
		else
			kr = vm_fault_resolve(fault);
		mutex_unlock(&fault->map->lock);
		if (kr == MEMORY_OBJECT_WAIT)
			kr = memory_object_wait(&fault->wait);
		else if (kr == KERN_SUCCESS)
			return kr;
		if (kr == KERN_RESOURCE_SHORTAGE && tries++ < VM_FAULT_TRIES)
			kr = vm_pageout_wait(true);
		if (kr != KERN_SUCCESS)
			return kr;
	}
}

kern_return_t
vm_fault(struct vm_map *map, uintptr_t address, vm_prot_t access)
{
	struct vm_fault fault;
	kern_return_t kr;

	fault.map = map;
	fault.address = address;
	fault.access = access;
	fault.wire = false;
	fault.data = NULL;
	vm_fault_count(faults, faults);
	kr = vm_fault_locked(&fault);
	return kr == KERN_RESOURCE_SHORTAGE ? KERN_MEMORY_ERROR : kr;
}

kern_return_t
vm_fault_access(struct vm_map *map, uintptr_t address, vm_prot_t access,
    void *data, size_t length)
{
	struct vm_fault fault;

	assert((address & PAGE_MASK) + length <= PAGE_SIZE);
	fault.map = map;
	fault.address = address;
	fault.access = access;
	fault.wire = false;
	fault.data = data;
	fault.length = length;
	return vm_fault_locked(&fault);
}

void
vm_fault_unwire(struct vm_map_entry *entry, uintptr_t end)
{
	struct vm_object *object = entry->object;
	uint64_t offset = entry->offset;
	uint64_t limit = offset + (end - entry->start);
	struct vm_page *page;

	if (object == NULL || object->device)
		return;
	spin_lock(&object->lock);
	while ((page = vm_object_page_next(object, offset)) != NULL &&
	    page->offset < limit) {
		vm_object_page_unwire(page);
		offset = page->offset + PAGE_SIZE;
	}
	spin_unlock(&object->lock);
}

/* Wire the page at fault->address; waits for memory with the map locked. */
static kern_return_t
vm_fault_wire_page(struct vm_fault *fault)
{
	unsigned int tries = 0;
	kern_return_t kr;

	do {
		kr = vm_fault_resolve(fault);
		if (kr == KERN_SUCCESS)
			return kr;
		if (kr == KERN_RESOURCE_SHORTAGE && tries++ < VM_FAULT_TRIES)
			kr = vm_pageout_wait(true);
	} while (kr == KERN_SUCCESS);
	return kr;
}

kern_return_t
vm_fault_wire(struct vm_map *map, struct vm_map_entry *entry,
    vm_prot_t access, uintptr_t *reached, struct memory_object_wait *wait)
{
	struct vm_fault fault = {
		.map = map,
		.entry = entry,
		.access = access,
		.wire = true,
	};
	kern_return_t kr = KERN_SUCCESS;

	if (entry->object != NULL && entry->object->device)
		return KERN_SUCCESS;
	for (fault.address = entry->start; fault.address < entry->end;
	    fault.address += PAGE_SIZE) {
		kr = vm_fault_wire_page(&fault);
		if (kr != KERN_SUCCESS)
			break;
	}
	if (kr == MEMORY_OBJECT_WAIT) {
		*reached = fault.address;
		*wait = fault.wait;
	} else if (kr != KERN_SUCCESS)
		vm_fault_unwire(entry, fault.address);
	return kr;
}
