/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Msg-accepted requests: MACH_SEND_NOTIFY queued a message beyond the limit;
 * the sender wants to know when it is received.
 *
 * A request belongs to its message.  While the send right keeps its name, the
 * entry's type has MACH_PORT_TYPE_MAREQUEST, and it can have no other.
 */
#ifndef IPC_IPC_ACCEPT_H
#define IPC_IPC_ACCEPT_H

#include <ipc/ipc_space.h>
#include <lib/list.h>
#include <mach/message.h>
#include <mach/port.h>

struct ipc_kmsg;

struct ipc_accept {
	struct list link;		/* space->accepts, space->lock */
	struct ipc_space *space;	/* a reference */
	mach_port_name_t name;		/* the send right, or MACH_PORT_NULL */
	struct ipc_port *notify;	/* send-once right */
};

void ipc_accept_setup(void);

/*
 * Attach a request to a message that was sent to the right `name`.
 * MACH_MSG_SUCCESS, MACH_SEND_INVALID_NOTIFY, MACH_SEND_NO_NOTIFY,
 * MACH_SEND_NOTIFY_IN_PROGRESS.
 */
mach_msg_return_t ipc_accept_request(struct ipc_space *space,
    mach_port_name_t name, mach_port_name_t notify, struct ipc_kmsg *kmsg);

/* The message was received, or (not `accepted`) destroyed with its port. */
void ipc_accept_finish(struct ipc_kmsg *kmsg, bool accepted);

/* The space, locked, gives the right another name (or MACH_PORT_NULL: none). */
void ipc_accept_rename(struct ipc_space *space, mach_port_name_t name,
    mach_port_name_t new_name);

/* How many requests there are on the machine. */
uint32_t ipc_accept_count(void);

#endif /* IPC_IPC_ACCEPT_H */
