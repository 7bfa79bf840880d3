/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The first page tables, built with the MMU off.
 *
 * This code runs at the physical address: every reference is relative to
 * the program counter, every access aligned (memory is Device memory while
 * the MMU is off), and nothing outside this file is called.
 */

#pragma GCC target("strict-align")
#pragma GCC optimize("no-tree-loop-distribute-patterns")

#include <stddef.h>

#include <machine/boot.h>
#include <machine/memory.h>
#include <machine/pte.h>
#include <machine/sysreg.h>

#define ENTRIES		512
#define PAGES_SIZE	(ENTRIES * PAGE_SIZE)	/* what one L3 table maps */

#define TABLE		static uint64_t \
	__attribute__((section(".bss.pages"), aligned(BOOT_PAGE_SIZE)))

uint64_t boot_empty_root[ENTRIES]
    __attribute__((section(".bss.pages"), aligned(BOOT_PAGE_SIZE)));
uint64_t kernel_root[ENTRIES]
    __attribute__((section(".bss.pages"), aligned(BOOT_PAGE_SIZE)));

/* The top 512 GiB, the 1 GiB of the image, its pages and the FDT's. */
TABLE kernel_l1[ENTRIES];
TABLE kernel_l2[ENTRIES];
TABLE image_l3[BOOT_IMAGE_MAX / PAGES_SIZE][ENTRIES];
TABLE fdt_l3[BOOT_FDT_MAX / PAGES_SIZE + 1][ENTRIES];

/* The identity map, for the instructions that turn the MMU on. */
TABLE identity_l0[ENTRIES];
TABLE identity_l1[ENTRIES];
TABLE identity_l2[ENTRIES];

static uint64_t
table_entry(const void *table)
{
	return (uint64_t)(uintptr_t)table | PTE_TABLE;
}

/* Map pages of the image [start, end), linked addresses. */
static void
map_image(uint64_t image_phys, uint64_t start, uint64_t end, uint64_t bits)
{
	uint64_t offset;
	uint64_t *l3 = &image_l3[0][0];

	for (offset = start; offset < end; offset += PAGE_SIZE)
		l3[offset >> PAGE_SHIFT] = (image_phys + offset) | bits;
}

static void
build_image(uint64_t image_phys)
{
	uint64_t base = (uint64_t)(uintptr_t)_head;
	uint64_t slot = PTE_INDEX(2, KERNEL_IMAGE_BASE);
	size_t i;

	kernel_root[PTE_INDEX(0, KERNEL_IMAGE_BASE)] = table_entry(kernel_l1);
	kernel_l1[PTE_INDEX(1, KERNEL_IMAGE_BASE)] = table_entry(kernel_l2);
	for (i = 0; i < BOOT_IMAGE_MAX / PAGES_SIZE; i++)
		kernel_l2[slot + i] = table_entry(image_l3[i]);

	map_image(image_phys, (uint64_t)(uintptr_t)_text - base,
	    (uint64_t)(uintptr_t)_text_end - base, PTE_KERNEL_RX);
	map_image(image_phys, (uint64_t)(uintptr_t)_rodata - base,
	    (uint64_t)(uintptr_t)_rodata_end - base, PTE_KERNEL_RO);
	map_image(image_phys, (uint64_t)(uintptr_t)_data - base,
	    (uint64_t)(uintptr_t)boot_stack_guard - base, PTE_KERNEL_RW);
	map_image(image_phys, (uint64_t)(uintptr_t)boot_stack - base,
	    (uint64_t)(uintptr_t)_image_end - base, PTE_KERNEL_RW);
}

/* The size in the header of a device tree, or 0 if there is none. */
static uint32_t
fdt_size(uint64_t fdt_phys)
{
	const uint32_t *header = (const uint32_t *)fdt_phys;
	uint32_t size;

	if (fdt_phys == 0 || (fdt_phys & 7) != 0)
		return 0;
	if (__builtin_bswap32(header[0]) != 0xd00dfeed)
		return 0;
	size = __builtin_bswap32(header[1]);
	return size <= BOOT_FDT_MAX ? size : 0;
}

static void
build_fdt(uint64_t fdt_phys, uint32_t size)
{
	uint64_t first = fdt_phys & ~PAGE_MASK;
	uint64_t slot = PTE_INDEX(2, BOOT_FDT_BASE);
	uint64_t *l3 = &fdt_l3[0][0];
	uint64_t page;
	size_t i;

	for (i = 0; i < sizeof(fdt_l3) / sizeof(fdt_l3[0]); i++)
		kernel_l2[slot + i] = table_entry(fdt_l3[i]);
	for (page = first; page < fdt_phys + size; page += PAGE_SIZE)
		*l3++ = page | PTE_KERNEL_RO;
}

static void
build_identity(uint64_t image_phys)
{
	uint64_t block = image_phys & ~(PAGES_SIZE - 1);

	/* The code lies on one page, thus in one block. */
	identity_l0[PTE_INDEX(0, block)] = table_entry(identity_l1);
	identity_l1[PTE_INDEX(1, block)] = table_entry(identity_l2);
	identity_l2[PTE_INDEX(2, block)] = block | PTE_KERNEL_RX_BLOCK;
}

uint64_t
boot_map_build(uint64_t image_phys, uint64_t fdt_phys)
{
	uint32_t size = fdt_size(fdt_phys);

	boot_info.image_phys = image_phys;
	boot_info.fdt_phys = fdt_phys;
	boot_info.fdt_size = size;
	build_image(image_phys);
	if (size != 0)
		build_fdt(fdt_phys, size);
	build_identity((uint64_t)(uintptr_t)_text);
	return (uint64_t)(uintptr_t)identity_l0;
}

uint64_t
boot_tcr(void)
{
	uint64_t mmfr0 = sysreg_read(id_aa64mmfr0_el1);
	uint64_t range = mmfr0 & 0xf;
	uint64_t tcr = TCR_T0SZ(16) | TCR_T1SZ(16) | TCR_WALK_WB_INNER |
	    TCR_TG1_4K;

	if (range > TCR_IPS_48_BITS)
		range = TCR_IPS_48_BITS;
	tcr |= TCR_IPS(range);
	if (((mmfr0 >> 4) & 0xf) == 2)
		tcr |= TCR_AS;
	return tcr;
}

uint64_t
boot_sctlr(void)
{
	uint64_t isar1 = sysreg_read(id_aa64isar1_el1);
	uint64_t isar2 = sysreg_read(s3_0_c0_c6_2);
	uint64_t mmfr1 = sysreg_read(id_aa64mmfr1_el1);
	uint64_t sctlr = SCTLR_MMU_ON;

	/* Pointer authentication by any of the three algorithms. */
	if ((isar1 & 0xff0) != 0 || ((isar2 >> 12) & 0xf) != 0)
		sctlr |= SCTLR_PAC;
	/* PAN is set by every exception taken to EL1. */
	if (((mmfr1 >> 20) & 0xf) != 0)
		sctlr &= ~SCTLR_SPAN;
	return sctlr;
}
