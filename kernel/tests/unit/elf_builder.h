/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Writes small ELF files for tests: AArch64, one header per segment.
 */

#ifndef TESTS_UNIT_ELF_BUILDER_H
#define TESTS_UNIT_ELF_BUILDER_H

#include <stdint.h>
#include <string.h>

#define ELF_BUILDER_SIZE	0x4000
#define ELF_BUILDER_HEADERS	64

struct elf_builder_header {
	uint32_t type;
	uint32_t flags;
	uint64_t offset;
	uint64_t vaddr;
	uint64_t paddr;
	uint64_t filesz;
	uint64_t memsz;
	uint64_t align;
};

struct elf_builder {
	unsigned char file[ELF_BUILDER_SIZE];
	uint16_t count;
};

/* Offsets of fields in the file header. */
enum {
	ELF_CLASS = 4,
	ELF_DATA = 5,
	ELF_TYPE = 16,
	ELF_MACHINE = 18,
	ELF_VERSION = 20,
	ELF_ENTRY = 24,
	ELF_PHOFF = 32,
	ELF_PHENTSIZE = 54,
	ELF_PHNUM = 56,
};

static inline void
elf_put(struct elf_builder *b, unsigned int offset, uint64_t value,
	unsigned int size)
{
	memcpy(b->file + offset, &value, size);
}

static inline struct elf_builder_header *
elf_header(struct elf_builder *b, unsigned int n)
{
	return (struct elf_builder_header *)(b->file + ELF_BUILDER_HEADERS
		+ n * sizeof(struct elf_builder_header));
}

static inline void
elf_add(struct elf_builder *b, uint32_t type, uint32_t flags, uint64_t offset,
	uint64_t vaddr, uint64_t filesz, uint64_t memsz, uint64_t align)
{
	*elf_header(b, b->count) = (struct elf_builder_header){
		type, flags, offset, vaddr, vaddr, filesz, memsz, align,
	};
	elf_put(b, ELF_PHNUM, ++b->count, 2);
}

/* Type 2 is ET_EXEC, 3 ET_DYN. */
static inline void
elf_start(struct elf_builder *b, uint16_t type, uint64_t entry)
{
	memset(b, 0, sizeof(*b));
	memcpy(b->file, "\177ELF\2\1\1", 7);
	elf_put(b, ELF_TYPE, type, 2);
	elf_put(b, ELF_MACHINE, 183, 2);
	elf_put(b, ELF_VERSION, 1, 4);
	elf_put(b, ELF_ENTRY, entry, 8);
	elf_put(b, ELF_PHOFF, ELF_BUILDER_HEADERS, 8);
	elf_put(b, ELF_PHENTSIZE, sizeof(struct elf_builder_header), 2);
}

#endif /* TESTS_UNIT_ELF_BUILDER_H */
