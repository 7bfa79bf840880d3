/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Formatted output of the kernel, to its log and the console.
 *
 * The conversions are those of ISO C17 7.21.6.1 without floating point, wide
 * characters and %n: flags "-+ #0", width, precision, lengths hh h l ll j z t,
 * conversions d i u o x X c s p %. A null string prints as "(null)".
 *
 * All of this may be called in any context, interrupt handlers included.
 */

#ifndef KERN_PRINTF_H
#define KERN_PRINTF_H

#include <stdarg.h>
#include <stddef.h>

#include <lib/macros.h>

/* Print to the log and the console. */
void kprintf(const char *format, ...) __format_printf(1, 2);
void kvprintf(const char *format, va_list ap) __format_printf(1, 0);

/* Write bytes to the log and the console, unformatted. */
void kwrite(const char *text, size_t size);

/*
 * Format into a buffer of size bytes, cut to fit, always terminated if size is
 * not 0. Return the length that the whole result has.
 */
size_t ksnprintf(char *buffer, size_t size, const char *format, ...)
	__format_printf(3, 4);
size_t kvsnprintf(char *buffer, size_t size, const char *format, va_list ap)
	__format_printf(3, 0);

/*
 * From now on, print without taking the lock: the owner may be the very code
 * that failed. For panic() only.
 */
void kprintf_break_lock(void);

#endif /* KERN_PRINTF_H */
