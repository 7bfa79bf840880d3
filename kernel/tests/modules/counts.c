/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Many ports, threads, tasks, mappings and memory objects at once: when they
 * are gone, free pages and the kernel's caches are back to where they were,
 * and what one costs does not depend on how many there are.
 *
 * Words: full=1 for the large counts; ports= threads= tasks= maps= objects=
 * for others.  As many as memory holds live at the same time; the rest comes
 * after these are gone.  steady=1 tells that time counts instructions, so that
 * costs can be compared.
 */
#include "lib/test.h"

#define self		task_self_port

#define FREE_PAGES	64		/* free pages may differ by this */
#define MARGIN		4096		/* pages left to the rest */
#define BATCH		64		/* made between looks at memory */
#define CACHES		96
#define NAMES		100000		/* alive at once, at most */

struct census {
	int64_t free;
	unsigned int caches;
	struct {
		char name[32];
		uint64_t objects;
	} cache[CACHES];
};

/* One kind of thing. */
struct kind {
	const char *word;
	unsigned int few;		/* without words */
	unsigned int many;		/* with full=1 */
	mach_port_t (*make)(unsigned int index);
	void (*unmake)(unsigned int index);
	void (*begin)(void);		/* before a round, or NULL */
	void (*end)(void);		/* after it, or NULL */
};

static mach_port_t names[NAMES];
static struct census before;
static struct census after;
static cache_info_t infos[CACHES];

static int64_t
free_pages(void)
{
	vm_statistics_data_t data;

	need_success(vm_statistics(self, &data));
	return data.free_count;
}

/* Fill what the kernel keeps for the next mappings of this task. */
static void
warm(void)
{
	vm_size_t size = 256 * page_size;
	vm_address_t block = memory_allocate(size);

	memory_fill(block, size, 1);
	memory_free(block, size);
	sleep_ms(1);
}

static void
take(struct census *census)
{
	mach_msg_type_number_t count = CACHES;
	cache_info_array_t info = infos;
	unsigned int i;

	warm();
	need_success(host_slab_info(mach_host_self(), &info, &count));
	need(count <= CACHES);
	for (i = 0; i < count; i++) {
		memcpy(census->cache[i].name, info[i].name,
		    sizeof census->cache[i].name);
		census->cache[i].objects = info[i].nr_objs;
	}
	census->caches = count;
	if (info != infos)
		memory_free((vm_address_t)info, count * sizeof *info);
	census->free = free_pages();
}

/* Print what differs, if `say`; true: nothing does. */
static bool
same(bool say)
{
	bool good = after.caches == before.caches;
	unsigned int i;

	for (i = 0; i < before.caches && i < after.caches; i++) {
		if (after.cache[i].objects == before.cache[i].objects)
			continue;
		good = false;
		if (say)
			test_print("# %s: %lu objects, were %lu\n",
			    after.cache[i].name, after.cache[i].objects,
			    before.cache[i].objects);
	}
	return good;
}

/* Everything is back, perhaps after the kernel's threads have run. */
static void
check(const struct kind *kind)
{
	unsigned int tries;
	int64_t lost;

	for (tries = 0; tries < 200; tries++) {
		take(&after);
		lost = before.free - after.free;
		if (same(false) && lost <= FREE_PAGES)
			break;
		sleep_ms(10);
	}
	ok(same(true), "%s: every cache is as before", kind->word);
	ok(lost <= FREE_PAGES && lost >= -FREE_PAGES,
	    "%s: %ld free pages lost", kind->word, lost);
}

/* Make up to `limit`, while memory is there.  Returns how many. */
static unsigned int
make(const struct kind *kind, unsigned int limit)
{
	unsigned int i;

	for (i = 0; i < limit && i < NAMES; i++) {
		if (i % BATCH == 0 && free_pages() < MARGIN)
			break;
		names[i] = kind->make(i);
	}
	return i;
}

/* What one costs, made and unmade; ns. */
static uint64_t
round(const struct kind *kind, unsigned int limit, unsigned int *made)
{
	uint64_t start, cost;
	unsigned int i;

	if (kind->begin != NULL)
		kind->begin();
	start = time_ns();
	*made = make(kind, limit);
	for (i = 0; i < *made; i++)
		kind->unmake(i);
	cost = time_ns() - start;
	if (kind->end != NULL)
		kind->end();
	return *made == 0 ? 0 : cost / *made;
}

static void
test_kind(const struct kind *kind)
{
	const char *word = test_option(kind->word);
	unsigned int total = word != NULL ? test_number(word) :
	    test_option("full") != NULL ? kind->many : kind->few;
	unsigned int done = 0, most = 0, made;
	uint64_t few, many = 0;

	/* Whatever is made once for all. */
	few = round(kind, total / 10, &made);
	take(&before);
	few = round(kind, total / 10, &made);
	while (done < total) {
		uint64_t cost = round(kind, total - done, &made);

		if (made == 0)
			break;
		if (made > most) {
			most = made;
			many = cost;
		}
		done += made;
	}
	ok(done == total, "%u %s, %u at a time", done, kind->word, most);
	test_print("# %s: %lu ns each of %u, %lu ns each of %u\n",
	    kind->word, few, total / 10, many, most);
	if (test_option("steady") != NULL)
		ok(many <= 2 * few, "%s: many cost as much as few, each",
		    kind->word);
	check(kind);
}

