/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * For modules that drive devices: open them, find them in the device tree,
 * map their registers.  What fails ends the module.
 */
#ifndef DEVICES_H
#define DEVICES_H

#include "test.h"

#include <lib/fdt.h>

mach_port_t device_open_name(const char *name);

/* The device tree, read once from its device. */
const struct fdt *device_tree(void);

/*
 * The real-time clock (Arm DDI 0224), whose alarm any test may raise.  EFI
 * firmware calls it disabled: its services have it.
 */
fdt_node_t device_tree_clock(void);

/* The number of a node's first interrupt, for the irq device. */
int device_tree_interrupt(fdt_node_t node);

/* Map physical memory of a device, page aligned. */
volatile void *device_registers(uint64_t physical, vm_size_t size);

static inline uint32_t
register_read(volatile void *base, unsigned int offset)
{
	return *(volatile uint32_t *)((volatile char *)base + offset);
}

static inline void
register_write(volatile void *base, unsigned int offset, uint32_t value)
{
	*(volatile uint32_t *)((volatile char *)base + offset) = value;
}

static inline uint8_t
register_read8(volatile void *base, unsigned int offset)
{
	return *(volatile uint8_t *)((volatile char *)base + offset);
}

static inline void
register_write8(volatile void *base, unsigned int offset, uint8_t value)
{
	*(volatile uint8_t *)((volatile char *)base + offset) = value;
}

#endif /* DEVICES_H */
