/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Virtual memory against a model: random sequences of allocation, writes,
 * inheritance, copies and deallocation in several maps must show the bytes
 * that plain arrays show.
 */
#include "vm_unit.h"

#include <vm/memory_object.h>

#include <limits.h>
#include <stdlib.h>

#define TASKS	6
#define PAGES	48
#define COPIES	4
#define BASE	MACHINE_USER_MIN_CHOSEN

/* The bytes of one page, seen by each region that shares it. */
struct cell {
	int references;
	uint8_t bytes[PAGE_SIZE];
};

struct slot {
	struct cell *cell;		/* NULL: not mapped */
	vm_prot_t protection;
	vm_inherit_t inheritance;
	bool wired;
};

struct task_model {
	struct vm_map *map;		/* NULL: no task */
	struct slot slots[PAGES];
};

struct copy_model {
	vm_map_copy_t copy;
	uint64_t size;
	uint8_t *bytes;
};

static struct task_model tasks[TASKS];
static struct copy_model copies[COPIES];
static struct unit_source *source;

static uint64_t
pick(uint64_t limit)
{
	return unit_pick(source, limit);
}

static uintptr_t
address_of(unsigned int page)
{
	return BASE + page * PAGE_SIZE;
}

static struct cell *
cell_create(const struct cell *content)
{
	struct cell *cell = calloc(1, sizeof(*cell));

	assert_non_null(cell);
	cell->references = 1;
	if (content != NULL)
		memcpy(cell->bytes, content->bytes, PAGE_SIZE);
	return cell;
}

static void
slot_clear(struct slot *slot)
{
	if (slot->cell != NULL && --slot->cell->references == 0)
		free(slot->cell);
	memset(slot, 0, sizeof(*slot));
}

/* What an access to pages [first, last] must answer. */
static kern_return_t
expected(const struct task_model *task, unsigned int first,
    unsigned int last, vm_prot_t access)
{
	unsigned int i;

	for (i = first; i <= last; i++) {
		if (i >= PAGES || task->slots[i].cell == NULL)
			return KERN_INVALID_ADDRESS;
		if ((task->slots[i].protection & access) != access)
			return KERN_PROTECTION_FAILURE;
	}
	return KERN_SUCCESS;
}

static void
check_page(struct task_model *task, unsigned int page)
{
	static uint8_t seen[PAGE_SIZE];
	kern_return_t kr, want = expected(task, page, page, VM_PROT_READ);

	kr = host_user_load(task->map, address_of(page), seen, PAGE_SIZE);
	assert_int_equal(kr, want);
	if (kr == KERN_SUCCESS)
		assert_memory_equal(seen, task->slots[page].cell->bytes,
		    PAGE_SIZE);
}

/* Copies below come into a chain that was not too deep when it was made. */
static void
check_depth(struct task_model *task, unsigned int page)
{
	struct vm_map_region region;

	if (task->slots[page].cell == NULL)
		return;
	assert_int_equal(vm_map_region(task->map, address_of(page), &region),
	    KERN_SUCCESS);
	if (region.object != NULL)
		assert_true(vm_object_depth(region.object) <=
		    VM_OBJECT_DEPTH + VM_OBJECT_COPIES);
	vm_object_deallocate(region.object);
}

static void
check_task(struct task_model *task)
{
	unsigned int i;

	for (i = 0; i < PAGES; i++) {
		check_page(task, i);
		check_depth(task, i);
	}
	host_pmap_check(task->map->pmap);
}

static void
op_allocate(struct task_model *task)
{
	unsigned int first = pick(PAGES), count = 1 + pick(8), i;
	uintptr_t address = address_of(first);
	bool space = true;
	kern_return_t kr;

	for (i = first; i < first + count; i++)
		space &= i < PAGES && task->slots[i].cell == NULL;
	if (first + count > PAGES)
		return;
	kr = vm_map_enter(task->map, &address, count * PAGE_SIZE, 0, false,
	    NULL, 0, false, VM_PROT_DEFAULT, VM_PROT_ALL, VM_INHERIT_COPY);
	assert_int_equal(kr, space ? KERN_SUCCESS : KERN_NO_SPACE);
	for (i = first; space && i < first + count; i++) {
		task->slots[i].cell = cell_create(NULL);
		task->slots[i].protection = VM_PROT_DEFAULT;
		task->slots[i].inheritance = VM_INHERIT_COPY;
	}
}

