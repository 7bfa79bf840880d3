/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Child tasks that share and copy memory at random, against a model of plain
 * arrays: whatever was done in whatever order, each shows the bytes and gives
 * the answers that the model does.
 *
 * Words: seed= and steps= for one run of that length instead of three short
 * ones; pageout=1 keeps memory so short that their pages go out to a default
 * pager and come back.  A failure names the seed and the step.
 */
#include "lib/store.h"
#include "vm-random/vm-random.h"

static struct child children[TASKS];
static uint64_t state;
static unsigned int step;

void
fail(const char *what, kern_return_t got, kern_return_t want)
{
	test_bail("step %u: %s gives 0x%x, not 0x%x", step, what,
	    (unsigned)got, (unsigned)want);
}

void
expect(const char *what, kern_return_t got, kern_return_t want)
{
	if (got != want)
		fail(what, got, want);
}

unsigned int
pick(unsigned int limit)
{
	return (unsigned int)(test_random(&state) >> 16) % limit;
}

vm_address_t
at(unsigned int page)
{
	return BASE + page * page_size;
}

/* Operations. */

static unsigned int
pick_range(unsigned int *count)
{
	unsigned int first = pick(PAGES);

	*count = 1 + pick(6);
	if (*count > PAGES - first)
		*count = PAGES - first;
	return first;
}

static void
op_allocate(struct child *child)
{
	unsigned int count, first = pick_range(&count), i;
	vm_address_t address = at(first);
	kern_return_t want = KERN_SUCCESS;

	for (i = first; i < first + count; i++) {
		if (child->slots[i].cell != NULL)
			want = KERN_NO_SPACE;
	}
	expect("vm_allocate", vm_allocate(child->task, &address,
	    count * page_size, FALSE), want);
	for (i = first; want == KERN_SUCCESS && i < first + count; i++)
		slot_new(&child->slots[i]);
}

static void
op_deallocate(struct child *child)
{
	unsigned int count, first = pick_range(&count), i;

	expect("vm_deallocate", vm_deallocate(child->task, at(first),
	    count * page_size), KERN_SUCCESS);
	for (i = first; i < first + count; i++)
		slot_clear(&child->slots[i]);
}

static void
op_store(struct child *child)
{
	unsigned int page = pick(PAGES);
	unsigned int offset = pick((unsigned)page_size / 8) * 8;
	uint64_t value = test_random(&state);

	if (access(child, page, 1, VM_PROT_DEFAULT) != KERN_SUCCESS)
		return;
	tell(child, STORE, at(page) + offset, value, false, NULL, 0);
	memcpy(child->slots[page].cell->bytes + offset, &value,
	    sizeof value);
}

static void
op_load(struct child *child)
{
	unsigned int page = pick(PAGES);
	unsigned int offset = pick((unsigned)page_size / 8) * 8;
	uint64_t value;

	if (access(child, page, 1, VM_PROT_READ) != KERN_SUCCESS)
		return;
	value = tell(child, LOAD, at(page) + offset, 0, false, NULL, 0);
	if (memcmp(child->slots[page].cell->bytes + offset, &value,
	    sizeof value) != 0)
		fail("a load", 1, 0);
}

/* The kernel writes a few bytes, across a page's end perhaps. */
static void
op_write(struct child *child)
{
	unsigned int page = pick(PAGES - 1), i;
	uint64_t inside = pick((unsigned)page_size), size = 1 + pick(600);
	unsigned int pages = inside + size > page_size ? 2 : 1;
	uint8_t data[600];
	kern_return_t want = access(child, page, pages, VM_PROT_WRITE);

	for (i = 0; i < size; i++)
		data[i] = (uint8_t)test_random(&state);
	expect("vm_write", vm_write(child->task, at(page) + inside,
	    (vm_offset_t)data, (mach_msg_type_number_t)size), want);
	for (i = 0; want == KERN_SUCCESS && i < size; i++)
		child->slots[page + (inside + i) / page_size].cell->bytes[
		    (inside + i) % page_size] = data[i];
}

static void
op_protect(struct child *child)
{
	static const vm_prot_t protections[] = { VM_PROT_NONE, VM_PROT_READ,
	    VM_PROT_DEFAULT, VM_PROT_DEFAULT };
	unsigned int count, first = pick_range(&count), i;
	vm_prot_t protection = protections[pick(4)];
	kern_return_t want = access(child, first, count, VM_PROT_NONE);

	expect("vm_protect", vm_protect(child->task, at(first),
	    count * page_size, FALSE, protection), want);
	for (i = first; want == KERN_SUCCESS && i < first + count; i++)
		child->slots[i].protection = protection;
}

