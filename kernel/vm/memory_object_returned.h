/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Data that pagers were given back and have not stored yet.
 *
 * A pager deallocates what memory_object_data_return() brought as soon as it
 * does not need it any more, for example has written it (GNU Mach manual,
 * "Memory Objects and Data").  So the object that carries the pages of one
 * message (memory_object_run.h) has a record, which ends with it: all that
 * have the memory have released it then, or have changed all of it.  Who
 * wants to know that data are stored waits for the records of their object.
 *
 * The records outlive the memory object: a pager that keeps the memory keeps
 * nothing else.  One lock guards them all, after the objects' locks.
 */
#ifndef VM_MEMORY_OBJECT_RETURNED_H
#define VM_MEMORY_OBJECT_RETURNED_H

#include <stdint.h>

#include <mach/kern_return.h>

struct vm_object;
struct memory_object_returns;		/* of one external object */
struct memory_object_returned;		/* of one message */

/* How long a wait goes on in which nothing is released, ms. */
#define MEMORY_OBJECT_PATIENCE	5000

/* Without records; NULL without memory.  Free: the object has ended. */
struct memory_object_returns *memory_object_returns_create(void);
void memory_object_returns_free(struct memory_object_returns *returns);

/* A record that says nothing yet; NULL without memory. */
struct memory_object_returned *memory_object_returned_create(
    struct memory_object_returns *returns);
/* [offset, offset + size) is about to be given to the pager. */
void memory_object_returned_begin(struct memory_object_returned *record,
    uint64_t offset, uint64_t size);
/* The memory is released, or was never sent: the record goes. */
void memory_object_returned_end(struct memory_object_returned *record);

/*
 * Wait until the pager of an external object has released all that it was
 * given of [start, end) so far.  KERN_MEMORY_FAILURE: the pager is gone.
 * KERN_TIMEDOUT: it has released nothing of the object for
 * MEMORY_OBJECT_PATIENCE.  KERN_ABORTED.  The caller has a reference; no
 * locks held.
 */
kern_return_t memory_object_returned_wait(struct vm_object *object,
    uint64_t start, uint64_t end);

#endif /* VM_MEMORY_OBJECT_RETURNED_H */
