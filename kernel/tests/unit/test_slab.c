/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <tests/unit/unit.h>

#include <kern/kalloc.h>
#include <kern/slab.h>
#include <lib/macros.h>
#include <lib/string.h>
#include <machine/memory.h>
#include <vm/vm_page.h>

#define MAX_OBJECTS	4000

static unsigned char *objects[MAX_OBJECTS];
static struct slab_cache cache;
static unsigned int constructed;

static int
setup(void **state)
{
	host_setup(32 << 20);
	return 0;
}

static void
construct(void *object)
{
	memset(object, 0x11, 100);
	constructed++;
}

static struct slab_info
info(const char *name)
{
	struct slab_info infos[64];
	size_t i, count = slab_info(infos, ARRAY_SIZE(infos));

	for (i = 0; i < count; i++)
		if (strcmp(infos[i].name, name) == 0)
			return infos[i];

	fail();
	return infos[0];
}

/* Many sizes and alignments: objects are apart, aligned, and come back. */
static void
test_sizes(void **state)
{
	static const size_t sizes[] = {
		1, 7, 8, 31, 32, 33, 64, 100, 128, 200, 500, 552, 1000, 1024,
		2000, 4000, 4096, 5000, 8192, 20000, 65536, 131064,
	};
	static const size_t aligns[] = { 0, 8, 16, 64, 4096 };
	size_t i, j, k, count;
	uint64_t before;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (j = 0; j < ARRAY_SIZE(aligns); j++) {
			slab_cache_init(&cache, "test", sizes[i], aligns[j],
					NULL);
			count = MIN((size_t)200, (4UL << 20) / sizes[i]);

			for (k = 0; k < count; k++) {
				objects[k] = slab_cache_alloc(&cache);
				assert_non_null(objects[k]);
				assert_true(IS_ALIGNED((uintptr_t)objects[k],
						       MAX(aligns[j], 8UL)));
				memset(objects[k], (int)k, sizes[i]);
			}

			assert_int_equal(info("test").objects, count);

			for (k = 0; k < count; k++) {
				assert_int_equal(objects[k][0], k & 0xff);
				assert_int_equal(objects[k][sizes[i] - 1],
						 k & 0xff);
				slab_cache_free(&cache, objects[k]);
			}

			assert_int_equal(info("test").objects, 0);
			slab_cache_destroy(&cache);
		}
	}

	slab_collect();
	before = vm_page_free_count();
	slab_cache_init(&cache, "test", 100, 0, NULL);
	slab_cache_free(&cache, slab_cache_alloc(&cache));
	slab_cache_destroy(&cache);
	slab_collect();
	assert_int_equal(vm_page_free_count(), before);
}

/* Objects are constructed once and keep their state. */
static void
test_constructor(void **state)
{
	unsigned int i, j, round, total;

	constructed = 0;
	slab_cache_init(&cache, "test", 100, 0, construct);

	for (round = 0; round < 3; round++) {
		for (i = 0; i < 1000; i++) {
			objects[i] = slab_cache_alloc(&cache);

			for (j = 0; j < 100; j++)
				assert_int_equal(objects[i][j], 0x11);

			objects[i][5] = 1;
		}

		for (i = 0; i < 1000; i++) {
			objects[i][5] = 0x11;
			slab_cache_free(&cache, objects[i]);
		}
	}

	/* At most those of slabs that were given back, again. */
	total = constructed;
	assert_true(total >= 1000);
	assert_true(total <= 3000 + 3 * info("test").objects_per_slab);
	slab_cache_destroy(&cache);
}

static void
test_counters(void **state)
{
	struct slab_info now;
	unsigned int i;

	slab_cache_init(&cache, "a name that is much too long for a cache", 60,
			0, NULL);
	slab_cache_destroy(&cache);
	slab_cache_init(&cache, "test", 60, 0, NULL);
	now = info("test");
	assert_int_equal(now.objects, 0);
	assert_int_equal(now.buffers, 0);
	assert_int_equal(now.slabs, 0);
	assert_int_equal(now.object_size, 60);
	assert_int_equal(now.slab_size, PAGE_SIZE);

	for (i = 0; i < 300; i++)
		objects[i] = slab_cache_alloc(&cache);

	now = info("test");
	assert_int_equal(now.objects, 300);
	assert_int_equal(now.buffers, now.slabs * now.objects_per_slab);
	assert_true(now.buffers >= 300 + 0);
	assert_true(now.buffers <= 300 + now.pool_size
				   + now.objects_per_slab);
	assert_int_equal(now.objects_per_slab, PAGE_SIZE / now.buffer_size);

	/* From another processor's pool as well. */
	host_set_cpu(1);

	for (i = 0; i < 300; i++)
		slab_cache_free(&cache, objects[i]);

	assert_int_equal(info("test").objects, 0);
	host_set_cpu(0);
	slab_cache_destroy(&cache);
}

