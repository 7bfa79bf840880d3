/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The kernel's log: the last KMSG_SIZE bytes that were printed.
 *
 * Bytes are numbered from 0, the first ever printed, so that a reader keeps
 * its place as a number and notices what it missed.
 */

#ifndef KERN_KMSG_H
#define KERN_KMSG_H

#include <stddef.h>
#include <stdint.h>

#define KMSG_SIZE	32768

/* Append bytes; the oldest are overwritten. Any context. */
void kmsg_append(const char *text, size_t size);

/*
 * Copy bytes from position *position on, at most size, and advance it past
 * them. A position whose bytes are overwritten moves to the oldest there are.
 * Any context.
 *
 * Returns the number of bytes copied, 0 if none are newer.
 */
size_t kmsg_read(uint64_t *position, char *buffer, size_t size);

#endif /* KERN_KMSG_H */
