/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Tasks.
 */
#ifndef KERN_TASK_H
#define KERN_TASK_H

#include <stdbool.h>
#include <stdint.h>

#include <kern/lock.h>
#include <kern/mutex.h>
#include <kern/refcount.h>
#include <lib/list.h>
#include <machine/thread.h>
#include <mach/mach_types.h>
#include <mach/mach_param.h>

struct ipc_port;
struct ipc_space;
struct vm_map;

#define TASK_NAME_SIZE	64
#define TASK_NULL	((struct task *)0)

struct task {
	uint32_t references;		/* atomic */
	spinlock_t lock;		/* guards what follows */
	bool active;			/* not terminated */
	bool cleaned;			/* space and map are gone */
	bool essential;
	int user_stop_count;		/* task_suspend() minus resume */
	struct list threads;		/* struct thread::task_link */
	unsigned int thread_count;
	struct list link;		/* all tasks, task_list_lock */
	int priority;			/* of new threads */
	int max_priority;

	/* NULL in the kernel task, which has no user space. */
	struct vm_map *map;		/* constant; holds a reference */
	struct ipc_space *space;	/* constant; holds a reference */

	/* Ports: ipc_lock. */
	spinlock_t ipc_lock;
	struct ipc_port *self_port;	/* kernel holds the receive right */
	struct ipc_port *self_send;	/* TASK_KERNEL_PORT */
	struct ipc_port *exception_port;
	struct ipc_port *bootstrap_port;
	struct ipc_port *registered[TASK_PORT_REGISTER_MAX];

	/* Accounting of ended threads (counter ticks), and events. */
	uint64_t user_time;
	uint64_t system_time;
	uint64_t created;		/* machine_uptime_ns() */
	uint32_t faults;		/* atomic, also those below */
	uint32_t zero_fills;
	uint32_t reactivations;
	uint32_t pageins;
	uint32_t cow_faults;
	uint32_t messages_sent;
	uint32_t messages_received;

	char name[TASK_NAME_SIZE];
	struct machine_task machine;
};

typedef mach_port_t *task_array_t;
typedef vm_offset_t *emulation_vector_t;

extern struct task *kernel_task;

/* All tasks that are not terminated (struct task::link), and its lock. */
extern struct list task_list;
extern unsigned int task_count;
extern spinlock_t task_list_lock;

void task_setup(void);

/*
 * Create a task with one reference for the caller.  With inherit, memory is
 * inherited from `parent` by the inheritance of each region; special ports
 * and registered ports are inherited from `parent` in either case.
 */
kern_return_t task_create_internal(struct task *parent, bool inherit,
    struct task **task);

static inline void
task_reference(struct task *task)
{
	refcount_get(&task->references);
}

/* Drop a reference; NULL is fine.  (MIG calls this as a destructor.) */
void task_deallocate(struct task *task);

/*
 * The Mach operations (mach.defs); TASK_NULL gives KERN_INVALID_ARGUMENT.
 * All may block.
 */
kern_return_t task_terminate(struct task *task);
kern_return_t task_suspend(struct task *task);
kern_return_t task_resume(struct task *task);

/*
 * Enter a new thread, or take an ended one out; the last thread of a
 * terminated task takes the task's space and memory with it.
 * KERN_FAILURE: the task is terminated.
 */
kern_return_t task_add_thread(struct task *task, struct thread *thread);
void task_remove_thread(struct task *task, struct thread *thread);

#endif /* KERN_TASK_H */
