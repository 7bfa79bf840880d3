/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Devices that are a piece of RAM: read, written and mapped by offset.
 */
#ifndef DEV_MEMORY_H
#define DEV_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include <dev/device.h>

struct vm_page;
struct vm_object;

struct device_memory {
	struct device device;		/* first; DEVICE_MEMORY_OPERATIONS */
	uint32_t record_size;		/* a power of two */
	bool writable;

	/* Set by device_memory_set(). */
	struct vm_page *pages;		/* contiguous; NULL: nothing there */
	uint64_t size;			/* bytes */
	struct vm_object *object;	/* made by the first map; device.lock */
};

/*
 * Records are counted in record_size.  Reads end at the end of the device
 * (D_SUCCESS and nothing at the end itself, D_INVALID_RECNUM behind it);
 * writes are whole or refused (D_INVALID_SIZE).
 */
#define DEVICE_MEMORY_OPERATIONS					\
	.read = device_memory_read,					\
	.write = device_memory_write,					\
	.map = device_memory_map,					\
	.get_status = device_memory_get_status

io_return_t device_memory_read(struct device *device, dev_mode_t mode,
    recnum_t record, char *data, size_t size, size_t *got);
io_return_t device_memory_write(struct device *device, dev_mode_t mode,
    recnum_t record, const char *data, size_t size, size_t *written);
io_return_t device_memory_map(struct device *device, vm_prot_t protection,
    uint64_t offset, uint64_t size, struct vm_object **object);
io_return_t device_memory_get_status(struct device *device,
    dev_flavor_t flavor, dev_status_t status, mach_msg_type_number_t *count);

/*
 * The memory is `size` bytes at `pages`, allocated frames that the device
 * keeps for good; what is left of the last page is cleared.
 */
void device_memory_set(struct device_memory *memory, struct vm_page *pages,
    uint64_t size);

/* Its bytes. */
char *device_memory_data(const struct device_memory *memory);

extern struct device_memory device_devicetree;

#endif /* DEV_MEMORY_H */
