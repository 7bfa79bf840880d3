/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Access to the current task's memory.
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

#include <mach/kern_return.h>
#include <machine/memory.h>

int copyin(void *to, uintptr_t user_from, size_t size);
int copyout(uintptr_t user_to, const void *from, size_t size);

#define USER_HEADER_SIZE	32

/* The instructions between labels 1 and 2 may fault, and then go to `fault`. */
#define USER_RANGE							\
	".pushsection .copy_ranges, \"a\"\n\t"				\
	".quad 1b, 2b, %l[fault]\n\t"					\
	".popsection"

/*
 * copyin() and copyout() of a message's header, in line.  Unprivileged
 * accesses need no PAN brackets.
 */
static inline int
copyin_header(uint64_t *to, uintptr_t user_from)
{
	uint64_t a, b, c, d;

	if (user_from > MACHINE_USER_MAX - USER_HEADER_SIZE)
		goto fault;
	__asm__ volatile goto(
	    "1:	ldtr	%0, [%4]\n\t"
	    "	ldtr	%1, [%4, #8]\n\t"
	    "	ldtr	%2, [%4, #16]\n\t"
	    "	ldtr	%3, [%4, #24]\n\t"
	    "2:\n\t" USER_RANGE
	    : "=&r"(a), "=&r"(b), "=&r"(c), "=&r"(d) : "r"(user_from)
	    : "memory" : fault);
	to[0] = a;
	to[1] = b;
	to[2] = c;
	to[3] = d;
	return KERN_SUCCESS;
fault:
	return KERN_INVALID_ADDRESS;
}

static inline int
copyout_header(uintptr_t user_to, const uint64_t *from)
{
	if (user_to > MACHINE_USER_MAX - USER_HEADER_SIZE)
		goto fault;
	__asm__ volatile goto(
	    "1:	sttr	%0, [%4]\n\t"
	    "	sttr	%1, [%4, #8]\n\t"
	    "	sttr	%2, [%4, #16]\n\t"
	    "	sttr	%3, [%4, #24]\n\t"
	    "2:\n\t" USER_RANGE
	    : : "r"(from[0]), "r"(from[1]), "r"(from[2]), "r"(from[3]),
	    "r"(user_to) : "memory" : fault);
	return KERN_SUCCESS;
fault:
	return KERN_INVALID_ADDRESS;
}

/* The same for a word, of any alignment. */
static inline int
copyin_word(uint64_t *to, uintptr_t user_from)
{
	uint64_t word;

	if (user_from > MACHINE_USER_MAX - sizeof(word))
		goto fault;
	__asm__ volatile goto(
	    "1:	ldtr	%0, [%1]\n\t"
	    "2:\n\t" USER_RANGE
	    : "=&r"(word) : "r"(user_from) : "memory" : fault);
	*to = word;
	return KERN_SUCCESS;
fault:
	return KERN_INVALID_ADDRESS;
}

static inline int
copyout_word(uintptr_t user_to, uint64_t word)
{
	if (user_to > MACHINE_USER_MAX - sizeof(word))
		goto fault;
	__asm__ volatile goto(
	    "1:	sttr	%0, [%1]\n\t"
	    "2:\n\t" USER_RANGE
	    : : "r"(word), "r"(user_to) : "memory" : fault);
	return KERN_SUCCESS;
fault:
	return KERN_INVALID_ADDRESS;
}

/*
 * Copy a NUL-terminated string of at most size - 1 bytes; *length is set
 * to its length.  KERN_INVALID_ARGUMENT when no NUL comes within size
 * bytes; *length is then size - 1.  `to` is terminated in any case when
 * size > 0.
 */
int copyinstr(char *to, uintptr_t user_from, size_t size, size_t *length);

#endif /* MACHINE_USERCOPY_H */
