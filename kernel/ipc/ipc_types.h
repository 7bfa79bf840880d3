/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The types that <mach/memory_object.h> expects of a kernel.
 */
#ifndef IPC_IPC_TYPES_H
#define IPC_IPC_TYPES_H

typedef struct ipc_port *ipc_port_t;
typedef struct ipc_space *ipc_space_t;

#endif /* IPC_IPC_TYPES_H */
