/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * How a thread ends and leaves nothing behind (mach/gnumach.defs).
 */

#include <gnumach.server.h>
#include <kern/host.h>
#include <kern/task.h>
#include <kern/thread.h>
#include <mach.server.h>
#include <mach_port.server.h>

kern_return_t
thread_terminate_release(struct thread *thread, struct task *task,
    mach_port_name_t thread_name, mach_port_name_t reply_port,
    vm_address_t address, vm_size_t size)
{
	if (thread == THREAD_NULL || task == TASK_NULL)
		return KERN_INVALID_ARGUMENT;
	mach_port_deallocate(task->space, thread_name);
	if (reply_port != MACH_PORT_NAME_NULL)
		mach_port_destroy(task->space, reply_port);
	if (address != 0 || size != 0)
		vm_deallocate(task->map, address, size);
	return thread_terminate(thread);
}