static void
op_deallocate(struct task_model *task)
{
	unsigned int first = pick(PAGES), count = 1 + pick(4), i;

	assert_int_equal(vm_map_remove(task->map, address_of(first),
	    address_of(first + count)), KERN_SUCCESS);
	for (i = first; i < first + count && i < PAGES; i++)
		slot_clear(&task->slots[i]);
}

static void
op_store(struct task_model *task)
{
	unsigned int page = pick(PAGES), offset = pick(PAGE_SIZE - 16);
	uint64_t data[2] = { unit_take(source, 1), unit_take(source, 1) };
	kern_return_t kr, want = expected(task, page, page, VM_PROT_WRITE);

	kr = host_user_store(task->map, address_of(page) + offset, data,
	    sizeof(data));
	assert_int_equal(kr, want);
	if (kr == KERN_SUCCESS)
		memcpy(task->slots[page].cell->bytes + offset, data,
		    sizeof(data));
}

static void
op_attribute(struct task_model *task)
{
	static const vm_prot_t protections[] = {
		VM_PROT_NONE, VM_PROT_READ, VM_PROT_DEFAULT, VM_PROT_DEFAULT,
	};
	unsigned int first = pick(PAGES), count = 1 + pick(4), i;
	vm_prot_t protection = protections[pick(4)];
	vm_inherit_t inheritance = pick(3);
	unsigned int what = pick(2);
	kern_return_t kr, want;

	want = expected(task, first, first + count - 1, VM_PROT_NONE);
	if (what == 0)
		kr = vm_map_protect(task->map, address_of(first),
		    address_of(first + count), protection, false);
	else
		kr = vm_map_inherit(task->map, address_of(first),
		    address_of(first + count), inheritance);
	assert_int_equal(kr, want);
	for (i = first; kr == KERN_SUCCESS && i < first + count; i++) {
		if (what == 0)
			task->slots[i].protection = protection;
		else
			task->slots[i].inheritance = inheritance;
	}
}

static void
op_wire(struct task_model *task)
{
	unsigned int first = pick(PAGES), count = 1 + pick(4), i;
	vm_prot_t access = pick(3) == 0 ? VM_PROT_READ : VM_PROT_NONE;
	kern_return_t kr, want;

	want = expected(task, first, first + count - 1, access);
	kr = vm_map_wire(task->map, address_of(first),
	    address_of(first + count), access, UINT64_MAX);
	assert_int_equal(kr, want == KERN_SUCCESS ? want : KERN_NO_SPACE);
	for (i = first; kr == KERN_SUCCESS && i < first + count; i++)
		task->slots[i].wired = access != VM_PROT_NONE;
}

static void
task_end(struct task_model *task)
{
	unsigned int i;

	vm_map_deallocate(task->map);
	task->map = NULL;
	for (i = 0; i < PAGES; i++)
		slot_clear(&task->slots[i]);
}

static void
op_fork(struct task_model *task)
{
	struct task_model *child = &tasks[pick(TASKS)];
	unsigned int i;

	if (child == task)
		return;
	if (child->map != NULL)
		task_end(child);
	child->map = vm_map_fork(task->map);
	assert_non_null(child->map);
	for (i = 0; i < PAGES; i++) {
		const struct slot *from = &task->slots[i];
		struct slot *to = &child->slots[i];

		if (from->cell == NULL ||
		    from->inheritance == VM_INHERIT_NONE)
			continue;
		*to = *from;
		to->wired = false;
		if (from->inheritance == VM_INHERIT_SHARE)
			to->cell->references++;
		else
			to->cell = cell_create(from->cell);
	}
}

/* The object of a region that was made one to share, or a copy of it. */
static struct vm_object *
map_object(struct vm_map_region *region, uint64_t size, bool copy,
    uint64_t *offset, bool *needs_copy)
{
	struct memory_object_copying copying = { .object = NULL };
	struct vm_object *object;

	*needs_copy = false;
	if (!copy)
		return region->object;
	assert_int_equal(vm_object_copy(region->object, *offset, size,
	    &copying, &object, offset, needs_copy), KERN_SUCCESS);
	vm_object_deallocate(region->object);
	return object;
}

