/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Where RAM is, and how its frames come to life.
 *
 * At boot nothing is done per page. The frame table gets its place, and the
 * free memory is kept as a short list of extents. The table is cut in chunks
 * of VM_PAGE_CHUNK_PAGES frames. When memory is needed from a chunk, its
 * frames are cleared and its part of the extents goes to the buddy lists.
 */

#include <kern/assert.h>
#include <kern/panic.h>
#include <kern/printf.h>
#include <lib/macros.h>
#include <lib/string.h>
#include <vm/vm_page.h>
#include <vm/vm_page_internal.h>

#define MAX_RANGES	128
#define MAX_EXTENTS	256

/* Ranges this close (in pages) share a bank: frames of the hole are wasted. */
#define MAX_HOLE	(2 * VM_PAGE_CHUNK_PAGES)

/* Frame numbers [first, end). */
struct extent {
	uint64_t first;
	uint64_t end;
};

struct vm_page *vm_page_table;
struct vm_page_bank vm_page_banks[MAX_RANGES + 1];
uint64_t *vm_page_live;
uint64_t vm_page_dormant_count;

static unsigned int nbanks;
static struct extent ram[MAX_RANGES];
static unsigned int nram;
static struct extent extents[MAX_EXTENTS];
static unsigned int nextents;
static uint64_t nchunks;

/* Chunks [next, end) of a zone; those before `next` live. */
static struct {
	uint64_t next;
	uint64_t end;
} zone_chunks[VM_PAGE_ZONES];

static uint64_t
extent_size(const struct extent *extent)
{
	return extent->end - extent->first;
}

static const struct vm_page_bank *
bank_of_index(uint64_t index)
{
	const struct vm_page_bank *bank = vm_page_banks;

	while (index + bank->bias >= bank->end
	       || index + bank->bias < bank->first)
		bank++;

	return bank;
}

const struct vm_page_bank *
vm_page_bank_lookup(uint64_t number)
{
	unsigned int i;

	for (i = 0; i < nbanks; i++)
		if (number >= vm_page_banks[i].first
		    && number < vm_page_banks[i].end)
			return &vm_page_banks[i];

	return NULL;
}

uint64_t
vm_page_number_slow_(uint32_t index)
{
	return index + bank_of_index(index)->bias;
}

uint64_t
vm_page_number(const struct vm_page *page)
{
	return vm_page_to_phys(page) >> PAGE_SHIFT;
}

struct vm_page *
vm_page_frame(uint64_t number)
{
	return vm_page_table + number - vm_page_bank_lookup(number)->bias;
}

static uint64_t
chunk_of(uint64_t number)
{
	const struct vm_page_bank *bank = vm_page_bank_lookup(number);

	return (number - bank->bias - 1) >> VM_PAGE_CHUNK_ORDER;
}

static bool
chunk_lives(uint64_t chunk)
{
	return (vm_page_live[chunk / 64] >> chunk % 64 & 1) != 0;
}

bool
vm_page_chunk_lives(uint64_t number)
{
	return chunk_lives(chunk_of(number));
}

/* Mark the frames of a chunk that no RAM belongs to. */
static void
chunk_mark_holes(uint64_t first, uint64_t end)
{
	uint64_t number = first;
	unsigned int i;

	for (i = 0; i <= nram; i++) {
		uint64_t hole_end = (i == nram) ? end : MIN(ram[i].first, end);

		for (; number < hole_end; number++)
			vm_page_frame(number)->state = VM_PAGE_HOLE;

		if (i < nram)
			number = MAX(number, ram[i].end);
	}
}

static void
chunk_wake(uint64_t chunk)
{
	uint64_t index = (chunk << VM_PAGE_CHUNK_ORDER) + 1;
	uint64_t first = index + bank_of_index(index)->bias;
	uint64_t end = first + VM_PAGE_CHUNK_PAGES;
	unsigned int i;

	memset(vm_page_table + index, 0,
	    VM_PAGE_CHUNK_PAGES * sizeof(struct vm_page));
	__atomic_fetch_or(&vm_page_live[chunk / 64], 1UL << chunk % 64,
	    __ATOMIC_RELEASE);
	chunk_mark_holes(first, end);

	for (i = 0; i < nextents; i++) {
		uint64_t from = MAX(extents[i].first, first);
		uint64_t to = MIN(extents[i].end, end);

		if (from >= to)
			continue;

		vm_page_dormant_count -= to - from;
		vm_page_run_insert(from, to);
	}
}

void
vm_page_chunk_wake(uint64_t number)
{
	uint64_t chunk = chunk_of(number);

	if (!chunk_lives(chunk))
		chunk_wake(chunk);
}

bool
vm_page_zone_wake(unsigned int zone)
{
	while (zone_chunks[zone].next < zone_chunks[zone].end) {
		uint64_t chunk = zone_chunks[zone].next++;

		if (!chunk_lives(chunk)) {
			chunk_wake(chunk);
			return true;
		}
	}

	return false;
}

struct vm_page *
vm_page_lookup_slow_(uint64_t number)
{
	struct vm_page *page;

	if (vm_page_bank_lookup(number) == NULL)
		return NULL;

	if (!vm_page_chunk_lives(number)) {
		spin_lock(&vm_page_lock);
		vm_page_chunk_wake(number);
		spin_unlock(&vm_page_lock);
	}

	page = vm_page_frame(number);
	return (page->state == VM_PAGE_HOLE) ? NULL : page;
}

static void
extents_add(uint64_t first, uint64_t end)
{
	if (first >= end)
		return;

	if (nextents == MAX_EXTENTS) {
		kprintf("vm_page: memory map too fragmented, %lu KiB lost\n",
		    (end - first) << (PAGE_SHIFT - 10));
		return;
	}

	extents[nextents].first = first;
	extents[nextents].end = end;
	nextents++;
}

