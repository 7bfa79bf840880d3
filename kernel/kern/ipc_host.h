/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Host, processors and processor sets as port rights.
 */
#ifndef KERN_IPC_HOST_H
#define KERN_IPC_HOST_H

#include <ipc/ipc_port.h>
#include <kern/host.h>
#include <kern/processor.h>
#include <mach/mach_types.h>

void ipc_host_setup(void);

host_t convert_port_to_host(ipc_port_t port);
host_t convert_port_to_host_priv(ipc_port_t port);
processor_t convert_port_to_processor(ipc_port_t port);
processor_t convert_port_to_processor_name(ipc_port_t port);
processor_set_t convert_port_to_pset(ipc_port_t port);
processor_set_t convert_port_to_pset_name(ipc_port_t port);
ipc_port_t convert_host_to_port(host_t host);
ipc_port_t convert_processor_to_port(processor_t processor);
ipc_port_t convert_processor_name_to_port(processor_t processor);
ipc_port_t convert_pset_to_port(processor_set_t set);
ipc_port_t convert_pset_name_to_port(processor_set_t set);

#endif /* KERN_IPC_HOST_H */
