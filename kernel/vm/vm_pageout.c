/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The thread that pages out, and who waits for it.
 *
 * The thread hears when pages are freed that it paged out, but not of others:
 * while somebody waits, it looks from time to time.
 */
#include <kern/clock.h>
#include <kern/lock.h>
#include <kern/panic.h>
#include <kern/thread.h>
#include <machine/cpu.h>
#include <machine/percpu.h>
#include <machine/platform.h>
#include <vm/vm_page.h>
#include <vm/vm_page_queue.h>
#include <vm/vm_pageout.h>

/* How often the thread looks, ms; rests when there was nothing to do. */
#define PAGEOUT_LOOK	5
#define PAGEOUT_REST	100

#define WAIT_HOPELESS	WAIT_OBJECT

static spinlock_t pageout_lock = SPINLOCK_INITIALIZER;
static struct thread *pageout_thread;
static struct waitq pageout_waiters;
static bool pageout_called;		/* since the thread last looked */
static bool pageout_sleeps;
/*
 * Until then, or until something is freed, there is nothing to do: who only
 * came by goes on.
 */
static uint64_t pageout_rest;
static uint64_t pageout_rest_washed;

/* The thread's own: when something happened last, and what was freed then. */
static uint64_t pageout_progress;
static uint64_t pageout_progress_washed;

static bool
pageout_resting(void)
{
	return cpu_counter() < pageout_rest &&
	    vm_page_queue_washed == pageout_rest_washed;
}

/* Let the thread look again; pageout_lock is held. */
static void
pageout_call(void)
{
	pageout_called = true;
	if (!pageout_sleeps)
		return;
	pageout_sleeps = false;
	thread_wake(pageout_thread, WAIT_DONE, false);
}

kern_return_t
vm_pageout_wait(bool interruptible)
{
	int woken;

	if (pageout_thread == NULL || thread_self()->wired)
		return KERN_RESOURCE_SHORTAGE;
	spin_lock(&pageout_lock);
	if (vm_page_free_count() > vm_page_reserve()) {
		spin_unlock(&pageout_lock);
		return KERN_SUCCESS;
	}
	pageout_call();
	woken = waitq_wait(&pageout_waiters, &pageout_lock, interruptible,
	    WAIT_FOREVER);
	if (woken == WAIT_INTERRUPTED)
		return KERN_ABORTED;
	return woken == WAIT_DONE ? KERN_SUCCESS : KERN_RESOURCE_SHORTAGE;
}

void
vm_pageout_throttle(void)
{
	uint64_t count = vm_page_free_count(), reserve = vm_page_reserve();

	if (pageout_thread == NULL || (!vm_page_queue_watched &&
	    (count >= reserve * VM_PAGE_LOW || pageout_resting())))
		return;
	spin_lock(&pageout_lock);
	pageout_call();
	spin_unlock(&pageout_lock);
	if (count <= reserve && !thread_self()->wired && !pageout_resting())
		vm_pageout_wait(true);
}

void
vm_pageout_retry(void)
{
	if (pageout_thread == NULL)
		return;
	spin_lock(&pageout_lock);
	pageout_rest = 0;
	pageout_call();
	spin_unlock(&pageout_lock);
}

/* Page out until enough is free; false: there was nothing to do. */
static bool
pageout_work(void)
{
	uint64_t target = vm_page_reserve() * VM_PAGE_TARGET, coming;

	for (;;) {
		coming = 0;
		if (waitq_empty(&pageout_waiters))
			coming = vm_page_queue_count(VM_PAGE_QUEUE_LAUNDRY) +
			    vm_page_queue_count(VM_PAGE_QUEUE_RETURNED);
		if (vm_page_free_count() + coming >= target)
			return true;
		if (vm_pageout_turn() == 0)
			return vm_pageout_busy();
		pageout_progress = cpu_counter();
	}
}

/* Milliseconds since something was paged out or freed. */
static uint64_t
pageout_stalled(void)
{
	uint64_t now = cpu_counter();

	if (pageout_progress_washed != vm_page_queue_washed ||
	    !vm_pageout_busy())
		pageout_progress = now;
	pageout_progress_washed = vm_page_queue_washed;
	return machine_ticks_to_ns(now - pageout_progress) / 1000000;
}

/*
 * Tell those who wait, if it is decided; pageout_lock is held.  `hope`: there
 * was something to do.
 */
static void
pageout_tell(bool hope)
{
	if (vm_page_free_count() > vm_page_reserve()) {
		waitq_wake_all(&pageout_waiters, WAIT_DONE);
		return;
	}
	if (hope)
		return;
	pageout_rest = clock_deadline_ms(PAGEOUT_REST);
	pageout_rest_washed = vm_page_queue_washed;
	waitq_wake_all(&pageout_waiters, WAIT_HOPELESS);
}

static void
pageout_main(void *argument)
{
	uint64_t stalled, patience = VM_PAGEOUT_PATIENCE;
	bool hope, look;

	thread_self()->wired = true;
	for (;;) {
		hope = pageout_work();
		stalled = pageout_stalled();
		if (stalled > patience && vm_pageout_forget()) {
			patience /= 2;
			continue;
		}
		if (vm_page_queue_count(VM_PAGE_QUEUE_RETURNED) == 0)
			patience = VM_PAGEOUT_PATIENCE;
		spin_lock(&pageout_lock);
		pageout_sleeps = false;
		pageout_tell(hope && stalled < VM_PAGEOUT_HOPELESS);
		look = !waitq_empty(&pageout_waiters);
		if (!look && pageout_called) {
			pageout_called = false;
			spin_unlock(&pageout_lock);
			continue;
		}
		pageout_called = false;
		pageout_sleeps = true;
		vm_page_queue_watched = look;
		thread_sleep_unlock(&pageout_lock, false, look ?
		    clock_deadline_ms(PAGEOUT_LOOK) : WAIT_FOREVER);
	}
}

void
vm_pageout_setup(void)
{
	waitq_init(&pageout_waiters);
	if (thread_create_kernel("pageout", pageout_main, NULL,
	    &pageout_thread) != KERN_SUCCESS)
		panic("startup: no memory for the pageout thread");
}
