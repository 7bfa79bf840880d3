/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Address translation of the host body: a radix tree of mappings.  As on
 * AArch64, a page mapped by a read is written to only after
 * pmap_fault_fast() marked it modified, and used after its accessed mark was
 * cleared only after it set that again.
 */
#include <kern/assert.h>
#include <kern/kalloc.h>
#include <kern/lock.h>
#include <lib/macros.h>
#include <lib/rdxtree.h>
#include <lib/string.h>
#include <machine/memory.h>
#include <machine/percpu.h>
#include <machine/user.h>
#include <vm/pmap.h>
#include <vm/vm_fault.h>
#include <vm/vm_map.h>
#include <vm/vm_page.h>

/* One mapping; in the list of its page, if it has one. */
struct pv_entry {
	struct pv_entry *next;
	struct pmap *pmap;
	uintptr_t address;
	struct vm_page *page;		/* NULL: device */
	uint64_t physical;
	vm_prot_t protection;
	bool modified;			/* may be written without a fault */
	bool accessed;			/* may be used without a fault */
	bool wired;
};

struct pmap {
	struct rdxtree mappings;	/* by page number */
	uint64_t resident;
};

void
pmap_setup(void)
{
}

struct pmap *
pmap_create(void)
{
	return kzalloc(sizeof(struct pmap));
}

static struct pv_entry *
pmap_lookup(const struct pmap *pmap, uintptr_t address)
{
	return rdxtree_lookup(&pmap->mappings, address >> PAGE_SHIFT);
}

static void
pmap_unmap(struct pv_entry *pv)
{
	struct pv_entry **link;

	rdxtree_remove(&pv->pmap->mappings, pv->address >> PAGE_SHIFT);
	pv->pmap->resident--;
	if (pv->page != NULL) {
		for (link = &pv->page->mappings; *link != pv;
		    link = &(*link)->next)
			assert(*link != NULL);
		*link = pv->next;
	}
	kfree(pv, sizeof(*pv));
}

void
pmap_destroy(struct pmap *pmap)
{
	pmap_remove(pmap, 0, MACHINE_USER_MAX);
	assert(pmap->resident == 0);
	kfree(pmap, sizeof(*pmap));
}

/* Make a mapping without rights, replacing what is there. */
static struct pv_entry *
pmap_map(struct pmap *pmap, uintptr_t address)
{
	struct pv_entry *pv = pmap_lookup(pmap, address);

	assert(IS_ALIGNED(address, PAGE_SIZE));
	if (pv != NULL)
		pmap_unmap(pv);
	pv = kzalloc(sizeof(*pv));
	if (pv == NULL)
		return NULL;
	if (rdxtree_insert(&pmap->mappings, address >> PAGE_SHIFT, pv) !=
	    KERN_SUCCESS) {
		kfree(pv, sizeof(*pv));
		return NULL;
	}
	pv->pmap = pmap;
	pv->address = address;
	pmap->resident++;
	return pv;
}

kern_return_t
pmap_enter(struct pmap *pmap, uintptr_t address, struct vm_page *page,
    vm_prot_t protection, bool write_access, bool wired)
{
	struct pv_entry *pv = pmap_map(pmap, address);

	if (pv == NULL)
		return KERN_RESOURCE_SHORTAGE;
	assert(!write_access || (protection & VM_PROT_WRITE) != 0);
	pv->page = page;
	pv->physical = vm_page_to_phys(page);
	pv->protection = protection;
	pv->modified = write_access || ((protection & VM_PROT_WRITE) != 0 &&
	    (page->flags & VM_PAGE_DIRTY) != 0);
	pv->wired = wired;
	pv->accessed = true;
	pv->next = page->mappings;
	page->mappings = pv;
	if (write_access)
		page->flags |= VM_PAGE_DIRTY;
	return KERN_SUCCESS;
}

void
pmap_enter_ahead(struct pmap *pmap, uintptr_t address, struct vm_page *page,
    vm_prot_t protection)
{
	assert((protection & VM_PROT_WRITE) == 0);
	if (pmap_lookup(pmap, address) == NULL)
		pmap_enter(pmap, address, page, protection, false, false);
}

kern_return_t
pmap_enter_device(struct pmap *pmap, uintptr_t address, uint64_t physical,
    vm_prot_t protection)
{
	struct pv_entry *pv = pmap_map(pmap, address);

	if (pv == NULL)
		return KERN_RESOURCE_SHORTAGE;
	pv->physical = physical;
	pv->protection = protection;
	pv->modified = true;
	pv->accessed = true;
	return KERN_SUCCESS;
}

/* The first mapping in [*address, end); moves *address behind it. */
static struct pv_entry *
pmap_next(struct pmap *pmap, uintptr_t *address, uintptr_t end)
{
	uint64_t key = *address >> PAGE_SHIFT;
	struct pv_entry *pv = rdxtree_lookup_next(&pmap->mappings, &key);

	if (pv == NULL || pv->address >= end)
		return NULL;
	*address = pv->address + PAGE_SIZE;
	return pv;
}

void
pmap_remove(struct pmap *pmap, uintptr_t start, uintptr_t end)
{
	struct pv_entry *pv;

	while ((pv = pmap_next(pmap, &start, end)) != NULL)
		pmap_unmap(pv);
}

static void
pmap_reduce(struct pv_entry *pv, vm_prot_t protection)
{
	pv->protection &= protection;
	if (pv->protection == VM_PROT_NONE)
		pmap_unmap(pv);
}

