/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Memory objects of users: external pagers (GNU Mach manual, "External
 * Memory Management"; mach/memory_object.defs).
 *
 * Each memory object port that is mapped has one vm_object with `external`,
 * found by the port; so have internal objects of which something was paged
 * out (memory_object_default.h).  An object has pager_created from then on.  The object holds a send right to the port; it has a
 * control and a name port whose receive rights the kernel holds, until
 * memory_object_terminate() gives them to the pager.  Without references the
 * object is terminated or, if the pager lets it be cached, kept aside.
 * A pager that dies or destroys the object leaves an object without pager:
 * what is resident stays, all else fails with KERN_MEMORY_FAILURE.
 *
 * A page that was asked for is VM_PAGE_BUSY | VM_PAGE_ABSENT until the pager
 * has answered.  Who needs it waits with a struct memory_object_wait, locks
 * nothing meanwhile and then looks again from the beginning; so whatever the
 * pager does, or does not, hurts no other.
 *
 * Locks: vm_object_port_lock, then the object's.  Messages are sent with
 * neither held.
 */
#ifndef VM_MEMORY_OBJECT_H
#define VM_MEMORY_OBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include <ipc/ipc_port.h>
#include <mach/kern_return.h>
#include <mach/mach_types.h>
#include <mach/vm_prot.h>
#include <vm/vm_object.h>
#include <vm/vm_page.h>

/* Bytes of an external object: any page aligned offset below. */
#define MEMORY_OBJECT_SIZE	((uint64_t)INT64_MAX & ~(uint64_t)PAGE_MASK)
/* Cached objects without users; beyond, the oldest are terminated. */
#define MEMORY_OBJECT_CACHED	512

/* The rights that go with an object; see memory_object_message.h. */
struct memory_object_ports {
	struct ipc_port *pager;		/* send right */
	struct ipc_port *control;
	struct ipc_port *name;
};

/*
 * The object of a user's port, made if needed, with a reference.  NULL: the
 * kernel's own or a dead port, or no memory.
 */
struct vm_object *memory_object_enter(struct ipc_port *pager);
/* A reference, perhaps the first; vm_object_port_lock held. */
void memory_object_revive(struct vm_object *object);
/* The same, the object locked too. */
void memory_object_revive_locked(struct vm_object *object);
/*
 * Drop a reference of an external object.  True when it is the last, the
 * pager is done with, and the caller shall drop it.
 */
bool memory_object_release(struct vm_object *object);
/*
 * Let an internal object, to which the caller has a reference, stand for new
 * ports, whose receive rights nobody (pager) or the kernel holds; the object
 * keeps a send right to the pager.  The name port may be exchanged for one that
 * the object has.  False: it stands for another already.  No locks held.
 */
bool memory_object_adopt(struct vm_object *object,
    struct memory_object_ports *ports, bool ready);
/*
 * Ports for the former, new, of which the kernel has all rights.
 * KERN_RESOURCE_SHORTAGE.
 */
kern_return_t memory_object_ports_create(struct vm_object *object,
    struct memory_object_ports *ports);
void memory_object_ports_free(const struct memory_object_ports *ports);
/* Objects that are kept without users, and their pages. */
void memory_object_cache_count(uint64_t *objects, uint64_t *pages);
/* A port that was a memory object died. */
void memory_object_died(struct ipc_port *pager);
/* The pager gives the object up: memory_object_destroy(). */
void memory_object_shutdown(struct vm_object *object);
/*
 * Send rights to memory object and control port of an object.  False when
 * its pager is gone.
 */
bool memory_object_rights(struct vm_object *object,
    struct memory_object_ports *rights);

struct vm_map_copy;

/*
 * Not now: unlock everything, wait, then look again.  (What functions return
 * that want to, instead of a kern_return_t.)
 */
#define MEMORY_OBJECT_WAIT	(-1)

/* A wait for a pager; on the stack of who waits. */
struct memory_object_wait {
	struct list link;		/* object->waits, while blocked */
	struct vm_object *object;	/* a reference */
	uint64_t offset;
	vm_prot_t access;
	bool copy;			/* see memory_object_want_copy() */
	kern_return_t result;		/* object lock */
};

/*
 * A physical copy under way, which may have to wait for a pager for each of
 * its pages.  On the stack of who wants it, zero to begin with.  When a
 * function that got it returns MEMORY_OBJECT_WAIT, the caller unlocks its map,
 * waits, and calls again, with what it finds then: if that is the same memory,
 * the copy goes on where it was.
 */
struct memory_object_copying {
	struct vm_object *object;	/* of this, a reference; or NULL */
	uint64_t offset;
	uint64_t size;
	struct vm_object *copy;		/* what there is, a reference */
	uint64_t done;			/* bytes */
	unsigned int tries;		/* see memory_object_wait_memory() */
	struct memory_object_wait wait;
};

/* Errors as of memory_object_wait_memory(). */
kern_return_t memory_object_copying_wait(
    struct memory_object_copying *copying);
/* Give up what is there, if anything; always at the end. */
void memory_object_copying_end(struct memory_object_copying *copying);

/* Forbidden access; without reading nothing is possible. */
static inline vm_prot_t
memory_object_locked(const struct vm_page *page)
{
	vm_prot_t lock = (page->flags & VM_PAGE_LOCK) >> VM_PAGE_LOCK_SHIFT;

	return (lock & VM_PROT_READ) != 0 ? VM_PROT_ALL : lock;
}

/* A page of an external object (locked), or NULL: may it be used so? */
static inline bool
memory_object_usable(const struct vm_page *page, vm_prot_t access)
{
	return page != NULL && (page->flags & VM_PAGE_BUSY) == 0 &&
	    (memory_object_locked(page) & access) == 0;
}

/*
 * What shows at an offset of `object` (locked), `page` or nothing, is its
 * pager's to give or to allow first.
 */
static inline bool
memory_object_pending(const struct vm_object *object,
    const struct vm_page *page, uint64_t offset, vm_prot_t access)
{
	if (!object->pager_created)
		return false;
	if (page != NULL || object->external)
		return !memory_object_usable(page, access);
	return vm_object_is_paged(object, offset);
}

/* Prepare to wait until a page of `object` (locked) may be usable. */
void memory_object_want(struct vm_object *object, uint64_t offset,
    vm_prot_t access, struct memory_object_wait *wait);
/*
 * Prepare to wait until another copy of `object`, not locked, may be made
 * (memory_object_call.h); false: now.
 */
bool memory_object_want_copy(struct vm_object *object,
    struct memory_object_wait *wait);
/*
 * Ask the pager for it and wait.  KERN_SUCCESS: look again.
 * KERN_MEMORY_ERROR: the pager said so.  KERN_MEMORY_FAILURE: there is no
 * pager any more.  KERN_ABORTED, KERN_RESOURCE_SHORTAGE.  No locks held.
 */
kern_return_t memory_object_wait(struct memory_object_wait *wait);
/*
 * The same; when there is no memory to ask with, wait for that: *tries, 0 to
 * begin with, counts how often in a row, up to VM_FAULT_TRIES.
 */
kern_return_t memory_object_wait_memory(struct memory_object_wait *wait,
    unsigned int *tries);
/*
 * Pages that left the object are with the pager now: object->
 * paging_in_progress was counted up when they left, so that nobody asked for
 * them before.
 */
void memory_object_paging_end(struct vm_object *object);
/* End the waits for [start, end) with an error; object locked. */
void memory_object_fail(struct vm_object *object, uint64_t start,
    uint64_t end, kern_return_t result);

/*
 * What the pager says about pages.  Offsets are page aligned, the range lies
 * in the object.  No locks held.
 *
 * Supply: whole pages of `data`, which is not consumed.  *length says how far
 * it came.  KERN_MEMORY_PRESENT: the next page is there already.
 * KERN_RESOURCE_SHORTAGE, and errors of reading the data.
 * Zero: pages of [start, end) that are asked for become zeros.
 */
kern_return_t memory_object_supply(struct vm_object *object,
    uint64_t offset, struct vm_map_copy *data, vm_prot_t lock, bool precious,
    uint64_t *length);
void memory_object_zero(struct vm_object *object, uint64_t start,
    uint64_t end);

/*
 * Give dirty (all: precious too) pages in [start, end) to the pager; flush:
 * and all others up.  Wired pages stay.  KERN_RESOURCE_SHORTAGE: not all was
 * done.  No locks held.
 */
struct memory_object_clean {
	uint64_t start;
	uint64_t end;
	memory_object_return_t should_return;
	bool flush;
	vm_prot_t lock;			/* or VM_PROT_NO_CHANGE */
};
kern_return_t memory_object_clean(struct vm_object *object,
    const struct memory_object_ports *ports,
    const struct memory_object_clean *what);

#endif /* VM_MEMORY_OBJECT_H */
