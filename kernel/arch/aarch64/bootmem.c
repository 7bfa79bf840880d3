/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <machine/bootmem.h>

#include <stdbool.h>
#include <stddef.h>

#include <kern/printf.h>
#include <lib/fdt.h>
#include <lib/macros.h>
#include <lib/string.h>
#include <machine/boot.h>
#include <machine/kmap.h>
#include <machine/memory.h>
#include <machine/platform.h>
#include <machine/pte.h>
#include <machine/sysreg.h>
#include <vm/vm_page.h>

#define BANKS_MAX	128
#define RESERVED_MAX	512

/* The first page is never given out: address 0 is nobody's. */
#define FIRST_ADDRESS	PAGE_SIZE

struct range_list {
	struct vm_page_range *ranges;
	unsigned int count;
	unsigned int max;
};

/*
 * The page frame table takes less than this part of all memory, in one piece;
 * and what else the kernel needs to begin, bytes.
 */
#define FRAME_TABLE_SHARE	64
#define MEMORY_MIN		(4UL << 20)

static struct vm_page_range bank_array[BANKS_MAX];
static struct vm_page_range reserved_array[RESERVED_MAX];
static struct vm_page_range unmapped_array[BANKS_MAX];

/* RAM; what must not be allocated; what must not even be mapped. */
static struct range_list banks = { bank_array, 0, BANKS_MAX };
static struct range_list reserved = { reserved_array, 0, RESERVED_MAX };
static struct range_list unmapped = { unmapped_array, 0, BANKS_MAX };

/* Banks below this index are in the direct map. */
static unsigned int banks_mapped;

static void __noreturn
bootmem_fail(const char *what)
{
	kprintf("mach: %s: cannot start\n", what);
	machine_power_off();
}

/* Insert by start address. */
static void
range_insert(struct range_list *list, uint64_t start, uint64_t end)
{
	unsigned int i;

	if (start >= end)
		return;
	if (list->count == list->max)
		bootmem_fail("too many memory ranges in the device tree");
	for (i = list->count; i > 0 && list->ranges[i - 1].start > start; i--)
		list->ranges[i] = list->ranges[i - 1];
	list->ranges[i].start = start;
	list->ranges[i].end = end;
	list->count++;
}

/* Join ranges that overlap or touch; the list is sorted. */
static void
ranges_merge(struct range_list *list)
{
	unsigned int from, to = 0;

	for (from = 1; from < list->count; from++) {
		struct vm_page_range *last = &list->ranges[to];

		if (list->ranges[from].start <= last->end)
			last->end = MAX(last->end, list->ranges[from].end);
		else
			list->ranges[++to] = list->ranges[from];
	}
	if (list->count != 0)
		list->count = to + 1;
}

/* The end of [address, address + size), or the highest address. */
static uint64_t
range_end(uint64_t address, uint64_t size)
{
	return size > UINT64_MAX - address ? UINT64_MAX : address + size;
}

/* What the processor can address, as far as the direct map reaches. */
static uint64_t
address_limit(void)
{
	static const uint8_t bits[] = { 32, 36, 40, 42, 44, 48 };
	uint64_t range = sysreg_read(id_aa64mmfr0_el1) & 0xf;

	return MIN(1UL << bits[MIN(range, ARRAY_SIZE(bits) - 1)],
	    DIRECT_MAP_SIZE);
}

/* RAM: whole pages within reach. */
static void
add_bank(uint64_t address, uint64_t size)
{
	uint64_t end = MIN(range_end(address, size), address_limit());
	uint64_t start = MAX(MIN(address, end), FIRST_ADDRESS);

	range_insert(&banks, ALIGN_UP(start, PAGE_SIZE),
	    ALIGN_DOWN(end, PAGE_SIZE));
}

/* Taken memory: every page that it touches. */
static void
add_reserved(struct range_list *list, uint64_t address, uint64_t size)
{
	uint64_t end = MIN(range_end(address, size), DIRECT_MAP_SIZE);
	uint64_t start = MIN(address, end);

	range_insert(list, ALIGN_DOWN(start, PAGE_SIZE),
	    ALIGN_UP(end, PAGE_SIZE));
}

static void
read_banks(const struct fdt *fdt)
{
	struct fdt_range range;
	const char *type;
	fdt_node_t node;
	uint32_t i;

	fdt_for_each_child(fdt, fdt_root(fdt), node) {
		type = fdt_string(fdt, node, "device_type");
		if (type == NULL || strcmp(type, "memory") != 0 ||
		    !fdt_enabled(fdt, node))
			continue;
		for (i = 0; fdt_reg(fdt, node, i, &range); i++)
			add_bank(range.address, range.size);
	}
	ranges_merge(&banks);
	if (banks.count == 0)
		bootmem_fail("the device tree has no /memory"
		    " (under EFI: start with acpi=off)");
}

static void
read_reserved_nodes(const struct fdt *fdt)
{
	fdt_node_t node, parent = fdt_find_path(fdt, "/reserved-memory");
	struct fdt_property property;
	struct fdt_range range;
	uint32_t i;

	if (parent == FDT_NONE)
		return;
	fdt_for_each_child(fdt, parent, node) {
		if (!fdt_enabled(fdt, node))
			continue;
		for (i = 0; fdt_reg(fdt, node, i, &range); i++) {
			add_reserved(&reserved, range.address, range.size);
			if (fdt_property(fdt, node, "no-map", &property))
				add_reserved(&unmapped, range.address,
				    range.size);
		}
	}
}

