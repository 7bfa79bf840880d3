/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * String functions.  Word loops for what is aligned: tests fill megabytes.
 */
#include <stdint.h>

#include <string.h>

/* Loads before stores, so that they pair. */
static inline void
copy_64(uint64_t *to, const uint64_t *from)
{
	uint64_t a = from[0], b = from[1], c = from[2], d = from[3];
	uint64_t e = from[4], f = from[5], g = from[6], h = from[7];

	to[0] = a;
	to[1] = b;
	to[2] = c;
	to[3] = d;
	to[4] = e;
	to[5] = f;
	to[6] = g;
	to[7] = h;
}

void *
memcpy(void *to, const void *from, size_t size)
{
	uint8_t *t = to;
	const uint8_t *f = from;

	if ((((uintptr_t)t | (uintptr_t)f) & 7) == 0) {
		for (; size >= 64; size -= 64, t += 64, f += 64)
			copy_64((uint64_t *)t, (const uint64_t *)f);
		for (; size >= 8; size -= 8, t += 8, f += 8)
			*(uint64_t *)t = *(const uint64_t *)f;
	}
	while (size-- > 0)
		*t++ = *f++;
	return to;
}

void *
memmove(void *to, const void *from, size_t size)
{
	uint8_t *t = to;
	const uint8_t *f = from;

	if (t <= f || t >= f + size)
		return memcpy(to, from, size);
	while (size-- > 0)
		t[size] = f[size];
	return to;
}

void *
memset(void *to, int byte, size_t size)
{
	uint8_t *t = to;

	for (; size > 0 && ((uintptr_t)t & 7) != 0; size--)
		*t++ = (uint8_t)byte;
	for (; size >= 8; size -= 8, t += 8)
		*(uint64_t *)t = 0x0101010101010101u * (uint8_t)byte;
	while (size-- > 0)
		*t++ = (uint8_t)byte;
	return to;
}

int
memcmp(const void *a, const void *b, size_t size)
{
	const uint8_t *x = a;
	const uint8_t *y = b;

	for (; size > 0; size--, x++, y++) {
		if (*x != *y)
			return *x - *y;
	}
	return 0;
}

void *
memchr(const void *memory, int byte, size_t size)
{
	const uint8_t *at = memory;

	for (; size > 0; size--, at++) {
		if (*at == (uint8_t)byte)
			return (void *)at;
	}
	return NULL;
}

size_t
strlen(const char *string)
{
	size_t length = 0;

	while (string[length] != '\0')
		length++;
	return length;
}

int
strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

int
strncmp(const char *a, const char *b, size_t size)
{
	for (; size > 0; size--, a++, b++) {
		if (*a != *b)
			return (uint8_t)*a - (uint8_t)*b;
		if (*a == '\0')
			break;
	}
	return 0;
}

char *
strchr(const char *string, int c)
{
	for (; *string != (char)c; string++) {
		if (*string == '\0')
			return NULL;
	}
	return (char *)string;
}
