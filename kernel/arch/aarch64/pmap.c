/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Mappings of user addresses: made, reduced, removed.
 */
#include <kern/assert.h>
#include <lib/macros.h>
#include <machine/memory.h>
#include <machine/pmap.h>

#define PTE_USER_COMMON	(PTE_PAGE | PTE_USER | PTE_NG | PTE_AF | PTE_PXN)
#define PTE_USER_NORMAL	(PTE_USER_COMMON | PTE_ATTR(MAIR_NORMAL) | \
			 PTE_SH_INNER | PTE_MANAGED)
#define PTE_USER_DEVICE	(PTE_USER_COMMON | PTE_ATTR(MAIR_DEVICE) | PTE_UXN)

/* Take an entry out; the translation is forgotten with the batch. */
static void
pmap_clear_entry(struct pmap *pmap, uint64_t *pte, struct vm_page *table,
    uintptr_t address, struct tlb_batch *batch)
{
	uint64_t old = pte_load(pte);

	pte_store(pte, 0);
	tlb_batch_add(batch, address);
	pmap_uncount_entry(pmap, table);
	if ((old & PTE_MANAGED) != 0)
		pv_remove(pte_page(old), pmap, address);
}

/*
 * An empty entry for `address`, whatever was there; NULL without memory for
 * a table.  Break before make (Arm ARM D8.16.1).
 */
static uint64_t *
pmap_make_entry(struct pmap *pmap, uintptr_t address,
    struct vm_page **table)
{
	uint64_t *pte = pmap_walk(pmap, address, true, table);
	struct tlb_batch batch;

	if (pte != NULL && pte_load(pte) != 0) {
		tlb_batch_init(&batch, pmap);
		pmap_clear_entry(pmap, pte, *table, address, &batch);
		tlb_batch_flush(&batch);
	}
	return pte;
}

static void
pmap_set_entry(struct pmap *pmap, uint64_t *pte, struct vm_page *table,
    uint64_t entry)
{
	pmap_count_entry(pmap, table);
	pte_store(pte, entry);
	tlb_publish();
}

/* Entry bits for a normal page. */
static uint64_t
pmap_bits(struct vm_page *page, vm_prot_t protection, bool write_access,
    bool wired)
{
	uint64_t bits = PTE_USER_NORMAL;

	if ((protection & VM_PROT_WRITE) != 0)
		bits |= PTE_MAY_WRITE;
	/* What is marked modified already needs no fault for it. */
	if (write_access || ((protection & VM_PROT_WRITE) != 0 &&
	    (page->flags & VM_PAGE_DIRTY) != 0))
		__atomic_store_n(&page->flags, (page->flags |
		    VM_PAGE_DIRTY) & ~VM_PAGE_FETCHABLE, __ATOMIC_RELAXED);
	else
		bits |= PTE_READ_ONLY;
	if ((protection & VM_PROT_EXECUTE) != 0)
		pmap_page_fetchable(page);
	else
		bits |= PTE_UXN;
	if (wired)
		bits |= PTE_WIRED;
	return bits;
}

/* Change the rights to a page that is mapped at `address` already. */
static bool
pmap_upgrade(struct pmap *pmap, uintptr_t address, uint64_t entry)
{
	struct vm_page *table;
	uint64_t *pte = pmap_walk(pmap, address, false, &table);
	uint64_t old;

	if (pte == NULL)
		return false;
	old = pte_load(pte);
	if ((old & PTE_MANAGED) == 0 ||
	    (old & PTE_ADDRESS) != (entry & PTE_ADDRESS))
		return false;
	pte_store(pte, entry);
	tlb_publish();
	tlb_flush_address(pmap, address);
	tlb_wait();
	return true;
}

kern_return_t
pmap_enter(struct pmap *pmap, uintptr_t address, struct vm_page *page,
    vm_prot_t protection, bool write_access, bool wired)
{
	uint64_t entry, *pte;
	struct vm_page *table;
	struct pv_entry *pv;

	assert(IS_ALIGNED(address, PAGE_SIZE));
	assert(!write_access || (protection & VM_PROT_WRITE) != 0);
	entry = vm_page_to_phys(page) |
	    pmap_bits(page, protection, write_access, wired);
	spin_lock(&pmap->lock);
	if (page->mappings != NULL && pmap_upgrade(pmap, address, entry)) {
		spin_unlock(&pmap->lock);
		return KERN_SUCCESS;
	}
	pte = pmap_make_entry(pmap, address, &table);
	pv = pte == NULL ? NULL : pv_alloc(pmap);
	if (pv != NULL) {
		pv_insert(page, pv, pmap, address);
		pmap_set_entry(pmap, pte, table, entry);
	}
	spin_unlock(&pmap->lock);
	return pv == NULL ? KERN_RESOURCE_SHORTAGE : KERN_SUCCESS;
}

