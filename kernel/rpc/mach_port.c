/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * mach_port.defs: names and user references.
 */
#include <ipc/ipc_entry.h>
#include <ipc/ipc_port.h>
#include <ipc/ipc_pset.h>
#include <ipc/ipc_right.h>
#include <ipc/ipc_space.h>
#include <kern/host.h>
#include <kern/kalloc.h>
#include <mach/mach_types.h>
#include <vm/vm_map.h>

#include <mach_port.server.h>

/* Names and types of a space, gathered under its lock. */
struct name_list {
	mach_port_name_t *names;
	mach_port_type_t *types;
	uint32_t room;
	uint32_t count;
};

static void
name_list_free(struct name_list *list)
{
	kfree(list->names, list->room * sizeof(list->names[0]));
	kfree(list->types, list->room * sizeof(list->types[0]));
}

static bool
name_list_alloc(struct name_list *list, uint32_t room)
{
	list->room = room;
	list->count = 0;
	list->names = kalloc(room * sizeof(list->names[0]));
	list->types = kalloc(room * sizeof(list->types[0]));
	if (list->names != NULL && list->types != NULL)
		return true;
	name_list_free(list);
	return false;
}

/* All names of a locked space with room for them in `list`. */
static void
name_list_fill(struct name_list *list, struct ipc_space *space)
{
	struct ipc_entry *entry;
	mach_port_name_t name = 0;

	while ((entry = ipc_entry_next(space, name)) != NULL) {
		list->names[list->count] = entry->name;
		list->types[list->count] = ipc_right_type(space, entry);
		list->count++;
		name = entry->name + 1;
	}
}

/* Both arrays as memory for the caller; frees the list. */
static kern_return_t
name_list_copyout(struct name_list *list, vm_map_copy_t *names,
    vm_map_copy_t *types)
{
	kern_return_t kr;

	kr = vm_map_copy_create(list->names,
	    list->count * sizeof(list->names[0]), names);
	if (kr == KERN_SUCCESS) {
		kr = vm_map_copy_create(list->types,
		    list->count * sizeof(list->types[0]), types);
		if (kr != KERN_SUCCESS)
			vm_map_copy_discard(*names);
	}
	name_list_free(list);
	return kr;
}

kern_return_t
mach_port_names(ipc_space_t space, mach_port_name_array_t *names,
    mach_msg_type_number_t *names_count, mach_port_type_array_t *types,
    mach_msg_type_number_t *types_count)
{
	struct name_list list = { .room = 0 };
	vm_map_copy_t names_copy, types_copy;
	uint32_t needed = 64;
	kern_return_t kr;

	if (space == IS_NULL)
		return KERN_INVALID_TASK;
	for (;;) {
		if (!name_list_alloc(&list, needed))
			return KERN_RESOURCE_SHORTAGE;
		spin_lock(&space->lock);
		if (!space->active) {
			spin_unlock(&space->lock);
			name_list_free(&list);
			return KERN_INVALID_TASK;
		}
		needed = space->table.count;
		if (needed <= list.room)
			break;
		spin_unlock(&space->lock);
		name_list_free(&list);
	}
	name_list_fill(&list, space);
	spin_unlock(&space->lock);
	*names_count = *types_count = list.count;
	kr = name_list_copyout(&list, &names_copy, &types_copy);
	if (kr != KERN_SUCCESS)
		return kr;
	*names = (mach_port_name_array_t)names_copy;
	*types = (mach_port_type_array_t)types_copy;
	return KERN_SUCCESS;
}

kern_return_t
mach_port_type(ipc_space_t space, mach_port_name_t name,
    mach_port_type_t *type)
{
	struct ipc_entry *entry;
	kern_return_t kr = ipc_right_lookup(space, name, &entry);

	if (kr != KERN_SUCCESS)
		return kr;
	*type = ipc_right_type(space, entry);
	spin_unlock(&space->lock);
	return KERN_SUCCESS;
}

kern_return_t
mach_port_rename(ipc_space_t space, mach_port_name_t old_name,
    mach_port_name_t new_name)
{
	struct ipc_entry *entry;
	kern_return_t kr;

	if (space == IS_NULL)
		return KERN_INVALID_TASK;
	if (!MACH_PORT_NAME_VALID(new_name))
		return KERN_INVALID_VALUE;
	kr = ipc_right_lookup(space, old_name, &entry);
	if (kr != KERN_SUCCESS)
		return kr;
	return ipc_right_rename(space, entry, new_name);
}

/* What the entry of a new right will hold; NULL pointers for a dead name. */
struct new_right {
	struct ipc_port *port;
	struct ipc_pset *pset;
};

static kern_return_t
new_right_create(mach_port_right_t right, struct new_right *new)
{
	new->port = IP_NULL;
	new->pset = NULL;
	switch (right) {
	case MACH_PORT_RIGHT_RECEIVE:
		new->port = ipc_port_alloc();
		return new->port != IP_NULL ? KERN_SUCCESS
		    : KERN_RESOURCE_SHORTAGE;
	case MACH_PORT_RIGHT_PORT_SET:
		new->pset = ipc_pset_alloc();
		return new->pset != NULL ? KERN_SUCCESS
		    : KERN_RESOURCE_SHORTAGE;
	case MACH_PORT_RIGHT_DEAD_NAME:
		return KERN_SUCCESS;
	default:
		return KERN_INVALID_VALUE;
	}
}

