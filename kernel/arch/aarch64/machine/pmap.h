/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The inside of pmaps: translation tables of user space, ASIDs, and the TLB.
 *
 * A page entry is written with the access flag set.  An entry that allows
 * writing (PTE_MAY_WRITE) is read-only until the page is marked modified.
 * Frames of tables: `offset` is the first address that the table translates,
 * `wire_count` the number of page entries in a last-level table, and
 * next/previous link the tables of a pmap.
 *
 * Lock order: pmap->lock, then the page's lock (pmap_page_lock).  The other
 * way round only by trying.
 */
#ifndef MACHINE_PMAP_H
#define MACHINE_PMAP_H

#include <stdbool.h>
#include <stdint.h>

#include <kern/lock.h>
#include <lib/macros.h>
#include <machine/percpu.h>
#include <machine/pte.h>
#include <machine/sysreg.h>
#include <vm/pmap.h>
#include <vm/vm_page.h>

#define PTE_MAY_WRITE	PTE_SOFTWARE(0)
#define PTE_WIRED	PTE_SOFTWARE(1)
#define PTE_MANAGED	PTE_SOFTWARE(2)	/* its page knows of it */

/* Instruction fetches see what was written to the page. */
#define VM_PAGE_FETCHABLE	0x0200

#define PMAP_LAST_LEVEL	3
#define PMAP_TABLE_SPAN	(1UL << PTE_SHIFT(2))	/* of a last-level table */
#define PMAP_NO_LEAF	1UL			/* leaf_base: none at hand */
#define PMAP_SPARES_MAX	128
#define PMAP_EMPTY_MAX	16	/* tables that may stay without entries */

struct pmap {
	spinlock_t lock;
	uint64_t asid;			/* generation << 16 | ASID */
	uint64_t root;			/* physical */
	uint32_t tables;		/* frame index of the newest, or 0 */
	uint32_t table_count;
	uint32_t empty_count;		/* last-level tables without entries */
	uint64_t resident;		/* page entries, wired or not */
	struct pv_entry *spare;		/* unused ones, for the next mappings */
	uint32_t spares;
	uintptr_t leaf_base;		/* of the last-level table at hand */
	uint64_t *leaf;
	struct vm_page *leaf_page;
};

/* A mapping of a page. */
struct pv_entry {
	struct pv_entry *next;
	struct pmap *pmap;
	uintptr_t address;
};

/* pmap_asid.c: the generation of ASIDs that is current, << ASID_BITS_MAX. */
#define ASID_BITS_MAX	16
#define TTBR_ASID(asid)	((asid) << 48)

extern uint64_t asid_generation;

static inline bool
asid_current(uint64_t asid)
{
	uint64_t generation = load_relaxed(&asid_generation);

	return (asid ^ generation) >> ASID_BITS_MAX == 0;
}

static inline void
ttbr0_load(uint64_t value)
{
	sysreg_write(ttbr0_el1, value);
	cpu_isb();
}

/* pmap_activate(), if the pmap has an ASID; else false. */
static __always_inline bool
pmap_activate_fast(struct percpu *self, struct pmap *pmap)
{
	if (unlikely(!asid_current(pmap->asid)))
		return false;
	self->pmap = pmap;
	ttbr0_load(pmap->root | TTBR_ASID(pmap->asid));
	return true;
}

/* pmap_asid.c: addresses whose translations are to be forgotten. */
#define TLB_BATCH_MAX	32

struct tlb_batch {
	struct pmap *pmap;
	unsigned int count;		/* may be more than the maximum */
	uintptr_t addresses[TLB_BATCH_MAX];
};

static inline void
tlb_batch_init(struct tlb_batch *batch, struct pmap *pmap)
{
	batch->pmap = pmap;
	batch->count = 0;
}

static inline void
tlb_batch_add(struct tlb_batch *batch, uintptr_t address)
{
	if (batch->count < TLB_BATCH_MAX)
		batch->addresses[batch->count] = address;
	batch->count++;
}

