/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Allocation of contiguous pages under constraints: a walk by address over
 * the free blocks. Drivers do this when they start, not on fast paths.
 */

#include <kern/assert.h>
#include <lib/bits.h>
#include <lib/macros.h>
#include <lib/sanitizer.h>
#include <vm/vm_page.h>
#include <vm/vm_page_debug.h>
#include <vm/vm_page_internal.h>

/* The free block around a frame of a living chunk; NULL if it is not free. */
static struct vm_page *
block_around(const struct vm_page_bank *bank, uint64_t number)
{
	unsigned int order;

	for (order = 0; order <= VM_PAGE_MAX_ORDER; order++) {
		uint64_t first = ALIGN_DOWN(number, 1UL << order);
		struct vm_page *page = vm_page_table + (first - bank->bias);

		if (first < bank->first)
			return NULL;

		if (order > VM_PAGE_CHUNK_ORDER && !vm_page_chunk_lives(first))
			return NULL;

		if (page->state == VM_PAGE_FREE)
			return (page->order >= order) ? page : NULL;
	}

	return NULL;
}

/*
 * The end of the free run that starts at a frame, at most `end`; the frame
 * itself if it is not free.
 */
static uint64_t
run_end(const struct vm_page_bank *bank, uint64_t number, uint64_t end)
{
	while (number < end) {
		struct vm_page *page;

		vm_page_chunk_wake(number);
		page = block_around(bank, number);

		if (page == NULL)
			break;

		number = vm_page_number(page) + (1UL << page->order);
	}

	return MIN(number, end);
}

/*
 * Find `count` free frames in [first, last), a part of a bank.
 *
 * Returns the first of them, or `last`.
 */
static uint64_t
run_find(const struct vm_page_bank *bank, uint64_t count, uint64_t first,
    uint64_t last, uint64_t align)
{
	uint64_t start = ALIGN_UP(first, align);

	while (start < last && last - start >= count) {
		uint64_t end = run_end(bank, start, start + count);

		if (end - start >= count)
			return start;

		start = ALIGN_UP(end + 1, align);
	}

	return last;
}

/* Take free frames out of the lists. */
static void
run_take(const struct vm_page_bank *bank, uint64_t start, uint64_t end)
{
	uint64_t number = start;

	while (number < end) {
		struct vm_page *page = block_around(bank, number);
		uint64_t first = vm_page_number(page);
		uint64_t last = first + (1UL << page->order);

		vm_page_block_remove(page);

		/* What lies outside goes back; it cannot merge again. */
		vm_page_run_insert(first, MAX(first, MIN(start, last)));
		vm_page_run_insert(MIN(last, MAX(first, end)), last);
		number = last;
	}

	for (number = start; number < end; number++) {
		struct vm_page *page = vm_page_table + (number - bank->bias);

		page->state = VM_PAGE_ALLOCATED;
		page->order = 0;
	}
}

/* Find and take `count` frames in [first, last); NULL if there are none. */
static struct vm_page *
contiguous_alloc(uint64_t count, uint64_t first, uint64_t last,
    uint64_t align)
{
	const struct vm_page_bank *bank;
	struct vm_page *page = NULL;

	spin_lock(&vm_page_lock);

	for (bank = vm_page_banks; bank->end != 0 && page == NULL; bank++) {
		uint64_t from = MAX(bank->first, first);
		uint64_t to = MIN(bank->end, last);
		uint64_t start = run_find(bank, count, from, to, align);

		if (from < to && start < to) {
			run_take(bank, start, start + count);
			page = vm_page_table + (start - bank->bias);
		}
	}

	spin_unlock(&vm_page_lock);
	return page;
}

struct vm_page *
vm_page_alloc_contiguous(uint64_t count, uint64_t minimum, uint64_t maximum,
    uint64_t align)
{
	uint64_t first = (minimum >> PAGE_SHIFT)
	    + ((minimum & PAGE_MASK) != 0);
	uint64_t last = (maximum >> PAGE_SHIFT)
	    + ((maximum & PAGE_MASK) == PAGE_MASK);
	struct vm_page *page;

	assert(IS_POWER_OF_TWO(align) && align >= PAGE_SIZE);

	if (count == 0 || minimum > maximum)
		return NULL;

	page = contiguous_alloc(count, first, last, align >> PAGE_SHIFT);

	if (page == NULL) {
		vm_page_cache_flush();
		page = contiguous_alloc(count, first, last,
		    align >> PAGE_SHIFT);
	}

	if (page != NULL) {
		sanitizer_allow(vm_page_to_direct(page), count << PAGE_SHIFT);
		vm_page_debug_alloc(page, count);
	}

	return page;
}
