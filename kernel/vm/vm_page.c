/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The buddy allocator (Knowlton, "A fast storage allocator", 1965) and the
 * per-processor caches of single pages in front of it.
 *
 * A free block of 2^n pages is aligned to its size. Its first frame is in
 * the list of order n of its zone; the other frames are in state
 * VM_PAGE_RESERVED, so that no merge mistakes them for a block.
 *
 * Single pages come from the cache of the running processor, which takes no
 * lock: the kernel is not preemptible and interrupt handlers do not allocate.
 */

#include <vm/vm_page.h>

#include <kern/assert.h>
#include <kern/thread.h>
#include <lib/bits.h>
#include <lib/macros.h>
#include <lib/sanitizer.h>
#include <lib/string.h>
#include <machine/percpu.h>
#include <vm/vm_page_debug.h>
#include <vm/vm_page_internal.h>

#define ORDERS		(VM_PAGE_MAX_ORDER + 1)

/*
 * Pages per processor: enough that a task that maps and unmaps a megabyte
 * again and again stays within its cache.
 */
#define CACHE_SIZE	320
#define CACHE_BATCH	64

/*
 * What user memory leaves for the kernel: this part of RAM, within limits.  The
 * kernel leaves half of that to pageout.
 */
#define RESERVE_SHIFT	8
#define RESERVE_MIN	64
#define RESERVE_MAX	4096

struct zone {
	uint32_t heads[ORDERS];		/* indices of free blocks */
	uint32_t orders;		/* bit n: heads[n] is not 0 */
	uint64_t free;			/* pages */
};

struct cache {
	uint32_t count;
	struct vm_page *pages[CACHE_SIZE];
} __aligned(64);

spinlock_t vm_page_lock = SPINLOCK_INITIALIZER;

static struct zone zones[VM_PAGE_ZONES];
static struct cache caches[MACHINE_MAX_CPUS];

void
vm_page_lists_setup(void)
{
	memset(zones, 0, sizeof(zones));
	memset(caches, 0, sizeof(caches));
}

static unsigned int
zone_of(uint64_t number)
{
	return (number < VM_PAGE_DMA_END) ? VM_PAGE_ZONE_DMA
					  : VM_PAGE_ZONE_NORMAL;
}

static void
block_link(struct zone *zone, struct vm_page *page, unsigned int order)
{
	uint32_t index = vm_page_index(page);

	page->state = VM_PAGE_FREE;
	page->order = (uint8_t)order;
	page->previous = 0;
	page->next = zone->heads[order];

	if (page->next != 0)
		vm_page_from_index(page->next)->previous = index;

	zone->heads[order] = index;
	zone->orders |= 1U << order;
	zone->free += 1UL << order;
}

static void
block_unlink(struct zone *zone, struct vm_page *page)
{
	unsigned int order = page->order;

	if (page->next != 0)
		vm_page_from_index(page->next)->previous = page->previous;

	if (page->previous != 0) {
		vm_page_from_index(page->previous)->next = page->next;
	} else {
		zone->heads[order] = page->next;

		if (page->next == 0)
			zone->orders &= ~(1U << order);
	}

	page->state = VM_PAGE_RESERVED;
	zone->free -= 1UL << order;
}

void
vm_page_block_remove(struct vm_page *page)
{
	block_unlink(&zones[zone_of(vm_page_number(page))], page);
}

/* The buddy of a block if it is free as a whole, else NULL. */
static struct vm_page *
block_buddy(const struct vm_page_bank *bank, uint64_t number,
    unsigned int order)
{
	uint64_t buddy = number ^ (1UL << order);
	struct vm_page *page;

	/* Smaller buddies share a chunk, and so live. */
	if (order >= VM_PAGE_CHUNK_ORDER
	    && (buddy < bank->first || buddy >= bank->end
		|| !vm_page_chunk_lives(buddy)))
		return NULL;

	page = vm_page_table + (buddy - bank->bias);
	return (page->state == VM_PAGE_FREE && page->order == order)
	    ? page : NULL;
}

void
vm_page_block_insert(uint64_t number, unsigned int order)
{
	const struct vm_page_bank *bank = vm_page_bank_lookup(number);
	struct zone *zone = &zones[zone_of(number)];

	while (order < VM_PAGE_MAX_ORDER) {
		struct vm_page *buddy = block_buddy(bank, number, order);

		if (buddy == NULL)
			break;

		block_unlink(zone, buddy);
		number &= ~(1UL << order);
		order++;
	}

	block_link(zone, vm_page_table + (number - bank->bias), order);
}

/* The order of the largest aligned block at the start of a run. */
static unsigned int
run_order(uint64_t start, uint64_t end)
{
	unsigned int order = bits_highest(end - start);

	if (start != 0)
		order = MIN(order, bits_lowest(start));

	return MIN(order, (unsigned int)VM_PAGE_MAX_ORDER);
}

