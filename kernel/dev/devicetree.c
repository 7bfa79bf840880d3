/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Device "devicetree": the flattened device tree that the kernel was started
 * with, so that drivers find their devices, registers and interrupts.
 *
 * The seeds of the random number generator are zeros in it.
 */
#include <dev/memory.h>

#include <kern/mutex.h>
#include <lib/fdt.h>
#include <lib/macros.h>
#include <lib/string.h>
#include <machine/memory.h>
#include <machine/platform.h>
#include <vm/vm_page.h>

static struct mutex opening = MUTEX_INITIALIZER(opening);
static io_return_t devicetree_open(struct device *device, dev_mode_t mode);

struct device_memory device_devicetree = {
	.device = {
		.name = "devicetree",
		.open = devicetree_open,
		DEVICE_MEMORY_OPERATIONS,
	},
	.record_size = 1,
};

/* Clear a property of /chosen in the copy. */
static void
hide(char *copy, const char *name)
{
	fdt_node_t chosen = fdt_find_path(machine_fdt, "/chosen");
	struct fdt_property property;

	if (chosen != FDT_NONE &&
	    fdt_property(machine_fdt, chosen, name, &property))
		memset(copy + (property.data - machine_fdt->blob), 0,
		    property.size);
}

/* The first opening makes the copy. */
static io_return_t
devicetree_open(struct device *device, dev_mode_t mode)
{
	struct vm_page *pages;

	(void)device;
	if ((mode & D_WRITE) != 0)
		return D_READ_ONLY;
	if (machine_fdt == NULL)
		return D_NO_SUCH_DEVICE;
	mutex_lock(&opening);
	if (device_devicetree.pages == NULL) {
		pages = vm_page_alloc_contiguous(DIV_CEIL(machine_fdt->size,
		    PAGE_SIZE), 0, UINT64_MAX, PAGE_SIZE);
		if (pages != NULL) {
			memcpy(vm_page_to_direct(pages), machine_fdt->blob,
			    machine_fdt->size);
			hide(vm_page_to_direct(pages), "rng-seed");
			hide(vm_page_to_direct(pages), "kaslr-seed");
			device_memory_set(&device_devicetree, pages,
			    machine_fdt->size);
		}
	}
	mutex_unlock(&opening);
	return device_devicetree.pages == NULL ? D_NO_MEMORY : D_SUCCESS;
}
