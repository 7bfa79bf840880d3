/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Arm Generic Interrupt Controller, architecture version 3 (IHI 0069):
 * affinity routing, system registers for the CPU interface.
 */

#include <stdbool.h>
#include <stdint.h>

#include <drivers/driver.h>
#include <drivers/gic.h>
#include <drivers/irq.h>
#include <drivers/mmio.h>
#include <kern/panic.h>
#include <lib/fdt.h>
#include <machine/memory.h>
#include <machine/percpu.h>
#include <machine/sysreg.h>

#define GICD_CTLR_GROUP1	0x3	/* groups 0 and 1, or 1 and 1A */
#define GICD_CTLR_ARE		0x10
#define GICD_CTLR_RWP		0x80000000
#define GICD_IROUTER(n)		(0x6000 + 8 * (n))

#define GICR_CTLR		0x0000
#define GICR_TYPER		0x0008
#define GICR_WAKER		0x0014
#define GICR_SGI_FRAME		0x10000
#define GICR_SIZE		0x20000
#define GICR_SIZE_VLPI		0x40000

#define GICR_CTLR_RWP		0x8
#define GICR_TYPER_VLPIS	0x2
#define GICR_TYPER_LAST		0x10
#define GICR_WAKER_SLEEP	0x2
#define GICR_WAKER_ASLEEP	0x4

#define ICC_PMR_EL1		s3_0_c4_c6_0
#define ICC_BPR1_EL1		s3_0_c12_c12_3
#define ICC_CTLR_EL1		s3_0_c12_c12_4
#define ICC_SRE_EL1		s3_0_c12_c12_5
#define ICC_IGRPEN1_EL1		s3_0_c12_c12_7
#define ICC_IAR1_EL1		s3_0_c12_c12_0
#define ICC_EOIR1_EL1		s3_0_c12_c12_1
#define ICC_SGI1R_EL1		s3_0_c12_c11_5

#define icc_read(name)		icc_read_(name)
#define icc_read_(name)		sysreg_read(name)
#define icc_write(name, value)	icc_write_(name, value)
#define icc_write_(name, value)	sysreg_write(name, value)

#define REGIONS_MAX		16

/* Regions of redistributors, from the device tree. */
static struct {
	volatile char *base;
	uint64_t size;
} regions[REGIONS_MAX];
static unsigned int region_count;

static volatile char *redistributor[MACHINE_MAX_CPUS];

/* Affinity as in GICR_TYPER: Aff3.Aff2.Aff1.Aff0 in 32 bits. */
static uint32_t
affinity(uint64_t mpidr)
{
	return (uint32_t)((mpidr >> 8) & 0xff000000) |
	    (uint32_t)(mpidr & 0xffffff);
}

/* The redistributor of this processor. */
static volatile char *
find_redistributor(void)
{
	uint32_t self = affinity(sysreg_read(mpidr_el1));
	uint64_t offset, type;
	unsigned int i;

	for (i = 0; i < region_count; i++) {
		for (offset = 0; offset + GICR_SIZE <= regions[i].size; ) {
			volatile char *frame = regions[i].base + offset;

			type = mmio_read64(frame, GICR_TYPER);
			if ((uint32_t)(type >> 32) == self)
				return frame;
			if ((type & GICR_TYPER_LAST) != 0)
				break;
			offset += (type & GICR_TYPER_VLPIS) != 0
			    ? GICR_SIZE_VLPI : GICR_SIZE;
		}
	}
	panic("GICv3: no redistributor for processor %x", self);
}

static void
wake_redistributor(volatile char *frame)
{
	uint32_t waker = mmio_read32(frame, GICR_WAKER);

	mmio_write32(frame, GICR_WAKER, waker & ~GICR_WAKER_SLEEP);
	while ((mmio_read32(frame, GICR_WAKER) & GICR_WAKER_ASLEEP) != 0)
		cpu_relax();
}

/* A control register says when writes to its frame took effect. */
static void
wait_written(const volatile void *frame, uint64_t control, uint32_t pending)
{
	while ((mmio_read32(frame, control) & pending) != 0)
		cpu_relax();
}

