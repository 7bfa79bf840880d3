/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The end of a kernel that cannot go on.
 */

#ifndef KERN_PANIC_H
#define KERN_PANIC_H

#include <lib/macros.h>

/*
 * Print the message, then registers and a backtrace, and halt or restart as
 * machine_panic() says. Only for bugs of the kernel itself and a machine on
 * which it cannot run. Any context.
 */
void panic(const char *format, ...) __noreturn __format_printf(1, 2);

#endif /* KERN_PANIC_H */
