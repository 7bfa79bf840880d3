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
#include <kern/handoff.h>

/* Is a locked port one on which only the caller can get the next message? */
static inline bool
reply_port_idle(const struct ipc_port *port)
{
	return port->pset == NULL && list_empty(&port->messages) &&
	    waitq_empty(&port->receivers);
}

/*
 * Wait at receive->port, or at receive->pset, while `to` runs, which was
 * claimed (NULL: none; interrupts are disabled all the same).  `lock` is
 * that of the object, which has a reference for the waiter; it gets
 * unlocked.
 */
static __always_inline mach_msg_return_t
fast_block(struct percpu *cpu, struct thread *to, struct waitq *queue,
    spinlock_t *lock, struct ipc_receive *receive)
{
	struct thread *self = cpu->current;

	receive->large = false;
	receive->fast = true;
	receive->held = false;
	receive->size = 0;
	receive->filled = 0;
	receive->kmsg = NULL;
	self->ipc_private = receive;
	if (unlikely(to == NULL) || unlikely(!handoff_begin(self, queue))) {
		handoff_release(cpu, to);
		return ipc_fast_finish(ipc_mqueue_wait(queue, lock,
		    WAIT_FOREVER, receive), receive);
	}
	spin_unlock(lock);
	return (mach_msg_return_t)handoff_switch(cpu, self, to,
	    ipc_fast_resume);
}

/* The port is locked; nothing is to be received from it. */
static __always_inline mach_msg_return_t
fast_wait(struct percpu *cpu, struct thread *to, struct ipc_port *port,
    struct ipc_receive *receive)
{
	port->references++;
	receive->port = port;
	receive->pset = NULL;
	return fast_block(cpu, to, &port->receivers, &port->lock, receive);
}

/*
 * Receive from receive->name, if there is nothing yet; the space is locked and
 * gets unlocked.  Everything else, errors too, is left to the ordinary way.
 * `to`: see fast_block().
 */
static inline mach_msg_return_t
fast_receive(struct percpu *cpu, struct thread *to, struct ipc_space *space,
    struct ipc_receive *receive)
{
	struct ipc_entry *entry = ipc_entry_lookup(space, receive->name);
	struct ipc_port *port;
	struct ipc_pset *pset;

	if (likely(entry != NULL &&
	    (entry->type & MACH_PORT_TYPE_RECEIVE) != 0)) {
		port = entry->port;
		spin_lock(&port->lock);
		spin_unlock(&space->lock);
		if (likely(port->pset == NULL && list_empty(&port->messages) &&
		    waitq_empty(&port->senders)))
			return fast_wait(cpu, to, port, receive);
		spin_unlock(&port->lock);
	} else if (entry != NULL &&
	    (entry->type & MACH_PORT_TYPE_PORT_SET) != 0) {
		pset = entry->pset;
		spin_lock(&pset->lock);
		spin_unlock(&space->lock);
		if (likely(list_empty(&pset->ready))) {
			pset->references++;
			receive->port = NULL;
			receive->pset = pset;
			return fast_block(cpu, to, &pset->receivers,
			    &pset->lock, receive);
		}
		spin_unlock(&pset->lock);
	} else {
		spin_unlock(&space->lock);
	}
	handoff_release(cpu, to);
	return IPC_FAST_SENT;
}

#endif /* IPC_IPC_FAST_WAIT_H */
