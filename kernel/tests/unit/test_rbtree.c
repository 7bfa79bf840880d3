/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <tests/unit/unit.h>

#include <lib/rbtree.h>

#define COUNT	2000

struct item {
	int key;
	bool linked;
	struct rbtree_node node;
};

static int
compare_key(int key, const struct rbtree_node *node)
{
	const struct item *item = rbtree_entry((struct rbtree_node *)node,
					       struct item, node);

	return (key > item->key) - (key < item->key);
}

static int
compare_nodes(const struct rbtree_node *a, const struct rbtree_node *b)
{
	const struct item *item = rbtree_entry((struct rbtree_node *)a,
					       struct item, node);

	return compare_key(item->key, b);
}

/* Check the invariants below a node; returns the number of black nodes. */
static int
check_subtree(const struct rbtree_node *node, uintptr_t parent,
	      bool parent_red, size_t *count)
{
	bool red;
	int left, right;

	if (node == NULL)
		return 1;

	red = (node->parent & 1) == 0;
	assert_int_equal(node->parent & ~1UL, parent);
	assert_false(red && parent_red);
	(*count)++;
	left = check_subtree(node->children[0], (uintptr_t)node, red, count);
	right = check_subtree(node->children[1], (uintptr_t)node, red, count);
	assert_int_equal(left, right);
	return left + !red;
}

static void
check_tree(const struct rbtree *tree, size_t expected)
{
	size_t count = 0;

	check_subtree(tree->root, 0, true, &count);
	assert_int_equal(count, expected);
}

static struct item items[COUNT];

static void
fill(struct rbtree *tree, int step)
{
	int i;

	rbtree_init(tree);

	for (i = 0; i < COUNT; i++) {
		items[i].key = i * step;
		rbtree_insert(tree, &items[i].node, compare_nodes);
		items[i].linked = true;
	}
}

static void
test_order(void **state)
{
	struct rbtree tree;
	struct rbtree_node *node;
	int i = 0;

	fill(&tree, 2);
	check_tree(&tree, COUNT);

	for (node = rbtree_first(&tree); node != NULL; node = rbtree_next(node))
		assert_ptr_equal(node, &items[i++].node);

	assert_int_equal(i, COUNT);

	for (node = rbtree_last(&tree); node != NULL; node = rbtree_prev(node))
		assert_ptr_equal(node, &items[--i].node);

	assert_int_equal(i, 0);
}

static void
test_nearest(void **state)
{
	struct rbtree tree;
	int key;

	fill(&tree, 2);

	for (key = -1; key <= 2 * COUNT; key++) {
		struct rbtree_node *left, *right;

		left = rbtree_lookup_nearest(&tree, key, compare_key,
					     RBTREE_LEFT);
		right = rbtree_lookup_nearest(&tree, key, compare_key,
					      RBTREE_RIGHT);

		if (key < 0)
			assert_null(left);
		else
			assert_ptr_equal(left, &items[MIN(key / 2, COUNT - 1)]
					       .node);

		if (key > 2 * (COUNT - 1))
			assert_null(right);
		else
			assert_ptr_equal(right, &items[(key + 1) / 2].node);
	}
}

static void
test_random(void **state)
{
	struct rbtree tree;
	uint64_t seed = unit_seed(42);
	size_t count = 0;
	int i, step;

	rbtree_init(&tree);

	for (i = 0; i < COUNT; i++) {
		items[i].key = i;
		items[i].linked = false;
	}

	for (step = 0; step < 20000; step++) {
		struct item *item = &items[unit_random(&seed) % COUNT];
		struct rbtree_node *node;
		rbtree_slot_t slot;

		node = rbtree_lookup_slot(&tree, item->key, compare_key, slot);

		if (item->linked) {
			assert_ptr_equal(node, &item->node);
			rbtree_remove(&tree, node);
			assert_true(rbtree_node_unlinked(node));
			count--;
		} else {
			assert_null(node);
			rbtree_insert_slot(&tree, slot, &item->node);
			count++;
		}

		item->linked = !item->linked;

		if (step % 64 == 0)
			check_tree(&tree, count);
	}

	for (i = 0; i < COUNT; i++)
		assert_int_equal(rbtree_lookup(&tree, i, compare_key) != NULL,
				 items[i].linked);
}

static void
test_replace(void **state)
{
	struct rbtree tree;
	struct item other = { .key = 10 };

	fill(&tree, 2);
	rbtree_replace(&tree, &items[5].node, &other.node);
	check_tree(&tree, COUNT);
	assert_ptr_equal(rbtree_lookup(&tree, 10, compare_key), &other.node);
	assert_true(rbtree_node_unlinked(&items[5].node));
	assert_ptr_equal(rbtree_next(&other.node), &items[6].node);
	assert_ptr_equal(rbtree_prev(&items[6].node), &other.node);
}

static void
test_equal_keys(void **state)
{
	struct rbtree tree;
	size_t count = 0;
	struct rbtree_node *node;
	int i;

	rbtree_init(&tree);

	for (i = 0; i < 100; i++) {
		items[i].key = i % 3;
		rbtree_insert(&tree, &items[i].node, compare_nodes);
	}

	check_tree(&tree, 100);

	for (node = rbtree_first(&tree); node != NULL; node = rbtree_next(node))
		assert_int_equal(rbtree_entry(node, struct item, node)->key,
				 (count++ < 34) ? 0 : (count <= 67) ? 1 : 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_replace),
		cmocka_unit_test(test_equal_keys),
	};

	return cmocka_run_group_tests_name("rbtree", tests, NULL, NULL);
}
