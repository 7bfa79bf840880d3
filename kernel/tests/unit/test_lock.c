/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The checks of locks that debug builds make.  Each test has classes of its
 * own: what was learnt of an order stays learnt.
 */

#include <tests/unit/unit.h>

#include <kern/lock.h>
#include <machine/percpu.h>

static void
take_two(spinlock_t *outer, spinlock_t *inner)
{
	spin_lock(outer);
	spin_lock(inner);
	spin_unlock(inner);
	spin_unlock(outer);
}

static void
test_order(void **state)
{
	spinlock_t a, b;

	spin_init(&a);
	spin_init(&b);
	take_two(&a, &b);
	take_two(&a, &b);
	unit_assert_panic(take_two(&b, &a));
}

/* a before b and b before c: so a before c. */
static void
test_long_way(void **state)
{
	spinlock_t one, two, three;

	spin_init(&one);
	spin_init(&two);
	spin_init(&three);
	take_two(&one, &two);
	take_two(&two, &three);
	unit_assert_panic(take_two(&three, &one));
	spin_init(&one);
	spin_init(&three);
	take_two(&one, &three);
}

/* Whoever only tries cannot hang. */
static void
test_try(void **state)
{
	spinlock_t first, second;

	spin_init(&first);
	spin_init(&second);
	take_two(&first, &second);
	spin_lock(&second);
	assert_true(spin_trylock(&first));
	assert_false(spin_trylock(&first));
	spin_unlock(&first);
	spin_unlock(&second);
}

static void
init_same(spinlock_t *lock)
{
	spin_init(lock);
}

static void
test_same_class(void **state)
{
	spinlock_t pair[2];

	init_same(&pair[0]);
	init_same(&pair[1]);
	take_two(&pair[0], &pair[1]);
	unit_assert_panic(take_two(&pair[1], &pair[0]));
}

static void
test_twice(void **state)
{
	spinlock_t again;

	spin_init(&again);
	spin_lock(&again);
	unit_assert_panic(spin_lock(&again));
	spin_init(&again);
	unit_assert_panic(spin_unlock(&again));
}

static void
test_held(void **state)
{
	spinlock_t held;

	spin_init(&held);
	spin_assert_none();
	unit_assert_panic(spin_assert_held(&held));
	spin_lock(&held);
	spin_assert_held(&held);
	unit_assert_panic(spin_assert_none());
}

static void
test_interrupts(void **state)
{
	spinlock_t open, safe;
	uint64_t flags;

	cpu_irq_enable();
	spin_init(&open);
	spin_init(&safe);
	spin_lock(&open);
	spin_unlock(&open);
	percpu_self()->in_interrupt = true;
	flags = spin_lock_irqsave(&safe);
	spin_unlock_irqrestore(&safe, flags);
	unit_assert_panic(spin_lock(&open));
	percpu_self()->in_interrupt = false;
	flags = spin_lock_irqsave(&safe);
	spin_unlock_irqrestore(&safe, flags);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_long_way),
		cmocka_unit_test(test_try),
		cmocka_unit_test(test_same_class),
		cmocka_unit_test(test_twice),
		cmocka_unit_test(test_held),
		cmocka_unit_test(test_interrupts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
