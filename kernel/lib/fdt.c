/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Flattened device trees: the check of the structure, nodes and properties.
 */

#include <lib/fdt.h>

#include <lib/macros.h>
#include <lib/string.h>

#define MAGIC		0xd00dfeed

/* Byte offsets of the header's fields. */
#define HEADER_MAGIC		0
#define HEADER_TOTAL_SIZE	4
#define HEADER_STRUCTURE	8
#define HEADER_STRINGS		12
#define HEADER_RESERVATIONS	16
#define HEADER_VERSION		20
#define HEADER_LAST_COMPATIBLE	24
#define HEADER_STRINGS_SIZE	32
#define HEADER_STRUCTURE_SIZE	36	/* since version 17 */
#define HEADER_SIZE_16		36
#define HEADER_SIZE_17		40

#define TOKEN_BEGIN_NODE	1
#define TOKEN_END_NODE		2
#define TOKEN_PROPERTY		3
#define TOKEN_NOP		4
#define TOKEN_END		9

#define CELL_SIZE		4
#define PROPERTY_HEADER_SIZE	12
#define RESERVATION_SIZE	16

static uint32_t
read_cell(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16
	       | (uint32_t)p[2] << 8 | p[3];
}

static uint64_t
read_cells(const unsigned char *p)
{
	return (uint64_t)read_cell(p) << 32 | read_cell(p + CELL_SIZE);
}

/* Tokens are read at offsets relative to the structure block. */
static const unsigned char *
structure_at(const struct fdt *fdt, uint32_t offset)
{
	return fdt->blob + fdt->structure + offset;
}

static uint32_t
token_at(const struct fdt *fdt, uint32_t offset)
{
	return read_cell(structure_at(fdt, offset));
}

/* The offset behind a token and what belongs to it. */
static uint32_t
token_skip(const struct fdt *fdt, uint32_t offset)
{
	const unsigned char *p = structure_at(fdt, offset);
	uint32_t size = CELL_SIZE;

	switch (read_cell(p)) {
	case TOKEN_BEGIN_NODE:
		size += (uint32_t)strlen((const char *)p + CELL_SIZE) + 1;
		break;
	case TOKEN_PROPERTY:
		size = PROPERTY_HEADER_SIZE + read_cell(p + CELL_SIZE);
		break;
	}

	return offset + ALIGN_UP(size, CELL_SIZE);
}

static const char *
check_header(struct fdt *fdt, const unsigned char *blob, size_t limit)
{
	uint32_t version;

	if (((uintptr_t)blob & (CELL_SIZE - 1)) != 0)
		return "device tree: not aligned";

	if (limit < HEADER_SIZE_17)
		return "device tree: no room for a header";

	if (read_cell(blob + HEADER_MAGIC) != MAGIC)
		return "device tree: wrong magic number";

	fdt->blob = blob;
	fdt->size = read_cell(blob + HEADER_TOTAL_SIZE);
	version = read_cell(blob + HEADER_VERSION);

	if (version < 16 || read_cell(blob + HEADER_LAST_COMPATIBLE) > 17)
		return "device tree: unknown version";

	if (fdt->size > limit || fdt->size > INT32_MAX)
		return "device tree: larger than the memory it lies in";

	if (fdt->size < ((version < 17) ? HEADER_SIZE_16 : HEADER_SIZE_17))
		return "device tree: total size too small";

	fdt->structure = read_cell(blob + HEADER_STRUCTURE);
	fdt->strings = read_cell(blob + HEADER_STRINGS);
	fdt->strings_size = read_cell(blob + HEADER_STRINGS_SIZE);
	fdt->reservations = read_cell(blob + HEADER_RESERVATIONS);

	if (fdt->structure >= fdt->size || fdt->strings > fdt->size
	    || fdt->reservations >= fdt->size)
		return "device tree: block outside the tree";

	fdt->structure_size = (version < 17)
			      ? fdt->size - fdt->structure
			      : read_cell(blob + HEADER_STRUCTURE_SIZE);

	if (fdt->structure_size > fdt->size - fdt->structure
	    || fdt->strings_size > fdt->size - fdt->strings)
		return "device tree: block outside the tree";

	if (!IS_ALIGNED(fdt->structure, CELL_SIZE))
		return "device tree: structure block not aligned";

	return NULL;
}

static const char *
check_reservations(struct fdt *fdt)
{
	const unsigned char *p = fdt->blob + fdt->reservations;
	uint32_t room = fdt->size - fdt->reservations;

	for (fdt->nreservations = 0; room >= RESERVATION_SIZE;
	     fdt->nreservations++) {
		if (read_cells(p) == 0 && read_cells(p + 8) == 0)
			return NULL;

		p += RESERVATION_SIZE;
		room -= RESERVATION_SIZE;
	}

	return "device tree: reservations without end";
}

/* Check what follows a property's token; room is what is left of the block. */
static const char *
check_property(const struct fdt *fdt, const unsigned char *p, uint32_t room)
{
	uint32_t size, name;

	if (room < PROPERTY_HEADER_SIZE)
		return "device tree: property cut off";

	size = read_cell(p + CELL_SIZE);
	name = read_cell(p + 2 * CELL_SIZE);

	if (size > room - PROPERTY_HEADER_SIZE)
		return "device tree: property longer than the tree";

	if (name >= fdt->strings_size
	    || memchr(fdt->blob + fdt->strings + name, '\0',
		      fdt->strings_size - name) == NULL)
		return "device tree: property name outside the strings";

	return NULL;
}

/*
 * Check one token at an offset whose cell is in the block; *depth counts the
 * open nodes.
 */
