/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What vm_statistics() reports: vm_stat, the interface's own structure.
 * wire_count holds the wired frames of objects; the other counts of pages are
 * those of the queues (vm_page_queue.h).  Each counter is an atomic word.
 */
#ifndef VM_VM_STAT_H
#define VM_VM_STAT_H

#include <mach/mach_types.h>
#include <mach/vm_statistics.h>

extern struct vm_statistics vm_stat;

static inline void
vm_stat_add(integer_t *counter, integer_t count)
{
	__atomic_fetch_add(counter, count, __ATOMIC_RELAXED);
}

static inline void
vm_stat_add_wired(integer_t count)
{
	vm_stat_add(&vm_stat.wire_count, count);
}

#endif /* VM_VM_STAT_H */
