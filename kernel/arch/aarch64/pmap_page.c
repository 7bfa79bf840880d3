/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Pages and the mappings of each: rights taken away everywhere, accessed
 * and modified bits, instruction fetches.
 */
#include <kern/assert.h>
#include <kern/slab.h>
#include <lib/macros.h>
#include <machine/memory.h>
#include <machine/percpu.h>
#include <machine/pmap.h>
#include <machine/sysreg.h>

spinlock_t pmap_page_locks[PMAP_PAGE_LOCKS];

static struct slab_cache pv_cache;

/* Cache lines, bytes; 0: no maintenance needed for fetches. */
static unsigned int data_line, instruction_line;

void
pmap_page_setup(void)
{
	uint64_t ctr = sysreg_read(ctr_el0);

	slab_cache_init(&pv_cache, "pv_entry", sizeof(struct pv_entry), 0,
	    NULL);
	if ((ctr & (1UL << 28)) == 0)
		data_line = 4U << ((ctr >> 16) & 0xf);
	if ((ctr & (1UL << 29)) == 0)
		instruction_line = 4U << (ctr & 0xf);
}

struct pv_entry *
pv_alloc(struct pmap *pmap)
{
	struct pv_entry *pv = pmap->spare;

	if (pv == NULL)
		return slab_cache_alloc(&pv_cache);
	pmap->spare = pv->next;
	pmap->spares--;
	return pv;
}

void
pv_free(struct pmap *pmap, struct pv_entry *pv)
{
	if (pmap->spares == PMAP_SPARES_MAX) {
		slab_cache_free(&pv_cache, pv);
		return;
	}
	pv->next = pmap->spare;
	pmap->spare = pv;
	pmap->spares++;
}

void
pv_collect(struct pmap *pmap)
{
	struct pv_entry *pv;

	while ((pv = pmap->spare) != NULL) {
		pmap->spare = pv->next;
		slab_cache_free(&pv_cache, pv);
	}
	pmap->spares = 0;
}

void
pv_insert(struct vm_page *page, struct pv_entry *pv, struct pmap *pmap,
    uintptr_t address)
{
	spinlock_t *lock = pmap_page_lock(page);

	pv->pmap = pmap;
	pv->address = address;
	spin_lock(lock);
	pv->next = page->mappings;
	page->mappings = pv;
	spin_unlock(lock);
}

void
pv_remove(struct vm_page *page, struct pmap *pmap, uintptr_t address)
{
	spinlock_t *lock = pmap_page_lock(page);
	struct pv_entry **link, *pv;

	spin_lock(lock);
	link = &page->mappings;
	while ((pv = *link)->address != address || pv->pmap != pmap)
		link = &pv->next;
	*link = pv->next;
	spin_unlock(lock);
	pv_free(pmap, pv);
}

static void
clean_data(char *memory)
{
	unsigned int i;

	for (i = 0; data_line != 0 && i < PAGE_SIZE; i += data_line)
		__asm__ volatile("dc cvau, %0"
		    : : "r"(memory + i) : "memory");
	tlb_wait();
}

static void
invalidate_instructions(char *memory)
{
	unsigned int i;

	for (i = 0; instruction_line != 0 && i < PAGE_SIZE;
	    i += instruction_line)
		__asm__ volatile("ic ivau, %0"
		    : : "r"(memory + i) : "memory");
	tlb_wait();
	cpu_isb();
}

void
pmap_page_fetchable(struct vm_page *page)
{
	char *memory = vm_page_to_direct(page);

	if ((page->flags & VM_PAGE_FETCHABLE) != 0)
		return;
	__atomic_fetch_or(&page->flags, VM_PAGE_FETCHABLE, __ATOMIC_RELAXED);
	clean_data(memory);
	invalidate_instructions(memory);
}

void
pmap_flush_caches(struct pmap *pmap, uintptr_t start, uintptr_t end)
{
	uint64_t physical, ctr = sysreg_read(ctr_el0);
	unsigned int line = 4U << ((ctr >> 16) & 0xf), i;
	char *memory;

	for (; start < end; start += PAGE_SIZE) {
		start = pmap_skip(pmap, start, end);
		if (start >= end || !pmap_extract(pmap, start, &physical) ||
		    vm_page_lookup_phys(physical) == NULL)
			continue;
		memory = phys_to_direct(physical);
		for (i = 0; i < PAGE_SIZE; i += line)
			__asm__ volatile("dc civac, %0"
			    : : "r"(memory + i) : "memory");
		invalidate_instructions(memory);
	}
}

