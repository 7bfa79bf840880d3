/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <drivers/driver.h>

#include <stddef.h>

#include <lib/fdt.h>
#include <machine/memory.h>

/* The linker collects them. */
extern const struct driver _drivers[], _drivers_end[];

static bool
driver_matches(const struct driver *driver, const struct fdt *fdt, fdt_node_t node)
{
	const char *const *name;

	for (name = driver->compatible; *name != NULL; name++)
		if (fdt_compatible(fdt, node, *name))
			return true;
	return false;
}

unsigned int
driver_probe_all(const struct fdt *fdt, enum driver_class class)
{
	const struct driver *driver;
	unsigned int taken = 0;
	fdt_node_t node;

	fdt_for_each_node(fdt, node) {
		if (!fdt_enabled(fdt, node))
			continue;
		for (driver = _drivers; driver < _drivers_end; driver++)
			if (driver->class == class &&
			    driver_matches(driver, fdt, node) &&
			    driver->probe(fdt, node))
				taken++;
	}
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
