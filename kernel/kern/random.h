/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Random bytes: ChaCha20 whose key is replaced with every block drawn, so that
 * what was given out cannot be found from the state (Bernstein, "Fast-key-
 * erasure random-number generators", 2017).
 *
 * The key comes from the seeds in the device tree, the machine's entropy
 * (RNDR, or the jitter of the counter), and whatever users add.  Any thread
 * context.
 */
#ifndef KERN_RANDOM_H
#define KERN_RANDOM_H

#include <stddef.h>

void random_bytes(void *data, size_t size);

/* Stir bytes into the key; they can do no harm. */
void random_add(const void *data, size_t size);

#endif /* KERN_RANDOM_H */
