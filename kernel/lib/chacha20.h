/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The ChaCha20 block function (RFC 8439, section 2.3).
 */

#ifndef LIB_CHACHA20_H
#define LIB_CHACHA20_H

#include <stdint.h>

#define CHACHA20_KEY_SIZE	32
#define CHACHA20_BLOCK_SIZE	64

/* Block number `counter` of the key stream, with that nonce. */
void chacha20_block(const uint32_t key[8], uint32_t counter,
		    const uint32_t nonce[3],
		    uint8_t block[CHACHA20_BLOCK_SIZE]);

#endif /* LIB_CHACHA20_H */
