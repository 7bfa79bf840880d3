/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include "virtio.h"

#include <stddef.h>
#include <string.h>

#define RESET_TRIES	1000000u
#define CONFIG_TRIES	100u

bool
virtio_reset(struct virtio *virtio)
{
	unsigned int i;

	virtio->transport->set_status(virtio, 0);
	for (i = 0; i < RESET_TRIES; i++)
		if (virtio->transport->get_status(virtio) == 0)
			return true;
	return false;
}

static void
add_status(struct virtio *virtio, uint8_t status)
{
	virtio->transport->set_status(virtio,
	    virtio->transport->get_status(virtio) | status);
}

const char *
virtio_negotiate(struct virtio *virtio, uint64_t wanted, uint64_t *agreed)
{
	uint64_t offered;

	if (!virtio_reset(virtio))
		return "it cannot be reset";
	add_status(virtio, VIRTIO_STATUS_ACKNOWLEDGE);
	add_status(virtio, VIRTIO_STATUS_DRIVER);
	offered = virtio->transport->get_features(virtio);
	wanted |= VIRTIO_F_ACCESS_PLATFORM;
	if (!virtio->legacy) {
		if ((offered & VIRTIO_F_VERSION_1) == 0)
			return "it does not follow version 1";
		wanted |= VIRTIO_F_VERSION_1;
	}
	*agreed = offered & wanted;
	virtio->transport->set_features(virtio, *agreed);
	if (virtio->legacy)
		return NULL;
	add_status(virtio, VIRTIO_STATUS_FEATURES_OK);
	if ((virtio->transport->get_status(virtio) &
	    VIRTIO_STATUS_FEATURES_OK) == 0)
		return "it refuses the features that it offered";
	return NULL;
}

/* Devices before version 1 are read by bytes, the others by words. */
static uint64_t
config_read(struct virtio *virtio, uint32_t offset, uint32_t size)
{
	uint64_t value = 0;
	uint32_t i;

	if (virtio->legacy || size == 1) {
		for (i = size; i-- > 0;)
			value = value << 8 | io_read8(&virtio->config,
			    offset + i);
		return value;
	}
	if (size == 2)
		return io_read16(&virtio->config, offset);
	for (i = size; i > 0; i -= 4)
		value = value << 32 | io_read32(&virtio->config,
		    offset + i - 4);
	return value;
}

bool
virtio_config(struct virtio *virtio, uint32_t offset, uint32_t size,
    uint64_t *value)
{
	uint32_t generation;
	unsigned int i;

	if (offset > virtio->config.size ||
	    size > virtio->config.size - offset)
		return false;
	for (i = 0; i < CONFIG_TRIES; i++) {
		generation = virtio->transport->generation(virtio);
		*value = config_read(virtio, offset, size);
		if (virtio->transport->generation(virtio) == generation)
			return true;
	}
	return false;
}

uint32_t
virtio_interrupt(struct virtio *virtio)
{
	return virtio->transport->interrupt(virtio);
}

/* The layout that legacy devices ask for; the others accept it. */
static void
lay_out(struct virtqueue *queue)
{
	char *data = queue->memory.data;
	uint64_t available = sizeof(struct virtqueue_descriptor) *
	    queue->size;
	uint64_t used = (available + 2 * (3 + (uint64_t)queue->size) +
	    VIRTQUEUE_ALIGN - 1) & ~(uint64_t)(VIRTQUEUE_ALIGN - 1);

	queue->descriptors = (volatile void *)data;
	queue->available = (volatile void *)(data + available);
	queue->used = (volatile void *)(data + used);
	queue->available_physical = queue->memory.physical + available;
	queue->used_physical = queue->memory.physical + used;
}

const char *
virtqueue_create(struct virtio *virtio, struct virtqueue *queue)
{
	uint32_t size = virtio->transport->queue_size(virtio);

	memset(queue, 0, sizeof(*queue));
	if (size == 0 || (size & (size - 1)) != 0 || size > 32768)
		return "its queue has an impossible size";
	/* Legacy PCI devices cannot be told a size. */
	if (size > VIRTQUEUE_SIZE_MAX && !virtio->legacy)
		size = VIRTQUEUE_SIZE_MAX;
	queue->size = (uint16_t)size;
	if (!io_memory_allocate(16 * (uint64_t)size + 2 * (3 + (uint64_t)size)
	    + VIRTQUEUE_ALIGN + 6 + 8 * (uint64_t)size, &queue->memory))
		return "no memory for its queue";
	lay_out(queue);
	if (!virtio->transport->queue_setup(virtio, queue)) {
		virtqueue_destroy(queue);
		return "it refuses its queue";
	}
	add_status(virtio, VIRTIO_STATUS_DRIVER_OK);
	return NULL;
}

void
virtqueue_destroy(struct virtqueue *queue)
{
	if (queue->memory.data != NULL)
		io_memory_free(&queue->memory);
	memset(queue, 0, sizeof(*queue));
}

void
virtqueue_offer(struct virtqueue *queue, uint16_t head)
{
	queue->available[2 + queue->available_index % queue->size] = head;
	queue->available_index++;
	io_barrier();
	queue->available[1] = queue->available_index;
	io_barrier();
}

enum virtqueue_answer
virtqueue_take(struct virtqueue *queue, unsigned int offered, uint32_t *head)
{
	uint16_t index = queue->used[1];
	uint16_t count = (uint16_t)(index - queue->used_index);
	const volatile uint32_t *entry;

	if (count == 0)
		return VIRTQUEUE_EMPTY;
	if (count > offered)
		return VIRTQUEUE_LIES;
	io_barrier();
	entry = (const volatile uint32_t *)(queue->used + 2) +
	    2 * (queue->used_index % queue->size);
	*head = entry[0];
	queue->used_index++;
	return *head < queue->size ? VIRTQUEUE_DONE : VIRTQUEUE_LIES;
}
