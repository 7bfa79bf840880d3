/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Copy on write and sharing: inheritance, messages, vm_copy, mixed.
 */
#include "lib/test.h"

#define self	task_self_port

static bool
task_has(mach_port_t task, vm_address_t address, vm_size_t size,
    uint64_t seed)
{
	vm_address_t data = 0;
	mach_msg_type_number_t count = 0;
	bool good;

	if (vm_read(task, address, size, &data, &count) != KERN_SUCCESS)
		return false;
	good = memory_check(data, size, seed);
	memory_free(data, size);
	return good;
}

static void
task_fill(mach_port_t task, vm_address_t address, vm_size_t size,
    uint64_t seed)
{
	vm_address_t data = memory_allocate(size);

	memory_fill(data, size, seed);
	need_success(vm_write(task, address, data, (unsigned int)size));
	memory_free(data, size);
}

static void
end(mach_port_t task)
{
	need_success(task_terminate(task));
	mach_port_deallocate(self, task);
}

static void
test_inheritance(void)
{
	vm_size_t size = 4 * page_size;
	vm_address_t copied = memory_allocate(size);
	vm_address_t shared = memory_allocate(size);
	vm_address_t kept = memory_allocate(size);
	mach_port_t child;
	vm_address_t data;
	mach_msg_type_number_t count;

	memory_fill(copied, size, 1);
	memory_fill(shared, size, 2);
	memory_fill(kept, size, 3);
	need_success(vm_inherit(self, shared, size, VM_INHERIT_SHARE));
	need_success(vm_inherit(self, kept, size, VM_INHERIT_NONE));
	need_success(task_create(self, TRUE, &child));
	ok(task_has(child, copied, size, 1), "the child has a copy");
	ok(task_has(child, shared, size, 2), "and what is shared");
	ok_eq(vm_read(child, kept, size, &data, &count),
	    KERN_INVALID_ADDRESS, "but not what we keep");
	memory_fill(copied, size, 11);
	memory_fill(shared, size, 12);
	ok(task_has(child, copied, size, 1), "our writes do not change it");
	ok(task_has(child, shared, size, 12), "those to shared memory do");
	task_fill(child, copied, size, 21);
	task_fill(child, shared, size, 22);
	ok(memory_check(copied, size, 11), "its writes do not change ours");
	ok(memory_check(shared, size, 22), "those to shared memory do");
	end(child);
	ok(memory_check(copied, size, 11) && memory_check(shared, size, 22),
	    "its end changes nothing");
	memory_free(copied, size);
	memory_free(shared, size);
	memory_free(kept, size);
}

static void
test_partial(void)
{
	vm_size_t size = 8 * page_size;
	vm_address_t block = memory_allocate(size);
	mach_port_t child;
	vm_address_t data = 0;
	mach_msg_type_number_t count;
	unsigned int i;
	bool good = true;

	memory_fill(block, size, 5);
	need_success(task_create(self, TRUE, &child));
	for (i = 0; i < 8; i += 2)
		*(volatile uint64_t *)(block + i * page_size) = i;
	ok(task_has(child, block, size, 5), "every other page written");
	need_success(vm_read(child, block, size, &data, &count));
	for (i = 0; i < 8; i += 2)
		good = good && *(uint64_t *)(block + i * page_size) == i;
	ok(good, "ours are new");
	*(volatile uint64_t *)(data + page_size) = 77;
	ok(task_has(child, block, size, 5), "a copy of the copy is one");
	end(child);
	memory_free(data, size);
	memory_free(block, size);
}

static void
test_shared_then_copied(void)
{
	vm_size_t size = 3 * page_size;
	vm_address_t block = memory_allocate(size);
	mach_port_t child;
	vm_address_t snapshot = 0;
	mach_msg_type_number_t count;

	memory_fill(block, size, 1);
	need_success(vm_inherit(self, block, size, VM_INHERIT_SHARE));
	need_success(task_create(self, TRUE, &child));
	need_success(vm_read(self, block, size, &snapshot, &count));
	memory_fill(block, size, 2);
	ok(memory_check(snapshot, size, 1), "a snapshot of shared memory");
	ok(task_has(child, block, size, 2), "sharing goes on after it");
	task_fill(child, block, size, 3);
	ok(memory_check(block, size, 3), "in both directions");
	ok(memory_check(snapshot, size, 1), "the snapshot stays");
	memory_fill(snapshot, size, 4);
	ok(task_has(child, block, size, 3) && memory_check(block, size, 3),
	    "writing to it is seen by nobody");
	end(child);
	memory_free(snapshot, size);
	memory_free(block, size);
}

static void
test_growing_snapshots(void)
{
	vm_size_t size = 32 * page_size;
	vm_address_t block = memory_allocate(size);
	mach_port_t child;
	vm_address_t small = 0;
	vm_address_t large = 0;
	mach_msg_type_number_t count;

	memory_fill(block, size, 1);
	need_success(vm_inherit(self, block, size, VM_INHERIT_SHARE));
	need_success(task_create(self, TRUE, &child));
	need_success(vm_read(self, block, size / 2, &small, &count));
	need_success(vm_read(self, block, size, &large, &count));
	memory_fill(block, size, 2);
	ok(memory_check(small, size / 2, 1), "a small snapshot");
	ok(memory_check(large, size, 1), "and a larger one after it");
	ok(task_has(child, block, size, 2), "of memory that is shared");
	end(child);
	memory_free(small, size / 2);
	memory_free(large, size);
	memory_free(block, size);
}

