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
#include <kern/refcount.h>
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
	bool wired;			/* every page is in top object, wired */
	bool mapped;			/* the pmap may know pages of it */
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
	uint64_t hint_hole;		/* no hole below hint is larger */
	struct vm_map_entry *cached;	/* last looked up, or NULL */
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
static inline void
vm_map_reference(struct vm_map *map)
{
	refcount_get(&map->references);
}

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
/* Unmap [start, end), page aligned; holes are fine.  KERN_INVALID_ADDRESS. */
kern_return_t vm_map_remove(struct vm_map *map, uintptr_t start,
    uintptr_t end);

/*
 * Attributes of [start, end), page aligned, every page mapped
 * (KERN_INVALID_ADDRESS).  Protect refuses what the maximum protection does
 * not allow (KERN_PROTECTION_FAILURE).
 */
kern_return_t vm_map_protect(struct vm_map *map, uintptr_t start,
    uintptr_t end, vm_prot_t protection, bool set_maximum);
kern_return_t vm_map_inherit(struct vm_map *map, uintptr_t start,
    uintptr_t end, vm_inherit_t inheritance);
/*
 * Wire pages for `access`, or unwire with VM_PROT_NONE; does not nest.
 * KERN_NO_SPACE: not mapped, or not for that access, or more than `limit` bytes
 * of the map would be wired.  A wiring that fails after it began leaves the
 * range unwired.
 */
kern_return_t vm_map_wire(struct vm_map *map, uintptr_t start,
    uintptr_t end, vm_prot_t access, uint64_t limit);
/* All regions, now and (`future`) those to come; both false: unwire. */
kern_return_t vm_map_wire_all(struct vm_map *map, bool current, bool future);

/* What vm_region() tells about the first region that ends after `address`. */
struct vm_map_region {
	uintptr_t start;
	uintptr_t end;
	vm_prot_t protection;
	vm_prot_t max_protection;
	vm_inherit_t inheritance;
	bool shared;
	bool needs_copy;
	bool wired;
	struct vm_object *object;	/* referenced, or NULL */
	uint64_t offset;
};

/* KERN_NO_SPACE when there is none. */
kern_return_t vm_map_region(struct vm_map *map, uintptr_t address,
    struct vm_map_region *region);

/*
 * Make the region that contains `address` one that others may map too, and
 * tell about it.  KERN_INVALID_ADDRESS, KERN_RESOURCE_SHORTAGE.
 */
kern_return_t vm_map_share(struct vm_map *map, uintptr_t address,
    struct vm_map_region *region);

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
/*
 * `size` bytes of an internal object from 0 on; consumes the reference, in
 * any case.  KERN_RESOURCE_SHORTAGE.
 */
kern_return_t vm_map_copy_create_object(struct vm_object *object,
    uint64_t size, vm_map_copy_t *copy);
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

/*
 * The frame that shows at an address, 0 if none is there yet.
 * KERN_INVALID_ADDRESS.
 */
kern_return_t vm_map_page_phys(struct vm_map *map, uintptr_t address,
    uint64_t *physical);

/*
 * For the files of vm/; the map is locked.
 *
 * Entries: the one that contains `address`, or NULL; the same, or else the
 * next above.  Clip: make an entry begin, or end, at an address inside it
 * (NULL, or false, without memory).
 */
static inline struct vm_map_entry *
vm_map_entry_or_null(struct vm_map *map, struct list *node)
{
	return list_end(&map->entries, node) ? NULL :
	    list_entry(node, struct vm_map_entry, link);
}

/* The neighbours, or NULL; before NULL comes the last entry. */
static inline struct vm_map_entry *
vm_map_entry_after(struct vm_map *map, struct vm_map_entry *entry)
{
	return vm_map_entry_or_null(map, list_next(&entry->link));
}

static inline struct vm_map_entry *
vm_map_entry_before(struct vm_map *map, struct vm_map_entry *entry)
{
	return vm_map_entry_or_null(map, entry == NULL
	    ? list_last(&map->entries) : list_prev(&entry->link));
}

void vm_map_entry_setup(void);
void vm_map_copy_setup(void);
struct vm_map_entry *vm_map_entry_lookup(struct vm_map *map,
    uintptr_t address);
struct vm_map_entry *vm_map_entry_above(struct vm_map *map,
    uintptr_t address);
struct vm_map_entry *vm_map_entry_alloc(void);
void vm_map_entry_free(struct vm_map_entry *entry);
/* Before `next`, the entry above it, or NULL. */
void vm_map_entry_insert(struct vm_map *map, struct vm_map_entry *entry,
    struct vm_map_entry *next);
/* Split at `address`, inside; the entry keeps the lower part. */
bool vm_map_entry_split(struct vm_map *map, struct vm_map_entry *entry,
    uintptr_t address);

static inline bool
vm_map_clip(struct vm_map *map, struct vm_map_entry *entry, uintptr_t start,
    uintptr_t end)
{
	if (end < entry->end && !vm_map_entry_split(map, entry, end))
		return false;
	return start == entry->start ||
	    vm_map_entry_split(map, entry, start);
}

/* Join neighbours that differ in nothing, around and in [start, end). */
void vm_map_simplify(struct vm_map *map, uintptr_t start, uintptr_t end);
/* Take the entry's pages, or some, out of the pmap. */
void vm_map_entry_unmap(struct vm_map *map, struct vm_map_entry *entry,
    uintptr_t start, uintptr_t end);
/* Unlink and free an entry; its pages are unmapped already. */
void vm_map_entry_dispose(struct vm_map *map, struct vm_map_entry *entry);
/*
 * The entry no longer shows [start, end), part of it, already unmapped: free
 * the pages that only it could reach (vm_object.h).  Drop: the whole entry
 * gives its object up.
 */
void vm_map_entry_release(const struct vm_map_entry *entry, uintptr_t start,
    uintptr_t end);
void vm_map_entry_drop(struct vm_map_entry *entry);
/* Take an entry out as it is, with its object. */
void vm_map_entry_extract(struct vm_map *map, struct vm_map_entry *entry);
/* KERN_INVALID_ADDRESS unless each page of [start, end) is mapped with all of
 * `protection` (KERN_PROTECTION_FAILURE). */
kern_return_t vm_map_check(struct vm_map *map, uintptr_t start,
    uintptr_t end, vm_prot_t protection);
/*
 * Room for `size` bytes, and the entry above it, or NULL: KERN_NO_SPACE.  Does
 * not take it.
 */
kern_return_t vm_map_find_space(struct vm_map *map, uint64_t size,
    uintptr_t mask, uintptr_t *address, struct vm_map_entry **above);
/* Give an entry that needs_copy an object to write to. */
kern_return_t vm_map_entry_shadow(struct vm_map_entry *entry);
/*
 * Copy what `entry` shows in [start, end), part of it: `copy`, not in a map,
 * gets object, offset and needs_copy; the source becomes copy on write.  May
 * return MEMORY_OBJECT_WAIT (memory_object.h).
 */
kern_return_t vm_map_entry_copy(struct vm_map *map,
    struct vm_map_entry *entry, uintptr_t start, uintptr_t end,
    struct memory_object_copying *copying, struct vm_map_entry *copy);

#endif /* VM_VM_MAP_H */