static void
new_right_destroy(struct new_right *new)
{
	ipc_port_release_receive(new->port);
	if (new->pset != NULL)
		ipc_pset_destroy(new->pset);
}

/* The space is locked, the port known to nobody else. */
static void
new_right_enter(struct ipc_space *space, struct ipc_entry *entry,
    struct new_right *new)
{
	if (new->port != IP_NULL) {
		entry->type = MACH_PORT_TYPE_RECEIVE;
		entry->port = new->port;
		new->port->receiver_entry = entry;
		new->port->receiver_name = entry->name;
		new->port->receiver = space;
	} else if (new->pset != NULL) {
		entry->type = MACH_PORT_TYPE_PORT_SET;
		entry->pset = new->pset;
		new->pset->name = entry->name;
	} else {
		entry->type = MACH_PORT_TYPE_DEAD_NAME;
		entry->urefs = 1;
	}
}

/* With a chosen name, or MACH_PORT_NAME_NULL for the kernel's choice. */
static kern_return_t
port_allocate(struct ipc_space *space, mach_port_right_t right,
    mach_port_name_t *name)
{
	struct ipc_entry *entry;
	struct new_right new;
	kern_return_t kr;

	kr = new_right_create(right, &new);
	if (kr != KERN_SUCCESS)
		return kr;
	spin_lock(&space->lock);
	if (!space->active)
		kr = KERN_INVALID_TASK;
	else if (*name == MACH_PORT_NAME_NULL)
		kr = ipc_entry_alloc(space, &entry);
	else
		kr = ipc_entry_alloc_name(space, *name, &entry);
	if (kr == KERN_SUCCESS) {
		new_right_enter(space, entry, &new);
		*name = entry->name;
	}
	spin_unlock(&space->lock);
	if (kr != KERN_SUCCESS)
		new_right_destroy(&new);
	return kr;
}

kern_return_t
mach_port_allocate_name(ipc_space_t space, mach_port_right_t right,
    mach_port_name_t name)
{
	if (space == IS_NULL)
		return KERN_INVALID_TASK;
	if (!MACH_PORT_NAME_VALID(name))
		return KERN_INVALID_VALUE;
	return port_allocate(space, right, &name);
}

kern_return_t
mach_port_allocate(ipc_space_t space, mach_port_right_t right,
    mach_port_name_t *name)
{
	if (space == IS_NULL)
		return KERN_INVALID_TASK;
	*name = MACH_PORT_NAME_NULL;
	return port_allocate(space, right, name);
}

kern_return_t
mach_port_destroy(ipc_space_t space, mach_port_name_t name)
{
	struct ipc_entry *entry;
	kern_return_t kr = ipc_right_lookup(space, name, &entry);

	if (kr == KERN_SUCCESS)
		ipc_right_destroy(space, entry);
	return kr;
}

kern_return_t
mach_port_deallocate(ipc_space_t space, mach_port_name_t name)
{
	struct ipc_entry *entry;
	kern_return_t kr = ipc_right_lookup(space, name, &entry);

	if (kr != KERN_SUCCESS)
		return kr;
	return ipc_right_deallocate(space, entry);
}

kern_return_t
mach_port_get_refs(ipc_space_t space, mach_port_name_t name,
    mach_port_right_t right, mach_port_urefs_t *refs)
{
	struct ipc_entry *entry;
	kern_return_t kr;

	if (space == IS_NULL)
		return KERN_INVALID_TASK;
	if (right >= MACH_PORT_RIGHT_NUMBER)
		return KERN_INVALID_VALUE;
	kr = ipc_right_lookup(space, name, &entry);
	if (kr != KERN_SUCCESS)
		return kr;
	ipc_right_refresh(space, entry);
	if ((entry->type & MACH_PORT_TYPE(right)) == 0)
		*refs = 0;
	else if (right == MACH_PORT_RIGHT_SEND ||
	    right == MACH_PORT_RIGHT_DEAD_NAME)
		*refs = entry->urefs;
	else
		*refs = 1;
	spin_unlock(&space->lock);
	return KERN_SUCCESS;
}

kern_return_t
mach_port_mod_refs(ipc_space_t space, mach_port_name_t name,
    mach_port_right_t right, mach_port_delta_t delta)
{
	struct ipc_entry *entry;
	kern_return_t kr;

	if (space == IS_NULL)
		return KERN_INVALID_TASK;
	if (right >= MACH_PORT_RIGHT_NUMBER)
		return KERN_INVALID_VALUE;
	kr = ipc_right_lookup(space, name, &entry);
	if (kr != KERN_SUCCESS)
		return kr;
	return ipc_right_delta(space, entry, right, delta);
}
