/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Virtio 1.2, section 5.2.
 */

#include "blk.h"

#include <stddef.h>
#include <string.h>

#define FEATURE_SIZE_MAX	(1ul << 1)
#define FEATURE_READ_ONLY	(1ul << 5)
#define FEATURE_BLOCK_SIZE	(1ul << 6)
#define FEATURE_FLUSH		(1ul << 9)

#define CONFIG_CAPACITY		0	/* 64 bits, sectors */
#define CONFIG_SIZE_MAX		8	/* 32 bits */
#define CONFIG_BLOCK_SIZE	20	/* 32 bits */

#define TYPE_IN			0
#define TYPE_OUT		1
#define TYPE_FLUSH		4

#define STATUS_GOOD		0
#define STATUS_NONE		0xff	/* the device wrote nothing */

#define CHUNK_MAX		131072u
#define CHUNK_MIN		4096u
#define BLOCK_SIZE_MAX		CHUNK_MIN
#define SECTORS_MAX		(1ul << 54)

struct header {
	uint32_t type;
	uint32_t reserved;
	uint64_t sector;
	uint8_t status;
	uint8_t unused[15];
};

static volatile struct header *
slot_header(const struct blk *blk, unsigned int slot)
{
	return (volatile struct header *)blk->headers.data + slot;
}

static const char *
read_capacity(struct blk *blk, uint64_t features)
{
	uint64_t sectors, value;

	if (!virtio_config(&blk->virtio, CONFIG_CAPACITY, 8, &sectors))
		return "its capacity cannot be read";
	blk->block_size = BLK_SECTOR;
	if ((features & FEATURE_BLOCK_SIZE) != 0) {
		if (!virtio_config(&blk->virtio, CONFIG_BLOCK_SIZE, 4,
		    &value))
			return "its block size cannot be read";
		if (value < BLK_SECTOR || value > BLOCK_SIZE_MAX ||
		    (value & (value - 1)) != 0)
			return "it has an impossible block size";
		blk->block_size = (uint32_t)value;
	}
	if (sectors > SECTORS_MAX)
		return "it has an impossible capacity";
	blk->blocks = sectors / (blk->block_size / BLK_SECTOR);
	return NULL;
}

/* How much the device takes in one piece. */
static const char *
read_chunk(struct blk *blk, uint64_t features)
{
	uint64_t value = CHUNK_MAX;

	if ((features & FEATURE_SIZE_MAX) != 0 &&
	    !virtio_config(&blk->virtio, CONFIG_SIZE_MAX, 4, &value))
		return "its largest segment cannot be read";
	if (value > CHUNK_MAX)
		value = CHUNK_MAX;
	blk->chunk = (uint32_t)value & ~(blk->block_size - 1);
	return blk->chunk == 0 ? "it takes no whole block" : NULL;
}

/* Buffers as large as can be had. */
static const char *
make_buffers(struct blk *blk)
{
	blk->slots = blk->queue.size / 3u;
	if (blk->slots > BLK_SLOTS)
		blk->slots = BLK_SLOTS;
	if (blk->slots == 0)
		return "its queue is too small";
	if (!io_memory_allocate(blk->slots * sizeof(struct header),
	    &blk->headers))
		return "no memory for headers";
	while (!io_memory_allocate((uint64_t)blk->slots * blk->chunk,
	    &blk->buffers)) {
		if (blk->chunk <= CHUNK_MIN)
			return "no memory for buffers";
		blk->chunk = blk->chunk / 2 & ~(blk->block_size - 1);
	}
	return NULL;
}

/* What is the same in each use of a slot. */
static void
make_chains(struct blk *blk)
{
	volatile struct virtqueue_descriptor *descriptor =
	    blk->queue.descriptors;
	unsigned int i;

	for (i = 0; i < blk->slots; i++, descriptor += 3) {
		uint64_t header = blk->headers.physical +
		    i * sizeof(struct header);

		descriptor[0].address = header;
		descriptor[0].length = 16;
		descriptor[0].flags = VIRTQUEUE_NEXT;
		descriptor[1].address = blk->buffers.physical +
		    (uint64_t)i * blk->chunk;
		descriptor[1].next = (uint16_t)(3 * i + 2);
		descriptor[2].address = header +
		    offsetof(struct header, status);
		descriptor[2].length = 1;
		descriptor[2].flags = VIRTQUEUE_WRITE;
	}
}

