/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Device "time": the clock as a page that programs map and read without a
 * call (struct mapped_time_value).
 */
#include <dev/device.h>

#include <kern/clock.h>
#include <machine/memory.h>
#include <vm/vm_object.h>
#include <vm/vm_page.h>

/* Made by the first mapping; the clock's frame stays in it for good. */
static struct vm_object *time_object;	/* device_time.lock */

static io_return_t
time_map(struct device *device, vm_prot_t protection, uint64_t offset,
    uint64_t size, struct vm_object **object)
{
	struct vm_page *page;

	if ((protection & VM_PROT_WRITE) != 0)
		return D_READ_ONLY;
	if (offset != 0 || size > PAGE_SIZE)
		return D_INVALID_SIZE;
	spin_lock(&device->lock);
	if (time_object == VM_OBJECT_NULL) {
		page = vm_page_lookup_phys(clock_mapped_time_page() <<
		    PAGE_SHIFT);
		time_object = vm_object_create_pages(page, 1);
		if (time_object != VM_OBJECT_NULL)
			time_object->max_protection = VM_PROT_READ;
	}
	*object = time_object;
	if (*object != VM_OBJECT_NULL)
		vm_object_reference(*object);
	spin_unlock(&device->lock);
	return *object == VM_OBJECT_NULL ? D_NO_MEMORY : D_SUCCESS;
}

struct device device_time = {
	.name = "time",
	.map = time_map,
};
