/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * mach_debug.defs: host_slab_info.
 */
#include <kern/host.h>
#include <kern/kalloc.h>
#include <kern/slab.h>
#include <lib/macros.h>
#include <lib/string.h>
#include <mach/mach_types.h>
#include <mach_debug/mach_debug_types.h>
#include <vm/vm_map.h>

#include <mach_debug.server.h>

/* More than there are; those beyond are not shown. */
#define CACHES_MAX	128u

static void
fill_info(cache_info_t *to, const struct slab_info *from)
{
	memset(to, 0, sizeof(*to));
	to->cpu_pool_size = from->pool_size;
	to->obj_size = from->object_size;
	to->align = from->align;
	to->buf_size = from->buffer_size;
	to->slab_size = from->slab_size;
	to->bufs_per_slab = from->objects_per_slab;
	to->nr_objs = from->objects;
	to->nr_bufs = from->buffers;
	to->nr_slabs = from->slabs;
	to->nr_free_slabs = from->free_slabs;
	memcpy(to->name, from->name, strnlen(from->name,
	    sizeof(to->name) - 1));
}

/* In line if the caller has room, else as memory of its own. */
static kern_return_t
give_info(const cache_info_t *from, size_t number, cache_info_array_t *info,
    mach_msg_type_number_t *count)
{
	vm_map_copy_t copy;
	kern_return_t kr;

	if (number <= *count) {
		memcpy(*info, from, number * sizeof(*from));
	} else {
		kr = vm_map_copy_create(from, number * sizeof(*from), &copy);
		if (kr != KERN_SUCCESS)
			return kr;
		*info = (cache_info_array_t)copy;
	}
	*count = (mach_msg_type_number_t)number;
	return KERN_SUCCESS;
}

kern_return_t
host_slab_info(host_t host, cache_info_array_t *info,
    mach_msg_type_number_t *count)
{
	const size_t size = CACHES_MAX *
	    (sizeof(struct slab_info) + sizeof(cache_info_t));
	struct slab_info *slabs;
	cache_info_t *caches;
	kern_return_t kr;
	size_t number;
	size_t i;

	if (host == HOST_NULL)
		return KERN_INVALID_HOST;
	slabs = kalloc(size);
	if (slabs == NULL)
		return KERN_RESOURCE_SHORTAGE;
	caches = (cache_info_t *)(slabs + CACHES_MAX);
	number = MIN(slab_info(slabs, CACHES_MAX), (size_t)CACHES_MAX);
	for (i = 0; i < number; i++)
		fill_info(&caches[i], &slabs[i]);
	kr = give_info(caches, number, info, count);
	kfree(slabs, size);
	return kr;
}
