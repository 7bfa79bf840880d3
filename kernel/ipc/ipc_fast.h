/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The fast path of RPC: send and receive in one call, a small simple message,
 * and the other side ready for it.
 *
 * A request goes from the caller's kernel stack to that of the thread that
 * waits for it (a long body from buffer to buffer), its reply right straight
 * into that thread's space; no message is allocated, and no right of the
 * destination is made only to be used up.  The processor is handed over with
 * it (kern/handoff.h).  What does not fit takes the
 * ordinary way, and every effect is the same as there.
 */
#ifndef IPC_IPC_FAST_H
#define IPC_IPC_FAST_H

#include <stdbool.h>
#include <stdint.h>

#include <ipc/ipc_mqueue.h>
#include <mach/message.h>

struct thread;

/* Results beside those of mach_msg. */
#define IPC_FAST_MISS		(-2)	/* nothing done */
#define IPC_FAST_SENT		(-3)	/* sent; receive is to be done */
#define IPC_FAST_RECEIVED	(-4)	/* receive->kmsg is to be copied out */

/* The arguments of a mach_msg call, kept together. */
struct mach_msg_call {
	uintptr_t message;
	mach_msg_option_t option;
	mach_msg_size_t send_size;
	mach_msg_size_t receive_size;
	mach_port_name_t receive_name;
	mach_msg_timeout_t timeout;
	mach_port_name_t notify;
	struct ipc_space *space;
};

/*
 * The ordinary way of mach_msg (mach_msg.c).  `fast` says what the fast path
 * has done of it (IPC_FAST_*); `receive` is then what it has received.
 */
mach_msg_return_t ipc_msg_call(const struct mach_msg_call *call,
    mach_msg_return_t fast, struct ipc_receive *receive);

/*
 * The end of a receive->port's or ->pset's wait, and of the call: the message
 * to the user's buffer, or IPC_FAST_*.  ipc_fast_resume(): the same for a wait
 * begun by hand-over, all to the end.
 */
mach_msg_return_t ipc_fast_finish(mach_msg_return_t mr,
    struct ipc_receive *receive);
uint64_t ipc_fast_resume(struct thread *previous);

/*
 * Requests and replies to kernel ports (ipc_fast_kernel.c); the message is in
 * `receive`, space and port are locked and get unlocked.  `dest` is the
 * caller's send-once right.
 */
mach_msg_return_t ipc_fast_request_kernel(struct ipc_space *space,
    struct ipc_port *port, struct ipc_port *reply,
    struct ipc_receive *receive);
mach_msg_return_t ipc_fast_reply_kernel(struct ipc_space *space,
    struct ipc_entry *dest, struct ipc_receive *receive);

/*
 * An exception of the current thread (ipc_fast_exception.c): exception_raise
 * goes to the handler of the thread, or if it has none of the task, which
 * waits for it, and the thread waits for the reply (thread->ipc_lock guards
 * exception_pending).  False: nothing done.  True: all is over, and
 * machine_switch_resume() has returned.  thread->ipc_private is `call`
 * meanwhile.
 */
struct exception_call {
	int exception;
	int code;
	long subcode;
	bool of_task;			/* whose handler was asked */
};

bool ipc_fast_raise(struct exception_call *call,
    uint64_t (*resume)(struct thread *previous));

#endif /* IPC_IPC_FAST_H */