static void
test_collect(void **state)
{
	struct slab_info now;
	unsigned int i;

	slab_cache_init(&cache, "test", 256, 0, NULL);

	for (i = 0; i < 1000; i++)
		objects[i] = slab_cache_alloc(&cache);

	for (i = 0; i < 1000; i++)
		slab_cache_free(&cache, objects[i]);

	slab_collect();
	now = info("test");
	assert_int_equal(now.slabs, 0);
	assert_int_equal(now.free_slabs, 0);
	slab_cache_destroy(&cache);
}

static void
test_random(void **state)
{
	uint64_t seed = 99;
	unsigned int step, n, used = 0;

	memset(objects, 0, sizeof(objects));
	slab_cache_init(&cache, "test", 72, 0, NULL);

	for (step = 0; step < 100000; step++) {
		n = unit_random(&seed) % MAX_OBJECTS;

		if (step % 1000 == 0)
			host_set_cpu(unit_random(&seed) % 4);

		if (objects[n] == NULL) {
			objects[n] = slab_cache_alloc(&cache);
			memset(objects[n], (int)n, 72);
			used++;
		} else {
			assert_int_equal(objects[n][0], n & 0xff);
			assert_int_equal(objects[n][71], n & 0xff);
			slab_cache_free(&cache, objects[n]);
			objects[n] = NULL;
			used--;
		}
	}

	assert_int_equal(info("test").objects, used);

	for (n = 0; n < MAX_OBJECTS; n++)
		if (objects[n] != NULL)
			slab_cache_free(&cache, objects[n]);

	slab_cache_destroy(&cache);
	host_set_cpu(0);
}

static void
test_no_memory(void **state)
{
	unsigned int i, count = 0;

	slab_cache_init(&cache, "test", 64, 0, NULL);

	while (vm_page_alloc_block(3) != NULL)
		continue;

	while ((objects[count] = slab_cache_alloc(&cache)) != NULL)
		count++;

	assert_true(count > 0);

	assert_null(kalloc(100000));

	for (i = 0; i < count; i++)
		slab_cache_free(&cache, objects[i]);

	objects[0] = slab_cache_alloc(&cache);
	assert_non_null(objects[0]);
}

static void
test_kalloc(void **state)
{
	size_t size, i;
	uint64_t before;

	kfree(kalloc(1), 1);

	for (size = 1; size < 70000; size += 1 + size / 7) {
		for (i = 0; i < 40; i++) {
			objects[i] = kzalloc(size);
			assert_non_null(objects[i]);
			assert_int_equal(objects[i][0] | objects[i][size - 1],
					 0);
			assert_true(IS_ALIGNED((uintptr_t)objects[i], 8));
			memset(objects[i], 0xff, size);
		}

		for (i = 0; i < 40; i++)
			kfree(objects[i], size);
	}

	for (size = 8; size <= PAGE_SIZE; size *= 2) {
		objects[0] = kalloc(size);
		assert_true(IS_ALIGNED((uintptr_t)objects[0], size));
		kfree(objects[0], size);
	}

	before = vm_page_free_count();
	objects[0] = kalloc(1 << 20);
	assert_true(IS_ALIGNED((uintptr_t)objects[0], PAGE_SIZE));
	assert_int_equal(vm_page_free_count(), before - 256);
	kfree(objects[0], 1 << 20);
	assert_int_equal(vm_page_free_count(), before);
	assert_null(kalloc(0));
	assert_null(kalloc(SIZE_MAX));
	kfree(NULL, 10);
}

static void
test_double_free(void **state)
{
	slab_cache_init(&cache, "test", 100, 0, NULL);
	objects[0] = slab_cache_alloc(&cache);
	slab_cache_free(&cache, objects[0]);
	unit_assert_panic(slab_cache_free(&cache, objects[0]));
	assert_non_null(strstr(host_console_text(), "freed twice"));
}

static void
test_wrong_cache(void **state)
{
	static struct slab_cache other;

	slab_cache_init(&cache, "test", 100, 0, NULL);
	slab_cache_init(&other, "other", 100, 0, NULL);
	objects[0] = slab_cache_alloc(&cache);
	unit_assert_panic(slab_cache_free(&other, objects[0]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_sizes, setup),
		cmocka_unit_test_setup(test_constructor, setup),
		cmocka_unit_test_setup(test_counters, setup),
		cmocka_unit_test_setup(test_collect, setup),
		cmocka_unit_test_setup(test_random, setup),
		cmocka_unit_test_setup(test_no_memory, setup),
		cmocka_unit_test_setup(test_kalloc, setup),
		cmocka_unit_test_setup(test_double_free, setup),
		cmocka_unit_test_setup(test_wrong_cache, setup),
	};

	return cmocka_run_group_tests_name("slab", tests, NULL, NULL);
}
