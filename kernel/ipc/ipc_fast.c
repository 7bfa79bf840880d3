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
#include <ipc/ipc_fast_send.h>
#include <ipc/ipc_fast_wait.h>
#include <ipc/ipc_kmsg.h>
#include <ipc/ipc_mqueue.h>
#include <ipc/ipc_port.h>
#include <ipc/ipc_pset.h>
#include <ipc/ipc_space.h>
#include <kern/handoff.h>
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

/* The message, or of a long one the header, from user memory. */
static inline bool
message_get(struct ipc_receive *receive, mach_msg_size_t size)
{
	if (size - HEADER_SIZE > IPC_DIRECT_SIZE - HEADER_SIZE ||
	    (size & 7) != 0 ||
	    copyin_header(receive->buffer, receive->message) != 0)
		return false;
	return size == HEADER_SIZE || size > IPC_FAST_SIZE ||
	    copyin(receive->buffer + HEADER_SIZE / 8,
	    receive->message + HEADER_SIZE, size - HEADER_SIZE) == 0;
}

/* And back, `size` bytes. */
static inline mach_msg_return_t
message_put(const struct ipc_receive *receive, mach_msg_size_t size)
{
	int error = size == HEADER_SIZE
	    ? copyout_header(receive->message, receive->buffer)
	    : copyout(receive->message, receive->buffer, size);

	return likely(error == 0) ? MACH_MSG_SUCCESS : MACH_RCV_INVALID_DATA;
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
 * Write the message to the receiver's buffer and claim it.  `local_type` is
 * what the message was sent to.  True: interrupts are disabled.  False: it
 * cannot be written so or switched to; a long body's buffer then means
 * nothing.
 */
static __always_inline bool
target_deliver(struct percpu *cpu, struct fast_target *target,
    const struct ipc_receive *send, mach_msg_size_t size,
    mach_port_name_t remote, mach_msg_type_name_t remote_type,
    mach_msg_type_name_t local_type)
{
	mach_msg_size_t filled = size;

	if (size > IPC_FAST_SIZE) {
		if (!target_copy(target, send->message, size))
			return false;
		filled = HEADER_SIZE;
	}
	if (unlikely(!target_claim(cpu, target)))
		return false;
	if (filled > HEADER_SIZE)
		memcpy(&target->receive->header + 1, &send->header + 1,
		    filled - HEADER_SIZE);
	target_header(target, MACH_MSGH_BITS(remote_type, local_type), size,
	    remote, send->header.msgh_id, filled);
	return true;
}

/* A request to a user's server; space and port are locked. */
static mach_msg_return_t
fast_request_user(struct ipc_space *space, struct ipc_port *port,
    struct ipc_port *reply, mach_msg_size_t size,
    struct ipc_receive *receive)
{
	struct percpu *cpu = percpu_self();
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
	/* Senders may be waiting for a receiver: the ordinary way has them. */
	if (!reply_port_idle(reply) || !waitq_empty(&reply->senders))
		goto miss_reply;
	entry = reply_right_enter(server, reply);
	if (entry == NULL)
		goto miss_reply;
	if (!target_deliver(cpu, &target, receive, size, entry->name,
	    MACH_MSG_TYPE_PORT_SEND_ONCE, MACH_MSG_TYPE_PORT_SEND)) {
		ipc_entry_free(server, entry);
		goto miss_reply;
	}
	reply->send_once_rights++;
	if (server != space)
		spin_unlock(&server->lock);
	target_unlock(&target);
	spin_unlock(&space->lock);
	cpu->current->task->messages_sent++;
	return fast_wait(cpu, target.thread, reply, receive);

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
fast_request(struct ipc_space *space, mach_msg_size_t size,
    struct ipc_receive *receive)
{
	struct ipc_entry *dest, *local;
	struct ipc_port *port;

	spin_lock(&space->lock);
	dest = ipc_entry_right(space, receive->user.msgh_remote_port,
	    MACH_PORT_TYPE_SEND);
	if (unlikely(dest == NULL))
		goto miss;
	local = ipc_entry_right(space, receive->name, MACH_PORT_TYPE_RECEIVE);
	if (unlikely(local == NULL || local == dest))
		goto miss;
	port = dest->port;
	spin_lock(&port->lock);
	if (port->receiver == &ipc_space_kernel && size <= IPC_FAST_SIZE)
		return ipc_fast_request_kernel(space, port, local->port,
		    receive);
	return fast_request_user(space, port, local->port, size, receive);

miss:
	spin_unlock(&space->lock);
	return IPC_FAST_MISS;
}

static mach_msg_return_t
fast_reply(struct ipc_space *space, mach_msg_size_t size,
    struct ipc_receive *receive)
{
	struct percpu *cpu = percpu_self();
	struct fast_target target;
	struct ipc_entry *dest;
	struct ipc_port *port;

	spin_lock(&space->lock);
	dest = ipc_entry_right(space, receive->user.msgh_remote_port,
	    MACH_PORT_TYPE_SEND_ONCE);
	if (dest == NULL || dest->type != MACH_PORT_TYPE_SEND_ONCE ||
	    dest->request != NULL) {
		spin_unlock(&space->lock);
		return IPC_FAST_MISS;
	}
	port = dest->port;
	spin_lock(&port->lock);
	if (port->receiver == &ipc_space_kernel && size <= IPC_FAST_SIZE)
		return ipc_fast_reply_kernel(space, dest, receive);
	if (!target_find(&target, port, size)) {
		spin_unlock(&space->lock);
		return IPC_FAST_MISS;
	}
	if (!target_deliver(cpu, &target, receive, size, MACH_PORT_NAME_NULL,
	    0, MACH_MSG_TYPE_PORT_SEND_ONCE)) {
		target_unlock(&target);
		spin_unlock(&space->lock);
		return IPC_FAST_MISS;
	}
	port->send_once_rights--;
	target_unlock(&target);
	ipc_entry_free(space, dest);
	cpu->current->task->messages_sent++;
	return fast_receive(cpu, target.thread, space, receive);
}

/*
 * A message to the very port that the caller receives from, which would be
 * the next one there.  Its send right lives no longer than this function, so
 * a no-senders request must have other send rights to wait for.
 */
static mach_msg_return_t
fast_self(struct ipc_space *space, mach_msg_size_t size, bool make,
    struct ipc_receive *receive)
{
	mach_port_name_t name = receive->name;
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
	return message_put(receive, size);
}

mach_msg_return_t
ipc_fast_finish(mach_msg_return_t mr, struct ipc_receive *receive)
{
	if (receive->pset != NULL) {
		if (receive->filled == 0)
			ipc_pset_release(receive->pset);
	} else if (mr != MACH_MSG_SUCCESS) {
		ipc_port_release(receive->port);
	} else if (receive->filled == 0) {
		receive->held = true;
	}
	if (mr != MACH_MSG_SUCCESS)
		return mr == IPC_MQUEUE_RETRY ? IPC_FAST_SENT : mr;
	if (receive->filled == 0)
		return IPC_FAST_RECEIVED;
	return message_put(receive, receive->filled);
}

/* What remains of the call in the ordinary way. */
static mach_msg_return_t
fast_leave(mach_msg_return_t mr, struct ipc_receive *receive)
{
	if (mr >= 0)
		return mr;
	return ipc_msg_call(&(struct mach_msg_call){
		.message = receive->message,
		.option = MACH_SEND_MSG | MACH_RCV_MSG,
		.send_size = receive->user.msgh_size,
		.receive_size = receive->max,
		.receive_name = receive->name,
		.space = current_task()->space,
	}, mr, receive);
}

/* Not only a header, or woken otherwise than by the fast path. */
static __noinline uint64_t
resume_slow(struct thread *previous, struct ipc_receive *receive)
{
	spinlock_t *lock;

	handoff_resumed(previous);
	if (receive->filled != 0) {
		current_thread()->ipc_private = NULL;
		return (uint32_t)message_put(receive, receive->filled);
	}
	lock = receive->pset != NULL ? &receive->pset->lock
	    : &receive->port->lock;
	return (uint32_t)fast_leave(ipc_fast_finish(
	    ipc_mqueue_finish(lock, receive), receive), receive);
}

uint64_t
ipc_fast_resume(struct thread *previous)
{
	struct thread *self = thread_self();
	struct ipc_receive *receive = self->ipc_private;

	if (unlikely(receive->filled != HEADER_SIZE ||
	    handoff_previous_halted(previous)))
		return resume_slow(previous, receive);
	handoff_resumed(previous);
	self->ipc_private = NULL;
	if (unlikely(copyout_header(receive->message, receive->buffer) != 0))
		return MACH_RCV_INVALID_DATA;
	return MACH_MSG_SUCCESS;
}

/* MACH_SEND_MSG | MACH_RCV_MSG, without any other option. */
static inline mach_msg_return_t
fast_call(mach_msg_size_t size, struct ipc_receive *receive)
{
	struct ipc_space *space = current_task()->space;
	mach_msg_bits_t bits;

	if (!message_get(receive, size))
		return IPC_FAST_MISS;
	bits = receive->user.msgh_bits;
	receive->user.msgh_size = size;
	if (bits == REQUEST_BITS &&
	    receive->user.msgh_local_port == receive->name)
		return fast_request(space, size, receive);
	if (bits == REPLY_BITS &&
	    receive->user.msgh_local_port == MACH_PORT_NAME_NULL)
		return fast_reply(space, size, receive);
	if ((bits == SELF_BITS_MAKE || bits == SELF_BITS_COPY) &&
	    size <= IPC_FAST_SIZE &&
	    receive->user.msgh_remote_port == receive->name &&
	    receive->user.msgh_local_port == MACH_PORT_NAME_NULL)
		return fast_self(space, size, bits == SELF_BITS_MAKE, receive);
	return IPC_FAST_MISS;
}

/* What the fast path does not even look at. */
static __noinline mach_msg_return_t
slow_call(uintptr_t message, mach_msg_option_t option,
    mach_msg_size_t send_size, mach_msg_size_t receive_size,
    mach_port_name_t receive_name, mach_msg_timeout_t timeout,
    mach_port_name_t notify)
{
	struct ipc_receive receive;

	return ipc_msg_call(&(struct mach_msg_call){
		.message = message,
		.option = option,
		.send_size = send_size,
		.receive_size = receive_size,
		.receive_name = receive_name,
		.timeout = timeout,
		.notify = notify,
		.space = current_task()->space,
	}, IPC_FAST_MISS, &receive);
}

static __always_inline mach_msg_return_t
rpc_call(uintptr_t message, mach_msg_size_t send_size,
    mach_msg_size_t receive_size, mach_port_name_t receive_name)
{
	struct ipc_receive receive;
	mach_msg_return_t mr;

	receive.message = message;
	receive.max = receive_size;
	receive.name = receive_name;
	mr = fast_call(send_size, &receive);
	if (likely(mr >= 0))
		return mr;
	receive.user.msgh_size = send_size;
	return fast_leave(mr, &receive);
}

mach_msg_return_t
ipc_mach_msg_trap(uintptr_t message, mach_msg_option_t option,
    mach_msg_size_t send_size, mach_msg_size_t receive_size,
    mach_port_name_t receive_name, mach_msg_timeout_t timeout,
    mach_port_name_t notify)
{
	if (likely(option == (MACH_SEND_MSG | MACH_RCV_MSG)))
		return rpc_call(message, send_size, receive_size,
		    receive_name);
	return slow_call(message, option, send_size, receive_size,
	    receive_name, timeout, notify);
}