void
pmap_protect(struct pmap *pmap, uintptr_t start, uintptr_t end,
    vm_prot_t protection)
{
	struct pv_entry *pv;

	while ((pv = pmap_next(pmap, &start, end)) != NULL)
		pmap_reduce(pv, protection);
}

bool
pmap_extract(struct pmap *pmap, uintptr_t address, uint64_t *physical)
{
	const struct pv_entry *pv = pmap_lookup(pmap, address);

	if (pv == NULL)
		return false;
	*physical = pv->physical + (address & PAGE_MASK);
	return true;
}

bool
pmap_extract_access(struct pmap *pmap, uintptr_t address, vm_prot_t access,
    uint64_t *physical)
{
	const struct pv_entry *pv = pmap_lookup(pmap, address);

	if (pv == NULL || (pv->protection & access) != access ||
	    !pv->accessed)
		return false;
	if ((access & VM_PROT_WRITE) != 0 && !pv->modified)
		return false;
	*physical = pv->physical + (address & PAGE_MASK);
	return true;
}

void
pmap_change_wiring(struct pmap *pmap, uintptr_t address, bool wired)
{
	struct pv_entry *pv = pmap_lookup(pmap, address);

	if (pv != NULL)
		pv->wired = wired;
}

void
pmap_page_protect(struct vm_page *page, vm_prot_t protection)
{
	struct pv_entry *pv, *next;

	for (pv = page->mappings; pv != NULL; pv = next) {
		next = pv->next;
		pmap_reduce(pv, protection);
	}
}

void
pmap_page_written(struct vm_page *page)
{
}

bool
pmap_page_is_modified(struct vm_page *page)
{
	return (page->flags & VM_PAGE_DIRTY) != 0;
}

void
pmap_page_clear_modified(struct vm_page *page)
{
	struct pv_entry *pv;

	for (pv = page->mappings; pv != NULL; pv = pv->next)
		pv->modified = false;
	page->flags &= ~VM_PAGE_DIRTY;
}

bool
pmap_page_is_referenced(struct vm_page *page)
{
	const struct pv_entry *pv;

	for (pv = page->mappings; pv != NULL; pv = pv->next) {
		if (pv->accessed)
			return true;
	}
	return false;
}

void
pmap_page_clear_referenced(struct vm_page *page)
{
	struct pv_entry *pv;

	for (pv = page->mappings; pv != NULL; pv = pv->next)
		pv->accessed = false;
}

bool
pmap_fault_fast(struct pmap *pmap, uintptr_t address, vm_prot_t access)
{
	struct pv_entry *pv = pmap_lookup(pmap, address);

	if (pv == NULL || (pv->protection & access) != access)
		return false;
	pv->accessed = true;
	if ((access & VM_PROT_WRITE) != 0) {
		pv->modified = true;
		if (pv->page != NULL)
			pv->page->flags |= VM_PAGE_DIRTY;
	}
	return true;
}

void
pmap_flush_caches(struct pmap *pmap, uintptr_t start, uintptr_t end)
{
}

void
pmap_activate(struct pmap *pmap)
{
	percpu_self()->pmap = pmap;
}

void
pmap_collect(struct pmap *pmap)
{
}

uint64_t
pmap_resident_count(const struct pmap *pmap)
{
	return pmap->resident;
}

/* The memory behind a user address, after the faults that it takes. */
static kern_return_t
host_user_page(struct vm_map *map, uintptr_t address, vm_prot_t access,
    void **memory)
{
	uint64_t physical;
	kern_return_t kr;

	while (!pmap_extract_access(map->pmap, address, access, &physical)) {
		if (pmap_fault_fast(map->pmap, address, access))
			continue;
		kr = vm_fault(map, address, access);
		if (kr != KERN_SUCCESS)
			return kr;
	}
	/* There are no devices there. */
	if (physical >= DIRECT_MAP_SIZE)
		return KERN_MEMORY_ERROR;
	*memory = phys_to_direct(physical);
	return KERN_SUCCESS;
}

static kern_return_t
host_user_access(struct vm_map *map, uintptr_t address, void *data,
    size_t size, vm_prot_t access)
{
	size_t done, part;
	void *memory;
	kern_return_t kr;

	for (done = 0; done < size; done += part) {
		part = MIN(size - done, PAGE_SIZE -
		    ((address + done) & PAGE_MASK));
		kr = host_user_page(map, address + done, access, &memory);
		if (kr != KERN_SUCCESS)
			return kr;
		if ((access & VM_PROT_WRITE) != 0)
			memcpy(memory, (char *)data + done, part);
		else
			memcpy((char *)data + done, memory, part);
	}
	return KERN_SUCCESS;
}

kern_return_t
host_user_load(struct vm_map *map, uintptr_t address, void *data,
    size_t size)
{
	return host_user_access(map, address, data, size, VM_PROT_READ);
}

kern_return_t
host_user_store(struct vm_map *map, uintptr_t address, const void *data,
    size_t size)
{
	return host_user_access(map, address, (void *)(uintptr_t)data, size,
	    VM_PROT_WRITE);
}

size_t
host_pmap_check(struct pmap *pmap)
{
	uintptr_t address = 0;
	struct pv_entry *pv, *listed;
	size_t count = 0;

	while ((pv = pmap_next(pmap, &address, MACHINE_USER_MAX)) != NULL) {
		count++;
		if (pv->page == NULL)
			continue;
		for (listed = pv->page->mappings; listed != pv;
		    listed = listed->next)
			assert(listed != NULL);
		assert(pv->page->object != NULL);
	}
	assert(count == pmap->resident);
	return count;
}
