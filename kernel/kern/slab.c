/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Object caches: slabs, pools, and the debug checks.
 *
 * Slabs with free objects are in the partial list of their cache, linked by
 * frame indices; full ones are in no list. One slab that is wholly free is
 * kept aside, so that a cache on its edge does not allocate pages all the time.
 */

#include <kern/slab.h>

#include <kern/assert.h>
#include <kern/slab_debug.h>
#include <lib/bits.h>
#include <lib/macros.h>
#include <lib/sanitizer.h>
#include <lib/string.h>
#include <machine/memory.h>
#include <vm/vm_page.h>

#define MIN_ALIGN	8
#define MIN_SIZE	32
#define MAX_ORDER	5
#define MAX_PER_SLAB	128
#define MAX_POOL_SIZE	32

/* A slab may waste this part of itself before a larger one is taken. */
#define WASTE_SHIFT	3

/* The pool of a processor that never used the cache: always empty and full. */
static struct slab_pool no_pool;

static struct list caches;
static spinlock_t caches_lock = SPINLOCK_INITIALIZER;

/* Pools come from a cache that has none itself. */
static struct slab_cache pool_cache;

static void *
slab_object(const struct slab_cache *cache, const struct vm_page *slab,
	    unsigned int n)
{
	return (char *)vm_page_to_direct(slab) + n * cache->buffer_size;
}

static void
partial_link(struct slab_cache *cache, struct vm_page *slab)
{
	slab->previous = 0;
	slab->next = cache->partial;

	if (slab->next != 0)
		vm_page_from_index(slab->next)->previous = vm_page_index(slab);

	cache->partial = vm_page_index(slab);
}

static void
partial_unlink(struct slab_cache *cache, struct vm_page *slab)
{
	if (slab->next != 0)
		vm_page_from_index(slab->next)->previous = slab->previous;

	if (slab->previous != 0)
		vm_page_from_index(slab->previous)->next = slab->next;
	else
		cache->partial = slab->next;
}

static bool
slab_full(const struct vm_page *slab)
{
	return (slab->slab.free[0] | slab->slab.free[1]) == 0;
}

static bool
slab_unused(const struct slab_cache *cache, const struct vm_page *slab)
{
	return bits_count(slab->slab.free[0]) + bits_count(slab->slab.free[1])
	       == cache->per_slab;
}

/* Add a slab to a cache, as the one aside. Lock held; false: no memory. */
static bool
cache_grow(struct slab_cache *cache)
{
	struct vm_page *slab = vm_page_alloc_block(cache->order);
	unsigned int n;

	if (slab == NULL)
		return false;

	slab->slab.cache = cache;
	slab->slab.free[0] = bits_mask(cache->per_slab);
	slab->slab.free[1] = (cache->per_slab > 64)
			     ? bits_mask(cache->per_slab - 64) : 0;
	slab->flags = VM_PAGE_PRIVATE;

	for (n = 0; n < cache->per_slab; n++) {
		void *object = slab_object(cache, slab, n);

		if (cache->constructor != NULL)
			cache->constructor(object);

		slab_debug_mark_free(cache, object);
	}

	sanitizer_forbid(vm_page_to_direct(slab), slab_size(cache));
	cache->slabs++;
	cache->slab_free += cache->per_slab;
	cache->empty = vm_page_index(slab);
	return true;
}

/* Give a slab that is in no list back. Lock held. */
static void
cache_shrink(struct slab_cache *cache, struct vm_page *slab)
{
	cache->slabs--;
	cache->slab_free -= cache->per_slab;
	sanitizer_allow(vm_page_to_direct(slab), slab_size(cache));
	vm_page_free_block(slab, cache->order);
}

/* Take up to `max` objects out of the slabs. Lock held. */
static unsigned int
cache_take(struct slab_cache *cache, void **objects, unsigned int max)
{
	unsigned int n, count = 0;

	spin_assert_held(&cache->lock);
	while (count < max) {
		struct vm_page *slab;
		uint64_t *word;

		if (cache->partial == 0) {
			if (cache->empty == 0 && !cache_grow(cache))
				break;

			partial_link(cache, vm_page_from_index(cache->empty));
			cache->empty = 0;
		}

		slab = vm_page_from_index(cache->partial);

		for (n = 0; n < 2; n++) {
			word = &slab->slab.free[n];

			for (; *word != 0 && count < max; count++) {
				objects[count] = slab_object(cache, slab,
					bits_lowest(*word) + n * 64);
				*word &= *word - 1;
			}
		}

		if (slab_full(slab))
			partial_unlink(cache, slab);
	}

	cache->slab_free -= count;
	return count;
}

