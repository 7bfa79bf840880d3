/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <machine/kstack.h>

#include <kern/lock.h>
#include <kern/slab.h>
#include <lib/list.h>
#include <machine/kmap.h>
#include <machine/memory.h>
#include <machine/pte.h>
#include <vm/vm_page.h>

/* Each stack is the upper half of a slot of address space. */
#define SLOT_SIZE	(2 * KERNEL_STACK_SIZE)
#define STACK_ORDER	1

/* Free stacks that keep their memory. */
#define MAPPED_MAX	32

_Static_assert(KERNEL_STACK_SIZE == PAGE_SIZE << STACK_ORDER, "STACK_ORDER");

static struct slab_cache kstack_cache;

/* Guards what follows; innermost but for the page allocator's. */
static spinlock_t kstack_lock = SPINLOCK_INITIALIZER;
static struct list mapped, unmapped;
static unsigned int mapped_count;
static uintptr_t next_slot = KERNEL_STACK_WINDOW;

void
kstack_setup(void)
{
	slab_cache_init(&kstack_cache, "kstack", sizeof(struct kstack), 0,
	    NULL);
	list_init(&mapped);
	list_init(&unmapped);
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

/* A stack without memory, on a new slot if none is free. */
static struct kstack *
take_unmapped(void)
{
	struct kstack *stack = NULL;

	spin_lock(&kstack_lock);
	if (!list_empty(&unmapped))
		stack = list_entry(list_pop(&unmapped), struct kstack, link);
	spin_unlock(&kstack_lock);
	if (stack != NULL)
		return stack;
	stack = slab_cache_alloc(&kstack_cache);
	if (stack == NULL)
		return NULL;
	stack->base = __atomic_fetch_add(&next_slot, SLOT_SIZE,
	    __ATOMIC_RELAXED) + KERNEL_STACK_SIZE;
	stack->pages = NULL;
	return stack;
}

static void
put_unmapped(struct kstack *stack)
{
	spin_lock(&kstack_lock);
	list_insert_head(&unmapped, &stack->link);
	spin_unlock(&kstack_lock);
}

struct kstack *
kstack_alloc(void)
{
	struct kstack *stack = take_mapped();

	if (stack != NULL)
		return stack;
	stack = take_unmapped();
	if (stack == NULL)
		return NULL;
	stack->pages = vm_page_alloc_block(STACK_ORDER);
	if (stack->pages == NULL) {
		put_unmapped(stack);
		return NULL;
	}
	if (!kmap_range(stack->base, vm_page_to_phys(stack->pages),
	    KERNEL_STACK_SIZE, PTE_KERNEL_RW)) {
		kmap_remove(stack->base, KERNEL_STACK_SIZE);
		vm_page_free_block(stack->pages, STACK_ORDER);
		put_unmapped(stack);
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
	kmap_remove(stack->base, KERNEL_STACK_SIZE);
	vm_page_free_block(stack->pages, STACK_ORDER);
	stack->pages = NULL;
	put_unmapped(stack);
}
