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
#include <kern/refcount.h>
#include <kern/waitq.h>
#include <lib/list.h>
#include <machine/percpu.h>
#include <machine/thread.h>
#include <mach/kern_return.h>
#include <mach/mach_types.h>

struct task;
struct ipc_port;
struct ipc_kmsg;

#define THREAD_NAME_SIZE	64
#define THREAD_NULL		((struct thread *)0)

/* Reasons to look before the return to user mode (percpu->ast). */
#define AST_RESCHEDULE	0x1	/* a better thread is runnable */
#define AST_STOP	0x2	/* suspended or terminating */
#define AST_ABORT	0x4	/* interrupt waits up to the user boundary */
#define AST_HANDOFF	0x8	/* percpu->handoff is not empty */
#define AST_REAP	0x10	/* a thread ended: free it */
#define AST_MEMORY	0x20	/* memory is short: see to pageout */

/* Scheduling states; guarded by thread->lock. */
enum thread_state {
	THREAD_STOPPED,		/* never started, or parked by suspension */
	THREAD_READY,		/* in a run queue or the hand-off slot */
	THREAD_RUNNING,
	THREAD_WAITING,
	THREAD_HALTED,		/* terminated, off its stack or about to */
};

struct thread {
	struct machine_thread machine;	/* first: known to assembly */

	/* Links and counts. */
	uint32_t references;		/* atomic */
	struct list task_link;		/* task->threads, task->lock */
	struct task *task;		/* constant; holds a reference */

	/* Scheduling: thread->lock (irqsave), except as noted. */
	spinlock_t lock;
	enum thread_state state;
	bool on_cpu;			/* its stack is in use; atomic */
	bool queued;			/* in a run queue (run queue's lock) */
	bool wired;			/* thread_wire() */
	uint32_t cpu;			/* last processor */
	struct list run_link;
	int priority;			/* base, 0 (best) .. 63 */
	int max_priority;
	int sched_priority;		/* in effect; higher number = worse */
	bool depressed;
	int policy;			/* POLICY_TIMESHARE or _FIXEDPRI */
	int policy_data;		/* quantum in ms, fixed priority */
	int quantum;			/* ticks left of it */
	uint32_t usage;			/* recent ticks, decays by seconds */
	uint32_t usage_epoch;		/* when `usage` was last decayed */
	uint32_t ast;			/* AST_STOP, AST_ABORT; atomic */

	/* Waiting (waitq.h): thread->lock. */
	int wait_result;
	bool wait_interruptible;
	bool wait_outside;		/* by thread_wake(): still queued */
	struct list wait_link;		/* guarded by the queue's lock */
	uint64_t wait_since;		/* counter */

	/* Suspension and termination: thread->lock. */
	int suspend_count;		/* all reasons not to run user code */
	int user_stop_count;		/* thread_suspend() minus resume */
	bool terminating;
	spinlock_t stop_lock;		/* guards stop_waiters only */
	struct waitq stop_waiters;	/* wait for it to park or halt */

	/* IPC: ipc lock of the thread (ipc_lock). */
	spinlock_t ipc_lock;
	struct ipc_port *self_port;	/* kernel holds the receive right */
	struct ipc_port *self_send;	/* THREAD_KERNEL_PORT, send right */
	struct ipc_port *exception_port;
	struct ipc_kmsg *received;	/* handed over by a sender */
	void *ipc_private;		/* owned by ipc/ */
	struct ipc_port *rpc_reply_port;/* owned by exception.c, like these: */
	bool exception_pending;		/* waits for a handler's reply */
	kern_return_t exception_result;

	/* Accounting: counter ticks. */
	uint64_t user_time;
	uint64_t system_time;
	uint64_t created;		/* machine_uptime_ns() */

	struct list reap_link;
	char name[THREAD_NAME_SIZE];	/* empty: the task's is used */
	void *kernel_stack;		/* these belong to the machine */
	void *debug_registers;		/* NULL: none in use */
};

typedef mach_port_t *thread_array_t;

/* Make the running flow of control a thread, the boot thread. */
void thread_bootstrap(void);

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

static inline void
thread_reference(struct thread *thread)
{
	refcount_get(&thread->references);
}

/* Drop a reference; NULL is fine.  (MIG calls this as a destructor.) */
void thread_deallocate(struct thread *thread);

/*
 * The Mach operations (mach.defs) on a referenced thread; THREAD_NULL gives
 * KERN_INVALID_ARGUMENT.  The rest of the routines stand in kern/
 * with the prototypes of the MIG output.  All may block.
 *
 * A suspended thread stands at the user boundary or stays in a wait
 * that can be interrupted; thread_suspend() returns when that is so.
 * thread_abort() returns when the thread stands at the user boundary, with
 * the interrupted call's result in its state.  thread_terminate() of another
 * thread returns when it will never run again.  KERN_ABORTED: the caller
 * itself was interrupted while it waited; the request stands.
 */
kern_return_t thread_suspend(struct thread *thread);
kern_return_t thread_resume(struct thread *thread);
kern_return_t thread_abort(struct thread *thread);
kern_return_t thread_terminate(struct thread *thread);

/*
 * Add or take away one reason not to run user code.  thread_hold() does not
 * wait; thread_release() of the last reason lets a parked thread go.
 */
void thread_hold(struct thread *thread);
void thread_release(struct thread *thread);

/*
 * Wait until a held thread, not the caller, is parked, halted or (unless
 * `boundary`) in an interruptible wait, and off its processor.
 * False: the caller was interrupted.
 */
bool thread_wait_stopped(struct thread *thread, bool boundary);

/*
 * Wait for all (held) threads of `task` but the caller as thread_suspend()
 * does; end all of them but the caller.  They give up when the caller is
 * interrupted; terminated threads end in any case.
 */
void thread_wait_all_stopped(struct task *task);
void thread_terminate_all(struct task *task);

/*
 * Called on the way to user mode with percpu->ast != 0, interrupts
 * enabled: reschedules, parks a suspended thread, ends a terminating one.
 */
void thread_ast(void);

/* End the current thread; does not return. */
void thread_exit(void) __attribute__((noreturn));

/* Take a thread that will never run again from its task; it may block. */
void thread_finish(struct thread *thread);

/*
 * A thread has left its stack for good: free it, by whoever comes to the
 * user boundary next (thread_reap_all), else by the reaper, which is woken
 * when too many wait or the processor goes idle.  Interrupts are disabled.
 */
void thread_reap(struct thread *thread);
void thread_reap_idle(void);
void thread_reap_all(void);

/* Somebody may wait for the change of state that was just made. */
void thread_stop_notify(struct thread *thread);

#define current_thread()	thread_self()
#define current_task()		(thread_self()->task)

extern struct thread *thread_kernel_first;	/* the boot thread */

#endif /* KERN_THREAD_H */
