/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Memory objects as the kernel sees them: pages by offset, a pager that
 * fills them, a shadow that shows through.
 *
 * Copying.  A symmetric object (anonymous, mapped by one region) is copied
 * by write-protecting and letting either side make a shadow at its next
 * write.  All other objects are copied asymmetrically: the copy is a new
 * object whose shadow is the original; the original points at its newest copy
 * and pushes a page there before the page changes.
 * Shadow chains are collapsed when a shadow has one user left.
 * See Rashid et al., "Machine-Independent Virtual Memory Management", 1987.
 */
#ifndef VM_VM_OBJECT_H
#define VM_VM_OBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include <kern/lock.h>
#include <kern/waitq.h>
#include <lib/list.h>
#include <lib/rdxtree.h>
#include <mach/mach_types.h>

struct ipc_port;
struct vm_page;

struct vm_object {
	uint32_t references;		/* lock */
	spinlock_t lock;
	uint64_t size;			/* bytes, page aligned */
	struct rdxtree pages;		/* by page index */
	uint64_t resident_count;

	struct vm_object *shadow;	/* holds a reference */
	uint64_t shadow_offset;		/* of byte 0, in the shadow */
	struct list shadows;		/* objects that shadow this one */
	struct list shadow_link;
	struct vm_object *copy;		/* newest asymmetric copy; no ref */
	memory_object_copy_strategy_t copy_strategy;

	struct ipc_port *pager;		/* memory object (send right) */
	struct ipc_port *pager_request;	/* control port, receive right */
	struct ipc_port *pager_name;	/* name port, receive right */
	uint64_t paging_offset;
	uint32_t paging_in_progress;	/* lock */
	bool pager_created;
	bool pager_ready;
	bool pager_initialized;
	bool internal;			/* anonymous, kernel-created */
	bool temporary;			/* content dies with the last user */
	bool alive;
	bool can_persist;
	bool true_share;		/* mapped by several regions */
	bool device;			/* pages are device memory: */
	uint64_t device_physical;	/* byte 0 */
	struct waitq waiters;		/* page !BUSY, pager ready, ... */
	struct list link;		/* cached objects */
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
 * The object managed by a memory object port (entered on first use), with a
 * reference; NULL for a bad or dead port.  `internal` for default pagers.
 */
struct vm_object *vm_object_enter(struct ipc_port *pager, uint64_t size);

/* The memory object port of an object (a send right); devices included. */
struct ipc_port *vm_object_pager_port(struct vm_object *object);

/* MIG: control port and name port to object, with a reference. */
vm_object_t vm_object_lookup(mach_port_t control);
vm_object_t vm_object_lookup_name(mach_port_t name);

/* The port of a kernel-backed object went without senders, or died. */
void vm_object_pager_no_senders(struct ipc_port *port);

#endif /* VM_VM_OBJECT_H */