void
vm_page_run_insert(uint64_t start, uint64_t end)
{
	while (start < end) {
		unsigned int order = run_order(start, end);

		vm_page_block_insert(start, order);
		start += 1UL << order;
	}
}

/* Take a block from a zone; NULL if it has none. */
static struct vm_page *
zone_alloc(unsigned int id, unsigned int order)
{
	struct zone *zone = &zones[id];
	struct vm_page *page;
	unsigned int found;

	while (zone->orders >> order == 0)
		if (!vm_page_zone_wake(id))
			return NULL;

	found = bits_lowest((uint64_t)zone->orders >> order) + order;
	page = vm_page_from_index(zone->heads[found]);
	block_unlink(zone, page);

	/* Keep the lower half each time. */
	while (found > order) {
		found--;
		block_link(zone, page + (1UL << found), found);
	}

	return page;
}

/* Take a block from any zone, from the one that devices need last. */
static struct vm_page *
zones_alloc(unsigned int order)
{
	struct vm_page *page = zone_alloc(VM_PAGE_ZONE_NORMAL, order);

	return (page != NULL) ? page : zone_alloc(VM_PAGE_ZONE_DMA, order);
}

static uint64_t
zones_free_count(void)
{
	return zones[VM_PAGE_ZONE_DMA].free + zones[VM_PAGE_ZONE_NORMAL].free
	    + vm_page_dormant_count;
}

uint64_t
vm_page_reserve(void)
{
	uint64_t size = vm_page_total_count() >> RESERVE_SHIFT;

	return MIN(MAX(size, (uint64_t)RESERVE_MIN), (uint64_t)RESERVE_MAX);
}

/* The pages that an allocation of the current thread has to leave. */
static uint64_t
alloc_floor(bool urgent)
{
	const struct thread *thread = thread_self();

	if (thread == NULL || thread->wired)
		return 0;

	return urgent ? vm_page_reserve() / 2 : vm_page_reserve();
}

/* The order of the next block for a cache: small remnants go first. */
static unsigned int
cache_refill_order(unsigned int wanted)
{
	uint64_t orders = zones[VM_PAGE_ZONE_NORMAL].orders;
	unsigned int order = bits_highest(wanted);

	if (orders == 0)
		orders = zones[VM_PAGE_ZONE_DMA].orders;

	return (orders == 0) ? order : MIN(order, bits_lowest(orders));
}

/*
 * Fill an empty cache with `batch` pages, so that it hands out ascending
 * addresses.
 */
static void
cache_refill(struct cache *cache, unsigned int batch)
{
	unsigned int wanted = batch;

	while (wanted != 0) {
		unsigned int order = cache_refill_order(wanted);
		unsigned int i, count = 1U << order;
		struct vm_page *page = zones_alloc(order);

		if (page == NULL && order == 0)
			break;

		/* Only smaller blocks are left: one page at a time. */
		if (page == NULL) {
			page = zones_alloc(0);
			count = 1;

			if (page == NULL)
				break;
		}

		for (i = 0; i < count; i++) {
			page[i].state = VM_PAGE_CACHED;
			page[i].order = 0;
			cache->pages[wanted - 1 - i] = &page[i];
		}

		wanted -= count;
	}

	/* The lowest slots stayed empty: move the rest down. */
	for (cache->count = 0; wanted < batch; cache->count++)
		cache->pages[cache->count] = cache->pages[wanted++];
}

/* The reserve is given out page by page, to urgent callers only. */
static struct vm_page *
reserve_alloc(void)
{
	struct vm_page *page = zones_alloc(0);

	if (page != NULL)
		page->order = 0;

	return page;
}

/*
 * What is left is the reserve, or was when somebody looked: pages of a cache
 * belong to it too.
 */
static bool page_tight;				/* vm_page_lock */

/* Few are left: the thread looks after pageout before it runs user code. */
static void
page_call_pageout(uint64_t left, uint64_t reserve)
{
	if (left < reserve * VM_PAGE_LOW)
		__atomic_fetch_or(&percpu_self()->ast, AST_MEMORY,
		    __ATOMIC_RELAXED);
}

static __noinline struct vm_page *
page_alloc_slow(struct cache *cache, bool urgent)
{
	uint64_t free, reserve = vm_page_reserve();
	struct vm_page *page = NULL;

	spin_lock(&vm_page_lock);
	free = zones_free_count();
	page_tight = free <= reserve;
	page_call_pageout(free + cache->count, reserve);

	if (cache->count == 0 && !page_tight)
		cache_refill(cache, (unsigned int)MIN((uint64_t)CACHE_BATCH,
		    free - reserve));
	else if (free + cache->count <= alloc_floor(urgent))
		cache = NULL;

	if (cache != NULL && cache->count != 0)
		page = cache->pages[--cache->count];
	else if (cache != NULL)
		page = reserve_alloc();

	spin_unlock(&vm_page_lock);
	return page;
}

