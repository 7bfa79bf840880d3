/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Maps: where memory is put, what operations answer, how many entries and
 * faults they take.
 */
#include "vm_unit.h"

#define MB	(1UL << 20)
#define GB	(1UL << 30)

static int
setup(void **state)
{
	vm_unit_setup(64 * MB);
	*state = vm_map_create();
	assert_non_null(*state);
	return 0;
}

static int
teardown(void **state)
{
	vm_map_deallocate(*state);
	vm_unit_check_empty();
	return 0;
}

static void
test_enter_anywhere(void **state)
{
	struct vm_map *map = *state;
	uintptr_t a = vm_unit_allocate(map, 1), b;

	assert_int_equal(a, MACHINE_USER_MIN_CHOSEN);
	b = vm_unit_allocate(map, 3 * PAGE_SIZE);
	assert_int_equal(b, a + PAGE_SIZE);
	assert_int_equal(map->entry_count, 1);
	assert_int_equal(map->size, 4 * PAGE_SIZE);
	assert_int_equal(vm_unit_load(map, a), 0);
}

static void
test_enter_fixed(void **state)
{
	struct vm_map *map = *state;

	assert_int_equal(vm_unit_allocate_at(map, 5 * PAGE_SIZE + 12, 1),
	    KERN_SUCCESS);
	assert_int_equal(vm_unit_allocate_at(map, 4 * PAGE_SIZE,
	    3 * PAGE_SIZE), KERN_NO_SPACE);
	assert_int_equal(vm_unit_allocate_at(map, 0, PAGE_SIZE),
	    KERN_SUCCESS);
	assert_int_equal(vm_unit_allocate_at(map, MACHINE_USER_MAX,
	    PAGE_SIZE), KERN_INVALID_ADDRESS);
	assert_int_equal(vm_unit_allocate_at(map, MACHINE_USER_MAX -
	    PAGE_SIZE, 2 * PAGE_SIZE), KERN_NO_SPACE);
	assert_int_equal(vm_unit_allocate_at(map, MACHINE_USER_MAX -
	    PAGE_SIZE, PAGE_SIZE), KERN_SUCCESS);
	assert_int_equal(vm_unit_allocate_at(map, 64 * PAGE_SIZE,
	    UINT64_MAX), KERN_NO_SPACE);
	vm_unit_store(map, MACHINE_USER_MAX - 8, 1);
}

static void
test_enter_mask(void **state)
{
	struct vm_map *map = *state;
	uintptr_t address, mask;

	for (mask = 0; mask <= GB - 1; mask = mask * 4 + 3) {
		address = 0;
		assert_int_equal(vm_map_enter(map, &address, PAGE_SIZE, mask,
		    true, NULL, 0, false, VM_PROT_READ, VM_PROT_READ,
		    VM_INHERIT_NONE), KERN_SUCCESS);
		assert_int_equal(address & mask, 0);
	}
	address = PAGE_SIZE;
	assert_int_equal(vm_map_enter(map, &address, PAGE_SIZE, MB - 1, false,
	    NULL, 0, false, VM_PROT_READ, VM_PROT_READ, VM_INHERIT_NONE),
	    KERN_NO_SPACE);
}

/* Every free page is found again, whatever the order of deallocation. */
static void
test_space_is_reused(void **state)
{
	struct vm_map *map = *state;
	uint64_t seed = 1;
	uintptr_t base = vm_unit_allocate(map, 256 * PAGE_SIZE), address;
	unsigned int round, i;

	for (round = 0; round < 64; round++) {
		for (i = 0; i < 40; i++) {
			address = base + unit_random(&seed) % 256 * PAGE_SIZE;
			assert_int_equal(vm_map_remove(map, address,
			    address + PAGE_SIZE), KERN_SUCCESS);
		}
		while (map->size < 256 * PAGE_SIZE) {
			address = vm_unit_allocate(map, PAGE_SIZE);
			assert_true(address >= base &&
			    address < base + 256 * PAGE_SIZE);
		}
	}
	assert_int_equal(vm_unit_allocate(map, PAGE_SIZE),
	    base + 256 * PAGE_SIZE);
}

