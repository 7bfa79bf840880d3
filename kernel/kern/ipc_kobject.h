/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Kernel objects behind ports, and the dispatch of kernel RPCs.
 */
#ifndef KERN_IPC_KOBJECT_H
#define KERN_IPC_KOBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include <ipc/ipc_kmsg.h>
#include <ipc/ipc_port.h>
#include <mach/mach_types.h>

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
	IKOT_PAGER_REQUEST = 9,		/* memory object control */
	IKOT_DEVICE = 10,
	IKOT_PAGER_NAME = 14,		/* memory object name */
	IKOT_PAGER = 8,			/* kernel-backed memory object */
	IKOT_CLOCK = 20,
	IKOT_MASTER_DEVICE = 17,
	IKOT_EXCEPTION_REPLY = 29,	/* kobject: struct thread */
	IKOT_USER = 30,			/* mach_port_set_ktype */
};

/* Attach or detach the object behind a kernel-held port. */
void ipc_kobject_set(struct ipc_port *port, int type, uintptr_t kobject);

/*
 * Serve a request to a kernel port: consumes the request, returns the reply
 * (to be sent, or given straight to the caller) or NULL.  Unknown ids
 * answer MIG_BAD_ID.
 */
struct ipc_kmsg *ipc_kobject_server(struct ipc_kmsg *request);

/*
 * A message that is no RPC: notifications and exception replies sent to
 * kernel ports.  True if it was one; its rights are then consumed.
 */
bool ipc_kobject_notify(struct ipc_kmsg *request);

/* The last send right to a kernel port went (no-senders for the kernel). */
void ipc_kobject_no_senders(struct ipc_port *port);

/* The kernel object's port is destroyed by someone (pager ports). */
void ipc_kobject_destroy(struct ipc_port *port);

#define null_conversion(x)	(x)

#endif /* KERN_IPC_KOBJECT_H */
