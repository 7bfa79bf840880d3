/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The order in which the kernel comes up.
 *
 * The machine calls kernel_main() on the boot stack with interrupts disabled,
 * once the direct map, the page allocator, console, interrupt controller and
 * timer are there.  What runs here becomes the idle thread; a thread of its
 * own starts the first tasks.
 */

#include <dev/irq.h>
#include <ipc/ipc_kmsg.h>
#include <kern/bootstrap.h>
#include <kern/clock.h>
#include <kern/gsync.h>
#include <kern/ipc_host.h>
#include <kern/kalloc.h>
#include <kern/panic.h>
#include <kern/sched.h>
#include <kern/slab.h>
#include <kern/task.h>
#include <kern/thread.h>
#include <lib/rdxtree.h>
#include <machine/platform.h>
#include <vm/pmap.h>
#include <vm/vm_map.h>
#include <vm/vm_object.h>
#include <vm/vm_pageout.h>

static void
bootstrap_main(void *argument)
{
	(void)argument;
	bootstrap_run();
}

void
kernel_main(void)
{
	/* Memory. */
	slab_setup();
	kalloc_setup();
	rdxtree_setup();

	/* Time and threads: from here on there is a current thread. */
	thread_bootstrap();
	sched_setup();
	clock_setup();

	/* Objects. */
	pmap_setup();
	vm_object_setup();
	vm_map_setup();
	ipc_setup();
	ipc_host_setup();
	gsync_setup();
	task_setup();
	thread_setup();
	irq_device_setup();
	vm_pageout_setup();

	if (thread_create_kernel("bootstrap", bootstrap_main, NULL, NULL) !=
	    KERN_SUCCESS)
		panic("startup: no memory for the bootstrap thread");
	sched_idle();
}
