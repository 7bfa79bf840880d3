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

host_t convert_port_to_host(mach_port_t port);
host_t convert_port_to_host_priv(mach_port_t port);
processor_t convert_port_to_processor(mach_port_t port);
processor_t convert_port_to_processor_name(mach_port_t port);
processor_set_t convert_port_to_pset(mach_port_t port);
processor_set_t convert_port_to_pset_name(mach_port_t port);
mach_port_t convert_host_to_port(host_t host);
mach_port_t convert_processor_to_port(processor_t processor);
mach_port_t convert_processor_name_to_port(processor_t processor);
mach_port_t convert_pset_to_port(processor_set_t set);
mach_port_t convert_pset_name_to_port(processor_set_t set);

#endif /* KERN_IPC_HOST_H */
