/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Assertions: what must hold unless the kernel itself is wrong.
 *
 * They are compiled in unless NDEBUG is defined, in which case the expression
 * is checked by the compiler but not evaluated.
 */

#ifndef KERN_ASSERT_H
#define KERN_ASSERT_H

#include <kern/panic.h>

#undef assert

#ifdef NDEBUG
#define assert(e)	((void)sizeof((e) ? 1 : 0))
#else
#define assert(e)							\
	(__builtin_expect(!(e), 0)					\
	 ? assert_failed(#e, __FILE__, __LINE__, __func__) : (void)0)
#endif

void assert_failed(const char *expression, const char *file, int line,
		   const char *function) __noreturn;

#endif /* KERN_ASSERT_H */
