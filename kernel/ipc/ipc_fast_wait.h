/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The receiving half of the fast path, in line for its two files.
 */
#ifndef IPC_IPC_FAST_WAIT_H
#define IPC_IPC_FAST_WAIT_H

#include <stdbool.h>
#include <stdint.h>

#include <ipc/ipc_entry.h>
#include <ipc/ipc_fast.h>
#include <ipc/ipc_mqueue.h>
#include <ipc/ipc_port.h>
#include <ipc/ipc_pset.h>
#include <ipc/ipc_space.h>
#include <machine/usercopy.h>

/* Is a locked port one on which only the caller can get the next message? */
static inline bool
reply_port_idle(const struct ipc_port *port)
{
	return port->pset == NULL && list_empty(&port->messages) &&
	    waitq_empty(&port->receivers);
}

/* What was received: to the user's buffer. */
static inline mach_msg_return_t
fast_finish(mach_msg_return_t mr, uintptr_t message,
    struct ipc_receive *receive)
{
	if (unlikely(mr != MACH_MSG_SUCCESS))
		return mr == IPC_MQUEUE_RETRY ? IPC_FAST_SENT : mr;
	if (unlikely(receive->filled == 0))
		return IPC_FAST_RECEIVED;
	if (unlikely(copyout(message, receive->buffer, receive->filled) != 0))
		return MACH_RCV_INVALID_DATA;
	return MACH_MSG_SUCCESS;
}

/* Wait for the reply; the port is locked and gets unlocked. */
static inline mach_msg_return_t
fast_wait(struct ipc_port *reply, uintptr_t message,
    struct ipc_receive *receive)
{
	mach_msg_return_t mr;

	reply->references++;
	mr = ipc_mqueue_wait(&reply->receivers, &reply->lock, WAIT_FOREVER,
	    receive);
	if (unlikely(mr != MACH_MSG_SUCCESS))
		ipc_port_release(reply);
	else if (receive->filled == 0)
		receive->held = true;
	return fast_finish(mr, message, receive);
}

/*
 * Receive from `name`, if there is nothing yet; the space is locked and gets
 * unlocked.  Everything else, errors too, is left to the ordinary way.
 */
static inline mach_msg_return_t
fast_receive(struct ipc_space *space, mach_port_name_t name,
    uintptr_t message, struct ipc_receive *receive)
{
	struct ipc_entry *entry = ipc_entry_lookup(space, name);
	struct ipc_port *port;
	struct ipc_pset *pset;
	mach_msg_return_t mr;

	if (entry != NULL && (entry->type & MACH_PORT_TYPE_RECEIVE) != 0) {
		port = entry->port;
		spin_lock(&port->lock);
		spin_unlock(&space->lock);
		if (port->pset == NULL && list_empty(&port->messages) &&
		    waitq_empty(&port->senders))
			return fast_wait(port, message, receive);
		spin_unlock(&port->lock);
		return IPC_FAST_SENT;
	}
	if (entry == NULL || (entry->type & MACH_PORT_TYPE_PORT_SET) == 0) {
		spin_unlock(&space->lock);
		return IPC_FAST_SENT;
	}
	pset = entry->pset;
	spin_lock(&pset->lock);
	spin_unlock(&space->lock);
	if (!list_empty(&pset->ready)) {
		spin_unlock(&pset->lock);
		return IPC_FAST_SENT;
	}
	pset->references++;
	mr = ipc_mqueue_wait(&pset->receivers, &pset->lock, WAIT_FOREVER,
	    receive);
	if (unlikely(receive->filled == 0))
		ipc_pset_release(pset);
	return fast_finish(mr, message, receive);
}

#endif /* IPC_IPC_FAST_WAIT_H */
