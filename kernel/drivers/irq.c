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
static struct irq_line lines[IRQ_MAX];
static spinlock_t lines_lock = SPINLOCK_INITIALIZER;

void
irq_controller_register(const struct irq_controller *new_controller,
    unsigned int new_lines)
{
	controller = new_controller;
	line_count = MIN(new_lines, (unsigned int)IRQ_MAX);
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
