/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <kern/random.h>

#include <stdbool.h>
#include <stdint.h>

#include <kern/lock.h>
#include <lib/chacha20.h>
#include <lib/fdt.h>
#include <lib/macros.h>
#include <lib/string.h>
#include <machine/cpu.h>
#include <machine/platform.h>

/* Of a block, what gives the next key, and what is left to give out. */
#define OUTPUT_SIZE	(CHACHA20_BLOCK_SIZE - CHACHA20_KEY_SIZE)

static spinlock_t lock = SPINLOCK_INITIALIZER;
static uint32_t key[CHACHA20_KEY_SIZE / sizeof(uint32_t)];
static bool seeded;

/* Replace the key; locked.  The nonce is news of the machine. */
static void
next_block(uint8_t block[CHACHA20_BLOCK_SIZE])
{
	uint64_t entropy = machine_entropy();
	const uint32_t nonce[3] = {
		(uint32_t)entropy, (uint32_t)(entropy >> 32),
		(uint32_t)cpu_counter(),
	};

	chacha20_block(key, 0, nonce, block);
	memcpy(key, block, sizeof(key));
}

static void
add(const uint8_t *data, size_t size)
{
	uint8_t block[CHACHA20_BLOCK_SIZE];
	size_t i, part;

	for (; size != 0; data += part, size -= part) {
		part = MIN(size, sizeof(key));
		for (i = 0; i < part; i++)
			((uint8_t *)key)[i] ^= data[i];
		next_block(block);
	}
}

static void
add_property(fdt_node_t chosen, const char *name)
{
	struct fdt_property property;

	if (fdt_property(machine_fdt, chosen, name, &property))
		add(property.data, property.size);
}

/* At the first use. */
static void
seed(void)
{
	fdt_node_t chosen = FDT_NONE;
	uint64_t words[sizeof(key) / (sizeof(uint64_t))];
	unsigned int i;

	if (machine_fdt != NULL)
		chosen = fdt_find_path(machine_fdt, "/chosen");
	if (chosen != FDT_NONE) {
		add_property(chosen, "rng-seed");
		add_property(chosen, "kaslr-seed");
	}
	for (i = 0; i < ARRAY_SIZE(words); i++)
		words[i] = machine_entropy();
	add((const uint8_t *)words, sizeof(words));
	seeded = true;
}

void
random_bytes(void *data, size_t size)
{
	uint8_t block[CHACHA20_BLOCK_SIZE];
	uint8_t *to = data;
	size_t part;

	spin_lock(&lock);
	if (!seeded)
		seed();
	for (; size != 0; to += part, size -= part) {
		next_block(block);
		part = MIN(size, (size_t)OUTPUT_SIZE);
		memcpy(to, block + CHACHA20_KEY_SIZE, part);
	}
	spin_unlock(&lock);
	memset(block, 0, sizeof(block));
	/* The compiler keeps it, though nobody reads. */
	__asm__ volatile("" : : "r"(block) : "memory");
}

void
random_add(const void *data, size_t size)
{
	spin_lock(&lock);
	if (!seeded)
		seed();
	add(data, size);
	spin_unlock(&lock);
}
