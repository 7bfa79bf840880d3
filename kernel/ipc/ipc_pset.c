/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Port sets.
 */
#include <ipc/ipc_mqueue.h>
#include <ipc/ipc_port.h>
#include <ipc/ipc_pset.h>
#include <kern/assert.h>
#include <kern/slab.h>

static struct slab_cache ipc_pset_cache;

void
ipc_pset_setup(void)
{
	slab_cache_init(&ipc_pset_cache, "ipc_pset", sizeof(struct ipc_pset),
	    0, NULL);
}

struct ipc_pset *
ipc_pset_alloc(void)
{
	struct ipc_pset *pset = slab_cache_alloc(&ipc_pset_cache);

	if (pset == NULL)
		return NULL;
	spin_init(&pset->lock);
	pset->active = true;
	pset->references = 1;
	pset->name = MACH_PORT_NAME_NULL;
	pset->port_count = 0;
	list_init(&pset->ports);
	list_init(&pset->ready);
	waitq_init(&pset->receivers);
	return pset;
}

void
ipc_pset_reference(struct ipc_pset *pset)
{
	spin_lock(&pset->lock);
	pset->references++;
	spin_unlock(&pset->lock);
}

void
ipc_pset_release(struct ipc_pset *pset)
{
	bool last;

	spin_lock(&pset->lock);
	assert(pset->references > 0);
	last = --pset->references == 0;
	spin_unlock(&pset->lock);
	if (last) {
		assert(!pset->active && list_empty(&pset->ports));
		slab_cache_free(&ipc_pset_cache, pset);
	}
}

void
ipc_pset_add(struct ipc_pset *pset, struct ipc_port *port)
{
	assert(port->pset == NULL);
	ipc_mqueue_abort_receivers(&port->receivers, MACH_RCV_PORT_CHANGED);
	spin_lock(&pset->lock);
	assert(pset->active);
	pset->references++;
	pset->port_count++;
	list_insert_tail(&pset->ports, &port->pset_link);
	list_node_init(&port->ready_link);
	port->pset = pset;
	spin_unlock(&pset->lock);
	ipc_mqueue_joined(port);
}

void
ipc_pset_remove(struct ipc_port *port)
{
	struct ipc_pset *pset = port->pset;

	spin_lock(&pset->lock);
	list_remove(&port->pset_link);
	if (!list_node_unlinked(&port->ready_link))
		list_remove_init(&port->ready_link);
	pset->port_count--;
	port->pset = NULL;
	spin_unlock(&pset->lock);
	ipc_pset_release(pset);
}

/* The first member or NULL. */
static struct ipc_port *
pset_first(struct ipc_pset *pset)
{
	struct ipc_port *port = NULL;

	spin_lock(&pset->lock);
	if (!list_empty(&pset->ports))
		port = list_first_entry(&pset->ports, struct ipc_port,
		    pset_link);
	spin_unlock(&pset->lock);
	return port;
}

/*
 * Members belong to the space of the set, which is locked, so that they stay
 * what and where they are between the two locks.
 */
void
ipc_pset_destroy(struct ipc_pset *pset)
{
	struct ipc_port *port;

	while ((port = pset_first(pset)) != NULL) {
		spin_lock(&port->lock);
		assert(port->pset == pset);
		ipc_pset_remove(port);
		spin_unlock(&port->lock);
	}
	spin_lock(&pset->lock);
	pset->active = false;
	ipc_mqueue_abort_receivers(&pset->receivers, MACH_RCV_PORT_DIED);
	spin_unlock(&pset->lock);
	ipc_pset_release(pset);
}