static void
test_size_limit(void **state)
{
	struct vm_map *map = *state;
	uintptr_t address = 0;

	map->size_limit = 4 * PAGE_SIZE;
	vm_unit_allocate(map, 3 * PAGE_SIZE);
	assert_int_equal(vm_map_enter(map, &address, 2 * PAGE_SIZE, 0, true,
	    NULL, 0, false, VM_PROT_READ, VM_PROT_READ, VM_INHERIT_NONE),
	    KERN_NO_SPACE);
	vm_unit_allocate(map, PAGE_SIZE);
}

static void
test_remove_frees(void **state)
{
	struct vm_map *map = *state;
	uintptr_t base = vm_unit_allocate(map, 100 * PAGE_SIZE);
	unsigned int i;

	for (i = 0; i < 100; i++)
		vm_unit_store(map, base + i * PAGE_SIZE, i);
	assert_int_equal(vm_page_queue_resident(), 100);
	vm_map_remove(map, base + 10 * PAGE_SIZE, base + 90 * PAGE_SIZE);
	assert_int_equal(vm_page_queue_resident(), 20);
	assert_int_equal(map->entry_count, 2);
	for (i = 90; i < 100; i++)
		assert_int_equal(vm_unit_load(map, base + i * PAGE_SIZE), i);
	assert_int_equal(vm_unit_allocate_at(map, base + 10 * PAGE_SIZE,
	    80 * PAGE_SIZE), KERN_SUCCESS);
	assert_int_equal(vm_unit_load(map, base + 50 * PAGE_SIZE), 0);
}

static void
test_remove_errors(void **state)
{
	struct vm_map *map = *state;

	assert_int_equal(vm_map_remove(map, PAGE_SIZE, PAGE_SIZE),
	    KERN_SUCCESS);
	assert_int_equal(vm_map_remove(map, 2 * PAGE_SIZE, PAGE_SIZE),
	    KERN_INVALID_ADDRESS);
	assert_int_equal(vm_map_remove(map, 0, MACHINE_USER_MAX + PAGE_SIZE),
	    KERN_INVALID_ADDRESS);
}

static void
test_protect(void **state)
{
	struct vm_map *map = *state;
	uintptr_t base = vm_unit_allocate(map, 4 * PAGE_SIZE);
	uint64_t value = 7;

	vm_unit_store(map, base + PAGE_SIZE, 5);
	assert_int_equal(vm_map_protect(map, base + PAGE_SIZE,
	    base + 2 * PAGE_SIZE, VM_PROT_READ, false), KERN_SUCCESS);
	assert_int_equal(map->entry_count, 3);
	assert_int_equal(host_user_store(map, base + PAGE_SIZE, &value, 8),
	    KERN_PROTECTION_FAILURE);
	assert_int_equal(vm_unit_load(map, base + PAGE_SIZE), 5);
	assert_int_equal(vm_map_protect(map, base + PAGE_SIZE,
	    base + 2 * PAGE_SIZE, VM_PROT_DEFAULT, false), KERN_SUCCESS);
	assert_int_equal(map->entry_count, 1);
	vm_unit_store(map, base + PAGE_SIZE, 6);
	assert_int_equal(vm_map_protect(map, base, base + 4 * PAGE_SIZE,
	    VM_PROT_READ, true), KERN_SUCCESS);
	assert_int_equal(vm_map_protect(map, base, base + PAGE_SIZE,
	    VM_PROT_DEFAULT, false), KERN_PROTECTION_FAILURE);
	assert_int_equal(vm_map_protect(map, base, base + 5 * PAGE_SIZE,
	    VM_PROT_READ, false), KERN_INVALID_ADDRESS);
}

static void
test_region(void **state)
{
	struct vm_map *map = *state;
	uintptr_t base = vm_unit_allocate(map, 2 * PAGE_SIZE);
	struct vm_map_region region;

	vm_map_inherit(map, base + PAGE_SIZE, base + 2 * PAGE_SIZE,
	    VM_INHERIT_SHARE);
	assert_int_equal(vm_map_region(map, 0, &region), KERN_SUCCESS);
	assert_int_equal(region.start, base);
	assert_int_equal(region.end, base + PAGE_SIZE);
	assert_int_equal(region.inheritance, VM_INHERIT_COPY);
	assert_null(region.object);
	assert_int_equal(vm_map_region(map, region.end, &region),
	    KERN_SUCCESS);
	assert_int_equal(region.inheritance, VM_INHERIT_SHARE);
	assert_int_equal(vm_map_region(map, region.end, &region),
	    KERN_NO_SPACE);
}

