/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Kernel virtual layout.
 *
 * TTBR1 maps the direct map (all RAM, read/write, never executable), the
 * device window and the kernel image.  User space is TTBR0, 48 bits.
 */
#ifndef MACHINE_MEMORY_H
#define MACHINE_MEMORY_H

#include <stdint.h>

#define PAGE_SHIFT		12
#define PAGE_SIZE		(1UL << PAGE_SHIFT)
#define PAGE_MASK		(PAGE_SIZE - 1)

/* First and last+1 user address; the kernel chooses none below MIN_CHOSEN. */
#define MACHINE_USER_MIN	0UL
#define MACHINE_USER_MAX	(1UL << 48)
#define MACHINE_USER_MIN_CHOSEN	0x10000UL

#define DIRECT_MAP_BASE		0xffff000000000000UL
#define DIRECT_MAP_SIZE		(1UL << 46)
#define DEVICE_WINDOW_BASE	0xffff800000000000UL
#define KERNEL_STACK_WINDOW	0xffffc00000000000UL
#define KERNEL_IMAGE_BASE	0xffffffff80000000UL

/* Bytes of a kernel stack; stacks are page aligned. */
#define KERNEL_STACK_SIZE	8192UL

static inline void *
phys_to_direct(uint64_t physical)
{
	return (void *)(DIRECT_MAP_BASE + physical);
}

static inline uint64_t
direct_to_phys(const void *address)
{
	return (uint64_t)(uintptr_t)address - DIRECT_MAP_BASE;
}

/*
 * Map device registers [physical, physical + size) as nGnRE memory.
 * Returns the kernel address; panics when the window is full (boot only).
 */
volatile void *machine_map_device(uint64_t physical, uint64_t size);

/* Clear or copy one page with the widest means there are. */
void machine_page_clear(void *page);
void machine_page_copy(void *to, const void *from);

#endif /* MACHINE_MEMORY_H */
