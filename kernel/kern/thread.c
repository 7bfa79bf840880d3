/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The life of threads.
 *
 * A thread holds one reference on itself until it has ended.  A running one
 * ends itself at the user boundary (thread_exit) and is freed by another, for
 * nobody can free the stack he stands on; one that is parked is taken apart
 * by whoever terminates it (thread_stop.c).
 */

#include <kern/thread.h>

#include <kern/assert.h>
#include <kern/ipc_tt.h>
#include <kern/panic.h>
#include <kern/refcount.h>
#include <kern/sched.h>
#include <kern/slab.h>
#include <kern/task.h>
#include <lib/macros.h>
#include <lib/string.h>
#include <mach.server.h>
#include <mach/policy.h>
#include <machine/platform.h>

static struct slab_cache thread_cache;
static struct thread boot_thread;
struct thread *thread_kernel_first = &boot_thread;

/* As many ended threads may wait for somebody to pass by. */
#define REAP_MAX	16

/* Threads that ended, and the thread that frees them if no other does. */
static spinlock_t reap_lock;		/* interrupts disabled */
static struct list reap_list;
static unsigned int reap_count;
static struct waitq reaper;

static void
thread_init(struct thread *thread)
{
	memset(thread, 0, sizeof(*thread));
	thread->references = 1;
	spin_init(&thread->lock);
	spin_init(&thread->ipc_lock);
	spin_init(&thread->stop_lock);
	waitq_init(&thread->stop_waiters);
	list_node_init(&thread->wait_link);
	thread->policy = POLICY_TIMESHARE;
	thread->quantum = SCHED_QUANTUM;
	thread->cpu = cpu_id();
	thread->created = machine_uptime_ns();
}

/* The boot thread runs when nobody else wants to. */
static void
thread_set_idle(struct thread *thread)
{
	thread->priority = SCHED_PRIORITY_DEPRESSED;
	thread->max_priority = SCHED_PRIORITY_DEPRESSED;
	thread->sched_priority = SCHED_PRIORITY_DEPRESSED;
	thread->policy = POLICY_FIXEDPRI;
}

void
thread_bootstrap(void)
{
	struct thread *thread = &boot_thread;

	thread_init(thread);
	strlcpy(thread->name, "idle", sizeof(thread->name));
	thread->state = THREAD_RUNNING;
	thread->on_cpu = true;
	thread_set_idle(thread);
	percpu_self()->current = thread;
	percpu_self()->ast = 0;
}

void
thread_reap(struct thread *thread)
{
	spin_lock(&reap_lock);
	list_insert_tail(&reap_list, &thread->reap_link);
	if (++reap_count > REAP_MAX)
		waitq_wake_one(&reaper, WAIT_DONE, false);
	spin_unlock(&reap_lock);
	percpu_self()->ast |= AST_REAP;
}

void
thread_reap_idle(void)
{
	if (load_relaxed(&reap_count) == 0)
		return;
	spin_lock(&reap_lock);
	waitq_wake_one(&reaper, WAIT_DONE, false);
	spin_unlock(&reap_lock);
}

void
thread_reap_all(void)
{
	struct thread *thread;
	uint64_t flags;

	for (;;) {
		flags = spin_lock_irqsave(&reap_lock);
		if (list_empty(&reap_list))
			break;
		thread = list_entry(list_pop(&reap_list), struct thread,
		    reap_link);
		reap_count--;
		spin_unlock_irqrestore(&reap_lock, flags);
		thread_deallocate(thread);
	}
	spin_unlock_irqrestore(&reap_lock, flags);
}

static void
reaper_main(void *argument)
{
	for (;;) {
		thread_reap_all();
		cpu_irq_disable();
		spin_lock(&reap_lock);
		if (list_empty(&reap_list)) {
			waitq_wait(&reaper, &reap_lock, false, WAIT_FOREVER);
		} else {
			spin_unlock(&reap_lock);
			cpu_irq_enable();
		}
	}
}

void
thread_setup(void)
{
	slab_cache_init(&thread_cache, "thread", sizeof(struct thread), 16,
	    NULL);
	machine_thread_setup();
	boot_thread.task = kernel_task;
	spin_init(&reap_lock);
	list_init(&reap_list);
	reap_count = 0;
	waitq_init(&reaper);
	if (task_add_thread(kernel_task, &boot_thread) != KERN_SUCCESS ||
	    thread_create_kernel("reaper", reaper_main, NULL, NULL) !=
	    KERN_SUCCESS)
		panic("thread: no memory for the first threads");
	/* Not as the kernel task's other threads. */
	thread_set_idle(&boot_thread);
}

