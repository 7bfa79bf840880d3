/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Traps of the host body: tests call what the table names.
 */
#ifndef MACHINE_TRAP_H
#define MACHINE_TRAP_H

#include <machine/thread.h>

/* Trap numbers are -(TRAP_COUNT - 1) .. 0 (<mach/syscall_sw.h>). */
#define TRAP_COUNT	80

extern void (*const trap_table[TRAP_COUNT])(void);

#endif /* MACHINE_TRAP_H */
