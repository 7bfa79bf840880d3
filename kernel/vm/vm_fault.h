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
#include <stddef.h>
#include <stdint.h>

struct memory_object_wait;
struct vm_map;
struct vm_map_entry;

/*
 * How often a fault, or the like, tries again after memory was short.  More
 * than a few times means that others took it, or that there are free pages, but
 * no block of the size that something takes.
 */
#define VM_FAULT_TRIES	1000

/*
 * Make the page at `address` of `map` accessible for `access`.  May block on
 * a pager.  Interruptible by thread_abort() (KERN_ABORTED).
 * KERN_INVALID_ADDRESS, KERN_PROTECTION_FAILURE, KERN_MEMORY_ERROR (also
 * when memory is short and pageout cannot help), KERN_MEMORY_FAILURE.  No
 * locks held.
 */
kern_return_t vm_fault(struct vm_map *map, uintptr_t address,
    vm_prot_t access);

/*
 * Read from, or (VM_PROT_WRITE) write to the memory of a map for the kernel:
 * `length` bytes inside one page.  Errors as above, and
 * KERN_RESOURCE_SHORTAGE.
 */
kern_return_t vm_fault_access(struct vm_map *map, uintptr_t address,
    vm_prot_t access, void *data, size_t length);

/*
 * Fault in and wire every page of an entry, so that `access` does not fault,
 * or none; unwire those below `end`.  Map locked.  MEMORY_OBJECT_WAIT
 * (memory_object.h): those below *reached are wired; wait, and do the rest.
 */
kern_return_t vm_fault_wire(struct vm_map *map, struct vm_map_entry *entry,
    vm_prot_t access, uintptr_t *reached, struct memory_object_wait *wait);
void vm_fault_unwire(struct vm_map_entry *entry, uintptr_t end);

#endif /* VM_VM_FAULT_H */
