/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Ports: life, rights held by the kernel, death.
 */
#include <dev/irq.h>
#include <ipc/ipc_kmsg.h>
#include <ipc/ipc_mqueue.h>
#include <ipc/ipc_notify.h>
#include <ipc/ipc_port.h>
#include <ipc/ipc_pset.h>
#include <ipc/ipc_space.h>
#include <kern/assert.h>
#include <kern/ipc_kobject.h>
#include <kern/kalloc.h>
#include <kern/slab.h>
#include <lib/string.h>
#include <vm/memory_object.h>

static struct slab_cache ipc_port_cache;

/*
 * Guards every port's destination, together with that port's lock: held over
 * the walk along a chain of receive rights in transit.
 */
static spinlock_t ipc_port_transit_lock = SPINLOCK_INITIALIZER;

void
ipc_port_setup(void)
{
	slab_cache_init(&ipc_port_cache, "ipc_port", sizeof(struct ipc_port),
	    0, NULL);
}

struct ipc_port *
ipc_port_alloc(void)
{
	struct ipc_port *port = slab_cache_alloc(&ipc_port_cache);

	if (port == NULL)
		return NULL;
	memset(port, 0, sizeof(*port));
	spin_init(&port->lock);
	port->active = true;
	port->queue_limit = MACH_PORT_QLIMIT_DEFAULT;
	list_init(&port->messages);
	list_init(&port->requests);
	waitq_init(&port->receivers);
	waitq_init(&port->senders);
	return port;
}

struct ipc_port *
ipc_port_alloc_kernel(int kobject_type, uintptr_t kobject)
{
	struct ipc_port *port = ipc_port_alloc();

	if (port == NULL)
		return NULL;
	port->receiver = &ipc_space_kernel;
	port->kobject_type = kobject_type;
	port->kobject = kobject;
	return port;
}

void
ipc_port_dealloc_kernel(struct ipc_port *port)
{
	spin_lock(&port->lock);
	assert(port->active && port->receiver == &ipc_space_kernel);
	port->receiver = NULL;
	port->kobject_type = IKOT_NONE;
	port->kobject = 0;
	ipc_port_destroy(port);
}

void
ipc_port_reference(struct ipc_port *port)
{
	spin_lock(&port->lock);
	port->references++;
	spin_unlock(&port->lock);
}

void
ipc_port_check_unlock(struct ipc_port *port)
{
	bool unused = !port->active && port->references == 0 &&
	    port->send_rights == 0 && port->send_once_rights == 0;

	spin_unlock(&port->lock);
	if (unused) {
		assert(list_empty(&port->messages) && port->pset == NULL);
		slab_cache_free(&ipc_port_cache, port);
	}
}

void
ipc_port_release(struct ipc_port *port)
{
	spin_lock(&port->lock);
	assert(port->references > 0);
	port->references--;
	ipc_port_check_unlock(port);
}

struct ipc_port *
ipc_port_make_send(struct ipc_port *port)
{
	bool active;

	spin_lock(&port->lock);
	active = port->active;
	if (active) {
		port->make_send_count++;
		port->send_rights++;
	}
	spin_unlock(&port->lock);
	return active ? port : IP_DEAD;
}

struct ipc_port *
ipc_port_make_send_once(struct ipc_port *port)
{
	bool active;

	spin_lock(&port->lock);
	active = port->active;
	if (active)
		port->send_once_rights++;
	spin_unlock(&port->lock);
	return active ? port : IP_DEAD;
}

struct ipc_port *
ipc_port_copy_send(struct ipc_port *port)
{
	bool active;

	if (!IP_VALID(port))
		return port;
	spin_lock(&port->lock);
	active = port->active;
	if (active) {
		assert(port->send_rights > 0);
		port->send_rights++;
	}
	spin_unlock(&port->lock);
	return active ? port : IP_DEAD;
}

void
ipc_port_release_send(struct ipc_port *port)
{
	struct ipc_port *notify = IP_NULL;
	mach_port_mscount_t count;
	bool kernel;

	if (!IP_VALID(port))
		return;
	spin_lock(&port->lock);
	assert(port->send_rights > 0);
	if (--port->send_rights != 0) {
		spin_unlock(&port->lock);
		return;
	}
	if (!port->active) {
		ipc_port_check_unlock(port);
		return;
	}
	count = port->make_send_count;
	notify = port->no_senders;
	port->no_senders = IP_NULL;
	kernel = port->receiver == &ipc_space_kernel &&
	    port->kobject_type != IKOT_NONE;
	if (kernel)
		port->references++;
	spin_unlock(&port->lock);
	ipc_notify_no_senders(notify, count);
	if (kernel) {
		ipc_kobject_no_senders(port);
		ipc_port_release(port);
	}
}

void
ipc_port_consume_send_once(struct ipc_port *port)
{
	if (!IP_VALID(port))
		return;
	spin_lock(&port->lock);
	assert(port->send_once_rights > 0);
	port->send_once_rights--;
	ipc_port_check_unlock(port);
}

/*
 * The notification takes the right along (mach/notify.defs); a dead port is
 * told nothing.
 */
void
ipc_port_release_send_once(struct ipc_port *port)
{
	if (!IP_VALID(port))
		return;
	spin_lock(&port->lock);
	if (!port->active) {
		assert(port->send_once_rights > 0);
		port->send_once_rights--;
		ipc_port_check_unlock(port);
		return;
	}
	spin_unlock(&port->lock);
	ipc_notify_send_once(port);
}

