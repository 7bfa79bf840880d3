/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/* The example of RFC 8439, section 2.3.2, and what differs from block to block. */
#include "unit.h"

#include <string.h>

#include <lib/chacha20.h>

static void
test_example(void **state)
{
	static const uint8_t expected[CHACHA20_BLOCK_SIZE] = {
		0x10, 0xf1, 0xe7, 0xe4, 0xd1, 0x3b, 0x59, 0x15,
		0x50, 0x0f, 0xdd, 0x1f, 0xa3, 0x20, 0x71, 0xc4,
		0xc7, 0xd1, 0xf4, 0xc7, 0x33, 0xc0, 0x68, 0x03,
		0x04, 0x22, 0xaa, 0x9a, 0xc3, 0xd4, 0x6c, 0x4e,
		0xd2, 0x82, 0x64, 0x46, 0x07, 0x9f, 0xaa, 0x09,
		0x14, 0xc2, 0xd7, 0x05, 0xd9, 0x8b, 0x02, 0xa2,
		0xb5, 0x12, 0x9c, 0xd1, 0xde, 0x16, 0x4e, 0xb9,
		0xcb, 0xd0, 0x83, 0xe8, 0xa2, 0x50, 0x3c, 0x4e,
	};
	const uint32_t nonce[3] = { 0x09000000, 0x4a000000, 0 };
	uint8_t block[CHACHA20_BLOCK_SIZE];
	uint32_t key[8];
	uint8_t bytes[CHACHA20_KEY_SIZE];
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	memcpy(key, bytes, sizeof(key));
	chacha20_block(key, 1, nonce, block);
	assert_memory_equal(block, expected, sizeof(block));
	chacha20_block(key, 2, nonce, block);
	assert_memory_not_equal(block, expected, sizeof(block));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_example),
	};

	return cmocka_run_group_tests_name("chacha20", tests, NULL, NULL);
}
