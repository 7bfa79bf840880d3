/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Physical memory: one frame descriptor for each page of RAM, a buddy
 * allocator over them, and per-processor caches of single pages.
 *
 * A frame is allocated (its owner decides what its fields mean) or free.
 * Frames of a vm_object are linked by the object's radix tree and, when
 * pageable, by the page queues (vm_pageout.h).
 */
#ifndef VM_VM_PAGE_H
#define VM_VM_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include <machine/memory.h>

struct vm_object;
struct pv_entry;

struct vm_page {
	uint32_t next;			/* frame indices: free list or queue */
	uint32_t previous;
	struct vm_object *object;	/* owner, or NULL */
	uint64_t offset;		/* in the object, bytes */
	struct pv_entry *mappings;	/* guarded by the pmap page lock */
	uint16_t flags;			/* VM_PAGE_*, object lock */
	uint16_t wire_count;		/* object lock */
	uint8_t order;			/* of a free or multi-page block */
	uint8_t segment;
	uint8_t state;			/* allocator's own */
	uint8_t queue;			/* VM_PAGE_QUEUE_*, queue lock */
};

_Static_assert(sizeof(struct vm_page) <= 40, "page frame too large");

#define VM_PAGE_BUSY		0x0001	/* being filled or written out */
#define VM_PAGE_WANTED		0x0002	/* somebody waits for !BUSY */
#define VM_PAGE_ABSENT		0x0004	/* asked of the pager, not here yet */
#define VM_PAGE_ERROR		0x0008	/* the pager reported an error */
#define VM_PAGE_DIRTY		0x0010	/* known modified */
#define VM_PAGE_PRECIOUS	0x0020	/* the pager wants it back clean too */
#define VM_PAGE_FICTITIOUS	0x0040	/* no RAM behind (device memory) */
#define VM_PAGE_REFERENCED	0x0080
#define VM_PAGE_PRIVATE		0x0100	/* kernel's own; never paged */

#define VM_PAGE_MAX_ORDER	18	/* 2^18 pages = 1 GiB */

/* One range of usable RAM at boot; page aligned. */
struct vm_page_range {
	uint64_t start;
	uint64_t end;
};

/*
 * Take over `ranges` (sorted, disjoint) minus `reserved` (any order).  Frame
 * tables are carved out of the ranges themselves.  Runs in time proportional
 * to the number of blocks, not of pages.
 */
void vm_page_setup(const struct vm_page_range *ranges, unsigned int nranges,
    const struct vm_page_range *reserved, unsigned int nreserved);

/* Give back boot-time memory, e.g. the modules' (page aligned). */
void vm_page_release_range(uint64_t start, uint64_t end);

/*
 * Allocate one page, content undefined; NULL when none is left.
 * `urgent` may use the reserve kept for pageout and the kernel.
 */
struct vm_page *vm_page_alloc(bool urgent);
void vm_page_free(struct vm_page *page);

/* 2^order contiguous, naturally aligned pages; the first is returned. */
struct vm_page *vm_page_alloc_block(unsigned int order);
void vm_page_free_block(struct vm_page *page, unsigned int order);

/*
 * `count` contiguous pages in [minimum, maximum], physical start aligned to
 * `align` (a power of two >= PAGE_SIZE).  Free each with vm_page_free().
 */
struct vm_page *vm_page_alloc_contiguous(uint64_t count, uint64_t minimum,
    uint64_t maximum, uint64_t align);

uint64_t vm_page_to_phys(const struct vm_page *page);
void *vm_page_to_direct(const struct vm_page *page);
/* NULL when no frame describes that address (devices, holes). */
struct vm_page *vm_page_lookup_phys(uint64_t physical);

/* Frame <-> index, for 32-bit links; index 0 is no frame. */
uint32_t vm_page_index(const struct vm_page *page);
struct vm_page *vm_page_from_index(uint32_t index);

/* Counts in pages. */
uint64_t vm_page_free_count(void);
uint64_t vm_page_total_count(void);	/* RAM managed, used or not */
uint64_t vm_page_memory_size(void);	/* bytes of all banks */

#endif /* VM_VM_PAGE_H */
