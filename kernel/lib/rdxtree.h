/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Radix trees from 64-bit keys to pointers.
 *
 * A node has 64 slots, which tell 6 bits of the key. Levels on which a node
 * would have one child only are left out (Morrison, "PATRICIA", 1968), so that
 * a few large or sparse keys, such as addresses, cost a few nodes. Each node
 * knows which of its slots are used, which finds the next key in O(height).
 *
 * Pointers are never NULL. All keys are allowed. The caller does the locking;
 * no function blocks.
 */

#ifndef LIB_RDXTREE_H
#define LIB_RDXTREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mach/kern_return.h>

#define RDXTREE_BITS	6
#define RDXTREE_SLOTS	64

struct rdxtree_node {
	uint64_t base;			/* the least key it covers */
	uint64_t used;			/* slots that are not NULL */
	struct rdxtree_node *parent;
	unsigned int shift;		/* of the key; 0: slots are pointers */
	void *slots[RDXTREE_SLOTS];
};

struct rdxtree {
	struct rdxtree_node *root;
};

#define RDXTREE_INITIALIZER	{ NULL }

/* Make the cache of nodes. Needs slab_setup(). */
void rdxtree_setup(void);

static inline void
rdxtree_init(struct rdxtree *tree)
{
	tree->root = NULL;
}

static inline bool
rdxtree_empty(const struct rdxtree *tree)
{
	return tree->root == NULL;
}

/*
 * Insert a pointer.
 *
 * Returns KERN_NAME_EXISTS if the key is in use, KERN_RESOURCE_SHORTAGE
 * without memory.
 */
kern_return_t rdxtree_insert(struct rdxtree *tree, uint64_t key, void *ptr);

/* Remove a key. Returns the pointer it had, or NULL. */
void *rdxtree_remove(struct rdxtree *tree, uint64_t key);

/* Put another pointer in the place of one; NULL if the key is not in use. */
void *rdxtree_replace(struct rdxtree *tree, uint64_t key, void *ptr);

/*
 * Find the lowest used key that is at least *key, and store it there.
 *
 * Returns its pointer, or NULL if there is none. To walk the tree, which may
 * change on the way: start from 0, add 1 each time, stop after UINT64_MAX.
 */
void *rdxtree_lookup_next(const struct rdxtree *tree, uint64_t *key);

/* Find the pointer of a key; NULL if there is none. */
static inline void *
rdxtree_lookup(const struct rdxtree *tree, uint64_t key)
{
	const struct rdxtree_node *node = tree->root;

	if (node == NULL)
		return NULL;

	while (node->shift != 0) {
		node = node->slots[key >> node->shift & (RDXTREE_SLOTS - 1)];

		if (node == NULL)
			return NULL;
	}

	/* The levels left out are compared here, all at once. */
	if ((key ^ node->base) >= RDXTREE_SLOTS)
		return NULL;

	return node->slots[key & (RDXTREE_SLOTS - 1)];
}

#endif /* LIB_RDXTREE_H */
