/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <tests/unit/unit.h>

#include <kern/thread.h>
#include <lib/macros.h>
#include <lib/string.h>
#include <machine/memory.h>
#include <machine/percpu.h>
#include <vm/vm_page.h>

#define MIB		(1UL << 20)
#define GIB		(1UL << 30)
#define MAX_PAGES	40000

static struct vm_page *pages[MAX_PAGES];

/* Set up with some ranges of RAM and of reserved memory. */
static void
setup(const struct vm_page_range *ram, unsigned int nram,
      const struct vm_page_range *reserved, unsigned int nreserved)
{
	unsigned int i;

	for (i = 0; i < nram; i++)
		host_memory_reset(ram[i].start, ram[i].end - ram[i].start);

	host_set_cpu(0);
	vm_page_setup(ram, nram, reserved, nreserved);
}

static void
setup_simple(uint64_t size)
{
	const struct vm_page_range ram = { HOST_RAM_START,
					   HOST_RAM_START + size };

	setup(&ram, 1, NULL, 0);
}

static void
test_overhead(void **state)
{
	setup_simple(GIB);
	assert_int_equal(vm_page_total_count(), GIB / PAGE_SIZE);
	assert_int_equal(vm_page_memory_size(), GIB);
	assert_true(vm_page_free_count() * PAGE_SIZE > 1008 * MIB);
	assert_true(sizeof(struct vm_page) <= 40);
}

/* Every page once, each usable, none outside RAM or reserved; and back. */
static void
exhaust(const struct vm_page_range *reserved, unsigned int nreserved)
{
	uint64_t before = vm_page_free_count();
	size_t i, count = 0;
	unsigned int j;

	while ((pages[count] = vm_page_alloc(true)) != NULL) {
		struct vm_page *page = pages[count];
		uint64_t physical = vm_page_to_phys(page);

		assert_ptr_equal(vm_page_lookup_phys(physical), page);
		assert_ptr_equal(vm_page_from_index(vm_page_index(page)),
				 page);
		assert_int_not_equal(vm_page_index(page), 0);
		assert_null(page->object);
		assert_null(page->mappings);
		assert_int_equal(page->flags | page->wire_count | page->queue,
				 0);

		for (j = 0; j < nreserved; j++)
			assert_false(physical + PAGE_SIZE > reserved[j].start
				     && physical < reserved[j].end);

		memcpy(vm_page_to_direct(page), &physical, sizeof(physical));
		page->object = (void *)1;
		page->flags = 0xffff;
		count++;
	}

	assert_int_equal(count, before);
	assert_int_equal(vm_page_free_count(), 0);
	assert_null(vm_page_alloc_block(1));
	assert_null(vm_page_alloc_contiguous(1, 0, ~0UL, PAGE_SIZE));

	for (i = 0; i < count; i++) {
		uint64_t physical;

		memcpy(&physical, vm_page_to_direct(pages[i]),
		       sizeof(physical));
		assert_int_equal(physical, vm_page_to_phys(pages[i]));
	}

	/* In an order that merges little at first. */
	for (i = 0; i < count; i += 2)
		vm_page_free(pages[i]);

	for (i = 1; i < count; i += 2)
		vm_page_free(pages[i]);

	assert_int_equal(vm_page_free_count(), before);
}

static void
test_exhaust(void **state)
{
	setup_simple(100 * MIB);
	exhaust(NULL, 0);

	/* All of it merged again: the largest blocks are there. */
	assert_non_null(vm_page_alloc_block(14));
}

