/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Pageout without its thread: queues of pages, which page goes first, which
 * pages are known to be out.
 */
#include "vm_unit.h"

#include <vm/memory_object.h>
#include <vm/vm_pageout.h>

#define PAGES		64
#define DROPPED		24

static int
setup(void **state)
{
	vm_unit_setup(64UL << 20);
	return 0;
}

static int
teardown(void **state)
{
	unsigned int queue;

	vm_unit_check_empty();
	for (queue = 0; queue < VM_PAGE_QUEUES; queue++)
		assert_int_equal(vm_page_queues[queue].pager_count, 0);
	return 0;
}

static uint64_t
count(unsigned int queue)
{
	return vm_page_queue_count(queue);
}

/* An object whose pager has the content of all its pages. */
static struct vm_object *
object_clean(unsigned int pages)
{
	static struct ipc_port pager;
	struct vm_object *object = vm_object_create(pages * PAGE_SIZE);
	unsigned int i;

	object->internal = false;
	object->external = true;
	object->pager = &pager;
	object->pager_created = true;
	object->pager_ready = true;
	for (i = 0; i < pages; i++)
		vm_object_page_fresh(object, i * PAGE_SIZE)->flags = 0;
	return object;
}

static void
object_free(struct vm_object *object)
{
	vm_object_free_range(object, 0, UINT64_MAX);
	object->pager = NULL;
	object->pager_created = false;
	object->external = false;
	object->internal = true;
	vm_object_deallocate(object);
}

static struct vm_page *
page_at(struct vm_object *object, unsigned int index)
{
	return vm_object_page_lookup(object, index * PAGE_SIZE);
}

static void
test_queues(void **state)
{
	struct vm_object *object = vm_object_create(1000 * PAGE_SIZE);
	uint64_t washed = vm_page_queue_washed;
	unsigned int i;

	for (i = 0; i < 1000; i++)
		assert_non_null(vm_object_page_fresh(object, i * PAGE_SIZE));
	assert_int_equal(page_at(object, 999)->queue, VM_PAGE_QUEUE_NEW);
	assert_int_equal(vm_page_queue_resident(), 1000);
	assert_int_equal(count(VM_PAGE_QUEUE_ACTIVE), 1000);
	assert_int_equal(vm_page_queue_dirty(), 1000);
	vm_object_page_wire(page_at(object, 5));
	assert_int_equal(count(VM_PAGE_QUEUE_ACTIVE), 999);
	vm_object_page_unwire(page_at(object, 5));
	vm_page_queue_flush();
	assert_int_equal(count(VM_PAGE_QUEUE_ACTIVE), 1000);
	vm_page_queue_move(page_at(object, 7), VM_PAGE_QUEUE_LAUNDRY);
	vm_page_queue_move(page_at(object, 8), VM_PAGE_QUEUE_RETURNED);
	vm_page_queue_move(page_at(object, 9), VM_PAGE_QUEUE_RETURNED);
	assert_true(vm_pageout_busy());
	vm_object_page_wire(page_at(object, 7));
	assert_int_equal(count(VM_PAGE_QUEUE_LAUNDRY), 1);
	vm_object_page_free(object, page_at(object, 7));
	assert_int_equal(vm_page_queue_washed, washed + 1);
	assert_true(vm_pageout_forget());
	assert_false(vm_pageout_forget());
	assert_false(vm_pageout_busy());
	assert_int_equal(count(VM_PAGE_QUEUE_INACTIVE), 2);
	assert_int_equal(vm_page_queue_washed, washed + 3);
	vm_object_deallocate(object);
}

/* Pages that were used meanwhile stay, the others go. */
static void
test_second_chance(void **state)
{
	struct vm_object *object = object_clean(PAGES);
	struct vm_map *map = vm_map_create();
	unsigned int i, kept = 0;

	assert_int_equal(vm_page_queue_resident(), PAGES);
	for (i = 0; i < PAGES; i += 2)
		assert_int_equal(pmap_enter(map->pmap, 0x100000 +
		    i * PAGE_SIZE, page_at(object, i), VM_PROT_READ, false,
		    false), KERN_SUCCESS);
	for (i = 0; i < DROPPED; i++)
		assert_int_equal(vm_pageout_turn(), 1);
	for (i = 0; i < PAGES; i += 2)
		assert_non_null(page_at(object, i));
	assert_true(vm_stat.reactivations == 0);
	/* A page that is used once it is inactive is active again. */
	while (vm_page_queue_first(VM_PAGE_QUEUE_INACTIVE) == NULL)
		assert_int_equal(vm_pageout_turn(), 1);
	for (i = 0; i < PAGES; i += 2) {
		assert_true(pmap_fault_fast(map->pmap, 0x100000 +
		    i * PAGE_SIZE, VM_PROT_READ) ||
		    page_at(object, i) == NULL);
		kept += page_at(object, i) != NULL;
	}
	assert_int_equal(kept, PAGES / 2);
	while (object->resident_count > 0)
		assert_int_equal(vm_pageout_turn(), 1);
	assert_int_equal(vm_pageout_turn(), 0);
	vm_map_deallocate(map);
	object_free(object);
}