void
pmap_enter_ahead(struct pmap *pmap, uintptr_t address, struct vm_page *page,
    vm_prot_t protection)
{
	struct vm_page *table;
	struct pv_entry *pv;
	uint64_t *pte;

	assert((protection & VM_PROT_WRITE) == 0);
	spin_lock(&pmap->lock);
	pte = pmap_walk(pmap, address, false, &table);
	if (pte != NULL && pte_load(pte) == 0) {
		pv = pv_alloc(pmap);
		if (pv != NULL) {
			pv_insert(page, pv, pmap, address);
			pmap_set_entry(pmap, pte, table,
			    vm_page_to_phys(page) |
			    pmap_bits(page, protection, false, false));
		}
	}
	spin_unlock(&pmap->lock);
}

kern_return_t
pmap_enter_device(struct pmap *pmap, uintptr_t address, uint64_t physical,
    vm_prot_t protection)
{
	uint64_t entry = physical | PTE_USER_DEVICE, *pte;
	struct vm_page *table;

	assert(IS_ALIGNED(address | physical, PAGE_SIZE));
	if ((protection & VM_PROT_WRITE) == 0)
		entry |= PTE_READ_ONLY;
	spin_lock(&pmap->lock);
	pte = pmap_make_entry(pmap, address, &table);
	if (pte != NULL)
		pmap_set_entry(pmap, pte, table, entry);
	spin_unlock(&pmap->lock);
	return pte == NULL ? KERN_RESOURCE_SHORTAGE : KERN_SUCCESS;
}

/*
 * The entry of the first address from *start on that has a last-level table,
 * or NULL; *limit is where this table, or the range, ends.
 */
static uint64_t *
pmap_next_table(struct pmap *pmap, uintptr_t *start, uintptr_t end,
    struct vm_page **table, uintptr_t *limit)
{
	uint64_t *pte = NULL;

	while (*start < end && pmap->resident > 0) {
		pte = pmap_walk(pmap, *start, false, table);
		if (pte != NULL)
			break;
		*start = pmap_skip(pmap, *start, end);
	}
	*limit = MIN(end, ALIGN_DOWN(*start, PMAP_TABLE_SPAN) +
	    PMAP_TABLE_SPAN);
	return pte;
}

void
pmap_remove(struct pmap *pmap, uintptr_t start, uintptr_t end)
{
	struct tlb_batch batch;
	struct vm_page *table;
	uintptr_t limit;
	uint64_t *pte;
	bool collect;

	if (pmap->resident == 0)
		return;
	tlb_batch_init(&batch, pmap);
	spin_lock(&pmap->lock);
	for (; (pte = pmap_next_table(pmap, &start, end, &table, &limit)) !=
	    NULL; start = limit) {
		for (; start < limit && table->wire_count > 0;
		    start += PAGE_SIZE, pte++) {
			if (pte_load(pte) != 0)
				pmap_clear_entry(pmap, pte, table, start,
				    &batch);
		}
	}
	tlb_batch_flush(&batch);
	collect = pmap_has_empty(pmap);
	spin_unlock(&pmap->lock);
	if (collect)
		pmap_collect(pmap);
}

/* Reduce one entry to `protection`, not VM_PROT_NONE. */
static void
pmap_protect_entry(uint64_t *pte, uintptr_t address, vm_prot_t protection,
    struct tlb_batch *batch)
{
	uint64_t old = pte_load(pte), new = old;

	if ((protection & VM_PROT_WRITE) == 0)
		new = (new | PTE_READ_ONLY) & ~PTE_MAY_WRITE;
	if ((protection & VM_PROT_EXECUTE) == 0)
		new |= PTE_UXN;
	if (new == old)
		return;
	pte_store(pte, new);
	/* What was only in software needs no invalidation. */
	if (((new ^ old) & ~PTE_MAY_WRITE) != 0)
		tlb_batch_add(batch, address);
}

