/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <tests/unit/unit.h>

#include <kern/slab.h>
#include <lib/macros.h>
#include <lib/rdxtree.h>
#include <lib/string.h>
#include <vm/vm_page.h>

#define MODEL_SIZE	6000

static char objects[MODEL_SIZE];

static int
setup(void **state)
{
	host_setup(32 << 20);
	return 0;
}

/* Nodes in use, which tells leaks. */
static uint64_t
nodes(void)
{
	struct slab_info infos[64];
	size_t i, count = slab_info(infos, ARRAY_SIZE(infos));

	for (i = 0; i < count; i++)
		if (strcmp(infos[i].name, "rdxtree_node") == 0)
			return infos[i].objects;

	fail();
	return 0;
}

static void
test_empty(void **state)
{
	struct rdxtree tree = RDXTREE_INITIALIZER;
	uint64_t key = 0;

	assert_null(rdxtree_lookup(&tree, 0));
	assert_null(rdxtree_lookup(&tree, UINT64_MAX));
	assert_null(rdxtree_remove(&tree, 5));
	assert_null(rdxtree_lookup_next(&tree, &key));
	assert_int_equal(nodes(), 0);
}

/* Extreme and sparse keys, each inserted twice, found, walked, removed. */
static void
test_sparse(void **state)
{
	static const uint64_t keys[] = {
		0, 1, 63, 64, 4095, 4096, 0xffff, 0x10000, 0xdeadbeef,
		0xfffffffe, 0xffffffff, 0x100000000, 0xffff000012345678,
		0xffff000012345680, 0xfffffffffffffffe, 0xffffffffffffffff,
	};
	struct rdxtree tree = RDXTREE_INITIALIZER;
	uint64_t key = 0;
	size_t i, n = ARRAY_SIZE(keys);

	/* Out of order: 7 has no common factor with the number of keys. */
	for (i = 0; i < n; i++)
		assert_int_equal(rdxtree_insert(&tree, keys[i * 7 % n],
						&objects[i * 7 % n]),
				 KERN_SUCCESS);

	for (i = 0; i < n; i++) {
		assert_int_equal(rdxtree_insert(&tree, keys[i], objects),
				 KERN_NAME_EXISTS);
		assert_ptr_equal(rdxtree_lookup(&tree, keys[i]), &objects[i]);
		assert_ptr_equal(rdxtree_lookup_next(&tree, &key), &objects[i]);
		assert_int_equal(key, keys[i]);
		key++;
	}

	assert_null(rdxtree_lookup(&tree, 2));
	assert_null(rdxtree_lookup(&tree, 0x8000000000000000));
	assert_null(rdxtree_lookup(&tree, 0x10040));

	for (i = 0; i < n; i++) {
		assert_ptr_equal(rdxtree_remove(&tree, keys[i * 5 % n]),
				 &objects[i * 5 % n]);
		assert_null(rdxtree_remove(&tree, keys[i * 5 % n]));
	}

	assert_true(rdxtree_empty(&tree));
	assert_int_equal(nodes(), 0);
}

/* Random operations beside a plain array. */
static void
run_model(uint64_t seed, unsigned int shift, unsigned int size)
{
	static bool used[MODEL_SIZE];
	struct rdxtree tree = RDXTREE_INITIALIZER;
	unsigned int step, i;
	uint64_t key;

	memset(used, 0, sizeof(used));

	for (step = 0; step < 60000; step++) {
		unsigned int n = unit_random(&seed) % size;
		uint64_t op = unit_random(&seed) % 8;

		if (op < 3) {
			assert_int_equal(rdxtree_insert(&tree,
					(uint64_t)n << shift, &objects[n]),
				used[n] ? KERN_NAME_EXISTS : KERN_SUCCESS);
			used[n] = true;
		} else if (op < 6) {
			assert_ptr_equal(rdxtree_remove(&tree,
					(uint64_t)n << shift),
				used[n] ? &objects[n] : NULL);
			used[n] = false;
		} else {
			for (i = n; i < size && !used[i]; i++)
				continue;

			key = (uint64_t)n << shift;
			assert_ptr_equal(rdxtree_lookup_next(&tree, &key),
					 (i == size) ? NULL : &objects[i]);

			if (i < size)
				assert_int_equal(key, (uint64_t)i << shift);
		}
	}

	for (i = 0; i < size; i++) {
		key = (uint64_t)i << shift;
		assert_ptr_equal(rdxtree_lookup(&tree, key),
				 used[i] ? &objects[i] : NULL);
		rdxtree_remove(&tree, key);
	}

	assert_true(rdxtree_empty(&tree));
	assert_int_equal(nodes(), 0);
}

static void
test_model(void **state)
{
	run_model(1, 0, 100);
	run_model(2, 0, MODEL_SIZE);
	run_model(3, 5, MODEL_SIZE);
	run_model(4, 17, 1000);
	run_model(5, 51, MODEL_SIZE);
}

static void
test_replace(void **state)
{
	struct rdxtree tree = RDXTREE_INITIALIZER;

	assert_null(rdxtree_replace(&tree, 7, &objects[0]));
	assert_int_equal(rdxtree_insert(&tree, 7, &objects[0]), 0);
	assert_ptr_equal(rdxtree_replace(&tree, 7, &objects[1]), &objects[0]);
	assert_null(rdxtree_replace(&tree, 8, &objects[1]));
	assert_null(rdxtree_lookup(&tree, 8));
	assert_ptr_equal(rdxtree_remove(&tree, 7), &objects[1]);
}

/* With no memory left, an insertion fails and changes nothing. */
static void
test_no_memory(void **state)
{
	struct rdxtree tree = RDXTREE_INITIALIZER;
	struct vm_page *pages[] = { vm_page_alloc(true), vm_page_alloc(true) };
	uint64_t found, count, key = 1;

	while (vm_page_alloc(true) != NULL)
		continue;

	/* One for the cache's pool, one for nodes. */
	vm_page_free(pages[0]);
	vm_page_free(pages[1]);

	/* Each needs a leaf, and most of them a fork as well. */
	for (count = 0; rdxtree_insert(&tree, key, objects) == KERN_SUCCESS;
	     count++)
		key += 1UL << 20;

	assert_true(count > 0);
	assert_int_equal(rdxtree_insert(&tree, key, objects),
			 KERN_RESOURCE_SHORTAGE);
	assert_null(rdxtree_lookup(&tree, key));

	for (found = 0, key = 0; rdxtree_lookup_next(&tree, &key) != NULL;
	     found++)
		assert_ptr_equal(rdxtree_remove(&tree, key), objects);

	assert_int_equal(found, count);
	assert_int_equal(nodes(), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_empty, setup),
		cmocka_unit_test_setup(test_sparse, setup),
		cmocka_unit_test_setup(test_model, setup),
		cmocka_unit_test_setup(test_replace, setup),
		cmocka_unit_test_setup(test_no_memory, setup),
	};

	return cmocka_run_group_tests_name("rdxtree", tests, NULL, NULL);
}
