/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * User programs of the host body: loads and stores as the processor would
 * do them, through the pmap, with faults.
 */
#ifndef MACHINE_USER_H
#define MACHINE_USER_H

#include <stddef.h>
#include <stdint.h>

#include <mach/kern_return.h>

struct vm_map;
struct pmap;

/*
 * Load or store `size` bytes at `address` of the user's memory, page by page.
 * Returns what vm_fault() answers to the first fault that it cannot resolve.
 */
kern_return_t host_user_load(struct vm_map *map, uintptr_t address,
    void *data, size_t size);
kern_return_t host_user_store(struct vm_map *map, uintptr_t address,
    const void *data, size_t size);

/*
 * Check that the pmap and the pages' mapping lists agree; panics if not.
 * Returns the number of mappings.
 */
size_t host_pmap_check(struct pmap *pmap);

#endif /* MACHINE_USER_H */
