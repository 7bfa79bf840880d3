/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <tests/unit/unit.h>

#include <stdio.h>
#include <string.h>

#include <kern/assert.h>
#include <kern/kmsg.h>
#include <kern/printf.h>

/* The C library is the judge of every format. */
#define same(...) do {							\
	char ours[256], theirs[256];					\
									\
	assert_int_equal(ksnprintf(ours, sizeof(ours), __VA_ARGS__),	\
			 snprintf(theirs, sizeof(theirs), __VA_ARGS__)); \
	assert_string_equal(ours, theirs);				\
} while (0)

#pragma GCC diagnostic ignored "-Wformat"

static void
test_integers(void **state)
{
	static const long values[] = {
		0, 1, -1, 9, 10, 127, -128, 255, 65535, -32768, 0x7fffffff,
		-0x80000000L, 0xffffffff, 0x7fffffffffffffff,
		-0x7fffffffffffffff - 1,
	};
	size_t i;

	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		long v = values[i];

		same("%d %i %u %x %X %o", (int)v, (int)v, (int)v, (int)v,
		     (int)v, (int)v);
		same("%ld %lu %lx %lX %lo", v, v, v, v, v);
		same("%lld %jd %zu %td %llx", (long long)v, v, v, v,
		     (long long)v);
		same("%hhd %hhu %hhx %hd %hu %ho", (int)v, (int)v, (int)v,
		     (int)v, (int)v, (int)v);
		same("%#lx|%#lo|%#lX|%+ld|% ld|%+ 5ld", v, v, v, v, v, v);
		same("%20ld|%-20ld|%020ld|%.7ld|%20.7ld|%-20.7ld|%020.7ld", v,
		     v, v, v, v, v, v);
		same("%#20lx|%#-20lx|%#020lx|%#.7lx|%.0ld|%#.0lo", v, v, v, v,
		     v, v);
		same("%*ld|%*ld|%.*ld|%.*ld", 15, v, -15, v, 5, v, -1, v);
	}
}

static void
test_strings(void **state)
{
	const char *volatile nothing = NULL;

	same("%s|%10s|%-10s|%.3s|%.10s|%10.3s|%-10.3s", "abcde", "abcde",
	     "abcde", "abcde", "abcde", "abcde", "abcde");
	same("%c|%3c|%-3c|%%", 'x', 'y', 'z');
	same("%.2s", "ab\0never");
	same("%s", (const char *)nothing);
	same("%p", (void *)0x1234);
	same("plain");
}

static void
test_cut(void **state)
{
	char buffer[8];

	memset(buffer, 'x', sizeof(buffer));
	assert_int_equal(ksnprintf(buffer, 5, "%s", "123456789"), 9);
	assert_memory_equal(buffer, "1234\0xxx", 8);
	assert_int_equal(ksnprintf(buffer, 1, "ab"), 2);
	assert_memory_equal(buffer, "\000234\0xxx", 8);
	assert_int_equal(ksnprintf(NULL, 0, "%05d", 7), 5);
}

static void
test_console_and_log(void **state)
{
	uint64_t position = 0, end;
	char text[64];

	while (kmsg_read(&position, text, sizeof(text)) != 0)
		continue;

	end = position;
	host_console_clear();
	kprintf("%s %d\n", "hello", 42);
	kwrite("raw%d", 5);
	assert_string_equal(host_console_text(), "hello 42\nraw%d");
	assert_int_equal(kmsg_read(&position, text, 5), 5);
	assert_memory_equal(text, "hello", 5);
	assert_int_equal(kmsg_read(&position, text, sizeof(text)), 9);
	assert_memory_equal(text, " 42\nraw%d", 9);
	assert_int_equal(position, end + 14);
	assert_int_equal(kmsg_read(&position, text, sizeof(text)), 0);
}

/* A reader that is too slow goes on with the oldest byte there is. */
static void
test_log_overrun(void **state)
{
	uint64_t position = 0, i;
	char c = 0;

	for (i = 0; i < KMSG_SIZE + 10; i++) {
		c = (char)('a' + i % 23);
		kmsg_append(&c, 1);
	}

	assert_int_equal(kmsg_read(&position, &c, 1), 1);
	assert_int_equal(c, 'a' + 10 % 23);
	position += KMSG_SIZE - 2;
	assert_int_equal(kmsg_read(&position, &c, 1), 1);
	assert_int_equal(c, 'a' + (KMSG_SIZE + 9) % 23);
	position = UINT64_MAX;
	assert_int_equal(kmsg_read(&position, &c, 1), 0);
}

static void
test_panic(void **state)
{
	host_console_clear();

	if (!HOST_CATCH_PANIC()) {
		assert(1 + 1 == 2);
		assert(1 + 1 == 3);
	}

	host_panic_uncatch();
	assert_non_null(strstr(host_console_text(), "panic: "));
	assert_non_null(strstr(host_console_text(),
			       "test_panic: assertion failed: 1 + 1 == 3\n"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_integers),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_console_and_log),
		cmocka_unit_test(test_log_overrun),
		cmocka_unit_test(test_panic),
	};

	return cmocka_run_group_tests_name("printf", tests, NULL, NULL);
}
