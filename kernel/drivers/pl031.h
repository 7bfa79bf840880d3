/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The real-time clock PL031 (Arm DDI 0224): read once, for the time of day at
 * boot.  Its alarm is left to users.
 */
#ifndef DRIVERS_PL031_H
#define DRIVERS_PL031_H

#include <stdint.h>

/* The time of day when it was found, UTC seconds; 0: there is none. */
uint32_t pl031_boot_seconds(void);

#endif /* DRIVERS_PL031_H */
