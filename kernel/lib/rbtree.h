/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Red-black trees whose nodes lie inside the sorted structures (Guibas and
 * Sedgewick, "A dichromatic framework for balanced trees", 1978).
 *
 * Lookup macros expand in line with the caller's comparison, so that no
 * function pointer is called. A comparison takes (key, node) for lookups and
 * (node, node) for insertions, and returns an int less than, equal to or
 * greater than 0. The operations take O(log n) steps; the caller does the
 * locking.
 */

#ifndef LIB_RBTREE_H
#define LIB_RBTREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lib/macros.h>

#define RBTREE_LEFT	0
#define RBTREE_RIGHT	1

/* The parent's address carries the colour in bit 0: 1 is black. */
struct rbtree_node {
	uintptr_t parent;
	struct rbtree_node *children[2];
};

struct rbtree {
	struct rbtree_node *root;
};

/* The place where a node would be linked: parent address plus side. */
typedef uintptr_t rbtree_slot_t;

#define RBTREE_INITIALIZER	{ NULL }

static inline void
rbtree_init(struct rbtree *tree)
{
	tree->root = NULL;
}

static inline bool
rbtree_empty(const struct rbtree *tree)
{
	return tree->root == NULL;
}

/* Make a node that rbtree_node_unlinked() recognizes. */
static inline void
rbtree_node_init(struct rbtree_node *node)
{
	node->parent = (uintptr_t)node | 1;
	node->children[RBTREE_LEFT] = NULL;
	node->children[RBTREE_RIGHT] = NULL;
}

static inline bool
rbtree_node_unlinked(const struct rbtree_node *node)
{
	return node->parent == ((uintptr_t)node | 1);
}

#define rbtree_entry(node, type, member)	container_of(node, type, member)

static inline int
rbtree_side_(int diff)
{
	return diff > 0;
}

static inline rbtree_slot_t
rbtree_slot_(struct rbtree_node *parent, int side)
{
	return (uintptr_t)parent | (unsigned int)side;
}

/* The slot between two neighbours, either of them NULL at an end. */
static inline rbtree_slot_t
rbtree_slot_between(struct rbtree_node *prev, struct rbtree_node *next)
{
	if (next != NULL && next->children[RBTREE_LEFT] == NULL)
		return rbtree_slot_(next, RBTREE_LEFT);
	return prev == NULL ? 0 : rbtree_slot_(prev, RBTREE_RIGHT);
}

/*
 * Link a node at a slot that a lookup with the same key has just returned,
 * and rebalance.
 */
void rbtree_insert_slot(struct rbtree *tree, rbtree_slot_t slot,
			struct rbtree_node *node);

/* Unlink a node. It may be linked again at once. */
void rbtree_remove(struct rbtree *tree, struct rbtree_node *node);

/* Put a node with an equal key in the place of a linked one. */
void rbtree_replace(struct rbtree *tree, struct rbtree_node *old,
		    struct rbtree_node *node);

/*
 * The first or last node in order (side RBTREE_LEFT or RBTREE_RIGHT), and the
 * neighbour of a node on that side; NULL if there is none.
 */
struct rbtree_node *rbtree_outermost(const struct rbtree *tree, int side);
struct rbtree_node *rbtree_neighbour(const struct rbtree_node *node,
				     int side);

static inline struct rbtree_node *
rbtree_first(const struct rbtree *tree)
{
	return rbtree_outermost(tree, RBTREE_LEFT);
}

static inline struct rbtree_node *
rbtree_last(const struct rbtree *tree)
{
	return rbtree_outermost(tree, RBTREE_RIGHT);
}

static inline struct rbtree_node *
rbtree_next(const struct rbtree_node *node)
{
	return rbtree_neighbour(node, RBTREE_RIGHT);
}

static inline struct rbtree_node *
rbtree_prev(const struct rbtree_node *node)
{
	return rbtree_neighbour(node, RBTREE_LEFT);
}

/*
 * Find the node equal to the key.
 *
 * Returns NULL if there is none.
 */
#define rbtree_lookup(tree, key, cmp) ({				\
	struct rbtree_node *cur_ = (tree)->root;			\
									\
	while (cur_ != NULL) {						\
		int diff_ = cmp(key, cur_);				\
									\
		if (diff_ == 0)						\
			break;						\
									\
		cur_ = cur_->children[rbtree_side_(diff_)];		\
	}								\
									\
	cur_;								\
})

/*
 * Find the node equal to the key or, failing that, the nearest on the given
 * side: the greatest of those less than the key for RBTREE_LEFT, the least of
 * those greater for RBTREE_RIGHT.
 *
 * Returns NULL if there is none.
 */
#define rbtree_lookup_nearest(tree, key, cmp, side) ({			\
	struct rbtree_node *cur_ = (tree)->root;			\
	struct rbtree_node *near_ = NULL;				\
									\
	while (cur_ != NULL) {						\
		int diff_ = cmp(key, cur_);				\
									\
		if (diff_ == 0) {					\
			near_ = cur_;					\
			break;						\
		}							\
									\
		if (rbtree_side_(diff_) != (side))			\
			near_ = cur_;					\
									\
		cur_ = cur_->children[rbtree_side_(diff_)];		\
	}								\
									\
	near_;								\
})

/*
 * Find the node equal to the key as rbtree_lookup() does. If there is none,
 * slot is set to the place for rbtree_insert_slot(), valid until the tree
 * changes.
 */
#define rbtree_lookup_slot(tree, key, cmp, slot) ({			\
	struct rbtree_node *cur_ = (tree)->root;			\
									\
	(slot) = 0;							\
									\
	while (cur_ != NULL) {						\
		int diff_ = cmp(key, cur_);				\
									\
		if (diff_ == 0)						\
			break;						\
									\
		(slot) = rbtree_slot_(cur_, rbtree_side_(diff_));	\
		cur_ = cur_->children[rbtree_side_(diff_)];		\
	}								\
									\
	cur_;								\
})

/*
 * Insert a node. A node equal to others is placed before all of them, so that
 * trees may hold equal keys (compare with more than the key to tell them
 * apart).
 */
#define rbtree_insert(tree, node, cmp) ({				\
	struct rbtree_node *cur_ = (tree)->root;			\
	struct rbtree_node *new_ = (node);				\
	rbtree_slot_t slot_ = 0;					\
									\
	while (cur_ != NULL) {						\
		int diff_ = cmp(new_, cur_);				\
									\
		slot_ = rbtree_slot_(cur_, rbtree_side_(diff_));	\
		cur_ = cur_->children[rbtree_side_(diff_)];		\
	}								\
									\
	rbtree_insert_slot(tree, slot_, new_);				\
})

#endif /* LIB_RBTREE_H */
