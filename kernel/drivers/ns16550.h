/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * UARTs with the registers of the National Semiconductor 16550 (data sheet
 * of the PC16550D), at 8 bits and no parity.  How far the registers are
 * apart, how wide an access must be and what clock they count is told by the
 * device tree (Devicetree binding 8250).
 */
#ifndef DRIVERS_NS16550_H
#define DRIVERS_NS16550_H

#include <stdbool.h>
#include <stdint.h>

#include <lib/fdt.h>

struct ns16550 {
	volatile void *base;	/* wherever the registers are reachable */
	uint32_t offset;	/* of the first one, bytes */
	uint8_t shift;		/* register N is at N << shift */
	uint8_t width;		/* of an access: 1, 2 or 4 bytes */
	uint32_t divisor;	/* of the clock; 0: as the firmware set it */
};

/*
 * Read what the node says of the registers, but for `base`.  False: their
 * layout makes no sense, or they are big-endian.
 */
bool ns16550_from_fdt(const struct fdt *fdt, fdt_node_t node,
    struct ns16550 *uart);

/* How many bytes the registers cover. */
uint64_t ns16550_size(const struct ns16550 *uart);

/* No interrupts, FIFOs on; the speed, if the device tree tells it. */
void ns16550_setup(const struct ns16550 *uart);

/* Is there room for a character, is everything sent? */
bool ns16550_has_room(const struct ns16550 *uart);
bool ns16550_is_idle(const struct ns16550 *uart);

/* Send; there must be room. */
void ns16550_send(const struct ns16550 *uart, char c);

/* A received character, or what drivers/uart_char.h says. */
int ns16550_receive(const struct ns16550 *uart);

/* Interrupt on received characters, or not; and acknowledge one. */
void ns16550_set_receive_interrupt(const struct ns16550 *uart, bool enabled);
void ns16550_clear_interrupt(const struct ns16550 *uart);

#endif /* DRIVERS_NS16550_H */
