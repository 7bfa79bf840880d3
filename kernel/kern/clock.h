/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Time: the system clock, time-outs, the tick.
 */
#ifndef KERN_CLOCK_H
#define KERN_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include <lib/rbtree.h>
#include <mach/time_value.h>

#define CLOCK_HZ	100

/*
 * A time-out: call(argument) from the clock interrupt, with interrupts
 * disabled and no lock held, once the counter reaches `deadline`.  Owned by
 * the caller; the lock order of timers is innermost.
 */
struct timer {
	struct rbtree_node node;
	uint64_t deadline;		/* counter ticks */
	void (*call)(void *argument);
	void *argument;
	bool armed;
	uint32_t cpu;			/* whose queue it is or was in */
};

void clock_setup(void);

void timer_init(struct timer *timer, void (*call)(void *), void *argument);
void timer_arm(struct timer *timer, uint64_t deadline);
/*
 * True when it was armed and will not run.  When it returns, the call is not
 * running on another processor any more.
 */
bool timer_cancel(struct timer *timer);

/* From the timer interrupt, interrupts disabled. */
void clock_interrupt(void);

/* This processor goes idle: no ticks; or is busy again.  IRQs disabled. */
void clock_tick_stop(void);
void clock_tick_start(void);

/* Counter value `ms` milliseconds from now; 0 is now. */
uint64_t clock_deadline_ms(uint32_t ms);

/* Wall-clock time, and time since boot. */
void clock_get_time(time_value64_t *time);
void clock_get_uptime(time_value64_t *time);
void clock_set_time(const time_value64_t *time);
/* What the wall clock of today showed `uptime` ns after boot. */
void clock_time_at(uint64_t uptime, time_value64_t *time);

/*
 * Let the time of day drift by `nanoseconds` (either sign), 5 ms a second, in
 * place of what is left of an earlier adjustment, which is returned.
 */
int64_t clock_adjust_time(int64_t nanoseconds);
int64_t clock_adjustment_left(void);

/* Physical page number with the mapped_time_value_t of device "time". */
uint64_t clock_mapped_time_page(void);

#endif /* KERN_CLOCK_H */
