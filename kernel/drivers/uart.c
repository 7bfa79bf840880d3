/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <drivers/uart.h>

#include <stddef.h>

#include <drivers/ns16550.h>
#include <drivers/pl011.h>
#include <drivers/uart_char.h>

#define PL011_SIZE	0x48

/* 16 characters of ten bits at 1,200 bit/s are 0.13 s, 33 ns per try. */
#define UART_TRIES		(1u << 22)
/* Damaged characters to drop before saying that nothing came. */
#define UART_DAMAGED_MAX	64

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
	uart->stuck = false;
	uart->unsound = 0;
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

static bool
has_room(const struct uart *uart)
{
	return uart->kind == UART_PL011 ? pl011_has_room(uart->base) :
	    ns16550_has_room(&uart->ns16550);
}

static bool
is_idle(const struct uart *uart)
{
	return uart->kind == UART_PL011 ? pl011_is_idle(uart->base) :
	    ns16550_is_idle(&uart->ns16550);
}

/* Wait for the line; where that was in vain once, it is only looked at. */
static bool
wait_for(struct uart *uart, bool (*is_so)(const struct uart *uart))
{
	unsigned int tries = uart->stuck ? 1 : UART_TRIES;

	while (tries > 0 && !is_so(uart))
		tries--;
	uart->stuck = tries == 0;
	return !uart->stuck;
}

void
uart_putc(struct uart *uart, char c)
{
	if (!wait_for(uart, has_room))
		return;
	if (uart->kind == UART_PL011)
		pl011_send(uart->base, c);
	else
		ns16550_send(&uart->ns16550, c);
}

int
uart_getc(const struct uart *uart)
{
	unsigned int i;
	int c;

	for (i = 0; i < UART_DAMAGED_MAX; i++) {
		c = uart->kind == UART_PL011 ? pl011_receive(uart->base) :
		    ns16550_receive(&uart->ns16550);
		if (c != UART_DAMAGED)
			return c;
	}
	return UART_NONE;
}

void
uart_flush(struct uart *uart)
{
	(void)wait_for(uart, is_idle);
}

bool
uart_interrupted(struct uart *uart, bool sound)
{
	uart->unsound = sound ? 0 : uart->unsound + 1;
	return uart->unsound < UART_UNSOUND_MAX;
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
