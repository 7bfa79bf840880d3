/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <drivers/uart.h>

#include <stddef.h>

#include <drivers/ns16550.h>
#include <drivers/pl011.h>

#define PL011_SIZE	0x48

static bool
is_ns16550(const struct fdt *fdt, fdt_node_t node)
{
	return fdt_compatible(fdt, node, UART_NAME_16550A) ||
	    fdt_compatible(fdt, node, UART_NAME_16550) ||
	    fdt_compatible(fdt, node, UART_NAME_DESIGNWARE);
}

bool
uart_from_fdt(const struct fdt *fdt, fdt_node_t node, struct uart *uart)
{
	uint64_t size = PL011_SIZE;

	if (!fdt_enabled(fdt, node) ||
	    !fdt_reg(fdt, node, 0, &uart->registers))
		return false;
	if (fdt_compatible(fdt, node, UART_NAME_PL011)) {
		uart->kind = UART_PL011;
	} else if (is_ns16550(fdt, node)) {
		if (!ns16550_from_fdt(fdt, node, &uart->ns16550))
			return false;
		uart->kind = UART_NS16550;
		size = ns16550_size(&uart->ns16550);
	} else {
		return false;
	}
	uart_move(uart, (volatile void *)uart->registers.address);
	return uart->registers.size >= size;
}

bool
uart_find_console(const struct fdt *fdt, struct uart *uart)
{
	fdt_node_t node = fdt_stdout(fdt);

	if (node != FDT_NONE && uart_from_fdt(fdt, node, uart))
		return true;
	node = fdt_find_path(fdt, "serial0");
	if (node != FDT_NONE && uart_from_fdt(fdt, node, uart))
		return true;
	fdt_for_each_node(fdt, node)
		if (uart_from_fdt(fdt, node, uart))
			return true;
	return false;
}

void
uart_assume_pl011(struct uart *uart, uint64_t address)
{
	uart->kind = UART_PL011;
	uart->registers.address = address;
	uart->registers.size = PL011_SIZE;
	uart_move(uart, (volatile void *)address);
}

void
uart_move(struct uart *uart, volatile void *base)
{
	uart->base = base;
	uart->ns16550.base = base;
}

void
uart_setup(const struct uart *uart)
{
	if (uart->kind == UART_PL011)
		pl011_setup(uart->base);
	else
		ns16550_setup(&uart->ns16550);
}

void
uart_putc(const struct uart *uart, char c)
{
	if (uart->kind == UART_PL011)
		pl011_putc(uart->base, c);
	else
		ns16550_putc(&uart->ns16550, c);
}

int
uart_getc(const struct uart *uart)
{
	return uart->kind == UART_PL011 ? pl011_getc(uart->base) :
	    ns16550_getc(&uart->ns16550);
}

void
uart_flush(const struct uart *uart)
{
	if (uart->kind == UART_PL011)
		pl011_flush(uart->base);
	else
		ns16550_flush(&uart->ns16550);
}

void
uart_set_receive_interrupt(const struct uart *uart, bool enabled)
{
	if (uart->kind == UART_PL011)
		pl011_set_receive_interrupt(uart->base, enabled);
	else
		ns16550_set_receive_interrupt(&uart->ns16550, enabled);
}

void
uart_clear_interrupt(const struct uart *uart)
{
	if (uart->kind == UART_PL011)
		pl011_clear_interrupt(uart->base);
	else
		ns16550_clear_interrupt(&uart->ns16550);
}
