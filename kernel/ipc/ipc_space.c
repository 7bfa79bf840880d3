/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Port name spaces.
 */
#include <ipc/ipc_entry.h>
#include <ipc/ipc_port.h>
#include <ipc/ipc_right.h>
#include <ipc/ipc_space.h>
#include <kern/assert.h>
#include <kern/refcount.h>
#include <kern/slab.h>

static struct slab_cache ipc_space_cache;

struct ipc_space ipc_space_kernel;

void
ipc_space_setup(void)
{
	slab_cache_init(&ipc_space_cache, "ipc_space",
	    sizeof(struct ipc_space), 0, NULL);
	spin_init(&ipc_space_kernel.lock);
	ipc_space_kernel.references = 1;
}

kern_return_t
ipc_space_create(struct ipc_space **result)
{
	struct ipc_space *space = slab_cache_alloc(&ipc_space_cache);

	if (space == NULL)
		return KERN_RESOURCE_SHORTAGE;
	if (!ipc_table_init(&space->table)) {
		slab_cache_free(&ipc_space_cache, space);
		return KERN_RESOURCE_SHORTAGE;
	}
	space->references = 1;
	spin_init(&space->lock);
	space->active = true;
	rbtree_init(&space->reverse);
	list_init(&space->accepts);
	*result = space;
	return KERN_SUCCESS;
}

static __noinline void
space_destroy(struct ipc_space *space)
{
	assert(!space->active && list_empty(&space->accepts));
	slab_cache_free(&ipc_space_cache, space);
}

void
ipc_space_release(struct ipc_space *space)
{
	if (refcount_put(&space->references))
		space_destroy(space);
}

void
space_deallocate(ipc_space_t space)
{
	if (space != IS_NULL)
		ipc_space_release(space);
}

/* Once it is inactive, nothing enters the space; so one pass is enough. */
void
ipc_space_terminate(struct ipc_space *space)
{
	struct ipc_entry *entry;
	mach_port_name_t name = 0;

	spin_lock(&space->lock);
	if (!space->active) {
		spin_unlock(&space->lock);
		return;
	}
	space->active = false;
	while ((entry = ipc_entry_next(space, name)) != NULL) {
		name = entry->name;
		ipc_right_destroy(space, entry);
		spin_lock(&space->lock);
	}
	ipc_table_destroy(&space->table);
	spin_unlock(&space->lock);
}

/* A right to a dead port: what is left is to forget it. */
static void
space_drop_dead(struct ipc_port *port, mach_msg_type_name_t type)
{
	if (type == MACH_MSG_TYPE_PORT_SEND)
		ipc_port_release_send(port);
	else
		ipc_port_consume_send_once(port);
}

kern_return_t
ipc_space_copyout(struct ipc_space *space, struct ipc_port *port,
    mach_msg_type_name_t type, mach_port_name_t *name)
{
	struct ipc_entry *entry;
	kern_return_t kr;

	if (!IP_VALID(port)) {
		*name = port == IP_NULL ? MACH_PORT_NAME_NULL
		    : MACH_PORT_NAME_DEAD;
		return KERN_SUCCESS;
	}
	if (type == MACH_MSG_TYPE_PORT_RECEIVE)
		ipc_port_clear_destination(port);
	spin_lock(&space->lock);
	if (!space->active) {
		spin_unlock(&space->lock);
		return KERN_INVALID_TASK;
	}
	spin_lock(&port->lock);
	if (!port->active) {
		spin_unlock(&port->lock);
		spin_unlock(&space->lock);
		space_drop_dead(port, type);
		*name = MACH_PORT_NAME_DEAD;
		return KERN_SUCCESS;
	}
	kr = ipc_right_copyout(space, port, type, &entry);
	if (kr == KERN_SUCCESS)
		*name = entry->name;
	spin_unlock(&port->lock);
	spin_unlock(&space->lock);
	return kr;
}

kern_return_t
ipc_space_copyin(struct ipc_space *space, mach_port_name_t name,
    mach_msg_type_name_t disposition, struct ipc_port **port)
{
	struct ipc_deleted deleted = IPC_DELETED_NONE;
	struct ipc_entry *entry;
	kern_return_t kr;

	if (!MACH_PORT_NAME_VALID(name)) {
		*port = name == MACH_PORT_NAME_NULL ? IP_NULL : IP_DEAD;
		return KERN_SUCCESS;
	}
	kr = ipc_right_lookup(space, name, &entry);
	if (kr != KERN_SUCCESS)
		return kr;
	if (!ipc_right_copyin_check(space, entry, disposition)) {
		spin_unlock(&space->lock);
		return KERN_INVALID_RIGHT;
	}
	*port = ipc_right_copyin(space, entry, disposition, &deleted);
	spin_unlock(&space->lock);
	ipc_deleted_notify(&deleted);
	return KERN_SUCCESS;
}
