/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What GIC versions 2 and 3 have in common: the distributor's registers and
 * the layout of the private lines' registers (in version 2 the first
 * words of the distributor, in version 3 a frame of each redistributor).
 */
#ifndef DRIVERS_GIC_H
#define DRIVERS_GIC_H

#include <stdbool.h>
#include <stdint.h>

#define GICD_CTLR		0x000
#define GICD_TYPER		0x004
#define GICD_IGROUPR(n)		(0x080 + 4 * (n))
#define GICD_ISENABLER(n)	(0x100 + 4 * (n))
#define GICD_ICENABLER(n)	(0x180 + 4 * (n))
#define GICD_ICPENDR(n)		(0x280 + 4 * (n))
#define GICD_ICACTIVER(n)	(0x380 + 4 * (n))
#define GICD_IPRIORITYR(n)	(0x400 + (n))
#define GICD_ICFGR(n)		(0xc00 + 4 * (n))

#define GICD_CTLR_ENABLE	0x1

/* One priority for all; the mask lets everything better than it pass. */
#define GIC_PRIORITY		0xa0
#define GIC_PRIORITY_ALL	0xf0

extern volatile void *gic_distributor;

/* Number of lines, from GICD_TYPER. */
unsigned int gic_lines(volatile void *distributor);

/*
 * The interrupt group of all lines.  Version 2 signals group 0 as IRQ by
 * default; to the non-secure side of a processor with both, its register
 * is not there and all is group 1.  Version 3 acknowledges group 1.
 */
#define GIC_GROUP_V2		0U
#define GIC_GROUP_V3		0xffffffffU

/* Disable all shared lines, then write `control` to GICD_CTLR. */
void gic_setup_distributor(volatile void *distributor, uint32_t control,
    uint32_t group);

/* Lines 0-31 at `frame`: disable 16-31, enable 0-15. */
void gic_setup_private(volatile void *frame, uint32_t group);

void gic_set_enabled(volatile void *frame, unsigned int irq, bool enabled);
void gic_set_edge(unsigned int irq, bool edge);

#endif /* DRIVERS_GIC_H */
