/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Translation table entries: 4 KiB granule, stage 1, EL1&0 regime
 * (Arm ARM DDI 0487, D8.3), and the memory types in MAIR_EL1.
 */
#ifndef MACHINE_PTE_H
#define MACHINE_PTE_H

/* Level 0 maps 512 GiB an entry, 1: 1 GiB, 2: 2 MiB, 3: 4 KiB. */
#define PTE_SHIFT(level)	(39 - 9 * (level))
#define PTE_INDEX(level, va)	(((va) >> PTE_SHIFT(level)) & 0x1ff)

#define PTE_VALID		0x1UL
#define PTE_BLOCK		0x1UL		/* levels 1 and 2 */
#define PTE_TABLE		0x3UL		/* levels 0 to 2 */
#define PTE_PAGE		0x3UL		/* level 3 */

#define PTE_ATTR(index)		((unsigned long)(index) << 2)
#define PTE_USER		(1UL << 6)	/* AP[1] */
#define PTE_READ_ONLY		(1UL << 7)	/* AP[2] */
#define PTE_SH_INNER		(3UL << 8)
#define PTE_AF			(1UL << 10)
#define PTE_NG			(1UL << 11)
#define PTE_CONTIGUOUS		(1UL << 52)
#define PTE_PXN			(1UL << 53)
#define PTE_UXN			(1UL << 54)
#define PTE_SOFTWARE(n)		(1UL << (55 + (n)))	/* n: 0 to 3 */
#define PTE_ADDRESS		0x0000fffffffff000UL

/* Indexes into MAIR_EL1. */
#define MAIR_NORMAL		0		/* write-back, allocate */
#define MAIR_DEVICE		1		/* nGnRE */
#define MAIR_UNCACHED		2		/* normal, non-cacheable */
#define MAIR_VALUE		0x4404ffUL

#define PTE_KERNEL_COMMON	(PTE_ATTR(MAIR_NORMAL) | PTE_SH_INNER | \
				 PTE_AF | PTE_UXN)
#define PTE_KERNEL_RX_BLOCK	(PTE_KERNEL_COMMON | PTE_READ_ONLY | PTE_BLOCK)
#define PTE_KERNEL_RX		(PTE_KERNEL_COMMON | PTE_READ_ONLY | PTE_PAGE)
#define PTE_KERNEL_RO		(PTE_KERNEL_RX | PTE_PXN)
#define PTE_KERNEL_RW		(PTE_KERNEL_COMMON | PTE_PXN | PTE_PAGE)
#define PTE_KERNEL_DEVICE	(PTE_ATTR(MAIR_DEVICE) | PTE_AF | PTE_UXN | \
				 PTE_PXN | PTE_PAGE)
/* Turns the page entries above into block entries. */
#define PTE_TO_BLOCK(bits)	((bits) & ~2UL)

#endif /* MACHINE_PTE_H */
