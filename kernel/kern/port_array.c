/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <kern/port_array.h>

#include <stddef.h>

#include <kern/kalloc.h>
#include <lib/string.h>

_Static_assert(sizeof(mach_port_t) == sizeof(void *), "ports are pointers");

mach_port_t *
port_array_shrink(void *array, unsigned int room, unsigned int count)
{
	mach_port_t *result;

	if (room == count)
		return array;
	if (count == 0) {
		kfree(array, room * sizeof(*result));
		return NULL;
	}
	result = kalloc(count * sizeof(*result));
	if (result == NULL)
		return NULL;
	memcpy(result, array, count * sizeof(*result));
	kfree(array, room * sizeof(*result));
	return result;
}
