/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The generic timer: the virtual counter as the clock, the virtual timer for
 * deadlines (Arm ARM DDI 0487, D12).
 */

#include <stdbool.h>
#include <stdint.h>

#include <drivers/driver.h>
#include <drivers/irq.h>
#include <drivers/timer.h>
#include <kern/clock.h>
#include <kern/panic.h>
#include <lib/fdt.h>
#include <machine/cpu.h>
#include <machine/platform.h>
#include <machine/sysreg.h>

#define CNTV_CTL_ENABLE		1
#define NS_PER_SECOND		1000000000UL

/* The binding's order: secure, non-secure, virtual, hypervisor. */
#define TIMER_VIRTUAL		2

uint64_t machine_counter_frequency;

static uint64_t counter_at_boot;

void
timer_early_setup(void)
{
	counter_at_boot = cpu_counter();
	machine_counter_frequency = sysreg_read(cntfrq_el0);
}

uint64_t
machine_ticks_to_ns(uint64_t ticks)
{
	uint64_t frequency = machine_counter_frequency;

	return ticks / frequency * NS_PER_SECOND +
	    ticks % frequency * NS_PER_SECOND / frequency;
}

uint64_t
machine_ns_to_ticks(uint64_t ns)
{
	return ns / NS_PER_SECOND * machine_counter_frequency +
	    ns % NS_PER_SECOND * machine_counter_frequency / NS_PER_SECOND;
}

uint64_t
machine_uptime_ns(void)
{
	return machine_ticks_to_ns(cpu_counter() - counter_at_boot);
}

void
machine_timer_set(uint64_t deadline)
{
	if (deadline == UINT64_MAX) {
		sysreg_write(cntv_ctl_el0, 0);
		return;
	}
	sysreg_write(cntv_cval_el0, deadline);
	sysreg_write(cntv_ctl_el0, CNTV_CTL_ENABLE);
	cpu_isb();
}

/* Quiet the line first: it is level triggered. */
static void
timer_interrupt(unsigned int irq, void *argument)
{
	machine_timer_set(UINT64_MAX);
	clock_interrupt();
}

static bool
timer_probe(const struct fdt *fdt, fdt_node_t node)
{
	int irq = irq_from_fdt(fdt, node, TIMER_VIRTUAL);

	/* Only where the firmware left the register at nothing. */
	if (machine_counter_frequency == 0)
		machine_counter_frequency = fdt_cell(fdt, node,
		    "clock-frequency", 0, 0);
	if (irq < 0 || machine_counter_frequency == 0)
		return false;
	machine_timer_set(UINT64_MAX);
	return irq_attach((unsigned int)irq, timer_interrupt, NULL) ==
	    KERN_SUCCESS;
}

static const char *const timer_compatible[] = {
	"arm,armv8-timer", "arm,armv7-timer", NULL
};

DRIVER(timer, DRIVER_TIMER, timer_compatible, timer_probe);
