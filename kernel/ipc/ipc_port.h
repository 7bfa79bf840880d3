/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Ports: the kernel's view of a capability's object.
 *
 * The kernel itself holds rights as counted pointers:
 *   a reference     keeps the structure, nothing else;
 *   a send right    counts in send_rights (naked right, "port_send");
 *   a send-once right counts in send_once_rights;
 *   the receive right of kernel objects belongs to receiver space NULL.
 * IP_NULL is no port, IP_DEAD a right to a port that died.
 */
#ifndef IPC_IPC_PORT_H
#define IPC_IPC_PORT_H

#include <stdbool.h>
#include <stdint.h>

#include <kern/lock.h>
#include <kern/waitq.h>
#include <lib/list.h>
#include <mach/kern_return.h>
#include <mach/message.h>
#include <mach/port.h>

struct ipc_space;
struct ipc_kmsg;
struct ipc_pset;
struct ipc_entry;

struct ipc_port {
	uint32_t references;		/* atomic */
	spinlock_t lock;
	bool active;			/* the receive right exists */

	struct ipc_space *receiver;	/* holder; NULL: kernel or in transit */
	mach_port_name_t receiver_name;
	struct ipc_port *destination;	/* in transit in this port's queue */

	uint32_t send_rights;
	uint32_t send_once_rights;
	uint32_t make_send_count;
	uint32_t sequence_number;
	struct ipc_port *no_senders;	/* requests: send-once rights */
	struct ipc_port *port_destroyed;
	struct list requests;		/* dead-name requests */
	uint32_t request_count;

	struct ipc_pset *pset;		/* containing set */
	struct list pset_link;
	struct list messages;		/* struct ipc_kmsg::link */
	uint32_t message_count;
	uint32_t queue_limit;
	struct waitq receivers;		/* threads in mach_msg receive */
	struct waitq senders;		/* threads waiting for room */

	int kobject_type;		/* IKOT_*, kern/ipc_kobject.h */
	uintptr_t kobject;
	bool has_payload;
	uintptr_t payload;		/* protected payload */

	struct ipc_entry *entry_hint;	/* last send entry used (ipc_entry.c) */
};

typedef struct ipc_port *ipc_port_t;

#define IP_NULL			((struct ipc_port *)0)
#define IP_DEAD			((struct ipc_port *)~0UL)
#define IP_VALID(port)		((port) != IP_NULL && (port) != IP_DEAD)

/* A port whose receive right the kernel holds; one reference. NULL: memory. */
struct ipc_port *ipc_port_alloc_kernel(int kobject_type, uintptr_t kobject);
/* Destroy a kernel-held receive right; drops the reference. */
void ipc_port_dealloc_kernel(struct ipc_port *port);

void ipc_port_reference(struct ipc_port *port);
void ipc_port_release(struct ipc_port *port);

/* New rights from a (kernel-held or locked-elsewhere) live port. */
struct ipc_port *ipc_port_make_send(struct ipc_port *port);
struct ipc_port *ipc_port_make_send_once(struct ipc_port *port);
/* Another send right from one held; IP_DEAD if it died, IP_NULL stays. */
struct ipc_port *ipc_port_copy_send(struct ipc_port *port);
/* Drop rights; IP_NULL and IP_DEAD are fine. */
void ipc_port_release_send(struct ipc_port *port);
void ipc_port_release_send_once(struct ipc_port *port);
void ipc_port_release_receive(struct ipc_port *port);

#endif /* IPC_IPC_PORT_H */
