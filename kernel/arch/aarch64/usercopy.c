/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <machine/usercopy.h>

#include <lib/macros.h>
#include <mach/kern_return.h>
#include <machine/memory.h>

/* mem.S, where copyin() and copyout() are too. */
size_t usercopy_string_raw(char *to, const char *from, size_t size);

int
copyinstr(char *to, uintptr_t user_from, size_t size, size_t *length)
{
	size_t limit, got;

	*length = 0;
	if (size == 0)
		return KERN_INVALID_ARGUMENT;
	to[0] = '\0';
	if (user_from >= MACHINE_USER_MAX)
		return KERN_INVALID_ADDRESS;
	limit = MIN(size, MACHINE_USER_MAX - user_from);
	got = usercopy_string_raw(to, (const char *)user_from, limit);
	if (got == (size_t)-1) {
		to[size - 1] = '\0';
		return KERN_INVALID_ADDRESS;
	}
	if (got == limit) {
		to[limit - 1] = '\0';
		*length = limit - 1;
		return limit == size ? KERN_INVALID_ARGUMENT
		    : KERN_INVALID_ADDRESS;
	}
	*length = got;
	return KERN_SUCCESS;
}
