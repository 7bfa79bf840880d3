/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Virtio over memory-mapped registers (section 4.2), versions 1 and 2.
 */

#include "virtio.h"

#include <stddef.h>
#include <string.h>

#define MAGIC			0x000
#define VERSION			0x004
#define DEVICE_ID		0x008
#define DEVICE_FEATURES		0x010
#define DEVICE_FEATURES_SELECT	0x014
#define DRIVER_FEATURES		0x020
#define DRIVER_FEATURES_SELECT	0x024
#define GUEST_PAGE_SIZE		0x028	/* version 1 */
#define QUEUE_SELECT		0x030
#define QUEUE_SIZE_MAX		0x034
#define QUEUE_SIZE		0x038
#define QUEUE_ALIGN		0x03c	/* version 1 */
#define QUEUE_PAGE		0x040	/* version 1 */
#define QUEUE_READY		0x044
#define QUEUE_NOTIFY		0x050
#define INTERRUPT_STATUS	0x060
#define INTERRUPT_ACKNOWLEDGE	0x064
#define STATUS			0x070
#define QUEUE_DESCRIPTORS	0x080
#define QUEUE_AVAILABLE		0x090
#define QUEUE_USED		0x0a0
#define GENERATION		0x0fc
#define CONFIG			0x100

#define MAGIC_VALUE		0x74726976u	/* "virt" */

static uint32_t
mmio_read(struct virtio *virtio, uint32_t offset)
{
	return io_read32(&virtio->registers, offset);
}

static void
mmio_write(struct virtio *virtio, uint32_t offset, uint32_t value)
{
	io_write32(&virtio->registers, offset, value);
}

static uint8_t
mmio_get_status(struct virtio *virtio)
{
	return (uint8_t)mmio_read(virtio, STATUS);
}

static void
mmio_set_status(struct virtio *virtio, uint8_t status)
{
	mmio_write(virtio, STATUS, status);
	/* A reset forgets it. */
	if (virtio->legacy && status == 0)
		mmio_write(virtio, GUEST_PAGE_SIZE, VIRTQUEUE_ALIGN);
}

static uint64_t
mmio_get_features(struct virtio *virtio)
{
	uint64_t features;

	mmio_write(virtio, DEVICE_FEATURES_SELECT, 0);
	features = mmio_read(virtio, DEVICE_FEATURES);
	if (virtio->legacy)
		return features;
	mmio_write(virtio, DEVICE_FEATURES_SELECT, 1);
	return features | (uint64_t)mmio_read(virtio, DEVICE_FEATURES) << 32;
}

static void
mmio_set_features(struct virtio *virtio, uint64_t features)
{
	mmio_write(virtio, DRIVER_FEATURES_SELECT, 0);
	mmio_write(virtio, DRIVER_FEATURES, (uint32_t)features);
	if (virtio->legacy)
		return;
	mmio_write(virtio, DRIVER_FEATURES_SELECT, 1);
	mmio_write(virtio, DRIVER_FEATURES, (uint32_t)(features >> 32));
}

static uint32_t
mmio_queue_size(struct virtio *virtio)
{
	mmio_write(virtio, QUEUE_SELECT, 0);
	if (mmio_read(virtio, virtio->legacy ? QUEUE_PAGE : QUEUE_READY) != 0)
		return 0;
	return mmio_read(virtio, QUEUE_SIZE_MAX);
}

static void
write_address(struct virtio *virtio, uint32_t offset, uint64_t address)
{
	mmio_write(virtio, offset, (uint32_t)address);
	mmio_write(virtio, offset + 4, (uint32_t)(address >> 32));
}

static bool
mmio_queue_setup(struct virtio *virtio, const struct virtqueue *queue)
{
	mmio_write(virtio, QUEUE_SELECT, 0);
	mmio_write(virtio, QUEUE_SIZE, queue->size);
	if (virtio->legacy) {
		if (queue->memory.physical / VIRTQUEUE_ALIGN > UINT32_MAX)
			return false;
		mmio_write(virtio, QUEUE_ALIGN, VIRTQUEUE_ALIGN);
		mmio_write(virtio, QUEUE_PAGE, (uint32_t)
		    (queue->memory.physical / VIRTQUEUE_ALIGN));
		return mmio_read(virtio, QUEUE_PAGE) != 0;
	}
	write_address(virtio, QUEUE_DESCRIPTORS, queue->memory.physical);
	write_address(virtio, QUEUE_AVAILABLE, queue->available_physical);
	write_address(virtio, QUEUE_USED, queue->used_physical);
	mmio_write(virtio, QUEUE_READY, 1);
	return mmio_read(virtio, QUEUE_READY) == 1;
}

static void
mmio_notify(struct virtio *virtio)
{
	mmio_write(virtio, QUEUE_NOTIFY, 0);
}

static uint32_t
mmio_interrupt(struct virtio *virtio)
{
	uint32_t causes = mmio_read(virtio, INTERRUPT_STATUS);

	if (causes != 0)
		mmio_write(virtio, INTERRUPT_ACKNOWLEDGE, causes);
	return causes;
}

static uint32_t
mmio_generation(struct virtio *virtio)
{
	return virtio->legacy ? 0 : mmio_read(virtio, GENERATION);
}

static const struct virtio_transport mmio = {
	.name = "mmio",
	.get_status = mmio_get_status,
	.set_status = mmio_set_status,
	.get_features = mmio_get_features,
	.set_features = mmio_set_features,
	.queue_size = mmio_queue_size,
	.queue_setup = mmio_queue_setup,
	.notify = mmio_notify,
	.interrupt = mmio_interrupt,
	.generation = mmio_generation,
};

bool
virtio_mmio_probe(uint64_t physical, uint64_t size, uint32_t id,
    struct virtio *virtio)
{
	struct io_region *registers = &virtio->registers;
	uint32_t version;

	memset(virtio, 0, sizeof(*virtio));
	if (size <= CONFIG || !io_map(physical, size, registers))
		return false;
	version = mmio_read(virtio, VERSION);
	if (mmio_read(virtio, MAGIC) != MAGIC_VALUE || version < 1 ||
	    version > 2 || mmio_read(virtio, DEVICE_ID) != id)
		return false;
	virtio->transport = &mmio;
	virtio->legacy = version == 1;
	virtio->config.base = (volatile char *)registers->base + CONFIG;
	virtio->config.size = size - CONFIG;
	return true;
}
