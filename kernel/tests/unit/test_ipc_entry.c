/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The table of names: lowest name first, any name, nothing left behind.
 */
#include "ipc_world.h"

#include <ipc/ipc_entry.h>
#include <stdlib.h>

static struct ipc_entry *
claim(void)
{
	struct ipc_entry *entry;

	assert_int_equal(ipc_entry_alloc(world_space(0), &entry),
	    KERN_SUCCESS);
	entry->type = MACH_PORT_TYPE_DEAD_NAME;
	entry->urefs = 1;
	return entry;
}

static kern_return_t
claim_name(mach_port_name_t name)
{
	struct ipc_entry *entry;
	kern_return_t kr = ipc_entry_alloc_name(world_space(0), name, &entry);

	if (kr == KERN_SUCCESS) {
		assert_int_equal(entry->name, name);
		entry->type = MACH_PORT_TYPE_DEAD_NAME;
		entry->urefs = 1;
	}
	return kr;
}

static void
unclaim(mach_port_name_t name)
{
	struct ipc_entry *entry = ipc_entry_lookup(world_space(0), name);

	assert_non_null(entry);
	spin_lock(&world_space(0)->lock);
	ipc_entry_free(world_space(0), entry);
	spin_unlock(&world_space(0)->lock);
}

static void
test_lowest_first(void **state)
{
	mach_port_name_t i;

	(void)state;
	for (i = 1; i <= 5000; i++)
		assert_int_equal(claim()->name, i);
	unclaim(4000);
	unclaim(77);
	unclaim(3);
	assert_int_equal(claim()->name, 3);
	assert_int_equal(claim()->name, 77);
	assert_int_equal(claim()->name, 4000);
	assert_int_equal(claim()->name, 5001);
	for (i = 1; i <= 5001; i++)
		unclaim(i);
	assert_int_equal(claim()->name, 1);
	unclaim(1);
}

static void
test_any_name(void **state)
{
	static const mach_port_name_t names[] = {
		1, 31, 32, 2047, 2048, 131071, 131072, 0x123456, 0x7fffffff,
		0x80000000, 0xffffffe0, 0xfffffff0, 0xfffffffe,
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		assert_null(ipc_entry_lookup(world_space(0), names[i]));
		assert_int_equal(claim_name(names[i]), KERN_SUCCESS);
		assert_int_equal(claim_name(names[i]), KERN_NAME_EXISTS);
	}
	assert_int_equal(claim()->name, 2);
	for (i = 0; i < ARRAY_SIZE(names); i++)
		unclaim(names[i]);
	assert_null(ipc_entry_lookup(world_space(0), 0));
	assert_null(ipc_entry_lookup(world_space(0), ~0u));
	unclaim(2);
}

static void
test_next(void **state)
{
	struct ipc_entry *entry;

	(void)state;
	claim_name(5);
	claim_name(40);
	claim_name(0xfffffffe);
	entry = ipc_entry_next(world_space(0), 0);
	assert_int_equal(entry->name, 5);
	entry = ipc_entry_next(world_space(0), 6);
	assert_int_equal(entry->name, 40);
	entry = ipc_entry_next(world_space(0), 41);
	assert_int_equal(entry->name, 0xfffffffe);
	assert_null(ipc_entry_next(world_space(0), 0xffffffff));
}

#define RANDOM_NAMES	700

static void
test_random(void **state)
{
	static bool used[RANDOM_NAMES];
	uint64_t seed = 20260101;
	mach_port_name_t name, lowest;
	unsigned int i;

	(void)state;
	for (i = 0; i < 20000; i++) {
		name = 1 + unit_random(&seed) % (RANDOM_NAMES - 1);
		for (lowest = 1; lowest < RANDOM_NAMES && used[lowest];
		    lowest++)
			continue;
		if (unit_random(&seed) % 2 == 0 && lowest < RANDOM_NAMES) {
			assert_int_equal(claim()->name, lowest);
			used[lowest] = true;
		} else if (used[name]) {
			unclaim(name);
			used[name] = false;
		} else {
			assert_int_equal(claim_name(name), KERN_SUCCESS);
			used[name] = true;
		}
		assert_int_equal(ipc_entry_lookup(world_space(0), name) !=
		    NULL, used[name]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_lowest_first,
		    world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(test_any_name,
		    world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(test_next,
		    world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(test_random,
		    world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
