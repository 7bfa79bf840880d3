/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Ports: the kernel's view of a capability's object.
 *
 * The kernel itself holds rights as counted pointers:
 *   a reference       keeps the structure, nothing else;
 *   a send right      counts in send_rights (naked right, "port_send");
 *   a send-once right counts in send_once_rights;
 *   the receive right of kernel objects belongs to ipc_space_kernel.
 * IP_NULL is no port, IP_DEAD a right to a port that died.
 *
 * The structure lives while it is active (the receive right exists) or any of
 * the three counts is not zero; so a right needs no reference beside it.
 * A name's right in a space counts once, whatever its user references.
 *
 * The receive right is held by a space (receiver, receiver_entry), by the
 * kernel (ipc_space_kernel), or is in transit: receiver is NULL, and
 * destination is the port in whose queue the message waits, NULL until then.
 *
 * port->lock guards everything here but what says otherwise.  Order: space,
 * port, port set; no path locks two ports at a time.
 */
#ifndef IPC_IPC_PORT_H
#define IPC_IPC_PORT_H

#include <stdbool.h>
#include <stdint.h>

#include <ipc/ipc_types.h>
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
	spinlock_t lock;
	bool active;			/* the receive right exists */
	bool has_payload;
	bool memory_object;		/* the kernel maps it (vm/) */
	bool interrupts;		/* are sent to it (dev/irq.c) */
	uint32_t references;

	struct ipc_space *receiver;	/* holder, see above */
	struct ipc_entry *receiver_entry;
	mach_port_name_t receiver_name;
	uint32_t send_rights;
	uint32_t send_once_rights;
	uint32_t make_send_count;
	uint32_t sequence_number;
	uint32_t message_count;		/* queued, and places promised */
	uint32_t queue_limit;
	int kobject_type;		/* IKOT_*, kern/ipc_kobject.h */
	uintptr_t kobject;
	struct ipc_entry *entry_hint;	/* last send entry used (ipc_entry.c) */

	struct list messages;		/* struct ipc_kmsg::link */
	struct waitq receivers;		/* threads in mach_msg receive */
	struct waitq senders;		/* threads waiting for room */
	struct ipc_pset *pset;		/* containing set, a reference */
	struct list pset_link;		/* pset->ports, pset->lock */
	struct list ready_link;		/* pset->ready, pset->lock */
	uintptr_t payload;		/* protected payload */

	struct ipc_port *destination;	/* in transit there; a reference */
	struct ipc_port *no_senders;	/* requests: send-once rights */
	struct ipc_port *port_destroyed;
	struct list requests;		/* struct ipc_request::link */
	uint32_t request_count;
};

#define IP_NULL			((struct ipc_port *)0)
#define IP_DEAD			((struct ipc_port *)~0UL)
#define IP_VALID(port)		((port) != IP_NULL && (port) != IP_DEAD)

/* A dead-name request: the entry points at it while the port is active. */
struct ipc_request {
	struct list link;
	struct ipc_port *notify;	/* send-once right */
	mach_port_name_t name;
};

void ipc_port_setup(void);

/*
 * A port whose receive right nobody holds yet (in transit, no destination);
 * NULL: memory.
 */
struct ipc_port *ipc_port_alloc(void);
/* A port whose receive right the kernel holds.  NULL: memory. */
struct ipc_port *ipc_port_alloc_kernel(int kobject_type, uintptr_t kobject);
/* Destroy a kernel-held receive right. */
void ipc_port_dealloc_kernel(struct ipc_port *port);

void ipc_port_reference(struct ipc_port *port);
void ipc_port_release(struct ipc_port *port);

/* Free the structure if nothing holds it; unlocks in any case. */
void ipc_port_check_unlock(struct ipc_port *port);

/*
 * New rights from a port whose receive right the caller knows to exist, or
 * IP_DEAD when it does not any more.
 */
struct ipc_port *ipc_port_make_send(struct ipc_port *port);
struct ipc_port *ipc_port_make_send_once(struct ipc_port *port);
/* Another send right from one held; IP_DEAD if it died, IP_NULL stays. */
struct ipc_port *ipc_port_copy_send(struct ipc_port *port);

/*
 * Drop rights; IP_NULL and IP_DEAD are fine, no locks are held.  The last
 * send right gives a no-senders notification, a send-once right a send-once
 * notification; a receive right goes to its port-destroyed request, else the
 * port dies.
 */
void ipc_port_release_send(struct ipc_port *port);
void ipc_port_release_send_once(struct ipc_port *port);
void ipc_port_release_receive(struct ipc_port *port);
/* Any of the three, by MACH_MSG_TYPE_PORT_*. */
void ipc_port_release_right(struct ipc_port *port, mach_msg_type_name_t type);
/* A send-once right was used: no notification. */
void ipc_port_consume_send_once(struct ipc_port *port);

/* ipc_port_release_send() in line for a right that is not the last one. */
static inline void
ipc_port_drop_send(struct ipc_port *port)
{
	bool last;

	spin_lock(&port->lock);
	last = port->send_rights == 1;
	if (!last)
		port->send_rights--;
	spin_unlock(&port->lock);
	if (last)
		ipc_port_release_send(port);
}

/*
 * Take the receive right from its holder: out of its set, receivers woken
 * (MACH_RCV_PORT_DIED), counts reset.  The port is locked and stays so;
 * afterwards the right is in transit without destination.
 */
void ipc_port_clear_receiver(struct ipc_port *port);

/* Kill a locked port whose receive right is in transit; unlocks. */
void ipc_port_destroy(struct ipc_port *port);

/*
 * The receive right `port` (in transit, no destination) is about to be
 * queued at `dest` (a right to it is held).  True if that would close a loop
 * that nobody can receive; else `dest` becomes its destination.  No locks held.
 */
bool ipc_port_check_circularity(struct ipc_port *port, struct ipc_port *dest);

/* The receive right arrived: forget its destination.  No locks held. */
void ipc_port_clear_destination(struct ipc_port *port);

#endif /* IPC_IPC_PORT_H */
