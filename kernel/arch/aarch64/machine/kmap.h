/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The kernel's own mappings (TTBR1), with the largest blocks that fit.
 * Thread context and boot; a lock guards the tables.
 */
#ifndef MACHINE_KMAP_H
#define MACHINE_KMAP_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Map [va, va + size) to pa with page entry bits; all page aligned.  What is
 * mapped already stays.  False without memory for tables; part of the range
 * may then be mapped.
 */
bool kmap_range(uint64_t va, uint64_t pa, uint64_t size, uint64_t bits);

/*
 * Unmap a range that was mapped by pages, on all processors.  Last-level
 * tables that are empty then, and were allocated after the boot, are freed.
 */
void kmap_remove(uint64_t va, uint64_t size);

/* Where page tables come from: zero or a physical page in the direct map. */
void kmap_set_page_source(uint64_t (*source)(void));

#endif /* MACHINE_KMAP_H */
