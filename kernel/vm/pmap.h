/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Address translation: what the machine maps for a task.
 *
 * A pmap holds the mappings of user addresses of one address space.  It is a
 * cache of what vm_map and vm_object say, except for wired mappings.
 * Locks: pmap->lock, then the page's mapping list; both spinlocks, inside the
 * vm_object lock.  All addresses are page aligned.
 */
#ifndef VM_PMAP_H
#define VM_PMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mach/kern_return.h>
#include <mach/vm_prot.h>

struct pmap;
struct vm_page;

void pmap_setup(void);

/* NULL without memory. */
struct pmap *pmap_create(void);
void pmap_destroy(struct pmap *pmap);

/*
 * Map `page` at `address` with `protection` (already cut down to what copy
 * on write and the pager allow), replacing what is there.  `write_access`
 * tells that the fault was a write: the page is marked modified and mapped
 * writable at once; without it a writable page is mapped so that the first
 * write marks it (pmap_fault_fast).  KERN_RESOURCE_SHORTAGE without memory for
 * tables.  Instruction cache coherence is established for executable pages.
 */
kern_return_t pmap_enter(struct pmap *pmap, uintptr_t address,
    struct vm_page *page, vm_prot_t protection, bool write_access,
    bool wired);

/*
 * Map a page for reading that nobody asked for yet.  Does nothing where
 * something is mapped, or when it takes memory that is not there.
 */
void pmap_enter_ahead(struct pmap *pmap, uintptr_t address,
    struct vm_page *page, vm_prot_t protection);

/* Map device memory, no frame behind it. */
kern_return_t pmap_enter_device(struct pmap *pmap, uintptr_t address,
    uint64_t physical, vm_prot_t protection);

void pmap_remove(struct pmap *pmap, uintptr_t start, uintptr_t end);
/* Take rights away; never gives any (faults do). */
void pmap_protect(struct pmap *pmap, uintptr_t start, uintptr_t end,
    vm_prot_t protection);
/* Physical address behind a user address, or false. */
bool pmap_extract(struct pmap *pmap, uintptr_t address, uint64_t *physical);
/* As above, and only if user mode may access it so now (for direct copies). */
bool pmap_extract_access(struct pmap *pmap, uintptr_t address,
    vm_prot_t access, uint64_t *physical);
/*
 * Copy at most PMAP_COPY_PAGES pages from one address space to another, if
 * all of both ranges is RAM that user mode may read, or write, without a
 * fault; false, and nothing copied, otherwise.  Never blocks; any alignment.
 */
#define PMAP_COPY_PAGES	4
bool pmap_copy(struct pmap *from, uintptr_t from_address, struct pmap *to,
    uintptr_t to_address, size_t size);
void pmap_change_wiring(struct pmap *pmap, uintptr_t address, bool wired);

/* In every address space: reduce the page's rights (VM_PROT_NONE unmaps). */
void pmap_page_protect(struct vm_page *page, vm_prot_t protection);
/* The kernel wrote to the page: make instruction fetches see it. */
void pmap_page_written(struct vm_page *page);
bool pmap_page_is_modified(struct vm_page *page);
void pmap_page_clear_modified(struct vm_page *page);
bool pmap_page_is_referenced(struct vm_page *page);
void pmap_page_clear_referenced(struct vm_page *page);

/*
 * Resolve software-managed accessed and modified bits.  Called first for
 * each user fault; true when that was all and the access can be retried.
 */
bool pmap_fault_fast(struct pmap *pmap, uintptr_t address,
    vm_prot_t access);

/* Write data back to memory and make instruction fetches see it. */
void pmap_flush_caches(struct pmap *pmap, uintptr_t start, uintptr_t end);

/* Make the address space the one of this processor (machine_switch). */
void pmap_activate(struct pmap *pmap);

/* Free page tables that map nothing (memory shortage). */
void pmap_collect(struct pmap *pmap);

/* Number of pages mapped. */
uint64_t pmap_resident_count(const struct pmap *pmap);

#endif /* VM_PMAP_H */
