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

static inline bool
id_within(mach_msg_id_t id, mach_msg_id_t first, mach_msg_id_t last)
{
	return id >= first && id <= last;
}

mig_routine_t
ipc_kobject_routine(const mach_msg_header_t *request)
{
	mach_msg_id_t id = request->msgh_id;

	/* What comes most comes first. */
	if (id_within(id, 2000, 2199))
		return mach_server_routine(request);
	if (id_within(id, 3200, 3299))
		return mach_port_server_routine(request);
	if (id_within(id, 2800, 2899))
		return device_server_routine(request);
	if (id_within(id, 2600, 2699))
		return mach_host_server_routine(request);
	if (id_within(id, 4000, 4199))
		return mach4_server_routine(request);
	if (id_within(id, 4200, 4299))
		return gnumach_server_routine(request);
	if (id_within(id, 3000, 3099))
		return mach_debug_server_routine(request);
	return mach_aarch64_server_routine(request);
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
