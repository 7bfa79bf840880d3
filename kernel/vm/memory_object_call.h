/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Copies of objects with the strategy MEMORY_OBJECT_COPY_CALL (GNU Mach manual,
 * memory_object_copy()).
 *
 * The copy is an internal object, with the original's offsets, that shadows
 * the original, beside others.  What the kernel could read of [paging_offset,
 * called_end) at the time is copied at once; all else there is the pager's to
 * supply, for a memory object of its own, in which the range begins at 0.  A
 * page that the pager says is unavailable shows from the original, and is
 * copied as soon as that has it: either is there, never both.
 *
 * The pager hears of the copy later than it is made.  Until it says that the
 * new object is ready, what it sends for the original may be meant for the
 * time before: it allows no writing of pages that were not copied.  Who writes
 * to them waits, who wants another copy too.
 */
#ifndef VM_MEMORY_OBJECT_CALL_H
#define VM_MEMORY_OBJECT_CALL_H

#include <vm/memory_object.h>

/* Copies of one object that live at a time; more are copied as with NONE. */
#define MEMORY_OBJECT_CALLS	64

/*
 * Copy [offset, offset + size) of an external object, at the same offset in
 * *copy, a reference, for a region that needs_copy.  KERN_FAILURE: there is no
 * pager to call, or too many copies live.  KERN_RESOURCE_SHORTAGE.  No locks
 * held but map mutexes.
 */
kern_return_t memory_object_call(struct vm_object *object, uint64_t offset,
    uint64_t size, struct vm_object **copy);

/*
 * `page`, at its offset in an object, locked, is about to be readable: copies
 * that its pager sent to the original for it get their own.
 * KERN_RESOURCE_SHORTAGE; KERN_ABORTED: unlock, and try again.
 */
kern_return_t memory_object_call_push_slow(struct vm_object *object,
    const struct vm_page *page);

static inline kern_return_t
memory_object_call_push(struct vm_object *object, const struct vm_page *page)
{
	return object->called_copies == 0 ? KERN_SUCCESS :
	    memory_object_call_push_slow(object, page);
}

/*
 * The lock on a page of an object, locked, that its pager wants, and what is
 * forbidden until it knows of the newest copy.
 */
vm_prot_t memory_object_call_lock_slow(const struct vm_object *object,
    uint64_t offset, vm_prot_t lock);

static inline vm_prot_t
memory_object_call_lock(const struct vm_object *object, uint64_t offset,
    vm_prot_t lock)
{
	return object->calling == NULL ? lock :
	    memory_object_call_lock_slow(object, offset, lock);
}

/* The pager knows of the copy `object`, locked, or never will. */
void memory_object_call_told(struct vm_object *object);

/*
 * The pager has nothing for the pages of a copy in [start, end) that it was
 * asked for: they are the original's.
 */
void memory_object_call_unavailable(struct vm_object *object,
    uint64_t start, uint64_t end);

#endif /* VM_MEMORY_OBJECT_CALL_H */
