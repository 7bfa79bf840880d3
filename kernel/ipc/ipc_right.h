/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Rights by name: what may be done with an entry of a space.
 *
 * When a port dies, names of its rights turn into dead names not at once but
 * the next time somebody looks at them (ipc_right_alive).
 */
#ifndef IPC_IPC_RIGHT_H
#define IPC_IPC_RIGHT_H

#include <stdbool.h>

#include <ipc/ipc_entry.h>
#include <ipc/ipc_port.h>
#include <ipc/ipc_space.h>

/* A name that went although it had a dead-name request. */
struct ipc_deleted {
	struct ipc_port *notify;	/* send-once right, or IP_NULL */
	mach_port_name_t name;
};

#define IPC_DELETED_NONE	((struct ipc_deleted){ IP_NULL, 0 })

/* Send the port-deleted notification, if any; no locks held. */
void ipc_deleted_notify(const struct ipc_deleted *deleted);

/*
 * Lock the space and find a name.  KERN_INVALID_TASK (space dead or NULL),
 * KERN_INVALID_NAME; the space is then not locked.
 */
kern_return_t ipc_right_lookup(struct ipc_space *space, mach_port_name_t name,
    struct ipc_entry **entry);
/* The same, and the entry must be a receive right; its port is locked too. */
kern_return_t ipc_right_lookup_receive(struct ipc_space *space,
    mach_port_name_t name, struct ipc_port **port);

/*
 * Is the port behind an entry with port rights alive?  True: the port is
 * locked.  False: the entry is a dead name now.  The space is locked.
 */
bool ipc_right_alive(struct ipc_space *space, struct ipc_entry *entry);
/* If the entry has rights to a port that died, make it a dead name. */
void ipc_right_refresh(struct ipc_space *space, struct ipc_entry *entry);

/*
 * Take a right from an entry by disposition; the space is locked.  The check
 * changes nothing (but dead names); then the second does it, giving IP_DEAD
 * for a dead name.
 */
bool ipc_right_copyin_check(struct ipc_space *space, struct ipc_entry *entry,
    mach_msg_type_name_t disposition);
struct ipc_port *ipc_right_copyin(struct ipc_space *space,
    struct ipc_entry *entry, mach_msg_type_name_t disposition,
    struct ipc_deleted *deleted);
/* The same for a live port that is locked; unlocks the port. */
struct ipc_port *ipc_right_copyin_alive(struct ipc_space *space,
    struct ipc_entry *entry, mach_msg_type_name_t disposition,
    struct ipc_deleted *deleted);

/*
 * Give a naked right to the space; space and port are locked and active.  The
 * entry is the one by which the space knows the port, if it does.
 * KERN_NO_SPACE, KERN_RESOURCE_SHORTAGE.
 */
kern_return_t ipc_right_copyout(struct ipc_space *space,
    struct ipc_port *port, mach_msg_type_name_t type,
    struct ipc_entry **entry);
/* The same under a given name; errors as for mach_port_insert_right. */
kern_return_t ipc_right_insert(struct ipc_space *space, mach_port_name_t name,
    struct ipc_port *port, mach_msg_type_name_t type);

/* What a disposition gives: MACH_MSG_TYPE_PORT_*. */
mach_msg_type_name_t ipc_right_result(mach_msg_type_name_t disposition);

/*
 * The operations of mach_port.defs on an entry; the space is locked and gets
 * unlocked.
 */
void ipc_right_destroy(struct ipc_space *space, struct ipc_entry *entry);
kern_return_t ipc_right_deallocate(struct ipc_space *space,
    struct ipc_entry *entry);
kern_return_t ipc_right_delta(struct ipc_space *space,
    struct ipc_entry *entry, mach_port_right_t right,
    mach_port_delta_t delta);
kern_return_t ipc_right_rename(struct ipc_space *space,
    struct ipc_entry *entry, mach_port_name_t new_name);
kern_return_t ipc_right_request_dead_name(struct ipc_space *space,
    struct ipc_entry *entry, bool immediate, struct ipc_port *notify,
    struct ipc_port **previous);

/*
 * Register a dead-name request for a locked, live port and the entry that
 * has rights to it.  The send-once right is consumed; the one registered
 * before is returned.
 */
kern_return_t ipc_right_set_request(struct ipc_entry *entry,
    struct ipc_port *notify, struct ipc_port **previous);

/* Type bits as mach_port_type reports them; the space is locked. */
mach_port_type_t ipc_right_type(struct ipc_space *space,
    struct ipc_entry *entry);

#endif /* IPC_IPC_RIGHT_H */
