/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <machine/kmap.h>

#include <stddef.h>

#include <kern/lock.h>
#include <kern/panic.h>
#include <lib/macros.h>
#include <machine/boot.h>
#include <machine/memory.h>
#include <machine/pte.h>

#define ENTRIES		512

/* Tables of the first mappings, before there is a page source. */
#define POOL_PAGES	12

static uint64_t pool[POOL_PAGES][ENTRIES]
    __attribute__((section(".bss.pages"), aligned(BOOT_PAGE_SIZE)));
static unsigned int pool_used;
static uint64_t (*page_source)(void);
static spinlock_t kmap_lock = SPINLOCK_INITIALIZER;

void
kmap_set_page_source(uint64_t (*source)(void))
{
	page_source = source;
}

static uint64_t
image_to_phys(const void *address)
{
	return (uint64_t)(uintptr_t)address - KERNEL_IMAGE_BASE +
	    boot_info.image_phys;
}

/* Tables lie in the image or, if they came later, in the direct map. */
static uint64_t *
table_at(uint64_t phys)
{
	uint64_t offset = phys - boot_info.image_phys;

	if (offset < (uint64_t)(_image_end - _head))
		return (uint64_t *)(KERNEL_IMAGE_BASE + offset);
	return phys_to_direct(phys);
}

static uint64_t
new_table(void)
{
	uint64_t page = 0;

	if (page_source != NULL)
		page = page_source();
	if (page != 0) {
		machine_page_clear(phys_to_direct(page));
		return page;
	}
	if (pool_used == POOL_PAGES)
		panic("no memory for the kernel's page tables");
	return image_to_phys(pool[pool_used++]);
}

/* The table below entry `index`, made if need be; NULL: it is a block. */
static uint64_t *
next_table(uint64_t *table, uint64_t index)
{
	uint64_t entry = table[index];

	if ((entry & PTE_VALID) == 0) {
		entry = new_table() | PTE_TABLE;
		__atomic_store_n(&table[index], entry, __ATOMIC_RELEASE);
	} else if ((entry & PTE_TABLE) != PTE_TABLE) {
		return NULL;
	}
	return table_at(entry & PTE_ADDRESS);
}

/* May one entry of `level` at `index` map what begins at va and pa? */
static bool
block_fits(const uint64_t *table, unsigned int level, uint64_t va,
    uint64_t pa, uint64_t size)
{
	uint64_t span = 1UL << PTE_SHIFT(level);

	if (level == 3)
		return true;
	return level != 0 && size >= span && IS_ALIGNED(va | pa, span) &&
	    (table[PTE_INDEX(level, va)] & PTE_TABLE) != PTE_TABLE;
}

/* Make one entry, as large as possible; returns the bytes it maps. */
static uint64_t
map_one(uint64_t va, uint64_t pa, uint64_t size, uint64_t bits)
{
	uint64_t *table = kernel_root, *next, *entry;
	unsigned int level = 0;

	while (!block_fits(table, level, va, pa, size)) {
		next = next_table(table, PTE_INDEX(level, va));
		if (next == NULL)
			break;
		table = next;
		level++;
	}
	entry = &table[PTE_INDEX(level, va)];
	if ((*entry & PTE_VALID) == 0)
		*entry = pa | (level == 3 ? bits : PTE_TO_BLOCK(bits));
	/* Up to the end of this entry, which may be an older block. */
	return (1UL << PTE_SHIFT(level)) - (va & ((1UL << PTE_SHIFT(level)) - 1));
}

void
kmap_range(uint64_t va, uint64_t pa, uint64_t size, uint64_t bits)
{
	uint64_t flags = spin_lock_irqsave(&kmap_lock);
	uint64_t done;

	for (; size != 0; va += done, pa += done, size -= done)
		done = MIN(map_one(va, pa, size, bits), size);
	__asm__ volatile("dsb ishst\n\tisb" : : : "memory");
	spin_unlock_irqrestore(&kmap_lock, flags);
}

volatile void *
machine_map_device(uint64_t physical, uint64_t size)
{
	uint64_t first = ALIGN_DOWN(physical, PAGE_SIZE);
	uint64_t end = ALIGN_UP(physical + size, PAGE_SIZE);

	if (size == 0 || end <= first || end > DIRECT_MAP_SIZE)
		panic("device registers at %lx, size %lx: out of reach",
		    physical, size);
	kmap_range(DEVICE_WINDOW_BASE + first, first, end - first,
	    PTE_KERNEL_DEVICE);
	return (volatile void *)(DEVICE_WINDOW_BASE + physical);
}
