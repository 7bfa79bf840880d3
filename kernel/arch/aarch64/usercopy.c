/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <machine/usercopy.h>

#include <stdbool.h>

#include <lib/macros.h>
#include <mach/kern_return.h>
#include <machine/feature.h>
#include <machine/memory.h>

/* mem.S */
int usercopy_raw(void *to, const void *from, size_t size);
size_t usercopy_string_raw(char *to, const char *from, size_t size);

/* Does [address, address + size) lie in user space, size 0 included? */
static inline bool
user_range(uintptr_t address, size_t size)
{
	return size <= MACHINE_USER_MAX && address <= MACHINE_USER_MAX - size;
}

/*
 * Where the processor has PAN, EL1 is kept from user memory outside these
 * brackets.  An exception between them saves and sets PAN with SPSR_EL1.
 */
static inline void
user_access_begin(void)
{
	if (machine_has_pan)
		__asm__ volatile(".arch_extension pan\n\tmsr pan, #0" : : : "memory");
}

static inline void
user_access_end(void)
{
	if (machine_has_pan)
		__asm__ volatile(".arch_extension pan\n\tmsr pan, #1" : : : "memory");
}

int
copyin(void *to, uintptr_t user_from, size_t size)
{
	int fault;

	if (unlikely(!user_range(user_from, size)))
		return KERN_INVALID_ADDRESS;
	user_access_begin();
	fault = usercopy_raw(to, (const void *)user_from, size);
	user_access_end();
	return unlikely(fault) ? KERN_INVALID_ADDRESS : KERN_SUCCESS;
}

int
copyout(uintptr_t user_to, const void *from, size_t size)
{
	int fault;

	if (unlikely(!user_range(user_to, size)))
		return KERN_INVALID_ADDRESS;
	user_access_begin();
	fault = usercopy_raw((void *)user_to, from, size);
	user_access_end();
	return unlikely(fault) ? KERN_INVALID_ADDRESS : KERN_SUCCESS;
}

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
	user_access_begin();
	got = usercopy_string_raw(to, (const char *)user_from, limit);
	user_access_end();
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
