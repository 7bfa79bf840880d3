/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
#ifndef DRIVERS_TIMER_H
#define DRIVERS_TIMER_H

/* Begin to count the uptime; before the device tree is read. */
void timer_early_setup(void);

#endif /* DRIVERS_TIMER_H */
