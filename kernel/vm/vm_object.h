/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Memory objects as the kernel sees them: pages by offset, a pager that
 * fills them, a shadow that shows through.
 *
 * Copying.  A symmetric object (anonymous, not shared) is copied by
 * write-protecting and letting either side make a shadow at its next write.
 * All other objects are copied asymmetrically: the copy is a new object whose
 * shadow is the original; the original points at its newest copy and pushes a
 * page there before the page changes.
 *
 * Shadow chains are collapsed when a shadow has one user left, end at an
 * object all of whose pages are there, and are cut (vm_object_cut) when what
 * is put on top is deeper than VM_OBJECT_DEPTH.  Copies of one object that
 * live at the same time stand in a row, the oldest on top, at most
 * VM_OBJECT_COPIES of them: such a row can come into a chain below others
 * later.
 * See Rashid et al., "Machine-Independent Virtual Memory Management", 1987.
 *
 * Invariants:
 *  - A region that needs_copy never writes to its object; its object is
 *    internal.
 *  - Of an internal object that is not true_share, the pages under a region
 *    that does not need_copy can be reached through that region only: every
 *    symmetric copy of them would have made it need_copy.  They go with it.
 *  - object->copy->shadow == object.
 * Lock order: an object before its shadow.  Upwards (to the copy or to
 * a shadowing object) only by trying.
 */
#ifndef VM_VM_OBJECT_H
#define VM_VM_OBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include <kern/lock.h>
#include <kern/waitq.h>
#include <lib/list.h>
#include <lib/rbtree.h>
#include <lib/rdxtree.h>
#include <machine/memory.h>
#include <mach/mach_types.h>
#include <machine/memory.h>

struct ipc_port;
struct memory_object_copying;
struct memory_object_returned;
struct memory_object_returns;
struct vm_page;

struct vm_object {
	uint32_t references;		/* lock */
	spinlock_t lock;
	uint64_t size;			/* bytes, page aligned */
	struct rdxtree pages;		/* by page index */
	struct rdxtree paged;		/* see vm_object_is_paged() */
	uint64_t resident_count;

	struct vm_object *shadow;	/* holds a reference */
	uint64_t shadow_offset;		/* of byte 0, in the shadow */
	struct list shadows;		/* objects that shadow this one, the
					   older copy in the row first */
	struct list shadow_link;
	struct vm_object *copy;		/* newest asymmetric copy; no ref */
	unsigned int copy_row;		/* copy: its place in the row, from 1 */
	memory_object_copy_strategy_t copy_strategy;

	struct ipc_port *pager;		/* memory object (send right) */
	struct ipc_port *pager_request;	/* control port, receive right */
	struct ipc_port *pager_name;	/* name port, receive right */
	uint64_t paging_offset;		/* of byte 0 of the pager's object */
	/* memory_object_call.h */
	uint64_t called_end;		/* a copy: of its range; or 0 */
	unsigned int called_copies;	/* of this */
	struct vm_object *calling;	/* the newest, not ready; no ref */
	uint32_t paging_in_progress;	/* lock */
	bool pager_created;
	bool pager_ready;
	bool pager_initialized;
	bool paged_again;		/* paged out, then forgotten */
	bool internal;			/* anonymous, kernel-created */
	bool external;			/* absent pages come from the pager,
					   or, pager NULL, from nowhere */
	bool temporary;			/* content dies with the last user */
	bool alive;
	bool can_persist;
	bool true_share;		/* a page may have several writers */
	bool written;			/* by a region, without a shadow */
	vm_prot_t max_protection;	/* of mappings that share it */
	bool device;			/* pages are device memory: */
	uint64_t device_physical;	/* byte 0 */
	struct waitq waiters;		/* page !BUSY, pager ready, ... */
	struct list waits;		/* pager: who waits, for what */
	struct rbtree_node pager_node;	/* by pager, port lock */
	struct list link;		/* cached objects, port lock */
	/* memory_object_returned.h; or NULL */
	struct memory_object_returns *returns;	/* external: to its pager */
	struct memory_object_returned *returned; /* what it carries */
};

typedef struct vm_object *vm_object_t;
#define VM_OBJECT_NULL ((vm_object_t)0)

void vm_object_setup(void);

