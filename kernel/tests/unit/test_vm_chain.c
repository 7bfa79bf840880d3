/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Shadow chains when every generation stays alive: depth and memory are
 * bounded, and each shows what it should.
 */
#include "vm_unit.h"

#include <vm/memory_object.h>

#define PAGES		8
#define SIZE		(PAGES * PAGE_SIZE)
#define GENERATIONS	1000

static struct vm_map *maps[GENERATIONS];
static vm_map_copy_t copies[GENERATIONS];

static int
setup(void **state)
{
	vm_unit_setup(128UL << 20);
	memset(maps, 0, sizeof(maps));
	memset(copies, 0, sizeof(copies));
	return 0;
}

static int
teardown(void **state)
{
	vm_unit_check_empty();
	return 0;
}

static unsigned int
depth(struct vm_map *map, uintptr_t address)
{
	struct vm_map_region region;
	unsigned int depth;

	assert_int_equal(vm_map_region(map, address, &region), KERN_SUCCESS);
	depth = vm_object_depth(region.object);
	vm_object_deallocate(region.object);
	return depth;
}

/* A few pseudo-random numbers without a state to carry. */
static uint64_t
number(uint64_t n)
{
	n *= 0x9e3779b97f4a7c15;
	return n >> 40;
}

/* What page `page` of generation `n` holds: who wrote it last, up to n. */
static uint64_t
content(unsigned int n, unsigned int page)
{
	while (n > 0 && number(n) % PAGES != page)
		n--;
	return n * PAGES + page;
}

static void
end_all(bool backwards)
{
	unsigned int i;

	for (i = 0; i < GENERATIONS; i++)
		vm_map_deallocate(maps[backwards ? GENERATIONS - 1 - i : i]);
}

/* Each generation is a child of the one before and writes one page. */
static void
descend(uintptr_t base)
{
	unsigned int i, page;

	for (i = 1; i < GENERATIONS; i++) {
		maps[i] = vm_map_fork(maps[i - 1]);
		assert_non_null(maps[i]);
		page = number(i) % PAGES;
		vm_unit_store(maps[i], base + page * PAGE_SIZE,
		    i * PAGES + page);
		assert_true(depth(maps[i], base) <= VM_OBJECT_DEPTH);
	}
}

static void
check_descent(uintptr_t base)
{
	unsigned int i, page;

	for (i = 0; i < GENERATIONS; i++) {
		for (page = 0; page < PAGES && maps[i] != NULL; page++)
			assert_int_equal(vm_unit_load(maps[i],
			    base + page * PAGE_SIZE), content(i, page));
	}
}

static void
test_descent_alive(void **state)
{
	uintptr_t base;
	unsigned int i;

	maps[0] = vm_map_create();
	base = vm_unit_allocate(maps[0], SIZE);
	for (i = 0; i < PAGES; i++)
		vm_unit_store(maps[0], base + i * PAGE_SIZE, i);
	descend(base);
	/* What each wrote, and what the cuts copied. */
	assert_true(vm_page_queue_resident() <= GENERATIONS +
	    GENERATIONS / (VM_OBJECT_DEPTH - 2) * PAGES + PAGES);
	check_descent(base);
	/* Every other one dies. */
	for (i = 0; i < GENERATIONS; i += 2) {
		vm_map_deallocate(maps[i]);
		maps[i] = NULL;
	}
	check_descent(base);
	for (i = 1; i < GENERATIONS; i += 2)
		assert_true(depth(maps[i], base) <= VM_OBJECT_DEPTH);
	end_all(false);
}

/* The parent writes after each birth; the children stay. */
static void
test_children_alive(void **state)
{
	struct vm_map *parent = vm_map_create();
	uintptr_t base = vm_unit_allocate(parent, SIZE);
	unsigned int i, page;

	for (i = 0; i < PAGES; i++)
		vm_unit_store(parent, base + i * PAGE_SIZE, i);
	for (i = 0; i < GENERATIONS; i++) {
		page = number(i) % PAGES;
		if (i > 0)
			vm_unit_store(parent, base + page * PAGE_SIZE,
			    i * PAGES + page);
		maps[i] = vm_map_fork(parent);
		assert_non_null(maps[i]);
		assert_true(depth(parent, base) <= VM_OBJECT_DEPTH);
	}
	check_descent(base);
	vm_map_deallocate(parent);
	check_descent(base);
	end_all(true);
}

