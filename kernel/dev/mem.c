/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Device "mem": registers of devices, mapped into drivers.  Never RAM: a
 * range that touches a page frame is refused.
 */
#include <dev/device.h>

#include <lib/macros.h>
#include <machine/memory.h>
#include <vm/vm_object.h>
#include <vm/vm_page.h>

#define PHYSICAL_LIMIT	(1ul << 48)

/*
 * Only the banks of RAM are looked at page by page, and what they cover is
 * RAM but for small holes.
 */
static bool
touches_ram(uint64_t start, uint64_t end)
{
	const struct vm_page_bank *bank;
	uint64_t page, last;

	for (bank = vm_page_banks; bank->end != 0; bank++) {
		last = MIN(end, bank->end << PAGE_SHIFT);
		page = MAX(start, bank->first << PAGE_SHIFT);
		for (; page < last; page += PAGE_SIZE)
			if (vm_page_lookup_phys(page) != NULL)
				return true;
	}
	return false;
}

static io_return_t
mem_map(struct device *device, vm_prot_t protection, uint64_t offset,
    uint64_t size, struct vm_object **object)
{
	if ((offset & PAGE_MASK) != 0 || size == 0 ||
	    offset >= PHYSICAL_LIMIT || size > PHYSICAL_LIMIT - offset)
		return D_INVALID_SIZE;
	if ((protection & VM_PROT_EXECUTE) != 0)
		return D_INVALID_OPERATION;
	size = (size + PAGE_MASK) & ~PAGE_MASK;
	if (touches_ram(offset, offset + size))
		return D_INVALID_OPERATION;
	*object = vm_object_create_device(offset, size);
	if (*object == VM_OBJECT_NULL)
		return D_NO_MEMORY;
	(*object)->max_protection = protection;
	return D_SUCCESS;
}

struct device device_mem = {
	.name = "mem",
	.map = mem_map,
};
