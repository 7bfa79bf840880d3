/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The mach_msg trap: send, receive, both (and see ipc_fast.c).
 */
#include <ipc/ipc_accept.h>
#include <ipc/ipc_fast.h>
#include <ipc/ipc_kmsg.h>
#include <ipc/ipc_mqueue.h>
#include <ipc/ipc_port.h>
#include <ipc/ipc_space.h>
#include <kern/assert.h>
#include <kern/ipc_kobject.h>
#include <kern/task.h>
#include <kern/thread.h>
#include <machine/usercopy.h>

#define HEADER_SIZE	((mach_msg_size_t)sizeof(mach_msg_user_header_t))

/*
 * The message from user memory, still in user form.  A word of zero follows:
 * a string at its end is terminated, whatever the sender says.
 */
static mach_msg_return_t
msg_get(const struct mach_msg_call *call, struct ipc_kmsg **result)
{
	struct ipc_kmsg *kmsg;

	if (call->send_size < HEADER_SIZE || (call->send_size & 7) != 0)
		return MACH_SEND_MSG_TOO_SMALL;
	if (call->send_size > IPC_KMSG_SIZE_MAX)
		return MACH_SEND_NO_BUFFER;
	kmsg = ipc_kmsg_alloc(call->send_size + sizeof(uint64_t));
	if (kmsg == NULL)
		return MACH_SEND_NO_BUFFER;
	if (copyin(&kmsg->header, call->message, call->send_size) != 0) {
		ipc_kmsg_free(kmsg);
		return MACH_SEND_INVALID_DATA;
	}
	kmsg->header.msgh_size = call->send_size;
	*(uint64_t *)((char *)&kmsg->header + call->send_size) = 0;
	*result = kmsg;
	return MACH_MSG_SUCCESS;
}

/* Copy the first `size` bytes of a message in user form out and free it. */
static bool
msg_put(const struct mach_msg_call *call, struct ipc_kmsg *kmsg,
    mach_msg_size_t size)
{
	bool done = copyout(call->message, &kmsg->header, size) == 0;

	ipc_kmsg_free(kmsg);
	return done;
}

/*
 * The message was not sent, and is the sender's again.  If its buffer cannot
 * be written any more, the rights in the message have arrived nevertheless.
 */
static mach_msg_return_t
msg_return(const struct mach_msg_call *call, struct ipc_kmsg *kmsg,
    mach_msg_return_t mr)
{
	mr |= ipc_kmsg_copyout_pseudo(kmsg, call->space);
	msg_put(call, kmsg, call->send_size);
	return mr;
}

/* MACH_SEND_NOTIFY, when the message did not find room in time. */
static mach_msg_return_t
msg_send_forced(const struct mach_msg_call *call, struct ipc_kmsg *kmsg,
    mach_port_name_t dest_name)
{
	mach_msg_return_t mr;

	mr = ipc_accept_request(call->space, dest_name, call->notify, kmsg);
	if (mr != MACH_MSG_SUCCESS)
		return msg_return(call, kmsg, mr);
	ipc_mqueue_send(kmsg, MACH_SEND_ALWAYS, 0, false);
	return MACH_SEND_WILL_NOTIFY;
}

static mach_msg_return_t
msg_queue(const struct mach_msg_call *call, struct ipc_kmsg *kmsg,
    mach_port_name_t dest_name)
{
	mach_msg_option_t option = call->option & MACH_SEND_TIMEOUT;
	mach_msg_timeout_t timeout = call->timeout;
	mach_msg_return_t mr;

	if ((call->option & MACH_SEND_NOTIFY) != 0 && option == 0) {
		option = MACH_SEND_TIMEOUT;
		timeout = 0;
	}
	mr = ipc_mqueue_send(kmsg, option, timeout, true);
	if (likely(mr == MACH_MSG_SUCCESS))
		return mr;
	if (mr == MACH_SEND_TIMED_OUT &&
	    (call->option & MACH_SEND_NOTIFY) != 0)
		return msg_send_forced(call, kmsg, dest_name);
	return msg_return(call, kmsg, mr);
}

/*
 * Let the kernel serve a request.  A reply that the caller is about to
 * receive in the same call does not go through a queue.  Without memory for
 * a reply the request is the sender's again: MACH_SEND_NO_BUFFER.
 */
static mach_msg_return_t
msg_serve(const struct mach_msg_call *call, struct ipc_kmsg *request,
    struct ipc_kmsg **direct)
{
	struct ipc_kmsg *reply;

	if (!ipc_kobject_server(request, &reply))
		return msg_return(call, request, MACH_SEND_NO_BUFFER);
	if (reply == NULL)
		return MACH_MSG_SUCCESS;
	if ((call->option & MACH_RCV_MSG) != 0 &&
	    reply->header.msgh_size <= call->receive_size &&
	    ipc_mqueue_receive_direct(call->space, call->receive_name, reply))
		*direct = reply;
	else
		ipc_kmsg_send_kernel(reply, false);
	return MACH_MSG_SUCCESS;
}

