/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Pageout: memory is made free by dropping pages whose content their pager
 * has, and by giving changed ones to it; anonymous ones to the default pager
 * (memory_object_default.h).
 *
 * A thread of the kernel does it (vm_pageout.c), by second chance: pages of
 * the active queue that were not referenced become inactive, and are paged
 * out, or if they are referenced meanwhile active again (vm_pageout_scan.c).
 * It sends messages, and so must have memory when nobody else gets any: it is
 * wired (vm_page_alloc()), as the threads of the default pager have to be.
 *
 * How much may be on its way is bounded.  What a pager did not take back
 * within VM_PAGEOUT_PATIENCE, each time half of that until it does, is ordinary
 * memory of that pager, and pageable as such; so one that does not care hurts
 * itself.
 *
 * Who needs memory waits here while pageout can help.  When it cannot, since
 * there is nothing to page out, no default pager, or one that has taken and
 * not freed for VM_PAGEOUT_HOPELESS, waits end with errors, until something is
 * freed.
 */
#ifndef VM_VM_PAGEOUT_H
#define VM_VM_PAGEOUT_H

#include <stdbool.h>
#include <stdint.h>

#include <mach/kern_return.h>

#define VM_PAGEOUT_PATIENCE	1000	/* ms */
#define VM_PAGEOUT_HOPELESS	5000	/* ms */

/* Start the thread. */
void vm_pageout_setup(void);

/*
 * Wait for memory, after an allocation failed.  KERN_SUCCESS: try again.
 * KERN_RESOURCE_SHORTAGE: there will be none, or the thread is wired and
 * must not wait.  KERN_ABORTED, if interruptible.  No locks held but map
 * mutexes.
 */
kern_return_t vm_pageout_wait(bool interruptible);

/* On the way to user mode with AST_MEMORY: see to pageout; may wait. */
void vm_pageout_throttle(void);

/* There is a new default pager: try again. */
void vm_pageout_retry(void);

/*
 * One turn of pageout, of the thread or a test: pages made free, or on their
 * way.  0: there is nothing to do, or too much is on its way
 * (vm_pageout_busy()).
 */
unsigned int vm_pageout_turn(void);
bool vm_pageout_busy(void);
/* What pagers were given and did not free is their own now.  False: nothing. */
bool vm_pageout_forget(void);
/* The most pages that may be on their way, to all pagers or to the default. */
uint64_t vm_pageout_limit(void);

#endif /* VM_VM_PAGEOUT_H */