/* Put an object back into its slab. Lock held. */
static void
cache_put(struct slab_cache *cache, void *object)
{
	struct vm_page *slab = slab_of(cache, object);
	size_t offset = (size_t)((char *)object
				 - (char *)vm_page_to_direct(slab));
	unsigned int n = (unsigned int)(offset / cache->buffer_size);

	spin_assert_held(&cache->lock);
	assert(slab->slab.cache == cache
	       && n * (size_t)cache->buffer_size == offset
	       && (slab->slab.free[n / 64] & BIT(n % 64)) == 0);

	if (slab_full(slab))
		partial_link(cache, slab);

	slab->slab.free[n / 64] |= BIT(n % 64);
	cache->slab_free++;

	if (!slab_unused(cache, slab))
		return;

	partial_unlink(cache, slab);

	if (cache->empty == 0)
		cache->empty = vm_page_index(slab);
	else
		cache_shrink(cache, slab);
}

/* The pool of this processor; made on first use. Lock held. */
static struct slab_pool *
cache_pool(struct slab_cache *cache)
{
	struct slab_pool **pool = &cache->pools[cpu_id()];
	void *memory;

	spin_assert_held(&cache->lock);
	if (*pool != &no_pool || cache == &pool_cache)
		return *pool;

	spin_lock(&pool_cache.lock);

	if (cache_take(&pool_cache, &memory, 1) == 0)
		memory = NULL;

	spin_unlock(&pool_cache.lock);

	if (memory == NULL)
		return *pool;

	sanitizer_allow(memory, pool_cache.object_size);
	*pool = memory;
	(*pool)->count = 0;
	(*pool)->size = cache->pool_size;
	return *pool;
}

/* The pool is empty: fill half of it. */
static __noinline void *
cache_alloc_slow(struct slab_cache *cache)
{
	struct slab_pool *pool;
	void *object = NULL;

	spin_lock(&cache->lock);
	pool = cache_pool(cache);

	if (pool->size != 0)
		pool->count = cache_take(cache, pool->objects, pool->size / 2);

	if (pool->count != 0)
		object = pool->objects[--pool->count];
	else if (cache_take(cache, &object, 1) == 0)
		object = NULL;

	spin_unlock(&cache->lock);
	return object;
}

/* The pool is full: empty half of it, of what was freed first. */
static __noinline void
cache_free_slow(struct slab_cache *cache, void *object)
{
	struct slab_pool *pool;
	unsigned int i, half;

	spin_lock(&cache->lock);
	pool = cache_pool(cache);
	half = pool->size / 2;

	if (pool->size == 0) {
		cache_put(cache, object);
	} else if (pool->count < pool->size) {
		pool->objects[pool->count++] = object;
	} else {
		for (i = 0; i < half; i++)
			cache_put(cache, pool->objects[i]);

		for (; i < pool->count; i++)
			pool->objects[i - half] = pool->objects[i];

		pool->count -= half;
		pool->objects[pool->count++] = object;
	}

	spin_unlock(&cache->lock);
}

void *
slab_cache_alloc(struct slab_cache *cache)
{
	struct slab_pool *pool = cache->pools[cpu_id()];
	void *object;

	if (likely(pool->count != 0)) {
		object = pool->objects[--pool->count];
	} else {
		object = cache_alloc_slow(cache);

		if (object == NULL)
			return NULL;
	}

	sanitizer_allow(object, cache->object_size);
	sanitizer_allow(slab_red_zone(cache, object), SLAB_RED_ZONE_SIZE);
	slab_debug_check_alloc(cache, object);
	sanitizer_forbid(slab_red_zone(cache, object), SLAB_RED_ZONE_SIZE);
	return object;
}

void
slab_cache_free(struct slab_cache *cache, void *object)
{
	struct slab_pool *pool = cache->pools[cpu_id()];

	sanitizer_allow(slab_red_zone(cache, object), SLAB_RED_ZONE_SIZE);
	slab_debug_check_free(cache, object);
	sanitizer_forbid(object, cache->buffer_size);

	if (likely(pool->count < pool->size))
		pool->objects[pool->count++] = object;
	else
		cache_free_slow(cache, object);
}

/* The smallest slab that does not waste too much. */
static void
cache_choose_order(struct slab_cache *cache)
{
	size_t size, waste;

	for (cache->order = 0; ; cache->order++) {
		size = slab_size(cache);
		cache->per_slab = (uint32_t)MIN(size / cache->buffer_size,
						(size_t)MAX_PER_SLAB);
		waste = size - (size_t)cache->per_slab * cache->buffer_size;

		if (cache->per_slab != 0
		    && (waste <= size >> WASTE_SHIFT
			|| cache->order == MAX_ORDER))
			return;
	}
}

