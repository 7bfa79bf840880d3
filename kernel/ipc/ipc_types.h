/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What <mach/memory_object.h> asks of a kernel: the name of a port pointer.
 */
#ifndef IPC_IPC_TYPES_H
#define IPC_IPC_TYPES_H

struct ipc_port;
typedef struct ipc_port *ipc_port_t;

#endif /* IPC_IPC_TYPES_H */
