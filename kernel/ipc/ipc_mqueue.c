/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Message queues.
 */
#include <ipc/ipc_entry.h>
#include <ipc/ipc_kmsg.h>
#include <ipc/ipc_mqueue.h>
#include <ipc/ipc_pset.h>
#include <ipc/ipc_right.h>
#include <kern/assert.h>
#include <kern/clock.h>
#include <kern/thread.h>

static struct ipc_port *
kmsg_port(const struct ipc_kmsg *kmsg)
{
	return (struct ipc_port *)kmsg->header.msgh_remote_port;
}

/*
 * Hand the message to a receiver that waits on `queue`, whose lock is held
 * beside the port's.  A waiter that a time-out has just woken is still on the
 * list; waitq_wake_one() then picks another one, which finds no message and
 * tries again.
 */
static bool
mqueue_offer(struct ipc_port *port, struct waitq *queue,
    struct ipc_kmsg *kmsg, bool handoff)
{
	while (!waitq_empty(queue)) {
		struct thread *thread = list_first_entry(&queue->waiters,
		    struct thread, wait_link);
		struct ipc_receive *receive = thread->ipc_private;

		if (receive->large && kmsg->header.msgh_size > receive->max) {
			receive->size = kmsg->header.msgh_size;
			waitq_wake_one(queue, MACH_RCV_TOO_LARGE, false);
			continue;
		}
		kmsg->header.msgh_seqno = port->sequence_number;
		thread->received = kmsg;
		if (waitq_wake_one(queue, WAIT_DONE, handoff) == thread) {
			port->sequence_number++;
			return true;
		}
		thread->received = NULL;
	}
	return false;
}

/* A place in the queue is free again: the next sender gets it. */
static void
mqueue_release_place(struct ipc_port *port)
{
	port->message_count--;
	if (!waitq_empty(&port->senders) &&
	    port->message_count < port->queue_limit &&
	    waitq_wake_one(&port->senders, WAIT_DONE, false) != NULL)
		port->message_count++;
}

/* A member of a locked set has something for who receives from the set. */
static void
mqueue_ready(struct ipc_port *port, struct ipc_pset *pset)
{
	if (list_node_unlinked(&port->ready_link))
		list_insert_tail(&pset->ready, &port->ready_link);
}

/*
 * Deliver to an active, locked port; unlocks.  `placed`: the message has its
 * place in message_count.
 */
static void
mqueue_put(struct ipc_port *port, struct ipc_kmsg *kmsg, bool placed,
    bool handoff)
{
	struct ipc_pset *pset = port->pset;
	struct waitq *receivers = &port->receivers;

	if (pset != NULL) {
		spin_lock(&pset->lock);
		receivers = &pset->receivers;
	}
	if (mqueue_offer(port, receivers, kmsg, handoff)) {
		if (placed)
			mqueue_release_place(port);
		if (placed && pset != NULL && !waitq_empty(&port->senders))
			mqueue_ready(port, pset);
	} else {
		list_insert_tail(&port->messages, &kmsg->link);
		if (!placed)
			port->message_count++;
		if (pset != NULL)
			mqueue_ready(port, pset);
	}
	if (pset != NULL)
		spin_unlock(&pset->lock);
	spin_unlock(&port->lock);
}

static bool
mqueue_has_receivers(const struct ipc_port *port)
{
	return !waitq_empty(port->pset != NULL ? &port->pset->receivers
	    : &port->receivers);
}

/*
 * Wait for room, then deliver; the port is locked.  The message's right
 * keeps the port.
 */
static mach_msg_return_t
mqueue_send_full(struct ipc_port *port, struct ipc_kmsg *kmsg,
    mach_msg_option_t option, mach_msg_timeout_t timeout)
{
	struct ipc_pset *pset = port->pset;
	uint64_t deadline = WAIT_FOREVER;

	if ((option & MACH_SEND_TIMEOUT) != 0) {
		if (timeout == 0) {
			spin_unlock(&port->lock);
			return MACH_SEND_TIMED_OUT;
		}
		deadline = clock_deadline_ms(timeout);
	}
	if (pset != NULL) {
		spin_lock(&pset->lock);
		mqueue_ready(port, pset);
		spin_unlock(&pset->lock);
	}
	switch (waitq_wait(&port->senders, &port->lock, true, deadline)) {
	case WAIT_TIMED_OUT:
		return MACH_SEND_TIMED_OUT;
	case WAIT_INTERRUPTED:
		return MACH_SEND_INTERRUPTED;
	default:
		break;
	}
	spin_lock(&port->lock);
	if (!port->active) {
		spin_unlock(&port->lock);
		ipc_kmsg_destroy(kmsg);
		return MACH_MSG_SUCCESS;
	}
	mqueue_put(port, kmsg, true, false);
	return MACH_MSG_SUCCESS;
}

