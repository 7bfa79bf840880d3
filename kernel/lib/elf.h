/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * A reader of executable files: ELF64, little-endian, AArch64, static or
 * position-independent, in memory (System V ABI, chapters 4 and 5; ELF for
 * the Arm 64-bit Architecture).
 *
 * elf_open() checks all of what the functions below rely on. It only reads.
 */

#ifndef LIB_ELF_H
#define LIB_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Addresses end here: user space has 48 bits. */
#define ELF_ADDRESS_MAX	(1UL << 48)

struct elf_image {
	const unsigned char *data;
	size_t size;
	bool relocatable;		/* may be loaded at any base */
	uint64_t entry;
	uint64_t low;			/* of all segments: first address */
	uint64_t high;			/* and last + 1 */
	uint64_t align;			/* the largest of their alignments */
	uint64_t headers;		/* offset of the program headers */
	unsigned int nheaders;
};

/* A part of the file that is loaded, followed by zeros in memory. */
struct elf_segment {
	uint64_t address;
	uint64_t memory_size;
	const unsigned char *data;
	uint64_t data_size;		/* at most memory_size */
	bool readable;
	bool writable;
	bool executable;
};

/*
 * Open the file at data, at any alignment.
 *
 * Accepted are files with at least one segment to load; whose segments lie in
 * the file, ascend by address, do not overlap, stay below ELF_ADDRESS_MAX, and
 * are aligned as they say; that name no interpreter; and whose entry point lies
 * in the file content of an executable segment.
 *
 * Returns NULL, or the reason why the file is refused, as a line of text.
 */
const char *elf_open(struct elf_image *image, const void *data, size_t size);

/*
 * Walk the segments to load: *cursor starts at 0. Empty ones are left out.
 * Returns false after the last.
 */
bool elf_next_segment(const struct elf_image *image, unsigned int *cursor,
		      struct elf_segment *segment);

#endif /* LIB_ELF_H */
