/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * A thousand generations of tasks that inherit memory and write some of it:
 * each shows its own past, and neither shadows nor pages pile up.
 */
#include "lib/test.h"

#define self		task_self_port

#define GENERATIONS	1000
#define PAGES		8
#define DEEPEST		16		/* objects below the first */
#define PAGES_LOST	64
#define WARM		100

static mach_port_t tasks[GENERATIONS];
static vm_address_t block;

static int64_t
free_pages(void)
{
	vm_statistics_data_t data;

	need_success(vm_statistics(self, &data));
	return data.free_count;
}

/* The page that generation `n` writes. */
static unsigned int
page_of(unsigned int n)
{
	return (unsigned int)(n * 0x9e3779b97f4a7c15ul >> 40) % PAGES;
}

/* Who wrote a page last, as generation `n` sees it. */
static uint64_t
writer(unsigned int n, unsigned int page)
{
	while (n > 0 && page_of(n) != page)
		n--;
	return n;
}

static void
write_page(mach_port_t task, unsigned int n)
{
	uint64_t value = n;

	need_success(vm_write(task, block + page_of(n) * page_size,
	    (vm_offset_t)&value, sizeof value));
}

static bool
shows(mach_port_t task, unsigned int n)
{
	mach_msg_type_number_t count;
	vm_address_t data;
	unsigned int i;
	bool good = true;

	need_success(vm_read(task, block, PAGES * page_size, &data, &count));
	for (i = 0; i < PAGES; i++)
		good = good && *(uint64_t *)(data + i * page_size) ==
		    writer(n, i);
	memory_free(data, PAGES * page_size);
	return good;
}

static unsigned int
depth(mach_port_t task)
{
	mach_port_t object, shadow, copy;
	vm_region_info_t region;
	vm_object_info_t info;
	unsigned int objects = 0;

	need_success(mach_vm_region_info(task, block, &region, &object));
	for (; object != MACH_PORT_NULL; objects++) {
		need_success(mach_vm_object_info(object, &info, &shadow,
		    &copy));
		mach_port_deallocate(self, object);
		object = shadow;
	}
	return objects - 1;
}

static void
end(mach_port_t task)
{
	need_success(task_terminate(task));
	mach_port_deallocate(self, task);
}

static void
begin(void)
{
	block = memory_allocate(PAGES * page_size);
	memset((void *)block, 0, PAGES * page_size);
	need_success(task_create(self, TRUE, &tasks[0]));
}

static void
finish(const char *what, int64_t before, unsigned int most, bool good)
{
	int64_t lost;

	memory_free(block, PAGES * page_size);
	lost = before - free_pages();
	ok(good, "%s: each shows its past", what);
	ok(most <= DEEPEST, "%s: at most %u shadows", what, most);
	ok(lost <= PAGES_LOST, "%s: %ld pages lost", what, lost);
}

/* The parent dies when its child has begun. */
static void
test_line(void)
{
	int64_t before = free_pages(), used;
	unsigned int most = 0, now, i;
	bool good = true;

	begin();
	for (i = 1; i < GENERATIONS; i++) {
		need_success(task_create(tasks[i - 1], TRUE, &tasks[i]));
		write_page(tasks[i], i);
		end(tasks[i - 1]);
		now = depth(tasks[i]);
		most = now > most ? now : most;
	}
	good = shows(tasks[i - 1], i - 1);
	used = before - free_pages();
	ok(used <= PAGES_LOST + 2 * PAGES, "in line: %ld pages in use", used);
	end(tasks[i - 1]);
	finish("in line", before, most, good);
}

/* The parent goes on and writes; each child dies. */
static void
test_children(void)
{
	int64_t before = free_pages(), used;
	unsigned int most = 0, now, i;
	bool good = true;
	mach_port_t child;

	begin();
	for (i = 1; i < GENERATIONS; i++) {
		need_success(task_create(tasks[0], TRUE, &child));
		write_page(tasks[0], i);
		good = good && shows(child, i - 1);
		end(child);
		now = depth(tasks[0]);
		most = now > most ? now : most;
	}
	good = good && shows(tasks[0], i - 1);
	used = before - free_pages();
	ok(used <= PAGES_LOST + 2 * PAGES, "children: %ld pages in use",
	    used);
	end(tasks[0]);
	finish("children", before, most, good);
}

/* Everybody stays, and dies in the order of age or the other way round. */
static void
test_alive(bool backwards)
{
	const char *what = backwards ? "youngest first" : "oldest first";
	int64_t before = free_pages();
	unsigned int most = 0, now, i;
	bool good = true;

	begin();
	for (i = 1; i < GENERATIONS; i++) {
		need_success(task_create(tasks[i - 1], TRUE, &tasks[i]));
		write_page(tasks[i], i);
		now = depth(tasks[i]);
		most = now > most ? now : most;
	}
	for (i = 0; i < GENERATIONS; i++) {
		unsigned int n = backwards ? GENERATIONS - 1 - i : i;

		good = good && shows(tasks[n], n);
		end(tasks[n]);
	}
	finish(what, before, most, good);
}

void
test_main(void)
{
	unsigned int i;

	/* What the first use of anything leaves is not counted. */
	begin();
	for (i = 1; i < WARM; i++)
		need_success(task_create(tasks[0], TRUE, &tasks[i]));
	write_page(tasks[0], 1);
	shows(tasks[0], 1);
	depth(tasks[0]);
	for (i = 0; i < WARM; i++)
		end(tasks[i]);
	memory_free(block, PAGES * page_size);
	test_line();
	test_children();
	test_alive(false);
	test_alive(true);
}