mach_msg_return_t
ipc_mqueue_send(struct ipc_kmsg *kmsg, mach_msg_option_t option,
    mach_msg_timeout_t timeout, bool handoff)
{
	struct ipc_port *port = kmsg_port(kmsg);

	spin_lock(&port->lock);
	if (!port->active ||
	    (kmsg->header.msgh_bits & MACH_MSGH_BITS_CIRCULAR) != 0) {
		spin_unlock(&port->lock);
		ipc_kmsg_destroy(kmsg);
		return MACH_MSG_SUCCESS;
	}
	if (port->message_count >= port->queue_limit &&
	    (option & MACH_SEND_ALWAYS) == 0 &&
	    MACH_MSGH_BITS_REMOTE(kmsg->header.msgh_bits) !=
	    MACH_MSG_TYPE_PORT_SEND_ONCE && !mqueue_has_receivers(port))
		return mqueue_send_full(port, kmsg, option, timeout);
	mqueue_put(port, kmsg, false, handoff);
	return MACH_MSG_SUCCESS;
}

/*
 * Take the first message of a locked port with messages; its set, if any, is
 * locked too.  False: too large, and the receiver wants it to stay.
 */
static bool
mqueue_take(struct ipc_port *port, struct ipc_receive *receive)
{
	struct ipc_kmsg *kmsg = list_first_entry(&port->messages,
	    struct ipc_kmsg, link);

	if (receive->large && kmsg->header.msgh_size > receive->max) {
		receive->size = kmsg->header.msgh_size;
		return false;
	}
	list_remove(&kmsg->link);
	kmsg->header.msgh_seqno = port->sequence_number++;
	receive->kmsg = kmsg;
	mqueue_release_place(port);
	return true;
}

/* Did the wake-up bring a message? */
static inline bool
mqueue_got(struct thread *thread, struct ipc_receive *receive)
{
	receive->kmsg = thread->received;
	thread->received = NULL;
	return __atomic_load_n(&receive->filled, __ATOMIC_ACQUIRE) != 0 ||
	    receive->kmsg != NULL;
}

/* What the end of the current thread's wait means. */
static inline mach_msg_return_t
mqueue_woken(int result, spinlock_t *lock, struct ipc_receive *receive)
{
	struct thread *thread = current_thread();

	thread->ipc_private = NULL;
	switch (result) {
	case WAIT_DONE:
		if (likely(mqueue_got(thread, receive)))
			return MACH_MSG_SUCCESS;
		/* The waker may not be done with its lock. */
		spin_lock(lock);
		spin_unlock(lock);
		return mqueue_got(thread, receive) ? MACH_MSG_SUCCESS
		    : IPC_MQUEUE_RETRY;
	case WAIT_TIMED_OUT:
		return MACH_RCV_TIMED_OUT;
	case WAIT_INTERRUPTED:
		return MACH_RCV_INTERRUPTED;
	case MACH_RCV_TOO_LARGE:
		return receive->size != 0 ? MACH_RCV_TOO_LARGE
		    : IPC_MQUEUE_RETRY;
	default:
		return result;
	}
}

mach_msg_return_t
ipc_mqueue_wait(struct waitq *queue, spinlock_t *lock, uint64_t deadline,
    struct ipc_receive *receive)
{
	if (deadline == 0) {
		spin_unlock(lock);
		return MACH_RCV_TIMED_OUT;
	}
	current_thread()->ipc_private = receive;
	return mqueue_woken(waitq_wait(queue, lock, true, deadline), lock,
	    receive);
}

mach_msg_return_t
ipc_mqueue_finish(spinlock_t *lock, struct ipc_receive *receive)
{
	return mqueue_woken(waitq_finish(lock), lock, receive);
}

/* With a queue limit of 0, a sender can only go on when a receiver comes. */
static void
mqueue_invite_sender(struct ipc_port *port)
{
	if (!waitq_empty(&port->senders) && port->message_count == 0 &&
	    waitq_wake_one(&port->senders, WAIT_DONE, false) != NULL)
		port->message_count++;
}

/* The port is locked; unlocks. */
static mach_msg_return_t
mqueue_receive_port(struct ipc_port *port, uint64_t deadline,
    struct ipc_receive *receive)
{
	mach_msg_return_t mr;

	if (port->pset != NULL) {
		spin_unlock(&port->lock);
		return MACH_RCV_IN_SET;
	}
	if (!list_empty(&port->messages)) {
		mr = mqueue_take(port, receive) ? MACH_MSG_SUCCESS
		    : MACH_RCV_TOO_LARGE;
		spin_unlock(&port->lock);
		return mr;
	}
	mqueue_invite_sender(port);
	port->references++;
	mr = ipc_mqueue_wait(&port->receivers, &port->lock, deadline,
	    receive);
	if (mr != MACH_MSG_SUCCESS)
		ipc_port_release(port);
	else if (receive->filled == 0)
		receive->held = true;
	return mr;
}

/*
 * Take a message from a member of a locked set.  A member's lock is outside
 * the set's, so it can only be tried for.  The set stays locked.
 */
