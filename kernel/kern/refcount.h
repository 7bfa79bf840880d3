/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Reference counts: 32-bit atomic words.
 */
#ifndef KERN_REFCOUNT_H
#define KERN_REFCOUNT_H

#include <stdbool.h>
#include <stdint.h>

static inline void
refcount_get(uint32_t *count)
{
	__atomic_fetch_add(count, 1, __ATOMIC_RELAXED);
}

/* True when the last reference went. */
static inline bool
refcount_put(uint32_t *count)
{
	return __atomic_fetch_sub(count, 1, __ATOMIC_ACQ_REL) == 1;
}

#endif /* KERN_REFCOUNT_H */
