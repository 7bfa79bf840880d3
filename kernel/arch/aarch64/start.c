/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * From the first C function with the MMU on to kernel_main().
 */

#include <stddef.h>
#include <stdint.h>

#include <drivers/driver.h>
#include <drivers/irq.h>
#include <drivers/pl031.h>
#include <drivers/psci.h>
#include <drivers/timer.h>
#include <kern/printf.h>
#include <lib/fdt.h>
#include <lib/macros.h>
#include <lib/string.h>
#include <machine/boot.h>
#include <machine/bootmem.h>
#include <machine/feature.h>
#include <machine/memory.h>
#include <machine/percpu.h>
#include <machine/platform.h>
#include <machine/sysreg.h>
#include <machine/trap.h>

/* Written by the entry code before .bss is cleared. */
struct boot_info boot_info __section(".data");

struct percpu percpu_table[MACHINE_MAX_CPUS];
unsigned int machine_ncpus;
const struct fdt *machine_fdt;
const char *machine_command_line = "";

static struct fdt boot_fdt;

/*
 * Exceptions set PSTATE.PAN (boot_sctlr()); what runs before the first one
 * shall not touch users' memory by accident either.
 */
static void
set_pan(void)
{
	if (((sysreg_read(id_aa64mmfr1_el1) >> 20) & 0xf) != 0)
		__asm__ volatile(".inst 0xd500419f");	/* msr pan, #1 */
}

static void
setup_boot_cpu(void)
{
	struct percpu *self = &percpu_table[0];

	self->id = 0;
	self->mpidr = sysreg_read(mpidr_el1);
	sysreg_write(tpidr_el1, self);
	trap_setup_cpu();
	set_pan();
	machine_ncpus = 1;
}

static void __noreturn
start_fail(const char *what)
{
	kprintf("mach: %s: cannot start\n", what);
	machine_power_off();
}

bool
boot_word(const char *word)
{
	const char *at = machine_command_line;
	size_t length = strlen(word);

	for (; (at = strstr(at, word)) != NULL; at += length)
		if ((at == machine_command_line || at[-1] == ' ') &&
		    (at[length] == ' ' || at[length] == '\0'))
			return true;
	return false;
}

static void
setup_fdt(void)
{
	const void *blob = (const void *)
	    (BOOT_FDT_BASE + (boot_info.fdt_phys & PAGE_MASK));
	const char *arguments;
	fdt_node_t chosen;

	if (boot_info.fdt_size == 0 ||
	    fdt_open(&boot_fdt, blob, boot_info.fdt_size) != NULL) {
		psci_assume(boot_info.entry_el == 2);
		start_fail("no valid device tree");
	}
	machine_fdt = &boot_fdt;
	console_setup(machine_fdt);
	chosen = fdt_find_path(machine_fdt, "/chosen");
	if (chosen != FDT_NONE) {
		arguments = fdt_string(machine_fdt, chosen, "bootargs");
		if (arguments != NULL)
			machine_command_line = arguments;
	}
	if (boot_info.arguments[0] != '\0')
		machine_command_line = boot_info.arguments;
	/* First of all, so that a failure can power off. */
	driver_scan(machine_fdt);
	driver_probe_all(machine_fdt, DRIVER_POWER);
}

static void
print_banner(void)
{
	kprintf("hurd-arm64 mach " KERNEL_VERSION "\n");
	kprintf("started at EL%u by %s, image at 0x%lx, processor %lx\n",
	    boot_info.entry_el,
	    boot_info.door == BOOT_DOOR_EFI ? "EFI" : "the Linux protocol",
	    boot_info.image_phys, sysreg_read(midr_el1));
	if (machine_command_line[0] != '\0')
		kprintf("command line: %s\n", machine_command_line);
}

static void
setup_devices(void)
{
	if (driver_probe_all(machine_fdt, DRIVER_IRQ_CONTROLLER) == 0)
		start_fail("no interrupt controller in the device tree");
	irq_setup_cpu();
	if (driver_probe_all(machine_fdt, DRIVER_TIMER) == 0)
		start_fail("no timer in the device tree");
	driver_probe_all(machine_fdt, DRIVER_CONSOLE);
	driver_probe_all(machine_fdt, DRIVER_CLOCK);
}

uint32_t
machine_boot_time(void)
{
	return boot_info.seconds != 0 ? boot_info.seconds
	    : pl031_boot_seconds();
}

void
machine_start(void)
{
	setup_boot_cpu();
	timer_early_setup();
	machine_feature_setup();
	setup_fdt();
	print_banner();
	bootmem_setup(machine_fdt);
	bootmem_print();
	bootmem_release();
	setup_devices();
	kernel_main();
}