static mach_msg_return_t
msg_send(const struct mach_msg_call *call, struct ipc_kmsg **direct)
{
	struct ipc_kmsg *kmsg;
	struct ipc_port *port;
	mach_port_name_t dest_name;
	mach_msg_return_t mr;

	mr = msg_get(call, &kmsg);
	if (mr != MACH_MSG_SUCCESS)
		return mr;
	dest_name = (mach_port_name_t)kmsg->header.msgh_remote_port;
	mr = ipc_kmsg_copyin_header(kmsg, call->space,
	    (call->option & MACH_SEND_CANCEL) != 0, call->notify);
	if (mr != MACH_MSG_SUCCESS) {
		ipc_kmsg_free(kmsg);
		return mr;
	}
	if ((kmsg->header.msgh_bits & MACH_MSGH_BITS_COMPLEX) != 0) {
		mr = ipc_kmsg_copyin_body(kmsg, call->space);
		if (mr != MACH_MSG_SUCCESS)
			return mr;
	}
	current_task()->messages_sent++;
	port = (struct ipc_port *)kmsg->header.msgh_remote_port;
	if (port->receiver == &ipc_space_kernel)
		return msg_serve(call, kmsg, direct);
	return msg_queue(call, kmsg, dest_name);
}

/* The message is destroyed but for its header. */
static mach_msg_return_t
msg_refuse(const struct mach_msg_call *call, struct ipc_receive *receive,
    mach_msg_return_t mr)
{
	struct ipc_kmsg *kmsg = receive->kmsg;

	ipc_kmsg_copyout_dest(kmsg, call->space, receive->held);
	if (!msg_put(call, kmsg, MIN(HEADER_SIZE, call->receive_size)))
		return MACH_RCV_INVALID_DATA;
	return mr;
}

/* A message that stays queued: tell how large it is. */
static mach_msg_return_t
msg_report_size(const struct mach_msg_call *call, mach_msg_size_t size)
{
	uintptr_t field = call->message +
	    offsetof(mach_msg_user_header_t, msgh_size);

	if (copyout(field, &size, sizeof(size)) != 0)
		return MACH_RCV_INVALID_DATA;
	return MACH_RCV_TOO_LARGE;
}

/* A message was dequeued: hand it over to the caller. */
static mach_msg_return_t
msg_finish(const struct mach_msg_call *call, struct ipc_receive *receive)
{
	struct ipc_kmsg *kmsg = receive->kmsg;
	mach_msg_return_t mr;

	current_task()->messages_received++;
	if (unlikely(kmsg->accept != NULL))
		ipc_accept_finish(kmsg, true);
	if (unlikely(kmsg->header.msgh_size > call->receive_size))
		return msg_refuse(call, receive, MACH_RCV_TOO_LARGE);
	mr = ipc_kmsg_copyout_header(kmsg, call->space, receive->held,
	    (call->option & MACH_RCV_NOTIFY) != 0, call->notify);
	if (unlikely(mr != MACH_MSG_SUCCESS))
		return msg_refuse(call, receive, mr);
	if ((kmsg->header.msgh_bits & MACH_MSGH_BITS_COMPLEX) != 0) {
		mr = ipc_kmsg_copyout_body(kmsg, call->space);
		if (mr != MACH_MSG_SUCCESS)
			mr |= MACH_RCV_BODY_ERROR;
	}
	if (!msg_put(call, kmsg, kmsg->header.msgh_size))
		return MACH_RCV_INVALID_DATA;
	return mr;
}

static mach_msg_return_t
msg_receive(const struct mach_msg_call *call, struct ipc_kmsg *direct,
    struct ipc_receive *receive)
{
	mach_msg_return_t mr;

	receive->max = call->receive_size;
	receive->large = (call->option & MACH_RCV_LARGE) != 0;
	receive->fast = (call->option & MACH_RCV_NOTIFY) == 0;
	receive->held = false;
	receive->size = 0;
	receive->filled = 0;
	receive->message = call->message;
	receive->kmsg = direct;
	if (direct == NULL) {
		mr = ipc_mqueue_receive(call->space, call->receive_name,
		    call->option, call->timeout, receive);
		if (mr == MACH_RCV_TOO_LARGE)
			return msg_report_size(call, receive->size);
		if (mr != MACH_MSG_SUCCESS)
			return mr;
	}
	if (receive->filled == 0)
		return msg_finish(call, receive);
	if (copyout(call->message, receive->buffer, receive->filled) != 0)
		return MACH_RCV_INVALID_DATA;
	return MACH_MSG_SUCCESS;
}

mach_msg_return_t
ipc_msg_call(const struct mach_msg_call *call, mach_msg_return_t fast,
    struct ipc_receive *receive)
{
	struct ipc_kmsg *direct = NULL;
	mach_msg_return_t mr;

	if (fast == IPC_FAST_RECEIVED)
		return msg_finish(call, receive);
	if (fast == IPC_FAST_MISS && (call->option & MACH_SEND_MSG) != 0) {
		mr = msg_send(call, &direct);
		if (mr != MACH_MSG_SUCCESS)
			return mr;
	}
	if ((call->option & MACH_RCV_MSG) != 0)
		return msg_receive(call, direct, receive);
	return MACH_MSG_SUCCESS;
}

mach_port_name_t
ipc_mach_reply_port_trap(void)
{
	struct ipc_port *port = ipc_port_alloc();
	mach_port_name_t name;

	if (port == NULL)
		return MACH_PORT_NAME_NULL;
	if (ipc_space_copyout(current_task()->space, port,
	    MACH_MSG_TYPE_PORT_RECEIVE, &name) != KERN_SUCCESS) {
		ipc_port_release_receive(port);
		return MACH_PORT_NAME_NULL;
	}
	return name;
}