static uint32_t
cache_choose_pool_size(size_t size)
{
	if (size <= 256)
		return MAX_POOL_SIZE;

	return (size <= 1024) ? 16 : (size <= PAGE_SIZE) ? 8 : 4;
}

void
slab_cache_init(struct slab_cache *cache, const char *name, size_t size,
		size_t align, void (*constructor)(void *))
{
	unsigned int i;

	align = MAX(align, (size_t)MIN_ALIGN);
	assert(IS_POWER_OF_TWO(align) && align <= PAGE_SIZE);
	assert(size != 0 && size <= PAGE_SIZE << MAX_ORDER);

	for (i = 0; i < MACHINE_MAX_CPUS; i++)
		cache->pools[i] = &no_pool;

	spin_init(&cache->lock);
	cache->partial = 0;
	cache->empty = 0;
	cache->object_size = (uint32_t)size;
	cache->align = (uint32_t)align;
	cache->buffer_size = (uint32_t)ALIGN_UP(
		MAX(ALIGN_UP(size, sizeof(uint64_t)) + SLAB_RED_ZONE_SIZE,
		    (size_t)MIN_SIZE), align);
	cache_choose_order(cache);
	cache->pool_size = cache_choose_pool_size(size);
	cache->slabs = 0;
	cache->slab_free = 0;
	cache->constructor = constructor;
	strlcpy(cache->name, name, sizeof(cache->name));

	spin_lock(&caches_lock);
	list_insert_tail(&caches, &cache->link);
	spin_unlock(&caches_lock);
}

/* Put the objects of a pool back into their slabs. Lock held. */
static void
cache_drain_pool(struct slab_cache *cache, struct slab_pool *pool)
{
	while (pool->count != 0)
		cache_put(cache, pool->objects[--pool->count]);
}

/* Give back the slab kept aside. Lock held. */
static void
cache_drop_empty(struct slab_cache *cache)
{
	if (cache->empty != 0)
		cache_shrink(cache, vm_page_from_index(cache->empty));

	cache->empty = 0;
}

void
slab_cache_destroy(struct slab_cache *cache)
{
	unsigned int i;

	spin_lock(&caches_lock);
	list_remove(&cache->link);
	spin_unlock(&caches_lock);

	spin_lock(&cache->lock);

	for (i = 0; i < MACHINE_MAX_CPUS; i++) {
		struct slab_pool *pool = cache->pools[i];

		if (pool == &no_pool)
			continue;

		cache_drain_pool(cache, pool);
		sanitizer_forbid(pool, pool_cache.buffer_size);
		spin_lock(&pool_cache.lock);
		cache_put(&pool_cache, pool);
		spin_unlock(&pool_cache.lock);
	}

	cache_drop_empty(cache);
	assert(cache->slabs == 0);
	spin_unlock(&cache->lock);
}

void
slab_collect(void)
{
	struct slab_cache *cache;

	spin_lock(&caches_lock);

	list_for_each_entry(&caches, cache, link) {
		spin_lock(&cache->lock);
		cache_drain_pool(cache, cache->pools[cpu_id()]);
		cache_drop_empty(cache);
		spin_unlock(&cache->lock);
	}

	spin_unlock(&caches_lock);
}

static void
cache_describe(struct slab_cache *cache, struct slab_info *info)
{
	unsigned int i;

	spin_lock(&cache->lock);
	info->name = cache->name;
	info->object_size = cache->object_size;
	info->align = cache->align;
	info->buffer_size = cache->buffer_size;
	info->slab_size = slab_size(cache);
	info->pool_size = cache->pool_size;
	info->objects_per_slab = cache->per_slab;
	info->slabs = cache->slabs;
	info->free_slabs = cache->empty != 0;
	info->buffers = cache->slabs * cache->per_slab;
	info->objects = info->buffers - cache->slab_free;

	for (i = 0; i < MACHINE_MAX_CPUS; i++)
		info->objects -= cache->pools[i]->count;

	spin_unlock(&cache->lock);
}

size_t
slab_info(struct slab_info *infos, size_t max)
{
	struct slab_cache *cache;
	size_t count = 0;

	spin_lock(&caches_lock);

	list_for_each_entry(&caches, cache, link) {
		if (count < max)
			cache_describe(cache, &infos[count]);

		count++;
	}

	spin_unlock(&caches_lock);
	return count;
}

void
slab_setup(void)
{
	list_init(&caches);
	slab_cache_init(&pool_cache, "slab_pool", sizeof(struct slab_pool)
			+ MAX_POOL_SIZE * sizeof(void *), 0, NULL);
	/* Of its own class: it is taken inside those of other caches. */
	spin_init(&pool_cache.lock);
}
