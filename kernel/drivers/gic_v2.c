/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Arm Generic Interrupt Controller, architecture version 2 (IHI 0048B).
 */

#include <stdbool.h>
#include <stdint.h>

#include <drivers/driver.h>
#include <drivers/gic.h>
#include <drivers/irq.h>
#include <drivers/mmio.h>
#include <machine/memory.h>
#include <machine/percpu.h>

/* CPU interface. */
#define GICC_CTLR		0x00
#define GICC_PMR		0x04
#define GICC_BPR		0x08
#define GICC_IAR		0x0c
#define GICC_EOIR		0x10

#define GICD_ITARGETSR(n)	(0x800 + (n))
#define GICD_SGIR		0xf00

static volatile void *cpu_interface;
static uint8_t cpu_target[MACHINE_MAX_CPUS];	/* this processor's bit */

static void
gic_v2_setup_cpu(void)
{
	/* A private line's target register reads as its own processor. */
	cpu_target[cpu_id()] = mmio_read8(gic_distributor, GICD_ITARGETSR(0));
	gic_setup_private(gic_distributor, GIC_GROUP_V2);
	mmio_write32(cpu_interface, GICC_PMR, GIC_PRIORITY_ALL);
	mmio_write32(cpu_interface, GICC_BPR, 0);
	mmio_write32(cpu_interface, GICC_CTLR, 1);
}

static void
gic_v2_enable(unsigned int irq)
{
	if (irq >= IRQ_FIRST_SHARED)
		mmio_write8(gic_distributor, GICD_ITARGETSR(irq),
		    cpu_target[0]);
	gic_set_enabled(gic_distributor, irq, true);
}

static void
gic_v2_disable(unsigned int irq)
{
	gic_set_enabled(gic_distributor, irq, false);
}

/* Bits 12:10 name the sender of a line below 16. */
static uint32_t
gic_v2_acknowledge(void)
{
	return mmio_read32(cpu_interface, GICC_IAR);
}

static void
gic_v2_complete(uint32_t acknowledged)
{
	mmio_write32(cpu_interface, GICC_EOIR, acknowledged);
}

static void
gic_v2_send(unsigned int cpu, unsigned int irq)
{
	mmio_barrier();
	mmio_write32(gic_distributor, GICD_SGIR,
	    (uint32_t)cpu_target[cpu] << 16 | irq);
}

static const struct irq_controller gic_v2 = {
	.name = "GICv2",
	.setup_cpu = gic_v2_setup_cpu,
	.enable = gic_v2_enable,
	.disable = gic_v2_disable,
	.set_edge = gic_set_edge,
	.acknowledge = gic_v2_acknowledge,
	.complete = gic_v2_complete,
	.send = gic_v2_send,
};

static bool
gic_v2_probe(const struct fdt *fdt, fdt_node_t node)
{
	volatile void *distributor = driver_map_reg(fdt, node, 0);

	cpu_interface = driver_map_reg(fdt, node, 1);
	if (distributor == NULL || cpu_interface == NULL)
		return false;
	gic_setup_distributor(distributor, GICD_CTLR_ENABLE, GIC_GROUP_V2);
	irq_controller_register(&gic_v2, gic_lines(distributor),
	    fdt_cell(fdt, node, "phandle", 0, 0));
	return true;
}

static const char *const gic_v2_compatible[] = {
	"arm,cortex-a15-gic", "arm,gic-400", "arm,cortex-a7-gic",
	"arm,cortex-a9-gic", "arm,pl390", NULL
};

DRIVER(gic_v2, DRIVER_IRQ_CONTROLLER, gic_v2_compatible, gic_v2_probe);
