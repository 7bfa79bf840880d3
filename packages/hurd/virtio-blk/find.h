/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Which virtio block devices there are: the device tree names those on
 * memory-mapped registers, and the PCI buses.
 */
#ifndef FIND_H
#define FIND_H

#include "devicetree.h"
#include "virtio.h"

/*
 * Call found() for each; it copies what it is given.  A bus that cannot be
 * used is reported and skipped.
 */
void find_devices(const struct devicetree *tree, uint32_t id,
    void (*found)(const struct virtio *virtio));

#endif /* FIND_H */
