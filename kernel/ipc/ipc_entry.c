/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Names: the table of a port name space.
 *
 * The tree is as high as its greatest name needs, and no higher.  A leaf's
 * bit map tells which of its names are taken, a node's `full` which of its
 * subtrees have no free name (the names 0 and ~0 and those beyond 32 bits
 * count as taken).
 */
#include <ipc/ipc_entry.h>
#include <ipc/ipc_port.h>
#include <ipc/ipc_space.h>
#include <kern/assert.h>
#include <kern/slab.h>
#include <lib/string.h>

#define LEAF_SLOTS	IPC_LEAF_SLOTS
#define LEAF_FULL	(~(uint32_t)0)
#define NODE_SLOTS	IPC_NODE_SLOTS
#define NODE_FULL	(~(uint64_t)0)
#define NAME_BITS	32

static struct slab_cache ipc_leaf_cache;
static struct slab_cache ipc_node_cache;

void
ipc_entry_setup(void)
{
	slab_cache_init(&ipc_leaf_cache, "ipc_leaf", sizeof(struct ipc_leaf),
	    0, NULL);
	slab_cache_init(&ipc_node_cache, "ipc_node", sizeof(struct ipc_node),
	    0, NULL);
}

static unsigned int
node_slot(const struct ipc_node *node, mach_port_name_t name)
{
	return (name >> node->shift) & (NODE_SLOTS - 1);
}

static struct ipc_leaf *
entry_leaf(struct ipc_entry *entry)
{
	return container_of(entry - (entry->name & (LEAF_SLOTS - 1)),
	    struct ipc_leaf, entries[0]);
}

static struct ipc_leaf *
leaf_create(struct ipc_node *parent, mach_port_name_t base)
{
	struct ipc_leaf *leaf = slab_cache_alloc(&ipc_leaf_cache);

	if (leaf == NULL)
		return NULL;
	memset(leaf, 0, sizeof(*leaf));
	leaf->parent = parent;
	leaf->base = base;
	if (base == 0)
		leaf->taken = 1;
	if (base == MACH_PORT_NAME_DEAD - (LEAF_SLOTS - 1))
		leaf->taken = 1u << (LEAF_SLOTS - 1);
	return leaf;
}

static struct ipc_node *
node_create(struct ipc_node *parent, mach_port_name_t base, uint32_t shift)
{
	struct ipc_node *node = slab_cache_alloc(&ipc_node_cache);

	if (node == NULL)
		return NULL;
	memset(node, 0, sizeof(*node));
	node->parent = parent;
	node->base = base;
	node->shift = shift;
	if (shift + IPC_NODE_BITS > NAME_BITS)
		node->full = NODE_FULL << (1u << (NAME_BITS - shift));
	return node;
}

bool
ipc_table_init(struct ipc_table *table)
{
	struct ipc_leaf *leaf = leaf_create(NULL, 0);

	table->root = leaf;
	table->bits = IPC_LEAF_BITS;
	table->count = 0;
	table->lowest = leaf;
	return leaf != NULL;
}

/* No name is in use, so all that is left is the way to name 0. */
void
ipc_table_destroy(struct ipc_table *table)
{
	void *child = table->root;
	uint32_t bits;

	assert(table->count == 0);
	for (bits = table->bits; bits > IPC_LEAF_BITS; bits -= IPC_NODE_BITS) {
		struct ipc_node *node = child;

		assert(node->present == 1);
		child = node->children[0];
		slab_cache_free(&ipc_node_cache, node);
	}
	slab_cache_free(&ipc_leaf_cache, child);
	table->root = NULL;
	table->lowest = NULL;
}

static struct ipc_entry *
leaf_next(struct ipc_leaf *leaf, unsigned int slot)
{
	for (; slot < LEAF_SLOTS; slot++)
		if (leaf->entries[slot].type != MACH_PORT_TYPE_NONE)
			return &leaf->entries[slot];
	return NULL;
}

/*
 * The first entry in use at `from` or above.  Walks down to `from`, then on
 * to the next subtree each time one holds nothing more.
 */
struct ipc_entry *
ipc_entry_next(struct ipc_space *space, mach_port_name_t from)
{
	const struct ipc_table *table = &space->table;
	uint64_t name = from;

	while ((name >> table->bits) == 0 && name < MACH_PORT_NAME_DEAD) {
		void *child = table->root;
		uint32_t bits = table->bits;
		struct ipc_entry *entry;

		while (bits > IPC_LEAF_BITS && child != NULL) {
			struct ipc_node *node = child;

			child = node->children[node_slot(node,
			    (mach_port_name_t)name)];
			bits -= IPC_NODE_BITS;
		}
		if (child != NULL) {
			entry = leaf_next(child, name & (LEAF_SLOTS - 1));
			if (entry != NULL)
				return entry;
		}
		name = ((name >> bits) + 1) << bits;
	}
	return NULL;
}

