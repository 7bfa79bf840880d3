/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The frame of a unit test: cmocka and what it wants included before it.
 */

#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
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

/*
 * Where the choices of a test with a model come from: a seed, or the bytes of
 * a fuzzer's input, which end.
 */
struct unit_source {
	uint64_t seed;			/* 0: bytes */
	const uint8_t *bytes;
	size_t size;			/* what is left */
};

static inline bool
unit_source_ends(const struct unit_source *source)
{
	return source->seed == 0 && source->size == 0;
}

/* The next `size` bytes as a number; after their end, zeros. */
static inline uint64_t
unit_take(struct unit_source *source, unsigned int size)
{
	uint64_t value = 0;

	if (source->seed != 0)
		return unit_random(&source->seed);

	while (size-- > 0 && source->size > 0) {
		value = value << 8 | *source->bytes++;
		source->size--;
	}

	return value;
}

/* A number below `limit`: from as few bytes as can choose it. */
static inline uint64_t
unit_pick(struct unit_source *source, uint64_t limit)
{
	unsigned int size = (limit <= 1U << 8) ? 1
			    : (limit <= 1U << 16) ? 2
			    : (limit <= 1UL << 32) ? 4 : 8;

	return unit_take(source, size) % limit;
}

/*
 * What tests/fuzz/model.c runs of such a test: a world set up, choices until
 * the source ends, everything checked and taken down.
 */
void unit_model(struct unit_source *source);

#endif /* TESTS_UNIT_UNIT_H */
