/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <drivers/pl011.h>

#include <stdint.h>

#include <drivers/mmio.h>
#include <drivers/uart_char.h>

#define UARTDR			0x00
#define UARTFR			0x18
#define UARTLCR_H		0x2c
#define UARTCR			0x30
#define UARTIMSC		0x38
#define UARTICR			0x44

#define UARTDR_ERRORS		0xf00
#define UARTFR_BUSY		0x08
#define UARTFR_RXFE		0x10
#define UARTFR_TXFF		0x20
#define UARTLCR_H_8BIT		0x60
#define UARTLCR_H_FIFO		0x10
#define UARTCR_ENABLE		0x301	/* UART, transmit, receive */
#define UART_INT_RECEIVE	0x50	/* level and time-out */

void
pl011_setup(volatile void *base)
{
	uint32_t control = mmio_read32(base, UARTCR);

	mmio_write32(base, UARTIMSC, 0);
	if ((control & UARTCR_ENABLE) == UARTCR_ENABLE)
		return;
	mmio_write32(base, UARTCR, 0);
	mmio_write32(base, UARTLCR_H, UARTLCR_H_8BIT | UARTLCR_H_FIFO);
	mmio_write32(base, UARTCR, UARTCR_ENABLE);
}

bool
pl011_has_room(volatile void *base)
{
	return (mmio_read32(base, UARTFR) & UARTFR_TXFF) == 0;
}

bool
pl011_is_idle(volatile void *base)
{
	return (mmio_read32(base, UARTFR) & UARTFR_BUSY) == 0;
}

void
pl011_send(volatile void *base, char c)
{
	mmio_write32(base, UARTDR, (unsigned char)c);
}

int
pl011_receive(volatile void *base)
{
	uint32_t data;

	if ((mmio_read32(base, UARTFR) & UARTFR_RXFE) != 0)
		return UART_NONE;
	data = mmio_read32(base, UARTDR);
	return (data & UARTDR_ERRORS) != 0 ? UART_DAMAGED
	    : (int)(data & 0xff);
}

void
pl011_set_receive_interrupt(volatile void *base, int enabled)
{
	mmio_write32(base, UARTIMSC, enabled ? UART_INT_RECEIVE : 0);
}

void
pl011_clear_interrupt(volatile void *base)
{
	mmio_write32(base, UARTICR, UART_INT_RECEIVE);
}
