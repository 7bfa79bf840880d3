/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Device registers: accesses of one size, at an offset from a base.
 */
#ifndef DRIVERS_MMIO_H
#define DRIVERS_MMIO_H

#include <stdint.h>

#define MMIO_DEFINE(bits)						\
static inline uint##bits##_t						\
mmio_read##bits(const volatile void *base, uint64_t offset)		\
{									\
	return *(const volatile uint##bits##_t *)			\
	    ((const volatile char *)base + offset);			\
}									\
									\
static inline void							\
mmio_write##bits(volatile void *base, uint64_t offset,			\
    uint##bits##_t value)						\
{									\
	*(volatile uint##bits##_t *)((volatile char *)base + offset) = value; \
}

MMIO_DEFINE(8)
MMIO_DEFINE(16)
MMIO_DEFINE(32)
MMIO_DEFINE(64)

#undef MMIO_DEFINE

/* Everything before this point is complete before anything after it. */
static inline void
mmio_barrier(void)
{
	__asm__ volatile("dsb sy" : : : "memory");
}

#endif /* DRIVERS_MMIO_H */
