/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The console: the UART that /chosen/stdout-path names.
 *
 * Used at two addresses: the physical one by boot_early_console() with the
 * MMU off, where only this file's early functions, lib/fdt.c and
 * drivers/pl011.c may run, and the device window's afterwards.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <drivers/driver.h>
#include <drivers/irq.h>
#include <drivers/pl011.h>
#include <lib/fdt.h>
#include <lib/string.h>
#include <machine/boot.h>
#include <machine/memory.h>
#include <machine/platform.h>

/* A console is looked for in so many bytes of a damaged device tree. */
#define DAMAGED_FDT_MAX		65536

static volatile void *console_base;
static uint64_t console_phys;
static int console_irq = -1;
static void (*console_received)(void);

/* Address of the PL011 that the device tree calls the console. */
static bool
find_console(const struct fdt *fdt, struct fdt_range *registers)
{
	fdt_node_t node = fdt_stdout(fdt);

	return node != FDT_NONE && fdt_compatible(fdt, node, "arm,pl011") &&
	    fdt_reg(fdt, node, 0, registers);
}

static void
early_puts(volatile void *uart, const char *text)
{
	for (; *text != '\0'; text++)
		pl011_putc(uart, *text);
}

static void
early_put_hex(volatile void *uart, uint64_t value)
{
	int shift = 60;

	while (shift > 0 && (value >> shift) == 0)
		shift -= 4;
	for (; shift >= 0; shift -= 4) {
		unsigned int digit = (value >> shift) & 0xf;

		pl011_putc(uart, (char)(digit < 10 ? '0' + digit
		    : 'a' + digit - 10));
	}
}

static uint64_t
read_hex(const unsigned char *text)
{
	uint64_t value = 0;

	for (;; text++) {
		if (*text >= '0' && *text <= '9')
			value = value << 4 | (uint64_t)(*text - '0');
		else if (*text >= 'a' && *text <= 'f')
			value = value << 4 | (uint64_t)(*text - 'a' + 10);
		else
			return value;
	}
}

/*
 * The address of a PL011 that the bytes of a damaged tree still name, or 0:
 * a node's name ends in the address of its registers.
 */
static uint64_t
find_named_uart(const unsigned char *bytes)
{
	static const char name[] = "pl011@";
	size_t i, length;

	for (i = 0; i < DAMAGED_FDT_MAX; i++) {
		for (length = 0; name[length] != '\0'; length++)
			if (bytes[i + length] != (unsigned char)name[length])
				break;
		if (name[length] == '\0')
			return read_hex(&bytes[i + length]);
	}
	return 0;
}

static void
complain(uint64_t fdt_phys, const char *reason)
{
	uint64_t address = find_named_uart((const unsigned char *)fdt_phys);
	volatile void *uart = (volatile void *)address;

	if (address == 0)
		return;
	pl011_setup(uart);
	early_puts(uart, "mach: no valid device tree at 0x");
	early_put_hex(uart, fdt_phys);
	early_puts(uart, ": ");
	early_puts(uart, reason);
	early_puts(uart, ": cannot start\r\n");
}

void
boot_early_console(uint64_t fdt_phys)
{
	struct fdt_range registers;
	volatile void *uart;
	const char *reason;
	struct fdt fdt;

	if (fdt_phys == 0)
		return;
	reason = fdt_open(&fdt, (const void *)fdt_phys, BOOT_FDT_MAX);
	if (reason != NULL) {
		complain(fdt_phys, reason);
		return;
	}
	if (!find_console(&fdt, &registers))
		return;
	uart = (volatile void *)registers.address;
	pl011_setup(uart);
	early_puts(uart, "mach: image at 0x");
	early_put_hex(uart, (uint64_t)(uintptr_t)_head);
	early_puts(uart, ", device tree at 0x");
	early_put_hex(uart, fdt_phys);
	early_puts(uart, "\r\n");
}

void
console_setup(const struct fdt *fdt)
{
	struct fdt_range registers;

	if (!find_console(fdt, &registers))
		return;
	console_phys = registers.address;
	console_base = machine_map_device(console_phys, registers.size);
	pl011_setup(console_base);
}

void
machine_console_putc(char c)
{
	if (console_base == NULL)
		return;
	if (c == '\n')
		pl011_putc(console_base, '\r');
	pl011_putc(console_base, c);
}

int
machine_console_getc(void)
{
	return console_base == NULL ? -1 : pl011_getc(console_base);
}

void
machine_console_flush(void)
{
	if (console_base != NULL)
		pl011_flush(console_base);
}

static void
console_interrupt(unsigned int irq, void *argument)
{
	pl011_clear_interrupt(console_base);
	console_received();
}

bool
machine_console_set_input(void (*received)(void))
{
	if (console_irq < 0)
		return false;
	console_received = received;
	if (irq_attach((unsigned int)console_irq, console_interrupt, NULL) !=
	    KERN_SUCCESS)
		return false;
	pl011_set_receive_interrupt(console_base, 1);
	return true;
}

/* Once interrupts can be had: is this node the console? */
static bool
console_probe(const struct fdt *fdt, fdt_node_t node)
{
	struct fdt_range registers;

	if (console_base == NULL || !fdt_reg(fdt, node, 0, &registers) ||
	    registers.address != console_phys)
		return false;
	console_irq = irq_from_fdt(fdt, node, 0);
	return true;
}

static const char *const console_compatible[] = { "arm,pl011", NULL };

DRIVER(console, DRIVER_CONSOLE, console_compatible, console_probe);
