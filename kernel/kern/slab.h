/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Object caches (Bonwick, "The Slab Allocator", 1994) with a pool of free
 * objects per processor (Bonwick and Adams, "Magazines and Vmem", 2001).
 *
 * A slab is a block of pages cut into objects of one size. Which objects of
 * it are free is kept in the frame of its first page, so that free objects
 * are never touched: a constructed object keeps its state while it is free.
 *
 * All functions run in thread context or during boot, never in interrupt
 * handlers. They do not block, and so may be called with spinlocks held.
 */

#ifndef KERN_SLAB_H
#define KERN_SLAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kern/lock.h>
#include <lib/list.h>
#include <machine/percpu.h>

#define SLAB_NAME_SIZE	32

/* Free objects at hand for one processor. */
struct slab_pool {
	uint32_t count;
	uint32_t size;
	void *objects[];
};

struct slab_cache {
	struct slab_pool *pools[MACHINE_MAX_CPUS];
	spinlock_t lock;		/* guards what follows */
	uint32_t partial;		/* frame index: slabs with free objects */
	uint32_t empty;			/* frame index: a slab all free, or 0 */
	uint32_t object_size;		/* as asked for */
	uint32_t buffer_size;		/* with alignment and red zone */
	uint32_t align;
	uint32_t order;			/* pages per slab: 2^order */
	uint32_t per_slab;		/* objects per slab */
	uint32_t pool_size;
	uint64_t slabs;
	uint64_t slab_free;		/* free objects in slabs, not in pools */
	void (*constructor)(void *);
	struct list link;		/* in the list of all caches */
	char name[SLAB_NAME_SIZE];
};

/* The state of a cache, true at one moment if nobody else runs. */
struct slab_info {
	const char *name;
	size_t object_size;
	size_t align;
	size_t buffer_size;
	size_t slab_size;		/* bytes */
	size_t pool_size;		/* objects per processor */
	uint64_t objects_per_slab;
	uint64_t objects;		/* allocated */
	uint64_t buffers;		/* room for objects, free or not */
	uint64_t slabs;
	uint64_t free_slabs;
};

/* Comes before everything else here. Needs the page allocator. */
void slab_setup(void);

/*
 * Make a cache of objects of size bytes, aligned to align (a power of two up
 * to PAGE_SIZE; 0 means 8). Sizes up to 128 KiB. The constructor, if any, runs
 * once on each new object; objects are to be freed in the state in which it
 * leaves them. Needs no memory.
 */
void slab_cache_init(struct slab_cache *cache, const char *name, size_t size,
		     size_t align, void (*constructor)(void *));

/*
 * Give all memory back and forget the cache. Every object must be free and
 * no other processor may be using it.
 */
void slab_cache_destroy(struct slab_cache *cache);

/* Allocate an object; content undefined unless constructed. NULL: no memory. */
void *slab_cache_alloc(struct slab_cache *cache);
void slab_cache_free(struct slab_cache *cache, void *object);

/*
 * Give unused slabs and this processor's pools back to the page allocator,
 * when memory is short.
 */
void slab_collect(void);

/*
 * Describe up to max caches, in the order of their creation. Returns the
 * number of all caches.
 */
size_t slab_info(struct slab_info *infos, size_t max);

#endif /* KERN_SLAB_H */
