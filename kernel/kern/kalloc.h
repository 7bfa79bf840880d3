/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Memory of any size, for what has no cache of its own (kern/slab.h).
 *
 * Thread context or boot; does not block.
 */

#ifndef KERN_KALLOC_H
#define KERN_KALLOC_H

#include <stddef.h>

/* Make the caches. Needs slab_setup(). */
void kalloc_setup(void);

/*
 * Allocate size bytes, aligned to 8, and to the size if that is a power of two
 * of at most PAGE_SIZE. Above 8 KiB: contiguous whole pages, their number
 * rounded up to a power of two. kzalloc() clears them.
 *
 * Returns NULL for size 0 and without memory.
 */
void *kalloc(size_t size);
void *kzalloc(size_t size);

/* Free memory of the size it was allocated with. NULL is ignored. */
void kfree(void *ptr, size_t size);

#endif /* KERN_KALLOC_H */