void
ipc_port_release_receive(struct ipc_port *port)
{
	struct ipc_port *backup;

	if (!IP_VALID(port))
		return;
	ipc_port_clear_destination(port);
	spin_lock(&port->lock);
	assert(port->active && port->receiver == NULL);
	backup = port->port_destroyed;
	if (backup == IP_NULL) {
		ipc_port_destroy(port);
		return;
	}
	port->port_destroyed = IP_NULL;
	spin_unlock(&port->lock);
	ipc_notify_port_destroyed(backup, port);
}

void
ipc_port_release_right(struct ipc_port *port, mach_msg_type_name_t type)
{
	switch (type) {
	case MACH_MSG_TYPE_PORT_SEND:
		ipc_port_release_send(port);
		break;
	case MACH_MSG_TYPE_PORT_SEND_ONCE:
		ipc_port_release_send_once(port);
		break;
	default:
		assert(type == MACH_MSG_TYPE_PORT_RECEIVE);
		ipc_port_release_receive(port);
		break;
	}
}

void
ipc_port_clear_receiver(struct ipc_port *port)
{
	assert(port->active);
	if (port->pset != NULL)
		ipc_pset_remove(port);
	ipc_mqueue_abort_receivers(&port->receivers, MACH_RCV_PORT_DIED);
	port->receiver = NULL;
	port->receiver_entry = NULL;
	port->receiver_name = MACH_PORT_NAME_NULL;
	port->make_send_count = 0;
	port->sequence_number = 0;
	port->has_payload = false;
	port->payload = 0;
}

/* Send what the port's death gives: its requests end, its messages too. */
static void
port_send_last(struct list *requests, struct ipc_port *no_senders,
    struct ipc_port *port_destroyed)
{
	if (no_senders != IP_NULL)
		ipc_notify_send_once(no_senders);
	if (port_destroyed != IP_NULL)
		ipc_notify_send_once(port_destroyed);
	while (!list_empty(requests)) {
		struct ipc_request *request = list_entry(list_pop(requests),
		    struct ipc_request, link);

		ipc_notify_dead_name(request->notify, request->name);
		kfree(request, sizeof(*request));
	}
}

/* Tell those in the kernel who know the dead port; it is locked, and stays so. */
static void
port_tell_kernel(struct ipc_port *port, bool memory_object, bool interrupts)
{
	port->references++;
	spin_unlock(&port->lock);
	if (memory_object)
		memory_object_died(port);
	if (interrupts)
		irq_device_port_died(port);
	spin_lock(&port->lock);
	port->references--;
}

void
ipc_port_destroy(struct ipc_port *port)
{
	struct ipc_port *no_senders = port->no_senders;
	struct ipc_port *port_destroyed = port->port_destroyed;
	struct list messages, requests;
	bool memory_object = port->memory_object;
	bool interrupts = port->interrupts;

	assert(port->active && port->receiver == NULL && port->pset == NULL);
	port->active = false;
	port->no_senders = IP_NULL;
	port->port_destroyed = IP_NULL;
	list_move(&messages, &port->messages);
	list_move(&requests, &port->requests);
	port->message_count = 0;
	port->request_count = 0;
	ipc_mqueue_abort_receivers(&port->receivers, MACH_RCV_PORT_DIED);
	if (!waitq_empty(&port->senders))
		waitq_wake_all(&port->senders, WAIT_DONE);
	if (memory_object || interrupts)
		port_tell_kernel(port, memory_object, interrupts);
	ipc_port_check_unlock(port);
	port_send_last(&requests, no_senders, port_destroyed);
	if (!list_empty(&messages))
		ipc_kmsg_destroy_list(&messages);
}

/*
 * The next port on the way from `port` to a holder, or NULL.  The transit
 * lock keeps the chain as it is.
 */
static struct ipc_port *
port_next_destination(struct ipc_port *port)
{
	struct ipc_port *next;

	spin_lock(&port->lock);
	next = port->active && port->receiver == NULL ? port->destination
	    : NULL;
	spin_unlock(&port->lock);
	return next;
}

bool
ipc_port_check_circularity(struct ipc_port *port, struct ipc_port *dest)
{
	struct ipc_port *step;

	spin_lock(&ipc_port_transit_lock);
	for (step = dest; step != NULL; step = port_next_destination(step)) {
		if (step == port) {
			spin_unlock(&ipc_port_transit_lock);
			return true;
		}
	}
	ipc_port_reference(dest);
	spin_lock(&port->lock);
	assert(port->receiver == NULL && port->destination == NULL);
	port->destination = dest;
	spin_unlock(&port->lock);
	spin_unlock(&ipc_port_transit_lock);
	return false;
}

void
ipc_port_clear_destination(struct ipc_port *port)
{
	struct ipc_port *dest;

	/* Set and cleared by who holds the right, now the caller. */
	if (likely(port->destination == NULL))
		return;
	spin_lock(&ipc_port_transit_lock);
	spin_lock(&port->lock);
	dest = port->destination;
	port->destination = NULL;
	spin_unlock(&port->lock);
	spin_unlock(&ipc_port_transit_lock);
	ipc_port_release(dest);
}
