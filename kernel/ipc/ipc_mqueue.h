/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Message queues: from a sender to a port, from a port or set to a receiver.
 *
 * A receiver that waits gets the message without queueing; so a queue with
 * messages has no receivers waiting.  A sender that waited for room finds its
 * place counted in message_count already when it is woken.
 */
#ifndef IPC_IPC_MQUEUE_H
#define IPC_IPC_MQUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ipc/ipc_kmsg.h>
#include <ipc/ipc_port.h>
#include <ipc/ipc_space.h>
#include <kern/waitq.h>
#include <mach/message.h>

/*
 * The largest messages that go without a kmsg (ipc_fast.c): through a kernel
 * stack, and copied from one address space to the other.
 */
#define IPC_FAST_SIZE	384u
#define IPC_DIRECT_SIZE	(16u * 1024u)

/*
 * What a thread wants to receive, and what it got: a kmsg, or `filled` bytes
 * of a message in user form in the buffer (the rest of it, if it is longer,
 * is in the thread's own buffer already).
 */
struct ipc_receive {
	mach_msg_size_t max;		/* room in its buffer */
	bool large;			/* MACH_RCV_LARGE */
	bool fast;			/* may be given the latter */
	bool held;			/* kmsg's port has a reference more */
	mach_msg_size_t size;		/* of a message too large, or 0 */
	mach_msg_size_t filled;		/* atomic */
	mach_port_name_t name;		/* fast path: received from */
	uintptr_t message;		/* its buffer, a user address */
	struct ipc_port *port;		/* fast path: what it waits at; */
	struct ipc_pset *pset;		/* the other one is NULL */
	struct ipc_kmsg *kmsg;
	union {
		struct ipc_kmsg shell;		/* around the message below */
		struct {
			char head[offsetof(struct ipc_kmsg, header)];
			union {
				mach_msg_header_t header;
				mach_msg_user_header_t user;
				uint64_t buffer[IPC_FAST_SIZE / 8 + 1];
			};
		};
	};
};

/* Woken for nothing after all: try again. */
#define IPC_MQUEUE_RETRY	(-1)

/*
 * Queue a message at its remote port, no locks held.  MACH_SEND_TIMED_OUT,
 * MACH_SEND_INTERRUPTED: the message is still the caller's.  A dead port or
 * a circular message counts as sent, and the message is destroyed.
 * options: MACH_SEND_TIMEOUT; MACH_SEND_ALWAYS ignores the queue limit.
 * With `handoff`, a waiting receiver runs as soon as the caller blocks.
 */
mach_msg_return_t ipc_mqueue_send(struct ipc_kmsg *kmsg,
    mach_msg_option_t option, mach_msg_timeout_t timeout, bool handoff);

/*
 * Receive from the port or set `name`: receive->kmsg, stamped with its
 * sequence number.  options: MACH_RCV_TIMEOUT.  MACH_RCV_INVALID_NAME,
 * _IN_SET, _TIMED_OUT, _INTERRUPTED, _PORT_DIED, _PORT_CHANGED, and
 * _TOO_LARGE if receive->large (receive->size says how much).
 */
mach_msg_return_t ipc_mqueue_receive(struct ipc_space *space,
    mach_port_name_t name, mach_msg_option_t option,
    mach_msg_timeout_t timeout, struct ipc_receive *receive);

/*
 * Block on a queue whose lock is held; releases the lock.  The queue's object
 * has a reference for the waiter; who fills the buffer takes that
 * reference away.  IPC_MQUEUE_RETRY, or as ipc_mqueue_receive().
 */
mach_msg_return_t ipc_mqueue_wait(struct waitq *queue, spinlock_t *lock,
    uint64_t deadline, struct ipc_receive *receive);

/* The same for a wait that began otherwise (handoff.h) and is over. */
mach_msg_return_t ipc_mqueue_finish(spinlock_t *lock,
    struct ipc_receive *receive);

/*
 * Give `kmsg` (a reply the kernel just made) to the current thread as if it
 * had been queued and received from `name` at once.  False when that is
 * another port than the message's, or it would not be the next message there.
 */
bool ipc_mqueue_receive_direct(struct ipc_space *space, mach_port_name_t name,
    struct ipc_kmsg *kmsg);

/* Wake all receivers of a queue, whose lock is held, with a MACH_RCV_ code. */
void ipc_mqueue_abort_receivers(struct waitq *receivers, int code);

/* A locked port has just joined a set: its messages go to the receivers. */
void ipc_mqueue_joined(struct ipc_port *port);

/* A locked port has a new queue limit: senders may have room now. */
void ipc_mqueue_set_limit(struct ipc_port *port, uint32_t limit);

#endif /* IPC_IPC_MQUEUE_H */
