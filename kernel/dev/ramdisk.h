/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Devices "rd0", "rd1", …: disks in memory, made of boot modules by the
 * action $(ramdisk-create).
 */
#ifndef DEV_RAMDISK_H
#define DEV_RAMDISK_H

#include <stdint.h>

struct device;

/*
 * A new disk with a copy of `size` bytes at `image`.  Boot only.  NULL, or
 * why there is none, for the message.
 */
const char *ramdisk_create(const void *image, uint64_t size);

/* The disk of that name, or NULL. */
struct device *ramdisk_lookup(const char *name);

#endif /* DEV_RAMDISK_H */
