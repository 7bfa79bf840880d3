/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <kern/bootstrap_load.h>

#include <kern/kalloc.h>
#include <lib/elf.h>
#include <lib/macros.h>
#include <lib/string.h>
#include <machine/memory.h>
#include <vm/vm_map.h>

#define LOAD_BASE	0x100000000UL
#define STACK_SIZE	0x40000UL

/* Pages of a segment, and what may be done with them. */
struct page_range {
	uintptr_t start;
	uintptr_t end;
	vm_prot_t protection;
};

static kern_return_t
enter_anonymous(struct vm_map *map, uintptr_t start, uintptr_t end)
{
	return vm_map_enter(map, &start, end - start, 0, false, NULL, 0, false,
			    VM_PROT_DEFAULT, VM_PROT_ALL, VM_INHERIT_DEFAULT);
}

static struct page_range
segment_pages(const struct elf_segment *segment, uint64_t base)
{
	uintptr_t start = base + segment->address;
	uintptr_t end = start + segment->memory_size;

	return (struct page_range){
		.start = ALIGN_DOWN(start, PAGE_SIZE),
		.end = ALIGN_UP(end, PAGE_SIZE),
		.protection = VM_PROT_READ
			      | (segment->writable ? VM_PROT_WRITE : 0)
			      | (segment->executable ? VM_PROT_EXECUTE : 0),
	};
}

/* Segments may meet inside a page: it is mapped once. */
static kern_return_t
write_segments(struct vm_map *map, const struct elf_image *image,
	       uint64_t base)
{
	struct elf_segment segment;
	unsigned int cursor = 0;
	uintptr_t mapped = 0;

	while (elf_next_segment(image, &cursor, &segment)) {
		struct page_range pages = segment_pages(&segment, base);
		uintptr_t start = MAX(pages.start, mapped);
		kern_return_t error = KERN_SUCCESS;

		if (start < pages.end)
			error = enter_anonymous(map, start, pages.end);

		if (error == KERN_SUCCESS && segment.data_size != 0)
			error = vm_map_write_user(map, base + segment.address,
						  segment.data,
						  segment.data_size);

		if (error != KERN_SUCCESS)
			return error;

		mapped = pages.end;
	}

	return KERN_SUCCESS;
}

/* A page of two segments may be used as both of them want. */
static kern_return_t
protect_segments(struct vm_map *map, const struct elf_image *image,
		 uint64_t base)
{
	struct page_range last = { 0, 0, VM_PROT_NONE };
	struct elf_segment segment;
	unsigned int cursor = 0;

	while (elf_next_segment(image, &cursor, &segment)) {
		struct page_range pages = segment_pages(&segment, base);
		kern_return_t error;

		error = vm_map_protect(map, pages.start, pages.end,
				       pages.protection, false);

		if (error == KERN_SUCCESS && pages.start < last.end)
			error = vm_map_protect(map, pages.start, last.end,
					       pages.protection
					       | last.protection, false);

		if (error != KERN_SUCCESS)
			return error;

		last = pages;
	}

	return KERN_SUCCESS;
}

size_t
bootstrap_arguments_size(size_t size, unsigned int argc)
{
	return ALIGN_UP(((size_t)argc + 3) * sizeof(uint64_t) + size, 16);
}

void
bootstrap_arguments_build(void *buffer, uint64_t sp, const char *arguments,
			  size_t size, unsigned int argc)
{
	uint64_t *words = buffer;
	uint64_t offset = ((uint64_t)argc + 3) * sizeof(uint64_t);
	unsigned int i;

	memset(buffer, 0, bootstrap_arguments_size(size, argc));
	memcpy((char *)buffer + offset, arguments, size);
	words[0] = argc;

	for (i = 1; i <= argc; i++) {
		size_t length = strlen(arguments) + 1;

		words[i] = sp + offset;
		arguments += length;
		offset += length;
	}
}

static kern_return_t
build_stack(struct vm_map *map, const char *arguments, size_t size,
	    unsigned int argc, uint64_t *sp)
{
	size_t room = bootstrap_arguments_size(size, argc);
	uintptr_t top = map->maximum;
	void *buffer = kalloc(room);
	kern_return_t error;

	if (buffer == NULL)
		return KERN_RESOURCE_SHORTAGE;

	*sp = top - room;
	bootstrap_arguments_build(buffer, *sp, arguments, size, argc);
	error = enter_anonymous(map, ALIGN_DOWN(*sp, PAGE_SIZE) - STACK_SIZE,
				top);

	if (error == KERN_SUCCESS)
		error = vm_map_write_user(map, *sp, buffer, room);

	kfree(buffer, room);
	return error;
}

kern_return_t
bootstrap_load(struct vm_map *map, const struct elf_image *image,
	       const char *arguments, size_t size, unsigned int argc,
	       struct bootstrap_entry *entry)
{
	uint64_t base = image->relocatable
			? ALIGN_UP(LOAD_BASE, image->align) : 0;
	kern_return_t error;

	if (image->high + base > map->maximum - STACK_SIZE)
		return KERN_NO_SPACE;

	error = write_segments(map, image, base);

	if (error == KERN_SUCCESS)
		error = protect_segments(map, image, base);

	if (error == KERN_SUCCESS)
		error = build_stack(map, arguments, size, argc, &entry->sp);

	entry->pc = base + image->entry;
	return error;
}