static const char *
start(struct blk *blk)
{
	uint64_t features;
	const char *wrong = virtio_negotiate(&blk->virtio,
	    FEATURE_SIZE_MAX | FEATURE_READ_ONLY | FEATURE_BLOCK_SIZE |
	    FEATURE_FLUSH, &features);

	if (wrong == NULL)
		wrong = read_capacity(blk, features);
	if (wrong == NULL)
		wrong = read_chunk(blk, features);
	if (wrong == NULL)
		wrong = virtqueue_create(&blk->virtio, &blk->queue);
	if (wrong == NULL)
		wrong = make_buffers(blk);
	if (wrong != NULL)
		return wrong;
	make_chains(blk);
	blk->read_only = (features & FEATURE_READ_ONLY) != 0;
	blk->can_flush = (features & FEATURE_FLUSH) != 0;
	return NULL;
}

const char *
blk_setup(struct blk *blk)
{
	const char *wrong;

	blk->last = &blk->first;
	wrong = start(blk);
	if (wrong == NULL)
		return NULL;
	/* Memory of a device that does not let go stays with it. */
	blk->virtio.transport->set_status(&blk->virtio,
	    VIRTIO_STATUS_FAILED);
	if (virtio_reset(&blk->virtio)) {
		virtqueue_destroy(&blk->queue);
		if (blk->headers.data != NULL)
			io_memory_free(&blk->headers);
		if (blk->buffers.data != NULL)
			io_memory_free(&blk->buffers);
	}
	return wrong;
}

static void
request_settle(struct blk_request *request)
{
	if (request->whole && request->out == 0)
		request->done(request, !request->failed);
}

/* Take the first request off the queue: it is wholly issued, or given up. */
static void
request_issued(struct blk *blk)
{
	struct blk_request *request = blk->first;

	blk->first = request->next;
	if (blk->first == NULL)
		blk->last = &blk->first;
	request->whole = true;
}

static void
fail_all(struct blk *blk)
{
	struct blk_request *request;
	unsigned int i;

	for (i = 0; i < blk->slots; i++) {
		request = blk->slot[i].request;
		if (request == NULL)
			continue;
		blk->slot[i].request = NULL;
		request->failed = true;
		request->out--;
		request_settle(request);
	}
	blk->out = 0;
	while (blk->first != NULL) {
		request = blk->first;
		request_issued(blk);
		request->failed = true;
		request_settle(request);
	}
}

static void
give_up(struct blk *blk, const char *reason)
{
	blk->broken = reason;
	io_print("%s: %s: given up\n", blk->virtio.where, reason);
	if (!virtio_reset(&blk->virtio))
		io_print("%s: it cannot be reset\n", blk->virtio.where);
	fail_all(blk);
}

static unsigned int
free_slot(const struct blk *blk)
{
	unsigned int i;

	for (i = 0; i < blk->slots; i++)
		if (blk->slot[i].request == NULL)
			break;
	return i;
}