/* A new anonymous object; NULL without memory. */
struct vm_object *vm_object_create(uint64_t size);
/* One that maps device memory [physical, physical + size). */
struct vm_object *vm_object_create_device(uint64_t physical, uint64_t size);
/* One that holds given frames, e.g. the clock page; never paged. */
struct vm_object *vm_object_create_pages(struct vm_page *first,
    uint64_t count);

void vm_object_reference(struct vm_object *object);
void vm_object_deallocate(struct vm_object *object);

/*
 * Resident pages.  `offset` is page aligned, in bytes; the object is locked.
 * Insert sets the page's owner; KERN_RESOURCE_SHORTAGE without memory for
 * the tree.  Free unmaps the page everywhere, removes and frees it.
 */
static inline struct vm_page *
vm_object_page_lookup(const struct vm_object *object, uint64_t offset)
{
	return rdxtree_lookup(&object->pages, offset >> PAGE_SHIFT);
}

kern_return_t vm_object_page_insert(struct vm_object *object,
    uint64_t offset, struct vm_page *page);
/* A new page, content undefined; NULL without memory. */
struct vm_page *vm_object_page_fresh(struct vm_object *object,
    uint64_t offset);
void vm_object_page_remove(struct vm_object *object, struct vm_page *page);
void vm_object_page_free(struct vm_object *object, struct vm_page *page);
/*
 * Move a page to another object, which nobody else knows yet, and a queue; the
 * page's object is locked.  False without memory.
 */
bool vm_object_page_move(struct vm_page *page, struct vm_object *to,
    uint64_t offset, unsigned int queue);
/* The page with the lowest offset >= `offset`, or NULL. */
struct vm_page *vm_object_page_next(const struct vm_object *object,
    uint64_t offset);
/* Free the pages in [start, end). */
void vm_object_free_range(struct vm_object *object, uint64_t start,
    uint64_t end);

/*
 * Pages of an internal object that its pager, the default pager, was given
 * (vm_object_paged.c).  Such a page is resident, or else to be asked for; what
 * is not paged, and not resident, never was.  The object is locked.
 * Set: KERN_RESOURCE_SHORTAGE.  Clear: the pages in [start, end) are not part
 * of the object any more.
 *
 * Of a copy that its pager was called for, all pages of the range are paged
 * but those that were unset: these are the shadow's.  KERN_RESOURCE_SHORTAGE.
 */
bool vm_object_paged_lookup(const struct vm_object *object, uint64_t offset);
kern_return_t vm_object_paged_set(struct vm_object *object, uint64_t offset);
kern_return_t vm_object_paged_unset(struct vm_object *object,
    uint64_t offset);
void vm_object_paged_clear(struct vm_object *object, uint64_t start,
    uint64_t end);

static inline bool
vm_object_is_paged(const struct vm_object *object, uint64_t offset)
{
	return object->pager_created &&
	    vm_object_paged_lookup(object, offset);
}

/* The object is a copy of what its pager was called for, there. */
static inline bool
vm_object_called(const struct vm_object *object, uint64_t offset)
{
	return offset >= object->paging_offset && offset < object->called_end;
}

/* The object itself has a page at an offset, resident or paged out. */
static inline bool
vm_object_has_page(const struct vm_object *object, uint64_t offset)
{
	return rdxtree_lookup(&object->pages, offset >> PAGE_SHIFT) != NULL ||
	    vm_object_is_paged(object, offset);
}

/* Make `object` (new, empty) shadow `shadow`; takes over a reference. */
void vm_object_set_shadow(struct vm_object *object, struct vm_object *shadow,
    uint64_t offset);
/* Absorb shadows that nobody else uses.  Locked. */
void vm_object_collapse(struct vm_object *object);

/*
 * Deeper chains are cut; asymmetric copies of one object in a row.  What is as
 * deep as the third, because a pager has pages of the middle, is copied page
 * by page.
 */
#define VM_OBJECT_DEPTH		16
#define VM_OBJECT_COPIES	8
#define VM_OBJECT_DEEP		(2 * VM_OBJECT_DEPTH)

/* vm_object_chain.c */

/* The number of objects below.  Not locked. */
unsigned int vm_object_depth(struct vm_object *object);
/* There is a shadow, of which nothing shows. */
static inline bool
vm_object_obscures(const struct vm_object *object)
{
	return object->shadow != NULL &&
	    object->resident_count << PAGE_SHIFT >= object->size;
}

/*
 * Take the shadow away from an object, locked, that obscures it, unless a pager
 * may have pages: returns the shadow, whose reference is the caller's to drop
 * when no object is locked; else NULL.
 */
