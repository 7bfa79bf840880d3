/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Access to the current task's memory, which is any memory of the test, or
 * what host_set_user_maps() says.
 *
 * Every function checks that the whole range lies below MACHINE_USER_MAX
 * (tagged addresses are thus refused), takes page faults through
 * vm_fault(), and so may block: no spinlock may be held.  Return 0, or
 * KERN_INVALID_ADDRESS when part of the range cannot be accessed; what was
 * copied before the fault stays copied.
 */
#ifndef MACHINE_USERCOPY_H
#define MACHINE_USERCOPY_H

#include <stddef.h>
#include <stdint.h>

int copyin(void *to, uintptr_t user_from, size_t size);
int copyout(uintptr_t user_to, const void *from, size_t size);

#define USER_HEADER_SIZE	32

/* The same for a message's header. */
static inline int
copyin_header(uint64_t *to, uintptr_t user_from)
{
	return copyin(to, user_from, USER_HEADER_SIZE);
}

static inline int
copyout_header(uintptr_t user_to, const uint64_t *from)
{
	return copyout(user_to, from, USER_HEADER_SIZE);
}

/* And for a word. */
static inline int
copyin_word(uint64_t *to, uintptr_t user_from)
{
	return copyin(to, user_from, sizeof(*to));
}

static inline int
copyout_word(uintptr_t user_to, uint64_t word)
{
	return copyout(user_to, &word, sizeof(word));
}

/*
 * Copy a NUL-terminated string of at most size - 1 bytes; *length is set
 * to its length.  KERN_INVALID_ARGUMENT when no NUL comes within size
 * bytes; `to` is terminated in any case when size > 0.
 */
int copyinstr(char *to, uintptr_t user_from, size_t size, size_t *length);

#endif /* MACHINE_USERCOPY_H */
