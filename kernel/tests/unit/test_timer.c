/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Timers, against a model, and the clock.
 */
#include "kern_world.h"

#include <machine/memory.h>

#define TIMERS	50

static struct timer timers[TIMERS];
static uint64_t fired_at[TIMERS];
static unsigned int fired;
static uint64_t last_deadline;

static void
timer_fires(void *argument)
{
	struct timer *timer = argument;

	assert_true(timer->deadline <= cpu_counter());
	assert_true(timer->deadline >= last_deadline);
	assert_false(timer->armed);
	last_deadline = timer->deadline;
	fired_at[timer - timers] = cpu_counter();
	fired++;
}

static void
test_order(void **state)
{
	unsigned int i;

	(void)state;
	fired = 0;
	last_deadline = 0;
	for (i = 0; i < TIMERS; i++) {
		timer_init(&timers[i], timer_fires, &timers[i]);
		timer_arm(&timers[i], cpu_counter() +
		    (uint64_t)(i * 37 % TIMERS) * WORLD_MS / 2);
	}
	world_pass(10 * WORLD_MS);
	assert_int_equal(fired, 21);
	world_pass(100 * WORLD_MS);
	assert_int_equal(fired, TIMERS);
}

/* Each armed timer fires in the first interrupt behind its deadline. */
static void
test_model(void **state)
{
	uint64_t seed = 7, now;
	unsigned int i, step;
	bool armed;

	(void)state;
	for (i = 0; i < TIMERS; i++)
		timer_init(&timers[i], timer_fires, &timers[i]);
	for (step = 0; step < 5000; step++) {
		i = (unsigned int)(unit_random(&seed) % TIMERS);
		armed = timers[i].armed;
		if (step % 5 == 0) {
			assert_int_equal(timer_cancel(&timers[i]), armed);
			assert_false(timers[i].armed);
		} else if (!armed) {
			fired_at[i] = 0;
			timer_arm(&timers[i], cpu_counter() +
			    unit_random(&seed) % (20 * WORLD_MS));
		}
		last_deadline = 0;
		world_pass(unit_random(&seed) % WORLD_MS);
		now = cpu_counter();
		for (i = 0; i < TIMERS; i++) {
			if (timers[i].armed)
				assert_true(timers[i].deadline > now);
			if (fired_at[i] == now)
				assert_true(timers[i].deadline <= now);
		}
	}
}

static void
timer_again(void *argument)
{
	struct timer *timer = argument;

	fired++;
	if (fired < 5)
		timer_arm(timer, timer->deadline + WORLD_MS);
}

static void
test_rearm(void **state)
{
	struct timer timer;

	(void)state;
	fired = 0;
	timer_init(&timer, timer_again, &timer);
	timer_arm(&timer, cpu_counter() + WORLD_MS);
	world_pass(3 * WORLD_MS);
	assert_int_equal(fired, 3);
	world_pass(10 * WORLD_MS);
	assert_int_equal(fired, 5);
	assert_false(timer_cancel(&timer));
}

static void
test_deadline(void **state)
{
	(void)state;
	assert_int_equal(clock_deadline_ms(0), 0);
	assert_true(clock_deadline_ms(3) > cpu_counter() + 3 * WORLD_MS);
	assert_true(clock_deadline_ms(UINT32_MAX) >
	    cpu_counter() + 4000000000UL * WORLD_MS);
}

static int64_t
time_ns(void (*get)(time_value64_t *))
{
	time_value64_t time;

	get(&time);
	assert_in_range(time.nanoseconds, 0, TIME_NANOS_MAX - 1);
	return time.seconds * TIME_NANOS_MAX + time.nanoseconds;
}

static void
test_time(void **state)
{
	const time_value64_t time = { 1700000000, 999999999 };
	int64_t uptime = time_ns(clock_get_uptime);

	(void)state;
	clock_set_time(&time);
	assert_int_equal(time_ns(clock_get_time), 1700000000999999999);
	host_advance(1);
	assert_int_equal(time_ns(clock_get_time), 1700000001000000000);
	assert_int_equal(time_ns(clock_get_uptime), uptime + 1);
}

/* 5 ms a second, then no further. */
static void
test_adjust(void **state)
{
	const time_value64_t zero = { 1000, 0 };

	(void)state;
	clock_set_time(&zero);
	assert_int_equal(clock_adjust_time(7 * (int64_t)WORLD_MS), 0);
	host_advance(1000 * WORLD_MS);
	assert_int_equal(time_ns(clock_get_time), 1001005000000);
	assert_int_equal(clock_adjustment_left(), 2 * WORLD_MS);
	host_advance(1000 * WORLD_MS);
	assert_int_equal(time_ns(clock_get_time), 1002007000000);
	assert_int_equal(clock_adjust_time(-(int64_t)WORLD_MS), 0);
	host_advance(100 * WORLD_MS);
	assert_int_equal(time_ns(clock_get_time), 1002106500000);
	assert_int_equal(clock_adjust_time(0), -(int64_t)WORLD_MS / 2);
	host_advance(1000 * WORLD_MS);
	assert_int_equal(time_ns(clock_get_time), 1003106500000);
}

static void
test_mapped(void **state)
{
	const time_value64_t time = { 1234567890, 123456789 };
	const struct mapped_time_value *mapped =
	    phys_to_direct(clock_mapped_time_page() << PAGE_SHIFT);

	(void)state;
	clock_set_time(&time);
	assert_int_equal(mapped->seconds, 1234567890);
	assert_int_equal(mapped->microseconds, 123456);
	assert_int_equal(mapped->check_seconds, 1234567890);
	assert_int_equal(mapped->time_value.seconds, 1234567890);
	assert_int_equal(mapped->time_value.nanoseconds, 123456789);
	assert_int_equal(mapped->check_seconds64, 1234567890);
	world_pass(WORLD_TICK);
	assert_int_equal(mapped->time_value.nanoseconds, 133456789);
	assert_int_equal(mapped->uptime_value.seconds * TIME_NANOS_MAX +
	    mapped->uptime_value.nanoseconds, time_ns(clock_get_uptime));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_order, world_setup),
		cmocka_unit_test_setup(test_model, world_setup),
		cmocka_unit_test_setup(test_rearm, world_setup),
		cmocka_unit_test_setup(test_deadline, world_setup),
		cmocka_unit_test_setup(test_time, world_setup),
		cmocka_unit_test_setup(test_adjust, world_setup),
		cmocka_unit_test_setup(test_mapped, world_setup),
	};

	return cmocka_run_group_tests_name("timer", tests, NULL, NULL);
}
