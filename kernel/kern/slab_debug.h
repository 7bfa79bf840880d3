/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Checks of the object caches, in debug builds only.
 *
 * Each buffer has a red zone behind the object, which tells overruns and
 * objects freed twice, and free objects without constructor are filled with a
 * pattern, which tells writes after the end of their life.
 */

#ifndef KERN_SLAB_DEBUG_H
#define KERN_SLAB_DEBUG_H

#include <kern/panic.h>
#include <kern/slab.h>
#include <lib/macros.h>
#include <lib/string.h>
#include <machine/memory.h>
#include <vm/vm_page.h>

#ifdef DEBUG
#define SLAB_RED_ZONE_SIZE	8
#else
#define SLAB_RED_ZONE_SIZE	0
#endif

#define SLAB_RED_ALLOCATED	0x5afe0b1ec75afe01UL
#define SLAB_RED_FREE		0xf4eed0b1ec75deadUL
#define SLAB_FILL_FREE		0x6b

static inline size_t
slab_size(const struct slab_cache *cache)
{
	return PAGE_SIZE << cache->order;
}

/* The frame that describes the slab of an object. */
static inline struct vm_page *
slab_of(const struct slab_cache *cache, const void *object)
{
	uint64_t physical = direct_to_phys(object);

	return vm_page_lookup_phys(ALIGN_DOWN(physical, slab_size(cache)));
}

static inline uint64_t *
slab_red_zone(const struct slab_cache *cache, void *object)
{
	return (uint64_t *)((char *)object + cache->buffer_size
			    - sizeof(uint64_t));
}

/* The bytes that the fill pattern covers. */
static inline size_t
slab_fill_size(const struct slab_cache *cache)
{
	return (cache->constructor == NULL) ? cache->object_size : 0;
}

static inline void
slab_debug_mark_free(struct slab_cache *cache, void *object)
{
	if (SLAB_RED_ZONE_SIZE == 0)
		return;

	memset(object, SLAB_FILL_FREE, slab_fill_size(cache));
	*slab_red_zone(cache, object) = SLAB_RED_FREE;
}

static inline void
slab_debug_check_alloc(struct slab_cache *cache, void *object)
{
	const unsigned char *bytes = object;
	size_t i;

	if (SLAB_RED_ZONE_SIZE == 0)
		return;

	if (*slab_red_zone(cache, object) != SLAB_RED_FREE)
		panic("slab %s: %p: red zone of a free object damaged",
		      cache->name, object);

	for (i = 0; i < slab_fill_size(cache); i++)
		if (bytes[i] != SLAB_FILL_FREE)
			panic("slab %s: %p: byte %lu written after free",
			      cache->name, object, i);

	*slab_red_zone(cache, object) = SLAB_RED_ALLOCATED;
}

static inline void
slab_debug_check_free(struct slab_cache *cache, void *object)
{
	uint64_t red;

	if (SLAB_RED_ZONE_SIZE == 0)
		return;

	if (slab_of(cache, object)->slab.cache != cache)
		panic("slab %s: %p: object of another cache", cache->name,
		      object);

	red = *slab_red_zone(cache, object);

	if (red != SLAB_RED_ALLOCATED)
		panic("slab %s: %p: %s", cache->name, object,
		      (red == SLAB_RED_FREE) ? "freed twice"
					: "written past the end");

	slab_debug_mark_free(cache, object);
}

#endif /* KERN_SLAB_DEBUG_H */
