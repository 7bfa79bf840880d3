/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Copies between address spaces of the host body, byte by byte.
 */

#include <vm/pmap.h>

#include <stddef.h>

#include <machine/memory.h>

static bool
copy_allowed(struct pmap *pmap, uintptr_t address, size_t size,
    vm_prot_t access)
{
	uintptr_t page = address & ~PAGE_MASK;
	uint64_t physical;

	for (; page < address + size; page += PAGE_SIZE)
		if (!pmap_extract_access(pmap, page, access, &physical))
			return false;
	return true;
}

bool
pmap_copy(struct pmap *from, uintptr_t from_address, struct pmap *to,
    uintptr_t to_address, size_t size)
{
	uint64_t source, target;
	size_t i;

	if (size > PMAP_COPY_PAGES * PAGE_SIZE ||
	    !copy_allowed(from, from_address, size, VM_PROT_READ) ||
	    !copy_allowed(to, to_address, size, VM_PROT_WRITE))
		return false;
	for (i = 0; i < size; i++) {
		pmap_extract(from, from_address + i, &source);
		pmap_extract(to, to_address + i, &target);
		*(char *)phys_to_direct(target) =
		    *(const char *)phys_to_direct(source);
	}
	return true;
}
