/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Memory in transit: a list of entries, as in a map, whose addresses count
 * from 0.  Whole pages are captured copy-on-write; the bytes of pages at an
 * end that is not page aligned, and small pieces, are copied into fresh
 * pages, so that nothing but what was asked for is given away.
 */
#include <kern/assert.h>
#include <kern/slab.h>
#include <lib/macros.h>
#include <lib/string.h>
#include <machine/memory.h>
#include <vm/memory_object.h>
#include <vm/pmap.h>
#include <vm/vm_fault.h>
#include <vm/vm_map.h>
#include <vm/vm_map_copy.h>
#include <vm/vm_object.h>
#include <vm/vm_page.h>
#include <vm/vm_page_queue.h>

/* Up to this size memory is copied physically. */
#define VM_MAP_COPY_SMALL	PAGE_SIZE

static struct slab_cache vm_map_copy_cache;

void
vm_map_copy_setup(void)
{
	slab_cache_init(&vm_map_copy_cache, "vm_map_copy",
	    sizeof(struct vm_map_copy), 0, NULL);
}

static struct vm_map_copy *
vm_map_copy_alloc(uint64_t size, uint64_t offset)
{
	struct vm_map_copy *copy = slab_cache_alloc(&vm_map_copy_cache);

	if (copy == NULL)
		return NULL;
	list_init(&copy->entries);
	copy->size = size;
	copy->offset = offset;
	copy->length = 0;
	return copy;
}

void
vm_map_copy_discard(vm_map_copy_t copy)
{
	struct vm_map_entry *entry, *next;

	if (copy == VM_MAP_COPY_NULL)
		return;
	list_for_each_entry_safe(&copy->entries, entry, next, link) {
		vm_object_deallocate(entry->object);
		vm_map_entry_free(entry);
	}
	slab_cache_free(&vm_map_copy_cache, copy);
}

uint64_t
vm_map_copy_size(vm_map_copy_t copy)
{
	return copy == VM_MAP_COPY_NULL ? 0 : copy->size;
}

/* Add `pages` bytes of pages at the end. */
static void
vm_map_copy_append(struct vm_map_copy *copy, struct vm_map_entry *entry,
    uint64_t pages)
{
	entry->start = copy->length;
	entry->end = copy->length + pages;
	entry->protection = VM_PROT_DEFAULT;
	entry->max_protection = VM_PROT_ALL;
	entry->inheritance = VM_INHERIT_DEFAULT;
	entry->wired = false;
	entry->mapped = false;
	list_insert_tail(&copy->entries, &entry->link);
	copy->length += pages;
}

/*
 * Add one page that holds `length` bytes of `map` at offset `inside`, and
 * zeros.  The map is not locked.
 */
static kern_return_t
vm_map_copy_append_bytes(struct vm_map_copy *copy, struct vm_map *map,
    uintptr_t address, size_t length, size_t inside)
{
	struct vm_map_entry *entry = vm_map_entry_alloc();
	struct vm_object *object;
	struct vm_page *page;
	char *memory;
	kern_return_t kr;

	if (entry == NULL)
		return KERN_RESOURCE_SHORTAGE;
	object = vm_object_create(PAGE_SIZE);
	page = object == NULL ? NULL : vm_object_page_fresh(object, 0);
	if (page == NULL) {
		vm_object_deallocate(object);
		vm_map_entry_free(entry);
		return KERN_RESOURCE_SHORTAGE;
	}
	*entry = (struct vm_map_entry){ .object = object };
	vm_map_copy_append(copy, entry, PAGE_SIZE);
	/* Reading may block; nothing happens to the page meanwhile. */
	vm_page_queue_remove(page);
	memory = vm_page_to_direct(page);
	memset(memory, 0, inside);
	memset(memory + inside + length, 0, PAGE_SIZE - inside - length);
	kr = vm_map_read_user(map, address, memory + inside, length);
	vm_page_queue_activate(page);
	return kr;
}

/* The whole range is one private entry: move it. */
static bool
vm_map_copy_move(struct vm_map_copy *copy, struct vm_map *map,
    uintptr_t start, uintptr_t end)
{
	struct vm_map_entry *entry = vm_map_entry_lookup(map, start);
	struct vm_object *object = entry->object;

	if (entry->end < end || entry->wired || (object != NULL &&
	    (!object->internal || object->true_share)))
		return false;
	if (!vm_map_clip(map, entry, start, end))
		return false;
	entry = vm_map_entry_lookup(map, start);
	vm_map_entry_unmap(map, entry, start, end);
	vm_map_entry_extract(map, entry);
	vm_map_copy_append(copy, entry, end - start);
	return true;
}

