/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Names: the table of a port name space.
 *
 * A radix tree whose leaves hold the entries themselves, 32 each, so that an
 * entry never moves and finding the lowest free name needs no search: every
 * node knows which of its subtrees are full.  Send rights are also in a
 * red-black tree by port, because a right that arrives again must get its
 * old name.  The space's lock guards everything, except that a port's hint and
 * receiver entry also need the port's lock.
 */
#ifndef IPC_IPC_ENTRY_H
#define IPC_IPC_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lib/macros.h>
#include <lib/rbtree.h>
#include <mach/kern_return.h>
#include <mach/port.h>

struct ipc_port;
struct ipc_pset;
struct ipc_request;
struct ipc_space;

struct ipc_entry {
	struct rbtree_node node;	/* in space->reverse if type has SEND */
	struct ipc_space *space;
	union {
		struct ipc_port *port;
		struct ipc_pset *pset;
	};
	struct ipc_request *request;	/* dead-name request */
	mach_port_name_t name;
	mach_port_type_t type;		/* rights, MAREQUEST; NONE: free */
	mach_port_urefs_t urefs;	/* of send, send-once or dead name */
};

#define IPC_LEAF_BITS	5
#define IPC_NODE_BITS	6

#define IPC_LEAF_SLOTS	(1u << IPC_LEAF_BITS)
#define IPC_NODE_SLOTS	(1u << IPC_NODE_BITS)

struct ipc_leaf {
	struct ipc_node *parent;
	mach_port_name_t base;		/* the name of entries[0] */
	uint32_t taken;
	struct ipc_entry entries[IPC_LEAF_SLOTS];
};

struct ipc_node {
	struct ipc_node *parent;
	uint64_t full;
	uint64_t present;
	mach_port_name_t base;
	uint32_t shift;			/* of a name, to get the slot */
	void *children[IPC_NODE_SLOTS];
};

struct ipc_table {
	void *root;
	uint32_t bits;			/* names below 2^bits are covered */
	uint32_t count;			/* names in use */
	struct ipc_leaf *lowest;	/* of the lowest free name, or NULL */
};

/* User references a send right or dead name can have. */
#define IPC_UREFS_MAX	((mach_port_urefs_t)0x7fffffff)

void ipc_entry_setup(void);

/* False without memory. */
bool ipc_table_init(struct ipc_table *table);
/* Free the nodes; no name is in use. */
void ipc_table_destroy(struct ipc_table *table);

/* The leaf that a name belongs to, or NULL. */
static inline struct ipc_leaf *
ipc_table_leaf(const struct ipc_table *table, mach_port_name_t name)
{
	void *child = table->root;
	uint32_t bits = table->bits;

	if (((uint64_t)name >> bits) != 0)
		return NULL;
	while (bits > IPC_LEAF_BITS && child != NULL) {
		struct ipc_node *node = child;

		bits -= IPC_NODE_BITS;
		child = node->children[(name >> bits) & (IPC_NODE_SLOTS - 1)];
	}
	return child;
}

/*
 * The place of a name, whose type may be NONE, or NULL if there is none.  Most
 * names asked for lie in the leaf that new ones come from.
 */
static inline struct ipc_entry *
ipc_table_place(const struct ipc_table *table, mach_port_name_t name)
{
	struct ipc_leaf *leaf = table->lowest;

	if (unlikely(leaf == NULL || name - leaf->base >= IPC_LEAF_SLOTS)) {
		leaf = ipc_table_leaf(table, name);
		if (leaf == NULL)
			return NULL;
	}
	return &leaf->entries[name & (IPC_LEAF_SLOTS - 1)];
}

/* NULL when the name denotes nothing. */
static inline struct ipc_entry *
ipc_table_lookup(const struct ipc_table *table, mach_port_name_t name)
{
	struct ipc_entry *entry = ipc_table_place(table, name);

	return entry != NULL && entry->type != MACH_PORT_TYPE_NONE ? entry
	    : NULL;
}

/* An entry with one of the rights, or NULL. */
static __always_inline struct ipc_entry *
ipc_table_right(const struct ipc_table *table, mach_port_name_t name,
    mach_port_type_t rights)
{
	struct ipc_entry *entry = ipc_table_place(table, name);

	return entry != NULL && (entry->type & rights) != 0 ? entry : NULL;
}

#define ipc_entry_lookup(space, name)	ipc_table_lookup(&(space)->table, name)
#define ipc_entry_right(space, name, rights) \
	ipc_table_right(&(space)->table, name, rights)

/* The first entry in use at `name` or above; NULL if none. */
struct ipc_entry *ipc_entry_next(struct ipc_space *space,
    mach_port_name_t name);

/*
 * Claim the lowest free name, or a given one.  The caller sets a type before
 * the space is unlocked.  KERN_NO_SPACE, KERN_RESOURCE_SHORTAGE,
 * KERN_NAME_EXISTS.  Callers of the slow ones are ipc_entry_alloc() and
 * ipc_entry_free() in ipc_space.h.
 */
kern_return_t ipc_entry_alloc_slow(struct ipc_space *space,
    struct ipc_entry **entry);
kern_return_t ipc_entry_alloc_name(struct ipc_space *space,
    mach_port_name_t name, struct ipc_entry **entry);
void ipc_entry_free_slow(struct ipc_space *space, struct ipc_entry *entry);

/*
 * The same, in line, for a name of the leaf with the lowest free one that
 * neither becomes nor was full, nor becomes empty, unless it is the first one.
 * NULL and false: not so, nothing is done.
 */
static inline struct ipc_entry *
ipc_table_alloc_fast(struct ipc_table *table, struct ipc_space *space)
{
	struct ipc_leaf *leaf = table->lowest;
	struct ipc_entry *entry;
	unsigned int slot;
	uint32_t taken;

	if (leaf == NULL)
		return NULL;
	slot = (unsigned int)__builtin_ctz(~leaf->taken);
	taken = leaf->taken | 1u << slot;
	if (taken == UINT32_MAX)
		return NULL;
	leaf->taken = taken;
	table->count++;
	entry = &leaf->entries[slot];
	entry->space = space;
	entry->name = leaf->base + slot;
	entry->port = NULL;
	entry->request = NULL;
	entry->urefs = 0;
	return entry;
}

static inline bool
ipc_table_free_fast(struct ipc_table *table, struct ipc_entry *entry)
{
	unsigned int slot = entry->name & (IPC_LEAF_SLOTS - 1);
	struct ipc_leaf *leaf = container_of(entry - slot, struct ipc_leaf,
	    entries[0]);
	uint32_t taken = leaf->taken & ~(1u << slot);

	/* The last name of all, in the last slot, is never free. */
	if (leaf != table->lowest || (leaf->base != 0 && taken << 1 == 0))
		return false;
	entry->type = MACH_PORT_TYPE_NONE;
	leaf->taken = taken;
	table->count--;
	return true;
}

/*
 * The entry through which the space holds send or receive rights to a locked
 * port, or NULL.
 */
struct ipc_entry *ipc_entry_find(struct ipc_space *space,
    struct ipc_port *port);
/* Enter into and take from the tree of send rights; the port is locked. */
void ipc_entry_add_send(struct ipc_space *space, struct ipc_entry *entry);
void ipc_entry_remove_send(struct ipc_space *space, struct ipc_entry *entry);
/* `to` takes the place of `from`, of the same port. */
void ipc_entry_replace_send(struct ipc_space *space, struct ipc_entry *from,
    struct ipc_entry *to);

#endif /* IPC_IPC_ENTRY_H */