/* Put a node above the root. */
static bool
table_grow(struct ipc_table *table)
{
	struct ipc_node *node = node_create(NULL, 0, table->bits);
	bool full;

	if (node == NULL)
		return false;
	if (table->bits == IPC_LEAF_BITS) {
		struct ipc_leaf *leaf = table->root;

		leaf->parent = node;
		full = leaf->taken == LEAF_FULL;
	} else {
		struct ipc_node *child = table->root;

		child->parent = node;
		full = child->full == NODE_FULL;
	}
	node->children[0] = table->root;
	node->present = 1;
	if (full)
		node->full |= 1;
	table->root = node;
	table->bits += IPC_NODE_BITS;
	return true;
}

/* Free `node` and its ancestors as far as they have no children. */
static void
node_prune(struct ipc_table *table, struct ipc_node *node)
{
	while (node->present == 0 && (void *)node != table->root) {
		struct ipc_node *parent = node->parent;
		unsigned int slot = node_slot(parent, node->base);

		parent->children[slot] = NULL;
		parent->present &= ~(1ULL << slot);
		slab_cache_free(&ipc_node_cache, node);
		node = parent;
	}
}

/* Take roots away that lead to the names below the next root only. */
static void
table_shrink(struct ipc_table *table)
{
	while (table->bits > IPC_LEAF_BITS) {
		struct ipc_node *node = table->root;

		if (node->present != 1)
			return;
		table->root = node->children[0];
		table->bits -= IPC_NODE_BITS;
		if (table->bits == IPC_LEAF_BITS)
			((struct ipc_leaf *)table->root)->parent = NULL;
		else
			((struct ipc_node *)table->root)->parent = NULL;
		slab_cache_free(&ipc_node_cache, node);
	}
}

/* The child in a slot, made if it is not there; NULL without memory. */
static void *
node_child(struct ipc_node *node, unsigned int slot)
{
	mach_port_name_t base;
	void *child = node->children[slot];

	if (child != NULL)
		return child;
	base = node->base + ((mach_port_name_t)slot << node->shift);
	if (node->shift == IPC_LEAF_BITS)
		child = leaf_create(node, base);
	else
		child = node_create(node, base, node->shift - IPC_NODE_BITS);
	if (child == NULL)
		return NULL;
	node->children[slot] = child;
	node->present |= 1ULL << slot;
	return child;
}

/*
 * Walk down to a leaf, making what is missing: the leaf of `name`, or with
 * `lowest` that of the lowest free name (there is one below the root).
 */
static struct ipc_leaf *
table_make_leaf(struct ipc_table *table, mach_port_name_t name, bool lowest)
{
	void *child = table->root;
	uint32_t bits;

	for (bits = table->bits; bits > IPC_LEAF_BITS; bits -= IPC_NODE_BITS) {
		struct ipc_node *node = child;
		unsigned int slot = lowest
		    ? (unsigned int)__builtin_ctzll(~node->full)
		    : node_slot(node, name);

		child = node_child(node, slot);
		if (child == NULL) {
			node_prune(table, node);
			return NULL;
		}
	}
	return child;
}

static bool
table_full(const struct ipc_table *table)
{
	if (table->bits == IPC_LEAF_BITS)
		return ((struct ipc_leaf *)table->root)->taken == LEAF_FULL;
	return ((struct ipc_node *)table->root)->full == NODE_FULL;
}

static kern_return_t
table_find_lowest(struct ipc_table *table)
{
	while (table_full(table)) {
		if (table->bits >= NAME_BITS)
			return KERN_NO_SPACE;
		if (!table_grow(table))
			return KERN_RESOURCE_SHORTAGE;
	}
	table->lowest = table_make_leaf(table, 0, true);
	return table->lowest != NULL ? KERN_SUCCESS : KERN_RESOURCE_SHORTAGE;
}

/* A leaf has no free name any more: tell its ancestors. */
static void
leaf_filled(struct ipc_table *table, struct ipc_leaf *leaf)
{
	struct ipc_node *node = leaf->parent;

	if (table->lowest == leaf)
		table->lowest = NULL;
	while (node != NULL) {
		node->full |= 1ULL << node_slot(node, leaf->base);
		if (node->full != NODE_FULL)
			return;
		node = node->parent;
	}
}

/* A full leaf got a free name. */
static void
leaf_unfilled(struct ipc_leaf *leaf)
{
	struct ipc_node *node = leaf->parent;

	while (node != NULL) {
		bool was_full = node->full == NODE_FULL;

		node->full &= ~(1ULL << node_slot(node, leaf->base));
		if (!was_full)
			return;
		node = node->parent;
	}
}

static struct ipc_entry *
leaf_claim(struct ipc_space *space, struct ipc_leaf *leaf, unsigned int slot)
{
	struct ipc_entry *entry = &leaf->entries[slot];

	leaf->taken |= 1u << slot;
	if (leaf->taken == LEAF_FULL)
		leaf_filled(&space->table, leaf);
	space->table.count++;
	entry->space = space;
	entry->name = leaf->base + slot;
	entry->port = NULL;
	entry->request = NULL;
	entry->urefs = 0;
	return entry;
}

