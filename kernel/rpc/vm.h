/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The vm_* routines, with the prototypes of MIG's output, for the traps that
 * call them directly.  None consumes a right or a reference.
 */
#ifndef RPC_VM_H
#define RPC_VM_H

#include <ipc/ipc_port.h>
#include <kern/host.h>
#include <mach/mach_types.h>
#include <mach/message.h>
#include <vm/vm_map.h>

/*
 * The whole pages that [address, address + size) touches; none for size 0.
 * KERN_INVALID_ARGUMENT for a null map, KERN_INVALID_ADDRESS for a range
 * that is not all user space.
 */
kern_return_t vm_range(const struct vm_map *map, vm_address_t address,
    vm_size_t size, uintptr_t *start, uintptr_t *end);

kern_return_t vm_allocate(vm_map_t map, vm_address_t *address,
    vm_size_t size, boolean_t anywhere);
kern_return_t vm_deallocate(vm_map_t map, vm_address_t address,
    vm_size_t size);
kern_return_t vm_protect(vm_map_t map, vm_address_t address, vm_size_t size,
    boolean_t set_maximum, vm_prot_t protection);
kern_return_t vm_inherit(vm_map_t map, vm_address_t address, vm_size_t size,
    vm_inherit_t inheritance);
kern_return_t vm_read(vm_map_t map, vm_address_t address, vm_size_t size,
    vm_offset_t *data, mach_msg_type_number_t *count);
kern_return_t vm_write(vm_map_t map, vm_address_t address, vm_offset_t data,
    mach_msg_type_number_t count);
kern_return_t vm_copy(vm_map_t map, vm_address_t source, vm_size_t size,
    vm_address_t destination);
kern_return_t vm_map(vm_map_t map, vm_address_t *address, vm_size_t size,
    vm_address_t mask, boolean_t anywhere, ipc_port_t memory_object,
    vm_offset_t offset, boolean_t copy, vm_prot_t protection,
    vm_prot_t max_protection, vm_inherit_t inheritance);
kern_return_t vm_region(vm_map_t map, vm_address_t *address,
    vm_size_t *size, vm_prot_t *protection, vm_prot_t *max_protection,
    vm_inherit_t *inheritance, boolean_t *is_shared,
    ipc_port_t *object_name, vm_offset_t *offset);
kern_return_t vm_machine_attribute(vm_map_t map, vm_address_t address,
    vm_size_t size, vm_machine_attribute_t attribute,
    vm_machine_attribute_val_t *value);
kern_return_t vm_msync(vm_map_t map, vm_address_t address, vm_size_t size,
    vm_sync_t flags);
kern_return_t vm_object_sync(vm_object_t object, vm_offset_t offset,
    vm_size_t size, boolean_t should_flush, boolean_t should_return,
    boolean_t should_iosync);

kern_return_t vm_statistics(vm_map_t map, vm_statistics_data_t *statistics);
kern_return_t vm_set_default_memory_manager(host_t host,
    ipc_port_t *manager);
kern_return_t vm_cache_statistics(vm_map_t map,
    vm_cache_statistics_data_t *statistics);
kern_return_t vm_wire(ipc_port_t host, vm_map_t map, vm_address_t address,
    vm_size_t size, vm_prot_t access);
kern_return_t vm_wire_all(ipc_port_t host, vm_map_t map, vm_wire_t flags);
kern_return_t vm_allocate_contiguous(host_t host, vm_map_t map,
    vm_address_t *vaddr, rpc_phys_addr_t *paddr, vm_size_t size,
    rpc_phys_addr_t minimum, rpc_phys_addr_t maximum, rpc_phys_addr_t align);
kern_return_t vm_pages_phys(host_t host, vm_map_t map, vm_address_t address,
    vm_size_t size, rpc_phys_addr_array_t *pages,
    mach_msg_type_number_t *count);
kern_return_t vm_set_size_limit(ipc_port_t host, vm_map_t map,
    vm_size_t current, vm_size_t maximum);
kern_return_t vm_get_size_limit(vm_map_t map, vm_size_t *current,
    vm_size_t *maximum);

#endif /* RPC_VM_H */
