/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Port sets: receive from any of several ports.
 *
 * Members keep their own queues; those with messages, or with senders that wait
 * for room or a receiver, are on the ready list, which a receiver rotates, so
 * that no member starves.  pset->lock is inside
 * the lock of any port.  Each member and the holder's name keep a reference.
 */
#ifndef IPC_IPC_PSET_H
#define IPC_IPC_PSET_H

#include <stdbool.h>
#include <stdint.h>

#include <kern/lock.h>
#include <kern/waitq.h>
#include <lib/list.h>
#include <mach/port.h>

struct ipc_port;

struct ipc_pset {
	spinlock_t lock;
	bool active;			/* some space holds it */
	uint32_t references;
	mach_port_name_t name;		/* in its space; space and pset lock */
	uint32_t port_count;
	struct list ports;		/* struct ipc_port::pset_link */
	struct list ready;		/* struct ipc_port::ready_link */
	struct waitq receivers;
};

void ipc_pset_setup(void);

/* A set without members, one reference; NULL without memory. */
struct ipc_pset *ipc_pset_alloc(void);
void ipc_pset_reference(struct ipc_pset *pset);
void ipc_pset_release(struct ipc_pset *pset);

/*
 * Put a locked port that is in no set into an active one (whose space is
 * locked).  The port's waiting receivers get MACH_RCV_PORT_CHANGED; the set's
 * receivers get the port's messages.
 */
void ipc_pset_add(struct ipc_pset *pset, struct ipc_port *port);
/* Take a locked port out of its set. */
void ipc_pset_remove(struct ipc_port *port);

/* The holder's name goes (its space is locked): empty it, wake receivers. */
void ipc_pset_destroy(struct ipc_pset *pset);

#endif /* IPC_IPC_PSET_H */
