/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <drivers/driver.h>

#include <stddef.h>

#include <kern/printf.h>
#include <lib/fdt.h>
#include <lib/string.h>
#include <machine/memory.h>

/* The linker collects them. */
extern const struct driver _drivers[], _drivers_end[];

/* Devices that have a driver, in the order of the tree. */
#define DEVICES_MAX	64

static struct device {
	const struct driver *driver;
	fdt_node_t node;
} devices[DEVICES_MAX];
static unsigned int device_count;

/* Is the string one of the driver's? */
static bool
driver_knows(const struct driver *driver, const char *compatible)
{
	const char *const *name;

	for (name = driver->compatible; *name != NULL; name++)
		if (strcmp(*name, compatible) == 0)
			return true;
	return false;
}

/* The most specific string of the list that a driver knows decides. */
static const struct driver *
driver_lookup(const struct fdt_property *compatible)
{
	const char *string = (const char *)compatible->data;
	const char *end = string + compatible->size;
	const struct driver *driver;

	for (; string < end; string += strlen(string) + 1) {
		if (memchr(string, '\0', (size_t)(end - string)) == NULL)
			break;
		for (driver = _drivers; driver < _drivers_end; driver++)
			if (driver_knows(driver, string))
				return driver;
	}
	return NULL;
}

void
driver_scan(const struct fdt *fdt)
{
	struct fdt_property compatible;
	const struct driver *driver;
	fdt_node_t node;

	fdt_for_each_node(fdt, node) {
		if (!fdt_property(fdt, node, "compatible", &compatible))
			continue;
		driver = driver_lookup(&compatible);
		if (driver == NULL || !fdt_enabled(fdt, node))
			continue;
		if (device_count == DEVICES_MAX) {
			kprintf("too many devices in the device tree\n");
			return;
		}
		devices[device_count].driver = driver;
		devices[device_count].node = node;
		device_count++;
	}
}

unsigned int
driver_probe_all(const struct fdt *fdt, enum driver_class class)
{
	unsigned int i, taken = 0;

	for (i = 0; i < device_count; i++)
		if (devices[i].driver->class == class &&
		    devices[i].driver->probe(fdt, devices[i].node))
			taken++;
	return taken;
}

bool
driver_reg(const struct fdt *fdt, fdt_node_t node, unsigned int index,
    struct fdt_range *range)
{
	return fdt_reg(fdt, node, index, range) && range->size != 0;
}

volatile void *
driver_map_reg(const struct fdt *fdt, fdt_node_t node, unsigned int index)
{
	struct fdt_range range;

	if (!driver_reg(fdt, node, index, &range))
		return NULL;
	return machine_map_device(range.address, range.size);
}
