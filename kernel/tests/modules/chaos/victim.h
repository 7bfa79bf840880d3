/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The module `chaos`: its victims (victim.c), which the checker starts.
 */
#ifndef VICTIM_H
#define VICTIM_H

#include "../lib/test.h"

#define self		task_self_port
#define PRIVILEGED	0x4321u		/* a victim's name of the host */

/* How much they did; shared with them, so not to be trusted. */
extern uint64_t *deeds;
extern uint64_t seed;
extern mach_port_t time_device;

/* The first thread of a victim; `argument` is its number. */
void victim(void *argument);

#endif /* VICTIM_H */