/* Banks far apart, at odd addresses, with reserved parts of all kinds. */
static void
test_sparse(void **state)
{
	static const struct vm_page_range ram[] = {
		{ 0x40000000, 0x40000000 + 20 * MIB },
		{ 0x40000000 + 21 * MIB, 0x40000000 + 25 * MIB + 0x3000 },
		{ 0xff000000, 0x101800000 },
		{ 0x880005000, 0x880005000 + 3 * MIB },
		{ 0x8000000000, 0x8000000000 + 16 * MIB },
	};
	static const struct vm_page_range reserved[] = {
		{ 0x8000000800, 0x8000001001 },
		{ 0, 0x40000000 + 2 * MIB },
		{ 0x40000000 + MIB, 0x40000000 + 3 * MIB },
		{ 0x100000000 - 0x1000, 0x100001000 },
		{ 0x880005000, 0x880006000 },
		{ 0x880300000, 0x890000000 },
		{ 0x50000000, 0x60000000 },
	};
	uint64_t free_pages;

	setup(ram, ARRAY_SIZE(ram), reserved, ARRAY_SIZE(reserved));
	free_pages = vm_page_free_count();
	assert_int_equal(vm_page_total_count(), (20 + 4 + 40 + 3 + 16)
						* (MIB / PAGE_SIZE) + 3);
	assert_true(free_pages < vm_page_total_count() - 3 * 256 - 2 - 2 - 5);
	assert_true(free_pages > vm_page_total_count() * 95 / 100);
	exhaust(reserved, ARRAY_SIZE(reserved));

	/* Frames of holes near and far, of reserved memory, past the end. */
	assert_null(vm_page_lookup_phys(0x3ffff000));
	assert_null(vm_page_lookup_phys(0x40000000 + 20 * MIB));
	assert_null(vm_page_lookup_phys(0x40000000 + 25 * MIB + 0x3000));
	assert_null(vm_page_lookup_phys(0x880004000));
	assert_null(vm_page_lookup_phys(0x200000000));
	assert_null(vm_page_lookup_phys(~0UL));
	assert_non_null(vm_page_lookup_phys(0x40000000));
	assert_non_null(vm_page_lookup_phys(0x880305000 - 0x1000));
	assert_int_equal(vm_page_to_phys(vm_page_lookup_phys(0x880006fff)),
			 0x880006000);
}

static void
test_release_range(void **state)
{
	const struct vm_page_range ram = { HOST_RAM_START,
					   HOST_RAM_START + 64 * MIB };
	const struct vm_page_range module = { HOST_RAM_START + 15 * MIB,
					      HOST_RAM_START + 18 * MIB };
	uint64_t before;

	setup(&ram, 1, &module, 1);
	before = vm_page_free_count();
	vm_page_release_range(module.start, module.end);
	assert_int_equal(vm_page_free_count(), before + 3 * 256);
	exhaust(NULL, 0);
}

static void
test_blocks(void **state)
{
	struct vm_page *blocks[VM_PAGE_MAX_ORDER + 1];
	uint64_t before;
	unsigned int order;

	setup_simple(5 * GIB);
	before = vm_page_free_count();

	for (order = 0; order <= VM_PAGE_MAX_ORDER; order++) {
		blocks[order] = vm_page_alloc_block(order);
		assert_non_null(blocks[order]);
		assert_true(IS_ALIGNED(vm_page_to_phys(blocks[order]),
				       PAGE_SIZE << order));
	}

	assert_null(vm_page_alloc_block(VM_PAGE_MAX_ORDER + 1));
	assert_int_equal(vm_page_free_count(),
			 before - ((1UL << (VM_PAGE_MAX_ORDER + 1)) - 1));

	for (order = 0; order <= VM_PAGE_MAX_ORDER; order++)
		vm_page_free_block(blocks[order], order);

	assert_int_equal(vm_page_free_count(), before);
}

static void
check_contiguous(uint64_t count, uint64_t minimum, uint64_t maximum,
		 uint64_t align)
{
	uint64_t i, start, before = vm_page_free_count();
	struct vm_page *page;

	page = vm_page_alloc_contiguous(count, minimum, maximum, align);
	assert_non_null(page);
	start = vm_page_to_phys(page);
	assert_true(start >= minimum);
	assert_true(start + count * PAGE_SIZE - 1 <= maximum);
	assert_true(IS_ALIGNED(start, align));
	assert_int_equal(vm_page_free_count(), before - count);

	for (i = 0; i < count; i++) {
		assert_int_equal(vm_page_to_phys(page + i),
				 start + i * PAGE_SIZE);
		memset(vm_page_to_direct(page + i), 1, PAGE_SIZE);
	}

	for (i = 0; i < count; i++)
		vm_page_free(page + i);

	assert_int_equal(vm_page_free_count(), before);
}