static void
test_wire(void **state)
{
	struct vm_map *map = *state;
	uintptr_t base = vm_unit_allocate(map, 8 * PAGE_SIZE);

	assert_int_equal(vm_map_wire(map, base, base + 8 * PAGE_SIZE,
	    VM_PROT_DEFAULT, UINT64_MAX), KERN_SUCCESS);
	assert_int_equal(vm_stat.wire_count, 8);
	assert_int_equal(host_pmap_check(map->pmap), 8);
	assert_int_equal(vm_map_wire(map, base, base + 8 * PAGE_SIZE,
	    VM_PROT_DEFAULT, UINT64_MAX), KERN_SUCCESS);
	assert_int_equal(vm_map_wire(map, base + PAGE_SIZE,
	    base + 2 * PAGE_SIZE, VM_PROT_NONE, UINT64_MAX), KERN_SUCCESS);
	assert_int_equal(vm_stat.wire_count, 7);
	assert_int_equal(vm_map_remove(map, base, base + 4 * PAGE_SIZE),
	    KERN_SUCCESS);
	assert_int_equal(vm_stat.wire_count, 4);
	assert_int_equal(map->wired_size, 4 * PAGE_SIZE);
	assert_int_equal(vm_map_wire(map, base + 3 * PAGE_SIZE,
	    base + 6 * PAGE_SIZE, VM_PROT_READ, UINT64_MAX), KERN_NO_SPACE);
	assert_int_equal(vm_map_wire_all(map, true, true), KERN_SUCCESS);
	vm_unit_allocate(map, 2 * PAGE_SIZE);
	assert_int_equal(vm_stat.wire_count, 6);
	assert_int_equal(vm_map_wire_all(map, false, false), KERN_SUCCESS);
	assert_int_equal(vm_stat.wire_count, 0);
}

/* A copy over the borders of translation tables. */
static void
test_copy_across_tables(void **state)
{
	struct vm_map *map = *state;
	const uintptr_t borders[] = { 2 * MB, GB, 512 * GB };
	uintptr_t start, address;
	vm_map_copy_t copy;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(borders); i++) {
		start = borders[i] - 2 * PAGE_SIZE;
		assert_int_equal(vm_unit_allocate_at(map, start,
		    4 * PAGE_SIZE), KERN_SUCCESS);
		vm_unit_store(map, borders[i] - 8, i + 100);
		vm_unit_store(map, borders[i], i + 200);
		assert_int_equal(vm_map_copyin(map, start, 4 * PAGE_SIZE,
		    false, &copy), KERN_SUCCESS);
		vm_unit_store(map, borders[i] - 8, 1);
		vm_unit_store(map, borders[i], 2);
		assert_int_equal(vm_map_copyout(map, &address, copy),
		    KERN_SUCCESS);
		address += 2 * PAGE_SIZE;
		assert_int_equal(vm_unit_load(map, address - 8), i + 100);
		assert_int_equal(vm_unit_load(map, address), i + 200);
	}
}

/* An unaligned copy gives away no byte beside those asked for. */
static void
test_copy_is_tight(void **state)
{
	struct vm_map *map = *state;
	uintptr_t base = vm_unit_allocate(map, 4 * PAGE_SIZE), address;
	static uint8_t data[4 * PAGE_SIZE];
	vm_map_copy_t copy;
	unsigned int i;

	memset(data, 0x55, sizeof(data));
	assert_int_equal(host_user_store(map, base, data, sizeof(data)),
	    KERN_SUCCESS);
	assert_int_equal(vm_map_copyin(map, base + 100, 3 * PAGE_SIZE, false,
	    &copy), KERN_SUCCESS);
	assert_int_equal(vm_map_copyout(map, &address, copy), KERN_SUCCESS);
	assert_int_equal(address & PAGE_MASK, 100);
	assert_int_equal(host_user_load(map, address - 100, data,
	    sizeof(data)), KERN_SUCCESS);
	for (i = 0; i < sizeof(data); i++)
		assert_int_equal(data[i], i >= 100 && i < 3 * PAGE_SIZE + 100
		    ? 0x55 : 0);
}

