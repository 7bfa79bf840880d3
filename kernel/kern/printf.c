/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Formatted output: one formatter, which hands pieces of text to a sink.
 */

#include <kern/printf.h>

#include <stdbool.h>
#include <stdint.h>

#include <kern/kmsg.h>
#include <kern/lock.h>
#include <lib/string.h>
#include <machine/platform.h>

/* Where the text goes; buffer is NULL for the log and console. */
struct sink {
	char *buffer;
	size_t size;
	size_t length;			/* of all the text so far */
};

/* One conversion. */
struct spec {
	bool left;
	bool zero;
	bool alternate;
	char sign;			/* '+', ' ', or 0: none if positive */
	bool precise;			/* there is a precision */
	size_t width;
	size_t precision;
	unsigned int length;		/* bytes of an integer argument */
};

static spinlock_t print_lock = SPINLOCK_INITIALIZER;
static bool print_lock_broken;

static void
print_raw(const char *text, size_t size)
{
	kmsg_append(text, size);

	for (; size != 0; size--)
		machine_console_putc(*text++);
}

static void
sink_put(struct sink *sink, const char *text, size_t size)
{
	if (sink->buffer == NULL) {
		print_raw(text, size);
	} else if (sink->length < sink->size) {
		memcpy(sink->buffer + sink->length, text,
		       MIN(size, sink->size - sink->length));
	}

	sink->length += size;
}

static void
sink_pad(struct sink *sink, char c, size_t count)
{
	for (; count != 0; count--)
		sink_put(sink, &c, 1);
}

static void
sink_put_padded(struct sink *sink, const struct spec *spec, const char *text,
		size_t size)
{
	size_t pad = (spec->width > size) ? spec->width - size : 0;

	if (!spec->left)
		sink_pad(sink, ' ', pad);

	sink_put(sink, text, size);

	if (spec->left)
		sink_pad(sink, ' ', pad);
}

/* Put the digits and what stands before them: sign or 0x, and zeros. */
static void
sink_put_number(struct sink *sink, const struct spec *spec, uint64_t value,
		unsigned int base, char letter, const char *prefix)
{
	char digits[24];
	size_t start = sizeof(digits), size, zeros = 0, pad = 0;
	size_t prefix_size = strlen(prefix);

	while (value != 0) {
		unsigned int digit = value % base;

		digits[--start] = (char)((digit < 10) ? '0' + digit
						: letter + digit - 10);
		value /= base;
	}

	size = sizeof(digits) - start;

	if (size < (spec->precise ? spec->precision : 1))
		zeros = (spec->precise ? spec->precision : 1) - size;

	if (spec->alternate && base == 8 && zeros == 0)
		zeros = 1;

	if (spec->width > prefix_size + zeros + size)
		pad = spec->width - prefix_size - zeros - size;

	if (spec->zero && !spec->left && !spec->precise) {
		zeros += pad;
		pad = 0;
	}

	if (!spec->left)
		sink_pad(sink, ' ', pad);

	sink_put(sink, prefix, prefix_size);
	sink_pad(sink, '0', zeros);
	sink_put(sink, digits + start, size);

	if (spec->left)
		sink_pad(sink, ' ', pad);
}

static const char *
parse_flags(struct spec *spec, const char *format)
{
	for (;; format++) {
		switch (*format) {
		case '-':
			spec->left = true;
			break;
		case '0':
			spec->zero = true;
			break;
		case '#':
			spec->alternate = true;
			break;
		case '+':
			spec->sign = '+';
			break;
		case ' ':
			if (spec->sign == 0)
				spec->sign = ' ';
			break;
		default:
			return format;
		}
	}
}

static const char *
parse_digits(size_t *value, const char *format)
{
	for (*value = 0; *format >= '0' && *format <= '9'; format++)
		*value = *value * 10 + (size_t)(*format - '0');

	return format;
}

/* The size of an integer argument; char and short arrive as int. */
static const char *
parse_length(struct spec *spec, const char *format)
{
	spec->length = sizeof(int);

	switch (*format) {
	case 'h':
		spec->length = (format[1] == 'h') ? 1 : sizeof(short);
		return format + ((format[1] == 'h') ? 2 : 1);
	case 'l':
		spec->length = sizeof(long);
		return format + ((format[1] == 'l') ? 2 : 1);
	case 'j':
	case 'z':
	case 't':
		spec->length = sizeof(long);
		return format + 1;
	default:
		return format;
	}
}

BUILD_BUG_ON(sizeof(long) != sizeof(long long) || sizeof(long) != 8);

/* A va_list that functions can advance for their caller. */
struct arguments {
	va_list ap;
};

/* Parse what stands between a percent sign and the conversion's letter. */
static const char *
parse_spec(struct spec *spec, const char *format, struct arguments *args)
{
	int value;

	format = parse_flags(spec, format);

	if (*format == '*') {
		value = va_arg(args->ap, int);
		spec->left = spec->left || value < 0;
		spec->width = (size_t)((value < 0) ? -(long)value : value);
		format++;
	} else {
		format = parse_digits(&spec->width, format);
	}

	if (*format == '.') {
		spec->precise = true;

		if (format[1] == '*') {
			value = va_arg(args->ap, int);
			spec->precise = value >= 0;
			spec->precision = (size_t)MAX(value, 0);
			format += 2;
		} else {
			format = parse_digits(&spec->precision, format + 1);
		}
	}

	return parse_length(spec, format);
}

