/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Notifications: the messages of mach/notify.defs.
 *
 * Without memory for the message it comes from a reserve.  If that is empty,
 * too, the notification is lost, but never the count of its right.
 */
#include <ipc/ipc_kmsg.h>
#include <ipc/ipc_notify.h>
#include <ipc/ipc_port.h>
#include <mach/notify.h>

/* All of them: a header and at most one item of 8 bytes. */
struct ipc_notification {
	mach_msg_header_t header;
	mach_msg_type_t type;
	uint64_t value;
};

#define NOTIFY_SIZE_EMPTY	sizeof(mach_msg_header_t)
#define NOTIFY_SIZE		sizeof(struct ipc_notification)

/* A message to a valid `notify`; NULL: no memory. */
static struct ipc_kmsg *
notify_create(struct ipc_port *notify, mach_msg_id_t id, mach_msg_size_t size)
{
	struct ipc_kmsg *kmsg = ipc_kmsg_alloc_reserved();

	if (kmsg == NULL)
		return NULL;
	kmsg->header.msgh_bits =
	    MACH_MSGH_BITS(MACH_MSG_TYPE_PORT_SEND_ONCE, 0);
	kmsg->header.msgh_size = size;
	kmsg->header.msgh_remote_port = (mach_port_t)notify;
	kmsg->header.msgh_local_port = MACH_PORT_NULL;
	kmsg->header.msgh_seqno = 0;
	kmsg->header.msgh_id = id;
	return kmsg;
}

static void
notify_set_item(struct ipc_kmsg *kmsg, mach_msg_type_name_t name,
    uint32_t size, uint64_t value)
{
	struct ipc_notification *message =
	    (struct ipc_notification *)&kmsg->header;

	message->type = (mach_msg_type_t){
		.msgt_name = name & 0xff,
		.msgt_size = size & 0xffff,
		.msgt_number = 1,
		.msgt_inline = TRUE,
	};
	message->value = value;
}

static void
notify_send(struct ipc_port *notify, mach_msg_id_t id,
    mach_msg_type_name_t name, uint32_t value)
{
	struct ipc_kmsg *kmsg;

	if (!IP_VALID(notify))
		return;
	kmsg = notify_create(notify, id, NOTIFY_SIZE);
	if (kmsg == NULL) {
		ipc_port_consume_send_once(notify);
		return;
	}
	notify_set_item(kmsg, name, 32, value);
	ipc_kmsg_send_kernel(kmsg, false);
}

void
ipc_notify_port_deleted(struct ipc_port *notify, mach_port_name_t name)
{
	notify_send(notify, MACH_NOTIFY_PORT_DELETED,
	    MACH_MSG_TYPE_PORT_NAME, name);
}

void
ipc_notify_msg_accepted(struct ipc_port *notify, mach_port_name_t name)
{
	notify_send(notify, MACH_NOTIFY_MSG_ACCEPTED,
	    MACH_MSG_TYPE_PORT_NAME, name);
}

void
ipc_notify_dead_name(struct ipc_port *notify, mach_port_name_t name)
{
	notify_send(notify, MACH_NOTIFY_DEAD_NAME,
	    MACH_MSG_TYPE_PORT_NAME, name);
}

void
ipc_notify_no_senders(struct ipc_port *notify,
    mach_port_mscount_t make_send_count)
{
	notify_send(notify, MACH_NOTIFY_NO_SENDERS,
	    MACH_MSG_TYPE_INTEGER_32, make_send_count);
}

void
ipc_notify_send_once(struct ipc_port *notify)
{
	struct ipc_kmsg *kmsg;

	if (!IP_VALID(notify))
		return;
	kmsg = notify_create(notify, MACH_NOTIFY_SEND_ONCE,
	    NOTIFY_SIZE_EMPTY);
	if (kmsg == NULL) {
		ipc_port_consume_send_once(notify);
		return;
	}
	ipc_kmsg_send_kernel(kmsg, false);
}

void
ipc_notify_port_destroyed(struct ipc_port *notify, struct ipc_port *port)
{
	struct ipc_kmsg *kmsg = NULL;

	if (IP_VALID(notify))
		kmsg = notify_create(notify, MACH_NOTIFY_PORT_DESTROYED,
		    NOTIFY_SIZE);
	if (kmsg == NULL) {
		ipc_port_consume_send_once(notify);
		ipc_port_release_receive(port);
		return;
	}
	notify_set_item(kmsg, MACH_MSG_TYPE_PORT_RECEIVE, 64,
	    (uint64_t)(uintptr_t)port);
	kmsg->header.msgh_bits |= MACH_MSGH_BITS_COMPLEX;
	if (ipc_port_check_circularity(port, notify))
		kmsg->header.msgh_bits |= MACH_MSGH_BITS_CIRCULAR;
	ipc_kmsg_send_kernel(kmsg, false);
}