static void
test_copy_errors(void **state)
{
	struct vm_map *map = *state;
	uintptr_t base = vm_unit_allocate(map, 4 * PAGE_SIZE);
	vm_map_copy_t copy;

	assert_int_equal(vm_map_copyin(map, base, 5 * PAGE_SIZE, false,
	    &copy), KERN_INVALID_ADDRESS);
	assert_int_equal(vm_map_copyin(map, base, 0, false, &copy),
	    KERN_SUCCESS);
	assert_null(copy);
	assert_int_equal(vm_map_copyin(map, MACHINE_USER_MAX - 8, 16, false,
	    &copy), KERN_INVALID_ADDRESS);
	assert_int_equal(vm_map_copyin(map, 8, UINT64_MAX, false, &copy),
	    KERN_INVALID_ADDRESS);
	vm_map_protect(map, base, base + PAGE_SIZE, VM_PROT_NONE, false);
	assert_int_equal(vm_map_copyin(map, base, 4 * PAGE_SIZE, true,
	    &copy), KERN_PROTECTION_FAILURE);
	assert_int_equal(map->size, 4 * PAGE_SIZE);
}

/* Moving memory copies nothing. */
static void
test_copy_moves(void **state)
{
	struct vm_map *map = *state;
	uintptr_t base = vm_unit_allocate(map, 64 * PAGE_SIZE), address;
	vm_map_copy_t copy;
	unsigned int i;

	for (i = 0; i < 64; i++)
		vm_unit_store(map, base + i * PAGE_SIZE, i + 1);
	assert_int_equal(vm_map_copyin(map, base, 64 * PAGE_SIZE, true,
	    &copy), KERN_SUCCESS);
	assert_int_equal(map->size, 0);
	assert_int_equal(vm_map_copyout(map, &address, copy), KERN_SUCCESS);
	for (i = 0; i < 64; i++)
		vm_unit_store(map, address + i * PAGE_SIZE,
		    vm_unit_load(map, address + i * PAGE_SIZE) + 1);
	assert_int_equal(vm_page_queue_resident(), 64);
	assert_int_equal(vm_stat.cow_faults, 0);
}

/* Take all frames, linked by `next`; give them back. */
static uint32_t
take_memory(void)
{
	struct vm_page *page;
	uint32_t taken = 0;

	while ((page = vm_page_alloc(true)) != NULL) {
		page->next = taken;
		taken = vm_page_index(page);
	}
	return taken;
}

static void
give_memory(uint32_t taken)
{
	while (taken != 0) {
		struct vm_page *page = vm_page_from_index(taken);

		taken = page->next;
		vm_page_free(page);
	}
}

/* Without memory: errors, and everything back afterwards. */
static void
test_exhaustion(void **state)
{
	struct vm_map *map = *state, *child;
	uintptr_t base = vm_unit_allocate(map, 128 * MB);
	uint64_t value = 1, pages = 0;
	vm_map_copy_t copy;
	uint32_t taken;

	while (host_user_store(map, base + pages * PAGE_SIZE, &value,
	    sizeof(value)) == KERN_SUCCESS)
		pages++;
	assert_true(pages > 15000);
	taken = take_memory();
	assert_int_equal(host_user_store(map, base + pages * PAGE_SIZE,
	    &value, sizeof(value)), KERN_MEMORY_ERROR);
	assert_int_equal(vm_map_copyin(map, base, 16, false, &copy),
	    KERN_RESOURCE_SHORTAGE);
	child = vm_map_fork(map);
	vm_map_deallocate(child);
	give_memory(taken);
	assert_int_equal(vm_unit_load(map, base), 1);
	assert_int_equal(vm_map_remove(map, base, base + 128 * MB),
	    KERN_SUCCESS);
	assert_int_equal(vm_page_queue_resident(), 0);
	base = vm_unit_allocate(map, MB);
	vm_unit_store(map, base, 2);
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_enter_anywhere),
		TEST(test_enter_fixed),
		TEST(test_enter_mask),
		TEST(test_space_is_reused),
		TEST(test_size_limit),
		TEST(test_remove_frees),
		TEST(test_remove_errors),
		TEST(test_protect),
		TEST(test_region),
		TEST(test_wire),
		TEST(test_copy_across_tables),
		TEST(test_copy_is_tight),
		TEST(test_copy_errors),
		TEST(test_copy_moves),
		TEST(test_exhaustion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
