/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The routines of mach_debug.defs on maps and objects.  At most as many
 * pages are described as the reply holds.
 */
#ifndef RPC_VM_DEBUG_H
#define RPC_VM_DEBUG_H

#include <ipc/ipc_port.h>
#include <mach_debug/mach_debug_types.h>
#include <vm/vm_map.h>
#include <vm/vm_object.h>

kern_return_t mach_vm_region_info(vm_map_t map, vm_address_t address,
    vm_region_info_t *info, ipc_port_t *object);
kern_return_t mach_vm_object_info(vm_object_t object,
    vm_object_info_t *info, ipc_port_t *shadow, ipc_port_t *copy);
kern_return_t mach_vm_object_pages(vm_object_t object,
    vm_page_info_array_t *pages, mach_msg_type_number_t *count);
kern_return_t mach_vm_object_pages_phys(vm_object_t object,
    vm_page_phys_info_array_t *pages, mach_msg_type_number_t *count);

#endif /* RPC_VM_DEBUG_H */
