/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The inside of a vm_map_copy, for the files of vm/.
 */
#ifndef VM_VM_MAP_COPY_H
#define VM_VM_MAP_COPY_H

#include <vm/vm_map.h>

struct vm_map_copy {
	struct list entries;		/* by address, from 0, no holes */
	uint64_t size;			/* bytes of data */
	uint64_t offset;		/* of the data, in the first page */
	uint64_t length;		/* of all entries: whole pages */
};

/* Shorten a copy of one entry, whole pages; the object keeps its pages. */
void vm_map_copy_trim(struct vm_map_copy *copy, uint64_t size);

/*
 * The page at `offset` of the data, page aligned, taken from a copy that alone
 * has it: in no object, not mapped.  NULL: it can only be read.
 */
struct vm_page *vm_map_copy_take_page(struct vm_map_copy *copy,
    uint64_t offset);

/* Read `length` bytes of the data from `offset` on; within the size. */
kern_return_t vm_map_copy_read(struct vm_map_copy *copy, uint64_t offset,
    void *data, uint64_t length);

#endif /* VM_VM_MAP_COPY_H */
