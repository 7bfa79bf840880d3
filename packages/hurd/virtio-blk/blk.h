/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * A virtio block device: requests in, completions out; nothing here waits.
 *
 * A request is cut into chunks that fit into buffers for DMA; several chunks,
 * of several requests, are with the device at a time.  A device that breaks
 * the rules is reset and fails all requests from then on.
 */
#ifndef BLK_H
#define BLK_H

#include <stdbool.h>
#include <stdint.h>

#include "virtio.h"

#define BLK_SECTOR	512u
#define BLK_SLOTS	8u

enum blk_kind {
	BLK_READ,
	BLK_WRITE,
	BLK_FLUSH,			/* what was written is on the medium */
};

struct blk_request {
	enum blk_kind kind;
	uint64_t block;			/* the first */
	uint64_t size;			/* bytes; to be written: whole blocks */
	char *data;
	/* Called once, from blk_submit() or any of the functions below it. */
	void (*done)(struct blk_request *request, bool good);

	/* Kept by blk.c. */
	struct blk_request *next;
	uint64_t issued;		/* bytes, rounded up to blocks */
	unsigned int out;		/* chunks with the device */
	bool whole;			/* everything is issued */
	bool failed;
};

/* A chunk with the device: three descriptors, from 3 * its number on. */
struct blk_slot {
	struct blk_request *request;	/* NULL: free */
	uint64_t offset;		/* in the request's data */
	uint64_t size;
};

struct blk {
	struct virtio virtio;
	struct virtqueue queue;
	uint64_t blocks;
	uint32_t block_size;		/* a power of two */
	bool read_only;
	bool can_flush;
	const char *broken;		/* why; NULL: it works */

	struct io_memory headers;	/* of the slots */
	struct io_memory buffers;	/* `chunk` bytes each */
	uint32_t chunk;
	unsigned int slots;
	unsigned int out;		/* slots in use */
	struct blk_slot slot[BLK_SLOTS];
	struct blk_request *first;	/* not wholly issued */
	struct blk_request **last;
};

/* Start a device that was probed (blk->virtio).  NULL, or what is wrong. */
const char *blk_setup(struct blk *blk);

/* The request belongs to the driver until done(); it lies on the device. */
void blk_submit(struct blk *blk, struct blk_request *request);

/* The device interrupted, or another one of the same line. */
void blk_interrupt(struct blk *blk);

/* Nothing was heard for longer than any disk takes. */
void blk_timeout(struct blk *blk);

#endif /* BLK_H */