static void
test_contiguous(void **state)
{
	const struct vm_page_range ram[] = {
		{ 0xf0000000, 0x110000000 },
		{ 0x880000000, 0x884000000 },
	};

	setup(ram, 2, NULL, 0);
	check_contiguous(1, 0, ~0UL, PAGE_SIZE);
	check_contiguous(1, 0xf0345000, 0xf0345fff, PAGE_SIZE);
	check_contiguous(3, 0, 0xffffffff, PAGE_SIZE);
	check_contiguous(1000, 0x100000001, ~0UL, PAGE_SIZE);
	check_contiguous(1001, 0xfff00000, 0x100ffffff, MIB);
	check_contiguous(9000, 0, ~0UL, 2 * MIB);
	check_contiguous(5, 0x880000000, 0x880004fff, PAGE_SIZE);
	assert_null(vm_page_alloc_contiguous(6, 0x880000000, 0x880004fff,
					     PAGE_SIZE));
	assert_null(vm_page_alloc_contiguous(5, 0x880000000, 0x880004ffe,
					     PAGE_SIZE));
	assert_null(vm_page_alloc_contiguous(5, 0x880000001, 0x880004fff,
					     PAGE_SIZE));
	assert_null(vm_page_alloc_contiguous(0, 0, ~0UL, PAGE_SIZE));
	assert_null(vm_page_alloc_contiguous(1, 0x1000, 0, PAGE_SIZE));
	assert_null(vm_page_alloc_contiguous(1, ~0UL, ~0UL, PAGE_SIZE));
	assert_null(vm_page_alloc_contiguous(1UL << 40, 0, ~0UL, PAGE_SIZE));
	assert_null(vm_page_alloc_contiguous(~0UL, 0, ~0UL, PAGE_SIZE));
}

/* A run that a used page splits; the rest of its blocks stays free. */
static void
test_contiguous_fragmented(void **state)
{
	struct vm_page *page, *run;
	uint64_t before;

	setup_simple(32 * MIB);
	before = vm_page_free_count();
	page = vm_page_alloc_contiguous(1, HOST_RAM_START + 0x5000,
					HOST_RAM_START + 0x5fff, PAGE_SIZE);
	assert_non_null(page);
	run = vm_page_alloc_contiguous(6, HOST_RAM_START,
				       HOST_RAM_START + 16 * MIB, PAGE_SIZE);
	assert_int_equal(vm_page_to_phys(run), HOST_RAM_START + 0x6000);
	assert_null(vm_page_alloc_contiguous(6, HOST_RAM_START,
					     HOST_RAM_START + 0xbfff,
					     PAGE_SIZE));
	check_contiguous(5, HOST_RAM_START, HOST_RAM_START + 0x4fff,
			 PAGE_SIZE);
	assert_int_equal(vm_page_free_count(), before - 7);
}

/*
 * Normal allocations leave a reserve, urgent ones half of it, wired threads
 * nothing.
 */
static void
test_reserve(void **state)
{
	struct thread self = { .wired = false };
	size_t count = 0;

	setup_simple(64 * MIB);
	percpu_self()->current = &self;

	while ((pages[count] = vm_page_alloc(false)) != NULL)
		count++;

	assert_int_equal(vm_page_free_count(), vm_page_reserve());
	assert_true((percpu_self()->ast & AST_MEMORY) != 0);

	while ((pages[count] = vm_page_alloc(true)) != NULL)
		count++;

	assert_int_equal(vm_page_free_count(), vm_page_reserve() / 2);
	assert_null(vm_page_alloc_block(1));
	self.wired = true;

	while ((pages[count] = vm_page_alloc(false)) != NULL)
		count++;

	assert_int_equal(vm_page_free_count(), 0);
	percpu_self()->ast = 0;
	percpu_self()->current = NULL;
}

/* Processors keep pages of their own, which count as free. */
static void
test_processors(void **state)
{
	uint64_t before;
	unsigned int cpu, i;

	setup_simple(64 * MIB);
	before = vm_page_free_count();

	for (cpu = 0; cpu < 4; cpu++) {
		host_set_cpu(cpu);
		pages[cpu] = vm_page_alloc(true);
	}

	assert_int_equal(vm_page_free_count(), before - 4);

	/* Freed elsewhere, many times: caches overflow into the lists. */
	for (i = 0; i < 1000; i++) {
		host_set_cpu(5);
		pages[i + 4] = vm_page_alloc(true);
	}

	for (i = 0; i < 1004; i++) {
		host_set_cpu(6);
		vm_page_free(pages[i]);
	}

	assert_int_equal(vm_page_free_count(), before);
}