/* Where user threads begin, on their own stack; they park if suspended. */
static void
thread_start_user(struct thread *previous)
{
	sched_begin(previous);
	machine_return_to_user();
}

/* Not yet in the task's list: nobody else knows it. */
static void
thread_free(struct thread *thread)
{
	machine_thread_destroy(thread);
	slab_cache_free(&thread_cache, thread);
}

static struct thread *
thread_alloc(void (*entry)(struct thread *previous))
{
	struct thread *thread = slab_cache_alloc(&thread_cache);

	if (thread == NULL)
		return NULL;
	thread_init(thread);
	if (machine_thread_init(thread, (void (*)(void))entry) !=
	    KERN_SUCCESS) {
		slab_cache_free(&thread_cache, thread);
		return NULL;
	}
	thread->state = THREAD_STOPPED;
	thread->suspend_count = 1;
	thread->ast = AST_STOP;
	return thread;
}

kern_return_t
thread_create_in(struct task *task, struct thread **threadp)
{
	struct thread *thread;
	kern_return_t kr;

	if (task == TASK_NULL)
		return KERN_INVALID_ARGUMENT;
	thread = thread_alloc(thread_start_user);
	if (thread == NULL)
		return KERN_RESOURCE_SHORTAGE;
	thread->task = task;
	thread->user_stop_count = 1;
	thread->references = 2;
	kr = ipc_thread_init(thread);
	if (kr != KERN_SUCCESS) {
		thread_free(thread);
		return kr;
	}
	task_reference(task);
	kr = task_add_thread(task, thread);
	if (kr != KERN_SUCCESS) {
		ipc_thread_terminate(thread);
		thread_free(thread);
		task_deallocate(task);
		return kr;
	}
	*threadp = thread;
	return KERN_SUCCESS;
}

/* What a kernel thread runs lies where user threads have registers. */
static void
thread_start_kernel(struct thread *previous)
{
	const struct trap_frame *frame = thread_self()->machine.frame;
	void (*entry)(void *) = (void (*)(void *))frame->x[0];

	sched_begin(previous);
	entry((void *)frame->x[1]);
	thread_exit();
}

kern_return_t
thread_create_kernel(const char *name, void (*entry)(void *), void *argument,
    struct thread **threadp)
{
	struct thread *thread = thread_alloc(thread_start_kernel);

	if (thread == NULL)
		return KERN_RESOURCE_SHORTAGE;
	thread->task = kernel_task;
	strlcpy(thread->name, name, sizeof(thread->name));
	thread->machine.frame->x[0] = (uintptr_t)entry;
	thread->machine.frame->x[1] = (uintptr_t)argument;
	task_reference(kernel_task);
	task_add_thread(kernel_task, thread);
	thread->priority = SCHED_PRIORITY_KERNEL;
	thread->max_priority = SCHED_PRIORITY_KERNEL;
	thread->sched_priority = SCHED_PRIORITY_KERNEL;
	thread->policy = POLICY_FIXEDPRI;
	if (threadp != NULL) {
		thread_reference(thread);
		*threadp = thread;
	}
	thread_release(thread);
	return KERN_SUCCESS;
}

kern_return_t
thread_create(struct task *task, struct thread **thread)
{
	return thread_create_in(task, thread);
}

static __noinline void
thread_destroy(struct thread *thread)
{
	struct task *task = thread->task;

	assert(thread->state == THREAD_HALTED);
	assert(!thread->on_cpu);
	thread_free(thread);
	task_deallocate(task);
}

void
thread_deallocate(struct thread *thread)
{
	if (thread != THREAD_NULL && refcount_put(&thread->references))
		thread_destroy(thread);
}

void
thread_finish(struct thread *thread)
{
	ipc_thread_terminate(thread);
	task_remove_thread(thread->task, thread);
}

void
thread_exit(void)
{
	struct thread *self = thread_self();

	thread_finish(self);
	cpu_irq_disable();
	spin_lock(&self->lock);
	self->terminating = true;
	self->state = THREAD_HALTED;
	spin_unlock(&self->lock);
	thread_stop_notify(self);
	sched_block();
	panic("thread: an ended thread runs");
}
