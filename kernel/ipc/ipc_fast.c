/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The fast path of RPC.
 *
 * Locks are taken in their order as far as there is one; the receiver's
 * space and the reply port, which have none, are tried for.
 */
#include <ipc/ipc_entry.h>
#include <ipc/ipc_fast.h>
#include <ipc/ipc_fast_wait.h>
#include <ipc/ipc_kmsg.h>
#include <ipc/ipc_mqueue.h>
#include <ipc/ipc_port.h>
#include <ipc/ipc_pset.h>
#include <ipc/ipc_space.h>
#include <kern/task.h>
#include <kern/thread.h>
#include <lib/string.h>
#include <machine/usercopy.h>
#include <vm/pmap.h>
#include <vm/vm_map.h>

#define HEADER_SIZE	((mach_msg_size_t)sizeof(mach_msg_user_header_t))

#define REQUEST_BITS	MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND, \
			    MACH_MSG_TYPE_MAKE_SEND_ONCE)
#define REPLY_BITS	MACH_MSGH_BITS(MACH_MSG_TYPE_MOVE_SEND_ONCE, 0)
#define SELF_BITS_MAKE	MACH_MSGH_BITS(MACH_MSG_TYPE_MAKE_SEND, 0)
#define SELF_BITS_COPY	MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND, 0)

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

/* A long body: from the sender's memory to the receiver's. */
static bool
target_copy(const struct fast_target *target, uintptr_t message,
    mach_msg_size_t size)
{
	return pmap_copy(current_task()->map->pmap, message + HEADER_SIZE,
	    target->thread->task->map->pmap,
	    target->receive->message + HEADER_SIZE, size - HEADER_SIZE);
}

/*
 * Write the message to the receiver's buffer and wake it.  `local_type` is
 * what the message was sent to.  False: it cannot be written so, or somebody
 * else woke the receiver; the buffer's content then means nothing.
 */
static inline bool
target_deliver(struct fast_target *target, const struct ipc_receive *send,
    mach_msg_size_t size, mach_port_name_t remote,
    mach_msg_type_name_t remote_type, mach_msg_type_name_t local_type)
{
	struct ipc_port *port = target->port;
	mach_msg_header_t *to = &target->receive->header;
	mach_msg_size_t filled = size;
	uint64_t local = port->receiver_name;

	if (unlikely(port->has_payload)) {
		local = port->payload;
		local_type = MACH_MSG_TYPE_PROTECTED_PAYLOAD;
	}
	to->msgh_bits = MACH_MSGH_BITS(remote_type, local_type);
	to->msgh_size = size;
	to->msgh_remote_port = remote;
	to->msgh_protected_payload = local;
	to->msgh_seqno = port->sequence_number;
	to->msgh_id = send->header.msgh_id;
	if (size > IPC_FAST_SIZE) {
		if (!target_copy(target, send->message, size))
			return false;
		filled = HEADER_SIZE;
	} else if (size > HEADER_SIZE) {
		memcpy(to + 1, &send->header + 1, size - HEADER_SIZE);
	}
	target->thread->task->messages_received++;
	if (waitq_wake_one(target->queue, WAIT_DONE, true) != target->thread)
		return false;
	port->sequence_number++;
	if (target->pset != NULL)
		target->pset->references--;
	else
		port->references--;
	__atomic_store_n(&target->receive->filled, filled, __ATOMIC_RELEASE);
	return true;
}

/*
 * Make the send-once right for the reply in the receiver's space; its lock is
 * held, and the port's.
 */
static inline struct ipc_entry *
reply_right_enter(struct ipc_space *space, struct ipc_port *reply)
{
	struct ipc_entry *entry = ipc_table_alloc_fast(&space->table, space);

	if (entry == NULL && ipc_entry_alloc(space, &entry) != KERN_SUCCESS)
		return NULL;
	entry->type = MACH_PORT_TYPE_SEND_ONCE;
	entry->urefs = 1;
	entry->port = reply;
	return entry;
}

/* A request to a user's server; space and port are locked. */
static mach_msg_return_t
fast_request_user(struct ipc_space *space, struct ipc_port *port,
    struct ipc_port *reply, uintptr_t message, mach_msg_size_t size,
    struct ipc_receive *receive)
{
	struct fast_target target;
	struct ipc_space *server;
	struct ipc_entry *entry;

