/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <kern/task_notify.h>

#include <stddef.h>

#include <gnumach.server.h>
#include <ipc/ipc_kmsg.h>
#include <ipc/ipc_port.h>
#include <kern/host.h>
#include <kern/ipc_tt.h>
#include <kern/lock.h>
#include <kern/task.h>
#include <lib/macros.h>

#define TASK_NOTIFY_NEW_TASK	4400	/* mach_notify_new_task */

struct new_task_message {
	mach_msg_header_t header;
	mach_msg_type_t task_type;
	struct ipc_port *task;
	mach_msg_type_t parent_type;
	struct ipc_port *parent;
};

static spinlock_t notify_lock;
static struct ipc_port *notify_port;	/* send right */

/* One port for the host; the first to ask keeps it while it lives. */
kern_return_t
register_new_task_notification(host_t host, struct ipc_port *port)
{
	struct ipc_port *old;

	if (host == HOST_NULL)
		return KERN_INVALID_HOST;
	if (!IP_VALID(port))
		return KERN_INVALID_ARGUMENT;
	spin_lock(&notify_lock);
	old = notify_port;
	if (old != NULL && old->active) {
		spin_unlock(&notify_lock);
		return KERN_NO_ACCESS;
	}
	notify_port = port;
	spin_unlock(&notify_lock);
	ipc_port_release_send(old);
	return KERN_SUCCESS;
}

static struct ipc_port *
task_right(struct task *task)
{
	task_reference(task);
	return convert_task_to_port(task);
}

void
task_notify_created(struct task *task, struct task *parent)
{
	static const mach_msg_type_t type = {
		.msgt_name = MACH_MSG_TYPE_PORT_SEND,
		.msgt_size = 64,
		.msgt_number = 1,
		.msgt_inline = TRUE,
	};
	struct new_task_message *message;
	struct ipc_kmsg *kmsg;
	struct ipc_port *port;

	if (likely(notify_port == NULL))
		return;
	spin_lock(&notify_lock);
	port = ipc_port_copy_send(notify_port);
	spin_unlock(&notify_lock);
	if (!IP_VALID(port))
		return;
	kmsg = ipc_kmsg_alloc(sizeof(*message));
	if (kmsg == NULL) {
		ipc_port_release_send(port);
		return;
	}
	message = (struct new_task_message *)&kmsg->header;
	message->header.msgh_bits = MACH_MSGH_BITS_COMPLEX |
	    MACH_MSGH_BITS(MACH_MSG_TYPE_PORT_SEND, 0);
	message->header.msgh_size = sizeof(*message);
	message->header.msgh_remote_port = (mach_port_t)port;
	message->header.msgh_local_port = MACH_PORT_NULL;
	message->header.msgh_seqno = 0;
	message->header.msgh_id = TASK_NOTIFY_NEW_TASK;
	message->task_type = type;
	message->task = task_right(task);
	message->parent_type = type;
	message->parent = task_right(parent);
	ipc_kmsg_send_kernel(kmsg, false);
}