/* What cannot go stays: wired, changed without anybody to give it to. */
static void
test_stays(void **state)
{
	struct vm_object *object = object_clean(4);
	struct vm_object *anonymous = vm_object_create(4 * PAGE_SIZE);

	vm_object_page_fresh(anonymous, 0);
	vm_object_page_wire(page_at(object, 1));
	page_at(object, 2)->flags |= 1 << VM_PAGE_UNLOCK_SHIFT;
	assert_int_equal(vm_pageout_turn(), 1);
	assert_int_equal(vm_pageout_turn(), 1);
	assert_int_equal(vm_pageout_turn(), 0);
	assert_null(page_at(object, 0));
	assert_non_null(page_at(object, 1));
	assert_non_null(page_at(object, 2));
	assert_null(page_at(object, 3));
	assert_non_null(page_at(anonymous, 0));
	assert_int_equal(vm_pageout_wait(true), KERN_RESOURCE_SHORTAGE);
	object->pager = NULL;
	page_at(object, 2)->flags = 0;
	assert_int_equal(vm_pageout_turn(), 0);
	assert_non_null(page_at(object, 2));
	vm_object_deallocate(anonymous);
	object_free(object);
}

/* Which pages are out, against a plain array. */
static void
test_paged(void **state)
{
	static bool model[4096];
	struct vm_object *object = vm_object_create(4096 * PAGE_SIZE);
	uint64_t random = 88172645463325252u, start, end, i;
	unsigned int turn;

	memset(model, 0, sizeof(model));
	object->pager_created = true;
	for (turn = 0; turn < 3000; turn++) {
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		start = random % 4096;
		end = start + random / 4096 % 600;
		if (turn % 8 != 0) {
			assert_int_equal(vm_object_paged_set(object,
			    start * PAGE_SIZE), KERN_SUCCESS);
			model[start] = true;
			continue;
		}
		vm_object_paged_clear(object, start * PAGE_SIZE,
		    end * PAGE_SIZE);
		for (i = start; i < end && i < 4096; i++)
			model[i] = false;
		for (i = 0; i < 4096; i++)
			assert_int_equal(vm_object_is_paged(object,
			    i * PAGE_SIZE), model[i]);
	}
	vm_object_paged_clear(object, 0, UINT64_MAX);
	assert_true(rdxtree_empty(&object->paged));
	assert_true(object->paged_again);
	object->pager_created = false;
	vm_object_deallocate(object);
	assert_int_equal(vm_unit_objects("kalloc_64"), 0);
}

/* A copy that its pager was called for: the pager has all of its range first. */
static void
test_called(void **state)
{
	struct vm_object *object = vm_object_create(2000 * PAGE_SIZE);
	const uint64_t first = 600 * PAGE_SIZE, last = 1499 * PAGE_SIZE;

	object->paging_offset = first;
	object->called_end = last + PAGE_SIZE;
	assert_false(vm_object_is_paged(object, first));
	object->pager_created = true;
	assert_false(vm_object_is_paged(object, first - PAGE_SIZE));
	assert_true(vm_object_is_paged(object, first));
	assert_true(vm_object_is_paged(object, last));
	assert_false(vm_object_is_paged(object, last + PAGE_SIZE));
	assert_int_equal(vm_object_paged_set(object, last), KERN_SUCCESS);
	assert_true(rdxtree_empty(&object->paged));
	assert_int_equal(vm_object_paged_unset(object, last), KERN_SUCCESS);
	assert_false(vm_object_has_page(object, last));
	assert_true(vm_object_has_page(object, last - PAGE_SIZE));
	assert_int_equal(vm_object_paged_set(object, last), KERN_SUCCESS);
	assert_true(vm_object_is_paged(object, last));
	object->pager_created = false;
	vm_object_deallocate(object);
	assert_int_equal(vm_unit_objects("kalloc_64"), 0);
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_queues),
		TEST(test_second_chance),
		TEST(test_stays),
		TEST(test_paged),
		TEST(test_called),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
