/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <machine/kstack.h>

#include <kern/lock.h>
#include <kern/slab.h>
#include <lib/bits.h>
#include <lib/list.h>
#include <lib/macros.h>
#include <machine/kmap.h>
#include <machine/memory.h>
#include <machine/pte.h>
#include <vm/vm_page.h>

/* Each stack is the upper half of a slot of address space. */
#define SLOT_SIZE	(2 * KERNEL_STACK_SIZE)
#define STACK_ORDER	1

/* Free stacks that keep their memory. */
#define MAPPED_MAX	32

/* Which slots are in use: bits, in pages that come when they are needed. */
#define CHUNK_WORDS	(PAGE_SIZE / sizeof(uint64_t))
#define CHUNKS		64

_Static_assert(KERNEL_STACK_SIZE == PAGE_SIZE << STACK_ORDER, "STACK_ORDER");

static struct slab_cache kstack_cache;

/* Guards what follows; innermost but for the page allocator's. */
static spinlock_t kstack_lock = SPINLOCK_INITIALIZER;
static struct list mapped;
static unsigned int mapped_count;
static uint64_t *chunks[CHUNKS];
static size_t first_word;		/* no slot is free in those before */

void
kstack_setup(void)
{
	slab_cache_init(&kstack_cache, "kstack", sizeof(struct kstack), 0,
	    NULL);
	list_init(&mapped);
}

/* The word of slots 64 * n to 64 * n + 63; NULL without memory. */
static uint64_t *
slot_word(size_t n)
{
	size_t chunk = n / CHUNK_WORDS;
	struct vm_page *page;

	if (chunk == CHUNKS)
		return NULL;
	if (chunks[chunk] == NULL) {
		page = vm_page_alloc(false);
		if (page == NULL)
			return NULL;
		page->flags = VM_PAGE_PRIVATE;
		chunks[chunk] = vm_page_to_direct(page);
		machine_page_clear(chunks[chunk]);
	}
	return &chunks[chunk][n % CHUNK_WORDS];
}

/* Take the lowest free slot: the base of a stack there, or 0. */
static uintptr_t
slot_take(void)
{
	uintptr_t base = 0;
	uint64_t *word;
	unsigned int bit;

	spin_lock(&kstack_lock);
	while ((word = slot_word(first_word)) != NULL && ~*word == 0)
		first_word++;
	if (word != NULL) {
		bit = bits_lowest(~*word);
		*word |= BIT(bit);
		base = KERNEL_STACK_WINDOW + (first_word * 64 + bit) *
		    SLOT_SIZE + KERNEL_STACK_SIZE;
	}
	spin_unlock(&kstack_lock);
	return base;
}

static void
slot_give(uintptr_t base)
{
	size_t slot = (base - KERNEL_STACK_WINDOW) / SLOT_SIZE;

	spin_lock(&kstack_lock);
	*slot_word(slot / 64) &= ~BIT(slot % 64);
	first_word = MIN(first_word, slot / 64);
	spin_unlock(&kstack_lock);
}

/* A free stack with memory, if there is one. */
static struct kstack *
take_mapped(void)
{
	struct kstack *stack = NULL;

	spin_lock(&kstack_lock);
	if (!list_empty(&mapped)) {
		stack = list_entry(list_pop(&mapped), struct kstack, link);
		mapped_count--;
	}
	spin_unlock(&kstack_lock);
	return stack;
}

/* Give up what a stack has; nothing of it is in use. */
static void
release(struct kstack *stack)
{
	if (stack->base != 0) {
		kmap_remove(stack->base, KERNEL_STACK_SIZE);
		slot_give(stack->base);
	}
	if (stack->pages != NULL)
		vm_page_free_block(stack->pages, STACK_ORDER);
	slab_cache_free(&kstack_cache, stack);
}

struct kstack *
kstack_alloc(void)
{
	struct kstack *stack = take_mapped();

	if (stack != NULL)
		return stack;
	stack = slab_cache_alloc(&kstack_cache);
	if (stack == NULL)
		return NULL;
	stack->base = slot_take();
	stack->pages = vm_page_alloc_block(STACK_ORDER);
	if (stack->base == 0 || stack->pages == NULL ||
	    !kmap_range(stack->base, vm_page_to_phys(stack->pages),
	    KERNEL_STACK_SIZE, PTE_KERNEL_RW)) {
		release(stack);
		return NULL;
	}
	return stack;
}

void
kstack_free(struct kstack *stack)
{
	spin_lock(&kstack_lock);
	if (mapped_count < MAPPED_MAX) {
		list_insert_head(&mapped, &stack->link);
		mapped_count++;
		spin_unlock(&kstack_lock);
		return;
	}
	spin_unlock(&kstack_lock);
	release(stack);
}
