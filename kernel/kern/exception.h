/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Exceptions: from a processor fault to a message and back.
 */
#ifndef KERN_EXCEPTION_H
#define KERN_EXCEPTION_H

#include <stdint.h>

#include <mach/kern_return.h>
#include <mach/message.h>

struct exception_call;
struct ipc_kmsg;
struct ipc_port;
struct percpu;
struct thread;

#define EXCEPTION_RAISE		2400
#define EXCEPTION_RAISE_REPLY	2500

/* exception_raise of mach/exc.defs; ports in kernel form or user form. */
struct exception_request {
	mach_msg_header_t header;
	mach_msg_type_t thread_type;
	mach_port_t thread;
	mach_msg_type_t task_type;
	mach_port_t task;
	mach_msg_type_t exception_type;
	integer_t exception;
	integer_t exception_pad;
	mach_msg_type_t code_type;
	integer_t code;
	integer_t code_pad;
	mach_msg_type_t subcode_type;
	int64_t subcode;
};

_Static_assert(sizeof(struct exception_request) == 112,
    "exception_raise has another layout");

struct exception_reply_message {
	mach_msg_header_t header;
	mach_msg_type_t result_type;
	kern_return_t result;
};

#define EXCEPTION_TYPE(name, bits) ((mach_msg_type_t){			\
	.msgt_name = (name), .msgt_size = (bits), .msgt_number = 1,	\
	.msgt_inline = TRUE,						\
})

/* All of a request but the header and the ports. */
static inline void
exception_request_body(struct exception_request *request, int exception,
    int code, long subcode)
{
	request->thread_type = EXCEPTION_TYPE(MACH_MSG_TYPE_PORT_SEND, 64);
	request->task_type = request->thread_type;
	request->exception_type = EXCEPTION_TYPE(MACH_MSG_TYPE_INTEGER_32, 32);
	request->exception = exception;
	request->exception_pad = 0;
	request->code_type = request->exception_type;
	request->code = code;
	request->code_pad = 0;
	request->subcode_type = EXCEPTION_TYPE(MACH_MSG_TYPE_INTEGER_64, 64);
	request->subcode = subcode;
}

/*
 * Raise an exception of the current thread (codes in <mach/exception.h> and
 * <mach/aarch64/exception.h>): an exception_raise message goes to the
 * thread's exception port, else to the task's; KERN_SUCCESS in the reply
 * resumes the thread where its state says.  A failing thread handler
 * passes on to the task's, a failing task handler ends the task.
 * Called from the trap path, interrupts enabled, no locks; returns to resume,
 * or goes to user mode at once: nothing is left to do for the caller.
 */
void exception_raise_self(int exception, int code, long subcode);

/* Wait for the reply in the ordinary way, and do as it says. */
void exception_wait(const struct exception_call *call);

/*
 * A handler's reply to a locked kernel port, in user form but for the ports:
 * the thread that waited for it, claimed (kern/handoff.h), interrupts
 * disabled.  NULL: it is no such reply or cannot be claimed; nothing done.
 */
struct thread *exception_reply_claim(struct percpu *cpu,
    struct ipc_port *port, const mach_msg_header_t *header);

/*
 * A message to a port of type IKOT_EXCEPTION_REPLY, in kernel form: the reply
 * of a handler, or the notification that it dropped the reply right.
 * The waiting thread is woken with handoff.  Consumes nothing: the caller
 * destroys the message.  No locks held; `port` is referenced by it.
 */
void exception_reply(struct ipc_port *port, const struct ipc_kmsg *kmsg);

#endif /* KERN_EXCEPTION_H */