/* Forget them, on all processors; the entries were changed before. */
void tlb_batch_flush(const struct tlb_batch *batch);
/* Forget one translation, without waiting for it: tlb_wait(). */
void tlb_flush_address(const struct pmap *pmap, uintptr_t address);

/* Make changes of entries visible to table walks. */
static inline void
tlb_publish(void)
{
	__asm__ volatile("dsb ishst" : : : "memory");
}

static inline void
tlb_wait(void)
{
	__asm__ volatile("dsb ish" : : : "memory");
}

void pmap_asid_setup(void);
/* This processor stops using `pmap`, if it does. */
void pmap_deactivate(struct pmap *pmap);

/* pmap_table.c */
extern uint64_t pmap_table_count;	/* pages of tables, atomic */

/* Make the table of `address` the one at hand; false if there is none. */
bool pmap_walk_slow(struct pmap *pmap, uintptr_t address, bool create);

/*
 * The entry of `address`, in a last-level table; NULL if there is no table
 * (and, when creating, no memory for one).  *table is the table's frame.
 * The pmap is locked.
 */
static inline uint64_t *
pmap_walk(struct pmap *pmap, uintptr_t address, bool create,
    struct vm_page **table)
{
	if (pmap->leaf_base != (address & -PMAP_TABLE_SPAN) &&
	    !pmap_walk_slow(pmap, address, create))
		return NULL;
	*table = pmap->leaf_page;
	return &pmap->leaf[PTE_INDEX(PMAP_LAST_LEVEL, address)];
}

/* An entry of a last-level table of the locked pmap was made, or cleared. */
static inline void
pmap_count_entry(struct pmap *pmap, struct vm_page *table)
{
	if (table->wire_count++ == 0)
		pmap->empty_count--;
	pmap->resident++;
}

static inline void
pmap_uncount_entry(struct pmap *pmap, struct vm_page *table)
{
	if (--table->wire_count == 0)
		pmap->empty_count++;
	pmap->resident--;
}

/* So many tables are empty that it pays to look for them. */
static inline bool
pmap_has_empty(const struct pmap *pmap)
{
	return pmap->empty_count > PMAP_EMPTY_MAX + pmap->table_count / 8;
}

/* The first address >= `address` that may have a last-level table below
 * `end`, or `end`. */
uintptr_t pmap_skip(struct pmap *pmap, uintptr_t address, uintptr_t end);

/* pmap_page.c */
#define PMAP_PAGE_LOCKS	64

extern spinlock_t pmap_page_locks[PMAP_PAGE_LOCKS];

static inline spinlock_t *
pmap_page_lock(const struct vm_page *page)
{
	return &pmap_page_locks[((uintptr_t)page >> 4) % PMAP_PAGE_LOCKS];
}

void pmap_page_setup(void);
/* For the next mapping of a locked pmap; NULL without memory. */
struct pv_entry *pv_alloc(struct pmap *pmap);
/* One that the locked pmap needs no more. */
void pv_free(struct pmap *pmap, struct pv_entry *pv);
/* Give all spare ones back. */
void pv_collect(struct pmap *pmap);
/* Link a mapping to its page, and take it off (page lock not held). */
void pv_insert(struct vm_page *page, struct pv_entry *pv, struct pmap *pmap,
    uintptr_t address);
void pv_remove(struct vm_page *page, struct pmap *pmap, uintptr_t address);

/* Make instruction fetches see the page's content. */
void pmap_page_fetchable(struct vm_page *page);

/* Of a managed page, or a table. */
static inline struct vm_page *
pte_page(uint64_t entry)
{
	return vm_page_from_phys(entry & PTE_ADDRESS);
}

static inline uint64_t
pte_load(const uint64_t *pte)
{
	return load_relaxed(pte);
}

static inline void
pte_store(uint64_t *pte, uint64_t entry)
{
	__atomic_store_n(pte, entry, __ATOMIC_RELAXED);
}

#endif /* MACHINE_PMAP_H */
