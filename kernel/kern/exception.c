/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * An exception is an RPC that the kernel makes on the thread's behalf: the
 * request is exception_raise of mach/exc.defs, the reply goes to a port of
 * the kernel that the thread keeps for the next time.  A reply is never
 * queued: exception_reply() wakes the thread.  Both go by hand-over where they
 * can (ipc/ipc_fast_exception.c, exception_reply_claim()).
 *
 * exception_pending and exception_result are guarded by thread->ipc_lock.
 */

#include <kern/exception.h>

#include <stddef.h>

#include <ipc/ipc_fast.h>
#include <ipc/ipc_kmsg.h>
#include <ipc/ipc_port.h>
#include <kern/handoff.h>
#include <kern/ipc_kobject.h>
#include <kern/ipc_tt.h>
#include <kern/printf.h>
#include <kern/task.h>
#include <kern/thread.h>
#include <kern/waitq.h>
#include <lib/macros.h>
#include <machine/platform.h>

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

	exception_request_body(request, exception, code, subcode);
	request->thread = (mach_port_t)ipc_thread_right(self);
	request->task = (mach_port_t)ipc_task_right(self->task);
	request->header.msgh_bits = MACH_MSGH_BITS_COMPLEX |
	    MACH_MSGH_BITS(MACH_MSG_TYPE_PORT_SEND,
	    MACH_MSG_TYPE_PORT_SEND_ONCE);
	request->header.msgh_size = sizeof(*request);
	request->header.msgh_remote_port = (mach_port_t)port;
	request->header.msgh_local_port = (mach_port_t)reply;
	request->header.msgh_seqno = 0;
	request->header.msgh_id = EXCEPTION_RAISE;
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

/* Ask the handler of the task; without help the task ends. */
static void
ask_task(const struct exception_call *call)
{
	struct task *task = thread_self()->task;
	kern_return_t kr;

	kr = ask(handler_right(&task->ipc_lock, &task->exception_port),
	    call->exception, call->code, call->subcode);
	/* An aborted thread raises it again, if it still stands there. */
	if (kr != KERN_SUCCESS && kr != KERN_ABORTED)
		end_task(call->exception, call->code, call->subcode);
}

/* The first handler has answered. */
static void
answered(const struct exception_call *call, kern_return_t kr)
{
	if (likely(kr == KERN_SUCCESS || kr == KERN_ABORTED))
		return;
	if (call->of_task)
		end_task(call->exception, call->code, call->subcode);
	else
		ask_task(call);
}

void
exception_wait(const struct exception_call *call)
{
	struct thread *self = thread_self();

	self->ipc_private = NULL;
	answered(call, wait_reply(self));
}

/* Where a thread goes on that waited by hand-over. */
static uint64_t
raise_resume(struct thread *previous)
{
	struct thread *self = thread_self();
	const struct exception_call *call = self->ipc_private;

	handoff_resumed(previous);
	self->ipc_private = NULL;
	if (likely(self->wait_result == WAIT_DONE)) {
		answered(call, self->exception_result);
	} else {
		abandon_reply_port(self);
		answered(call, KERN_ABORTED);
	}
	return self->machine.frame->x[0];
}

void
exception_raise_self(int exception, int code, long subcode)
{
	struct thread *self = thread_self();
	struct exception_call call = {
		.exception = exception,
		.code = code,
		.subcode = subcode,
	};
	kern_return_t kr;

	if (likely(ipc_fast_raise(&call, raise_resume)))
		return;
	kr = ask(handler_right(&self->ipc_lock, &self->exception_port),
	    exception, code, subcode);
	if (kr != KERN_SUCCESS && kr != KERN_ABORTED)
		ask_task(&call);
}

/* What a message to a reply port says. */
static kern_return_t
reply_result(const mach_msg_header_t *header)
{
	const struct exception_reply_message *reply =
	    (const struct exception_reply_message *)header;

	if (reply->header.msgh_id != EXCEPTION_RAISE_REPLY ||
	    (reply->header.msgh_bits & MACH_MSGH_BITS_COMPLEX) != 0 ||
	    reply->header.msgh_size < offsetof(struct exception_reply_message,
	    result) + sizeof(reply->result) ||
	    reply->result_type.msgt_name != MACH_MSG_TYPE_INTEGER_32)
		return KERN_FAILURE;
	/* Not for handlers to say. */
	return reply->result == KERN_ABORTED ? KERN_FAILURE : reply->result;
}

struct thread *
exception_reply_claim(struct percpu *cpu, struct ipc_port *port,
    const mach_msg_header_t *header)
{
	struct thread *thread = (struct thread *)port->kobject;
	bool claimed;

	if (port->kobject_type != IKOT_EXCEPTION_REPLY ||
	    header->msgh_id != EXCEPTION_RAISE_REPLY ||
	    !spin_trylock(&thread->ipc_lock))
		return NULL;
	claimed = thread->exception_pending &&
	    handoff_claim_sleeper(cpu, thread);
	if (claimed) {
		thread->exception_pending = false;
		thread->exception_result = reply_result(header);
	} else {
		cpu_irq_enable();
	}
	spin_unlock(&thread->ipc_lock);
	return claimed ? thread : NULL;
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
		thread->exception_result = reply_result(&kmsg->header);
		thread_wake_handoff(thread, WAIT_DONE);
	}
	spin_unlock(&thread->ipc_lock);
	thread_deallocate(thread);
}