static void
op_inherit(struct child *child)
{
	unsigned int count, first = pick_range(&count), i;
	vm_inherit_t inheritance = pick(3);
	kern_return_t want = access(child, first, count, VM_PROT_NONE);

	expect("vm_inherit", vm_inherit(child->task, at(first),
	    count * page_size, inheritance), want);
	for (i = first; want == KERN_SUCCESS && i < first + count; i++)
		child->slots[i].inheritance = inheritance;
}

static void
op_wire(struct child *child)
{
	unsigned int count, first = pick_range(&count);
	vm_prot_t protection = pick(3) == 0 ? VM_PROT_READ : VM_PROT_NONE;
	kern_return_t want = access(child, first, count, protection);

	if (want != KERN_SUCCESS)
		want = KERN_NO_SPACE;
	expect("vm_wire", vm_wire(host_priv, child->task, at(first),
	    count * page_size, protection), want);
}

static void
op_copy(struct child *child)
{
	unsigned int count, from = pick_range(&count);
	unsigned int to = pick(PAGES - count + 1), i;
	kern_return_t want = access(child, from, count, VM_PROT_READ);

	if (to < from + count && from < to + count)
		return;
	if (want == KERN_SUCCESS)
		want = access(child, to, count, VM_PROT_WRITE);
	expect("vm_copy", vm_copy(child->task, at(from), count * page_size,
	    at(to)), want);
	for (i = 0; want == KERN_SUCCESS && i < count; i++)
		memcpy(child->slots[to + i].cell->bytes,
		    child->slots[from + i].cell->bytes, page_size);
}

/* Map a page of one task in another, to share or as a copy. */
static void
op_map(struct child *child)
{
	struct child *other = &children[pick(TASKS)];
	unsigned int from = pick(PAGES), to = pick(PAGES);
	vm_address_t start = at(from), address = at(to), offset;
	vm_size_t size;
	vm_prot_t protection, maximum;
	vm_inherit_t inheritance;
	boolean_t shared, copy = pick(2) != 0;
	mach_port_t name, proxy;
	kern_return_t want = KERN_SUCCESS;

	if (other->task == MACH_PORT_NULL || child->slots[from].cell == NULL)
		return;
	need_success(vm_region(child->task, &start, &size, &protection,
	    &maximum, &inheritance, &shared, &name, &offset));
	mach_port_deallocate(self, name);
	need_success(vm_region_create_proxy(child->task, at(from),
	    VM_PROT_ALL, size, &proxy));
	if (other->slots[to].cell != NULL)
		want = KERN_NO_SPACE;
	expect("vm_map", vm_map(other->task, &address, page_size, 0, FALSE,
	    proxy, at(from) - start, copy, VM_PROT_DEFAULT, VM_PROT_ALL,
	    VM_INHERIT_COPY), want);
	mach_port_deallocate(self, proxy);
	if (want != KERN_SUCCESS)
		return;
	other->slots[to].protection = VM_PROT_DEFAULT;
	other->slots[to].inheritance = VM_INHERIT_COPY;
	if (copy)
		other->slots[to].cell = cell_create(child->slots[from].cell);
	else {
		other->slots[to].cell = child->slots[from].cell;
		other->slots[to].cell->references++;
	}
}

/* Out-of-line memory from a task over here to another, and in its place. */
static void
op_message(struct child *child)
{
	struct child *other = &children[pick(TASKS)];
	unsigned int count, first = pick_range(&count), i;
	unsigned int to = pick(PAGES - count + 1);
	vm_size_t size = count * page_size;
	bool deallocate = pick(3) == 0;
	vm_address_t there;
	uint8_t *here;

	if (other->task == MACH_PORT_NULL ||
	    access(child, first, count, VM_PROT_READ) != KERN_SUCCESS)
		return;
	tell(child, SEND, at(first), size, deallocate, NULL, 0);
	here = message_data(message_item(&answer, 1));
	if (!same(child, first, count, here))
		fail("memory in a message", 1, 0);
	for (i = first; deallocate && i < first + count; i++)
		slot_clear(&child->slots[i]);
	if (access(other, to, count, VM_PROT_WRITE) != KERN_SUCCESS) {
		memory_free((vm_address_t)here, size);
		return;
	}
	overwrite(other, to, count, here);
	there = tell(other, TAKE, 0, 0, false, here, size);
	expect("vm_copy", vm_copy(other->task, there, size, at(to)),
	    KERN_SUCCESS);
	expect("vm_deallocate", vm_deallocate(other->task, there, size),
	    KERN_SUCCESS);
}

