/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Interrupts: one interrupt controller, a handler for each line.
 *
 * Lines are numbered as the GIC does: 0-15 between processors, 16-31 private
 * to each processor, 32 and up shared.
 */
#ifndef DRIVERS_IRQ_H
#define DRIVERS_IRQ_H

#include <stdbool.h>
#include <stdint.h>

#include <lib/fdt.h>
#include <mach/kern_return.h>
#include <machine/platform.h>

#define IRQ_MAX			MACHINE_IRQ_MAX
#define IRQ_FIRST_SHARED	32

/* Called with interrupts disabled, the line being active. */
typedef void (*irq_handler)(unsigned int irq, void *argument);

/* What a controller does; calls on one line do not race with themselves. */
struct irq_controller {
	const char *name;
	/* Make this processor receive interrupts. */
	void (*setup_cpu)(void);
	void (*enable)(unsigned int irq);
	void (*disable)(unsigned int irq);
	/* Edge or level triggered; shared lines only. */
	void (*set_edge)(unsigned int irq, bool edge);
	/* The highest pending line, now active; IRQ_MAX or more: none. */
	uint32_t (*acknowledge)(void);
	void (*complete)(uint32_t acknowledged);
	/* Raise line `irq` < 16 of another processor. */
	void (*send)(unsigned int cpu, unsigned int irq);
};

/*
 * Boot: `controller` is the machine's; its lines are all disabled.  phandle:
 * how the device tree refers to it.
 */
void irq_controller_register(const struct irq_controller *controller,
    unsigned int lines, uint32_t phandle);

/* Number of lines, 0 without a controller. */
unsigned int irq_count(void);

/*
 * Attach a handler and enable the line.  KERN_INVALID_ARGUMENT: no such line;
 * KERN_RESOURCE_SHORTAGE: it has a handler.
 */
kern_return_t irq_attach(unsigned int irq, irq_handler handler,
    void *argument);
/* Disable the line and detach its handler. */
void irq_detach(unsigned int irq);

void irq_enable(unsigned int irq);
void irq_disable(unsigned int irq);

/*
 * The line of the `index`th interrupt of a device tree node, or -1
 * (Devicetree binding arm,gic).
 */
int irq_from_fdt(const struct fdt *fdt, fdt_node_t node, unsigned int index);

/* Run the handlers of all pending lines. */
void irq_dispatch(void);

/* This processor takes interrupts (still masked by PSTATE). */
void irq_setup_cpu(void);

#endif /* DRIVERS_IRQ_H */
