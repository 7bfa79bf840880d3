/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What <device/device_types.h> asks of the kernel: device_t, and MIG's
 * translations.
 */
#ifndef DEVICE_DEVICE_TYPES_KERNEL_H
#define DEVICE_DEVICE_TYPES_KERNEL_H

#include <ipc/ipc_port.h>

typedef struct device *device_t;

/* From a port (not consumed): a referenced device, or NULL. */
device_t dev_port_lookup(ipc_port_t port);
/* To a send right, consuming a reference; NULL gives IP_NULL. */
ipc_port_t convert_device_to_port(device_t device);

#endif /* DEVICE_DEVICE_TYPES_KERNEL_H */
