/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Names: the lowest free one first, any free one on request (ABI.md), and
 * thousands of them without a large block of memory.
 */
#include "lib/test.h"

#define self	task_self_port
#define SPACE	3000u			/* names that the model watches */
#define STEPS	20000u

static uint8_t used[SPACE];

static mach_port_t
lowest_free(void)
{
	mach_port_t name;

	for (name = 1; used[name]; name++)
		continue;
	return name;
}

/* A fresh name space, and a model of it: which names are in use. */
static void
test_model(void)
{
	uint64_t seed = 4242;
	unsigned int i, count = 0, wrong = 0;
	mach_port_t task, name, other;
	kern_return_t kr;

	need_success(task_create(self, FALSE, &task));
	memset(used, 0, sizeof used);
	for (i = 0; i < STEPS && wrong == 0; i++) {
		unsigned int what = test_random(&seed) % 10;

		name = 1 + (mach_port_t)(test_random(&seed) % (SPACE - 1));
		other = 1 + (mach_port_t)(test_random(&seed) % (SPACE - 1));
		if (what < (i / 2000 % 2 == 0 ? 5u : 2u) &&
		    count < SPACE - 2) {
			mach_port_t got = MACH_PORT_NULL, due = lowest_free();

			need_success(mach_port_allocate(task,
			    MACH_PORT_RIGHT_DEAD_NAME, &got));
			wrong += got != due;
			used[due] = 1;
			count++;
		} else if (what == 9) {
			kr = mach_port_allocate_name(task,
			    MACH_PORT_RIGHT_DEAD_NAME, name);
			wrong += kr != (used[name] ? KERN_NAME_EXISTS
			    : KERN_SUCCESS);
			count += !used[name];
			used[name] = 1;
		} else if (what == 8) {
			kr = mach_port_rename(task, name, other);
			wrong += kr != (!used[name] ? KERN_INVALID_NAME :
			    used[other] ? KERN_NAME_EXISTS : KERN_SUCCESS);
			if (kr == KERN_SUCCESS) {
				used[name] = 0;
				used[other] = 1;
			}
		} else {
			kr = mach_port_destroy(task, name);
			wrong += kr != (used[name] ? KERN_SUCCESS
			    : KERN_INVALID_NAME);
			count -= used[name];
			used[name] = 0;
		}
	}
	ok(wrong == 0, "%u random steps, as the model has it", i);
	need_success(task_terminate(task));
	mach_port_deallocate(self, task);
}

/* Any free name may be asked for, whatever it is. */
static void
test_any(void)
{
	static const mach_port_t names[] = {
		0x1f, 0x20, 0x3ff, 0x400, 0x7fff, 0x8000, 0x12345, 0xfffff,
		0x100000, 0x7fffffff, 0x80000000, 0xdeadbeef, 0xffffffe0,
		0xfffffffd, 0xfffffffe,
	};
	const unsigned int count = sizeof names / sizeof names[0];
	mach_port_name_array_t list;
	mach_port_type_array_t types;
	mach_msg_type_number_t list_count = 0, type_count = 0;
	mach_port_t task, low = MACH_PORT_NULL;
	unsigned int i, good = 0;

	need_success(task_create(self, FALSE, &task));
	for (i = 0; i < count; i++)
		good += mach_port_allocate_name(task,
		    MACH_PORT_RIGHT_RECEIVE, names[i]) == KERN_SUCCESS;
	ok_eq(good, count, "names from one end to the other");
	need_success(mach_port_names(task, &list, &list_count, &types,
	    &type_count));
	for (i = 0, good = 0; i < list_count && i < count; i++)
		good += list[i] == names[i];
	ok(good == count && list_count == count, "all are listed, in order");
	memory_free((vm_address_t)list, list_count * sizeof *list);
	memory_free((vm_address_t)types, list_count * sizeof *types);
	need_success(mach_port_allocate(task, MACH_PORT_RIGHT_RECEIVE, &low));
	ok_eq(low, 1, "the lowest free one is still 1");
	for (i = 0, good = 0; i < count; i++)
		good += mach_port_destroy(task, names[i]) == KERN_SUCCESS;
	ok_eq(good, count, "and go again");
	need_success(task_terminate(task));
	mach_port_deallocate(self, task);
}

#define MANY	20000u

static mach_port_t many[MANY];

struct usage {
	uint64_t ports, pages;
	uint64_t largest;		/* objects of more than a page */
};

static struct usage
usage_get(void)
{
	static cache_info_t inlined[20];
	cache_info_array_t info = inlined;
	mach_msg_type_number_t count = 20;
	vm_statistics_data_t statistics;
	struct usage usage = { 0 };
	unsigned int i;

	need_success(host_slab_info(mach_host_self(), &info, &count));
	for (i = 0; i < count; i++) {
		if (strcmp(info[i].name, "ipc_port") == 0)
			usage.ports = info[i].nr_objs;
		if (info[i].obj_size > page_size)
			usage.largest += info[i].nr_objs;
	}
	list_free(info, inlined, count * sizeof *info);
	need_success(vm_statistics(self, &statistics));
	usage.pages = (uint64_t)statistics.free_count;
	return usage;
}

/* Memory grows by what ports are, in small pieces, and comes back. */
static void
test_many(void)
{
	struct usage before, full, after;
	unsigned int i, wrong = 0;

	memset(many, 0, sizeof many);
	test_settle();
	before = usage_get();
	for (i = 0; i < MANY; i++) {
		many[i] = port_receive_right();
		wrong += i > 100 && many[i] != many[i - 1] + 1;
	}
	full = usage_get();
	ok(wrong == 0, "%u ports have names in a row", MANY);
	ok_eq(full.ports - before.ports, MANY, "they are counted");
	ok_eq(full.largest, before.largest, "no block of more than a page");
	ok((before.pages - full.pages) * page_size / MANY < 512,
	    "%lu bytes a port", (before.pages - full.pages) * page_size / MANY);
	for (i = 0; i < MANY; i += 2)
		port_destroy(many[i]);
	for (i = 0; i < MANY; i += 2)
		wrong += port_receive_right() != many[i];
	ok(wrong == 0, "every other one goes, and its name is given again");
	for (i = 0; i < MANY; i++)
		port_destroy(many[MANY - 1 - i]);
	after = usage_get();
	ok_eq(after.ports, before.ports, "all are gone");
	ok(after.pages + 64 >= before.pages, "%ld pages are kept",
	    (long)(before.pages - after.pages));
}

void
test_main(void)
{
	test_model();
	test_any();
	test_many();
}
