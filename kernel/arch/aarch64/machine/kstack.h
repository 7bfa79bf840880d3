/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Kernel stacks, with unmapped pages around each: running over the end of
 * one is a fault at once.
 */
#ifndef MACHINE_KSTACK_H
#define MACHINE_KSTACK_H

#include <stddef.h>
#include <stdint.h>

#include <lib/list.h>

struct vm_page;

struct kstack {
	struct list link;		/* while it is free */
	uintptr_t base;			/* KERNEL_STACK_SIZE bytes upward */
	struct vm_page *pages;
};

void kstack_setup(void);

/* A stack, content undefined; NULL without memory. */
struct kstack *kstack_alloc(void);
void kstack_free(struct kstack *stack);

#endif /* MACHINE_KSTACK_H */
