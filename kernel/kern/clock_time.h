/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Between the two halves of <kern/clock.h>: what timer.c asks of clock.c.
 */
#ifndef KERN_CLOCK_TIME_H
#define KERN_CLOCK_TIME_H

void clock_time_setup(void);

/* Bring adjustment and the mapped time up to date.  Interrupts disabled. */
void clock_time_update(void);

#endif /* KERN_CLOCK_TIME_H */