/* Map pages of one task in another, to share or as a copy. */
static void
op_map(struct task_model *task)
{
	struct task_model *to = &tasks[pick(TASKS)];
	unsigned int from = pick(PAGES), first = pick(PAGES), count, i;
	uintptr_t address = address_of(first);
	struct vm_map_region region;
	struct vm_object *object;
	bool copy = pick(2) != 0, needs_copy, space = true;
	uint64_t offset;
	kern_return_t kr;

	if (to->map == NULL || task->slots[from].cell == NULL)
		return;
	assert_int_equal(vm_map_share(task->map, address_of(from), &region),
	    KERN_SUCCESS);
	count = (region.end - address_of(from)) >> PAGE_SHIFT;
	count = 1 + pick(MIN(count, PAGES - MAX(first, from)));
	for (i = 0; i < count; i++)
		space &= to->slots[first + i].cell == NULL;
	offset = region.offset + (address_of(from) - region.start);
	object = map_object(&region, count * PAGE_SIZE, copy, &offset,
	    &needs_copy);
	kr = vm_map_enter(to->map, &address, count * PAGE_SIZE, 0, false,
	    object, offset, needs_copy, VM_PROT_DEFAULT, VM_PROT_ALL,
	    VM_INHERIT_COPY);
	assert_int_equal(kr, space ? KERN_SUCCESS : KERN_NO_SPACE);
	if (!space)
		vm_object_deallocate(object);
	for (i = 0; space && i < count; i++) {
		struct slot *slot = &to->slots[first + i];

		slot->cell = task->slots[from + i].cell;
		slot->protection = VM_PROT_DEFAULT;
		slot->inheritance = VM_INHERIT_COPY;
		if (copy)
			slot->cell = cell_create(slot->cell);
		else
			slot->cell->references++;
	}
}

/* The bytes that a range shows. */
static void
model_read(const struct task_model *task, uint64_t offset, uint8_t *bytes,
    uint64_t size)
{
	for (uint64_t i = 0; i < size; i++) {
		const struct slot *slot =
		    &task->slots[(offset + i) >> PAGE_SHIFT];

		bytes[i] = slot->cell->bytes[(offset + i) & PAGE_MASK];
	}
}

static void
copy_forget(struct copy_model *copy)
{
	free(copy->bytes);
	memset(copy, 0, sizeof(*copy));
}

static void
op_copyin(struct task_model *task)
{
	struct copy_model *copy = &copies[pick(COPIES)];
	uint64_t offset = pick(PAGES * PAGE_SIZE);
	uint64_t size = 1 + pick(6 * PAGE_SIZE);
	unsigned int first, last, i;
	bool destroy = pick(3) == 0;
	kern_return_t kr, want;

	if (pick(2) == 0) {
		offset &= ~PAGE_MASK;
		size = (size + PAGE_MASK) & ~PAGE_MASK;
	}
	if (copy->copy != NULL) {
		vm_map_copy_discard(copy->copy);
		copy_forget(copy);
	}
	first = offset >> PAGE_SHIFT;
	last = (offset + size - 1) >> PAGE_SHIFT;
	want = expected(task, first, last, VM_PROT_READ);
	if (want == KERN_SUCCESS) {
		copy->bytes = malloc(size);
		copy->size = size;
		model_read(task, offset, copy->bytes, size);
	}
	kr = vm_map_copyin(task->map, BASE + offset, size, destroy,
	    &copy->copy);
	assert_int_equal(kr, want);
	for (i = first; kr == KERN_SUCCESS && destroy && i <= last; i++)
		slot_clear(&task->slots[i]);
}

static void
check_copy(const struct copy_model *copy)
{
	uint8_t *seen = malloc(copy->size);

	assert_int_equal(vm_map_copy_size(copy->copy), copy->size);
	assert_int_equal(vm_map_copy_extract(copy->copy, seen, copy->size),
	    KERN_SUCCESS);
	assert_memory_equal(seen, copy->bytes, copy->size);
	free(seen);
}

