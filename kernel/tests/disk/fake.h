/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * A machine for the disk driver on the build host: one virtio block device on
 * memory-mapped registers that keeps the rules or breaks one of them, and a
 * PCI bus whose configuration space is whatever a test put there.
 *
 * Every access is checked to lie in its region.
 */
#ifndef FAKE_H
#define FAKE_H

#include <stdbool.h>
#include <stdint.h>

#define FAKE_MMIO		0x10000u
#define FAKE_MMIO_SIZE		0x200u
#define FAKE_ECAM		0x10000000u
#define FAKE_ECAM_SIZE		0x100000u
#define FAKE_BLOCKS		64u

/* The rule that the device breaks. */
enum fake_lie {
	FAKE_HONEST,
	/* While it starts. */
	FAKE_NO_RESET,
	FAKE_NO_VERSION_1,
	FAKE_NO_FEATURES_OK,
	FAKE_NO_QUEUE,
	FAKE_QUEUE_ODD,
	FAKE_QUEUE_HUGE,
	FAKE_QUEUE_TINY,
	FAKE_QUEUE_REFUSED,
	FAKE_BLOCK_SIZE,
	FAKE_CAPACITY,
	FAKE_SIZE_MAX,
	FAKE_GENERATION,
	FAKE_NO_MEMORY,
	/* When it answers. */
	FAKE_ID_HUGE,
	FAKE_ID_INSIDE,			/* of a chain, not its head */
	FAKE_ID_IDLE,			/* a chain that is not out */
	FAKE_TWICE,
	FAKE_INDEX,
	FAKE_INDEX_BACK,
	FAKE_NEEDS_RESET,
	FAKE_SILENT,
	/* About one request. */
	FAKE_STATUS,
	FAKE_STATUS_NONE,
	FAKE_LIES
};

extern enum fake_lie fake_lie;
extern unsigned char fake_disk[FAKE_BLOCKS * 512];
extern unsigned int fake_flushes;
extern unsigned char fake_config[FAKE_ECAM_SIZE];
/* What the other registers read as: the next of a sequence. */
extern uint64_t fake_noise;

/* Nothing may be mapped but what the tree of the tests gives to devices. */
extern bool fake_strict;

void fake_reset(enum fake_lie lie);

#endif /* FAKE_H */