/* Capture whole pages of the entry at `start`, up to *end.  Map locked. */
static kern_return_t
vm_map_copy_append_entry(struct vm_map_copy *copy, struct vm_map *map,
    uintptr_t start, uintptr_t *end, struct memory_object_copying *copying)
{
	struct vm_map_entry *entry = vm_map_entry_lookup(map, start);
	struct vm_map_entry *captured = vm_map_entry_alloc();
	uintptr_t limit = MIN(*end, entry->end);
	kern_return_t kr;

	if (captured == NULL)
		return KERN_RESOURCE_SHORTAGE;
	kr = vm_map_entry_copy(map, entry, start, limit, copying, captured);
	if (kr != KERN_SUCCESS) {
		vm_map_entry_free(captured);
		return kr;
	}
	vm_map_copy_append(copy, captured, limit - start);
	*end = limit;
	return KERN_SUCCESS;
}

/*
 * Capture whole pages that may be read.  Map locked, but not while a pager is
 * waited for: then what is left has to be there and readable still.
 */
static kern_return_t
vm_map_copy_append_pages(struct vm_map_copy *copy, struct vm_map *map,
    uintptr_t start, uintptr_t end)
{
	struct memory_object_copying copying = { .object = NULL };
	kern_return_t kr = KERN_SUCCESS;
	uintptr_t limit;

	while (start < end && kr == KERN_SUCCESS) {
		limit = end;
		kr = vm_map_copy_append_entry(copy, map, start, &limit,
		    &copying);
		if (kr == KERN_SUCCESS)
			start = limit;
		if (kr != MEMORY_OBJECT_WAIT)
			continue;
		mutex_unlock(&map->lock);
		kr = memory_object_copying_wait(&copying);
		mutex_lock(&map->lock);
		if (kr == KERN_SUCCESS)
			kr = vm_map_check(map, start, end, VM_PROT_READ);
	}
	memory_object_copying_end(&copying);
	return kr;
}

/* Capture [address, address + size), more than a page's worth. */
static kern_return_t
vm_map_copyin_large(struct vm_map_copy *copy, struct vm_map *map,
    uintptr_t address, uint64_t size, bool destroy)
{
	uintptr_t end = address + size;
	uintptr_t first = ALIGN_UP(address, PAGE_SIZE);
	uintptr_t last = ALIGN_DOWN(end, PAGE_SIZE);
	kern_return_t kr = KERN_SUCCESS;
	bool moved = false;

	if (first != address)
		kr = vm_map_copy_append_bytes(copy, map, address,
		    first - address, address & PAGE_MASK);
	if (kr != KERN_SUCCESS)
		return kr;
	mutex_lock(&map->lock);
	kr = vm_map_check(map, ALIGN_DOWN(address, PAGE_SIZE),
	    ALIGN_UP(end, PAGE_SIZE), VM_PROT_READ);
	if (kr == KERN_SUCCESS && destroy && first == address && last == end)
		moved = vm_map_copy_move(copy, map, first, last);
	if (kr == KERN_SUCCESS && !moved)
		kr = vm_map_copy_append_pages(copy, map, first, last);
	mutex_unlock(&map->lock);
	if (kr == KERN_SUCCESS && last != end)
		kr = vm_map_copy_append_bytes(copy, map, last, end - last, 0);
	if (kr == KERN_SUCCESS && destroy && !moved)
		kr = vm_map_remove(map, ALIGN_DOWN(address, PAGE_SIZE),
		    ALIGN_UP(end, PAGE_SIZE));
	return kr;
}

kern_return_t
vm_map_copyin(struct vm_map *map, uintptr_t address, uint64_t size,
    bool destroy, vm_map_copy_t *copy)
{
	struct vm_map_copy *new;
	kern_return_t kr;
	bool small = size <= VM_MAP_COPY_SMALL;

	*copy = VM_MAP_COPY_NULL;
	if (size == 0)
		return KERN_SUCCESS;
	if (size > map->maximum || address > map->maximum - size)
		return KERN_INVALID_ADDRESS;
	new = vm_map_copy_alloc(size, small ? 0 : address & PAGE_MASK);
	if (new == NULL)
		return KERN_RESOURCE_SHORTAGE;
	if (small) {
		kr = vm_map_copy_append_bytes(new, map, address, size, 0);
		if (kr == KERN_SUCCESS && destroy)
			kr = vm_map_remove(map,
			    ALIGN_DOWN(address, PAGE_SIZE),
			    ALIGN_UP(address + size, PAGE_SIZE));
	} else
		kr = vm_map_copyin_large(new, map, address, size, destroy);
	if (kr != KERN_SUCCESS) {
		vm_map_copy_discard(new);
		return kr;
	}
	*copy = new;
	return KERN_SUCCESS;
}

