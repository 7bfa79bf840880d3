/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Virtio devices (Virtual I/O Device 1.2): what all transports have in
 * common, and one split virtqueue.
 *
 * Nothing that a device says is trusted: sizes, offsets and ring entries are
 * checked before use, and each is read once.
 */
#ifndef VIRTIO_H
#define VIRTIO_H

#include <stdbool.h>
#include <stdint.h>

#include "io.h"

#define VIRTIO_ID_BLOCK			2

#define VIRTIO_STATUS_ACKNOWLEDGE	0x01
#define VIRTIO_STATUS_DRIVER		0x02
#define VIRTIO_STATUS_DRIVER_OK		0x04
#define VIRTIO_STATUS_FEATURES_OK	0x08
#define VIRTIO_STATUS_NEEDS_RESET	0x40
#define VIRTIO_STATUS_FAILED		0x80

#define VIRTIO_F_VERSION_1		(1ul << 32)
#define VIRTIO_F_ACCESS_PLATFORM	(1ul << 33)

#define VIRTIO_INTERRUPT_QUEUE		0x1
#define VIRTIO_INTERRUPT_CONFIG		0x2

struct virtio;
struct virtqueue;

struct virtio_transport {
	const char *name;
	uint8_t (*get_status)(struct virtio *virtio);
	void (*set_status)(struct virtio *virtio, uint8_t status);
	uint64_t (*get_features)(struct virtio *virtio);
	void (*set_features)(struct virtio *virtio, uint64_t features);
	/* Select queue 0; the most entries that it can have, 0: no queue. */
	uint32_t (*queue_size)(struct virtio *virtio);
	/* Tell it of the queue; false: the device refuses it. */
	bool (*queue_setup)(struct virtio *virtio,
	    const struct virtqueue *queue);
	void (*notify)(struct virtio *virtio);
	/* VIRTIO_INTERRUPT_ bits; they are cleared by it. */
	uint32_t (*interrupt)(struct virtio *virtio);
	/* Changes whenever the device changes its configuration. */
	uint32_t (*generation)(struct virtio *virtio);
};

struct virtio {
	const struct virtio_transport *transport;
	bool legacy;
	struct io_region registers;	/* common configuration */
	struct io_region notify_region;
	struct io_region isr;
	struct io_region config;	/* of the kind of device */
	uint64_t notify_offset;
	uint32_t notify_multiplier;
	int irq;			/* for the irq device */
	char where[24];			/* for messages */
};

/* Reset; false: the device does not obey. */
bool virtio_reset(struct virtio *virtio);

/*
 * Agree on `wanted` of the features that are offered, among them VERSION_1
 * unless the device is a legacy one.  NULL, or what went wrong.
 */
const char *virtio_negotiate(struct virtio *virtio, uint64_t wanted,
    uint64_t *agreed);

/* A field of the configuration; false: it lies outside of it. */
bool virtio_config(struct virtio *virtio, uint32_t offset, uint32_t size,
    uint64_t *value);

/* Which of the interrupt's causes there are; cleared. */
uint32_t virtio_interrupt(struct virtio *virtio);

/* The split virtqueue. */

#define VIRTQUEUE_ALIGN		4096u	/* of the used ring */
#define VIRTQUEUE_SIZE_MAX	256u

#define VIRTQUEUE_NEXT		1
#define VIRTQUEUE_WRITE		2	/* by the device */

struct virtqueue_descriptor {
	uint64_t address;
	uint32_t length;
	uint16_t flags;
	uint16_t next;
};

struct virtqueue {
	struct io_memory memory;
	uint16_t size;
	volatile struct virtqueue_descriptor *descriptors;
	volatile uint16_t *available;	/* flags, index, ring[size] */
	volatile uint16_t *used;	/* flags, index, then {id, length}[] */
	uint64_t available_physical;
	uint64_t used_physical;
	uint16_t available_index;
	uint16_t used_index;
};

/* Make queue 0 and tell the device.  NULL, or what went wrong. */
const char *virtqueue_create(struct virtio *virtio, struct virtqueue *queue);
void virtqueue_destroy(struct virtqueue *queue);

/* Offer the chain that begins with descriptor `head`. */
void virtqueue_offer(struct virtqueue *queue, uint16_t head);

enum virtqueue_answer {
	VIRTQUEUE_EMPTY,
	VIRTQUEUE_DONE,			/* *head: a chain that came back */
	VIRTQUEUE_LIES,			/* no such thing was offered */
};

/* The next chain; `offered`: how many are out. */
enum virtqueue_answer virtqueue_take(struct virtqueue *queue,
    unsigned int offered, uint32_t *head);

/* Is there a device of kind `id` here?  virtio->irq is left alone. */
bool virtio_mmio_probe(uint64_t physical, uint64_t size, uint32_t id,
    struct virtio *virtio);

#endif /* VIRTIO_H */
