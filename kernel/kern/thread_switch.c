/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Giving the processor away (GNU Mach manual, Hand-Off Scheduling).
 */

#include <kern/thread_switch.h>

#include <kern/clock.h>
#include <kern/ipc_tt.h>
#include <kern/sched.h>
#include <kern/thread.h>
#include <kern/waitq.h>
#include <mach/thread_switch.h>
#include <mach_host.server.h>

static void
set_depressed(struct thread *thread, bool depressed)
{
	uint64_t flags = spin_lock_irqsave(&thread->lock);
	bool better = thread->depressed && !depressed &&
	    thread->state == THREAD_READY;

	thread->depressed = depressed;
	sched_update_priority(thread);
	spin_unlock_irqrestore(&thread->lock, flags);
	if (better)
		sched_request();
}

static void
depression_over(void *thread)
{
	set_depressed(thread, false);
}

bool
sched_pass_depressed(uint64_t deadline)
{
	struct thread *self = thread_self();
	struct timer timer;
	bool others;

	set_depressed(self, true);
	timer_init(&timer, depression_over, self);
	if (deadline != WAIT_FOREVER)
		timer_arm(&timer, deadline);
	others = sched_pass();
	timer_cancel(&timer);
	set_depressed(self, false);
	return others;
}

kern_return_t
thread_depress_abort(struct thread *thread)
{
	if (thread == THREAD_NULL)
		return KERN_INVALID_ARGUMENT;
	set_depressed(thread, false);
	return KERN_SUCCESS;
}

/* Time 0 waits for the next tick. */
static uint64_t
switch_deadline(mach_msg_timeout_t ms)
{
	return clock_deadline_ms(ms != 0 ? ms : 1000 / CLOCK_HZ);
}

kern_return_t
thread_switch(mach_port_name_t name, int option, mach_msg_timeout_t time)
{
	struct thread *thread;

	if (!valid_switch_option(option))
		return KERN_INVALID_ARGUMENT;
	thread = name == MACH_PORT_NAME_NULL ? THREAD_NULL
	    : port_name_to_thread(name);
	if (thread != THREAD_NULL) {
		sched_prefer(thread);
		thread_deallocate(thread);
	}
	switch (option) {
	case SWITCH_OPTION_WAIT:
		thread_sleep(true, switch_deadline(time));
		break;
	case SWITCH_OPTION_DEPRESS:
		sched_pass_depressed(switch_deadline(time));
		break;
	default:
		sched_pass();
		break;
	}
	return KERN_SUCCESS;
}

boolean_t
swtch(void)
{
	return sched_pass();
}

boolean_t
swtch_pri(int priority)
{
	(void)priority;
	return sched_pass_depressed(WAIT_FOREVER);
}