struct vm_object *vm_object_bypass(struct vm_object *object);
/*
 * Make the chain below `object` as short as can be: copy the pages that show
 * from the middle, and shadow the lowest object that does not change.  Pages
 * of pagers are not copied: the chain is cut above.  KERN_FAILURE: there is
 * nothing to cut.  KERN_RESOURCE_SHORTAGE: nothing changed.  Not locked.
 */
kern_return_t vm_object_cut(struct vm_object *object);
/*
 * The chain below is too deep for another copy, even after a cut.  Not locked.
 */
bool vm_object_deep(struct vm_object *object);

/*
 * Wire a resident page, or take back one wiring; the object is locked.
 */
void vm_object_page_wire(struct vm_page *page);
void vm_object_page_unwire(struct vm_page *page);

/*
 * vm_object_copy.c; no locks held on entry but map mutexes.  Those that get a
 * `copying` (memory_object.h) may return MEMORY_OBJECT_WAIT.
 */

/*
 * A new object with the current content of [offset, offset + size),
 * copied physically, at offset 0.  KERN_RESOURCE_SHORTAGE,
 * KERN_MEMORY_ERROR.
 */
kern_return_t vm_object_copy_slowly(struct vm_object *object,
    uint64_t offset, uint64_t size, struct memory_object_copying *copying,
    struct vm_object **copy);
/*
 * An asymmetric copy, with a reference; the content of [offset, offset +
 * size) is at the same offset.  The caller's region needs_copy.
 */
kern_return_t vm_object_copy_delayed(struct vm_object *object,
    uint64_t offset, uint64_t size, struct vm_object **copy);
/*
 * Copy as the object's kind has it, for a region that then needs_copy or
 * not.  KERN_INVALID_ARGUMENT: device registers cannot be copied.
 */
kern_return_t vm_object_copy(struct vm_object *object, uint64_t offset,
    uint64_t size, struct memory_object_copying *copying,
    struct vm_object **copy, uint64_t *copy_offset, bool *needs_copy);
/*
 * Before the first change to `page` of `object` (locked): give its content
 * to the copy object.  KERN_RESOURCE_SHORTAGE; KERN_ABORTED when the copy is
 * locked: unlock everything and try again.
 */
kern_return_t vm_object_push(struct vm_object *object, struct vm_page *page);
/*
 * Find the page that shows at `offset`, through the shadows.  `object` is
 * locked, and stays so; *owner is the object of the page, locked too, or
 * when NULL is returned: the last one.  *owner_offset: the offset there.
 * Below: the object itself has no page there.
 */
struct vm_page *vm_object_find_below(struct vm_object *object,
    uint64_t offset, struct vm_object **owner, uint64_t *owner_offset);

static inline struct vm_page *
vm_object_find(struct vm_object *object, uint64_t offset,
    struct vm_object **owner, uint64_t *owner_offset)
{
	struct vm_page *page = vm_object_page_lookup(object, offset);

	if (page == NULL && object->shadow != NULL)
		return vm_object_find_below(object, offset, owner,
		    owner_offset);
	*owner = object;
	*owner_offset = offset;
	return page;
}

/*
 * Put a page that is in no object in the place of another, which is freed.
 */
void vm_object_page_replace(struct vm_object *object, struct vm_page *old,
    struct vm_page *page);

/*
 * The object managed by a memory object port, with a reference; made if the
 * port is a user's.  NULL: another port of the kernel, a dead one, or no
 * memory.
 */
struct vm_object *vm_object_enter(struct ipc_port *pager);

/*
 * Guards which ports stand for which object, and the references of external
 * objects on their way to and from 0.  Outside of port and object locks.
 */
extern spinlock_t vm_object_port_lock;

/*
 * A send right to the memory object port of an object that the kernel
 * provides, or to the name port of any object; IP_NULL without memory.
 */
struct ipc_port *vm_object_pager_port(struct vm_object *object);
struct ipc_port *vm_object_name_port(struct vm_object *object);

/* MIG: control port and name port to object, with a reference. */
vm_object_t vm_object_lookup(struct ipc_port *control);
vm_object_t vm_object_lookup_name(struct ipc_port *name);

/* A port made by the functions above went without senders. */
void vm_object_pager_no_senders(struct ipc_port *port);

#endif /* VM_VM_OBJECT_H */