static void
op_fork(struct child *child)
{
	struct child *other = &children[pick(TASKS)];
	unsigned int i;

	if (other == child)
		return;
	if (other->task != MACH_PORT_NULL)
		child_end(other);
	child_begin(other, child->task);
	for (i = 0; i < PAGES; i++) {
		const struct slot *from = &child->slots[i];

		if (from->cell == NULL ||
		    from->inheritance == VM_INHERIT_NONE)
			continue;
		other->slots[i] = *from;
		if (from->inheritance == VM_INHERIT_SHARE)
			from->cell->references++;
		else
			other->slots[i].cell = cell_create(from->cell);
	}
}

static void
random_step(void)
{
	static void (*const operations[])(struct child *) = {
		op_allocate, op_allocate, op_allocate, op_deallocate,
		op_store, op_store, op_store, op_store, op_load, op_load,
		op_write, op_protect, op_inherit, op_inherit, op_wire,
		op_copy, op_map, op_map, op_message, op_message, op_fork,
	};
	struct child *child = &children[pick(TASKS)];

	if (child->task == MACH_PORT_NULL)
		child_begin(child, self);
	if (pick(100) == 0)
		child_end(child);
	else if (pick(16) == 0)
		child_check(child);
	else
		operations[pick(sizeof operations / sizeof operations[0])](
		    child);
}

/* Memory pressure: what the children have goes out, and comes back. */

#define ROOM		(20ul << 20)	/* bytes left free */
#define SWEEP		32		/* steps between two sweeps */

static struct store store;
static vm_address_t swept;
static vm_size_t swept_size;

static void
pressure_begin(void)
{
	need_success(vm_wire_all(host_priv, self, VM_WIRE_CURRENT));
	store_start(&store);
	hog_take(ROOM);
	swept_size = ROOM * 5 / 4;
	swept = memory_allocate(swept_size);
	need_success(vm_inherit(self, swept, swept_size, VM_INHERIT_NONE));
}

/* Of the children's pages too, which the pager cannot make up. */
static void
pressure_check(void)
{
	struct store_count count;

	store_count(&store, &count);
	ok(count.supplied > 0 && count.whole > 0 && count.bad == 0,
	    "%lu pages went out, %lu came back", count.first + count.again,
	    count.supplied);
}

static void
pressure_sweep(void)
{
	vm_size_t at;

	for (at = 0; at < swept_size; at += page_size)
		page_fill(swept + at, step + at);
}

static void
run(uint64_t seed, unsigned int steps)
{
	unsigned int most = 0, depth, i;

	state = seed * 0x9e3779b97f4a7c15ul | 1;
	for (step = 0; step < steps; step++) {
		random_step();
		if (swept != 0 && step % SWEEP == 0)
			pressure_sweep();
	}
	for (i = 0; i < TASKS; i++) {
		if (children[i].task == MACH_PORT_NULL)
			continue;
		child_check(&children[i]);
		depth = deepest(&children[i]);
		most = depth > most ? depth : most;
	}
	if (swept != 0) {
		pressure_sweep();
		pressure_check();
	}
	for (i = 0; i < TASKS; i++) {
		if (children[i].task != MACH_PORT_NULL)
			child_end(&children[i]);
	}
	ok(true, "seed %lu: %u steps as the model says", seed, steps);
	ok(most <= 64, "at most %u objects on top of each other", most);
}

void
test_main(void)
{
	const char *seed = test_option("seed"), *steps = test_option("steps");
	unsigned int i;

	model_setup();
	if (test_option("pageout") != NULL)
		pressure_begin();
	if (seed != NULL || steps != NULL) {
		run(seed == NULL ? 1 : test_number(seed),
		    steps == NULL ? 1000 : test_number(steps));
		return;
	}
	for (i = 1; i <= 3; i++)
		run(i, 1000);
}
