/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Device "random": as many random bytes as are asked for; what is written is
 * stirred in.
 */
#include <dev/device.h>

#include <kern/random.h>

static io_return_t
random_read(struct device *device, dev_mode_t mode, recnum_t record,
    char *data, size_t size, size_t *got)
{
	random_bytes(data, size);
	*got = size;
	return D_SUCCESS;
}

static io_return_t
random_write(struct device *device, dev_mode_t mode, recnum_t record,
    const char *data, size_t size, size_t *written)
{
	random_add(data, size);
	*written = size;
	return D_SUCCESS;
}

struct device device_random = {
	.name = "random",
	.read = random_read,
	.write = random_write,
};
