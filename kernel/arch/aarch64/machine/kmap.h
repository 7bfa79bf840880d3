/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The kernel's own mappings (TTBR1), with the largest blocks that fit.
 * Entries only ever go from invalid to valid.  Boot and drivers only;
 * one processor at a time (a lock guards the tables).
 */
#ifndef MACHINE_KMAP_H
#define MACHINE_KMAP_H

#include <stdint.h>

/*
 * Map [va, va + size) to pa with page entry bits; all page aligned.  What is
 * mapped already stays.  Panics without memory for tables.
 */
void kmap_range(uint64_t va, uint64_t pa, uint64_t size, uint64_t bits);

/* Where page tables come from: zero or a physical page in the direct map. */
void kmap_set_page_source(uint64_t (*source)(void));

#endif /* MACHINE_KMAP_H */