/* Boot modules, released by their loader (kern/bootstrap.c). */
static void
read_modules(const struct fdt *fdt)
{
	fdt_node_t node = FDT_NONE;
	struct fdt_module module;
	const char *reason;

	while ((node = fdt_next_module(fdt, node, &module, &reason)) !=
	    FDT_NONE)
		if (reason == NULL &&
		    !machine_memory_is_kernel(module.range.address,
		    module.range.size))
			add_reserved(&reserved, module.range.address,
			    module.range.size);
}

static void
read_reserved(const struct fdt *fdt)
{
	struct fdt_range range;
	uint32_t i;

	for (i = 0; fdt_reservation(fdt, i, &range); i++)
		add_reserved(&reserved, range.address, range.size);
	for (i = 0; i < boot_info.firmware_count; i++)
		add_reserved(&reserved, boot_info.firmware[i].start,
		    boot_info.firmware[i].end - boot_info.firmware[i].start);
	read_reserved_nodes(fdt);
	read_modules(fdt);
	add_reserved(&reserved, boot_info.fdt_phys, boot_info.fdt_size);
	add_reserved(&reserved, boot_info.image_phys,
	    (uint64_t)(_image_end - _head));
	ranges_merge(&reserved);
	ranges_merge(&unmapped);
}

static void
map_ram(uint64_t start, uint64_t end)
{
	if (!kmap_range(DIRECT_MAP_BASE + start, start, end - start,
	    PTE_KERNEL_RW))
		bootmem_fail("no memory for the direct map's page tables");
}

/* Map [start, end) but for what must stay unmapped. */
static void
map_bank(uint64_t start, uint64_t end)
{
	uint64_t stop;
	unsigned int i;

	for (i = 0; i < unmapped.count && start < end; i++) {
		const struct vm_page_range *hole = &unmapped.ranges[i];

		if (hole->end <= start || hole->start >= end)
			continue;
		stop = MAX(hole->start, start);
		map_ram(start, stop);
		start = hole->end;
	}
	if (start < end)
		map_ram(start, end);
}

/* The reservation that contains the page, or NULL. */
static const struct vm_page_range *
reservation_of(uint64_t page)
{
	unsigned int i;

	for (i = 0; i < reserved.count; i++)
		if (page >= reserved.ranges[i].start &&
		    page < reserved.ranges[i].end)
			return &reserved.ranges[i];
	return NULL;
}

/* Take the highest free page of a mapped bank, for a page table. */
static uint64_t
take_page(void)
{
	const struct vm_page_range *taken;
	unsigned int i;
	uint64_t page;

	for (i = 0; i < banks_mapped; i++) {
		page = banks.ranges[i].end - PAGE_SIZE;
		while (page >= banks.ranges[i].start &&
		    (taken = reservation_of(page)) != NULL)
			page = taken->start - PAGE_SIZE;
		if (page < banks.ranges[i].start || page > DIRECT_MAP_SIZE)
			continue;
		range_insert(&reserved, page, page + PAGE_SIZE);
		ranges_merge(&reserved);
		return page;
	}
	return 0;
}

/* Page tables once the page allocator runs. */
static uint64_t
allocate_page(void)
{
	struct vm_page *page = vm_page_alloc(true);

	return page == NULL ? 0 : vm_page_to_phys(page);
}

/* The size of the largest free range, bytes. */
static uint64_t
largest_free(void)
{
	uint64_t start, largest = 0;
	unsigned int i, j;

	for (i = 0; i < banks.count; i++) {
		const struct vm_page_range *bank = &banks.ranges[i];

		start = bank->start;
		for (j = 0; j < reserved.count; j++) {
			const struct vm_page_range *taken =
			    &reserved.ranges[j];

			if (taken->end <= start || taken->start >= bank->end)
				continue;
			if (taken->start > start)
				largest = MAX(largest, taken->start - start);
			start = taken->end;
		}
		if (start < bank->end)
			largest = MAX(largest, bank->end - start);
	}
	return largest;
}

/* Is there a kernel in this memory, and room for it to begin? */
static void
check_memory(void)
{
	uint64_t image_end = boot_info.image_phys +
	    (uint64_t)(_image_end - _head);
	uint64_t total = 0;
	bool holds_image = false;
	unsigned int i;

	for (i = 0; i < banks.count; i++) {
		const struct vm_page_range *bank = &banks.ranges[i];

		total += bank->end - bank->start;
		if (bank->start <= boot_info.image_phys &&
		    image_end <= bank->end)
			holds_image = true;
	}
	if (!holds_image)
		bootmem_fail("the device tree's memory does not hold"
		    " the kernel");
	if (largest_free() < total / FRAME_TABLE_SHARE + MEMORY_MIN)
		bootmem_fail("too little memory is free");
}

void
bootmem_setup(const struct fdt *fdt)
{
	read_banks(fdt);
	read_reserved(fdt);
	check_memory();
	kmap_set_page_source(take_page);
	for (banks_mapped = 0; banks_mapped < banks.count; banks_mapped++)
		map_bank(banks.ranges[banks_mapped].start,
		    banks.ranges[banks_mapped].end);
}

void
bootmem_print(void)
{
	unsigned int i;

	for (i = 0; i < banks.count; i++)
		kprintf("memory: %lx-%lx, %lu MiB\n", banks.ranges[i].start,
		    banks.ranges[i].end - 1,
		    (banks.ranges[i].end - banks.ranges[i].start) >> 20);
	if (!boot_word("verbose"))
		return;
	for (i = 0; i < reserved.count; i++)
		kprintf("reserved: %lx-%lx, %lu KiB\n",
		    reserved.ranges[i].start, reserved.ranges[i].end - 1,
		    (reserved.ranges[i].end - reserved.ranges[i].start) >> 10);
}

void
bootmem_release(void)
{
	kmap_set_page_source(allocate_page);
	vm_page_setup(banks.ranges, banks.count, reserved.ranges,
	    reserved.count);
}