	if (!target_find(&target, port, size)) {
		spin_unlock(&space->lock);
		return IPC_FAST_MISS;
	}
	server = port->receiver;
	if (server != space && !spin_trylock(&server->lock))
		goto miss_target;
	if (!spin_trylock(&reply->lock))
		goto miss_server;
	if (!reply_port_idle(reply))
		goto miss_reply;
	entry = reply_right_enter(server, reply);
	if (entry == NULL)
		goto miss_reply;
	if (!target_deliver(&target, receive, size, entry->name,
	    MACH_MSG_TYPE_PORT_SEND_ONCE, MACH_MSG_TYPE_PORT_SEND)) {
		ipc_entry_free(server, entry);
		goto miss_reply;
	}
	reply->send_once_rights++;
	if (server != space)
		spin_unlock(&server->lock);
	target_unlock(&target);
	spin_unlock(&space->lock);
	current_task()->messages_sent++;
	return fast_wait(reply, message, receive);

miss_reply:
	spin_unlock(&reply->lock);
miss_server:
	if (server != space)
		spin_unlock(&server->lock);
miss_target:
	target_unlock(&target);
	spin_unlock(&space->lock);
	return IPC_FAST_MISS;
}

static mach_msg_return_t
fast_request(struct ipc_space *space, uintptr_t message,
    mach_msg_size_t size, mach_port_name_t name, struct ipc_receive *receive)
{
	struct ipc_entry *dest, *local;
	struct ipc_port *port;

	spin_lock(&space->lock);
	dest = ipc_entry_lookup(space, receive->user.msgh_remote_port);
	local = ipc_entry_lookup(space, name);
	if (dest == NULL || local == NULL || dest == local ||
	    (dest->type & MACH_PORT_TYPE_SEND) == 0 ||
	    (local->type & MACH_PORT_TYPE_RECEIVE) == 0) {
		spin_unlock(&space->lock);
		return IPC_FAST_MISS;
	}
	port = dest->port;
	spin_lock(&port->lock);
	if (port->receiver == &ipc_space_kernel && size <= IPC_FAST_SIZE)
		return ipc_fast_request_kernel(space, port, local->port,
		    message, name, receive);
	return fast_request_user(space, port, local->port, message, size,
	    receive);
}

static mach_msg_return_t
fast_reply(struct ipc_space *space, uintptr_t message, mach_msg_size_t size,
    mach_port_name_t name, struct ipc_receive *receive)
{
	struct fast_target target;
	struct ipc_entry *dest;
	struct ipc_port *port;

	spin_lock(&space->lock);
	dest = ipc_entry_lookup(space, receive->user.msgh_remote_port);
	if (dest == NULL || dest->type != MACH_PORT_TYPE_SEND_ONCE ||
	    dest->request != NULL) {
		spin_unlock(&space->lock);
		return IPC_FAST_MISS;
	}
	port = dest->port;
	spin_lock(&port->lock);
	if (port->receiver == &ipc_space_kernel && size <= IPC_FAST_SIZE)
		return ipc_fast_reply_kernel(space, dest, message, name,
		    receive);
	if (!target_find(&target, port, size)) {
		spin_unlock(&space->lock);
		return IPC_FAST_MISS;
	}
	if (!target_deliver(&target, receive, size, MACH_PORT_NAME_NULL, 0,
	    MACH_MSG_TYPE_PORT_SEND_ONCE)) {
		target_unlock(&target);
		spin_unlock(&space->lock);
		return IPC_FAST_MISS;
	}
	port->send_once_rights--;
	target_unlock(&target);
	if (!ipc_table_free_fast(&space->table, dest))
		ipc_entry_free(space, dest);
	current_task()->messages_sent++;
	return fast_receive(space, name, message, receive);
}

/*
 * A message to the very port that the caller receives from, which would be
 * the next one there.  Its send right lives no longer than this function, so
 * a no-senders request must have other send rights to wait for.
 */
