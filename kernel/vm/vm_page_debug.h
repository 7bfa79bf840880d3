/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Checks of free pages, in debug builds only: what is freed is filled with a
 * pattern, which tells writes after the end of its life when it is allocated
 * again.  A page that was never allocated has no pattern.
 */
#ifndef VM_VM_PAGE_DEBUG_H
#define VM_VM_PAGE_DEBUG_H

#include <stdint.h>

#include <kern/panic.h>
#include <machine/memory.h>
#include <vm/vm_page.h>

#ifdef DEBUG

#define VM_PAGE_FILL	0xdeadf7eedeadf7eeUL

/* `count` pages are about to be free. */
static inline void
vm_page_debug_free(struct vm_page *pages, uint64_t count)
{
	uint64_t *words = vm_page_to_direct(pages);
	uint64_t i;

	for (i = 0; i < count << PAGE_SHIFT >> 3; i++)
		words[i] = VM_PAGE_FILL;
	for (i = 0; i < count; i++)
		pages[i].poisoned = true;
}

static inline void
vm_page_debug_check(struct vm_page *page)
{
	const uint64_t *words = vm_page_to_direct(page);
	unsigned int i;

	if (!page->poisoned)
		return;
	page->poisoned = false;
	for (i = 0; i < PAGE_SIZE >> 3; i++)
		if (words[i] != VM_PAGE_FILL)
			panic("page %lx: written after free, word %u is %lx",
			    vm_page_to_phys(page), i, words[i]);
}

/* `count` pages were allocated. */
static inline void
vm_page_debug_alloc(struct vm_page *pages, uint64_t count)
{
	uint64_t i;

	for (i = 0; i < count; i++)
		vm_page_debug_check(&pages[i]);
}

#else

static inline void
vm_page_debug_free(struct vm_page *pages, uint64_t count)
{
	(void)pages;
	(void)count;
}

static inline void
vm_page_debug_alloc(struct vm_page *pages, uint64_t count)
{
	(void)pages;
	(void)count;
}

#endif /* DEBUG */
#endif /* VM_VM_PAGE_DEBUG_H */