static mach_msg_return_t
mqueue_take_ready(struct ipc_pset *pset, struct ipc_receive *receive)
{
	while (!list_empty(&pset->ready)) {
		struct ipc_port *port = list_first_entry(&pset->ready,
		    struct ipc_port, ready_link);
		bool taken;

		if (!spin_trylock(&port->lock)) {
			spin_unlock(&pset->lock);
			cpu_relax();
			spin_lock(&pset->lock);
			continue;
		}
		/* Only senders without room. */
		if (list_empty(&port->messages)) {
			list_remove_init(&port->ready_link);
			mqueue_invite_sender(port);
			spin_unlock(&port->lock);
			continue;
		}
		taken = mqueue_take(port, receive);
		if (taken) {
			list_remove_init(&port->ready_link);
			if (!list_empty(&port->messages) ||
			    !waitq_empty(&port->senders))
				mqueue_ready(port, pset);
		}
		spin_unlock(&port->lock);
		return taken ? MACH_MSG_SUCCESS : MACH_RCV_TOO_LARGE;
	}
	return IPC_MQUEUE_RETRY;
}

/* The set is locked; unlocks. */
static mach_msg_return_t
mqueue_receive_pset(struct ipc_pset *pset, uint64_t deadline,
    struct ipc_receive *receive)
{
	mach_msg_return_t mr;

	pset->references++;
	mr = mqueue_take_ready(pset, receive);
	if (mr == IPC_MQUEUE_RETRY && !pset->active)
		mr = MACH_RCV_PORT_DIED;
	if (mr == IPC_MQUEUE_RETRY)
		mr = ipc_mqueue_wait(&pset->receivers, &pset->lock, deadline,
		    receive);
	else
		spin_unlock(&pset->lock);
	if (receive->filled == 0)
		ipc_pset_release(pset);
	return mr;
}

/* One try; the space is locked and gets unlocked. */
static mach_msg_return_t
mqueue_receive_once(struct ipc_space *space, mach_port_name_t name,
    uint64_t deadline, struct ipc_receive *receive)
{
	struct ipc_entry *entry;
	struct ipc_port *port;
	struct ipc_pset *pset;

	entry = ipc_entry_lookup(space, name);
	if (entry != NULL && (entry->type & MACH_PORT_TYPE_RECEIVE) != 0) {
		port = entry->port;
		spin_lock(&port->lock);
		spin_unlock(&space->lock);
		return mqueue_receive_port(port, deadline, receive);
	}
	if (entry != NULL && (entry->type & MACH_PORT_TYPE_PORT_SET) != 0) {
		pset = entry->pset;
		spin_lock(&pset->lock);
		spin_unlock(&space->lock);
		return mqueue_receive_pset(pset, deadline, receive);
	}
	spin_unlock(&space->lock);
	return MACH_RCV_INVALID_NAME;
}

mach_msg_return_t
ipc_mqueue_receive(struct ipc_space *space, mach_port_name_t name,
    mach_msg_option_t option, mach_msg_timeout_t timeout,
    struct ipc_receive *receive)
{
	uint64_t deadline = WAIT_FOREVER;
	mach_msg_return_t mr;

	if ((option & MACH_RCV_TIMEOUT) != 0)
		deadline = timeout == 0 ? 0 : clock_deadline_ms(timeout);
	do {
		spin_lock(&space->lock);
		mr = mqueue_receive_once(space, name, deadline, receive);
	} while (mr == IPC_MQUEUE_RETRY);
	return mr;
}

bool
ipc_mqueue_receive_direct(struct ipc_space *space, mach_port_name_t name,
    struct ipc_kmsg *kmsg)
{
	struct ipc_port *port = kmsg_port(kmsg);
	bool direct;

	spin_lock(&port->lock);
	direct = port->receiver == space && port->receiver_name == name &&
	    port->pset == NULL && list_empty(&port->messages) &&
	    waitq_empty(&port->receivers);
	if (direct)
		kmsg->header.msgh_seqno = port->sequence_number++;
	spin_unlock(&port->lock);
	return direct;
}

void
ipc_mqueue_abort_receivers(struct waitq *receivers, int code)
{
	if (!waitq_empty(receivers))
		waitq_wake_all(receivers, code);
}

void
ipc_mqueue_joined(struct ipc_port *port)
{
	struct ipc_pset *pset = port->pset;

	spin_lock(&pset->lock);
	while (!list_empty(&port->messages)) {
		struct ipc_kmsg *kmsg = list_first_entry(&port->messages,
		    struct ipc_kmsg, link);

		list_remove(&kmsg->link);
		if (!mqueue_offer(port, &pset->receivers, kmsg, false)) {
			list_insert_head(&port->messages, &kmsg->link);
			mqueue_ready(port, pset);
			break;
		}
		mqueue_release_place(port);
	}
	if (!waitq_empty(&port->senders)) {
		mqueue_ready(port, pset);
		if (!waitq_empty(&pset->receivers))
			mqueue_invite_sender(port);
	}
	spin_unlock(&pset->lock);
}

void
ipc_mqueue_set_limit(struct ipc_port *port, uint32_t limit)
{
	port->queue_limit = limit;
	while (port->message_count < limit && !waitq_empty(&port->senders) &&
	    waitq_wake_one(&port->senders, WAIT_DONE, false) != NULL)
		port->message_count++;
}
