/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Threads.
 */
#ifndef KERN_THREAD_H
#define KERN_THREAD_H

#include <stdbool.h>
#include <stdint.h>

#include <kern/lock.h>
#include <kern/waitq.h>
#include <lib/list.h>
#include <machine/percpu.h>
#include <machine/thread.h>
#include <mach/kern_return.h>
#include <mach/mach_types.h>

struct task;
struct ipc_port;
struct ipc_kmsg;
struct timer;

/* Reasons to look before the return to user mode (percpu->ast). */
#define AST_RESCHEDULE	0x1	/* a better thread is runnable */
#define AST_STOP	0x2	/* suspended or terminating */

/* Scheduling states; guarded by thread->lock. */
enum thread_state {
	THREAD_STOPPED,		/* never started, or parked by suspension */
	THREAD_READY,		/* in a run queue or the hand-off slot */
	THREAD_RUNNING,
	THREAD_WAITING,
	THREAD_HALTED,		/* terminated, off its stack or about to */
};

struct thread {
	/* Links and counts. */
	uint32_t references;		/* atomic */
	struct list task_link;		/* task->threads, task->lock */
	struct task *task;		/* constant; holds a reference */

	/* Scheduling: thread->lock (irqsave), except as noted. */
	spinlock_t lock;
	enum thread_state state;
	bool on_cpu;			/* its stack is in use by a CPU */
	uint32_t cpu;			/* last processor */
	struct list run_link;
	int priority;			/* base, 0 (best) .. 63 */
	int max_priority;
	int sched_priority;		/* in effect; higher number = worse */
	int depress_priority;		/* -1: not depressed */
	uint64_t depress_deadline;
	int policy;			/* POLICY_TIMESHARE or _FIXEDPRI */
	int policy_data;
	uint64_t quantum_left;		/* counter ticks */
	uint32_t ast;			/* AST_*, atomic */

	/* Waiting (waitq.h). */
	uint32_t wait_result;		/* atomic */
	bool wait_interruptible;
	struct list wait_link;		/* guarded by the queue's lock */
	uint64_t wait_deadline;

	/* Suspension and termination. */
	int suspend_count;		/* thread_suspend() minus resume */
	int user_stop_count;		/* what thread_info reports */
	bool started;			/* has a state to run from */
	bool terminating;
	struct waitq stop_waiters;	/* wait for it to park or halt */

	/* IPC: ipc lock of the thread (ipc_lock). */
	spinlock_t ipc_lock;
	struct ipc_port *self_port;	/* kernel holds the receive right */
	struct ipc_port *self_send;	/* THREAD_KERNEL_PORT, send right */
	struct ipc_port *exception_port;
	struct ipc_kmsg *received;	/* handed over by a sender */
	void *ipc_private;		/* owned by ipc/ */
	struct ipc_port *rpc_reply_port;/* owned by exception.c */

	/* Accounting: counter ticks. */
	uint64_t user_time;
	uint64_t system_time;
	uint64_t last_switch;
	uint64_t created;		/* machine_uptime_ns() */

	char name[32];
	void *kernel_stack;
	struct machine_thread machine;
};

void thread_setup(void);

/*
 * Create a thread in `task`, suspended once (as thread_create does).  The
 * caller gets a reference.  KERN_RESOURCE_SHORTAGE, KERN_FAILURE (task
 * terminating).
 */
kern_return_t thread_create_in(struct task *task, struct thread **thread);

/* A thread of the kernel task that runs entry(argument) in kernel mode. */
kern_return_t thread_create_kernel(const char *name, void (*entry)(void *),
    void *argument, struct thread **thread);

void thread_reference(struct thread *thread);
/* Drop a reference; NULL is fine.  (MIG calls this as a destructor.) */
void thread_deallocate(struct thread *thread);

/*
 * The Mach operations (mach.defs) on a referenced thread; THREAD_NULL gives
 * KERN_INVALID_ARGUMENT.  The rest of the routines stand in kern/*.c
 * with the prototypes of the MIG output.
 */
kern_return_t thread_suspend(struct thread *thread);
kern_return_t thread_resume(struct thread *thread);
kern_return_t thread_abort(struct thread *thread);
kern_return_t thread_terminate(struct thread *thread);

/* Every thread of `task` that is not the caller: stop and wait until it is. */
void thread_hold_all(struct task *task);
void thread_release_all(struct task *task);

/*
 * Called on the way to user mode with percpu->ast != 0, interrupts
 * enabled: reschedules, parks a suspended thread, ends a terminating one.
 */
void thread_ast(void);

/* End the current thread; does not return. */
void thread_exit(void) __attribute__((noreturn));

#define current_thread()	thread_self()
#define current_task()		(thread_self()->task)

extern struct thread *thread_kernel_first;	/* the boot thread */

#endif /* KERN_THREAD_H */
