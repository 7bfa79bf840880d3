/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Copies between address spaces, through the direct map.
 *
 * Both pmaps are locked all the time, so that no page can be unmapped, and
 * then freed, under the copy.
 */

#include <vm/pmap.h>

#include <stddef.h>

#include <lib/macros.h>
#include <lib/string.h>
#include <machine/memory.h>
#include <machine/pmap.h>

/* One side of a copy. */
struct copy_side {
	struct pmap *pmap;
	uintptr_t address;
	char *pages[PMAP_COPY_PAGES + 1];	/* in the direct map */
};

/* Find the pages of a range; the pmap is locked. */
static bool
copy_side_find(struct copy_side *side, size_t size, bool write)
{
	uintptr_t address = side->address & ~PAGE_MASK;
	uintptr_t end = side->address + size;
	uint64_t wanted = PTE_VALID | PTE_AF | PTE_MANAGED;
	struct vm_page *table;
	uint64_t *pte, entry;
	unsigned int i;

	for (i = 0; address < end; i++, address += PAGE_SIZE) {
		pte = pmap_walk(side->pmap, address, false, &table);
		if (pte == NULL)
			return false;
		entry = load_relaxed(pte);
		if ((entry & wanted) != wanted ||
		    (write && (entry & PTE_READ_ONLY) != 0))
			return false;
		side->pages[i] = phys_to_direct(entry & PTE_ADDRESS);
	}
	return true;
}

static void
copy_lock(struct pmap *a, struct pmap *b)
{
	spin_lock(a < b ? &a->lock : &b->lock);
	if (a != b)
		spin_lock(a < b ? &b->lock : &a->lock);
}

static void
copy_unlock(struct pmap *a, struct pmap *b)
{
	spin_unlock(&a->lock);
	if (a != b)
		spin_unlock(&b->lock);
}

static void
copy_pages(const struct copy_side *from, const struct copy_side *to,
    size_t size)
{
	size_t from_offset = from->address & PAGE_MASK;
	size_t to_offset = to->address & PAGE_MASK;

	while (size > 0) {
		size_t from_part = from_offset & PAGE_MASK;
		size_t to_part = to_offset & PAGE_MASK;
		size_t part = PAGE_SIZE - MAX(from_part, to_part);

		part = MIN(part, size);
		memcpy(to->pages[to_offset >> PAGE_SHIFT] + to_part,
		    from->pages[from_offset >> PAGE_SHIFT] + from_part, part);
		from_offset += part;
		to_offset += part;
		size -= part;
	}
}

bool
pmap_copy(struct pmap *from, uintptr_t from_address, struct pmap *to,
    uintptr_t to_address, size_t size)
{
	struct copy_side source = { .pmap = from, .address = from_address };
	struct copy_side target = { .pmap = to, .address = to_address };
	bool found;

	if (size > PMAP_COPY_PAGES * PAGE_SIZE ||
	    from_address > MACHINE_USER_MAX - size ||
	    to_address > MACHINE_USER_MAX - size)
		return false;
	copy_lock(from, to);
	found = copy_side_find(&source, size, false) &&
	    copy_side_find(&target, size, true);
	if (found)
		copy_pages(&source, &target, size);
	copy_unlock(from, to);
	return found;
}
