/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <dev/ramdisk.h>

#include <dev/memory.h>
#include <kern/printf.h>
#include <lib/macros.h>
#include <lib/string.h>
#include <machine/memory.h>
#include <vm/vm_page.h>

#define RAMDISKS_MAX	10u
#define SECTOR_SIZE	512u

static struct ramdisk {
	struct device_memory memory;
	char name[4];
} ramdisks[RAMDISKS_MAX];
static unsigned int ramdisk_count;

const char *
ramdisk_create(const void *image, uint64_t size)
{
	struct ramdisk *ramdisk = &ramdisks[ramdisk_count];
	struct vm_page *pages;

	if (ramdisk_count == RAMDISKS_MAX)
		return "one ramdisk too many";
	pages = vm_page_alloc_contiguous(DIV_CEIL(size, PAGE_SIZE), 0,
	    UINT64_MAX, PAGE_SIZE);
	if (pages == NULL)
		return "no memory for a ramdisk";
	memcpy(vm_page_to_direct(pages), image, size);
	memcpy(ramdisk->name, "rd0", sizeof(ramdisk->name));
	ramdisk->name[2] = (char)('0' + ramdisk_count);
	ramdisk->memory = (struct device_memory){
		.device = {
			.name = ramdisk->name,
			DEVICE_MEMORY_OPERATIONS,
		},
		.record_size = SECTOR_SIZE,
		.writable = true,
	};
	device_memory_set(&ramdisk->memory, pages, size);
	ramdisk_count++;
	kprintf("%s: %lu KiB\n", ramdisk->name, (unsigned long)(size >> 10));
	return NULL;
}

struct device *
ramdisk_lookup(const char *name)
{
	unsigned int i;

	for (i = 0; i < ramdisk_count; i++) {
		if (strcmp(ramdisks[i].name, name) == 0)
			return &ramdisks[i].memory.device;
	}
	return NULL;
}
