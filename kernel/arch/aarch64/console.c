/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The console: the UART that the device tree names (drivers/uart.h).
 *
 * Used at two addresses: the physical one by boot_early_console() with the
 * MMU off, where only this file's early functions, lib/fdt.c and
 * drivers/uart.c may run, and the device window's afterwards.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <drivers/driver.h>
#include <drivers/irq.h>
#include <drivers/uart.h>
#include <kern/printf.h>
#include <lib/fdt.h>
#include <lib/string.h>
#include <machine/boot.h>
#include <machine/memory.h>
#include <machine/platform.h>

/* A console is looked for in so many bytes of a damaged device tree. */
#define DAMAGED_FDT_MAX		65536

static struct uart console;
static bool console_found;
static int console_irq = -1;
static bool (*console_received)(void);

static void
early_puts(struct uart *uart, const char *text)
{
	for (; *text != '\0'; text++)
		uart_putc(uart, *text);
}

static void
early_put_hex(struct uart *uart, uint64_t value)
{
	int shift = 60;

	while (shift > 0 && (value >> shift) == 0)
		shift -= 4;
	for (; shift >= 0; shift -= 4) {
		unsigned int digit = (value >> shift) & 0xf;

		uart_putc(uart, (char)(digit < 10 ? '0' + digit
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
	struct uart uart;

	if (address == 0)
		return;
	uart_assume_pl011(&uart, address);
	uart_setup(&uart);
	early_puts(&uart, "mach: no valid device tree at 0x");
	early_put_hex(&uart, fdt_phys);
	early_puts(&uart, ": ");
	early_puts(&uart, reason);
	early_puts(&uart, ": cannot start\r\n");
}

void
boot_early_console(uint64_t fdt_phys)
{
	struct uart uart;
	const char *reason;
	struct fdt fdt;

	if (fdt_phys == 0)
		return;
	reason = fdt_open(&fdt, (const void *)fdt_phys, BOOT_FDT_MAX);
	if (reason != NULL) {
		complain(fdt_phys, reason);
		return;
	}
	if (!uart_find_console(&fdt, &uart))
		return;
	uart_setup(&uart);
	early_puts(&uart, "mach: image at 0x");
	early_put_hex(&uart, (uint64_t)(uintptr_t)_head);
	early_puts(&uart, ", device tree at 0x");
	early_put_hex(&uart, fdt_phys);
	early_puts(&uart, "\r\n");
}

void
console_setup(const struct fdt *fdt)
{
	if (!uart_find_console(fdt, &console))
		return;
	uart_move(&console, machine_map_device(console.registers.address,
	    console.registers.size));
	uart_setup(&console);
	console_found = true;
}

void
machine_console_putc(char c)
{
	if (!console_found)
		return;
	if (c == '\n')
		uart_putc(&console, '\r');
	uart_putc(&console, c);
}

void
machine_console_put_raw(char c)
{
	if (console_found)
		uart_putc(&console, c);
}

int
machine_console_getc(void)
{
	return console_found ? uart_getc(&console) : -1;
}

void
machine_console_flush(void)
{
	if (console_found)
		uart_flush(&console);
}

static void
console_interrupt(unsigned int irq, void *argument)
{
	uart_clear_interrupt(&console);
	if (uart_interrupted(&console, console_received != NULL &&
	    console_received()))
		return;
	irq_disable(irq);
	if (console.unsound == UART_UNSOUND_MAX)
		kprintf("console: interrupts without end, disabled\n");
}

bool
machine_console_set_input(bool (*received)(void))
{
	if (console_irq < 0)
		return false;
	console_received = received;
	uart_set_receive_interrupt(&console, true);
	irq_enable((unsigned int)console_irq);
	return true;
}

/*
 * Once interrupts can be had: is this node the console?  Its line is taken at
 * once, before a user can; the UART is silent until somebody reads.
 */
static bool
console_probe(const struct fdt *fdt, fdt_node_t node)
{
	struct fdt_range registers;

	if (!console_found || !fdt_reg(fdt, node, 0, &registers) ||
	    registers.address != console.registers.address)
		return false;
	console_irq = irq_from_fdt(fdt, node, 0);
	if (console_irq >= 0 && irq_attach((unsigned int)console_irq,
	    console_interrupt, NULL) != KERN_SUCCESS)
		console_irq = -1;
	return true;
}

static const char *const console_compatible[] = {
	UART_NAME_PL011, UART_NAME_16550A, UART_NAME_16550,
	UART_NAME_DESIGNWARE, NULL
};

DRIVER(console, DRIVER_CONSOLE, console_compatible, console_probe);
