/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What the kernel tells of tasks and threads.
 */
#include "test.h"

struct task_basic_info
task_basic(mach_port_t task)
{
	struct task_basic_info info;
	mach_msg_type_number_t count = TASK_BASIC_INFO_COUNT;

	need_success(task_info(task, TASK_BASIC_INFO, (task_info_t)&info,
	    &count));
	return info;
}

struct thread_basic_info
thread_basic(mach_port_t thread)
{
	struct thread_basic_info info;
	mach_msg_type_number_t count = THREAD_BASIC_INFO_COUNT;

	need_success(thread_info(thread, THREAD_BASIC_INFO,
	    (thread_info_t)&info, &count));
	return info;
}

bool
thread_waits(mach_port_t thread)
{
	struct thread_basic_info info;
	mach_msg_type_number_t count = THREAD_BASIC_INFO_COUNT;

	return thread_info(thread, THREAD_BASIC_INFO, (thread_info_t)&info,
	    &count) == KERN_SUCCESS && info.run_state == TH_STATE_WAITING;
}

void
list_free(const void *list, const void *room, size_t size)
{
	if (list != room)
		memory_free((vm_address_t)list, size);
}
