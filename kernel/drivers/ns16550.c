/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <drivers/ns16550.h>

#include <stddef.h>

#include <drivers/mmio.h>
#include <drivers/uart_char.h>

/* Registers, by number. */
#define RBR		0	/* read: received character */
#define THR		0	/* write: character to send */
#define DLL		0	/* with LCR_DLAB: divisor, low half */
#define IER		1
#define DLM		1	/* with LCR_DLAB: divisor, high half */
#define IIR		2	/* read */
#define FCR		2	/* write */
#define LCR		3
#define MCR		4
#define LSR		5
#define REGISTERS	8

#define IER_RECEIVED	0x01
#define FCR_ENABLE	0x01
#define LCR_8BIT	0x03
#define LCR_DLAB	0x80
#define MCR_READY	0x0b	/* DTR, RTS, and OUT2: interrupts pass */
#define LSR_READY	0x01
#define LSR_ERRORS	0x1e	/* overrun, parity, framing, break */
#define LSR_HAVE_ROOM	0x20
#define LSR_IDLE	0x40

/* A bit takes 16 clocks of the divided rate. */
#define CLOCKS_PER_BIT	16

static uint64_t
place(const struct ns16550 *uart, unsigned int index)
{
	return uart->offset + ((uint64_t)index << uart->shift);
}

static unsigned int
get(const struct ns16550 *uart, unsigned int index)
{
	if (uart->width == 4)
		return mmio_read32(uart->base, place(uart, index)) & 0xff;
	if (uart->width == 2)
		return mmio_read16(uart->base, place(uart, index)) & 0xff;
	return mmio_read8(uart->base, place(uart, index));
}

static void
put(const struct ns16550 *uart, unsigned int index, unsigned int value)
{
	if (uart->width == 4)
		mmio_write32(uart->base, place(uart, index), value);
	else if (uart->width == 2)
		mmio_write16(uart->base, place(uart, index), (uint16_t)value);
	else
		mmio_write8(uart->base, place(uart, index), (uint8_t)value);
}

/* The divisor for the speed that the node asks for, rounded; or 0. */
static uint32_t
divisor_of(const struct fdt *fdt, fdt_node_t node)
{
	uint64_t clock = fdt_cell(fdt, node, "clock-frequency", 0, 0);
	uint64_t speed = fdt_cell(fdt, node, "current-speed", 0, 0);
	uint64_t divisor;

	if (clock == 0 || speed == 0)
		return 0;
	speed *= CLOCKS_PER_BIT;
	divisor = (clock + speed / 2) / speed;
	return divisor > 0xffff ? 0 : (uint32_t)divisor;
}

bool
ns16550_from_fdt(const struct fdt *fdt, fdt_node_t node, struct ns16550 *uart)
{
	uint32_t shift = fdt_cell(fdt, node, "reg-shift", 0, 0);
	uint32_t width = fdt_cell(fdt, node, "reg-io-width", 0, 1);
	struct fdt_property property;

	if (shift > 4 || (width != 1 && width != 2 && width != 4) ||
	    width > 1U << shift || fdt_property(fdt, node, "big-endian",
	    &property))
		return false;
	uart->base = NULL;
	uart->offset = fdt_cell(fdt, node, "reg-offset", 0, 0);
	uart->shift = (uint8_t)shift;
	uart->width = (uint8_t)width;
	uart->divisor = divisor_of(fdt, node);
	return uart->offset % width == 0;
}

uint64_t
ns16550_size(const struct ns16550 *uart)
{
	return place(uart, REGISTERS);
}

void
ns16550_setup(const struct ns16550 *uart)
{
	put(uart, LCR, LCR_8BIT);
	put(uart, IER, 0);
	if (uart->divisor != 0) {
		put(uart, LCR, LCR_8BIT | LCR_DLAB);
		put(uart, DLL, uart->divisor & 0xff);
		put(uart, DLM, uart->divisor >> 8);
		put(uart, LCR, LCR_8BIT);
	}
	put(uart, FCR, FCR_ENABLE);
	put(uart, MCR, MCR_READY);
}

bool
ns16550_has_room(const struct ns16550 *uart)
{
	return (get(uart, LSR) & LSR_HAVE_ROOM) != 0;
}

bool
ns16550_is_idle(const struct ns16550 *uart)
{
	return (get(uart, LSR) & LSR_IDLE) != 0;
}

void
ns16550_send(const struct ns16550 *uart, char c)
{
	put(uart, THR, (unsigned char)c);
}

int
ns16550_receive(const struct ns16550 *uart)
{
	unsigned int status = get(uart, LSR), c;

	if ((status & LSR_READY) == 0)
		return UART_NONE;
	c = get(uart, RBR);
	return (status & LSR_ERRORS) != 0 ? UART_DAMAGED : (int)c;
}

void
ns16550_set_receive_interrupt(const struct ns16550 *uart, bool enabled)
{
	put(uart, IER, enabled ? IER_RECEIVED : 0);
}

/* The level goes away when the character is read. */
void
ns16550_clear_interrupt(const struct ns16550 *uart)
{
	(void)get(uart, IIR);
}
