/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Objects: generations of copies stay short and small, sharing is seen by
 * all, device objects and objects of given frames.
 */
#include "vm_unit.h"

#define PAGES		8
#define GENERATIONS	1000

static int
setup(void **state)
{
	vm_unit_setup(64UL << 20);
	return 0;
}

static int
teardown(void **state)
{
	vm_unit_check_empty();
	return 0;
}

static void
fill(struct vm_map *map, uintptr_t base, uint64_t value)
{
	unsigned int i;

	for (i = 0; i < PAGES; i++)
		vm_unit_store(map, base + i * PAGE_SIZE, value + i);
}

static void
check(struct vm_map *map, uintptr_t base, uint64_t value)
{
	unsigned int i;

	for (i = 0; i < PAGES; i++)
		assert_int_equal(vm_unit_load(map, base + i * PAGE_SIZE),
		    value + i);
}

/* Each parent dies after its child began. */
static void
test_generations_in_line(void **state)
{
	struct vm_map *map = vm_map_create(), *child;
	uintptr_t base = vm_unit_allocate(map, PAGES * PAGE_SIZE);
	unsigned int i;

	fill(map, base, 0);
	for (i = 1; i <= GENERATIONS; i++) {
		child = vm_map_fork(map);
		assert_non_null(child);
		vm_unit_store(child, base + (i % PAGES) * PAGE_SIZE,
		    i % PAGES);
		vm_map_deallocate(map);
		map = child;
		assert_true(vm_unit_objects("vm_object") <= 3);
		assert_true(vm_page_queue_resident() <= 2 * PAGES);
	}
	check(map, base, 0);
	vm_map_deallocate(map);
}

/* The parent lives on and writes while each child lives. */
static void
test_generations_of_children(void **state)
{
	struct vm_map *map = vm_map_create(), *child;
	uintptr_t base = vm_unit_allocate(map, PAGES * PAGE_SIZE);
	unsigned int i;

	for (i = 1; i <= GENERATIONS; i++) {
		fill(map, base, i);
		child = vm_map_fork(map);
		assert_non_null(child);
		vm_unit_store(map, base + (i % PAGES) * PAGE_SIZE, 0);
		check(child, base, i);
		vm_map_deallocate(child);
		assert_true(vm_unit_objects("vm_object") <= 2);
		assert_true(vm_page_queue_resident() <= PAGES + 1);
	}
	vm_map_deallocate(map);
}

/* Copies of shared memory, taken and dropped while it changes. */
static void
test_generations_of_shared(void **state)
{
	struct vm_map *map = vm_map_create(), *sharer;
	uintptr_t base = vm_unit_allocate(map, PAGES * PAGE_SIZE);
	vm_map_copy_t copies[4] = { NULL };
	uint64_t seen;
	unsigned int i;

	fill(map, base, 0);
	vm_map_inherit(map, base, base + PAGES * PAGE_SIZE,
	    VM_INHERIT_SHARE);
	sharer = vm_map_fork(map);
	for (i = 1; i <= GENERATIONS; i++) {
		vm_map_copy_t *copy = &copies[i % ARRAY_SIZE(copies)];

		if (*copy != NULL) {
			assert_int_equal(vm_map_copy_extract(*copy, &seen,
			    sizeof(seen)), KERN_SUCCESS);
			assert_int_equal(seen, i - ARRAY_SIZE(copies) - 1);
			vm_map_copy_discard(*copy);
		}
		assert_int_equal(vm_map_copyin(i % 2 == 0 ? map : sharer,
		    base, PAGES * PAGE_SIZE, false, copy), KERN_SUCCESS);
		vm_unit_store(i % 3 == 0 ? map : sharer, base, i);
		assert_int_equal(vm_unit_load(map, base), i);
		assert_int_equal(vm_unit_load(sharer, base), i);
		assert_true(vm_unit_objects("vm_object") <= 6);
		assert_true(vm_page_queue_resident() <= PAGES + 5);
	}
	for (i = 0; i < ARRAY_SIZE(copies); i++)
		vm_map_copy_discard(copies[i]);
	vm_map_deallocate(map);
	vm_map_deallocate(sharer);
}

/* Buffers beside memory in use, sent and freed again and again. */
static void
test_generations_of_buffers(void **state)
{
	struct vm_map *map = vm_map_create();
	uintptr_t kept = vm_unit_allocate(map, PAGE_SIZE), base;
	vm_map_copy_t copy;
	unsigned int i;

	for (i = 0; i < GENERATIONS; i++) {
		vm_unit_store(map, kept, i);
		base = vm_unit_allocate(map, PAGES * PAGE_SIZE);
		fill(map, base, i);
		assert_int_equal(vm_map_copyin(map, base, PAGES * PAGE_SIZE,
		    false, &copy), KERN_SUCCESS);
		if (i % 2 == 0)
			vm_map_copy_discard(copy);
		assert_int_equal(vm_map_remove(map, base,
		    base + PAGES * PAGE_SIZE), KERN_SUCCESS);
		if (i % 2 != 0)
			vm_map_copy_discard(copy);
		assert_int_equal(vm_page_queue_resident(), 1);
		assert_int_equal(vm_unit_objects("vm_object"), 1);
		assert_int_equal(map->entry_count, 1);
	}
	vm_map_deallocate(map);
}

