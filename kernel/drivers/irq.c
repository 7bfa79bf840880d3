/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <drivers/irq.h>

#include <stddef.h>

#include <kern/lock.h>
#include <kern/panic.h>
#include <kern/printf.h>
#include <kern/sched.h>
#include <lib/fdt.h>
#include <lib/macros.h>
#include <machine/platform.h>

/* Asks another processor to look at its AST and run queue. */
#define IRQ_RESCHEDULE		0

/* An interrupt specifier: type (0: shared, 1: private), number, flags. */
#define IRQ_CELLS		3
#define IRQ_FLAGS_EDGE		0x3

struct irq_line {
	irq_handler handler;
	void *argument;
};

static const struct irq_controller *controller;
static unsigned int line_count;
static uint32_t controller_phandle;	/* in the device tree */
static struct irq_line lines[IRQ_MAX];
static spinlock_t lines_lock = SPINLOCK_INITIALIZER;

void
irq_controller_register(const struct irq_controller *new_controller,
    unsigned int new_lines, uint32_t phandle)
{
	controller = new_controller;
	line_count = MIN(new_lines, (unsigned int)IRQ_MAX);
	controller_phandle = phandle;
}

unsigned int
irq_count(void)
{
	return line_count;
}

void
irq_setup_cpu(void)
{
	controller->setup_cpu();
}

kern_return_t
irq_attach(unsigned int irq, irq_handler handler, void *argument)
{
	uint64_t flags;

	if (irq >= line_count)
		return KERN_INVALID_ARGUMENT;
	flags = spin_lock_irqsave(&lines_lock);
	if (lines[irq].handler != NULL) {
		spin_unlock_irqrestore(&lines_lock, flags);
		return KERN_RESOURCE_SHORTAGE;
	}
	lines[irq].argument = argument;
	lines[irq].handler = handler;
	spin_unlock_irqrestore(&lines_lock, flags);
	controller->enable(irq);
	return KERN_SUCCESS;
}

void
irq_detach(unsigned int irq)
{
	uint64_t flags;

	if (irq >= line_count)
		return;
	controller->disable(irq);
	flags = spin_lock_irqsave(&lines_lock);
	lines[irq].handler = NULL;
	spin_unlock_irqrestore(&lines_lock, flags);
}

void
irq_enable(unsigned int irq)
{
	if (irq < line_count)
		controller->enable(irq);
}

void
irq_disable(unsigned int irq)
{
	if (irq < line_count)
		controller->disable(irq);
}

int
irq_from_fdt(const struct fdt *fdt, fdt_node_t node, unsigned int index)
{
	uint32_t first = index * IRQ_CELLS;
	uint32_t type = fdt_cell(fdt, node, "interrupts", first, UINT32_MAX);
	uint32_t number = fdt_cell(fdt, node, "interrupts", first + 1,
	    UINT32_MAX);
	uint32_t flags = fdt_cell(fdt, node, "interrupts", first + 2, 0);
	unsigned int irq;

	if (type > 1 || number >= IRQ_MAX)
		return -1;
	irq = number + (type == 0 ? IRQ_FIRST_SHARED : 16);
	if (irq >= line_count)
		return -1;
	if (irq >= IRQ_FIRST_SHARED)
		controller->set_edge(irq, (flags & IRQ_FLAGS_EDGE) != 0);
	return (int)irq;
}

/* Is the node's interrupt controller `phandle`?  It inherits its parent's. */
static bool
has_parent(const struct fdt *fdt, fdt_node_t node, uint32_t phandle)
{
	struct fdt_property parent;

	for (; node != FDT_NONE; node = fdt_parent(fdt, node))
		if (fdt_property(fdt, node, "interrupt-parent", &parent))
			return fdt_cell(fdt, node, "interrupt-parent", 0, 0)
			    == phandle;
	return false;
}

/*
 * The specifier flags of a shared line, from the first node that has it; the
 * lines of PCI, which nodes have no part in, are level triggered.
 */
static bool
line_is_edge(const struct fdt *fdt, unsigned int irq)
{
	struct fdt_property property;
	fdt_node_t node;
	uint32_t cell;

	fdt_for_each_node(fdt, node) {
		if (!fdt_property(fdt, node, "interrupts", &property) ||
		    !has_parent(fdt, node, controller_phandle))
			continue;
		for (cell = 0; cell + IRQ_CELLS <= property.size / 4;
		    cell += IRQ_CELLS)
			if (fdt_cell(fdt, node, "interrupts", cell, 1) == 0 &&
			    fdt_cell(fdt, node, "interrupts", cell + 1, 0) ==
			    irq - IRQ_FIRST_SHARED)
				return (fdt_cell(fdt, node, "interrupts",
				    cell + 2, 0) & IRQ_FLAGS_EDGE) != 0;
	}
	return false;
}

static void
run_user_handler(unsigned int irq, void *argument)
{
	void (*raised)(unsigned int) = argument;

	raised(irq);
}

kern_return_t
machine_irq_attach(unsigned int irq, void (*raised)(unsigned int irq))
{
	if (irq < IRQ_FIRST_SHARED || irq >= line_count)
		return KERN_INVALID_ARGUMENT;
	if (lines[irq].handler != NULL)
		return KERN_RESOURCE_SHORTAGE;
	controller->set_edge(irq, line_is_edge(machine_fdt, irq));
	return irq_attach(irq, run_user_handler, raised);
}

void
machine_irq_detach(unsigned int irq)
{
	irq_detach(irq);
}

void
machine_irq_enable(unsigned int irq)
{
	irq_enable(irq);
}

void
machine_irq_disable(unsigned int irq)
{
	irq_disable(irq);
}

/* A line without a handler is disabled: it would never be quiet. */
static void
run_handler(unsigned int irq)
{
	const struct irq_line *line = &lines[irq];

	if (line->handler != NULL) {
		line->handler(irq, line->argument);
		return;
	}
	controller->disable(irq);
	kprintf("interrupt %u: nobody wants it, disabled\n", irq);
}

void
irq_dispatch(void)
{
	uint32_t acknowledged;
	unsigned int irq;

	for (;;) {
		acknowledged = controller->acknowledge();
		irq = acknowledged & 0x3ff;
		if (irq >= IRQ_MAX)
			return;
		if (irq == IRQ_RESCHEDULE)
			sched_interrupt();
		else
			run_handler(irq);
		controller->complete(acknowledged);
	}
}

void
machine_send_reschedule(unsigned int cpu)
{
	controller->send(cpu, IRQ_RESCHEDULE);
}
