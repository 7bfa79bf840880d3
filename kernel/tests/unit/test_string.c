/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The kernel's string functions beside the C library's.
 */

#include <tests/unit/unit.h>

#include <stdlib.h>
#include <string.h>

/* The kernel's functions under other names. */
#define memchr	kernel_memchr
#define strlen	kernel_strlen
#define strnlen	kernel_strnlen
#define strcmp	kernel_strcmp
#define strncmp	kernel_strncmp
#define strchr	kernel_strchr
#define strstr	kernel_strstr
#define strlcpy	kernel_strlcpy

#include "../../lib/string.c"

#undef memchr
#undef strlen
#undef strnlen
#undef strcmp
#undef strncmp
#undef strchr
#undef strstr
#undef strlcpy

#define ROUNDS	20000
#define SIZE	12

static int
sign(int value)
{
	return (value > 0) - (value < 0);
}

/* A string of few different bytes, one of them above 127, in exact room. */
static char *
random_string(uint64_t *seed)
{
	size_t i, length = unit_random(seed) % SIZE;
	char *s = malloc(length + 1);

	for (i = 0; i < length; i++)
		s[i] = "ab\xe9"[unit_random(seed) % 3];

	s[length] = '\0';
	return s;
}

static void
compare(const char *a, const char *b, size_t n, int c)
{
	char ours[SIZE], theirs[SIZE];

	assert_int_equal(kernel_strlen(a), strlen(a));
	assert_int_equal(kernel_strnlen(a, n), strnlen(a, n));
	assert_int_equal(sign(kernel_strcmp(a, b)), sign(strcmp(a, b)));
	assert_int_equal(sign(kernel_strncmp(a, b, n)),
			 sign(strncmp(a, b, n)));
	assert_ptr_equal(kernel_strchr(a, c), strchr(a, c));
	assert_ptr_equal(kernel_strstr(a, b), strstr(a, b));
	assert_ptr_equal(kernel_memchr(a, c, strlen(a)),
			 memchr(a, c, strlen(a)));
	memset(ours, 'x', SIZE);
	memset(theirs, 'x', SIZE);
	assert_int_equal(kernel_strlcpy(ours, a, n), strlcpy(theirs, a, n));
	assert_memory_equal(ours, theirs, SIZE);
}

static void
test_random(void **state)
{
	static const char chars[] = "ab\xe9z";
	uint64_t seed = 3;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		char *a = random_string(&seed);
		char *b = random_string(&seed);

		compare(a, b, unit_random(&seed) % SIZE,
			chars[unit_random(&seed) % sizeof(chars)]);
		free(a);
		free(b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests_name("string", tests, NULL, NULL);
}