static const char *
check_token(const struct fdt *fdt, uint32_t offset, unsigned int *depth)
{
	const unsigned char *p = structure_at(fdt, offset);
	uint32_t room = fdt->structure_size - offset;

	switch (read_cell(p)) {
	case TOKEN_BEGIN_NODE:
		if (memchr(p + CELL_SIZE, '\0', room - CELL_SIZE) == NULL)
			return "device tree: node name without end";

		if (++*depth > FDT_MAX_DEPTH)
			return "device tree: nested too deep";

		return NULL;
	case TOKEN_END_NODE:
		if ((*depth)-- == 0)
			return "device tree: end of a node that did not begin";

		return NULL;
	case TOKEN_PROPERTY:
		if (*depth == 0)
			return "device tree: property outside of nodes";

		return check_property(fdt, p, room);
	case TOKEN_NOP:
	case TOKEN_END:
		return NULL;
	default:
		return "device tree: unknown token";
	}
}

/*
 * One root node, well nested, then the end. Offsets cannot overflow: each
 * token was checked to lie in the block, which is smaller than 2 GiB.
 */
static const char *
check_structure(const struct fdt *fdt)
{
	uint32_t offset = 0;
	unsigned int depth = 0, roots = 0;

	for (;;) {
		const char *reason;
		uint32_t token;

		if (offset > fdt->structure_size
		    || fdt->structure_size - offset < CELL_SIZE)
			return "device tree: structure without end";

		token = token_at(fdt, offset);
		roots += depth == 0 && token == TOKEN_BEGIN_NODE;
		reason = check_token(fdt, offset, &depth);

		if (reason != NULL)
			return reason;

		if (token == TOKEN_END)
			break;

		offset = token_skip(fdt, offset);
	}

	return (depth == 0 && roots == 1) ? NULL
	       : "device tree: not exactly one root";
}

const char *
fdt_open(struct fdt *fdt, const void *blob, size_t limit)
{
	const char *reason = check_header(fdt, blob, limit);

	if (reason == NULL)
		reason = check_reservations(fdt);

	return (reason == NULL) ? check_structure(fdt) : reason;
}

bool
fdt_reservation(const struct fdt *fdt, uint32_t index, struct fdt_range *range)
{
	const unsigned char *p;

	if (index >= fdt->nreservations)
		return false;

	p = fdt->blob + fdt->reservations + (size_t)index * RESERVATION_SIZE;
	range->address = read_cells(p);
	range->size = read_cells(p + 8);
	return true;
}

fdt_node_t
fdt_root(const struct fdt *fdt)
{
	uint32_t offset = 0;

	while (token_at(fdt, offset) != TOKEN_BEGIN_NODE)
		offset = token_skip(fdt, offset);

	return offset;
}

fdt_node_t
fdt_next(const struct fdt *fdt, fdt_node_t node)
{
	for (;;) {
		node = token_skip(fdt, node);

		if (token_at(fdt, node) == TOKEN_BEGIN_NODE)
			return node;

		if (token_at(fdt, node) == TOKEN_END)
			return FDT_NONE;
	}
}

fdt_node_t
fdt_first_child(const struct fdt *fdt, fdt_node_t node)
{
	for (;;) {
		node = token_skip(fdt, node);

		if (token_at(fdt, node) == TOKEN_BEGIN_NODE)
			return node;

		if (token_at(fdt, node) == TOKEN_END_NODE)
			return FDT_NONE;
	}
}

fdt_node_t
fdt_next_sibling(const struct fdt *fdt, fdt_node_t node)
{
	unsigned int depth = 1;

	for (;;) {
		node = token_skip(fdt, node);

		switch (token_at(fdt, node)) {
		case TOKEN_BEGIN_NODE:
			if (depth == 0)
				return node;

			depth++;
			break;
		case TOKEN_END_NODE:
			if (depth-- == 0)
				return FDT_NONE;

			break;
		case TOKEN_END:
			return FDT_NONE;
		}
	}
}

fdt_node_t
fdt_parent(const struct fdt *fdt, fdt_node_t node)
{
	fdt_node_t open[FDT_MAX_DEPTH];
	unsigned int depth = 0;
	uint32_t offset;

	for (offset = 0; offset < node; offset = token_skip(fdt, offset)) {
		if (token_at(fdt, offset) == TOKEN_BEGIN_NODE)
			open[depth++] = offset;
		else if (token_at(fdt, offset) == TOKEN_END_NODE)
			depth--;
	}

	return (depth == 0) ? FDT_NONE : open[depth - 1];
}

const char *
fdt_name(const struct fdt *fdt, fdt_node_t node)
{
	return (const char *)structure_at(fdt, node) + CELL_SIZE;
}

bool
fdt_property(const struct fdt *fdt, fdt_node_t node, const char *name,
	     struct fdt_property *property)
{
	for (;;) {
		const unsigned char *p;

		node = token_skip(fdt, node);
		p = structure_at(fdt, node);

		switch (read_cell(p)) {
		case TOKEN_BEGIN_NODE:
		case TOKEN_END_NODE:
			/* The properties of a node precede its children. */
			return false;
		case TOKEN_PROPERTY:
			if (strcmp((const char *)fdt->blob + fdt->strings
				   + read_cell(p + 2 * CELL_SIZE), name) != 0)
				break;

			property->size = read_cell(p + CELL_SIZE);
			property->data = p + PROPERTY_HEADER_SIZE;
			return true;
		}
	}
}

bool
fdt_read_cells(const struct fdt_property *property, uint32_t *offset,
	       uint32_t count, uint64_t *value)
{
	if (count > 2 || *offset > property->size
	    || property->size - *offset < count * CELL_SIZE)
		return false;

	*value = 0;

	for (; count != 0; count--) {
		*value = *value << 32 | read_cell(property->data + *offset);
		*offset += CELL_SIZE;
	}

	return true;
}
