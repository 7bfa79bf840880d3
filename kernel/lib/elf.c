/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <lib/elf.h>

#include <lib/macros.h>
#include <lib/string.h>

#define TYPE_EXEC		2
#define TYPE_DYN		3
#define MACHINE_AARCH64		183
#define VERSION_CURRENT		1

#define SEGMENT_LOAD		1
#define SEGMENT_INTERP		3

#define FLAG_EXECUTE		1
#define FLAG_WRITE		2
#define FLAG_READ		4

#define MAX_ALIGN		(1UL << 30)
#define MAX_HEADERS		128

/* ELF, 64-bit, little-endian, version 1. */
static const unsigned char identification[] = {
	0x7f, 'E', 'L', 'F', 2, 1, 1,
};

struct file_header {
	unsigned char ident[16];
	uint16_t type;
	uint16_t machine;
	uint32_t version;
	uint64_t entry;
	uint64_t phoff;
	uint64_t shoff;
	uint32_t flags;
	uint16_t ehsize;
	uint16_t phentsize;
	uint16_t phnum;
	uint16_t shentsize;
	uint16_t shnum;
	uint16_t shstrndx;
};

struct program_header {
	uint32_t type;
	uint32_t flags;
	uint64_t offset;
	uint64_t vaddr;
	uint64_t paddr;
	uint64_t filesz;
	uint64_t memsz;
	uint64_t align;
};

BUILD_BUG_ON(sizeof(struct file_header) != 64);
BUILD_BUG_ON(sizeof(struct program_header) != 56);

static void
read_program_header(const struct elf_image *image, unsigned int n,
		    struct program_header *header)
{
	memcpy(header, image->data + image->headers + n * sizeof(*header),
	       sizeof(*header));
}

static const char *
check_file_header(struct elf_image *image)
{
	struct file_header header;

	if (image->size < sizeof(header))
		return "not an ELF file: too short";

	memcpy(&header, image->data, sizeof(header));

	if (memcmp(header.ident, identification, 4) != 0)
		return "not an ELF file";

	if (memcmp(header.ident, identification, sizeof(identification)) != 0
	    || header.version != VERSION_CURRENT)
		return "not a little-endian ELF64 file";

	if (header.machine != MACHINE_AARCH64)
		return "ELF file for another processor";

	if (header.type != TYPE_EXEC && header.type != TYPE_DYN)
		return "ELF file that is not executable";

	if (header.phentsize != sizeof(struct program_header)
	    || header.phnum == 0 || header.phnum > MAX_HEADERS)
		return "ELF program headers of wrong size or number";

	if (header.phoff > image->size
	    || image->size - header.phoff
	       < header.phnum * sizeof(struct program_header))
		return "ELF program headers outside the file";

	image->relocatable = header.type == TYPE_DYN;
	image->entry = header.entry;
	image->headers = header.phoff;
	image->nheaders = header.phnum;
	return NULL;
}

/* Check a segment to load that is not empty. */
static const char *
check_segment(struct elf_image *image, const struct program_header *header)
{
	uint64_t align = MAX(header->align, 1UL);

	if (header->offset > image->size
	    || header->filesz > image->size - header->offset)
		return "ELF segment outside the file";

	if (header->filesz > header->memsz)
		return "ELF segment larger in the file than in memory";

	if (header->vaddr >= ELF_ADDRESS_MAX
	    || header->memsz > ELF_ADDRESS_MAX - header->vaddr)
		return "ELF segment outside user space";

	if (!IS_POWER_OF_TWO(align) || align > MAX_ALIGN
	    || !IS_ALIGNED(header->vaddr - header->offset, align))
		return "ELF segment with a bad alignment";

	if (image->high != 0 && header->vaddr < image->high)
		return "ELF segments overlap or are not sorted";

	if (image->high == 0)
		image->low = header->vaddr;

	image->high = header->vaddr + header->memsz;
	image->align = MAX(image->align, align);
	return NULL;
}

static bool
holds_entry(const struct elf_image *image, const struct program_header *header)
{
	return (header->flags & FLAG_EXECUTE) != 0
	       && image->entry >= header->vaddr
	       && image->entry - header->vaddr < header->filesz;
}

static const char *
check_program_headers(struct elf_image *image)
{
	bool entry_found = false;
	unsigned int n;

	for (n = 0; n < image->nheaders; n++) {
		struct program_header header;
		const char *reason;

		read_program_header(image, n, &header);

		if (header.type == SEGMENT_INTERP)
			return "ELF file that needs an interpreter";

		if (header.type != SEGMENT_LOAD || header.memsz == 0)
			continue;

		reason = check_segment(image, &header);

		if (reason != NULL)
			return reason;

		entry_found = entry_found || holds_entry(image, &header);
	}

	if (image->high == 0)
		return "ELF file with nothing to load";

	if (!entry_found || !IS_ALIGNED(image->entry, 4))
		return "ELF entry point outside the code";

	return NULL;
}

const char *
elf_open(struct elf_image *image, const void *data, size_t size)
{
	const char *reason;

	*image = (struct elf_image){ .data = data, .size = size };
	reason = check_file_header(image);
	return (reason == NULL) ? check_program_headers(image) : reason;
}

bool
elf_next_segment(const struct elf_image *image, unsigned int *cursor,
		 struct elf_segment *segment)
{
	while (*cursor < image->nheaders) {
		struct program_header header;

		read_program_header(image, (*cursor)++, &header);

		if (header.type != SEGMENT_LOAD || header.memsz == 0)
			continue;

		segment->address = header.vaddr;
		segment->memory_size = header.memsz;
		segment->data = image->data + header.offset;
		segment->data_size = header.filesz;
		segment->readable = (header.flags & FLAG_READ) != 0;
		segment->writable = (header.flags & FLAG_WRITE) != 0;
		segment->executable = (header.flags & FLAG_EXECUTE) != 0;
		return true;
	}

	return false;
}
