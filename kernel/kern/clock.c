/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The time of day is the time since boot plus an offset; adjustments let the
 * offset drift.
 */

#include <kern/clock.h>

#include <kern/clock_time.h>
#include <kern/lock.h>
#include <kern/panic.h>
#include <lib/macros.h>
#include <machine/memory.h>
#include <machine/platform.h>
#include <vm/vm_page.h>

#define NS_PER_SECOND	1000000000L
#define NS_PER_US	1000L

/* Of each second that passes, an adjustment takes 1 / ADJUST_DIVISOR. */
#define ADJUST_DIVISOR	200

/* Interrupts disabled. */
static spinlock_t clock_lock;
static int64_t clock_offset;		/* ns: time of day minus uptime */
static int64_t clock_adjustment;	/* ns still to be added */
static uint64_t clock_adjusted;		/* uptime, ns, accounted for */

/* In the page that programs map: `volatile` for their sake. */
static volatile struct mapped_time_value *clock_mapped;
static uint64_t clock_mapped_page;

static void
time_from_ns(time_value64_t *time, int64_t ns)
{
	time->seconds = ns / NS_PER_SECOND;
	time->nanoseconds = ns % NS_PER_SECOND;
	if (time->nanoseconds < 0) {
		time->seconds--;
		time->nanoseconds += NS_PER_SECOND;
	}
}

void
clock_time_setup(void)
{
	struct vm_page *page = vm_page_alloc(true);

	if (page == NULL)
		panic("clock: no memory for the mapped time");
	page->flags |= VM_PAGE_PRIVATE;
	machine_page_clear(vm_page_to_direct(page));
	clock_mapped = vm_page_to_direct(page);
	clock_mapped_page = vm_page_to_phys(page) >> PAGE_SHIFT;
	clock_offset = machine_boot_time() * NS_PER_SECOND;
	clock_time_update();
}

/* The lock is held.  Returns the uptime. */
static uint64_t
clock_adjust(void)
{
	uint64_t now = machine_uptime_ns();
	int64_t step;

	if (clock_adjustment != 0) {
		step = (int64_t)(now - clock_adjusted) / ADJUST_DIVISOR;
		if (clock_adjustment > 0)
			step = MIN(step, clock_adjustment);
		else
			step = MAX(-step, clock_adjustment);
		clock_offset += step;
		clock_adjustment -= step;
	}
	clock_adjusted = now;
	return now;
}

/*
 * Readers take the seconds first, the check word last, and try again when
 * they differ: so the words are written in the other order (GNU Mach
 * manual, Host Time).
 */
static void
clock_publish(const time_value64_t *time, const time_value64_t *uptime)
{
	volatile struct mapped_time_value *mapped = clock_mapped;

	mapped->check_seconds = (integer_t)time->seconds;
	mapped->check_seconds64 = time->seconds;
	mapped->check_upseconds64 = uptime->seconds;
	__atomic_thread_fence(__ATOMIC_RELEASE);
	mapped->microseconds = (integer_t)(time->nanoseconds / NS_PER_US);
	mapped->time_value.nanoseconds = time->nanoseconds;
	mapped->uptime_value.nanoseconds = uptime->nanoseconds;
	__atomic_thread_fence(__ATOMIC_RELEASE);
	mapped->seconds = (integer_t)time->seconds;
	mapped->time_value.seconds = time->seconds;
	mapped->uptime_value.seconds = uptime->seconds;
}

/* The lock is held. */
static void
clock_update_locked(void)
{
	time_value64_t time, uptime;
	uint64_t now = clock_adjust();

	time_from_ns(&uptime, (int64_t)now);
	time_from_ns(&time, (int64_t)now + clock_offset);
	clock_publish(&time, &uptime);
}

void
clock_time_update(void)
{
	spin_lock(&clock_lock);
	clock_update_locked();
	spin_unlock(&clock_lock);
}

void
clock_get_time(time_value64_t *time)
{
	uint64_t flags = spin_lock_irqsave(&clock_lock);
	int64_t now = (int64_t)clock_adjust() + clock_offset;

	spin_unlock_irqrestore(&clock_lock, flags);
	time_from_ns(time, now);
}

void
clock_time_at(uint64_t uptime, time_value64_t *time)
{
	uint64_t flags = spin_lock_irqsave(&clock_lock);
	int64_t offset = clock_offset;

	spin_unlock_irqrestore(&clock_lock, flags);
	time_from_ns(time, (int64_t)uptime + offset);
}

void
clock_get_uptime(time_value64_t *time)
{
	time_from_ns(time, (int64_t)machine_uptime_ns());
}

void
clock_set_time(const time_value64_t *time)
{
	uint64_t flags = spin_lock_irqsave(&clock_lock);

	clock_adjustment = 0;
	clock_offset = time->seconds * NS_PER_SECOND + time->nanoseconds -
	    (int64_t)clock_adjust();
	clock_update_locked();
	spin_unlock_irqrestore(&clock_lock, flags);
}

int64_t
clock_adjust_time(int64_t nanoseconds)
{
	uint64_t flags = spin_lock_irqsave(&clock_lock);
	int64_t left;

	clock_adjust();
	left = clock_adjustment;
	clock_adjustment = nanoseconds;
	spin_unlock_irqrestore(&clock_lock, flags);
	return left;
}

int64_t
clock_adjustment_left(void)
{
	uint64_t flags = spin_lock_irqsave(&clock_lock);
	int64_t left;

	clock_adjust();
	left = clock_adjustment;
	spin_unlock_irqrestore(&clock_lock, flags);
	return left;
}

uint64_t
clock_mapped_time_page(void)
{
	return clock_mapped_page;
}