/* What a fresh region at `address`, up to `size` bytes, adds to a task. */
static void
model_copyout(struct task_model *task, uintptr_t address,
    const struct copy_model *copy)
{
	uint64_t offset = address - BASE;
	unsigned int first = offset >> PAGE_SHIFT;
	unsigned int last = (offset + copy->size - 1) >> PAGE_SHIFT, i;
	uint8_t *seen = malloc(copy->size);

	assert_int_equal(host_user_load(task->map, address, seen,
	    copy->size), KERN_SUCCESS);
	assert_memory_equal(seen, copy->bytes, copy->size);
	free(seen);
	if (last >= PAGES) {
		assert_int_equal(vm_map_remove(task->map,
		    address & ~PAGE_MASK, address_of(last + 1)),
		    KERN_SUCCESS);
		return;
	}
	for (i = first; i <= last; i++) {
		struct slot *slot = &task->slots[i];

		assert_null(slot->cell);
		slot->cell = cell_create(NULL);
		slot->protection = VM_PROT_DEFAULT;
		slot->inheritance = VM_INHERIT_COPY;
	}
	for (uint64_t n = 0; n < copy->size; n++)
		task->slots[(offset + n) >> PAGE_SHIFT].cell->bytes[
		    (offset + n) & PAGE_MASK] = copy->bytes[n];
}

static void
op_copyout(struct task_model *task)
{
	struct copy_model *copy = &copies[pick(COPIES)];
	uintptr_t address;

	if (copy->copy == NULL)
		return;
	check_copy(copy);
	assert_int_equal(vm_map_copyout(task->map, &address, copy->copy),
	    KERN_SUCCESS);
	model_copyout(task, address, copy);
	copy_forget(copy);
}

static void
op_overwrite(struct task_model *task)
{
	struct copy_model *copy = &copies[pick(COPIES)];
	uint64_t offset = pick(PAGES * PAGE_SIZE);
	kern_return_t kr, want;

	if (copy->copy == NULL)
		return;
	if (pick(3) != 0)
		offset &= ~PAGE_MASK;
	want = expected(task, offset >> PAGE_SHIFT,
	    (offset + copy->size - 1) >> PAGE_SHIFT, VM_PROT_WRITE);
	kr = vm_map_copy_overwrite(task->map, BASE + offset, copy->copy);
	assert_int_equal(kr, want);
	if (kr != KERN_SUCCESS)
		return;
	for (uint64_t n = 0; n < copy->size; n++)
		task->slots[(offset + n) >> PAGE_SHIFT].cell->bytes[
		    (offset + n) & PAGE_MASK] = copy->bytes[n];
	copy_forget(copy);
}

static void
op_check(struct task_model *task)
{
	unsigned int i;

	for (i = 0; i < TASKS; i++) {
		if (tasks[i].map != NULL)
			check_task(&tasks[i]);
	}
	for (i = 0; i < COPIES; i++) {
		if (copies[i].copy != NULL)
			check_copy(&copies[i]);
	}
}

static void
step(void)
{
	static void (*const operations[])(struct task_model *) = {
		op_allocate, op_allocate, op_allocate, op_deallocate,
		op_store, op_store, op_store, op_store, op_attribute,
		op_attribute, op_wire, op_fork, op_copyin, op_copyin,
		op_copyout, op_overwrite, op_map, op_map,
	};
	struct task_model *task = &tasks[pick(TASKS)];

	if (task->map == NULL) {
		task->map = vm_map_create();
		assert_non_null(task->map);
	}
	if (pick(64) == 0)
		op_check(task);
	else if (pick(96) == 0)
		task_end(task);
	else if (pick(8) == 0)
		check_page(task, pick(PAGES));
	else
		operations[pick(sizeof(operations) /
		    sizeof(operations[0]))](task);
}

/* Up to so many steps; all is checked and taken down. */
static void
run(struct unit_source *choices, unsigned int steps)
{
	unsigned int i;

	source = choices;
	for (i = 0; i < steps && !unit_source_ends(source); i++)
		step();
	op_check(NULL);
	for (i = 0; i < TASKS; i++) {
		if (tasks[i].map != NULL)
			task_end(&tasks[i]);
	}
	for (i = 0; i < COPIES; i++) {
		vm_map_copy_discard(copies[i].copy);
		copy_forget(&copies[i]);
	}
	vm_unit_check_empty();
}

void
unit_model(struct unit_source *choices)
{
	vm_unit_setup(16UL << 20);
	run(choices, UINT_MAX);
}

static int
setup(void **state)
{
	vm_unit_setup(16UL << 20);
	return 0;
}

static void
test_model(void **state)
{
	struct unit_source choices;
	unsigned int i;

	for (i = 1; i <= 20; i++) {
		choices.seed = unit_seed(i * 0x9e3779b97f4a7c15);
		run(&choices, 3000);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_model, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
