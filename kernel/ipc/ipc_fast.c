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
#include <ipc/ipc_kmsg.h>
#include <ipc/ipc_mqueue.h>
#include <ipc/ipc_port.h>
#include <ipc/ipc_pset.h>
#include <ipc/ipc_space.h>
#include <kern/assert.h>
#include <kern/ipc_kobject.h>
#include <kern/task.h>
#include <kern/thread.h>
#include <lib/string.h>
#include <machine/percpu.h>
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

/*
 * A message for the kernel's reply; each processor keeps one at hand.  The
 * kernel is not preemptible, so taking and putting back are not disturbed.
 */
static struct ipc_kmsg *fast_replies[MACHINE_MAX_CPUS];

static inline struct ipc_kmsg *
fast_reply_take(void)
{
	struct ipc_kmsg **place = &fast_replies[cpu_id()];
	struct ipc_kmsg *kmsg = *place;

	if (unlikely(kmsg == NULL))
		return ipc_kmsg_alloc(IPC_KOBJECT_REPLY_MAX);
	*place = NULL;
	return kmsg;
}

static inline void
fast_reply_put(struct ipc_kmsg *kmsg)
{
	struct ipc_kmsg **place = &fast_replies[cpu_id()];

	if (likely(*place == NULL))
		*place = kmsg;
	else
		ipc_kmsg_free(kmsg);
}

/* The kernel's reply to the caller, if nothing has changed meanwhile. */
static mach_msg_return_t
fast_kernel_reply(struct ipc_space *space, struct ipc_port *reply,
    struct ipc_kmsg *kmsg, uintptr_t message, mach_port_name_t name,
    const struct ipc_receive *receive)
{
	mach_msg_header_t *header = &kmsg->header;
	mach_msg_return_t mr = MACH_MSG_SUCCESS;

	spin_lock(&reply->lock);
	if (unlikely(reply->receiver != space || reply->receiver_name != name ||
	    !reply_port_idle(reply) || reply->has_payload ||
	    header->msgh_size > receive->max)) {
		spin_unlock(&reply->lock);
		ipc_kmsg_send_kernel(kmsg, false);
		return IPC_FAST_SENT;
	}
	reply->send_once_rights--;
	header->msgh_seqno = reply->sequence_number++;
	spin_unlock(&reply->lock);
	header->msgh_bits = (header->msgh_bits & MACH_MSGH_BITS_COMPLEX) |
	    MACH_MSGH_BITS(0, MACH_MSG_TYPE_PORT_SEND_ONCE);
	header->msgh_remote_port = MACH_PORT_NAME_NULL;
	header->msgh_protected_payload = name;
	if ((header->msgh_bits & MACH_MSGH_BITS_COMPLEX) != 0) {
		mr = ipc_kmsg_copyout_body(kmsg, space);
		if (mr != MACH_MSG_SUCCESS)
			mr |= MACH_RCV_BODY_ERROR;
	}
	if (unlikely(copyout(message, header, header->msgh_size) != 0))
		mr = MACH_RCV_INVALID_DATA;
	fast_reply_put(kmsg);
	return mr;
}

/*
 * A request to the kernel; space and port are locked.  Both rights are made,
 * since the routine may do anything to the caller's names and ports.
 */
static mach_msg_return_t
fast_request_kernel(struct ipc_space *space, struct ipc_port *port,
    struct ipc_port *reply, uintptr_t message, mach_port_name_t name,
    struct ipc_receive *receive)
{
	mach_msg_header_t *header = &receive->header;
	mig_routine_t routine = ipc_kobject_routine(header);
	struct ipc_kmsg *kmsg = NULL;
	kern_return_t kr;

	if (routine != NULL && spin_trylock(&reply->lock)) {
		if (reply_port_idle(reply))
			kmsg = fast_reply_take();
		if (kmsg != NULL) {
			port->send_rights++;
			reply->send_once_rights++;
		}
		spin_unlock(&reply->lock);
	}
	spin_unlock(&port->lock);
	spin_unlock(&space->lock);
	if (kmsg == NULL)
		return IPC_FAST_MISS;

	header->msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_PORT_SEND,
	    MACH_MSG_TYPE_PORT_SEND_ONCE);
	header->msgh_remote_port = (mach_port_t)port;
	header->msgh_local_port = (mach_port_t)reply;
	kr = ipc_kobject_call(routine, header, kmsg);
	ipc_port_drop_send(port);
	if (kr == MIG_NO_REPLY) {
		fast_reply_put(kmsg);
		return IPC_FAST_SENT;
	}
	return fast_kernel_reply(space, reply, kmsg, message, name, receive);
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
		return fast_request_kernel(space, port, local->port, message,
		    name, receive);
	return fast_request_user(space, port, local->port, message, size,
	    receive);
}

/*
 * A reply to the kernel (to an exception), which is no RPC and has no answer;
 * space and port are locked.
 */
static mach_msg_return_t
fast_reply_kernel(struct ipc_space *space, struct ipc_entry *dest,
    uintptr_t message, mach_port_name_t name, struct ipc_receive *receive)
{
	mach_msg_header_t *header = &receive->header;
	struct ipc_port *port = dest->port;

	if (ipc_kobject_routine(header) != NULL) {
		spin_unlock(&port->lock);
		spin_unlock(&space->lock);
		return IPC_FAST_MISS;
	}
	ipc_entry_free(space, dest);
	spin_unlock(&port->lock);
	spin_unlock(&space->lock);
	current_task()->messages_sent++;
	header->msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_PORT_SEND_ONCE, 0);
	header->msgh_remote_port = (mach_port_t)port;
	header->msgh_local_port = MACH_PORT_NULL;
	ipc_kobject_notify(&receive->shell);
	ipc_port_consume_send_once(port);
	spin_lock(&space->lock);
	return fast_receive(space, name, message, receive);
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
		return fast_reply_kernel(space, dest, message, name, receive);
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
