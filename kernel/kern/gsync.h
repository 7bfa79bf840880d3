/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * gsync: the flags of its routines; these are in no public header.
 */
#ifndef KERN_GSYNC_H
#define KERN_GSYNC_H

#define GSYNC_SHARED	0x01	/* memory shared by tasks */
#define GSYNC_QUAD	0x02	/* compare the next word too */
#define GSYNC_TIMED	0x04	/* wait for so long only */
#define GSYNC_BROADCAST	0x08	/* all waiters */
#define GSYNC_MUTATE	0x10	/* store a value first */

/* Boot, before the first task runs. */
void gsync_setup(void);

#endif /* KERN_GSYNC_H */