kern_return_t
vm_map_copyout(struct vm_map *map, uintptr_t *address, vm_map_copy_t copy)
{
	struct vm_map_entry *entry, *next, *above = NULL;
	uintptr_t start = 0;
	kern_return_t kr;
	bool wire;

	if (copy == VM_MAP_COPY_NULL) {
		*address = 0;
		return KERN_SUCCESS;
	}
	mutex_lock(&map->lock);
	if (copy->length > map->size_limit ||
	    map->size > map->size_limit - copy->length)
		kr = KERN_NO_SPACE;
	else
		kr = vm_map_find_space(map, copy->length, 0, &start,
		    &above);
	if (kr != KERN_SUCCESS) {
		mutex_unlock(&map->lock);
		return kr;
	}
	list_for_each_entry_safe(&copy->entries, entry, next, link) {
		entry->start += start;
		entry->end += start;
		vm_map_entry_insert(map, entry, above);
	}
	wire = map->wire_future;
	mutex_unlock(&map->lock);
	*address = start + copy->offset;
	/* Without memory to wire it, it stays pageable. */
	if (wire)
		vm_map_wire(map, start, start + copy->length,
		    VM_PROT_DEFAULT, UINT64_MAX);
	list_init(&copy->entries);
	vm_map_copy_discard(copy);
	return KERN_SUCCESS;
}

kern_return_t
vm_map_copy_create_object(struct vm_object *object, uint64_t size,
    vm_map_copy_t *copy)
{
	struct vm_map_copy *new = vm_map_copy_alloc(size, 0);
	struct vm_map_entry *entry = vm_map_entry_alloc();

	if (new == NULL || entry == NULL) {
		if (entry != NULL)
			vm_map_entry_free(entry);
		vm_map_copy_discard(new);
		vm_object_deallocate(object);
		return KERN_RESOURCE_SHORTAGE;
	}
	*entry = (struct vm_map_entry){ .object = object };
	vm_map_copy_append(new, entry, ALIGN_UP(size, PAGE_SIZE));
	*copy = new;
	return KERN_SUCCESS;
}

void
vm_map_copy_trim(struct vm_map_copy *copy, uint64_t size)
{
	struct vm_map_entry *entry = list_first_entry(&copy->entries,
	    struct vm_map_entry, link);

	assert(entry->start == 0 && size <= entry->end);
	entry->end = size;
	copy->size = size;
	copy->length = size;
}

/* The resident page of an object that nobody else can reach, taken out. */
static struct vm_page *
vm_map_copy_take_object(struct vm_object *object, uint64_t offset)
{
	struct vm_page *page = NULL;

	spin_lock(&object->lock);
	if (object->references == 1 && object->internal &&
	    list_empty(&object->shadows) && object->paging_in_progress == 0)
		page = vm_object_page_lookup(object, offset);
	if (page != NULL && ((page->flags & VM_PAGE_BUSY) != 0 ||
	    page->wire_count > 0))
		page = NULL;
	if (page != NULL) {
		pmap_page_protect(page, VM_PROT_NONE);
		vm_object_page_remove(object, page);
	}
	spin_unlock(&object->lock);
	return page;
}

struct vm_page *
vm_map_copy_take_page(struct vm_map_copy *copy, uint64_t offset)
{
	struct vm_map_entry *entry;

	if (copy->offset != 0)
		return NULL;
	list_for_each_entry(&copy->entries, entry, link) {
		if (offset >= entry->end)
			continue;
		return entry->object == NULL ? NULL :
		    vm_map_copy_take_object(entry->object, entry->offset +
		    (offset - entry->start));
	}
	return NULL;
}

kern_return_t
vm_map_copy_create(const void *data, uint64_t size, vm_map_copy_t *copy)
{
	struct vm_map_copy *new;
	struct vm_map_entry *entry;
	struct vm_object *object;
	struct vm_page *page;
	uint64_t done, length;

	*copy = VM_MAP_COPY_NULL;
	if (size == 0)
		return KERN_SUCCESS;
	new = vm_map_copy_alloc(size, 0);
	entry = vm_map_entry_alloc();
	object = vm_object_create(size);
	if (new == NULL || entry == NULL || object == NULL)
		goto shortage;
	for (done = 0; done < size; done += length) {
		length = MIN(size - done, PAGE_SIZE);
		page = vm_object_page_fresh(object, done);
		if (page == NULL)
			goto shortage;
		memcpy(vm_page_to_direct(page), (const char *)data + done,
		    length);
		memset((char *)vm_page_to_direct(page) + length, 0,
		    PAGE_SIZE - length);
	}
	*entry = (struct vm_map_entry){ .object = object };
	vm_map_copy_append(new, entry, object->size);
	*copy = new;
	return KERN_SUCCESS;

shortage:
	vm_object_deallocate(object);
	if (entry != NULL)
		vm_map_entry_free(entry);
	vm_map_copy_discard(new);
	return KERN_RESOURCE_SHORTAGE;
}
