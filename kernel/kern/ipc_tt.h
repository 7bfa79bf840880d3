/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Tasks and threads as port rights.
 */
#ifndef KERN_IPC_TT_H
#define KERN_IPC_TT_H

#include <ipc/ipc_port.h>
#include <ipc/ipc_space.h>
#include <kern/task.h>
#include <kern/thread.h>
#include <mach/mach_types.h>
#include <vm/vm_map.h>

/* Create, enable and remove the ports of a new or ending task or thread. */
kern_return_t ipc_task_init(struct task *task, struct task *parent);
void ipc_task_terminate(struct task *task);
kern_return_t ipc_thread_init(struct thread *thread);
void ipc_thread_terminate(struct thread *thread);

/*
 * Send rights to what a task or thread is to others (not its special
 * port); IP_NULL if ended.  Context: no locks held but the object's own.
 */
struct ipc_port *ipc_task_right(struct task *task);
struct ipc_port *ipc_thread_right(struct thread *thread);

/* mach_task_self and mach_thread_self: the name, one more user reference. */
mach_port_name_t ipc_task_self_trap(void);
mach_port_name_t ipc_thread_self_trap(void);
/* The same for a port that never changes. */
mach_port_name_t ipc_self_name(struct ipc_port *port);

/*
 * For MIG.  From a port (not consumed): a referenced object, or NULL.  To a
 * port: consumes the reference and makes a send right (IP_NULL if ended).
 */
task_t convert_port_to_task(ipc_port_t port);
thread_t convert_port_to_thread(ipc_port_t port);
vm_map_t convert_port_to_map(ipc_port_t port);
ipc_space_t convert_port_to_space(ipc_port_t port);
ipc_port_t convert_task_to_port(task_t task);
ipc_port_t convert_thread_to_port(thread_t thread);

/* For traps: from a name in the current space, referenced, or NULL. */
task_t port_name_to_task(mach_port_name_t name);
thread_t port_name_to_thread(mach_port_name_t name);
vm_map_t port_name_to_map(mach_port_name_t name);
ipc_space_t port_name_to_space(mach_port_name_t name);

#endif /* KERN_IPC_TT_H */
