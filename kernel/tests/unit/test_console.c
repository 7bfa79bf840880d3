/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The console device's ring, fed by a line of `typed` characters that count
 * up from 0.
 */

#include <tests/unit/unit.h>

#include <stdbool.h>
#include <stddef.h>

static size_t typed, taken;

static int
typed_getc(void)
{
	return taken < typed ? (int)(taken++ & 0xff) : -1;
}

#define machine_console_getc	typed_getc
#define device_console		device_console_tested
#include "../../dev/console.c"

#define ENDLESS		SIZE_MAX

static int
setup(void **state)
{
	typed = taken = 0;
	console_flush_input();
	return 0;
}

/* Take everything: it is `count` characters that count up from `first`. */
static void
check_ring(size_t first, size_t count)
{
	static char data[2 * INPUT_SIZE];
	size_t i;

	typed = taken;
	assert_int_equal(console_take(data, sizeof(data)), count);
	for (i = 0; i < count; i++)
		assert_int_equal((unsigned char)data[i], (first + i) & 0xff);
}

static void
test_order(void **state)
{
	size_t first;

	/* Around the end of the ring, in pieces of any size. */
	for (first = 0; first < 5 * INPUT_SIZE; first += 300) {
		typed += 250;
		assert_true(console_received());
		typed += 50;
		assert_true(console_received());
		check_ring(first, 300);
	}
}

static void
test_overrun(void **state)
{
	typed = INPUT_SIZE - 1;
	assert_true(console_received());
	typed += 100;
	assert_true(console_received());
	check_ring(0, INPUT_SIZE);
}

/* Nothing, and no end of it, are no sound interrupts. */
static void
test_broken(void **state)
{
	char c;

	assert_false(console_received());
	typed = ENDLESS;
	assert_false(console_received());
	assert_int_equal(taken, INPUT_SIZE);
	assert_int_equal(console_take(&c, 1), 1);
	assert_int_equal(c, 0);
	assert_true(console_has_input());
	console_flush_input();
	typed = taken;
	assert_false(console_has_input());
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_order, setup),
		cmocka_unit_test_setup(test_overrun, setup),
		cmocka_unit_test_setup(test_broken, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