struct vm_page *
vm_page_alloc(bool urgent)
{
	struct cache *cache = &caches[cpu_id()];
	struct vm_page *page;

	if (unlikely(cache->count == 0 || page_tight)) {
		page = page_alloc_slow(cache, urgent);

		if (page == NULL)
			return NULL;
	} else {
		page = cache->pages[--cache->count];
	}

	page->state = VM_PAGE_ALLOCATED;
	sanitizer_allow(vm_page_to_direct(page), PAGE_SIZE);
	vm_page_debug_alloc(page, 1);
	return page;
}

/* Give back the pages that were freed first. */
static void
cache_drain(struct cache *cache, unsigned int count)
{
	unsigned int i;

	spin_lock(&vm_page_lock);

	for (i = 0; i < count; i++) {
		cache->pages[i]->state = VM_PAGE_RESERVED;
		vm_page_block_insert(vm_page_number(cache->pages[i]), 0);
	}

	spin_unlock(&vm_page_lock);

	for (; i < cache->count; i++)
		cache->pages[i - count] = cache->pages[i];

	cache->count -= count;
}

void
vm_page_cache_flush(void)
{
	struct cache *cache = &caches[cpu_id()];

	cache_drain(cache, cache->count);
}

static __noinline void
cache_free_slow(struct cache *cache, struct vm_page *page)
{
	cache_drain(cache, CACHE_BATCH);
	cache->pages[cache->count++] = page;
}

/* Make the frame what the next owner expects. */
static void
page_reset(struct vm_page *page)
{
	page->object = NULL;
	page->mappings = NULL;
	page->flags = 0;
	page->wire_count = 0;
	page->queue = 0;
}

void
vm_page_free(struct vm_page *page)
{
	struct cache *cache = &caches[cpu_id()];

	assert(page->state == VM_PAGE_ALLOCATED && page->order == 0 &&
	    page->queue == 0);
	vm_page_debug_free(page, 1);
	sanitizer_forbid(vm_page_to_direct(page), PAGE_SIZE);
	page_reset(page);
	page->state = VM_PAGE_CACHED;

	if (unlikely(cache->count == CACHE_SIZE))
		cache_free_slow(cache, page);
	else
		cache->pages[cache->count++] = page;
}

static struct vm_page *
block_alloc(unsigned int order)
{
	struct vm_page *page = NULL;

	spin_lock(&vm_page_lock);

	if (zones_free_count() >= (1UL << order) + alloc_floor(true))
		page = zones_alloc(order);

	spin_unlock(&vm_page_lock);
	return page;
}

struct vm_page *
vm_page_alloc_block(unsigned int order)
{
	struct vm_page *page;

	if (order == 0)
		return vm_page_alloc(true);

	if (order > VM_PAGE_MAX_ORDER)
		return NULL;

	page = block_alloc(order);

	if (page == NULL) {
		vm_page_cache_flush();
		page = block_alloc(order);
	}

	if (page == NULL)
		return NULL;

	page->state = VM_PAGE_ALLOCATED;
	page->order = (uint8_t)order;
	sanitizer_allow(vm_page_to_direct(page), PAGE_SIZE << order);
	vm_page_debug_alloc(page, 1UL << order);
	return page;
}

void
vm_page_free_block(struct vm_page *page, unsigned int order)
{
	if (order == 0) {
		vm_page_free(page);
		return;
	}

	assert(page->state == VM_PAGE_ALLOCATED && page->order == order);
	vm_page_debug_free(page, 1UL << order);
	sanitizer_forbid(vm_page_to_direct(page), PAGE_SIZE << order);
	page_reset(page);

	spin_lock(&vm_page_lock);
	page->state = VM_PAGE_RESERVED;
	vm_page_block_insert(vm_page_number(page), order);
	spin_unlock(&vm_page_lock);
}

void
vm_page_release_range(uint64_t start, uint64_t end)
{
	uint64_t number, first = start >> PAGE_SHIFT, last = end >> PAGE_SHIFT;

	spin_lock(&vm_page_lock);

	for (number = first; number < last; number++) {
		vm_page_chunk_wake(number);
		assert(vm_page_frame(number)->state == VM_PAGE_RESERVED);
	}

	vm_page_run_insert(first, last);
	spin_unlock(&vm_page_lock);
}

uint64_t
vm_page_free_count(void)
{
	uint64_t count = zones_free_count();
	unsigned int i;

	for (i = 0; i < MACHINE_MAX_CPUS; i++)
		count += caches[i].count;

	return count;
}
