/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Arm PrimeCell UART PL011 (DDI 0183), at 8 bits, no parity, and the speed
 * that the firmware set.  `base` is wherever the registers are reachable.
 */
#ifndef DRIVERS_PL011_H
#define DRIVERS_PL011_H

#include <stdbool.h>

/* Enable transmitter and receiver if the firmware did not. */
void pl011_setup(volatile void *base);

/* Is there room for a character, is everything sent? */
bool pl011_has_room(volatile void *base);
bool pl011_is_idle(volatile void *base);

/* Send; there must be room. */
void pl011_send(volatile void *base, char c);

/* A received character, or what drivers/uart_char.h says. */
int pl011_receive(volatile void *base);

/* Interrupt on received characters, or not; and acknowledge one. */
void pl011_set_receive_interrupt(volatile void *base, int enabled);
void pl011_clear_interrupt(volatile void *base);

#endif /* DRIVERS_PL011_H */