/* Ports: receive rights with a send right. */

static mach_port_t
port_make(unsigned int index)
{
	mach_port_t name;

	(void)index;
	need_success(mach_port_allocate(self, MACH_PORT_RIGHT_RECEIVE,
	    &name));
	need_success(mach_port_insert_right(self, name, name,
	    MACH_MSG_TYPE_MAKE_SEND));
	return name;
}

static void
port_unmake(unsigned int index)
{
	need_success(mach_port_destroy(self, names[index]));
}

/*
 * Ports that die with their task, to which we keep send rights; a dead-name
 * notification is asked for, for every other one.
 */

static mach_port_t home;
static mach_port_t dead;

static void
home_begin(void)
{
	need_success(task_create(self, FALSE, &home));
	dead = port_receive_right();
}

static mach_port_t
away_make(unsigned int index)
{
	mach_port_t name, right, previous;
	mach_msg_type_name_t type;

	need_success(mach_port_allocate(home, MACH_PORT_RIGHT_RECEIVE,
	    &name));
	need_success(mach_port_extract_right(home, name,
	    MACH_MSG_TYPE_MAKE_SEND, &right, &type));
	if (index % 2 == 0)
		need_success(mach_port_request_notification(self, right,
		    MACH_NOTIFY_DEAD_NAME, 0, dead,
		    MACH_MSG_TYPE_MAKE_SEND_ONCE, &previous));
	return right;
}

/* The first one ends the task; the others are dead names by then. */
static void
away_unmake(unsigned int index)
{
	if (index == 0)
		need_success(task_terminate(home));
	need_success(mach_port_destroy(self, names[index]));
}

static void
away_end(void)
{
	mach_port_deallocate(self, home);
	port_destroy(dead);
}

/* Threads: every other one waits for a message, the others never ran. */

static mach_msg_header_t unheard;

static mach_port_t
thread_make(unsigned int index)
{
	struct aarch64_thread_state state;
	mach_port_t thread;

	need_success(thread_create(self, &thread));
	if (index % 2 != 0)
		return thread;
	memset(&state, 0, sizeof state);
	state.x[0] = (uintptr_t)&unheard;
	state.x[1] = MACH_RCV_MSG;
	state.x[3] = sizeof unheard;
	state.x[4] = dead;
	state.pc = (uintptr_t)mach_msg_trap;
	need_success(set_state(thread, &state));
	need_success(thread_resume(thread));
	return thread;
}

static void
thread_unmake(unsigned int index)
{
	need_success(thread_terminate(names[index]));
	need_success(mach_port_deallocate(self, names[index]));
}

static void
dead_begin(void)
{
	dead = port_receive_right();
}

static void
dead_end(void)
{
	port_destroy(dead);
}

/* Tasks: inheriting, with a thread. */

static mach_port_t
task_make(unsigned int index)
{
	mach_port_t task, thread;

	need_success(task_create(self, TRUE, &task));
	if (index % 2 == 0) {
		need_success(thread_create(task, &thread));
		need_success(mach_port_deallocate(self, thread));
	}
	return task;
}

static void
task_unmake(unsigned int index)
{
	need_success(task_terminate(names[index]));
	need_success(mach_port_deallocate(self, names[index]));
}

/* Mappings: a page every two, every eighth written. */

static vm_address_t area;

static void
area_begin(void)
{
	area = 1ul << 40;
}

static mach_port_t
map_make(unsigned int index)
{
	vm_address_t address = area + index * 2 * page_size;

	need_success(vm_allocate(self, &address, page_size, FALSE));
	if (index % 8 == 0)
		*(volatile uint64_t *)address = index;
	return 0;
}

static void
map_unmake(unsigned int index)
{
	need_success(vm_deallocate(self, area + index * 2 * page_size,
	    page_size));
}

/* Memory objects of ours, mapped; and anonymous ones. */

static mach_port_t
object_make(unsigned int index)
{
	vm_address_t address = area + index * 2 * page_size;
	mach_port_t pager = port_make(index);

	need_success(vm_map(self, &address, page_size, 0, FALSE, pager, 0,
	    FALSE, VM_PROT_DEFAULT, VM_PROT_ALL, VM_INHERIT_NONE));
	return pager;
}

static void
object_unmake(unsigned int index)
{
	map_unmake(index);
	need_success(mach_port_destroy(self, names[index]));
}

void
test_main(void)
{
	static const struct kind kinds[] = {
		{ "ports", 5000, 100000, port_make, port_unmake, NULL,
		  NULL },
		{ "ports", 5000, 100000, away_make, away_unmake, home_begin,
		  away_end },
		{ "threads", 500, 10000, thread_make, thread_unmake,
		  dead_begin, dead_end },
		{ "tasks", 200, 2000, task_make, task_unmake, NULL, NULL },
		{ "maps", 20000, 100000, map_make, map_unmake, area_begin,
		  NULL },
		{ "objects", 500, 10000, object_make, object_unmake,
		  area_begin, NULL },
	};
	unsigned int i, made;

	/* What the first use of anything leaves is not counted. */
	memset(names, 0xff, sizeof names);
	for (i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		round(&kinds[i], BATCH, &made);
	take(&before);
	take(&after);
	ok(after.free > MARGIN, "%ld pages are free", after.free);
	for (i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		test_kind(&kinds[i]);
}
