/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The memory and string functions of the C standard, with their standard
 * meaning (ISO C17, 7.24), and strnlen and strlcpy as POSIX has them.
 *
 * The architecture provides memcpy, memmove, memset and memcmp. On the host
 * all of them are the C library's.
 */

#ifndef LIB_STRING_H
#define LIB_STRING_H

#include <stddef.h>

void *memcpy(void *restrict dest, const void *restrict src, size_t n);
void *memmove(void *dest, const void *src, size_t n);
void *memset(void *s, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *s, int c, size_t n);

size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
char *strstr(const char *haystack, const char *needle);

/*
 * Copy a string into a buffer of size bytes, cut to fit, always terminated if
 * size is not 0. Returns the length of src: the copy is whole if it is less
 * than size.
 */
size_t strlcpy(char *restrict dest, const char *restrict src, size_t size);

#endif /* LIB_STRING_H */