/* Snapshots of shared memory, all kept while it changes. */
static void
test_snapshots_alive(void **state)
{
	struct vm_map *map = vm_map_create();
	uintptr_t base = vm_unit_allocate(map, SIZE);
	uint64_t seen;
	unsigned int i, page;

	for (i = 0; i < PAGES; i++)
		vm_unit_store(map, base + i * PAGE_SIZE, i);
	vm_map_inherit(map, base, base + SIZE, VM_INHERIT_SHARE);
	maps[0] = vm_map_fork(map);
	for (i = 0; i < GENERATIONS; i++) {
		page = number(i) % PAGES;
		if (i > 0)
			vm_unit_store(i % 2 == 0 ? map : maps[0],
			    base + page * PAGE_SIZE, i * PAGES + page);
		assert_int_equal(vm_map_copyin(map, base, SIZE, false,
		    &copies[i]), KERN_SUCCESS);
	}
	assert_true(vm_page_queue_resident() <= GENERATIONS +
	    (GENERATIONS / VM_OBJECT_COPIES + 1) * PAGES);
	for (i = 0; i < GENERATIONS; i++) {
		uintptr_t address;

		assert_int_equal(vm_map_copyout(map, &address, copies[i]),
		    KERN_SUCCESS);
		assert_true(depth(map, address) <= VM_OBJECT_COPIES + 1);
		for (page = 0; page < PAGES; page++) {
			seen = vm_unit_load(map, address + page * PAGE_SIZE);
			assert_int_equal(seen, content(i, page));
		}
		assert_int_equal(vm_map_remove(map, address, address + SIZE),
		    KERN_SUCCESS);
	}
	vm_map_deallocate(map);
	vm_map_deallocate(maps[0]);
}

/* Copies that are shared, and copied again. */
static void
test_shared_descent(void **state)
{
	uintptr_t base;
	unsigned int i, page;

	maps[0] = vm_map_create();
	base = vm_unit_allocate(maps[0], SIZE);
	for (i = 0; i < PAGES; i++)
		vm_unit_store(maps[0], base + i * PAGE_SIZE, i);
	for (i = 1; i < GENERATIONS; i++) {
		struct vm_map *sharer;

		vm_map_inherit(maps[i - 1], base, base + SIZE,
		    VM_INHERIT_SHARE);
		sharer = vm_map_fork(maps[i - 1]);
		vm_map_inherit(maps[i - 1], base, base + SIZE,
		    VM_INHERIT_COPY);
		maps[i] = vm_map_fork(maps[i - 1]);
		vm_map_deallocate(sharer);
		page = number(i) % PAGES;
		vm_unit_store(maps[i], base + page * PAGE_SIZE,
		    i * PAGES + page);
		assert_true(depth(maps[i], base) <= VM_OBJECT_DEPTH);
	}
	check_descent(base);
	end_all(true);
}

/* An object as a pager that is gone leaves it: what is resident stays. */
static struct vm_object *
orphan(void)
{
	struct vm_object *object = vm_object_create(SIZE);
	struct vm_page *page;
	unsigned int i;

	object->internal = false;
	object->external = true;
	object->pager_created = true;
	object->true_share = true;
	list_init(&object->waits);
	/* The last page is missing. */
	for (i = 0; i < PAGES - 1; i++) {
		page = vm_object_page_fresh(object, i * PAGE_SIZE);
		*(uint64_t *)vm_page_to_direct(page) = i;
	}
	return object;
}

/* The pages of a pager are not copied by cuts; those missing fail. */
static void
test_pager_below(void **state)
{
	struct memory_object_copying copying = { .object = NULL };
	struct vm_object *object = orphan(), *copy;
	uint64_t offset, value;
	uintptr_t base = 0;
	unsigned int i, page;
	bool needs_copy;

	maps[0] = vm_map_create();
	assert_int_equal(vm_object_copy(object, 0, SIZE, &copying, &copy,
	    &offset, &needs_copy), KERN_SUCCESS);
	assert_int_equal(vm_map_enter(maps[0], &base, SIZE, 0, true, copy,
	    offset, needs_copy, VM_PROT_DEFAULT, VM_PROT_ALL,
	    VM_INHERIT_COPY), KERN_SUCCESS);
	for (i = 1; i < GENERATIONS; i++) {
		maps[i] = vm_map_fork(maps[i - 1]);
		page = number(i) % 3;
		vm_unit_store(maps[i], base + page * PAGE_SIZE, i);
		assert_true(depth(maps[i], base) <= VM_OBJECT_DEPTH);
	}
	for (i = 0; i < GENERATIONS; i++) {
		for (page = 3; page < PAGES - 1; page++)
			assert_int_equal(vm_unit_load(maps[i],
			    base + page * PAGE_SIZE), page);
		assert_int_equal(host_user_load(maps[i],
		    base + (PAGES - 1) * PAGE_SIZE, &value, sizeof(value)),
		    KERN_MEMORY_FAILURE);
	}
	/* What three pages take, and nothing of the other five. */
	assert_true(vm_page_queue_resident() <= GENERATIONS + PAGES +
	    (GENERATIONS / (VM_OBJECT_DEPTH - 2) + 1) * 3);
	end_all(false);
	vm_object_deallocate(object);
}

