/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Physical memory: one frame descriptor for each page of RAM, a buddy
 * allocator over them, and per-processor caches of single pages.
 *
 * A frame is allocated (its owner decides what its fields mean) or free.
 * Frames of a vm_object are linked by the object's radix tree and, when
 * pageable, by the page queues (vm_page_queue.h).
 */
#ifndef VM_VM_PAGE_H
#define VM_VM_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include <machine/memory.h>

struct vm_object;
struct pv_entry;
struct slab_cache;

struct vm_page {
	uint32_t next;			/* frame indices: free list or queue */
	uint32_t previous;
	union {
		struct {
			struct vm_object *object; /* owner, or NULL */
			uint64_t offset;	/* in the object, bytes */
			struct pv_entry *mappings; /* pmap page lock */
		};
		struct {			/* first page of a slab */
			struct slab_cache *cache;
			uint64_t free[2];	/* bit n: object n is free */
		} slab;
	};
	uint16_t flags;			/* VM_PAGE_*, object lock */
	uint16_t wire_count;		/* object lock */
	uint8_t order;			/* of a free or multi-page block */
	uint8_t poisoned;		/* free, in debug builds: filled */
	uint8_t state;
	uint8_t queue;			/* VM_PAGE_QUEUE_* */
};

_Static_assert(sizeof(struct vm_page) <= 40, "page frame too large");

#define VM_PAGE_BUSY		0x0001	/* being filled or written out */
#define VM_PAGE_WANTED		0x0002	/* somebody waits for !BUSY */
#define VM_PAGE_ABSENT		0x0004	/* asked of the pager, not here yet */
#define VM_PAGE_ERROR		0x0008	/* the pager reported an error */
#define VM_PAGE_DIRTY		0x0010	/* known modified */
#define VM_PAGE_PRECIOUS	0x0020	/* the pager wants it back clean too */
#define VM_PAGE_FICTITIOUS	0x0040	/* no RAM behind (device memory) */
#define VM_PAGE_PRIVATE		0x0100	/* kernel's own; never paged */

/*
 * What the pager forbids (memory_object.h), VM_PROT_ shifted, and the access
 * it was asked to allow since it last said so.
 */
#define VM_PAGE_LOCK_SHIFT	10
#define VM_PAGE_LOCK		(0x7 << VM_PAGE_LOCK_SHIFT)
#define VM_PAGE_UNLOCK_SHIFT	13
#define VM_PAGE_UNLOCK		(0x7 << VM_PAGE_UNLOCK_SHIFT)

#define VM_PAGE_MAX_ORDER	18	/* 2^18 pages = 1 GiB */

/* One range of usable RAM at boot; page aligned. */
struct vm_page_range {
	uint64_t start;
	uint64_t end;
};

/*
 * Take over `ranges` (sorted, disjoint) minus `reserved` (any order).  The
 * frame table is carved out of the ranges themselves.  Runs in time
 * proportional to the number of ranges, not of pages: frames come to life by
 * chunks of 16 MiB, when memory is needed from there.
 *
 * The rest of this module works from then on, in thread context and during
 * boot, never in interrupt handlers.
 */
void vm_page_setup(const struct vm_page_range *ranges, unsigned int nranges,
    const struct vm_page_range *reserved, unsigned int nreserved);

/* Give back boot-time memory, e.g. the modules' (page aligned). */
void vm_page_release_range(uint64_t start, uint64_t end);

/*
 * Allocate one page, content undefined; NULL when none is left.
 * vm_page_reserve() pages are kept back; half of them may be used by `urgent`
 * allocations, the kernel's own, and all by wired threads (thread_wire()).
 * When few are left, the current thread is sent to vm_pageout_throttle().
 *
 * The frame of an allocated page comes with object, mappings, flags,
 * wire_count and queue zero; offset, next and previous are undefined.
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

/*
 * The frames of all banks stand in one table. A bank covers neighbouring
 * ranges and the small holes between them; its frame numbers (physical
 * address / PAGE_SIZE) are table indices plus a constant.
 */
struct vm_page_bank {
	uint64_t first;			/* frame numbers: first, last + 1 */
	uint64_t end;
	uint64_t bias;			/* frame number - index */
};

#define VM_PAGE_CHUNK_ORDER	12
#define VM_PAGE_CHUNK_PAGES	(1UL << VM_PAGE_CHUNK_ORDER)

/* Values of `state`. Frames inside a free block are VM_PAGE_RESERVED too. */
#define VM_PAGE_RESERVED	0	/* never allocated: kernel, firmware */
#define VM_PAGE_FREE		1	/* first of a free block */
#define VM_PAGE_ALLOCATED	2
#define VM_PAGE_CACHED		3	/* free, in a processor's cache */
#define VM_PAGE_HOLE		4	/* no RAM there */

extern struct vm_page *vm_page_table;
extern struct vm_page_bank vm_page_banks[];
extern uint64_t *vm_page_live;		/* bit n: chunk n has come to life */

/* The same for addresses outside the first bank and dormant chunks. */
uint64_t vm_page_number_slow_(uint32_t index);
struct vm_page *vm_page_lookup_slow_(uint64_t number);

/* Frame <-> index, for 32-bit links; index 0 is no frame. */
static inline uint32_t
vm_page_index(const struct vm_page *page)
{
	return (uint32_t)(page - vm_page_table);
}

static inline struct vm_page *
vm_page_from_index(uint32_t index)
{
	return vm_page_table + index;
}

static inline uint64_t
vm_page_to_phys(const struct vm_page *page)
{
	uint64_t number = vm_page_index(page) + vm_page_banks[0].bias;

	if (__builtin_expect(number >= vm_page_banks[0].end, 0))
		number = vm_page_number_slow_(vm_page_index(page));

	return number << PAGE_SHIFT;
}

static inline void *
vm_page_to_direct(const struct vm_page *page)
{
	return phys_to_direct(vm_page_to_phys(page));
}

/* NULL when no frame describes that address (devices, holes). */
static inline struct vm_page *
vm_page_lookup_phys(uint64_t physical)
{
	uint64_t number = physical >> PAGE_SHIFT;
	uint64_t index = number - vm_page_banks[0].bias;
	uint64_t chunk = (index - 1) >> VM_PAGE_CHUNK_ORDER;
	struct vm_page *page;

	if (number < vm_page_banks[0].first || number >= vm_page_banks[0].end
	    || (vm_page_live[chunk / 64] >> chunk % 64 & 1) == 0)
		return vm_page_lookup_slow_(number);

	page = vm_page_table + index;
	return (page->state == VM_PAGE_HOLE) ? 0 : page;
}

/* The frame of an address that is known to have one. */
static inline struct vm_page *
vm_page_from_phys(uint64_t physical)
{
	uint64_t number = physical >> PAGE_SHIFT;

	if (__builtin_expect(number < vm_page_banks[0].first ||
	    number >= vm_page_banks[0].end, 0))
		return vm_page_lookup_slow_(number);

	return vm_page_table + (number - vm_page_banks[0].bias);
}

/*
 * Counts in pages.  Pageout begins below VM_PAGE_LOW times the reserve, and
 * goes on up to VM_PAGE_TARGET times the reserve.
 */
#define VM_PAGE_LOW	2
#define VM_PAGE_TARGET	3
uint64_t vm_page_reserve(void);
uint64_t vm_page_free_count(void);
uint64_t vm_page_total_count(void);	/* RAM managed, used or not */
uint64_t vm_page_memory_size(void);	/* bytes of all banks */

#endif /* VM_VM_PAGE_H */
