/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <drivers/gic.h>

#include <drivers/irq.h>
#include <drivers/mmio.h>
#include <kern/lock.h>
#include <lib/macros.h>

volatile void *gic_distributor;

static spinlock_t config_lock = SPINLOCK_INITIALIZER;

unsigned int
gic_lines(volatile void *distributor)
{
	uint32_t type = mmio_read32(distributor, GICD_TYPER);

	return MIN(((type & 0x1f) + 1) * 32, (uint32_t)IRQ_MAX);
}

/* One word of each kind of register, for 32 lines. */
static void
reset_lines(volatile void *frame, unsigned int word, uint32_t group)
{
	unsigned int irq;

	mmio_write32(frame, GICD_ICENABLER(word), UINT32_MAX);
	mmio_write32(frame, GICD_ICPENDR(word), UINT32_MAX);
	mmio_write32(frame, GICD_ICACTIVER(word), UINT32_MAX);
	mmio_write32(frame, GICD_IGROUPR(word), group);
	for (irq = word * 32; irq < (word + 1) * 32; irq += 4)
		mmio_write32(frame, GICD_IPRIORITYR(irq),
		    GIC_PRIORITY * 0x01010101U);
}

void
gic_setup_distributor(volatile void *distributor, uint32_t control,
    uint32_t group)
{
	unsigned int word, words = DIV_CEIL(gic_lines(distributor), 32);

	gic_distributor = distributor;
	mmio_write32(distributor, GICD_CTLR, 0);
	for (word = 1; word < words; word++)
		reset_lines(distributor, word, group);
	mmio_write32(distributor, GICD_CTLR, control);
}

void
gic_setup_private(volatile void *frame, uint32_t group)
{
	reset_lines(frame, 0, group);
	mmio_write32(frame, GICD_ISENABLER(0), 0xffff);
}

void
gic_set_enabled(volatile void *frame, unsigned int irq, bool enabled)
{
	uint32_t bit = 1U << (irq % 32);

	mmio_write32(frame, enabled ? GICD_ISENABLER(irq / 32)
	    : GICD_ICENABLER(irq / 32), bit);
}

void
gic_set_edge(unsigned int irq, bool edge)
{
	uint32_t bit = 2U << (irq % 16 * 2);
	uint64_t flags = spin_lock_irqsave(&config_lock);
	uint32_t word = mmio_read32(gic_distributor, GICD_ICFGR(irq / 16));

	mmio_write32(gic_distributor, GICD_ICFGR(irq / 16),
	    edge ? word | bit : word & ~bit);
	spin_unlock_irqrestore(&config_lock, flags);
}