kern_return_t
ipc_entry_alloc_slow(struct ipc_space *space, struct ipc_entry **entry)
{
	struct ipc_table *table = &space->table;
	struct ipc_leaf *leaf;

	if (table->lowest == NULL) {
		kern_return_t kr = table_find_lowest(table);

		if (kr != KERN_SUCCESS)
			return kr;
	}
	leaf = table->lowest;
	*entry = leaf_claim(space, leaf,
	    (unsigned int)__builtin_ctz(~leaf->taken));
	return KERN_SUCCESS;
}

kern_return_t
ipc_entry_alloc_name(struct ipc_space *space, mach_port_name_t name,
    struct ipc_entry **entry)
{
	struct ipc_table *table = &space->table;
	unsigned int slot = name & (LEAF_SLOTS - 1);
	struct ipc_leaf *leaf;

	assert(MACH_PORT_NAME_VALID(name));
	while (((uint64_t)name >> table->bits) != 0)
		if (!table_grow(table))
			return KERN_RESOURCE_SHORTAGE;
	leaf = table_make_leaf(table, name, false);
	if (leaf == NULL)
		return KERN_RESOURCE_SHORTAGE;
	if ((leaf->taken & (1u << slot)) != 0)
		return KERN_NAME_EXISTS;
	*entry = leaf_claim(space, leaf, slot);
	return KERN_SUCCESS;
}

/* Free a leaf without names; the one of name 0 stays. */
static void
leaf_release(struct ipc_table *table, struct ipc_leaf *leaf)
{
	struct ipc_node *node = leaf->parent;
	unsigned int slot = node_slot(node, leaf->base);

	if (table->lowest == leaf)
		table->lowest = NULL;
	node->children[slot] = NULL;
	node->present &= ~(1ULL << slot);
	slab_cache_free(&ipc_leaf_cache, leaf);
	node_prune(table, node);
	table_shrink(table);
}

void
ipc_entry_free_slow(struct ipc_space *space, struct ipc_entry *entry)
{
	struct ipc_table *table = &space->table;
	struct ipc_leaf *leaf = entry_leaf(entry);
	uint32_t bit = 1u << (entry->name & (LEAF_SLOTS - 1));
	bool was_full = leaf->taken == LEAF_FULL;

	spin_assert_held(&space->lock);
	assert(entry->space == space && (leaf->taken & bit) != 0);
	entry->type = MACH_PORT_TYPE_NONE;
	leaf->taken &= ~bit;
	table->count--;
	if (was_full)
		leaf_unfilled(leaf);
	if (table->lowest != NULL && leaf->base < table->lowest->base)
		table->lowest = leaf;
	if (leaf->base != 0 && (leaf->taken == 0 ||
	    (leaf->base + (LEAF_SLOTS - 1) == MACH_PORT_NAME_DEAD &&
	    leaf->taken == 1u << (LEAF_SLOTS - 1))))
		leaf_release(table, leaf);
}

static int
entry_compare_port(const struct ipc_port *port, const struct rbtree_node *node)
{
	const struct ipc_port *other =
	    container_of(node, const struct ipc_entry, node)->port;

	return port < other ? -1 : port > other;
}

static int
entry_compare(const struct rbtree_node *a, const struct rbtree_node *b)
{
	return entry_compare_port(
	    container_of(a, const struct ipc_entry, node)->port, b);
}

struct ipc_entry *
ipc_entry_find(struct ipc_space *space, struct ipc_port *port)
{
	struct ipc_entry *entry = port->entry_hint;
	struct rbtree_node *node;

	if (entry != NULL && entry->space == space)
		return entry;
	if (port->receiver == space)
		return port->receiver_entry;
	node = rbtree_lookup(&space->reverse, port, entry_compare_port);
	if (node == NULL)
		return NULL;
	entry = rbtree_entry(node, struct ipc_entry, node);
	port->entry_hint = entry;
	return entry;
}

void
ipc_entry_add_send(struct ipc_space *space, struct ipc_entry *entry)
{
	rbtree_insert(&space->reverse, &entry->node, entry_compare);
	entry->port->entry_hint = entry;
}

void
ipc_entry_remove_send(struct ipc_space *space, struct ipc_entry *entry)
{
	rbtree_remove(&space->reverse, &entry->node);
	if (entry->port->entry_hint == entry)
		entry->port->entry_hint = NULL;
}

void
ipc_entry_replace_send(struct ipc_space *space, struct ipc_entry *from,
    struct ipc_entry *to)
{
	rbtree_replace(&space->reverse, &from->node, &to->node);
	if (to->port->entry_hint == from)
		to->port->entry_hint = to;
}
