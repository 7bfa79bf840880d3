/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The order of memory as devices see it.
 */

#include "../io.h"

void
io_barrier(void)
{
	__asm__ volatile("dmb osh" : : : "memory");
}
