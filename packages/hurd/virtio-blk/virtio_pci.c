/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include "virtio_pci.h"

#include <string.h>

#define VENDOR_ID		0x1af4
#define DEVICE_TRANSITIONAL	0x1000
#define DEVICE_MODERN		0x1040

/* A capability. */
#define CAPABILITY_LENGTH	2
#define CAPABILITY_KIND		3
#define CAPABILITY_BAR		4
#define CAPABILITY_OFFSET	8
#define CAPABILITY_SIZE		12
#define CAPABILITY_MULTIPLIER	16
#define CAPABILITIES_MAX	48

#define KIND_COMMON		1
#define KIND_NOTIFY		2
#define KIND_ISR		3
#define KIND_DEVICE		4

/* Common configuration. */
#define DEVICE_FEATURE_SELECT	0x00
#define DEVICE_FEATURE		0x04
#define DRIVER_FEATURE_SELECT	0x08
#define DRIVER_FEATURE		0x0c
#define DEVICE_STATUS		0x14
#define CONFIG_GENERATION	0x15
#define QUEUE_SELECT		0x16
#define QUEUE_SIZE		0x18
#define QUEUE_ENABLE		0x1c
#define QUEUE_NOTIFY_OFFSET	0x1e
#define QUEUE_DESCRIPTORS	0x20
#define QUEUE_AVAILABLE		0x28
#define QUEUE_USED		0x30
#define COMMON_SIZE		0x38

static uint8_t
modern_get_status(struct virtio *virtio)
{
	return io_read8(&virtio->registers, DEVICE_STATUS);
}

static void
modern_set_status(struct virtio *virtio, uint8_t status)
{
	io_write8(&virtio->registers, DEVICE_STATUS, status);
}

static uint64_t
modern_get_features(struct virtio *virtio)
{
	uint64_t features;

	io_write32(&virtio->registers, DEVICE_FEATURE_SELECT, 0);
	features = io_read32(&virtio->registers, DEVICE_FEATURE);
	io_write32(&virtio->registers, DEVICE_FEATURE_SELECT, 1);
	return features | (uint64_t)io_read32(&virtio->registers,
	    DEVICE_FEATURE) << 32;
}

static void
modern_set_features(struct virtio *virtio, uint64_t features)
{
	io_write32(&virtio->registers, DRIVER_FEATURE_SELECT, 0);
	io_write32(&virtio->registers, DRIVER_FEATURE, (uint32_t)features);
	io_write32(&virtio->registers, DRIVER_FEATURE_SELECT, 1);
	io_write32(&virtio->registers, DRIVER_FEATURE,
	    (uint32_t)(features >> 32));
}

static uint32_t
modern_queue_size(struct virtio *virtio)
{
	io_write16(&virtio->registers, QUEUE_SELECT, 0);
	if (io_read16(&virtio->registers, QUEUE_ENABLE) != 0)
		return 0;
	return io_read16(&virtio->registers, QUEUE_SIZE);
}

static void
write_address(struct virtio *virtio, uint32_t offset, uint64_t address)
{
	io_write32(&virtio->registers, offset, (uint32_t)address);
	io_write32(&virtio->registers, offset + 4,
	    (uint32_t)(address >> 32));
}

static bool
modern_queue_setup(struct virtio *virtio, const struct virtqueue *queue)
{
	io_write16(&virtio->registers, QUEUE_SELECT, 0);
	io_write16(&virtio->registers, QUEUE_SIZE, queue->size);
	write_address(virtio, QUEUE_DESCRIPTORS, queue->memory.physical);
	write_address(virtio, QUEUE_AVAILABLE, queue->available_physical);
	write_address(virtio, QUEUE_USED, queue->used_physical);
	virtio->notify_offset = (uint64_t)io_read16(&virtio->registers,
	    QUEUE_NOTIFY_OFFSET) * virtio->notify_multiplier;
	if (virtio->notify_offset % 2 != 0 || virtio->notify_region.size < 2 ||
	    virtio->notify_offset > virtio->notify_region.size - 2)
		return false;
	io_write16(&virtio->registers, QUEUE_ENABLE, 1);
	return io_read16(&virtio->registers, QUEUE_ENABLE) == 1;
}