void
pmap_protect(struct pmap *pmap, uintptr_t start, uintptr_t end,
    vm_prot_t protection)
{
	struct tlb_batch batch;
	struct vm_page *table;
	uintptr_t limit;
	uint64_t *pte;

	if ((protection & (VM_PROT_READ | VM_PROT_EXECUTE)) == 0) {
		pmap_remove(pmap, start, end);
		return;
	}
	tlb_batch_init(&batch, pmap);
	spin_lock(&pmap->lock);
	for (; (pte = pmap_next_table(pmap, &start, end, &table, &limit)) !=
	    NULL; start = limit) {
		for (; start < limit; start += PAGE_SIZE, pte++) {
			if (pte_load(pte) != 0)
				pmap_protect_entry(pte, start, protection,
				    &batch);
		}
	}
	tlb_batch_flush(&batch);
	spin_unlock(&pmap->lock);
}

/* The entry of an address, 0 if it is not mapped. */
static uint64_t
pmap_entry(struct pmap *pmap, uintptr_t address)
{
	struct vm_page *table;
	uint64_t *pte, entry = 0;

	spin_lock(&pmap->lock);
	pte = pmap_walk(pmap, address, false, &table);
	if (pte != NULL)
		entry = pte_load(pte);
	spin_unlock(&pmap->lock);
	return entry;
}

bool
pmap_extract(struct pmap *pmap, uintptr_t address, uint64_t *physical)
{
	uint64_t entry = pmap_entry(pmap, address);

	*physical = (entry & PTE_ADDRESS) | (address & PAGE_MASK);
	return entry != 0;
}

/* What user mode may do through an entry, without a fault. */
static vm_prot_t
pte_access(uint64_t entry)
{
	vm_prot_t access = VM_PROT_READ;

	if ((entry & (PTE_VALID | PTE_AF)) != (PTE_VALID | PTE_AF))
		return VM_PROT_NONE;
	if ((entry & PTE_READ_ONLY) == 0)
		access |= VM_PROT_WRITE;
	if ((entry & PTE_UXN) == 0)
		access |= VM_PROT_EXECUTE;
	return access;
}

bool
pmap_extract_access(struct pmap *pmap, uintptr_t address, vm_prot_t access,
    uint64_t *physical)
{
	uint64_t entry = pmap_entry(pmap, address);

	*physical = (entry & PTE_ADDRESS) | (address & PAGE_MASK);
	return (pte_access(entry) & access) == access;
}

void
pmap_change_wiring(struct pmap *pmap, uintptr_t address, bool wired)
{
	struct vm_page *table;
	uint64_t *pte;

	spin_lock(&pmap->lock);
	pte = pmap_walk(pmap, address, false, &table);
	if (pte != NULL && pte_load(pte) != 0)
		pte_store(pte, wired ? pte_load(pte) | PTE_WIRED :
		    pte_load(pte) & ~PTE_WIRED);
	spin_unlock(&pmap->lock);
}

/* The entry after the software's part of an access; 0: not allowed. */
static uint64_t
pmap_fault_entry(uint64_t entry, vm_prot_t access)
{
	if ((entry & PTE_VALID) == 0)
		return 0;
	entry |= PTE_AF;
	if ((access & VM_PROT_WRITE) != 0 && (entry & PTE_MAY_WRITE) != 0)
		entry &= ~PTE_READ_ONLY;
	return (pte_access(entry) & access) == access ? entry : 0;
}

bool
pmap_fault_fast(struct pmap *pmap, uintptr_t address, vm_prot_t access)
{
	struct vm_page *table, *page;
	uint64_t *pte, old, new;

	spin_lock(&pmap->lock);
	pte = pmap_walk(pmap, address, false, &table);
	old = pte == NULL ? 0 : pte_load(pte);
	new = pmap_fault_entry(old, access);
	if (new == 0) {
		spin_unlock(&pmap->lock);
		return false;
	}
	if ((access & VM_PROT_WRITE) != 0 && (old & PTE_MANAGED) != 0) {
		page = pte_page(old);
		__atomic_fetch_or(&page->flags, VM_PAGE_DIRTY,
		    __ATOMIC_RELAXED);
		__atomic_fetch_and(&page->flags, ~VM_PAGE_FETCHABLE,
		    __ATOMIC_RELAXED);
	}
	pte_store(pte, new);
	tlb_publish();
	tlb_flush_address(pmap, address);
	tlb_wait();
	spin_unlock(&pmap->lock);
	return true;
}
