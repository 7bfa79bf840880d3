/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The model: what each page of a child holds, and who else sees it.
 */
#include "vm-random.h"

static struct cell cells[TASKS * PAGES];

void
model_setup(void)
{
	vm_size_t size = TASKS * PAGES * page_size;
	vm_address_t bytes = memory_allocate(size);
	unsigned int i;

	need_success(vm_inherit(self, bytes, size, VM_INHERIT_NONE));
	for (i = 0; i < TASKS * PAGES; i++)
		cells[i].bytes = (uint8_t *)bytes + i * page_size;
}

/* The model. */

struct cell *
cell_create(const struct cell *content)
{
	unsigned int i;

	for (i = 0; cells[i].references != 0; i++)
		need(i < TASKS * PAGES - 1);
	cells[i].references = 1;
	if (content != NULL)
		memcpy(cells[i].bytes, content->bytes, page_size);
	else
		memset(cells[i].bytes, 0, page_size);
	return &cells[i];
}

void
slot_clear(struct slot *slot)
{
	if (slot->cell != NULL)
		slot->cell->references--;
	memset(slot, 0, sizeof *slot);
}

void
slot_new(struct slot *slot)
{
	slot->cell = cell_create(NULL);
	slot->protection = VM_PROT_DEFAULT;
	slot->inheritance = VM_INHERIT_COPY;
}

kern_return_t
access(const struct child *child, unsigned int first, unsigned int count,
    vm_prot_t protection)
{
	unsigned int i;

	for (i = first; i < first + count; i++) {
		if (child->slots[i].cell == NULL)
			return KERN_INVALID_ADDRESS;
		if ((child->slots[i].protection & protection) != protection)
			return KERN_PROTECTION_FAILURE;
	}
	return KERN_SUCCESS;
}

bool
same(const struct child *child, unsigned int first, unsigned int count,
    const uint8_t *bytes)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (memcmp(child->slots[first + i].cell->bytes,
		    bytes + i * page_size, page_size) != 0)
			return false;
	}
	return true;
}

void
overwrite(struct child *child, unsigned int first, unsigned int count,
    const uint8_t *bytes)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		memcpy(child->slots[first + i].cell->bytes,
		    bytes + i * page_size, page_size);
}
