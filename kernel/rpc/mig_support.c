/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <mach/mig_support.h>

size_t
mig_strncpy(char *to, const char *from, size_t size)
{
	size_t length = strnlen(from, size);

	if (size == 0)
		return 0;
	if (length == size)
		length--;
	memcpy(to, from, length);
	to[length] = '\0';
	return length + 1;
}