void
pmap_page_written(struct vm_page *page)
{
	if ((page->flags & VM_PAGE_FETCHABLE) == 0)
		return;
	__atomic_fetch_and(&page->flags, ~VM_PAGE_FETCHABLE,
	    __ATOMIC_RELAXED);
	pmap_page_fetchable(page);
}

/* The entry behind a mapping; its pmap is locked. */
static uint64_t *
pv_entry_pte(const struct pv_entry *pv, struct vm_page **table)
{
	uint64_t *pte = pmap_walk(pv->pmap, pv->address, false, table);

	assert(pte != NULL && (pte_load(pte) & PTE_MANAGED) != 0);
	return pte;
}

/*
 * Clear and set bits in every entry of the page.  True if an entry had one
 * of `test`.
 */
static bool
pmap_page_change(struct vm_page *page, uint64_t clear, uint64_t set,
    uint64_t test)
{
	spinlock_t *lock = pmap_page_lock(page);
	struct vm_page *table;
	struct pv_entry *pv;
	uint64_t *pte, old, new;
	bool found = false, flush = false;

again:
	spin_lock(lock);
	for (pv = page->mappings; pv != NULL; pv = pv->next) {
		if (!spin_trylock(&pv->pmap->lock)) {
			spin_unlock(lock);
			cpu_relax();
			goto again;
		}
		pte = pv_entry_pte(pv, &table);
		old = pte_load(pte);
		found |= (old & test) != 0;
		new = (old & ~clear) | set;
		if (new != old) {
			pte_store(pte, new);
			tlb_publish();
			tlb_flush_address(pv->pmap, pv->address);
			flush = true;
		}
		spin_unlock(&pv->pmap->lock);
	}
	spin_unlock(lock);
	if (flush)
		tlb_wait();
	return found;
}

/* Unmap the page everywhere. */
static void
pmap_page_unmap(struct vm_page *page)
{
	spinlock_t *lock = pmap_page_lock(page);
	struct pv_entry *pv;
	struct vm_page *table;
	struct pmap *pmap;

	spin_lock(lock);
	while ((pv = page->mappings) != NULL) {
		pmap = pv->pmap;
		if (!spin_trylock(&pmap->lock)) {
			spin_unlock(lock);
			cpu_relax();
			spin_lock(lock);
			continue;
		}
		page->mappings = pv->next;
		pte_store(pv_entry_pte(pv, &table), 0);
		tlb_publish();
		tlb_flush_address(pmap, pv->address);
		pmap_uncount_entry(pmap, table);
		pv_free(pmap, pv);
		spin_unlock(&pmap->lock);
	}
	spin_unlock(lock);
	tlb_wait();
}

void
pmap_page_protect(struct vm_page *page, vm_prot_t protection)
{
	uint64_t clear = 0, set = 0;

	if (page->mappings == NULL)
		return;
	if ((protection & (VM_PROT_READ | VM_PROT_EXECUTE)) == 0) {
		pmap_page_unmap(page);
		return;
	}
	if ((protection & VM_PROT_WRITE) == 0) {
		clear = PTE_MAY_WRITE;
		set = PTE_READ_ONLY;
	}
	if ((protection & VM_PROT_EXECUTE) == 0)
		set |= PTE_UXN;
	pmap_page_change(page, clear, set, 0);
}

bool
pmap_page_is_modified(struct vm_page *page)
{
	return (page->flags & VM_PAGE_DIRTY) != 0;
}

void
pmap_page_clear_modified(struct vm_page *page)
{
	pmap_page_change(page, 0, PTE_READ_ONLY, 0);
	__atomic_fetch_and(&page->flags, ~VM_PAGE_DIRTY, __ATOMIC_RELAXED);
}

bool
pmap_page_is_referenced(struct vm_page *page)
{
	return pmap_page_change(page, 0, 0, PTE_AF);
}

void
pmap_page_clear_referenced(struct vm_page *page)
{
	pmap_page_change(page, PTE_AF, 0, 0);
}