static void
test_double_free(void **state)
{
	struct vm_page *page;

	setup_simple(32 * MIB);
	page = vm_page_alloc(true);
	vm_page_free(page);

	unit_assert_panic(vm_page_free(page));
}

/* Random blocks: no two overlap, all memory comes back. */
static void
test_random(void **state)
{
	static struct {
		struct vm_page *page;
		unsigned int order;
	} blocks[500];
	static unsigned char owner[64 * MIB / PAGE_SIZE];
	uint64_t before, first, i, seed = 7;
	unsigned int step;

	setup_simple(64 * MIB);
	before = vm_page_free_count();
	memset(owner, 0, sizeof(owner));

	for (step = 0; step < 20000; step++) {
		unsigned int n = unit_random(&seed) % ARRAY_SIZE(blocks);
		unsigned int order = unit_random(&seed) % 9;

		if (blocks[n].page == NULL) {
			blocks[n].page = vm_page_alloc_block(order);
			blocks[n].order = order;

			if (blocks[n].page == NULL)
				continue;
		}

		order = blocks[n].order;
		first = (vm_page_to_phys(blocks[n].page) - HOST_RAM_START)
			/ PAGE_SIZE;

		for (i = first; i < first + (1UL << order); i++)
			owner[i] ^= 1;

		if (owner[first] == 0) {
			vm_page_free_block(blocks[n].page, order);
			blocks[n].page = NULL;
		}

		for (i = first; i < first + (1UL << order); i++)
			assert_int_equal(owner[i], owner[first]);
	}

	for (i = 0; i < ARRAY_SIZE(blocks); i++)
		if (blocks[i].page != NULL)
			vm_page_free_block(blocks[i].page, blocks[i].order);

	assert_int_equal(vm_page_free_count(), before);
}

/*
 * Blocks that merged, were allocated as a whole and stayed: a walk by address
 * must not find their inner parts free.
 */
static void
test_random_contiguous(void **state)
{
	static struct vm_page *blocks[64];
	static unsigned char used[32 * MIB / PAGE_SIZE];
	uint64_t before, count, i, j, seed = 11;

	setup_simple(32 * MIB);
	before = vm_page_free_count();
	memset(used, 0, sizeof(used));

	/* Fragment all memory and merge it again. */
	for (count = 0; (pages[count] = vm_page_alloc(true)) != NULL; count++)
		continue;

	for (i = 0; i < count; i++)
		vm_page_free(pages[(i * 5003) % count]);

	for (i = 0; i < ARRAY_SIZE(blocks); i++) {
		unsigned int order = 1 + unit_random(&seed) % 6;
		uint64_t first;

		blocks[i] = vm_page_alloc_block(order);
		assert_non_null(blocks[i]);
		first = (vm_page_to_phys(blocks[i]) - HOST_RAM_START)
			/ PAGE_SIZE;

		for (j = first; j < first + (1UL << order); j++) {
			assert_int_equal(used[j], 0);
			used[j] = 1;
		}
	}

	for (count = 0; ; count++) {
		struct vm_page *page = vm_page_alloc_contiguous(2, 0, ~0UL,
								PAGE_SIZE);

		if (page == NULL)
			break;

		for (j = 0; j < 2; j++) {
			i = (vm_page_to_phys(page + j) - HOST_RAM_START)
			    / PAGE_SIZE;
			assert_int_equal(used[i], 0);
			used[i] = 1;
		}
	}

	assert_in_range(count, before / 4, before / 2);
}

static void
test_no_room(void **state)
{
	unit_assert_panic(setup_simple(2 * PAGE_SIZE));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_overhead),
		cmocka_unit_test(test_exhaust),
		cmocka_unit_test(test_sparse),
		cmocka_unit_test(test_release_range),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_contiguous),
		cmocka_unit_test(test_contiguous_fragmented),
		cmocka_unit_test(test_reserve),
		cmocka_unit_test(test_processors),
		cmocka_unit_test(test_double_free),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_random_contiguous),
		cmocka_unit_test(test_no_room),
	};

	return cmocka_run_group_tests_name("vm_page", tests, NULL, NULL);
}