static void
format_unsigned(struct sink *sink, const struct spec *spec, char conversion,
		uint64_t value)
{
	unsigned int shift = 64 - spec->length * 8;
	const char *prefix = "";

	value = value << shift >> shift;

	if (spec->alternate && value != 0) {
		if (conversion == 'x')
			prefix = "0x";
		else if (conversion == 'X')
			prefix = "0X";
	}

	sink_put_number(sink, spec, value,
			(conversion == 'u') ? 10 : (conversion == 'o') ? 8 : 16,
			(conversion == 'X') ? 'A' : 'a', prefix);
}

static void
format_signed(struct sink *sink, const struct spec *spec, int64_t value)
{
	unsigned int shift = 64 - spec->length * 8;

	value = (int64_t)((uint64_t)value << shift) >> shift;

	const char prefix[2] = { (value < 0) ? '-' : spec->sign, '\0' };

	sink_put_number(sink, spec,
			(value < 0) ? -(uint64_t)value : (uint64_t)value,
			10, 'a', prefix);
}

static void
format_string(struct sink *sink, const struct spec *spec, const char *s)
{
	if (s == NULL)
		s = "(null)";

	sink_put_padded(sink, spec, s,
			spec->precise ? strnlen(s, spec->precision)
				      : strlen(s));
}

/* Format one argument. Returns false for an unknown conversion. */
static bool
format_argument(struct sink *sink, const struct spec *spec, char conversion,
		struct arguments *args)
{
	bool wide = spec->length == sizeof(long);
	char c;

	switch (conversion) {
	case 'd':
	case 'i':
		format_signed(sink, spec, wide ? va_arg(args->ap, long)
					       : va_arg(args->ap, int));
		return true;
	case 'u':
	case 'o':
	case 'x':
	case 'X':
		format_unsigned(sink, spec, conversion,
				wide ? va_arg(args->ap, unsigned long)
				     : va_arg(args->ap, unsigned int));
		return true;
	case 'p':
		sink_put_number(sink, spec,
				(uintptr_t)va_arg(args->ap, void *), 16, 'a',
				"0x");
		return true;
	case 'c':
		c = (char)va_arg(args->ap, int);
		sink_put_padded(sink, spec, &c, 1);
		return true;
	case 's':
		format_string(sink, spec, va_arg(args->ap, const char *));
		return true;
	case '%':
		sink_put(sink, "%", 1);
		return true;
	default:
		return false;
	}
}

static void
format_text(struct sink *sink, const char *format, va_list ap)
{
	struct arguments args;

	va_copy(args.ap, ap);

	for (;;) {
		struct spec spec = { 0 };
		const char *percent = strchr(format, '%');

		if (percent == NULL)
			break;

		sink_put(sink, format, (size_t)(percent - format));
		format = parse_spec(&spec, percent + 1, &args);

		/* The compiler refuses formats that end the loop here. */
		if (!format_argument(sink, &spec, *format, &args))
			break;

		format++;
	}

	sink_put(sink, format, strlen(format));
	va_end(args.ap);
}

static uint64_t
print_acquire(void)
{
	if (__atomic_load_n(&print_lock_broken, __ATOMIC_RELAXED))
		return 0;

	return spin_lock_irqsave(&print_lock);
}

static void
print_release(uint64_t flags)
{
	if (!__atomic_load_n(&print_lock_broken, __ATOMIC_RELAXED))
		spin_unlock_irqrestore(&print_lock, flags);
}

void
kwrite(const char *text, size_t size)
{
	uint64_t flags = print_acquire();

	print_raw(text, size);
	print_release(flags);
}

void
kvprintf(const char *format, va_list ap)
{
	struct sink sink = { 0 };
	uint64_t flags = print_acquire();

	format_text(&sink, format, ap);
	print_release(flags);
}

void
kprintf(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	kvprintf(format, ap);
	va_end(ap);
}

size_t
kvsnprintf(char *buffer, size_t size, const char *format, va_list ap)
{
	char none;
	struct sink sink = {
		.buffer = (size == 0) ? &none : buffer,
		.size = (size == 0) ? 0 : size - 1,
	};

	format_text(&sink, format, ap);

	if (size != 0)
		buffer[MIN(sink.length, sink.size)] = '\0';

	return sink.length;
}

size_t
ksnprintf(char *buffer, size_t size, const char *format, ...)
{
	size_t length;
	va_list ap;

	va_start(ap, format);
	length = kvsnprintf(buffer, size, format, ap);
	va_end(ap);
	return length;
}

void
kprintf_break_lock(void)
{
	__atomic_store_n(&print_lock_broken, true, __ATOMIC_RELAXED);
}
