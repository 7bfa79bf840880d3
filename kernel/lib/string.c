/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Strings: none of them is on a fast path, so bytes are good enough.
 */

#include <lib/string.h>

void *
memchr(const void *s, int c, size_t n)
{
	const unsigned char *p = s;

	for (; n != 0; n--, p++)
		if (*p == (unsigned char)c)
			return (void *)p;

	return NULL;
}

size_t
strlen(const char *s)
{
	const char *end = s;

	while (*end != '\0')
		end++;

	return (size_t)(end - s);
}

size_t
strnlen(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && s[n] != '\0')
		n++;

	return n;
}

int
strcmp(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}

	return (unsigned char)*a - (unsigned char)*b;
}

int
strncmp(const char *a, const char *b, size_t n)
{
	for (; n != 0; n--, a++, b++)
		if (*a != *b || *a == '\0')
			return (unsigned char)*a - (unsigned char)*b;

	return 0;
}

char *
strchr(const char *s, int c)
{
	for (; *s != (char)c; s++)
		if (*s == '\0')
			return NULL;

	return (char *)s;
}

char *
strstr(const char *haystack, const char *needle)
{
	size_t length = strlen(needle);

	for (; strncmp(haystack, needle, length) != 0; haystack++)
		if (*haystack == '\0')
			return NULL;

	return (char *)haystack;
}

size_t
strlcpy(char *restrict dest, const char *restrict src, size_t size)
{
	size_t length = strlen(src);

	if (size != 0) {
		size_t n = (length < size) ? length : size - 1;

		memcpy(dest, src, n);
		dest[n] = '\0';
	}

	return length;
}
