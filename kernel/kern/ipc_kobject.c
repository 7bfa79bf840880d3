/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Kernel objects behind ports, and the dispatch of kernel RPCs.
 */
#include <ipc/ipc_kmsg.h>
#include <ipc/ipc_port.h>
#include <ipc/ipc_space.h>
#include <kern/assert.h>
#include <kern/exception.h>
#include <kern/host.h>
#include <kern/ipc_host.h>
#include <kern/ipc_kobject.h>
#include <kern/ipc_tt.h>
#include <kern/processor.h>
#include <kern/task.h>
#include <kern/thread.h>
#include <mach/mig_errors.h>
#include <vm/memory_object_proxy.h>
#include <vm/vm_map.h>
#include <vm/vm_object.h>

#include <device.server.h>
#include <gnumach.server.h>
#include <mach.server.h>
#include <mach4.server.h>
#include <mach_aarch64.server.h>
#include <mach_debug.server.h>
#include <mach_host.server.h>
#include <mach_port.server.h>

/*
 * The largest replies (IPC_KOBJECT_REPLY_MAX) have a thread state, of
 * THREAD_STATE_MAX words, or a device's in-band data as array.
 */
#define REPLY_HEADER_SIZE	((mach_msg_size_t)sizeof(mig_reply_header_t))

/* What the kernel does about ports of a type, beside RPC. */
struct kobject_class {
	/* A message that no routine takes; consumes its body. */
	bool (*notify)(struct ipc_port *port, struct ipc_kmsg *kmsg);
	void (*no_senders)(struct ipc_port *port);
};

static bool
kobject_exception_reply(struct ipc_port *port, struct ipc_kmsg *kmsg)
{
	exception_reply(port, kmsg);
	if ((kmsg->header.msgh_bits & MACH_MSGH_BITS_COMPLEX) != 0)
		ipc_kmsg_clean_body(kmsg, kmsg->header.msgh_size -
		    (mach_msg_size_t)sizeof(kmsg->header));
	return true;
}

static const struct kobject_class kobject_classes[IKOT_NUMBER] = {
	[IKOT_EXCEPTION_REPLY] = { .notify = kobject_exception_reply },
	[IKOT_PAGER] = { .no_senders = vm_object_pager_no_senders },
	[IKOT_PAGER_PROXY] = {
		.no_senders = memory_object_proxy_no_senders,
	},
	[IKOT_PAGER_NAME] = { .no_senders = vm_object_pager_no_senders },
};

void
ipc_kobject_set(struct ipc_port *port, int type, uintptr_t kobject)
{
	spin_lock(&port->lock);
	port->kobject_type = type;
	port->kobject = kobject;
	spin_unlock(&port->lock);
}

static const struct kobject_class *
kobject_class(const struct ipc_port *port)
{
	assert(port->kobject_type >= 0 && port->kobject_type < IKOT_NUMBER);
	return &kobject_classes[port->kobject_type];
}

bool
ipc_kobject_notify(struct ipc_kmsg *request)
{
	struct ipc_port *port = (struct ipc_port *)
	    request->header.msgh_remote_port;
	const struct kobject_class *class = kobject_class(port);

	return class->notify != NULL && class->notify(port, request);
}

void
ipc_kobject_no_senders(struct ipc_port *port)
{
	const struct kobject_class *class = kobject_class(port);

	if (class->no_senders != NULL)
		class->no_senders(port);
}

mig_routine_t
ipc_kobject_routine(const mach_msg_header_t *request)
{
	switch (request->msgh_id / 100) {
	case 20:
	case 21:
		return mach_server_routine(request);
	case 26:
		return mach_host_server_routine(request);
	case 28:
		return device_server_routine(request);
	case 30:
		return mach_debug_server_routine(request);
	case 32:
		return mach_port_server_routine(request);
	case 40:
	case 41:
		return mach4_server_routine(request);
	case 42:
		return gnumach_server_routine(request);
	default:
		return mach_aarch64_server_routine(request);
	}
}

/* Reply header and return code as MIG's stubs expect to find them. */
static void
kobject_reply_init(const mach_msg_header_t *request,
    mig_reply_header_t *reply)
{
	reply->Head.msgh_bits =
	    MACH_MSGH_BITS(MACH_MSGH_BITS_LOCAL(request->msgh_bits), 0);
	reply->Head.msgh_size = REPLY_HEADER_SIZE;
	reply->Head.msgh_remote_port = request->msgh_local_port;
	reply->Head.msgh_local_port = MACH_PORT_NULL;
	reply->Head.msgh_seqno = 0;
	reply->Head.msgh_id = request->msgh_id + 100;
	reply->RetCodeType = (mach_msg_type_t){
		.msgt_name = MACH_MSG_TYPE_INTEGER_32,
		.msgt_size = 32,
		.msgt_number = 1,
		.msgt_inline = TRUE,
	};
	reply->RetCode = MIG_BAD_ID;
}

/*
 * A request is done with: its destination right is used up; the body's
 * rights and memory remain only if the routine failed.
 */
static void
kobject_request_done(struct ipc_kmsg *request, bool clean)
{
	mach_msg_header_t *header = &request->header;
	struct ipc_port *port = (struct ipc_port *)header->msgh_remote_port;

	if (clean && (header->msgh_bits & MACH_MSGH_BITS_COMPLEX) != 0)
		ipc_kmsg_clean_body(request, header->msgh_size -
		    (mach_msg_size_t)sizeof(*header));
	if (MACH_MSGH_BITS_REMOTE(header->msgh_bits) ==
	    MACH_MSG_TYPE_PORT_SEND_ONCE)
		ipc_port_consume_send_once(port);
	else
		ipc_port_release_send(port);
	ipc_kmsg_free(request);
}

kern_return_t
ipc_kobject_call(mig_routine_t routine, mach_msg_header_t *request,
    struct ipc_kmsg *reply)
{
	mig_reply_header_t *header = (mig_reply_header_t *)&reply->header;

	kobject_reply_init(request, header);
	if (routine != NULL)
		routine(request, &reply->header);
	assert(reply->header.msgh_size <= IPC_KOBJECT_REPLY_MAX);
	return header->RetCode;
}

bool
ipc_kobject_server(struct ipc_kmsg *request, struct ipc_kmsg **result)
{
	mach_msg_header_t *header = &request->header;
	mig_routine_t routine = ipc_kobject_routine(header);
	struct ipc_kmsg *reply;
	kern_return_t kr;

	*result = NULL;
	if (routine == NULL && ipc_kobject_notify(request)) {
		if (header->msgh_local_port != MACH_PORT_NULL)
			ipc_port_release_right(
			    (struct ipc_port *)header->msgh_local_port,
			    MACH_MSGH_BITS_LOCAL(header->msgh_bits));
		kobject_request_done(request, false);
		return true;
	}
	reply = ipc_kmsg_alloc(IPC_KOBJECT_REPLY_MAX);
	if (reply == NULL)
		return false;
	kr = ipc_kobject_call(routine, header, reply);
	kobject_request_done(request,
	    kr != KERN_SUCCESS && kr != MIG_NO_REPLY);
	if (kr == MIG_NO_REPLY)
		ipc_kmsg_free(reply);
	else if (!IP_VALID((struct ipc_port *)
	    reply->header.msgh_remote_port))
		ipc_kmsg_destroy(reply);
	else
		*result = reply;
	return true;
}
