/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Pages on their way to their pager: neighbours of one object, all alike, in
 * one message.  All the memory that sending takes is allocated first, so
 * that a page which left its object reaches the pager.  What external objects
 * return is kept account of until it is stored (memory_object_returned.h).
 */
#ifndef VM_MEMORY_OBJECT_RUN_H
#define VM_MEMORY_OBJECT_RUN_H

#include <vm/memory_object.h>
#include <vm/memory_object_message.h>
#include <vm/vm_map.h>

/* Bytes that one message carries at most. */
#define MEMORY_OBJECT_RUN	(64 * PAGE_SIZE)

struct memory_object_run {
	struct vm_object *object;	/* holds the pages from 0 on */
	vm_map_copy_t data;		/* of the object; NULL: not prepared */
	struct ipc_kmsg *kmsg;
	uint64_t offset;		/* of the first */
	uint64_t size;
	uint64_t paging_offset;		/* the object's */
	bool dirty;
	bool kept;			/* copies: the pages stay */
	bool initial;			/* the default pager's, never given */
	unsigned int queue;		/* VM_PAGE_QUEUE_ for pages that go */
};

/* KERN_RESOURCE_SHORTAGE; does nothing when it is prepared. */
kern_return_t memory_object_run_prepare(struct memory_object_run *run,
    const struct vm_object *object);

/*
 * Add a page, or a copy of it, at the end of a prepared run, which takes it;
 * the page's object is locked.  KERN_RESOURCE_SHORTAGE: the page stays.
 */
bool memory_object_run_takes(const struct memory_object_run *run,
    const struct vm_page *page, bool dirty, bool kept, bool initial);
kern_return_t memory_object_run_add(struct memory_object_run *run,
    struct vm_page *page, bool dirty, bool kept, bool initial);

/* Send what is there, if anything; no locks held. */
void memory_object_run_send(struct memory_object_run *run,
    const struct memory_object_ports *ports);
/* Give up an empty run, prepared or not. */
void memory_object_run_cancel(struct memory_object_run *run);

#endif /* VM_MEMORY_OBJECT_RUN_H */
