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
#include <vm/vm_page.h>

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

/* A page of zeros; 0 without memory. */
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
		return 0;
	return image_to_phys(pool[pool_used++]);
}

/* The table below an entry, made if need be; NULL without memory. */
static uint64_t *
next_table(uint64_t *entry)
{
	uint64_t page;

	if ((*entry & PTE_VALID) == 0) {
		page = new_table();
		if (page == 0)
			return NULL;
		__atomic_store_n(entry, page | PTE_TABLE, __ATOMIC_RELEASE);
	}
	return table_at(*entry & PTE_ADDRESS);
}

static bool
is_block(uint64_t entry)
{
	return (entry & PTE_TABLE) == PTE_BLOCK;
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

/*
 * Make one entry, as large as possible; returns the bytes that it maps from
 * va on, 0 without memory.
 */
static uint64_t
map_one(uint64_t va, uint64_t pa, uint64_t size, uint64_t bits)
{
	uint64_t *table = kernel_root, *entry, span;
	unsigned int level = 0;

	for (;;) {
		entry = &table[PTE_INDEX(level, va)];
		if (block_fits(table, level, va, pa, size) ||
		    (level != 0 && level != 3 && is_block(*entry)))
			break;
		table = next_table(entry);
		if (table == NULL)
			return 0;
		level++;
	}
	if ((*entry & PTE_VALID) == 0)
		*entry = pa | (level == 3 ? bits : PTE_TO_BLOCK(bits));
	/* An older block may begin before va. */
	span = 1UL << PTE_SHIFT(level);
	return span - (va & (span - 1));
}

bool
kmap_range(uint64_t va, uint64_t pa, uint64_t size, uint64_t bits)
{
	uint64_t done = 1;

	spin_lock(&kmap_lock);
	for (; size != 0 && done != 0; va += done, pa += done, size -= done)
		done = MIN(map_one(va, pa, size, bits), size);
	__asm__ volatile("dsb ishst\n\tisb" : : : "memory");
	spin_unlock(&kmap_lock);
	return size == 0;
}

/* The level 2 entry that leads to the last-level table of an address. */
static uint64_t *
table_entry(uint64_t va)
{
	uint64_t *table = kernel_root, *entry;
	unsigned int level;

	for (level = 0; ; level++) {
		entry = &table[PTE_INDEX(level, va)];
		if ((*entry & PTE_TABLE) != PTE_TABLE)
			return NULL;
		if (level == 2)
			return entry;
		table = table_at(*entry & PTE_ADDRESS);
	}
}

/* Looks around `index` first: what is in use is often near. */
static bool
table_is_empty(const uint64_t *table, unsigned int index)
{
	unsigned int i;

	for (i = 0; i <= ENTRIES / 2; i++) {
		if (table[(index + i) % ENTRIES] != 0 ||
		    table[(index - i) % ENTRIES] != 0)
			return false;
	}
	return true;
}

/* Free the last-level table of an address if nothing needs it. */
static void
drop_table(uint64_t va)
{
	uint64_t *entry = table_entry(va);
	struct vm_page *page;

	if (entry == NULL || !table_is_empty(table_at(*entry & PTE_ADDRESS),
	    PTE_INDEX(3, va)))
		return;
	page = vm_page_lookup_phys(*entry & PTE_ADDRESS);
	if (page == NULL || page->state != VM_PAGE_ALLOCATED)
		return;
	__atomic_store_n(entry, 0, __ATOMIC_RELAXED);
	__asm__ volatile("dsb ishst\n\ttlbi vaae1is, %0\n\tdsb ish\n\tisb"
	    : : "r"((va >> PAGE_SHIFT) & 0xfffffffffffUL) : "memory");
	vm_page_free(page);
}

/* Clear the entries of [va, end), all in one last-level table. */
static void
remove_part(uint64_t va, uint64_t end)
{
	uint64_t *entry = table_entry(va), *table, page;

	if (entry == NULL)
		return;
	table = table_at(*entry & PTE_ADDRESS);
	for (page = va; page < end; page += PAGE_SIZE)
		table[PTE_INDEX(3, page)] = 0;
	__asm__ volatile("dsb ishst" : : : "memory");
	for (page = va; page < end; page += PAGE_SIZE)
		__asm__ volatile("tlbi vaale1is, %0"
		    : : "r"((page >> PAGE_SHIFT) & 0xfffffffffffUL) : "memory");
	__asm__ volatile("dsb ish\n\tisb" : : : "memory");
	drop_table(va);
}

void
kmap_remove(uint64_t va, uint64_t size)
{
	const uint64_t span = 1UL << PTE_SHIFT(2);
	uint64_t end = va + size, limit;

	spin_lock(&kmap_lock);
	for (; va < end; va = limit) {
		limit = MIN(end, ALIGN_DOWN(va, span) + span);
		remove_part(va, limit);
	}
	spin_unlock(&kmap_lock);
}

volatile void *
machine_map_device(uint64_t physical, uint64_t size)
{
	uint64_t first = ALIGN_DOWN(physical, PAGE_SIZE);
	uint64_t end = ALIGN_UP(physical + size, PAGE_SIZE);

	if (size == 0 || end <= first || end > DIRECT_MAP_SIZE)
		panic("device registers at %lx, size %lx: out of reach",
		    physical, size);
	if (!kmap_range(DEVICE_WINDOW_BASE + first, first, end - first,
	    PTE_KERNEL_DEVICE))
		panic("no memory to map device registers at %lx", physical);
	return (volatile void *)(DEVICE_WINDOW_BASE + physical);
}
