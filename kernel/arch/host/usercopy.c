/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * User memory of the host body: the test's own, or that of the current task's
 * map.
 */

#include <machine/usercopy.h>

#include <kern/task.h>
#include <kern/thread.h>
#include <lib/string.h>
#include <mach/kern_return.h>
#include <machine/host.h>
#include <machine/memory.h>
#include <machine/user.h>

static bool maps;

void
host_set_user_maps(bool on)
{
	maps = on;
}

static bool
range_is_user(uintptr_t address, size_t size)
{
	return address < MACHINE_USER_MAX && size <= MACHINE_USER_MAX - address;
}

int
copyin(void *to, uintptr_t user_from, size_t size)
{
	if (!maps)
		memcpy(to, (const void *)user_from, size);
	else if (!range_is_user(user_from, size)
		 || host_user_load(current_task()->map, user_from, to, size)
		    != KERN_SUCCESS)
		return KERN_INVALID_ADDRESS;
	return KERN_SUCCESS;
}

int
copyout(uintptr_t user_to, const void *from, size_t size)
{
	if (!maps)
		memcpy((void *)user_to, from, size);
	else if (!range_is_user(user_to, size)
		 || host_user_store(current_task()->map, user_to, from, size)
		    != KERN_SUCCESS)
		return KERN_INVALID_ADDRESS;
	return KERN_SUCCESS;
}

int
copyinstr(char *to, uintptr_t user_from, size_t size, size_t *length)
{
	size_t i;

	for (i = 0; i < size; i++) {
		if (copyin(&to[i], user_from + i, 1) != KERN_SUCCESS)
			return KERN_INVALID_ADDRESS;
		if (to[i] == '\0') {
			*length = i;
			return KERN_SUCCESS;
		}
	}

	*length = size;
	if (size > 0)
		to[size - 1] = '\0';
	return KERN_INVALID_ARGUMENT;
}
