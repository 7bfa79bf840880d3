/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <drivers/pl031.h>

#include <stdbool.h>
#include <stdint.h>

#include <drivers/driver.h>
#include <drivers/mmio.h>

#define RTCDR			0x00	/* seconds */
#define RTCIMSC			0x10

static uint32_t boot_seconds;

uint32_t
pl031_boot_seconds(void)
{
	return boot_seconds;
}

static bool
pl031_probe(const struct fdt *fdt, fdt_node_t node)
{
	volatile void *base = driver_map_reg(fdt, node, 0);

	if (base == NULL || boot_seconds != 0)
		return false;
	mmio_write32(base, RTCIMSC, 0);
	boot_seconds = mmio_read32(base, RTCDR);
	return true;
}

static const char *const pl031_compatible[] = { "arm,pl031", NULL };

DRIVER(pl031, DRIVER_CLOCK, pl031_compatible, pl031_probe);
