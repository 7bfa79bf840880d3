/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <tests/unit/unit.h>

#include <lib/list.h>

#define COUNT	5

struct item {
	int number;
	struct list link;
};

static struct item items[2 * COUNT];

/* The list holds the items first to last, in both directions. */
static void
check(const struct list *list, int first, int count)
{
	struct item *item;
	int n = first;

	list_for_each_entry(list, item, link)
		assert_ptr_equal(item, &items[n++]);

	assert_int_equal(n, first + count);

	list_for_each_entry_reverse(list, item, link)
		assert_ptr_equal(item, &items[--n]);

	assert_int_equal(n, first);
	assert_int_equal(list_empty(list), count == 0);
}

static void
fill(struct list *list, int first)
{
	int i;

	list_init(list);

	for (i = first; i < first + COUNT; i++)
		list_insert_tail(list, &items[i].link);
}

static void
test_insert(void **state)
{
	struct list list = LIST_INITIALIZER(list);

	check(&list, 0, 0);
	list_insert_head(&list, &items[2].link);
	check(&list, 2, 1);
	list_insert_head(&list, &items[0].link);
	list_insert_tail(&list, &items[4].link);
	list_insert_after(&items[1].link, &items[0].link);
	list_insert_before(&items[3].link, &items[4].link);
	check(&list, 0, COUNT);
	assert_ptr_equal(list_first_entry(&list, struct item, link),
			 &items[0]);
	assert_ptr_equal(list_last_entry(&list, struct item, link), &items[4]);
}

static void
test_remove(void **state)
{
	struct item *item, *next;
	struct list list;
	int n = 0;

	fill(&list, 0);
	list_remove_init(&items[4].link);
	assert_true(list_node_unlinked(&items[4].link));
	assert_false(list_node_unlinked(&items[3].link));
	assert_ptr_equal(list_pop(&list), &items[0].link);
	check(&list, 1, 3);

	list_for_each_entry_safe(&list, item, next, link) {
		list_remove(&item->link);
		item->link.next = NULL;
		n++;
	}

	assert_int_equal(n, 3);
	check(&list, 0, 0);
}

static void
test_concat(void **state)
{
	struct list list, other, empty = LIST_INITIALIZER(empty);

	fill(&list, 0);
	fill(&other, COUNT);
	list_concat(&list, &other);
	check(&list, 0, 2 * COUNT);
	check(&other, 0, 0);
	list_concat(&list, &empty);
	check(&list, 0, 2 * COUNT);
	list_concat(&empty, &list);
	check(&empty, 0, 2 * COUNT);
	list_move(&list, &empty);
	check(&list, 0, 2 * COUNT);
	check(&empty, 0, 0);
	list_move(&list, &empty);
	check(&list, 0, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_insert),
		cmocka_unit_test(test_remove),
		cmocka_unit_test(test_concat),
	};

	return cmocka_run_group_tests_name("list", tests, NULL, NULL);
}