static void
modern_notify(struct virtio *virtio)
{
	io_write16(&virtio->notify_region, virtio->notify_offset, 0);
}

/* Reading clears. */
static uint32_t
modern_interrupt(struct virtio *virtio)
{
	return io_read8(&virtio->isr, 0);
}

static uint32_t
modern_generation(struct virtio *virtio)
{
	return io_read8(&virtio->registers, CONFIG_GENERATION);
}

static const struct virtio_transport modern = {
	.name = "PCI",
	.get_status = modern_get_status,
	.set_status = modern_set_status,
	.get_features = modern_get_features,
	.set_features = modern_set_features,
	.queue_size = modern_queue_size,
	.queue_setup = modern_queue_setup,
	.notify = modern_notify,
	.interrupt = modern_interrupt,
	.generation = modern_generation,
};

/* Legacy: the registers of BAR 0, in I/O space. */
#define LEGACY_DEVICE_FEATURES	0x00
#define LEGACY_DRIVER_FEATURES	0x04
#define LEGACY_QUEUE_PAGE	0x08
#define LEGACY_QUEUE_SIZE	0x0c
#define LEGACY_QUEUE_SELECT	0x0e
#define LEGACY_QUEUE_NOTIFY	0x10
#define LEGACY_STATUS		0x12
#define LEGACY_ISR		0x13
#define LEGACY_CONFIG		0x14

static uint8_t
legacy_get_status(struct virtio *virtio)
{
	return io_read8(&virtio->registers, LEGACY_STATUS);
}

static void
legacy_set_status(struct virtio *virtio, uint8_t status)
{
	io_write8(&virtio->registers, LEGACY_STATUS, status);
}

static uint64_t
legacy_get_features(struct virtio *virtio)
{
	return io_read32(&virtio->registers, LEGACY_DEVICE_FEATURES);
}

static void
legacy_set_features(struct virtio *virtio, uint64_t features)
{
	io_write32(&virtio->registers, LEGACY_DRIVER_FEATURES,
	    (uint32_t)features);
}

static uint32_t
legacy_queue_size(struct virtio *virtio)
{
	io_write16(&virtio->registers, LEGACY_QUEUE_SELECT, 0);
	if (io_read32(&virtio->registers, LEGACY_QUEUE_PAGE) != 0)
		return 0;
	return io_read16(&virtio->registers, LEGACY_QUEUE_SIZE);
}

static bool
legacy_queue_setup(struct virtio *virtio, const struct virtqueue *queue)
{
	uint64_t page = queue->memory.physical / VIRTQUEUE_ALIGN;

	if (page > UINT32_MAX)
		return false;
	io_write16(&virtio->registers, LEGACY_QUEUE_SELECT, 0);
	io_write32(&virtio->registers, LEGACY_QUEUE_PAGE, (uint32_t)page);
	return io_read32(&virtio->registers, LEGACY_QUEUE_PAGE) == page;
}

static void
legacy_notify(struct virtio *virtio)
{
	io_write16(&virtio->registers, LEGACY_QUEUE_NOTIFY, 0);
}

static uint32_t
legacy_interrupt(struct virtio *virtio)
{
	return io_read8(&virtio->registers, LEGACY_ISR);
}

static uint32_t
legacy_generation(struct virtio *virtio)
{
	(void)virtio;
	return 0;
}

static const struct virtio_transport legacy = {
	.name = "legacy PCI",
	.get_status = legacy_get_status,
	.set_status = legacy_set_status,
	.get_features = legacy_get_features,
	.set_features = legacy_set_features,
	.queue_size = legacy_queue_size,
	.queue_setup = legacy_queue_setup,
	.notify = legacy_notify,
	.interrupt = legacy_interrupt,
	.generation = legacy_generation,
};

