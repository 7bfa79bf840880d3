/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Drivers find their devices in the device tree only: a driver names the
 * compatible strings it knows; every enabled node with one of them is
 * offered to it.
 */
#ifndef DRIVERS_DRIVER_H
#define DRIVERS_DRIVER_H

#include <stdbool.h>
#include <stdint.h>

#include <lib/fdt.h>
#include <lib/macros.h>


/* In this order; later ones may use what earlier ones found. */
enum driver_class {
	DRIVER_POWER,
	DRIVER_IRQ_CONTROLLER,
	DRIVER_TIMER,
	DRIVER_CONSOLE,
	DRIVER_CLOCK,
	DRIVER_CLASSES
};

struct driver {
	const char *name;
	enum driver_class class;
	const char *const *compatible;	/* NULL at the end */
	/* True if the driver takes the device. */
	bool (*probe)(const struct fdt *fdt, fdt_node_t node);
};

#define DRIVER(id, class_, compatible_, probe_)				\
	const struct driver driver_##id					\
	    __used __section(".drivers") = {				\
		.name = #id,						\
		.class = (class_),					\
		.compatible = (compatible_),				\
		.probe = (probe_),					\
	}

/* Read the device tree once: which nodes have a driver. */
void driver_scan(const struct fdt *fdt);

/*
 * Offer all devices of one class to their drivers; returns how many were
 * taken.
 */
unsigned int driver_probe_all(const struct fdt *fdt, enum driver_class class);

/*
 * The `index`th region of the node's `reg`, as a physical address on the
 * processor's bus.  False: there is none, or it is empty.
 */
bool driver_reg(const struct fdt *fdt, fdt_node_t node, unsigned int index,
    struct fdt_range *range);

/* The same, mapped; NULL: there is none. */
volatile void *driver_map_reg(const struct fdt *fdt, fdt_node_t node,
    unsigned int index);

#endif /* DRIVERS_DRIVER_H */
