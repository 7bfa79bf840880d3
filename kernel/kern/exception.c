/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * An exception is an RPC that the kernel makes on the thread's behalf: the
 * request is exception_raise of mach/exc.defs, the reply goes to a port of
 * the kernel that the thread keeps for the next time.  A reply is never
 * queued: exception_reply() wakes the thread.
 *
 * exception_pending and exception_result are guarded by thread->ipc_lock.
 */

#include <kern/exception.h>

#include <stddef.h>

#include <ipc/ipc_kmsg.h>
#include <ipc/ipc_port.h>
#include <kern/ipc_kobject.h>
#include <kern/ipc_tt.h>
#include <kern/printf.h>
#include <kern/task.h>
#include <kern/thread.h>
#include <kern/waitq.h>
#include <lib/macros.h>
#include <machine/platform.h>

#define EXCEPTION_RAISE		2400
#define EXCEPTION_RAISE_REPLY	2500

struct exception_request {
	mach_msg_header_t header;
	mach_msg_type_t thread_type;
	struct ipc_port *thread;
	mach_msg_type_t task_type;
	struct ipc_port *task;
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

#define TYPE(name, bits) {						\
	.msgt_name = (name), .msgt_size = (bits), .msgt_number = 1,	\
	.msgt_inline = TRUE,						\
}

static const mach_msg_type_t port_type = TYPE(MACH_MSG_TYPE_PORT_SEND, 64);
static const mach_msg_type_t int_type = TYPE(MACH_MSG_TYPE_INTEGER_32, 32);
static const mach_msg_type_t long_type = TYPE(MACH_MSG_TYPE_INTEGER_64, 64);

/* A right to the thread's reply port; IP_NULL without memory. */
static struct ipc_port *
reply_right(struct thread *self)
{
	struct ipc_port *port = self->rpc_reply_port;

	if (port == IP_NULL) {
		port = ipc_port_alloc_kernel(IKOT_EXCEPTION_REPLY,
		    (uintptr_t)self);
		if (port == NULL)
			return IP_NULL;
		spin_lock(&self->ipc_lock);
		self->rpc_reply_port = port;
		spin_unlock(&self->ipc_lock);
	}
	return ipc_port_make_send_once(port);
}

static void
request_fill(struct exception_request *request, struct ipc_port *port,
    struct ipc_port *reply, int exception, int code, long subcode)
{
	struct thread *self = thread_self();

	request->header.msgh_bits = MACH_MSGH_BITS_COMPLEX |
	    MACH_MSGH_BITS(MACH_MSG_TYPE_PORT_SEND,
	    MACH_MSG_TYPE_PORT_SEND_ONCE);
	request->header.msgh_size = sizeof(*request);
	request->header.msgh_remote_port = (mach_port_t)port;
	request->header.msgh_local_port = (mach_port_t)reply;
	request->header.msgh_seqno = 0;
	request->header.msgh_id = EXCEPTION_RAISE;
	request->thread_type = port_type;
	request->thread = ipc_thread_right(self);
	request->task_type = port_type;
	request->task = ipc_task_right(self->task);
	request->exception_type = int_type;
	request->exception = exception;
	request->exception_pad = 0;
	request->code_type = int_type;
	request->code = code;
	request->code_pad = 0;
	request->subcode_type = long_type;
	request->subcode = subcode;
}

/*
 * Somebody may still answer a question that is not asked any more: the port
 * that he would answer to must go.
 */
static void
abandon_reply_port(struct thread *self)
{
	struct ipc_port *port;

	spin_lock(&self->ipc_lock);
	self->exception_pending = false;
	port = self->rpc_reply_port;
	self->rpc_reply_port = IP_NULL;
	spin_unlock(&self->ipc_lock);
	if (port != IP_NULL)
		ipc_port_dealloc_kernel(port);
}

/* The handler's answer, or KERN_ABORTED. */
static kern_return_t
wait_reply(struct thread *self)
{
	spin_lock(&self->ipc_lock);
	while (self->exception_pending) {
		if (thread_sleep_unlock(&self->ipc_lock, true, WAIT_FOREVER) ==
		    WAIT_INTERRUPTED) {
			abandon_reply_port(self);
			return KERN_ABORTED;
		}
		spin_lock(&self->ipc_lock);
	}
	spin_unlock(&self->ipc_lock);
	return self->exception_result;
}

