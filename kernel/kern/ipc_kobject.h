/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Kernel objects behind ports, and the dispatch of kernel RPCs.
 *
 * Rules for the routines that MIG's server stubs call:
 *   a routine that returns KERN_SUCCESS or MIG_NO_REPLY has consumed the
 *   rights and memory among its arguments, one that fails has not;
 *   an out-of-line data argument, either way, is a vm_map_copy_t cast to the
 *   argument's type (0: empty);
 *   an out-of-line array of ports is kalloc()ed, its size number *
 *   sizeof(mach_port_t) bytes exactly, and is freed by who consumes it.
 */
#ifndef KERN_IPC_KOBJECT_H
#define KERN_IPC_KOBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include <ipc/ipc_kmsg.h>
#include <ipc/ipc_port.h>
#include <kern/assert.h>
#include <mach/mach_types.h>
#include <mach/mig_errors.h>

/*
 * Types as mach_port_kernel_object and mach_debug report them: the numbers
 * are the interface's where it has one.
 */
enum {
	IKOT_NONE = 0,
	IKOT_THREAD = 1,
	IKOT_TASK = 2,
	IKOT_HOST = 3,
	IKOT_HOST_PRIV = 4,
	IKOT_PROCESSOR = 5,
	IKOT_PSET = 6,
	IKOT_PSET_NAME = 7,
	IKOT_PAGER = 8,			/* kernel-backed memory object */
	IKOT_PAGER_REQUEST = 9,		/* memory object control */
	IKOT_DEVICE = 10,
	IKOT_PAGER_PROXY = 11,		/* part of a memory object */
	IKOT_PAGER_NAME = 14,		/* memory object name */
	IKOT_MASTER_DEVICE = 17,
	IKOT_PROCESSOR_NAME = 18,
	IKOT_CLOCK = 20,
	IKOT_USER_DEVICE = MACH_PORT_KTYPE_USER_DEVICE,	/* a user's port */
	IKOT_EXCEPTION_REPLY = 29,	/* kobject: struct thread */
	IKOT_NUMBER = 32,
};

/* Attach or detach the object behind a kernel-held port. */
void ipc_kobject_set(struct ipc_port *port, int type, uintptr_t kobject);

/*
 * Serve a request to a kernel port: consumes the request; *reply is the reply
 * (to be sent, or given straight to the caller) or NULL.  Unknown ids answer
 * MIG_BAD_ID.  False: no memory for a reply, and nothing has been done.
 */
bool ipc_kobject_server(struct ipc_kmsg *request, struct ipc_kmsg **reply);

/*
 * The largest reply of any kernel routine, from the header on: one has a thread
 * state, of THREAD_STATE_MAX words, or a device's in-band data as array.
 */
#define IPC_KOBJECT_REPLY_MAX	(4096u + 256u)

/* The server routine of a request, by its id; NULL: none. */
mig_routine_t ipc_kobject_routine(const mach_msg_header_t *request);

/*
 * Call a routine (NULL: MIG_BAD_ID) with a request in kernel form; `reply`
 * has room for the largest, and gets header and return code as MIG's stubs
 * expect to find them.  Touches no right of the request's header.
 */
static inline kern_return_t
ipc_kobject_call(mig_routine_t routine, mach_msg_header_t *request,
    struct ipc_kmsg *reply)
{
	mig_reply_header_t *header = (mig_reply_header_t *)&reply->header;

	header->Head.msgh_bits =
	    MACH_MSGH_BITS(MACH_MSGH_BITS_LOCAL(request->msgh_bits), 0);
	header->Head.msgh_size = (mach_msg_size_t)sizeof(*header);
	header->Head.msgh_remote_port = request->msgh_local_port;
	header->Head.msgh_local_port = MACH_PORT_NULL;
	header->Head.msgh_seqno = 0;
	header->Head.msgh_id = request->msgh_id + 100;
	header->RetCodeType = (mach_msg_type_t){
		.msgt_name = MACH_MSG_TYPE_INTEGER_32,
		.msgt_size = 32,
		.msgt_number = 1,
		.msgt_inline = TRUE,
	};
	/* And what is behind it, which no stub writes. */
	*(uint64_t *)&header->RetCode = (uint32_t)MIG_BAD_ID;
	if (routine != NULL)
		routine(request, &reply->header);
	assert(reply->header.msgh_size <= IPC_KOBJECT_REPLY_MAX);
	ipc_kmsg_clear_padding(reply, header + 1);
	return header->RetCode;
}

/*
 * A message that is no RPC: notifications and exception replies sent to
 * kernel ports.  True if it was one; its body's rights are then consumed,
 * the request itself and its header's rights are not.
 */
bool ipc_kobject_notify(struct ipc_kmsg *request);

/*
 * The last send right to a kernel port went (no-senders for the kernel).  A
 * reference keeps the structure during the call.
 */
void ipc_kobject_no_senders(struct ipc_port *port);

/* MIG's translation of a memory object argument: it stays a port. */
#define null_conversion(x)	(x)

#endif /* KERN_IPC_KOBJECT_H */
