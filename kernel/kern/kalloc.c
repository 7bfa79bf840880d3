/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * General memory: classes of sizes, and blocks of pages above the largest.
 */

#include <kern/kalloc.h>

#include <stdint.h>

#include <kern/slab.h>
#include <lib/bits.h>
#include <lib/macros.h>
#include <lib/string.h>
#include <machine/memory.h>
#include <vm/vm_page.h>

/* Sizes up to SMALL_MAX find their class in a table, by steps. */
#define STEP		32
#define SMALL_MAX	1024
#define CLASS_MAX	8192

static const struct {
	uint16_t size;
	const char *name;
} classes[] = {
	{ 32, "kalloc_32" },
	{ 64, "kalloc_64" },
	{ 96, "kalloc_96" },
	{ 128, "kalloc_128" },
	{ 192, "kalloc_192" },
	{ 256, "kalloc_256" },
	{ 384, "kalloc_384" },
	{ 512, "kalloc_512" },
	{ 768, "kalloc_768" },
	{ SMALL_MAX, "kalloc_1024" },
	{ 2048, "kalloc_2048" },
	{ 4096, "kalloc_4096" },
	{ CLASS_MAX, "kalloc_8192" },
};

#define CLASS_SMALL_MAX	9

static struct slab_cache caches[ARRAY_SIZE(classes)];

/* The class of sizes (n * STEP, (n + 1) * STEP]. */
static uint8_t small_classes[SMALL_MAX / STEP];

static struct slab_cache *
size_to_cache(size_t size)
{
	if (likely(size <= SMALL_MAX))
		return &caches[small_classes[(size - 1) / STEP]];

	return &caches[CLASS_SMALL_MAX + bits_log2_up(size)
		       - bits_log2_up(SMALL_MAX)];
}

static unsigned int
size_to_order(size_t size)
{
	return bits_log2_up(DIV_CEIL(size, PAGE_SIZE));
}

void
kalloc_setup(void)
{
	size_t size, class = 0, i;

	for (i = 0; i < ARRAY_SIZE(classes); i++) {
		size = classes[i].size;
		slab_cache_init(&caches[i], classes[i].name, size,
				(IS_POWER_OF_TWO(size) && size <= PAGE_SIZE)
				? size : 0, NULL);
	}

	for (i = 0; i < ARRAY_SIZE(small_classes); i++) {
		if ((i + 1) * STEP > classes[class].size)
			class++;

		small_classes[i] = (uint8_t)class;
	}
}

void *
kalloc(size_t size)
{
	struct vm_page *page;

	if (unlikely(size == 0 || size > PAGE_SIZE << VM_PAGE_MAX_ORDER))
		return NULL;

	if (likely(size <= CLASS_MAX))
		return slab_cache_alloc(size_to_cache(size));

	page = vm_page_alloc_block(size_to_order(size));
	return (page == NULL) ? NULL : vm_page_to_direct(page);
}

void *
kzalloc(size_t size)
{
	void *ptr = kalloc(size);

	if (ptr != NULL)
		memset(ptr, 0, size);

	return ptr;
}

void
kfree(void *ptr, size_t size)
{
	if (ptr == NULL)
		return;

	if (likely(size <= CLASS_MAX))
		slab_cache_free(size_to_cache(size), ptr);
	else
		vm_page_free_block(vm_page_lookup_phys(direct_to_phys(ptr)),
				   size_to_order(size));
}
