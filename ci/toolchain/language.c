/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What a C program gets from the compiler and from libgcc.  Operands are
 * volatile, so that the processor does the arithmetic and not the compiler.
 */
#include <stdatomic.h>

#include "support.h"

typedef __int128 wide_t;
typedef unsigned __int128 uwide_t;

#define WIDE(high, low)	(((uwide_t)(high) << 64) | (low))

static void
test_defaults(void)
{
#ifdef __GNU__
	ok(true, "the system is the Hurd");
#else
	ok(false, "the system is the Hurd");
#endif
#ifdef __PIE__
	ok_eq(__PIE__, 2, "programs are position-independent");
#else
	ok(false, "programs are position-independent");
#endif
#if defined(__ARM_FEATURE_BTI_DEFAULT) && defined(__ARM_FEATURE_PAC_DEFAULT)
	ok_eq(__ARM_FEATURE_PAC_DEFAULT, 1, "branches are protected");
#else
	ok(false, "branches are protected");
#endif
}

static unsigned int constructed;

__attribute__((constructor(200))) static void
construct_second(void)
{
	constructed = constructed * 10 + 2;
}

__attribute__((constructor(150))) static void
construct_first(void)
{
	constructed = constructed * 10 + 1;
}

__attribute__((constructor)) static void
construct_last(void)
{
	constructed = constructed * 10 + 3;
}

static void
test_integers(void)
{
	volatile uwide_t a = WIDE(0x0123456789abcdefu, 0xfedcba9876543210u);
	volatile uwide_t b = WIDE(0x1u, 0x23456789abcdef01u);
	volatile wide_t c = -(wide_t)WIDE(5, 7);
	volatile wide_t d = 1000000007;
	uwide_t quotient = a / b;
	wide_t rest = c % d;

	ok(a - quotient * b == a % b && a % b < b, "128 bits: / and %%");
	ok(quotient == 0x100000000000000u, "the quotient");
	ok(a % b == WIDE(0x0u, 0xfddcba9876543210u),
	    "the remainder");
	ok((c / d) * d + rest == c, "the same, signed");
	ok(rest <= 0 && rest > -d, "the remainder has the dividend's sign");
	ok(a * b == WIDE(0xc8ff4ea5f4283112u, 0x35b54a7dd7e12210u),
	    "128 bits: *");
	ok((a << 68) == ((a << 60) << 8), "128 bits: shifts");
	ok_eq(__builtin_popcountll((uint64_t)a) +
	    __builtin_popcountll((uint64_t)(a >> 64)), 64, "bits are counted");
}

static void
test_long_double(void)
{
	volatile long double one = 1;
	volatile long double three = 3;
	volatile long double third = one / three;
	volatile double half = 0.5;
	volatile uint64_t big = UINT64_MAX;
	volatile wide_t wide = (wide_t)1 << 100;
	union {
		long double value;
		uint64_t word[2];
	} bits = { third };

	ok_eq(sizeof(long double), 16, "long double has 128 bits");
	ok_eq(__LDBL_MANT_DIG__, 113, "113 of them are the fraction's");
	ok(bits.word[1] == 0x3ffd555555555555u &&
	    bits.word[0] == 0x5555555555555555u, "1/3, to the last bit");
	ok(third * three == one, "1/3 * 3 == 1, rounded to even");
	ok(third + third < one && one > third && third != one, "comparisons");
	ok((long double)half + half == one, "from double");
	ok((double)(one - half) == 0.5, "to double");
	ok((uint64_t)(long double)big == big, "64 bits there and back");
	ok((wide_t)(long double)wide == wide, "2^100 there and back");
	ok((int)-(one + three) == -4, "to int");
}

static void
test_complex(void)
{
	volatile _Complex double a = 3 + 4i;
	volatile _Complex long double b = 1.0L - 2.0iL;
	_Complex double square = a * a;
	_Complex long double ratio = b / b;

	ok(__real__ square == -7 && __imag__ square == 24, "(3+4i)^2");
	ok(__real__ ratio == 1 && __imag__ ratio == 0, "z / z");
}

#define TEST_ATOMIC(type, name) do { \
	static _Atomic type cell; \
	type seen = 5; \
	atomic_store(&cell, 5); \
	ok_eq(atomic_fetch_add(&cell, 3), 5, name ": add"); \
	ok_eq(atomic_fetch_or(&cell, 16), 8, name ": or"); \
	ok_eq(atomic_fetch_and(&cell, (type)~8), 24, name ": and"); \
	ok_eq(atomic_fetch_xor(&cell, 3), 16, name ": exclusive or"); \
	ok_eq(atomic_exchange(&cell, 7), 19, name ": exchange"); \
	ok(!atomic_compare_exchange_strong(&cell, &seen, 9) && seen == 7, \
	    name ": compare, different"); \
	ok(atomic_compare_exchange_strong(&cell, &seen, 9) && cell == 9, \
	    name ": compare, equal"); \
} while (0)

/* The function of libgcc that a 16-byte compare and exchange becomes. */
uwide_t __aarch64_cas16_acq_rel(uwide_t expected, uwide_t desired, void *at);

static void
test_atomics(const char *kind)
{
	static _Alignas(16) uwide_t pair = WIDE(1, 2);

	test_print("# atomic operations, %s\n", kind);
	TEST_ATOMIC(uint8_t, "8 bits");
	TEST_ATOMIC(uint16_t, "16 bits");
	TEST_ATOMIC(uint32_t, "32 bits");
	TEST_ATOMIC(uint64_t, "64 bits");
	ok(__aarch64_cas16_acq_rel(WIDE(1, 2), WIDE(3, 4), &pair) ==
	    WIDE(1, 2) && pair == WIDE(3, 4), "128 bits: equal");
	ok(__aarch64_cas16_acq_rel(WIDE(1, 2), WIDE(5, 6), &pair) ==
	    WIDE(3, 4) && pair == WIDE(3, 4), "128 bits: different");
	pair = WIDE(1, 2);
}

void
test_main(void)
{
	test_defaults();
	test_atomics("before libgcc looked at the processor");
	support_start();
	ok_eq(constructed, 123, "constructors run in the order of priority");
	test_integers();
	test_long_double();
	test_complex();
	test_atomics("after");
}
