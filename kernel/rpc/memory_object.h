/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The routines on memory object control ports, with the prototypes of MIG's
 * output (mach.defs).  Each consumes the reference on the object.
 */
#ifndef RPC_MEMORY_OBJECT_H
#define RPC_MEMORY_OBJECT_H

#include <ipc/ipc_port.h>
#include <mach/mach_types.h>
#include <mach/message.h>
#include <vm/vm_object.h>

kern_return_t memory_object_data_supply(vm_object_t object,
    vm_offset_t offset, vm_offset_t data, mach_msg_type_number_t count,
    vm_prot_t lock, boolean_t precious, ipc_port_t reply_to,
    mach_msg_type_name_t reply_type);
kern_return_t memory_object_data_unavailable(vm_object_t object,
    vm_offset_t offset, vm_size_t size);
kern_return_t memory_object_data_error(vm_object_t object,
    vm_offset_t offset, vm_size_t size, kern_return_t error);
kern_return_t memory_object_lock_request(vm_object_t object,
    vm_offset_t offset, vm_size_t size, memory_object_return_t should_return,
    boolean_t should_flush, vm_prot_t lock, ipc_port_t reply_to,
    mach_msg_type_name_t reply_type);
kern_return_t memory_object_ready(vm_object_t object, boolean_t may_cache,
    memory_object_copy_strategy_t strategy);
kern_return_t memory_object_change_attributes(vm_object_t object,
    boolean_t may_cache, memory_object_copy_strategy_t strategy,
    ipc_port_t reply_to, mach_msg_type_name_t reply_type);
kern_return_t memory_object_get_attributes(vm_object_t object,
    boolean_t *ready, boolean_t *may_cache,
    memory_object_copy_strategy_t *strategy);
kern_return_t memory_object_destroy(vm_object_t object,
    kern_return_t reason);

#endif /* RPC_MEMORY_OBJECT_H */
