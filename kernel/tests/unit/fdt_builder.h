/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Writes flattened device trees for tests.
 */

#ifndef TESTS_UNIT_FDT_BUILDER_H
#define TESTS_UNIT_FDT_BUILDER_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define FDT_BUILDER_SIZE	8192

/* Offsets of the blocks in the blob. */
#define FDT_BUILDER_RESERVATIONS	40
#define FDT_BUILDER_STRUCTURE		256
#define FDT_BUILDER_STRINGS		6144

struct fdt_builder {
	_Alignas(8) unsigned char blob[FDT_BUILDER_SIZE];
	uint32_t structure;		/* end of the structure so far */
	uint32_t strings;
	uint32_t reservations;
};

static inline void
fdt_put(struct fdt_builder *b, uint32_t offset, uint32_t value)
{
	b->blob[offset] = (unsigned char)(value >> 24);
	b->blob[offset + 1] = (unsigned char)(value >> 16);
	b->blob[offset + 2] = (unsigned char)(value >> 8);
	b->blob[offset + 3] = (unsigned char)value;
}

static inline void
fdt_token(struct fdt_builder *b, uint32_t value)
{
	fdt_put(b, b->structure, value);
	b->structure += 4;
}

static inline void
fdt_start(struct fdt_builder *b)
{
	memset(b, 0, sizeof(*b));
	b->structure = FDT_BUILDER_STRUCTURE;
	b->strings = FDT_BUILDER_STRINGS;
	b->reservations = FDT_BUILDER_RESERVATIONS;
}

static inline void
fdt_reserve(struct fdt_builder *b, uint64_t address, uint64_t size)
{
	fdt_put(b, b->reservations, (uint32_t)(address >> 32));
	fdt_put(b, b->reservations + 4, (uint32_t)address);
	fdt_put(b, b->reservations + 8, (uint32_t)(size >> 32));
	fdt_put(b, b->reservations + 12, (uint32_t)size);
	b->reservations += 16;
}

static inline void
fdt_begin(struct fdt_builder *b, const char *name)
{
	fdt_token(b, 1);
	strcpy((char *)b->blob + b->structure, name);
	b->structure += ((uint32_t)strlen(name) + 4) & ~3U;
}

static inline void
fdt_end(struct fdt_builder *b)
{
	fdt_token(b, 2);
}

static inline void
fdt_bytes(struct fdt_builder *b, const char *name, const void *data,
	  uint32_t size)
{
	fdt_token(b, 3);
	fdt_token(b, size);
	fdt_token(b, b->strings - FDT_BUILDER_STRINGS);
	memcpy(b->blob + b->structure, data, size);
	b->structure += (size + 3) & ~3U;
	strcpy((char *)b->blob + b->strings, name);
	b->strings += (uint32_t)strlen(name) + 1;
}

static inline void
fdt_text(struct fdt_builder *b, const char *name, const char *text)
{
	fdt_bytes(b, name, text, (uint32_t)strlen(text) + 1);
}

#define fdt_cells(b, name, ...)						\
	fdt_cells_(b, name, (const uint32_t []){ __VA_ARGS__ },		\
		   sizeof((const uint32_t []){ __VA_ARGS__ }) / 4)

static inline void
fdt_cells_(struct fdt_builder *b, const char *name, const uint32_t *cells,
	   uint32_t count)
{
	uint32_t i, data;

	fdt_bytes(b, name, cells, count * 4);
	data = b->structure - count * 4;

	for (i = 0; i < count; i++)
		fdt_put(b, data + i * 4, cells[i]);
}

/* Write the end and the header; version 16 or 17. Returns the total size. */
static inline uint32_t
fdt_finish(struct fdt_builder *b, uint32_t version)
{
	fdt_token(b, 9);
	fdt_put(b, 0, 0xd00dfeed);
	fdt_put(b, 4, b->strings);
	fdt_put(b, 8, FDT_BUILDER_STRUCTURE);
	fdt_put(b, 12, FDT_BUILDER_STRINGS);
	fdt_put(b, 16, FDT_BUILDER_RESERVATIONS);
	fdt_put(b, 20, version);
	fdt_put(b, 24, 16);
	fdt_put(b, 32, b->strings - FDT_BUILDER_STRINGS);

	if (version >= 17)
		fdt_put(b, 36, b->structure - FDT_BUILDER_STRUCTURE);

	return b->strings;
}

#endif /* TESTS_UNIT_FDT_BUILDER_H */