/* Hand a chunk, or a flush, to the device. */
static void
issue(struct blk *blk, unsigned int i, struct blk_request *request)
{
	volatile struct virtqueue_descriptor *descriptor =
	    blk->queue.descriptors + 3 * i;
	volatile struct header *header = slot_header(blk, i);
	struct blk_slot *slot = &blk->slot[i];
	uint64_t left = request->size - request->issued;

	slot->request = request;
	slot->offset = request->issued;
	slot->size = left < blk->chunk ? left : blk->chunk;
	if (request->kind == BLK_WRITE)
		memcpy((char *)blk->buffers.data + (uint64_t)i * blk->chunk,
		    request->data + slot->offset, slot->size);
	header->type = request->kind == BLK_READ ? TYPE_IN
	    : request->kind == BLK_WRITE ? TYPE_OUT : TYPE_FLUSH;
	header->reserved = 0;
	header->sector = request->kind == BLK_FLUSH ? 0
	    : request->block * (blk->block_size / BLK_SECTOR) +
	    slot->offset / BLK_SECTOR;
	header->status = STATUS_NONE;
	descriptor[0].next = (uint16_t)(3 * i + (slot->size == 0 ? 2 : 1));
	descriptor[1].length = (uint32_t)((slot->size + blk->block_size - 1) &
	    ~(uint64_t)(blk->block_size - 1));
	descriptor[1].flags = VIRTQUEUE_NEXT |
	    (request->kind == BLK_READ ? VIRTQUEUE_WRITE : 0);
	request->issued += slot->size;
	request->out++;
	blk->out++;
	virtqueue_offer(&blk->queue, (uint16_t)(3 * i));
}

/* Give the device what it can take. */
static void
pump(struct blk *blk)
{
	struct blk_request *request;
	bool any = false;
	unsigned int i;

	while ((request = blk->first) != NULL && blk->broken == NULL) {
		i = free_slot(blk);
		if (i == blk->slots)
			break;
		if (!request->failed) {
			issue(blk, i, request);
			any = true;
		}
		if (request->failed || request->issued == request->size) {
			request_issued(blk);
			request_settle(request);
		}
	}
	if (any)
		blk->virtio.transport->notify(&blk->virtio);
}

void
blk_submit(struct blk *blk, struct blk_request *request)
{
	request->next = NULL;
	request->issued = 0;
	request->out = 0;
	request->whole = false;
	request->failed = blk->broken != NULL;
	/* A device without a cache has nothing to flush. */
	if (blk->broken != NULL ||
	    (request->kind == BLK_FLUSH ? !blk->can_flush
	    : request->size == 0)) {
		request->done(request, blk->broken == NULL);
		return;
	}
	if (request->kind == BLK_FLUSH)
		request->size = 0;
	*blk->last = request;
	blk->last = &request->next;
	pump(blk);
}

/* A chunk came back. */
static void
slot_done(struct blk *blk, unsigned int i)
{
	struct blk_slot *slot = &blk->slot[i];
	struct blk_request *request = slot->request;

	slot->request = NULL;
	blk->out--;
	request->out--;
	if (slot_header(blk, i)->status != STATUS_GOOD)
		request->failed = true;
	else if (request->kind == BLK_READ)
		memcpy(request->data + slot->offset,
		    (char *)blk->buffers.data + (uint64_t)i * blk->chunk,
		    slot->size);
	request_settle(request);
}

/* Take everything that came back; false: nothing did. */
static bool
collect(struct blk *blk)
{
	bool any = false;
	uint32_t head;

	for (;;) {
		switch (virtqueue_take(&blk->queue, blk->out, &head)) {
		case VIRTQUEUE_EMPTY:
			return any;
		case VIRTQUEUE_DONE:
			if (head % 3 == 0 && head / 3 < blk->slots &&
			    blk->slot[head / 3].request != NULL) {
				slot_done(blk, head / 3);
				any = true;
				break;
			}
			/* FALLTHROUGH */
		default:
			give_up(blk, "it returns what it was not given");
			return true;
		}
	}
}

void
blk_interrupt(struct blk *blk)
{
	if (blk->broken != NULL) {
		virtio_interrupt(&blk->virtio);
		return;
	}
	virtio_interrupt(&blk->virtio);
	collect(blk);
	if (blk->broken == NULL &&
	    (blk->virtio.transport->get_status(&blk->virtio) &
	    VIRTIO_STATUS_NEEDS_RESET) != 0)
		give_up(blk, "it asks to be reset");
	pump(blk);
}

void
blk_timeout(struct blk *blk)
{
	if (blk->broken != NULL || blk->out == 0)
		return;
	if (!collect(blk))
		give_up(blk, "it does not answer");
	pump(blk);
}