static mach_msg_return_t
fast_self(struct ipc_space *space, uintptr_t message, mach_msg_size_t size,
    mach_port_name_t name, bool make, struct ipc_receive *receive)
{
	mach_msg_header_t *header = &receive->header;
	struct ipc_entry *entry;
	struct ipc_port *port;

	spin_lock(&space->lock);
	entry = ipc_entry_lookup(space, name);
	if (entry == NULL || (entry->type & MACH_PORT_TYPE_RECEIVE) == 0 ||
	    (!make && (entry->type & MACH_PORT_TYPE_SEND) == 0)) {
		spin_unlock(&space->lock);
		return IPC_FAST_MISS;
	}
	port = entry->port;
	spin_lock(&port->lock);
	spin_unlock(&space->lock);
	if (!reply_port_idle(port) || port->queue_limit == 0 ||
	    port->has_payload || size > receive->max ||
	    (port->send_rights == 0 && port->no_senders != IP_NULL)) {
		spin_unlock(&port->lock);
		return IPC_FAST_MISS;
	}
	port->make_send_count += make;
	header->msgh_seqno = port->sequence_number++;
	spin_unlock(&port->lock);
	header->msgh_bits = MACH_MSGH_BITS(0, MACH_MSG_TYPE_PORT_SEND);
	header->msgh_remote_port = MACH_PORT_NAME_NULL;
	header->msgh_local_port = name;
	current_task()->messages_sent++;
	current_task()->messages_received++;
	if (copyout(message, header, size) != 0)
		return MACH_RCV_INVALID_DATA;
	return MACH_MSG_SUCCESS;
}

/* MACH_SEND_MSG | MACH_RCV_MSG, without any other option. */
static inline mach_msg_return_t
fast_call(uintptr_t message, mach_msg_size_t send_size,
    mach_msg_size_t receive_size, mach_port_name_t receive_name,
    struct ipc_receive *receive)
{
	struct ipc_space *space = current_task()->space;
	mach_msg_bits_t bits;

	if (send_size - HEADER_SIZE > IPC_DIRECT_SIZE - HEADER_SIZE ||
	    (send_size & 7) != 0 ||
	    copyin(receive->buffer, message, send_size > IPC_FAST_SIZE
	    ? HEADER_SIZE : send_size) != 0)
		return IPC_FAST_MISS;
	receive->message = message;
	receive->max = receive_size;
	receive->large = false;
	receive->fast = true;
	receive->held = false;
	receive->size = 0;
	receive->filled = 0;
	receive->kmsg = NULL;
	bits = receive->user.msgh_bits;
	receive->user.msgh_size = send_size;
	if (bits == REQUEST_BITS &&
	    receive->user.msgh_local_port == receive_name)
		return fast_request(space, message, send_size, receive_name,
		    receive);
	if (bits == REPLY_BITS &&
	    receive->user.msgh_local_port == MACH_PORT_NAME_NULL)
		return fast_reply(space, message, send_size, receive_name,
		    receive);
	if ((bits == SELF_BITS_MAKE || bits == SELF_BITS_COPY) &&
	    send_size <= IPC_FAST_SIZE &&
	    receive->user.msgh_remote_port == receive_name &&
	    receive->user.msgh_local_port == MACH_PORT_NAME_NULL)
		return fast_self(space, message, send_size, receive_name,
		    bits == SELF_BITS_MAKE, receive);
	return IPC_FAST_MISS;
}

mach_msg_return_t
ipc_mach_msg_trap(uintptr_t message, mach_msg_option_t option,
    mach_msg_size_t send_size, mach_msg_size_t receive_size,
    mach_port_name_t receive_name, mach_msg_timeout_t timeout,
    mach_port_name_t notify)
{
	struct ipc_receive receive;
	mach_msg_return_t mr = IPC_FAST_MISS;

	if (option == (MACH_SEND_MSG | MACH_RCV_MSG)) {
		mr = fast_call(message, send_size, receive_size, receive_name,
		    &receive);
		if (likely(mr >= 0))
			return mr;
	}
	return ipc_msg_call(&(struct mach_msg_call){
		.message = message,
		.option = option,
		.send_size = send_size,
		.receive_size = receive_size,
		.receive_name = receive_name,
		.timeout = timeout,
		.notify = notify,
		.space = current_task()->space,
	}, mr, &receive);
}
