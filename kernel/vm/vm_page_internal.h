/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What the two halves of the physical page allocator share: vm_page_boot.c
 * knows where RAM is and brings frames to life, vm_page.c allocates them.
 *
 * Frames are named by their number (physical address / PAGE_SIZE), because
 * buddies are neighbours by address. All of this runs under
 * vm_page_lock, except as noted.
 */

#ifndef VM_VM_PAGE_INTERNAL_H
#define VM_VM_PAGE_INTERNAL_H

#include <kern/lock.h>
#include <vm/vm_page.h>

#define VM_PAGE_ZONES		2
#define VM_PAGE_ZONE_DMA	0	/* below 4 GiB */
#define VM_PAGE_ZONE_NORMAL	1
#define VM_PAGE_DMA_END		(1UL << (32 - PAGE_SHIFT))

extern spinlock_t vm_page_lock;

/* Free pages in chunks that have not come to life. */
extern uint64_t vm_page_dormant_count;

/* Empty all free lists and caches. */
void vm_page_lists_setup(void);

/*
 * Put the pages of this processor's cache back into the lists, where they may
 * merge. Not under vm_page_lock.
 */
void vm_page_cache_flush(void);

/* Put the free block at `number` in its list, merged with its buddies. */
void vm_page_block_insert(uint64_t number, unsigned int order);

/* Take a free block out of its list. */
void vm_page_block_remove(struct vm_page *page);

/* Put the free frames [start, end), whose chunks live, in the lists. */
void vm_page_run_insert(uint64_t start, uint64_t end);

/* The frame number of any frame; its frame, in a bank. */
uint64_t vm_page_number(const struct vm_page *page);
struct vm_page *vm_page_frame(uint64_t number);

/*
 * The bank of a frame number, or NULL. The first one starts the array
 * vm_page_banks, which ends with a bank whose end is 0.
 */
const struct vm_page_bank *vm_page_bank_lookup(uint64_t number);

/* Bring the chunk of a frame number in a bank to life, unless it lives. */
void vm_page_chunk_wake(uint64_t number);
bool vm_page_chunk_lives(uint64_t number);

/* Bring a dormant chunk of the zone to life; false when none is left. */
bool vm_page_zone_wake(unsigned int zone);

#endif /* VM_VM_PAGE_INTERNAL_H */