/* The end of the reserved ranges around a frame; the frame itself if none. */
static uint64_t
reserved_skip(uint64_t number, const struct vm_page_range *reserved,
    unsigned int nreserved)
{
	unsigned int i;

	for (i = 0; i < nreserved; i++)
		if (reserved[i].start < reserved[i].end
		    && reserved[i].start >> PAGE_SHIFT <= number
		    && DIV_CEIL(reserved[i].end, PAGE_SIZE) > number)
			return DIV_CEIL(reserved[i].end, PAGE_SIZE);

	return number;
}

/* Add the parts of a range that no reserved range touches. */
static void
extents_add_range(const struct extent *range,
    const struct vm_page_range *reserved, unsigned int nreserved)
{
	uint64_t cursor = range->first;
	unsigned int i;

	while (cursor < range->end) {
		uint64_t gap_end = range->end;
		uint64_t next = reserved_skip(cursor, reserved, nreserved);

		if (next != cursor) {
			cursor = next;
			continue;
		}

		for (i = 0; i < nreserved; i++) {
			uint64_t first = reserved[i].start >> PAGE_SHIFT;

			if (first > cursor
			    && reserved[i].start < reserved[i].end)
				gap_end = MIN(gap_end, first);
		}

		extents_add(cursor, gap_end);
		cursor = gap_end;
	}
}

/* Banks cover whole chunks, so that a chunk belongs to one bank. */
static void
banks_build(void)
{
	uint64_t index = 1;
	unsigned int i;

	for (i = 0; i < nram; i++) {
		uint64_t first = ALIGN_DOWN(ram[i].first, VM_PAGE_CHUNK_PAGES);
		uint64_t end = ALIGN_UP(ram[i].end, VM_PAGE_CHUNK_PAGES);

		if (nbanks > 0
		    && first <= vm_page_banks[nbanks - 1].end + MAX_HOLE) {
			vm_page_banks[nbanks - 1].end = end;
			continue;
		}

		vm_page_banks[nbanks].first = first;
		vm_page_banks[nbanks].end = end;
		nbanks++;
	}

	vm_page_banks[nbanks].end = 0;

	for (i = 0; i < nbanks; i++) {
		struct vm_page_bank *bank = &vm_page_banks[i];

		bank->bias = bank->first - index;
		index += bank->end - bank->first;
	}

	nchunks = index >> VM_PAGE_CHUNK_ORDER;
	assert(index <= UINT32_MAX);
}

/* Take the table from the end of the largest extent. */
static void
table_build(void)
{
	uint64_t live_size = DIV_CEIL(nchunks, 64) * sizeof(uint64_t);
	uint64_t frames = (nchunks << VM_PAGE_CHUNK_ORDER) + 1;
	uint64_t size = live_size + frames * sizeof(struct vm_page);
	uint64_t pages = DIV_CEIL(size, PAGE_SIZE);
	struct extent *largest = &extents[0];
	unsigned int i;

	for (i = 1; i < nextents; i++)
		if (extent_size(&extents[i]) > extent_size(largest))
			largest = &extents[i];

	if (nextents == 0 || extent_size(largest) <= pages)
		panic("no room for the page frame table (%lu KiB)",
		    pages << (PAGE_SHIFT - 10));

	largest->end -= pages;
	vm_page_live = phys_to_direct(largest->end << PAGE_SHIFT);
	vm_page_table = (struct vm_page *)((char *)vm_page_live + live_size);
	memset(vm_page_live, 0, live_size);
	memset(vm_page_table, 0, sizeof(struct vm_page));
}

/* Banks are sorted, so the chunks below 4 GiB come first. */
static void
zones_build(void)
{
	uint64_t dma_chunks = 0;
	unsigned int i;

	for (i = 0; i < nbanks; i++) {
		uint64_t end = MIN(vm_page_banks[i].end, VM_PAGE_DMA_END);

		if (vm_page_banks[i].first < end)
			dma_chunks += (end - vm_page_banks[i].first)
			    >> VM_PAGE_CHUNK_ORDER;
	}

	zone_chunks[VM_PAGE_ZONE_DMA].next = 0;
	zone_chunks[VM_PAGE_ZONE_DMA].end = dma_chunks;
	zone_chunks[VM_PAGE_ZONE_NORMAL].next = dma_chunks;
	zone_chunks[VM_PAGE_ZONE_NORMAL].end = nchunks;
}

void
vm_page_setup(const struct vm_page_range *ranges, unsigned int nranges,
    const struct vm_page_range *reserved, unsigned int nreserved)
{
	unsigned int i;

	nbanks = 0;
	nram = 0;
	nextents = 0;
	vm_page_dormant_count = 0;
	vm_page_lists_setup();

	for (i = 0; i < nranges; i++) {
		if (nram == MAX_RANGES) {
			kprintf("vm_page: more than %u ranges of RAM, "
			    "the rest is not used\n", MAX_RANGES);
			break;
		}

		ram[nram].first = DIV_CEIL(ranges[i].start, PAGE_SIZE);
		ram[nram].end = ranges[i].end >> PAGE_SHIFT;

		if (ram[nram].first < ram[nram].end) {
			extents_add_range(&ram[nram], reserved, nreserved);
			nram++;
		}
	}

	banks_build();
	table_build();
	zones_build();

	for (i = 0; i < nextents; i++)
		vm_page_dormant_count += extent_size(&extents[i]);
}

uint64_t
vm_page_total_count(void)
{
	uint64_t count = 0;
	unsigned int i;

	for (i = 0; i < nram; i++)
		count += extent_size(&ram[i]);

	return count;
}

uint64_t
vm_page_memory_size(void)
{
	return vm_page_total_count() << PAGE_SHIFT;
}
