/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What drivers of UARTs answer when asked for a received character and there
 * is none to give.
 */
#ifndef DRIVERS_UART_CHAR_H
#define DRIVERS_UART_CHAR_H

#define UART_NONE	(-1)	/* nothing has come */
#define UART_DAMAGED	(-2)	/* one came, but not as it was sent */

#endif /* DRIVERS_UART_CHAR_H */