/* Cuts of what begins inside the objects below. */
static void
test_descent_inside(void **state)
{
	uintptr_t whole, base;
	unsigned int i;

	maps[0] = vm_map_create();
	whole = vm_unit_allocate(maps[0], 3 * SIZE);
	base = whole + SIZE;
	for (i = 0; i < 3 * PAGES; i++)
		vm_unit_store(maps[0], whole + i * PAGE_SIZE, 99);
	for (i = 0; i < PAGES; i++)
		vm_unit_store(maps[0], base + i * PAGE_SIZE, i);
	maps[1] = vm_map_fork(maps[0]);
	vm_unit_store(maps[1], base + number(1) % PAGES * PAGE_SIZE,
	    PAGES + number(1) % PAGES);
	for (i = 0; i < PAGES; i++)
		vm_unit_store(maps[1], base + SIZE + i * PAGE_SIZE, 100 + i);
	/* From here on the others are a region of their own. */
	for (i = 2; i < GENERATIONS; i++) {
		unsigned int page = number(i) % PAGES;

		vm_map_inherit(maps[i - 1], whole, base, VM_INHERIT_NONE);
		maps[i] = vm_map_fork(maps[i - 1]);
		assert_non_null(maps[i]);
		vm_unit_store(maps[i], base + page * PAGE_SIZE,
		    i * PAGES + page);
		assert_true(depth(maps[i], base) <= VM_OBJECT_DEPTH);
	}
	check_descent(base);
	for (i = 0; i < PAGES; i++)
		assert_int_equal(vm_unit_load(maps[GENERATIONS - 1],
		    base + SIZE + i * PAGE_SIZE), 100 + i);
	end_all(false);
}

/*
 * What was paged out cannot be moved or copied at once: each generation's
 * object gets as one that its pager knows, with its pages resident.
 */
static void
test_descent_paged(void **state)
{
	struct vm_map_region region;
	uintptr_t base;
	unsigned int i, page;

	maps[0] = vm_map_create();
	base = vm_unit_allocate(maps[0], SIZE);
	for (i = 0; i < PAGES; i++)
		vm_unit_store(maps[0], base + i * PAGE_SIZE, i);
	for (i = 1; i < GENERATIONS; i++) {
		maps[i] = vm_map_fork(maps[i - 1]);
		assert_non_null(maps[i]);
		page = number(i) % PAGES;
		vm_unit_store(maps[i], base + page * PAGE_SIZE,
		    i * PAGES + page);
		vm_map_region(maps[i], base, &region);
		region.object->pager_created = true;
		vm_object_deallocate(region.object);
		assert_true(depth(maps[i], base) <= VM_OBJECT_DEEP + 1);
	}
	check_descent(base);
	end_all(true);
}

/* Who wrote every page needs no shadow. */
static void
test_obscured(void **state)
{
	uintptr_t base;
	unsigned int i;

	maps[0] = vm_map_create();
	base = vm_unit_allocate(maps[0], SIZE);
	for (i = 0; i < PAGES; i++)
		vm_unit_store(maps[0], base + i * PAGE_SIZE, i);
	maps[1] = vm_map_fork(maps[0]);
	for (i = 0; i < PAGES; i++) {
		assert_int_equal(depth(maps[1], base), i > 0);
		vm_unit_store(maps[1], base + i * PAGE_SIZE, 100 + i);
	}
	assert_int_equal(depth(maps[1], base), 0);
	for (i = 0; i < PAGES; i++) {
		assert_int_equal(vm_unit_load(maps[0], base + i * PAGE_SIZE),
		    i);
		assert_int_equal(vm_unit_load(maps[1], base + i * PAGE_SIZE),
		    100 + i);
	}
	vm_map_deallocate(maps[0]);
	vm_map_deallocate(maps[1]);
}

/* Readers of what a cut took away see no later change of it. */
static void
test_cut_readers(void **state)
{
	struct vm_map *map = vm_map_create();
	uintptr_t base = vm_unit_allocate(map, SIZE), address;
	struct vm_map_region region;
	vm_map_copy_t copy;

	vm_unit_store(map, base, 1);
	vm_map_inherit(map, base, base + SIZE, VM_INHERIT_SHARE);
	maps[0] = vm_map_fork(map);
	assert_int_equal(vm_map_copyin(map, base, SIZE, false, &copy),
	    KERN_SUCCESS);
	assert_int_equal(vm_map_copyout(map, &address, copy), KERN_SUCCESS);
	assert_int_equal(vm_unit_load(map, address), 1);
	vm_map_region(map, address, &region);
	assert_int_equal(vm_object_depth(region.object), 1);
	assert_int_equal(vm_object_cut(region.object), KERN_SUCCESS);
	assert_int_equal(vm_object_depth(region.object), 0);
	assert_int_equal(vm_object_cut(region.object), KERN_FAILURE);
	vm_object_deallocate(region.object);
	vm_unit_store(maps[0], base, 2);
	assert_int_equal(vm_unit_load(map, base), 2);
	assert_int_equal(vm_unit_load(map, address), 1);
	vm_map_deallocate(map);
	vm_map_deallocate(maps[0]);
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_descent_alive),
		TEST(test_children_alive),
		TEST(test_snapshots_alive),
		TEST(test_shared_descent),
		TEST(test_pager_below),
		TEST(test_descent_inside),
		TEST(test_descent_paged),
		TEST(test_obscured),
		TEST(test_cut_readers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
