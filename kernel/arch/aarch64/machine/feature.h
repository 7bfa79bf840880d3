/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What the processor offers, from its ID registers.  Set once at boot.
 */
#ifndef MACHINE_FEATURE_H
#define MACHINE_FEATURE_H

#include <stdbool.h>
#include <stdint.h>

extern bool machine_has_pan;	/* privileged access never */
extern bool machine_has_pac;	/* pointer authentication, any algorithm */
extern bool machine_has_sve;	/* scalable vectors */
extern bool machine_has_rng;	/* RNDR */
extern bool machine_has_mops;	/* memory copy and set, for the kernel */

/* PSTATE bits that user mode may set through thread_set_state (ABI.md). */
extern uint64_t machine_user_pstate;

/* The exception vectors are in use. */
void machine_feature_setup(void);

bool machine_mops_probe(void);		/* mem.S */

#endif /* MACHINE_FEATURE_H */
