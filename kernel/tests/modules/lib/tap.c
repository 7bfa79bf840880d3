/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Output: text and TAP lines through mach_print.
 */
#include "runtime.h"

bool test_silent;

volatile unsigned int tap_count;
static unsigned int failures;

struct text {
	char *out;
	size_t size;
	size_t length;
};

static void
put(struct text *text, char c)
{
	if (text->length + 1 < text->size)
		text->out[text->length++] = c;
}

static void
put_number(struct text *text, uint64_t value, unsigned int base, int width,
    char fill)
{
	char digits[24];
	int count = 0;

	do {
		digits[count++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value != 0);
	for (; width > count; width--)
		put(text, fill);
	while (count > 0)
		put(text, digits[--count]);
}

static void
put_string(struct text *text, const char *string)
{
	for (; *string != '\0'; string++)
		put(text, *string);
}

/* One conversion; returns the character behind it. */
static const char *
put_conversion(struct text *text, const char *format, va_list *list)
{
	bool wide = false;
	char fill = ' ';
	int width = 0;
	int64_t number;

	if (*format == '0')
		fill = '0';
	for (; *format >= '0' && *format <= '9'; format++)
		width = width * 10 + (*format - '0');
	for (; *format == 'l'; format++)
		wide = true;
	switch (*format) {
	case 's':
		put_string(text, va_arg(*list, const char *));
		break;
	case 'c':
		put(text, (char)va_arg(*list, int));
		break;
	case 'd':
		number = wide ? va_arg(*list, int64_t) : va_arg(*list, int);
		if (number < 0)
			put(text, '-');
		put_number(text, number < 0 ? -(uint64_t)number :
		    (uint64_t)number, 10, width, fill);
		break;
	case 'u':
	case 'x':
		put_number(text, wide ? va_arg(*list, uint64_t) :
		    va_arg(*list, unsigned int), *format == 'x' ? 16 : 10,
		    width, fill);
		break;
	case 'p':
		put_number(text, (uintptr_t)va_arg(*list, void *), 16, 0, ' ');
		break;
	default:
		put(text, *format);
	}
	return format + 1;
}

int
format_text(char *out, size_t size, const char *format, va_list list)
{
	struct text text = { out, size, 0 };
	va_list copy;

	va_copy(copy, list);
	while (*format != '\0') {
		if (*format == '%')
			format = put_conversion(&text, format + 1, &copy);
		else
			put(&text, *format++);
	}
	va_end(copy);
	out[text.length] = '\0';
	return (int)text.length;
}

void
test_print(const char *format, ...)
{
	char line[240];
	va_list list;

	va_start(list, format);
	format_text(line, sizeof line, format, list);
	va_end(list);
	if (!test_silent)
		mach_print(line);
}

/* One line, one trap: lines of several threads do not mix. */
static void
tap_line(bool good, const char *format, va_list list)
{
	char name[160];

	format_text(name, sizeof name, format, list);
	if (!good)
		__atomic_fetch_add(&failures, 1, __ATOMIC_RELAXED);
	test_print("%sok %u - %s\n", good ? "" : "not ",
	    __atomic_add_fetch(&tap_count, 1, __ATOMIC_RELAXED), name);
}

bool
test_ok_at(bool good, const char *file, int line, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	tap_line(good, format, list);
	va_end(list);
	if (!good)
		test_print("# failed at %s:%d\n", file, line);
	return good;
}

bool
test_equal_at(int64_t got, int64_t want,
    const char *file, int line, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	tap_line(got == want, format, list);
	va_end(list);
	if (got != want)
		test_print("# failed at %s:%d: got 0x%lx, want 0x%lx\n",
		    file, line, (uint64_t)got, (uint64_t)want);
	return got == want;
}

void
test_bail(const char *format, ...)
{
	char line[200];
	va_list list;

	va_start(list, format);
	format_text(line, sizeof line, format, list);
	va_end(list);
	test_print("Bail out! %s\n", line);
	module_finish();
}

void
module_finish(void)
{
	const char *next = test_option("next");

	test_print("1..%u\n# %u failed\n", tap_count, failures);
	if (next != NULL) {
		task_resume(test_number(next));
		task_terminate(mach_task_self());
	}
	host_reboot(host_priv, 8 /* RB_HALT */);
	for (;;)
		sleep_ms(1000);
}
