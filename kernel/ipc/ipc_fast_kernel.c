/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The fast path to the kernel's own ports.
 */
#include <ipc/ipc_entry.h>
#include <ipc/ipc_fast.h>
#include <ipc/ipc_fast_wait.h>
#include <ipc/ipc_kmsg.h>
#include <ipc/ipc_port.h>
#include <ipc/ipc_space.h>
#include <kern/exception.h>
#include <kern/ipc_kobject.h>
#include <kern/task.h>
#include <kern/thread.h>
#include <machine/percpu.h>
#include <machine/usercopy.h>

/*
 * A message for the kernel's reply; each processor keeps one at hand.  The
 * kernel is not preemptible, so taking and putting back are not disturbed.
 */
static inline struct ipc_kmsg *
fast_reply_take(void)
{
	struct percpu *cpu = percpu_self();
	struct ipc_kmsg *kmsg = cpu->reply;

	if (unlikely(kmsg == NULL))
		return ipc_kmsg_alloc(IPC_KOBJECT_REPLY_MAX);
	cpu->reply = NULL;
	return kmsg;
}

static inline void
fast_reply_put(struct ipc_kmsg *kmsg)
{
	struct percpu *cpu = percpu_self();

	if (likely(cpu->reply == NULL))
		cpu->reply = kmsg;
	else
		ipc_kmsg_free(kmsg);
}

/* The kernel's reply to the caller, if nothing has changed meanwhile. */
static mach_msg_return_t
fast_kernel_reply(struct ipc_space *space, struct ipc_port *reply,
    struct ipc_kmsg *kmsg, const struct ipc_receive *receive)
{
	mach_port_name_t name = receive->name;
	mach_msg_header_t *header = &kmsg->header;
	mach_msg_return_t mr = MACH_MSG_SUCCESS;
	struct task *task = current_task();

	task->messages_sent++;
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
	task->messages_received++;
	header->msgh_bits = (header->msgh_bits & MACH_MSGH_BITS_COMPLEX) |
	    MACH_MSGH_BITS(0, MACH_MSG_TYPE_PORT_SEND_ONCE);
	header->msgh_remote_port = MACH_PORT_NAME_NULL;
	header->msgh_protected_payload = name;
	if ((header->msgh_bits & MACH_MSGH_BITS_COMPLEX) != 0) {
		mr = ipc_kmsg_copyout_body(kmsg, space);
		if (mr != MACH_MSG_SUCCESS)
			mr |= MACH_RCV_BODY_ERROR;
	}
	if (unlikely(copyout(receive->message, header,
	    header->msgh_size) != 0))
		mr = MACH_RCV_INVALID_DATA;
	fast_reply_put(kmsg);
	return mr;
}

/*
 * A request to the kernel; space and port are locked.  Both rights are made,
 * since the routine may do anything to the caller's names and ports.
 */
mach_msg_return_t
ipc_fast_request_kernel(struct ipc_space *space, struct ipc_port *port,
    struct ipc_port *reply, struct ipc_receive *receive)
{
	mach_msg_header_t *header = &receive->header;
	mig_routine_t routine = ipc_kobject_routine(header);
	struct ipc_kmsg *kmsg = NULL;
	kern_return_t kr;

	if (routine != NULL && spin_trylock(&reply->lock)) {
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
	receive->buffer[header->msgh_size / 8] = 0;
	kr = ipc_kobject_call(routine, header, kmsg);
	ipc_port_drop_send(port);
	if (kr == MIG_NO_REPLY) {
		current_task()->messages_sent++;
		fast_reply_put(kmsg);
		return IPC_FAST_SENT;
	}
	return fast_kernel_reply(space, reply, kmsg, receive);
}

/*
 * A reply to the kernel (to an exception), which is no RPC and has no answer;
 * space and port are locked.
 */
mach_msg_return_t
ipc_fast_reply_kernel(struct ipc_space *space, struct ipc_entry *dest,
    struct ipc_receive *receive)
{
	struct percpu *cpu = percpu_self();
	mach_msg_header_t *header = &receive->header;
	struct ipc_port *port = dest->port;
	struct thread *to;

	to = exception_reply_claim(cpu, port, header);
	if (likely(to != NULL)) {
		port->send_once_rights--;
		spin_unlock(&port->lock);
		ipc_entry_free(space, dest);
		current_task()->messages_sent++;
		return fast_receive(cpu, to, space, receive);
	}
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
	return fast_receive(cpu, handoff_take(cpu), space, receive);
}