bool
virtio_pci_matches(const struct pci_function *function, uint32_t id)
{
	if (function->vendor != VENDOR_ID)
		return false;
	return function->device == DEVICE_MODERN + id ||
	    (function->device >= DEVICE_TRANSITIONAL &&
	    function->device < DEVICE_MODERN && function->subsystem == id);
}

/* Where the capability at `at` points; false: nowhere. */
static bool
map_capability(const struct pci_host *host,
    const struct pci_function *function, uint8_t at, uint32_t minimum,
    struct io_region *region)
{
	const struct io_region *config = &function->config;
	uint32_t size = io_read32(config, at + CAPABILITY_SIZE);

	if (region->size != 0)
		return true;		/* the first one counts */
	return size >= minimum && pci_map(host, function,
	    io_read8(config, at + CAPABILITY_BAR),
	    io_read32(config, at + CAPABILITY_OFFSET), size, region);
}

static bool
take_capability(const struct pci_host *host,
    const struct pci_function *function, uint8_t at, struct virtio *virtio)
{
	const struct io_region *config = &function->config;

	switch (io_read8(config, at + CAPABILITY_KIND)) {
	case KIND_COMMON:
		return map_capability(host, function, at, COMMON_SIZE,
		    &virtio->registers);
	case KIND_NOTIFY:
		if (virtio->notify_region.size == 0)
			virtio->notify_multiplier = io_read32(config,
			    at + CAPABILITY_MULTIPLIER);
		return map_capability(host, function, at, 2,
		    &virtio->notify_region);
	case KIND_ISR:
		return map_capability(host, function, at, 1, &virtio->isr);
	case KIND_DEVICE:
		return map_capability(host, function, at, 1,
		    &virtio->config);
	default:
		return true;
	}
}

/* False: it has no set of capabilities that makes sense. */
static bool
probe_modern(const struct pci_host *host,
    const struct pci_function *function, struct virtio *virtio)
{
	uint8_t at = 0;
	unsigned int i;

	for (i = 0; i < CAPABILITIES_MAX; i++) {
		at = pci_next_capability(function, at);
		if (at == 0)
			break;
		if (io_read8(&function->config, at) !=
		    PCI_CAPABILITY_VENDOR || at > 0xec ||
		    io_read8(&function->config, at + CAPABILITY_LENGTH) < 16)
			continue;
		if (!take_capability(host, function, at, virtio))
			return false;
	}
	virtio->transport = &modern;
	return virtio->registers.size != 0 &&
	    virtio->notify_region.size != 0 && virtio->isr.size != 0 &&
	    virtio->config.size != 0;
}

static bool
probe_legacy(const struct pci_host *host,
    const struct pci_function *function, struct virtio *virtio)
{
	uint64_t size = pci_io_size(function, 0);

	memset(virtio, 0, sizeof(*virtio));
	if (function->device >= DEVICE_MODERN || size <= LEGACY_CONFIG ||
	    !pci_map(host, function, 0, 0, size, &virtio->registers))
		return false;
	virtio->transport = &legacy;
	virtio->legacy = true;
	virtio->config.base = (volatile char *)virtio->registers.base +
	    LEGACY_CONFIG;
	virtio->config.size = size - LEGACY_CONFIG;
	return true;
}

const char *
virtio_pci_probe(struct pci_host *host, const struct pci_function *function,
    struct virtio *virtio)
{
	const char *wrong = pci_enable(host, function);

	if (wrong != NULL)
		return wrong;
	memset(virtio, 0, sizeof(*virtio));
	if (!probe_modern(host, function, virtio) &&
	    !probe_legacy(host, function, virtio))
		return "it has no registers that make sense";
	virtio->irq = pci_interrupt(host, function);
	return virtio->irq < 0 ? "its interrupt is not in the device tree"
	    : NULL;
}