static void
gic_v3_setup_cpu(void)
{
	volatile char *frame = find_redistributor();

	redistributor[cpu_id()] = frame;
	wake_redistributor(frame);
	gic_setup_private(frame + GICR_SGI_FRAME, GIC_GROUP_V3);
	wait_written(frame, GICR_CTLR, GICR_CTLR_RWP);

	icc_write(ICC_SRE_EL1, icc_read(ICC_SRE_EL1) | 1);
	cpu_isb();
	if ((icc_read(ICC_SRE_EL1) & 1) == 0)
		panic("GICv3: no access to its system registers");
	icc_write(ICC_PMR_EL1, GIC_PRIORITY_ALL);
	icc_write(ICC_BPR1_EL1, 0);
	icc_write(ICC_CTLR_EL1, 0);
	icc_write(ICC_IGRPEN1_EL1, 1);
	cpu_isb();
}

/* Where the registers of a line are. */
static volatile void *
frame_of(unsigned int irq)
{
	if (irq < IRQ_FIRST_SHARED)
		return redistributor[cpu_id()] + GICR_SGI_FRAME;
	return gic_distributor;
}

static void
gic_v3_enable(unsigned int irq)
{
	uint64_t mpidr = percpu_table[0].mpidr;

	if (irq >= IRQ_FIRST_SHARED)
		mmio_write64(gic_distributor, GICD_IROUTER(irq),
		    mpidr & 0xff00ffffffUL);
	gic_set_enabled(frame_of(irq), irq, true);
}

static void
gic_v3_disable(unsigned int irq)
{
	gic_set_enabled(frame_of(irq), irq, false);
	/* Until the write took effect it may still be signalled. */
	if (irq < IRQ_FIRST_SHARED)
		wait_written(redistributor[cpu_id()], GICR_CTLR,
		    GICR_CTLR_RWP);
	else
		wait_written(gic_distributor, GICD_CTLR, GICD_CTLR_RWP);
}

static uint32_t
gic_v3_acknowledge(void)
{
	uint32_t irq = (uint32_t)icc_read(ICC_IAR1_EL1);

	/* Device registers are read only after the acknowledgement. */
	mmio_barrier();
	return irq;
}

static void
gic_v3_complete(uint32_t acknowledged)
{
	icc_write(ICC_EOIR1_EL1, acknowledged);
	cpu_isb();
}

static void
gic_v3_send(unsigned int cpu, unsigned int irq)
{
	uint64_t mpidr = percpu_table[cpu].mpidr;
	uint64_t aff0 = mpidr & 0xff;

	mmio_barrier();
	icc_write(ICC_SGI1R_EL1,
	    ((mpidr >> 32) & 0xff) << 48 |	/* Aff3 */
	    (aff0 >> 4) << 44 |			/* range of 16 */
	    ((mpidr >> 16) & 0xff) << 32 |	/* Aff2 */
	    (uint64_t)irq << 24 |
	    ((mpidr >> 8) & 0xff) << 16 |	/* Aff1 */
	    1UL << (aff0 & 0xf));
	cpu_isb();
}

static const struct irq_controller gic_v3 = {
	.name = "GICv3",
	.setup_cpu = gic_v3_setup_cpu,
	.enable = gic_v3_enable,
	.disable = gic_v3_disable,
	.set_edge = gic_set_edge,
	.acknowledge = gic_v3_acknowledge,
	.complete = gic_v3_complete,
	.send = gic_v3_send,
};

static bool
map_regions(const struct fdt *fdt, fdt_node_t node)
{
	struct fdt_range range;
	unsigned int i;

	for (i = 0; i < REGIONS_MAX; i++) {
		if (!driver_reg(fdt, node, 1 + i, &range))
			break;
		regions[i].base = machine_map_device(range.address,
		    range.size);
		regions[i].size = range.size;
	}
	region_count = i;
	return i != 0;
}

static bool
gic_v3_probe(const struct fdt *fdt, fdt_node_t node)
{
	volatile void *distributor = driver_map_reg(fdt, node, 0);

	if (distributor == NULL || !map_regions(fdt, node))
		return false;
	gic_setup_distributor(distributor, GICD_CTLR_ARE | GICD_CTLR_GROUP1,
	    GIC_GROUP_V3);
	wait_written(distributor, GICD_CTLR, GICD_CTLR_RWP);
	irq_controller_register(&gic_v3, gic_lines(distributor),
	    fdt_cell(fdt, node, "phandle", 0, 0));
	return true;
}

static const char *const gic_v3_compatible[] = { "arm,gic-v3", NULL };

DRIVER(gic_v3, DRIVER_IRQ_CONTROLLER, gic_v3_compatible, gic_v3_probe);
