/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Device "kmsg": what the kernel printed.
 *
 * The record number is a position in the log, 0 being the first byte ever
 * printed; without one, reading goes on where the last read ended.
 */
#include <dev/device.h>

#include <kern/kmsg.h>
#include <kern/mutex.h>

static struct mutex reading = MUTEX_INITIALIZER(reading);
static uint64_t position;

static io_return_t
kmsg_device_read(struct device *device, dev_mode_t mode, recnum_t record,
    char *data, size_t size, size_t *got)
{
	uint64_t from = record;

	if (record != 0) {
		*got = kmsg_read(&from, data, size);
		return D_SUCCESS;
	}
	mutex_lock(&reading);
	*got = kmsg_read(&position, data, size);
	mutex_unlock(&reading);
	return *got == 0 && size > 0 ? D_WOULD_BLOCK : D_SUCCESS;
}

struct device device_kmsg = {
	.name = "kmsg",
	.read = kmsg_device_read,
};
