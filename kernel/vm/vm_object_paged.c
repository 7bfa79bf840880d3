/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Which pages of an internal object the default pager has: a bit for each,
 * in words by the page index, which are made when the first page of a part is
 * paged out.  For copies that their pager was called for, the bits say which it
 * has not.
 */
#include <kern/kalloc.h>
#include <lib/bits.h>
#include <lib/macros.h>
#include <vm/vm_object.h>

/* Pages whose bits stand together. */
#define PAGED_SHIFT	9
#define PAGED_PAGES	(1UL << PAGED_SHIFT)

struct vm_object_paged {
	uint64_t bits[PAGED_PAGES / 64];
};

static inline struct vm_object_paged *
vm_object_paged_part(const struct vm_object *object, uint64_t index)
{
	return rdxtree_lookup(&object->paged, index >> PAGED_SHIFT);
}

bool
vm_object_paged_lookup(const struct vm_object *object, uint64_t offset)
{
	uint64_t index = offset >> PAGE_SHIFT;
	const struct vm_object_paged *part =
	    vm_object_paged_part(object, index);

	return (part != NULL &&
	    (part->bits[index % PAGED_PAGES / 64] & BIT(index % 64)) != 0) !=
	    vm_object_called(object, offset);
}

/* Set or clear a bit. */
static kern_return_t
vm_object_paged_mark(struct vm_object *object, uint64_t offset, bool set)
{
	uint64_t index = offset >> PAGE_SHIFT;
	struct vm_object_paged *part = vm_object_paged_part(object, index);

	if (!set) {
		if (part != NULL)
			part->bits[index % PAGED_PAGES / 64] &=
			    ~BIT(index % 64);
		return KERN_SUCCESS;
	}
	if (part == NULL) {
		part = kzalloc(sizeof(*part));
		if (part == NULL)
			return KERN_RESOURCE_SHORTAGE;
		if (rdxtree_insert(&object->paged, index >> PAGED_SHIFT,
		    part) != KERN_SUCCESS) {
			kfree(part, sizeof(*part));
			return KERN_RESOURCE_SHORTAGE;
		}
	}
	part->bits[index % PAGED_PAGES / 64] |= BIT(index % 64);
	return KERN_SUCCESS;
}

kern_return_t
vm_object_paged_set(struct vm_object *object, uint64_t offset)
{
	return vm_object_paged_mark(object, offset,
	    !vm_object_called(object, offset));
}

kern_return_t
vm_object_paged_unset(struct vm_object *object, uint64_t offset)
{
	return vm_object_paged_mark(object, offset, true);
}

/* Clear the bits of pages [first, last) of a part; true: none is left. */
static bool
vm_object_paged_trim(struct vm_object_paged *part, uint64_t first,
    uint64_t last)
{
	uint64_t left = 0, i;

	for (i = first; i < last; i++)
		part->bits[i / 64] &= ~BIT(i % 64);
	for (i = 0; i < ARRAY_SIZE(part->bits); i++)
		left |= part->bits[i];
	return left == 0;
}

void
vm_object_paged_clear(struct vm_object *object, uint64_t start, uint64_t end)
{
	uint64_t first = start >> PAGE_SHIFT, last = end >> PAGE_SHIFT;
	uint64_t key = first >> PAGED_SHIFT, base;
	struct vm_object_paged *part;

	while ((part = rdxtree_lookup_next(&object->paged, &key)) != NULL) {
		base = key << PAGED_SHIFT;
		if (base >= last)
			break;
		object->paged_again = true;
		if (vm_object_paged_trim(part,
		    first > base ? first - base : 0,
		    MIN(last - base, PAGED_PAGES))) {
			rdxtree_remove(&object->paged, key);
			kfree(part, sizeof(*part));
		}
		key++;
	}
}
