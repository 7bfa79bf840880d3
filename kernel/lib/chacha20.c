/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <lib/chacha20.h>

#include <lib/string.h>

#define ROUNDS	20

static uint32_t
rotate(uint32_t word, unsigned int bits)
{
	return word << bits | word >> (32 - bits);
}

static void
quarter_round(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
	*a += *b;
	*d = rotate(*d ^ *a, 16);
	*c += *d;
	*b = rotate(*b ^ *c, 12);
	*a += *b;
	*d = rotate(*d ^ *a, 8);
	*c += *d;
	*b = rotate(*b ^ *c, 7);
}

/* Words are little-endian, as on all machines of the kernel. */
void
chacha20_block(const uint32_t key[8], uint32_t counter,
	       const uint32_t nonce[3], uint8_t block[CHACHA20_BLOCK_SIZE])
{
	const uint32_t start[16] = {
		0x61707865, 0x3320646e, 0x79622d32, 0x6b206574,
		key[0], key[1], key[2], key[3],
		key[4], key[5], key[6], key[7],
		counter, nonce[0], nonce[1], nonce[2],
	};
	uint32_t x[16];
	unsigned int i;

	memcpy(x, start, sizeof(x));

	for (i = 0; i < ROUNDS; i += 2) {
		quarter_round(&x[0], &x[4], &x[8], &x[12]);
		quarter_round(&x[1], &x[5], &x[9], &x[13]);
		quarter_round(&x[2], &x[6], &x[10], &x[14]);
		quarter_round(&x[3], &x[7], &x[11], &x[15]);
		quarter_round(&x[0], &x[5], &x[10], &x[15]);
		quarter_round(&x[1], &x[6], &x[11], &x[12]);
		quarter_round(&x[2], &x[7], &x[8], &x[13]);
		quarter_round(&x[3], &x[4], &x[9], &x[14]);
	}

	for (i = 0; i < 16; i++)
		x[i] += start[i];

	memcpy(block, x, sizeof(x));
}
