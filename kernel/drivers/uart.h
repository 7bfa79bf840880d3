/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The UART that is the console, of any kind that there is a driver for.
 *
 * All of this also runs with the MMU off, at physical addresses: no pointer
 * that the linker stored may be used.
 */
#ifndef DRIVERS_UART_H
#define DRIVERS_UART_H

#include <stdbool.h>
#include <stdint.h>

#include <drivers/ns16550.h>
#include <lib/fdt.h>

enum uart_kind { UART_PL011, UART_NS16550 };

/*
 * Compatible strings that uart_from_fdt() knows.  The DesignWare UART has
 * the registers of a 16550.
 */
#define UART_NAME_PL011		"arm,pl011"
#define UART_NAME_16550A	"ns16550a"
#define UART_NAME_16550		"ns16550"
#define UART_NAME_DESIGNWARE	"snps,dw-apb-uart"

struct uart {
	enum uart_kind kind;
	struct fdt_range registers;	/* physical */
	volatile void *base;		/* where they are reachable */
	struct ns16550 ns16550;
	bool stuck;			/* it did not send in time */
	unsigned int unsound;		/* interrupts in a row */
};

/* So many interrupts in a row that make no sense are no accident. */
#define UART_UNSOUND_MAX	1000u

/*
 * Describe the UART of a node, with its physical address as `base`.  False:
 * it is none that we know, it is disabled (for us: it may be the secure
 * world's), or its description makes no sense.
 */
bool uart_from_fdt(const struct fdt *fdt, fdt_node_t node, struct uart *uart);

/*
 * The console: the UART of /chosen/stdout-path, else of the alias serial0,
 * else the first one in the tree.
 */
bool uart_find_console(const struct fdt *fdt, struct uart *uart);

/* The registers of a PL011 are at `address`. */
void uart_assume_pl011(struct uart *uart, uint64_t address);

/* Use the registers at another address from now on. */
void uart_move(struct uart *uart, volatile void *base);

/* Enable transmitter and receiver, without interrupts. */
void uart_setup(const struct uart *uart);

/*
 * Wait for room, then send.  A line that has none for longer than any speed
 * explains loses the character, and those after it until there is room.
 */
void uart_putc(struct uart *uart, char c);

/* A received character, or -1; those that came damaged are dropped. */
int uart_getc(const struct uart *uart);

/* Wait until everything is sent, or for as long as for room. */
void uart_flush(struct uart *uart);

/* Interrupt on received characters, or not; and acknowledge one. */
void uart_set_receive_interrupt(const struct uart *uart, bool enabled);
void uart_clear_interrupt(const struct uart *uart);

/*
 * Count an interrupt: a sound one brought characters, and then the line had
 * no more of them.  False: there were UART_UNSOUND_MAX others in a row, and
 * whoever leaves the line enabled will do nothing else any more.
 */
bool uart_interrupted(struct uart *uart, bool sound);

#endif /* DRIVERS_UART_H */