static void
test_copied_then_shared(void)
{
	vm_size_t size = 3 * page_size;
	vm_address_t block = memory_allocate(size);
	vm_address_t copy = 0;
	mach_msg_type_number_t count;
	mach_port_t child;

	memory_fill(block, size, 1);
	need_success(vm_read(self, block, size, &copy, &count));
	need_success(vm_inherit(self, copy, size, VM_INHERIT_SHARE));
	need_success(task_create(self, TRUE, &child));
	memory_fill(copy, size, 2);
	ok(task_has(child, copy, size, 2), "a copy is shared");
	task_fill(child, copy, page_size, 3);
	ok(memory_check(copy, page_size, 3), "in both directions");
	ok(memory_check(block, size, 1), "the original stays");
	memory_fill(block, size, 9);
	ok(memory_check(copy, page_size, 3), "and so does the copy");
	end(child);
	memory_free(copy, size);
	memory_free(block, size);
}

static void
test_generations(void)
{
	enum { GENERATIONS = 40 };
	vm_address_t block = memory_allocate(4 * page_size);
	mach_port_t tasks[GENERATIONS];
	unsigned int i;
	bool good = true;

	for (i = 0; i < GENERATIONS; i++) {
		memory_fill(block, 4 * page_size, i);
		need_success(task_create(self, TRUE, &tasks[i]));
	}
	memory_fill(block, 4 * page_size, 999);
	for (i = 0; i < GENERATIONS; i++)
		good = good && task_has(tasks[i], block, 4 * page_size, i);
	ok(good, "%d children have %d pasts", GENERATIONS, GENERATIONS);
	for (i = 0; i < GENERATIONS; i += 2)
		end(tasks[i]);
	for (i = 1; i < GENERATIONS; i += 2)
		good = good && task_has(tasks[i], block, 4 * page_size, i);
	ok(good, "the end of half of them harms nobody");
	for (i = 1; i < GENERATIONS; i += 2)
		end(tasks[i]);
	ok(memory_check(block, 4 * page_size, 999), "nor us");
	memory_free(block, 4 * page_size);
}

static void
test_chain(void)
{
	vm_statistics_data_t before;
	vm_statistics_data_t after;
	vm_address_t block = memory_allocate(16 * page_size);
	unsigned int i;

	memory_fill(block, 16 * page_size, 0);
	need_success(vm_statistics(self, &before));
	for (i = 0; i < 300; i++) {
		vm_address_t copy = 0;
		mach_msg_type_number_t count;

		need_success(vm_read(self, block, 16 * page_size, &copy,
		    &count));
		*(volatile uint64_t *)copy += 1;
		memory_free(block, 16 * page_size);
		block = copy;
	}
	need_success(vm_statistics(self, &after));
	ok_eq(*(uint64_t *)block, 300, "300 copies of copies");
	ok(before.free_count - after.free_count < 64,
	    "take no more memory than one (%d pages)",
	    before.free_count - after.free_count);
	memory_free(block, 16 * page_size);
}

static void
test_boundary(void)
{
	static const vm_address_t places[] = { 2ul << 20, 1ul << 30 };
	unsigned int i;

	for (i = 0; i < 2; i++) {
		vm_address_t block = places[i] * 7 - 3 * page_size;
		vm_size_t size = 6 * page_size;
		mach_port_t child;

		need_success(vm_allocate(self, &block, size, FALSE));
		memory_fill(block, size, i);
		need_success(task_create(self, TRUE, &child));
		memory_fill(block, size, i + 50);
		ok(task_has(child, block, size, i),
		    "copied across 0x%lx", places[i] * 7);
		ok(memory_check(block, size, i + 50), "both ways");
		end(child);
		memory_free(block, size);
	}
}

static void
test_overwrite(void)
{
	vm_size_t size = 4 * page_size;
	vm_address_t source = memory_allocate(size);
	vm_address_t target = memory_allocate(size);
	mach_port_t child;

	memory_fill(source, size, 1);
	memory_fill(target, size, 2);
	need_success(vm_inherit(self, target, size, VM_INHERIT_SHARE));
	need_success(task_create(self, TRUE, &child));
	need_success(vm_copy(self, source, size, target));
	ok(memory_check(target, size, 1), "vm_copy over shared memory");
	ok(task_has(child, target, size, 1), "is seen by those who share");
	memory_fill(source, size, 3);
	ok(memory_check(target, size, 1), "and is a copy");
	end(child);
	memory_free(source, size);
	memory_free(target, size);
}

void
test_main(void)
{
	test_inheritance();
	test_partial();
	test_shared_then_copied();
	test_growing_snapshots();
	test_copied_then_shared();
	test_generations();
	test_chain();
	test_boundary();
	test_overwrite();
}
