/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Translation tables: life of pmaps, and the way to an entry.
 */
#include <kern/assert.h>
#include <kern/slab.h>
#include <lib/macros.h>
#include <machine/memory.h>
#include <machine/pmap.h>

#define TABLE_ENTRIES	512

uint64_t pmap_table_count;

static struct slab_cache pmap_cache;

void
pmap_setup(void)
{
	slab_cache_init(&pmap_cache, "pmap", sizeof(struct pmap), 0, NULL);
	pmap_asid_setup();
	pmap_page_setup();
}

/* A new, empty table, in the pmap's list. */
static struct vm_page *
table_create(struct pmap *pmap, uintptr_t base)
{
	struct vm_page *page = vm_page_alloc(false);

	if (page == NULL)
		return NULL;
	machine_page_clear(vm_page_to_direct(page));
	page->flags = VM_PAGE_PRIVATE;
	page->offset = base;
	page->wire_count = 0;
	page->previous = 0;
	page->next = pmap->tables;
	if (page->next != 0)
		vm_page_from_index(page->next)->previous =
		    vm_page_index(page);
	pmap->tables = vm_page_index(page);
	pmap->table_count++;
	__atomic_fetch_add(&pmap_table_count, 1, __ATOMIC_RELAXED);
	return page;
}

static void
table_destroy(struct pmap *pmap, struct vm_page *page)
{
	assert(page->wire_count == 0);
	if (page->next != 0)
		vm_page_from_index(page->next)->previous = page->previous;
	if (page->previous != 0)
		vm_page_from_index(page->previous)->next = page->next;
	else
		pmap->tables = page->next;
	pmap->table_count--;
	__atomic_fetch_sub(&pmap_table_count, 1, __ATOMIC_RELAXED);
	vm_page_free(page);
}

struct pmap *
pmap_create(void)
{
	struct pmap *pmap = slab_cache_alloc(&pmap_cache);
	struct vm_page *root;

	if (pmap == NULL)
		return NULL;
	*pmap = (struct pmap){ .leaf_base = PMAP_NO_LEAF };
	spin_init(&pmap->lock);
	root = table_create(pmap, 0);
	if (root == NULL) {
		slab_cache_free(&pmap_cache, pmap);
		return NULL;
	}
	pmap->root = vm_page_to_phys(root);
	return pmap;
}

/*
 * The tables are not in use when they are freed: no processor has them in
 * TTBR0, and the ASID is not given away before the TLB is emptied.
 */
void
pmap_destroy(struct pmap *pmap)
{
	if (pmap->resident != 0)
		pmap_remove(pmap, MACHINE_USER_MIN, MACHINE_USER_MAX);
	assert(pmap->resident == 0);
	pmap_deactivate(pmap);
	pv_collect(pmap);
	while (pmap->tables != 0)
		table_destroy(pmap, vm_page_from_index(pmap->tables));
	slab_cache_free(&pmap_cache, pmap);
}

static inline uint64_t *
table_of(uint64_t entry)
{
	return phys_to_direct(entry & PTE_ADDRESS);
}

/* The table that `address` uses at the last level, found or made. */
static uint64_t *
table_walk(struct pmap *pmap, uintptr_t address, bool create)
{
	uint64_t *table = phys_to_direct(pmap->root), *entry;
	struct vm_page *page;
	int level;

	for (level = 0; level < PMAP_LAST_LEVEL; level++) {
		entry = &table[PTE_INDEX(level, address)];
		if ((pte_load(entry) & PTE_VALID) == 0) {
			if (!create)
				return NULL;
			page = table_create(pmap, ALIGN_DOWN(address,
			    1UL << PTE_SHIFT(level)));
			if (page == NULL)
				return NULL;
			if (level == PMAP_LAST_LEVEL - 1)
				pmap->empty_count++;
			/* The zeros come before the table. */
			tlb_publish();
			pte_store(entry, vm_page_to_phys(page) | PTE_TABLE);
		}
		table = table_of(pte_load(entry));
	}
	return table;
}

bool
pmap_walk_slow(struct pmap *pmap, uintptr_t address, bool create)
{
	uint64_t *leaf = table_walk(pmap, address, create);

	if (leaf == NULL)
		return false;
	pmap->leaf = leaf;
	pmap->leaf_base = ALIGN_DOWN(address, PMAP_TABLE_SPAN);
	pmap->leaf_page = vm_page_from_phys(direct_to_phys(leaf));
	return true;
}

uintptr_t
pmap_skip(struct pmap *pmap, uintptr_t address, uintptr_t end)
{
	uint64_t *table, entry;
	int level;

	while (address < end) {
		table = phys_to_direct(pmap->root);
		for (level = 0; level < PMAP_LAST_LEVEL; level++) {
			entry = pte_load(&table[PTE_INDEX(level, address)]);
			if ((entry & PTE_VALID) == 0)
				break;
			table = table_of(entry);
		}
		if (level == PMAP_LAST_LEVEL)
			return address;
		address = ALIGN_DOWN(address, 1UL << PTE_SHIFT(level)) +
		    (1UL << PTE_SHIFT(level));
	}
	return end;
}

/* The entry that points at `page`, if that is a last-level table. */
static uint64_t *
table_parent(struct pmap *pmap, const struct vm_page *page)
{
	uint64_t *table = phys_to_direct(pmap->root), *entry;
	int level;

	for (level = 0; ; level++) {
		entry = &table[PTE_INDEX(level, page->offset)];
		if ((pte_load(entry) & PTE_VALID) == 0)
			return NULL;
		table = table_of(pte_load(entry));
		if (level == PMAP_LAST_LEVEL - 1)
			break;
	}
	return table == vm_page_to_direct(page) ? entry : NULL;
}

void
pmap_collect(struct pmap *pmap)
{
	uint32_t index, next;
	struct vm_page *page;
	struct tlb_batch batch;
	uint64_t *parent;

	spin_lock(&pmap->lock);
	pmap->leaf_base = PMAP_NO_LEAF;
	pv_collect(pmap);
	for (index = pmap->tables; index != 0; index = next) {
		page = vm_page_from_index(index);
		next = page->next;
		if (page->wire_count != 0)
			continue;
		parent = table_parent(pmap, page);
		if (parent == NULL)
			continue;
		pte_store(parent, 0);
		tlb_batch_init(&batch, pmap);
		tlb_batch_add(&batch, page->offset);
		tlb_batch_flush(&batch);
		pmap->empty_count--;
		table_destroy(pmap, page);
	}
	spin_unlock(&pmap->lock);
}

uint64_t
pmap_resident_count(const struct pmap *pmap)
{
	return pmap->resident;
}
