/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The frame of a unit test: cmocka and what it wants included before it.
 */

#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <machine/host.h>

/*
 * The statement panics. Locks that it took stay locked: set everything up
 * again afterwards.
 */
#define unit_assert_panic(statement) do {				\
	volatile int caught_ = 1;					\
									\
	if (!HOST_CATCH_PANIC()) {					\
		statement;						\
		caught_ = 0;						\
	}								\
									\
	host_panic_uncatch();						\
	assert_true(caught_);						\
} while (0)

/* A pseudo-random sequence, the same in every run (xorshift). */
static inline uint64_t
unit_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/*
 * Where the sequence of a test begins that usually begins at `start`: with
 * another UNIT_SEED in the environment it is another one.
 */
static inline uint64_t
unit_seed(uint64_t start)
{
	const char *text = getenv("UNIT_SEED");

	if (text == NULL)
		return start;
	return (start + strtoull(text, NULL, 0)) * 0x9e3779b97f4a7c15 | 1;
}

#endif /* TESTS_UNIT_UNIT_H */
