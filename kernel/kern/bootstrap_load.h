/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * From an executable file in kernel memory to a task ready to run.
 */

#ifndef KERN_BOOTSTRAP_LOAD_H
#define KERN_BOOTSTRAP_LOAD_H

#include <stddef.h>
#include <stdint.h>

#include <mach/kern_return.h>

struct elf_image;
struct vm_map;

/* The program sees its arguments so (ABI.md, "Program start"). */
struct bootstrap_entry {
	uint64_t pc;
	uint64_t sp;
};

/*
 * Load a program into an empty map, with a stack that holds its arguments:
 * argc terminated strings of size bytes together. May block.
 *
 * Position-independent programs are loaded at 4 GiB, out of the way of others
 * that they may load themselves.
 *
 * Fails as vm_map_enter(), vm_map_write_user() and vm_map_protect() do, and
 * with KERN_RESOURCE_SHORTAGE.
 */
kern_return_t bootstrap_load(struct vm_map *map, const struct elf_image *image,
			     const char *arguments, size_t size,
			     unsigned int argc, struct bootstrap_entry *entry);

/* The room that arguments take at the start of a stack, a multiple of 16. */
size_t bootstrap_arguments_size(size_t size, unsigned int argc);

/*
 * Write them to a buffer of that size, for a stack pointer sp: argc, argv,
 * NULL, an empty environment's NULL, then the strings at once.
 */
void bootstrap_arguments_build(void *buffer, uint64_t sp,
			       const char *arguments, size_t size,
			       unsigned int argc);

#endif /* KERN_BOOTSTRAP_LOAD_H */
