/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The sending half of the fast path, in line for its files: a port with a
 * receiver that waits, and what goes into its buffer.
 */
#ifndef IPC_IPC_FAST_SEND_H
#define IPC_IPC_FAST_SEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ipc/ipc_entry.h>
#include <ipc/ipc_mqueue.h>
#include <ipc/ipc_port.h>
#include <ipc/ipc_pset.h>
#include <ipc/ipc_space.h>
#include <kern/handoff.h>
#include <kern/task.h>

/*
 * A port, its set if it has one, and the thread that waits there; all locks
 * are held.
 */
struct fast_target {
	struct ipc_port *port;
	struct ipc_pset *pset;
	struct waitq *queue;
	struct thread *thread;
	struct ipc_receive *receive;
};

static inline void
target_unlock(struct fast_target *target)
{
	if (target->pset != NULL)
		spin_unlock(&target->pset->lock);
	spin_unlock(&target->port->lock);
}

/* The first receiver of a locked port, if it can take `size` bytes. */
static inline bool
target_find(struct fast_target *target, struct ipc_port *port,
    mach_msg_size_t size)
{
	target->port = port;
	target->pset = port->pset;
	target->queue = &port->receivers;
	if (target->pset != NULL) {
		spin_lock(&target->pset->lock);
		target->queue = &target->pset->receivers;
	}
	if (!waitq_empty(target->queue)) {
		target->thread = list_first_entry(&target->queue->waiters,
		    struct thread, wait_link);
		target->receive = target->thread->ipc_private;
		if (target->receive->fast && size <= target->receive->max)
			return true;
	}
	target_unlock(target);
	return false;
}

/*
 * Claim the receiver: it has a message now, at target_header()'s return.
 * Interrupts are disabled if this is true; else it cannot be switched to.
 */
static __always_inline bool
target_claim(struct percpu *cpu, struct fast_target *target)
{
	if (likely(handoff_claim(cpu, target->thread)))
		return true;
	cpu_irq_enable();
	return false;
}

/*
 * Write the header of a message to `target` and count it.  `filled` bytes of
 * the message are then in the receiver's kernel buffer.
 */
static __always_inline void
target_header(struct fast_target *target, mach_msg_bits_t bits,
    mach_msg_size_t size, mach_port_name_t remote, mach_msg_id_t id,
    mach_msg_size_t filled)
{
	struct ipc_port *port = target->port;
	mach_msg_header_t *to = &target->receive->header;
	uint64_t local = port->receiver_name;

	if (unlikely(port->has_payload)) {
		local = port->payload;
		bits = (bits & ~MACH_MSGH_BITS_LOCAL_MASK) |
		    MACH_MSGH_BITS(0, MACH_MSG_TYPE_PROTECTED_PAYLOAD);
	}
	to->msgh_bits = bits;
	to->msgh_size = size;
	to->msgh_remote_port = remote;
	to->msgh_protected_payload = local;
	to->msgh_seqno = port->sequence_number++;
	to->msgh_id = id;
	target->thread->task->messages_received++;
	if (target->pset != NULL)
		target->pset->references--;
	else
		port->references--;
	target->receive->filled = filled;
}

/*
 * Make the send-once right for the reply in the receiver's space; its lock is
 * held, and the port's.
 */
static inline struct ipc_entry *
reply_right_enter(struct ipc_space *space, struct ipc_port *reply)
{
	struct ipc_entry *entry;

	if (unlikely(ipc_entry_alloc(space, &entry) != KERN_SUCCESS))
		return NULL;
	entry->type = MACH_PORT_TYPE_SEND_ONCE;
	entry->urefs = 1;
	entry->port = reply;
	return entry;
}

#endif /* IPC_IPC_FAST_SEND_H */
