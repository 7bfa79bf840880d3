/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What the allocators tell an address sanitizer, where the compiler has one
 * switched on: which memory nobody may touch now.
 */

#ifndef LIB_SANITIZER_H
#define LIB_SANITIZER_H

#include <stddef.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZER_ADDRESS	1
#endif
#endif

#if defined(__SANITIZE_ADDRESS__) || defined(SANITIZER_ADDRESS)

void __asan_poison_memory_region(const volatile void *, size_t);
void __asan_unpoison_memory_region(const volatile void *, size_t);

#define sanitizer_forbid(address, size)					\
	__asan_poison_memory_region(address, size)
#define sanitizer_allow(address, size)					\
	__asan_unpoison_memory_region(address, size)

#else

#define sanitizer_forbid(address, size)	((void)0)
#define sanitizer_allow(address, size)	((void)0)

#endif

#endif /* LIB_SANITIZER_H */
