/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Address maps: regions of a task's address space, and copies of memory in
 * transit (vm_map_copy).
 *
 * A map is guarded by its mutex; the current task's map may be looked at in a
 * fault by the same thread only when it does not hold the mutex, so no
 * copyin/copyout happens under it.
 */
#ifndef VM_VM_MAP_H
#define VM_VM_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include <kern/mutex.h>
#include <lib/list.h>
#include <lib/rbtree.h>
#include <mach/mach_types.h>
#include <vm/pmap.h>
#include <vm/vm_object.h>

struct vm_map_entry {
	struct rbtree_node node;	/* by start */
	struct list link;		/* by address */
	uintptr_t start;
	uintptr_t end;
	struct vm_object *object;	/* NULL until the first fault */
	uint64_t offset;		/* of start, in the object */
	vm_prot_t protection;
	vm_prot_t max_protection;
	vm_inherit_t inheritance;
	bool needs_copy;		/* make a shadow before writing */
	uint16_t wired_count;
	bool in_transition;
};

struct vm_map {
	uint32_t references;		/* atomic */
	struct mutex lock;
	struct rbtree tree;
	struct list entries;
	unsigned int entry_count;
	uint64_t size;			/* bytes mapped */
	uint64_t size_limit;		/* vm_set_size_limit */
	uint64_t size_limit_max;
	uint64_t wired_size;
	uintptr_t minimum;
	uintptr_t maximum;
	uintptr_t hint;			/* where to look for space first */
	bool wire_future;
	struct pmap *pmap;
	uint32_t timestamp;		/* changes with every change */
};

typedef struct vm_map *vm_map_t;
#define VM_MAP_NULL ((vm_map_t)0)

/*
 * Memory in transit, owned by whoever holds the pointer: pages captured
 * copy-on-write from a map, or bytes of the kernel.
 */
struct vm_map_copy;
typedef struct vm_map_copy *vm_map_copy_t;
#define VM_MAP_COPY_NULL ((vm_map_copy_t)0)

void vm_map_setup(void);

/* An empty map over user space; NULL without memory. */
struct vm_map *vm_map_create(void);
/* The child's map by the inheritance of the parent's regions; or NULL. */
struct vm_map *vm_map_fork(struct vm_map *parent);
void vm_map_reference(struct vm_map *map);
/* Drop a reference; NULL is fine.  (MIG calls this as a destructor.) */
void vm_map_deallocate(struct vm_map *map);
/* Unmap everything now: the task ends, others may still hold references. */
void vm_map_clear(struct vm_map *map);

/*
 * Map [*address, +size) (or anywhere) to object/offset; consumes the
 * reference on `object` when it succeeds; object NULL: zero filled.
 */
kern_return_t vm_map_enter(struct vm_map *map, uintptr_t *address,
    uint64_t size, uintptr_t mask, bool anywhere, struct vm_object *object,
    uint64_t offset, bool needs_copy, vm_prot_t protection,
    vm_prot_t max_protection, vm_inherit_t inheritance);
kern_return_t vm_map_remove(struct vm_map *map, uintptr_t start,
    uintptr_t end);

/*
 * Capture [address, +size) of `map` by virtual copy, any alignment; with
 * `destroy` the source is deallocated (page-aligned outer range) as part of
 * it.  size 0 gives VM_MAP_COPY_NULL.  KERN_INVALID_ADDRESS,
 * KERN_PROTECTION_FAILURE, KERN_RESOURCE_SHORTAGE, KERN_ABORTED.
 */
kern_return_t vm_map_copyin(struct vm_map *map, uintptr_t address,
    uint64_t size, bool destroy, vm_map_copy_t *copy);
/*
 * Map a copy at a place the kernel chooses; consumes the copy on success;
 * *address keeps the offset in the first page.
 */
kern_return_t vm_map_copyout(struct vm_map *map, uintptr_t *address,
    vm_map_copy_t copy);
/* Overwrite existing memory (vm_write, vm_copy); consumes on success. */
kern_return_t vm_map_copy_overwrite(struct vm_map *map, uintptr_t address,
    vm_map_copy_t copy);
void vm_map_copy_discard(vm_map_copy_t copy);
uint64_t vm_map_copy_size(vm_map_copy_t copy);

/*
 * Kernel data as out-of-line memory and back: create copies `size` bytes
 * into fresh pages; extract copies at most `size` bytes out (and keeps the
 * copy).  For MIG routines with out-of-line arguments, which are vm_map_copy_t
 * cast to the C type of the argument.
 */
kern_return_t vm_map_copy_create(const void *data, uint64_t size,
    vm_map_copy_t *copy);
kern_return_t vm_map_copy_extract(vm_map_copy_t copy, void *data,
    uint64_t size);

/* Copy between the kernel and another task's memory, faulting as needed. */
kern_return_t vm_map_read_user(struct vm_map *map, uintptr_t address,
    void *data, uint64_t size);
kern_return_t vm_map_write_user(struct vm_map *map, uintptr_t address,
    const void *data, uint64_t size);

/*
 * Identify the memory behind an address for gsync: the object (referenced)
 * and offset if the region is shared, or map and address if task-local.
 * Faults the page in for reading (and writing if `write`).
 */
kern_return_t vm_map_identify(struct vm_map *map, uintptr_t address,
    struct vm_object **object, uint64_t *offset);

#endif /* VM_VM_MAP_H */
