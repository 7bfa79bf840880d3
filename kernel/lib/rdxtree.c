/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Radix trees: insertion, removal and searches.
 *
 * Invariants: a node covers 64 << shift keys from its base, which is a
 * multiple of that. Every node but the root has a parent with a greater
 * shift. An inner node has two children or more.
 *
 * Free nodes have all slots NULL: the cache never has to clear them.
 */

#include <lib/rdxtree.h>

#include <kern/assert.h>
#include <kern/slab.h>
#include <lib/bits.h>
#include <lib/macros.h>
#include <lib/string.h>

static struct slab_cache node_cache;

static void
node_construct(void *ptr)
{
	memset(ptr, 0, sizeof(struct rdxtree_node));
}

void
rdxtree_setup(void)
{
	slab_cache_init(&node_cache, "rdxtree_node",
			sizeof(struct rdxtree_node), 0, node_construct);
}

static struct rdxtree_node *
node_create(uint64_t key, unsigned int shift)
{
	struct rdxtree_node *node = slab_cache_alloc(&node_cache);

	if (node == NULL)
		return NULL;

	node->base = key & ~bits_mask(shift + RDXTREE_BITS);
	node->shift = shift;
	return node;
}

static void
node_destroy(struct rdxtree_node *node)
{
	node->used = 0;
	slab_cache_free(&node_cache, node);
}

static unsigned int
node_slot(const struct rdxtree_node *node, uint64_t key)
{
	return (unsigned int)(key >> node->shift) & (RDXTREE_SLOTS - 1);
}

/* The highest key that a node covers. */
static uint64_t
node_last(const struct rdxtree_node *node)
{
	return node->base | bits_mask(node->shift + RDXTREE_BITS);
}

static bool
node_covers(const struct rdxtree_node *node, uint64_t key)
{
	return key >= node->base && key <= node_last(node);
}

/* Put a child or a pointer in an empty slot. */
static void
node_link(struct rdxtree_node *node, uint64_t key, void *ptr)
{
	unsigned int slot = node_slot(node, key);

	node->slots[slot] = ptr;
	node->used |= BIT(slot);
}

static void
node_link_child(struct rdxtree_node *node, struct rdxtree_node *child)
{
	node_link(node, child->base, child);
	child->parent = node;
}

/* Make a leaf with one pointer. */
static struct rdxtree_node *
leaf_create(uint64_t key, void *ptr)
{
	struct rdxtree_node *leaf = node_create(key, 0);

	if (leaf != NULL)
		node_link(leaf, key, ptr);

	return leaf;
}

/* The root, or the child of parent, becomes another node. */
static void
tree_set_child(struct rdxtree *tree, struct rdxtree_node *parent,
	       struct rdxtree_node *child)
{
	child->parent = parent;

	if (parent == NULL)
		tree->root = child;
	else
		parent->slots[node_slot(parent, child->base)] = child;
}

/*
 * Insert a key that a node does not cover, although the way led there: a new
 * node takes its place, with it and a new leaf as children.
 */
static kern_return_t
tree_split(struct rdxtree *tree, struct rdxtree_node *node, uint64_t key,
	   void *ptr)
{
	unsigned int level = bits_highest(key ^ node->base) / RDXTREE_BITS;
	struct rdxtree_node *leaf, *fork;

	leaf = leaf_create(key, ptr);

	if (leaf == NULL)
		return KERN_RESOURCE_SHORTAGE;

	fork = node_create(key, level * RDXTREE_BITS);

	if (fork == NULL) {
		leaf->slots[node_slot(leaf, key)] = NULL;
		node_destroy(leaf);
		return KERN_RESOURCE_SHORTAGE;
	}

	tree_set_child(tree, node->parent, fork);
	node_link_child(fork, node);
	node_link_child(fork, leaf);
	return KERN_SUCCESS;
}

/* Insert a key for which there is no leaf yet. */
static __noinline kern_return_t
tree_insert_leaf(struct rdxtree *tree, uint64_t key, void *ptr)
{
	struct rdxtree_node *leaf, *node = tree->root;

	while (node != NULL && node_covers(node, key) && node->shift != 0) {
		struct rdxtree_node *child = node->slots[node_slot(node, key)];

		if (child == NULL)
			break;

		node = child;
	}

	if (node != NULL && !node_covers(node, key))
		return tree_split(tree, node, key, ptr);

	leaf = leaf_create(key, ptr);

	if (leaf == NULL)
		return KERN_RESOURCE_SHORTAGE;

	if (node == NULL)
		tree_set_child(tree, NULL, leaf);
	else
		node_link_child(node, leaf);

	return KERN_SUCCESS;
}