/* Ask one handler; its send right is consumed. */
static kern_return_t
ask(struct ipc_port *port, int exception, int code, long subcode)
{
	struct thread *self = thread_self();
	struct ipc_port *reply;
	struct ipc_kmsg *kmsg;

	if (!IP_VALID(port))
		return KERN_FAILURE;
	reply = reply_right(self);
	kmsg = ipc_kmsg_alloc(sizeof(struct exception_request));
	if (reply == IP_NULL || kmsg == NULL) {
		/* exception_pending is false: the notification is ignored. */
		ipc_port_release_send_once(reply);
		ipc_port_release_send(port);
		if (kmsg != NULL)
			ipc_kmsg_free(kmsg);
		return KERN_RESOURCE_SHORTAGE;
	}
	request_fill((struct exception_request *)&kmsg->header, port, reply,
	    exception, code, subcode);
	spin_lock(&self->ipc_lock);
	self->exception_pending = true;
	spin_unlock(&self->ipc_lock);
	ipc_kmsg_send_kernel(kmsg, true);
	return wait_reply(self);
}

static struct ipc_port *
handler_right(spinlock_t *lock, struct ipc_port *const *place)
{
	struct ipc_port *port;

	spin_lock(lock);
	port = ipc_port_copy_send(*place);
	spin_unlock(lock);
	return port;
}

static void
end_task(int exception, int code, long subcode)
{
	struct thread *self = thread_self();
	struct task *task = self->task;

	kprintf("task %s: unhandled exception %d, code %d, subcode 0x%lx, "
	    "pc 0x%lx\n", task->name[0] != '\0' ? task->name : "(unnamed)",
	    exception, code, (unsigned long)subcode,
	    (unsigned long)self->machine.frame->pc);
	if (task->essential) {
		kprintf("host: an essential task ended: restart\n");
		machine_reset();
	}
	task_terminate(task);
}

void
exception_raise_self(int exception, int code, long subcode)
{
	struct thread *self = thread_self();
	kern_return_t kr;

	kr = ask(handler_right(&self->ipc_lock, &self->exception_port),
	    exception, code, subcode);
	if (kr != KERN_SUCCESS && kr != KERN_ABORTED)
		kr = ask(handler_right(&self->task->ipc_lock,
		    &self->task->exception_port), exception, code, subcode);
	/* An aborted thread raises it again, if it still stands there. */
	if (kr != KERN_SUCCESS && kr != KERN_ABORTED)
		end_task(exception, code, subcode);
}

/* What a message to a reply port says. */
static kern_return_t
reply_result(const struct ipc_kmsg *kmsg)
{
	const struct exception_reply_message *reply =
	    (const struct exception_reply_message *)&kmsg->header;

	if (reply->header.msgh_id != EXCEPTION_RAISE_REPLY ||
	    (reply->header.msgh_bits & MACH_MSGH_BITS_COMPLEX) != 0 ||
	    reply->header.msgh_size < offsetof(struct exception_reply_message,
	    result) + sizeof(reply->result) ||
	    reply->result_type.msgt_name != MACH_MSG_TYPE_INTEGER_32)
		return KERN_FAILURE;
	/* Not for handlers to say. */
	return reply->result == KERN_ABORTED ? KERN_FAILURE : reply->result;
}

void
exception_reply(struct ipc_port *port, const struct ipc_kmsg *kmsg)
{
	struct thread *thread = THREAD_NULL;

	spin_lock(&port->lock);
	if (port->active && port->kobject_type == IKOT_EXCEPTION_REPLY) {
		thread = (struct thread *)port->kobject;
		thread_reference(thread);
	}
	spin_unlock(&port->lock);
	if (thread == THREAD_NULL)
		return;
	spin_lock(&thread->ipc_lock);
	if (thread->exception_pending) {
		thread->exception_pending = false;
		thread->exception_result = reply_result(kmsg);
		thread_wake_handoff(thread, WAIT_DONE);
	}
	spin_unlock(&thread->ipc_lock);
	thread_deallocate(thread);
}
