/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Port name spaces: one per task; names are 32-bit, lowest free first.
 */
#ifndef IPC_IPC_SPACE_H
#define IPC_IPC_SPACE_H

#include <stdbool.h>
#include <stdint.h>

#include <ipc/ipc_entry.h>
#include <ipc/ipc_port.h>
#include <kern/lock.h>
#include <kern/refcount.h>
#include <lib/list.h>
#include <lib/rbtree.h>
#include <mach/kern_return.h>
#include <mach/message.h>
#include <mach/port.h>

struct ipc_space {
	spinlock_t lock;
	uint32_t references;		/* atomic */
	bool active;
	struct ipc_table table;		/* name -> struct ipc_entry */
	struct rbtree reverse;		/* port -> entry with send rights */
	struct list accepts;		/* struct ipc_accept::link */
};

#define IS_NULL ((struct ipc_space *)0)

/* Holds the receive rights of the kernel's own ports; has no names. */
extern struct ipc_space ipc_space_kernel;

void ipc_space_setup(void);

kern_return_t ipc_space_create(struct ipc_space **space);
static inline void
ipc_space_reference(struct ipc_space *space)
{
	refcount_get(&space->references);
}

void ipc_space_release(struct ipc_space *space);
/* Destroy all rights; the task ends. */
void ipc_space_terminate(struct ipc_space *space);
/* MIG destructor: drop a reference, NULL is fine. */
void space_deallocate(ipc_space_t space);

/*
 * Move a right held as a pointer into the space; *name is its name there.
 * type: MACH_MSG_TYPE_PORT_SEND, _SEND_ONCE or _RECEIVE.  IP_NULL gives
 * MACH_PORT_NULL, IP_DEAD MACH_PORT_DEAD.  On failure the right is kept:
 * KERN_INVALID_TASK, KERN_NO_SPACE, KERN_RESOURCE_SHORTAGE.
 */
kern_return_t ipc_space_copyout(struct ipc_space *space,
    struct ipc_port *port, mach_msg_type_name_t type, mach_port_name_t *name);
/*
 * Take a right out of the space by disposition (MACH_MSG_TYPE_*).  The names
 * MACH_PORT_NULL and DEAD, and dead names, give IP_NULL and IP_DEAD.
 * KERN_INVALID_TASK, KERN_INVALID_NAME, KERN_INVALID_RIGHT.
 */
kern_return_t ipc_space_copyin(struct ipc_space *space,
    mach_port_name_t name, mach_msg_type_name_t disposition,
    struct ipc_port **port);

/*
 * Claim the lowest free name of a locked space: KERN_NO_SPACE,
 * KERN_RESOURCE_SHORTAGE.  The caller sets a type before unlocking it.
 */
static inline kern_return_t
ipc_entry_alloc(struct ipc_space *space, struct ipc_entry **entry)
{
	*entry = ipc_table_alloc_fast(&space->table, space);
	return likely(*entry != NULL) ? KERN_SUCCESS
	    : ipc_entry_alloc_slow(space, entry);
}

static inline void
ipc_entry_free(struct ipc_space *space, struct ipc_entry *entry)
{
	if (unlikely(!ipc_table_free_fast(&space->table, entry)))
		ipc_entry_free_slow(space, entry);
}

#endif /* IPC_IPC_SPACE_H */