static inline struct rdxtree_node *
tree_leaf(const struct rdxtree *tree, uint64_t key)
{
	struct rdxtree_node *node = tree->root;

	while (node != NULL && node->shift != 0)
		node = node->slots[node_slot(node, key)];

	return (node != NULL && (key ^ node->base) < RDXTREE_SLOTS) ? node
	    : NULL;
}

kern_return_t
rdxtree_insert(struct rdxtree *tree, uint64_t key, void *ptr)
{
	struct rdxtree_node *leaf = tree_leaf(tree, key);

	assert(ptr != NULL);

	if (unlikely(leaf == NULL))
		return tree_insert_leaf(tree, key, ptr);

	if (leaf->used & BIT(key % RDXTREE_SLOTS))
		return KERN_NAME_EXISTS;

	leaf->used |= BIT(key % RDXTREE_SLOTS);
	leaf->slots[key % RDXTREE_SLOTS] = ptr;
	return KERN_SUCCESS;
}

/* Take an empty leaf out of the tree, and its parent if that has one child. */
static void
tree_remove_leaf(struct rdxtree *tree, struct rdxtree_node *leaf)
{
	struct rdxtree_node *parent = leaf->parent;
	unsigned int slot;

	if (parent == NULL) {
		tree->root = NULL;
		node_destroy(leaf);
		return;
	}

	slot = node_slot(parent, leaf->base);
	parent->slots[slot] = NULL;
	parent->used &= ~BIT(slot);
	node_destroy(leaf);

	if ((parent->used & (parent->used - 1)) != 0)
		return;

	slot = bits_lowest(parent->used);
	tree_set_child(tree, parent->parent, parent->slots[slot]);
	parent->slots[slot] = NULL;
	node_destroy(parent);
}

void *
rdxtree_remove(struct rdxtree *tree, uint64_t key)
{
	struct rdxtree_node *leaf = tree_leaf(tree, key);
	unsigned int slot;
	void *ptr;

	if (leaf == NULL)
		return NULL;

	slot = node_slot(leaf, key);
	ptr = leaf->slots[slot];

	if (ptr == NULL)
		return NULL;

	leaf->slots[slot] = NULL;
	leaf->used &= ~BIT(slot);

	if (leaf->used == 0)
		tree_remove_leaf(tree, leaf);

	return ptr;
}

void *
rdxtree_replace(struct rdxtree *tree, uint64_t key, void *ptr)
{
	struct rdxtree_node *leaf = tree_leaf(tree, key);
	void *old;

	assert(ptr != NULL);

	if (leaf == NULL)
		return NULL;

	old = leaf->slots[node_slot(leaf, key)];

	if (old != NULL)
		leaf->slots[node_slot(leaf, key)] = ptr;

	return old;
}

/*
 * The parent of a node that has nothing more, *key advanced to the next slot
 * there; NULL if the search is over.
 */
static const struct rdxtree_node *
node_leave(const struct rdxtree_node *node, uint64_t *key)
{
	const struct rdxtree_node *parent = node->parent;

	if (parent == NULL)
		return NULL;

	*key = (node->base | bits_mask(parent->shift)) + 1;
	return (*key == 0) ? NULL : parent;
}

void *
rdxtree_lookup_next(const struct rdxtree *tree, uint64_t *key)
{
	const struct rdxtree_node *node = tree->root;
	uint64_t next = *key;

	while (node != NULL) {
		uint64_t bits = 0;
		unsigned int slot;

		next = MAX(next, node->base);
		slot = node_slot(node, next);

		if (next <= node_last(node))
			bits = node->used >> slot << slot;

		if (bits == 0) {
			node = node_leave(node, &next);
			continue;
		}

		if (bits_lowest(bits) != slot) {
			slot = bits_lowest(bits);
			next = node->base + ((uint64_t)slot << node->shift);
		}

		if (node->shift == 0) {
			*key = next;
			return node->slots[slot];
		}

		node = node->slots[slot];
	}

	return NULL;
}
