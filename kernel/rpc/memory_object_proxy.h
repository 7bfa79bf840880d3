/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The routines that make proxies, with the prototypes of MIG's output.
 */
#ifndef RPC_MEMORY_OBJECT_PROXY_H
#define RPC_MEMORY_OBJECT_PROXY_H

#include <ipc/ipc_port.h>
#include <ipc/ipc_space.h>
#include <kern/task.h>
#include <mach/mach_types.h>
#include <mach/message.h>

kern_return_t memory_object_create_proxy(ipc_space_t task,
    vm_prot_t max_protection, memory_object_array_t object,
    mach_msg_type_number_t object_count, rpc_vm_offset_array_t offset,
    mach_msg_type_number_t offset_count, rpc_vm_offset_array_t start,
    mach_msg_type_number_t start_count, rpc_vm_size_array_t length,
    mach_msg_type_number_t length_count, ipc_port_t *proxy);
kern_return_t vm_region_create_proxy(task_t task, vm_address_t address,
    vm_prot_t max_protection, vm_size_t length, ipc_port_t *proxy);

#endif /* RPC_MEMORY_OBJECT_PROXY_H */
