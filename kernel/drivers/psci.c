/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Power State Coordination Interface (Arm DEN 0022): power-off, reset, and
 * starting processors, by firmware calls (Arm DEN 0028).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <drivers/driver.h>
#include <drivers/psci.h>
#include <kern/printf.h>
#include <lib/fdt.h>
#include <lib/string.h>
#include <machine/cpu.h>
#include <machine/platform.h>

#define PSCI_SYSTEM_OFF		0x84000008
#define PSCI_SYSTEM_RESET	0x84000009
#define PSCI_CPU_ON		0xc4000003

static enum { METHOD_NONE, METHOD_HVC, METHOD_SMC } method;

/* SMCCC: arguments in x0-x3, result in x0; x4-x17 may be lost. */
static long
psci_call(uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
	register uint64_t x0 __asm__("x0") = function;
	register uint64_t x1 __asm__("x1") = a;
	register uint64_t x2 __asm__("x2") = b;
	register uint64_t x3 __asm__("x3") = c;

#define CLOBBERS "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", \
	    "x13", "x14", "x15", "x16", "x17", "memory"
	if (method == METHOD_HVC)
		__asm__ volatile("hvc #0" : "+r"(x0), "+r"(x1), "+r"(x2),
		    "+r"(x3) : : CLOBBERS);
	else
		__asm__ volatile(".inst 0xd4000003"	/* smc #0 */
		    : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) : : CLOBBERS);
#undef CLOBBERS
	return (long)x0;
}

/* A call that does not return, if there is firmware to make it. */
static void __noreturn
psci_end(uint64_t function, const char *what)
{
	cpu_irq_disable();
	machine_console_flush();
	if (method != METHOD_NONE)
		psci_call(function, 0, 0, 0);
	kprintf("no firmware to %s: halted\n", what);
	for (;;)
		cpu_wait();
}

void
machine_power_off(void)
{
	psci_end(PSCI_SYSTEM_OFF, "power off");
}

void
machine_reset(void)
{
	psci_end(PSCI_SYSTEM_RESET, "reset");
}

bool
psci_cpu_on(uint64_t mpidr, uint64_t entry_phys, uint64_t context)
{
	return method != METHOD_NONE &&
	    psci_call(PSCI_CPU_ON, mpidr, entry_phys, context) == 0;
}

void
psci_assume(bool smc)
{
	method = smc ? METHOD_SMC : METHOD_HVC;
}

static bool
psci_probe(const struct fdt *fdt, fdt_node_t node)
{
	const char *name = fdt_string(fdt, node, "method");

	if (name == NULL)
		return false;
	if (strcmp(name, "hvc") == 0)
		method = METHOD_HVC;
	else if (strcmp(name, "smc") == 0)
		method = METHOD_SMC;
	return method != METHOD_NONE;
}

/* "arm,psci" alone (0.1) has neither power-off nor fixed numbers. */
static const char *const psci_compatible[] = {
	"arm,psci-1.0", "arm,psci-0.2", NULL
};

DRIVER(psci, DRIVER_POWER, psci_compatible, psci_probe);
