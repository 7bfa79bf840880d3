/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What the tests of virtual memory share: a machine with a current thread,
 * and short forms of the usual calls.
 */
#ifndef TESTS_UNIT_VM_UNIT_H
#define TESTS_UNIT_VM_UNIT_H

#include "unit.h"

#include <stdbool.h>
#include <string.h>

#include <kern/slab.h>
#include <kern/task.h>
#include <kern/thread.h>
#include <lib/macros.h>
#include <machine/memory.h>
#include <machine/user.h>
#include <vm/vm_map.h>
#include <vm/vm_object.h>
#include <vm/vm_page.h>
#include <vm/vm_page_queue.h>
#include <vm/vm_stat.h>

static inline void
vm_unit_setup(size_t memory)
{
	static struct task task;
	static struct thread self = { .task = &task };

	host_setup(memory);
	percpu_self()->current = &self;
	pmap_setup();
	vm_object_setup();
	vm_map_setup();
	memset(&vm_stat, 0, sizeof(vm_stat));
}

/* Allocated objects of a slab cache. */
static inline uint64_t
vm_unit_objects(const char *name)
{
	struct slab_info infos[64];
	size_t count = slab_info(infos, ARRAY_SIZE(infos)), i;

	for (i = 0; i < count; i++) {
		if (strcmp(infos[i].name, name) == 0)
			return infos[i].objects;
	}
	fail_msg("no cache %s", name);
	return 0;
}

/* Nothing is left of maps, entries, objects, copies and pages. */
static inline void
vm_unit_check_empty(void)
{
	assert_int_equal(vm_page_queue_resident(), 0);
	assert_int_equal(vm_stat.wire_count, 0);
	assert_int_equal(vm_unit_objects("vm_map"), 0);
	assert_int_equal(vm_unit_objects("vm_map_entry"), 0);
	assert_int_equal(vm_unit_objects("vm_map_copy"), 0);
	assert_int_equal(vm_unit_objects("vm_object"), 0);
}

static inline uintptr_t
vm_unit_allocate(struct vm_map *map, uint64_t size)
{
	uintptr_t address = 0;

	assert_int_equal(vm_map_enter(map, &address, size, 0, true, NULL, 0,
	    false, VM_PROT_DEFAULT, VM_PROT_ALL, VM_INHERIT_COPY),
	    KERN_SUCCESS);
	return address;
}

static inline kern_return_t
vm_unit_allocate_at(struct vm_map *map, uintptr_t address, uint64_t size)
{
	return vm_map_enter(map, &address, size, 0, false, NULL, 0, false,
	    VM_PROT_DEFAULT, VM_PROT_ALL, VM_INHERIT_COPY);
}

static inline void
vm_unit_store(struct vm_map *map, uintptr_t address, uint64_t value)
{
	assert_int_equal(host_user_store(map, address, &value,
	    sizeof(value)), KERN_SUCCESS);
}

static inline uint64_t
vm_unit_load(struct vm_map *map, uintptr_t address)
{
	uint64_t value;

	assert_int_equal(host_user_load(map, address, &value,
	    sizeof(value)), KERN_SUCCESS);
	return value;
}

#endif /* TESTS_UNIT_VM_UNIT_H */
