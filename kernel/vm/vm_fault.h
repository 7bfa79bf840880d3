/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Page faults.
 */
#ifndef VM_VM_FAULT_H
#define VM_VM_FAULT_H

#include <mach/kern_return.h>
#include <mach/vm_prot.h>
#include <stdbool.h>
#include <stdint.h>

struct vm_map;

/*
 * Make the page at `address` of `map` accessible for `access`.  May block on
 * a pager.  Interruptible by thread_abort() (KERN_ABORTED).
 * KERN_INVALID_ADDRESS, KERN_PROTECTION_FAILURE, KERN_MEMORY_ERROR,
 * KERN_MEMORY_FAILURE, KERN_RESOURCE_SHORTAGE.  No locks held.
 */
kern_return_t vm_fault(struct vm_map *map, uintptr_t address,
    vm_prot_t access);

/* Fault in and wire, or unwire, one region's pages (map lock held). */
kern_return_t vm_fault_wire(struct vm_map *map, uintptr_t start,
    uintptr_t end, vm_prot_t access);
void vm_fault_unwire(struct vm_map *map, uintptr_t start, uintptr_t end);

#endif /* VM_VM_FAULT_H */
