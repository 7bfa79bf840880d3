/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Arm PrimeCell UART PL011 (DDI 0183), at 8 bits, no parity, and the speed
 * that the firmware set.  `base` is wherever the registers are reachable.
 */
#ifndef DRIVERS_PL011_H
#define DRIVERS_PL011_H

/* Enable transmitter and receiver if the firmware did not. */
void pl011_setup(volatile void *base);

/* Wait for room, then send. */
void pl011_putc(volatile void *base, char c);

/* A received character, or -1. */
int pl011_getc(volatile void *base);

/* Wait until everything is sent. */
void pl011_flush(volatile void *base);

/* Interrupt on received characters, or not; and acknowledge one. */
void pl011_set_receive_interrupt(volatile void *base, int enabled);
void pl011_clear_interrupt(volatile void *base);

#endif /* DRIVERS_PL011_H */
