/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Red-black trees: linking, unlinking and rebalancing.
 *
 * Invariants: a red node has no red child; every way from the root to a
 * missing child passes the same number of black nodes; the root is black.
 */

#include <lib/rbtree.h>

#define BLACK	1UL

static inline struct rbtree_node *
node_parent(const struct rbtree_node *node)
{
	return (struct rbtree_node *)(node->parent & ~BLACK);
}

static inline void
node_set_parent(struct rbtree_node *node, struct rbtree_node *parent)
{
	node->parent = (uintptr_t)parent | (node->parent & BLACK);
}

static inline bool
node_red(const struct rbtree_node *node)
{
	return node != NULL && (node->parent & BLACK) == 0;
}

static inline void
node_set_red(struct rbtree_node *node)
{
	node->parent &= ~BLACK;
}

static inline void
node_set_black(struct rbtree_node *node)
{
	node->parent |= BLACK;
}

static inline int
node_side(const struct rbtree_node *node, const struct rbtree_node *parent)
{
	return parent->children[RBTREE_RIGHT] == node;
}

/* Make the link that leads to old lead to node instead. */
static void
tree_relink(struct rbtree *tree, struct rbtree_node *parent,
	    const struct rbtree_node *old, struct rbtree_node *node)
{
	if (parent == NULL)
		tree->root = node;
	else
		parent->children[node_side(old, parent)] = node;
}

/* Lower a node to the given side; its child on the other side rises. */
static void
tree_rotate(struct rbtree *tree, struct rbtree_node *node, int side)
{
	struct rbtree_node *parent = node_parent(node);
	struct rbtree_node *riser = node->children[!side];
	struct rbtree_node *middle = riser->children[side];

	node->children[!side] = middle;

	if (middle != NULL)
		node_set_parent(middle, node);

	riser->children[side] = node;
	node_set_parent(riser, parent);
	tree_relink(tree, parent, node, riser);
	node_set_parent(node, riser);
}

void
rbtree_insert_slot(struct rbtree *tree, rbtree_slot_t slot,
		   struct rbtree_node *node)
{
	struct rbtree_node *parent = (struct rbtree_node *)(slot & ~1UL);

	/* A new node is red: only the colour rule may be broken. */
	node->parent = (uintptr_t)parent;
	node->children[RBTREE_LEFT] = NULL;
	node->children[RBTREE_RIGHT] = NULL;

	if (parent == NULL)
		tree->root = node;
	else
		parent->children[slot & 1] = node;

	while (node_red(parent)) {
		struct rbtree_node *grandparent = node_parent(parent);
		int side = node_side(parent, grandparent);
		struct rbtree_node *uncle = grandparent->children[!side];

		if (!node_red(uncle)) {
			if (node_side(node, parent) != side) {
				tree_rotate(tree, parent, side);
				parent = node;
			}

			node_set_black(parent);
			node_set_red(grandparent);
			tree_rotate(tree, grandparent, !side);
			break;
		}

		node_set_black(uncle);
		node_set_black(parent);
		node_set_red(grandparent);
		node = grandparent;
		parent = node_parent(node);
	}

	if (parent == NULL)
		node_set_black(node);
}

/*
 * Restore the number of black nodes below parent: the ways through node,
 * which may be missing, have one too few.
 */
static void
tree_fix_black(struct rbtree *tree, struct rbtree_node *node,
	       struct rbtree_node *parent)
{
	while (parent != NULL && !node_red(node)) {
		int side = node_side(node, parent);
		struct rbtree_node *brother = parent->children[!side];

		if (node_red(brother)) {
			node_set_black(brother);
			node_set_red(parent);
			tree_rotate(tree, parent, side);
			brother = parent->children[!side];
		}

		if (!node_red(brother->children[RBTREE_LEFT])
		    && !node_red(brother->children[RBTREE_RIGHT])) {
			node_set_red(brother);
			node = parent;
			parent = node_parent(node);
			continue;
		}

		if (!node_red(brother->children[!side])) {
			node_set_black(brother->children[side]);
			node_set_red(brother);
			tree_rotate(tree, brother, !side);
			brother = parent->children[!side];
		}

		brother->parent = (brother->parent & ~BLACK)
				  | (parent->parent & BLACK);
		node_set_black(parent);
		node_set_black(brother->children[!side]);
		tree_rotate(tree, parent, side);
		return;
	}

	if (node != NULL)
		node_set_black(node);
}

void
rbtree_remove(struct rbtree *tree, struct rbtree_node *node)
{
	struct rbtree_node *victim, *child, *parent;
	bool red;

	/* With two children, unlink the successor and put it in the place. */
	victim = (node->children[RBTREE_LEFT] == NULL
		  || node->children[RBTREE_RIGHT] == NULL)
		 ? node : rbtree_next(node);
	child = victim->children[victim->children[RBTREE_LEFT] == NULL];
	parent = node_parent(victim);
	red = node_red(victim);

	if (child != NULL)
		node_set_parent(child, parent);

	tree_relink(tree, parent, victim, child);

	if (victim != node) {
		if (parent == node)
			parent = victim;

		rbtree_replace(tree, node, victim);
	}

	if (!red)
		tree_fix_black(tree, child, parent);

	rbtree_node_init(node);
}

void
rbtree_replace(struct rbtree *tree, struct rbtree_node *old,
	       struct rbtree_node *node)
{
	int side;

	*node = *old;
	tree_relink(tree, node_parent(old), old, node);

	for (side = RBTREE_LEFT; side <= RBTREE_RIGHT; side++)
		if (node->children[side] != NULL)
			node_set_parent(node->children[side], node);

	rbtree_node_init(old);
}

struct rbtree_node *
rbtree_outermost(const struct rbtree *tree, int side)
{
	struct rbtree_node *node = tree->root;

	if (node == NULL)
		return NULL;

	while (node->children[side] != NULL)
		node = node->children[side];

	return node;
}

struct rbtree_node *
rbtree_neighbour(const struct rbtree_node *node, int side)
{
	struct rbtree_node *parent;

	if (node->children[side] != NULL) {
		const struct rbtree tree = { node->children[side] };

		return rbtree_outermost(&tree, !side);
	}

	for (parent = node_parent(node);
	     parent != NULL && node_side(node, parent) == side;
	     parent = node_parent(node))
		node = parent;

	return parent;
}
