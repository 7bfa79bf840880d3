/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Macros that every file may use: arithmetic on sizes, containers, compile
 * time checks and compiler attributes.
 */

#ifndef LIB_MACROS_H
#define LIB_MACROS_H

#include <stddef.h>

/* Number of elements of an array (not of a pointer). */
#define ARRAY_SIZE(array)						\
	(sizeof(array) / sizeof((array)[0])				\
	 + BUILD_BUG_ON_ZERO(__builtin_types_compatible_p(		\
		 typeof(array), typeof(&(array)[0]))))

/* An integer zero; the compilation fails if the constant e is true. */
#define BUILD_BUG_ON_ZERO(e)	((size_t)(sizeof(char[1 - 2 * !!(e)]) - 1))

/* Stop the compilation if the constant expression is true. */
#define BUILD_BUG_ON(e)		_Static_assert(!(e), "build bug: " #e)

#define MIN(a, b) ({							\
	typeof(a) min_a_ = (a);						\
	typeof(b) min_b_ = (b);						\
	min_a_ < min_b_ ? min_a_ : min_b_;				\
})

#define MAX(a, b) ({							\
	typeof(a) max_a_ = (a);						\
	typeof(b) max_b_ = (b);						\
	max_a_ > max_b_ ? max_a_ : max_b_;				\
})

/*
 * Rounding to a power of two. The result has the type of x, and wraps to 0
 * in ALIGN_UP() if there is no such multiple: check the operand first where
 * it comes from outside.
 */
#define ALIGN_DOWN(x, align)	((x) & ~((typeof(x))(align) - 1))
#define ALIGN_UP(x, align)						\
	(((x) + ((typeof(x))(align) - 1)) & ~((typeof(x))(align) - 1))
#define IS_ALIGNED(x, align)	(((x) & ((typeof(x))(align) - 1)) == 0)
#define IS_POWER_OF_TWO(x)	((x) != 0 && ((x) & ((x) - 1)) == 0)
#define DIV_CEIL(n, d)		(((n) + (d) - 1) / (d))

/* The structure of the given type that has ptr as the given member. */
#define container_of(ptr, type, member) ({				\
	typeof(((type *)0)->member) *member_ptr_ = (ptr);		\
	(type *)((char *)member_ptr_ - offsetof(type, member));	\
})

#define likely(e)		__builtin_expect(!!(e), 1)
#define unlikely(e)		__builtin_expect(!!(e), 0)

/*
 * A relaxed atomic load of a word.  (GCC's __atomic_load_n() computes the
 * address in an instruction of its own.)
 */
#define load_relaxed(ptr)	(*(const volatile typeof(*(ptr)) *)(ptr))

/* The compiler keeps memory accesses on their side of this point. */
#define barrier()		__asm__ volatile ("" : : : "memory")

#ifndef __always_inline
#define __always_inline		inline __attribute__((always_inline))
#endif

#ifndef __noinline
#define __noinline		__attribute__((noinline))
#endif

#ifndef __unused
#define __unused		__attribute__((unused))
#endif

#ifndef __used
#define __used			__attribute__((used))
#endif

#ifndef __packed
#define __packed		__attribute__((packed))
#endif

#ifndef __aligned
#define __aligned(x)		__attribute__((aligned(x)))
#endif

#ifndef __section
#define __section(x)		__attribute__((section(x)))
#endif

#ifndef __noreturn
#define __noreturn		__attribute__((noreturn))
#endif

#ifndef __format_printf
#define __format_printf(f, a)	__attribute__((format(printf, f, a)))
#endif

#endif /* LIB_MACROS_H */
