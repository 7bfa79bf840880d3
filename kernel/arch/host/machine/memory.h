/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Memory of the host body. The direct map is a reservation of address space;
 * pages of it come into being when they are touched, so that tests may put
 * RAM at any physical address below DIRECT_MAP_SIZE.
 */
#ifndef MACHINE_MEMORY_H
#define MACHINE_MEMORY_H

#include <stdint.h>

#define PAGE_SHIFT		12
#define PAGE_SIZE		(1UL << PAGE_SHIFT)
#define PAGE_MASK		(PAGE_SIZE - 1)

#define MACHINE_USER_MIN	0UL
#define MACHINE_USER_MAX	(1UL << 48)
#define MACHINE_USER_MIN_CHOSEN	0x10000UL

#define DIRECT_MAP_SIZE		(1UL << 40)

#define KERNEL_STACK_SIZE	65536UL

extern char *host_direct_map;

static inline void *
phys_to_direct(uint64_t physical)
{
	return host_direct_map + physical;
}

static inline uint64_t
direct_to_phys(const void *address)
{
	return (uint64_t)((const char *)address - host_direct_map);
}

/* Device registers are memory too. */
volatile void *machine_map_device(uint64_t physical, uint64_t size);

void machine_page_clear(void *page);
void machine_page_copy(void *to, const void *from);

#endif /* MACHINE_MEMORY_H */
