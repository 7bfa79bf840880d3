/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Bits of 64-bit words, each one or two instructions on AArch64.
 */

#ifndef LIB_BITS_H
#define LIB_BITS_H

#include <stdbool.h>
#include <stdint.h>

#define BIT(n)		(UINT64_C(1) << (n))

/* A word with the n lowest bits set, 0 <= n <= 64. */
static inline uint64_t
bits_mask(unsigned int n)
{
	return (n >= 64) ? ~UINT64_C(0) : BIT(n) - 1;
}

/* The number of the lowest bit set of a word that is not 0. */
static inline unsigned int
bits_lowest(uint64_t word)
{
	return (unsigned int)__builtin_ctzll(word);
}

/* The number of the highest bit set of a word that is not 0. */
static inline unsigned int
bits_highest(uint64_t word)
{
	return 63 - (unsigned int)__builtin_clzll(word);
}

/*
 * Number of bits set, by sums of ever wider fields: the compiler's own would
 * be a call to libgcc, which uses the floating-point registers.
 */
static inline unsigned int
bits_count(uint64_t word)
{
	word -= word >> 1 & 0x5555555555555555;
	word = (word & 0x3333333333333333) + (word >> 2 & 0x3333333333333333);
	word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0f;
	return (unsigned int)(word * 0x0101010101010101 >> 56);
}

/* The smallest n such that 2^n >= value; value is not 0. */
static inline unsigned int
bits_log2_up(uint64_t value)
{
	return (value <= 1) ? 0 : bits_highest(value - 1) + 1;
}

#endif /* LIB_BITS_H */