static void
test_overwrite_shared(void **state)
{
	struct vm_map *map = vm_map_create(), *sharer;
	uintptr_t base = vm_unit_allocate(map, PAGES * PAGE_SIZE);
	uintptr_t other = vm_unit_allocate(map, PAGES * PAGE_SIZE);
	vm_map_copy_t copy;

	vm_map_inherit(map, base, base + PAGES * PAGE_SIZE,
	    VM_INHERIT_SHARE);
	sharer = vm_map_fork(map);
	fill(map, base, 1);
	check(sharer, base, 1);
	fill(map, other, 500);
	check(sharer, base, 1);
	assert_int_equal(vm_map_copyin(map, other, PAGES * PAGE_SIZE, false,
	    &copy), KERN_SUCCESS);
	assert_int_equal(vm_map_copy_overwrite(sharer, base, copy),
	    KERN_SUCCESS);
	check(map, base, 500);
	check(sharer, base, 500);
	vm_map_deallocate(map);
	vm_map_deallocate(sharer);
}

static void
test_identify(void **state)
{
	struct vm_map *map = vm_map_create(), *sharer;
	uintptr_t base = vm_unit_allocate(map, 2 * PAGE_SIZE);
	struct vm_object *object, *same;
	uint64_t offset, there;

	assert_int_equal(vm_map_identify(map, base, &object, &offset),
	    KERN_SUCCESS);
	assert_null(object);
	assert_int_equal(vm_map_identify(map, 8, &object, &offset),
	    KERN_INVALID_ADDRESS);
	vm_map_inherit(map, base, base + 2 * PAGE_SIZE, VM_INHERIT_SHARE);
	assert_int_equal(vm_map_identify(map, base + PAGE_SIZE + 4, &object,
	    &offset), KERN_SUCCESS);
	assert_non_null(object);
	sharer = vm_map_fork(map);
	assert_int_equal(vm_map_identify(sharer, base + PAGE_SIZE + 4, &same,
	    &there), KERN_SUCCESS);
	assert_ptr_equal(object, same);
	assert_int_equal(offset, there);
	vm_object_deallocate(object);
	vm_object_deallocate(same);
	vm_map_deallocate(map);
	vm_map_deallocate(sharer);
}

static void
test_device(void **state)
{
	struct vm_map *map = vm_map_create(), *child;
	struct vm_object *object = vm_object_create_device(0x9000000,
	    2 * PAGE_SIZE);
	uintptr_t address = 0;
	uint64_t physical;
	vm_map_copy_t copy;

	assert_int_equal(vm_map_enter(map, &address, 2 * PAGE_SIZE, 0, true,
	    object, 0, false, VM_PROT_DEFAULT, VM_PROT_DEFAULT,
	    VM_INHERIT_COPY), KERN_SUCCESS);
	vm_unit_store(map, address + PAGE_SIZE, 3);
	assert_true(pmap_extract(map->pmap, address + PAGE_SIZE, &physical));
	assert_int_equal(physical, 0x9001000);
	child = vm_map_fork(map);
	assert_int_equal(vm_unit_load(child, address + PAGE_SIZE), 3);
	assert_int_equal(vm_map_copyin(map, address, 2 * PAGE_SIZE, false,
	    &copy), KERN_INVALID_ARGUMENT);
	assert_int_equal(vm_map_copyin(map, address, 8, false, &copy),
	    KERN_MEMORY_ERROR);
	vm_map_deallocate(map);
	vm_map_deallocate(child);
}

static void
test_frames(void **state)
{
	struct vm_map *map = vm_map_create();
	struct vm_page *pages = vm_page_alloc_contiguous(4, 0, UINT64_MAX,
	    PAGE_SIZE);
	struct vm_object *object = vm_object_create_pages(pages, 4);
	uintptr_t address = 0;
	uint64_t physical;
	vm_map_copy_t copy;

	assert_int_equal(vm_stat.wire_count, 4);
	assert_int_equal(vm_map_enter(map, &address, 5 * PAGE_SIZE, 0, true,
	    object, 0, false, VM_PROT_DEFAULT, VM_PROT_DEFAULT,
	    VM_INHERIT_COPY), KERN_SUCCESS);
	vm_unit_store(map, address + 3 * PAGE_SIZE, 9);
	assert_int_equal(*(uint64_t *)vm_page_to_direct(&pages[3]), 9);
	assert_int_equal(vm_map_page_phys(map, address, &physical),
	    KERN_SUCCESS);
	assert_int_equal(physical, vm_page_to_phys(pages));
	assert_int_equal(vm_map_copyin(map, address + 2 * PAGE_SIZE,
	    2 * PAGE_SIZE, false, &copy), KERN_SUCCESS);
	vm_unit_store(map, address + 3 * PAGE_SIZE, 10);
	assert_int_equal(vm_map_copyout(map, &address, copy), KERN_SUCCESS);
	assert_int_equal(vm_unit_load(map, address + PAGE_SIZE), 9);
	vm_map_deallocate(map);
}

/* Behind the end of an object that is no anonymous memory. */
static void
test_frames_end(void **state)
{
	struct vm_map *map = vm_map_create();
	struct vm_object *object = vm_object_create_pages(
	    vm_page_alloc(false), 1);
	uintptr_t address = 0;
	uint64_t value;

	assert_int_equal(vm_map_enter(map, &address, 2 * PAGE_SIZE, 0, true,
	    object, 0, false, VM_PROT_READ, VM_PROT_READ, VM_INHERIT_NONE),
	    KERN_SUCCESS);
	vm_unit_load(map, address);
	assert_int_equal(host_user_load(map, address + PAGE_SIZE, &value,
	    sizeof(value)), KERN_MEMORY_ERROR);
	vm_map_deallocate(map);
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_generations_in_line),
		TEST(test_generations_of_children),
		TEST(test_generations_of_shared),
		TEST(test_generations_of_buffers),
		TEST(test_overwrite_shared),
		TEST(test_identify),
		TEST(test_device),
		TEST(test_frames),
		TEST(test_frames_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
