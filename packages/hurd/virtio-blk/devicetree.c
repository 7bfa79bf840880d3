/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include "devicetree.h"

#include <string.h>

#define MAGIC		0xd00dfeedu
#define HEADER_SIZE	40u
#define VERSION_MIN	16u

#define BEGIN_NODE	1u
#define END_NODE	2u
#define PROPERTY	3u
#define NOP		4u
#define END		9u

#define DEPTH_MAX	32

static uint32_t
cell(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
	    (uint32_t)bytes[2] << 8 | bytes[3];
}

static uint32_t
token_at(const struct devicetree *tree, uint32_t offset)
{
	return cell(tree->structure + offset);
}

/* Where the string at `offset` ends, a multiple of 4; 0: it does not. */
static uint32_t
name_end(const struct devicetree *tree, uint32_t offset)
{
	const void *end = memchr(tree->structure + offset, '\0',
	    tree->structure_size - offset);

	if (end == NULL)
		return 0;
	offset = (uint32_t)((const unsigned char *)end - tree->structure) + 1;
	return (offset + 3) & ~3u;
}

/* Where the token at `offset` ends; 0: it is not valid. */
static uint32_t
token_end(const struct devicetree *tree, uint32_t offset)
{
	uint32_t size, left;

	if (offset > tree->structure_size ||
	    tree->structure_size - offset < 4)
		return 0;
	left = tree->structure_size - offset - 4;
	switch (token_at(tree, offset)) {
	case BEGIN_NODE:
		return name_end(tree, offset + 4);
	case PROPERTY:
		if (left < 8)
			return 0;
		size = cell(tree->structure + offset + 4);
		if (size > left - 8 || cell(tree->structure + offset + 8) >=
		    tree->strings_size)
			return 0;
		return (offset + 12 + size + 3) & ~3u;
	case END_NODE:
	case NOP:
	case END:
		return offset + 4;
	default:
		return 0;
	}
}

static bool
check_structure(const struct devicetree *tree)
{
	uint32_t offset = 0, next, token;
	int depth = 0;

	for (;;) {
		next = token_end(tree, offset);
		if (next == 0 || next > tree->structure_size)
			return false;
		token = token_at(tree, offset);
		if (token == END)
			return depth == 0 && offset != 0;
		if (token == BEGIN_NODE && ++depth > DEPTH_MAX)
			return false;
		if ((token == END_NODE && --depth < 0) ||
		    (token == PROPERTY && depth == 0))
			return false;
		offset = next;
	}
}

bool
devicetree_open(struct devicetree *tree, const void *blob, size_t size)
{
	const unsigned char *bytes = blob;
	uint32_t total, structure, strings;

	if (size < HEADER_SIZE || cell(bytes) != MAGIC ||
	    cell(bytes + 20) < VERSION_MIN + 1)
		return false;
	total = cell(bytes + 4);
	structure = cell(bytes + 8);
	strings = cell(bytes + 12);
	tree->strings_size = cell(bytes + 32);
	tree->structure_size = cell(bytes + 36);
	if (total > size || total > INT32_MAX || structure > total ||
	    strings > total || structure % 4 != 0 ||
	    tree->strings_size > total - strings ||
	    tree->structure_size > total - structure)
		return false;
	tree->structure = bytes + structure;
	tree->strings = (const char *)bytes + strings;
	if (tree->strings_size == 0 ||
	    tree->strings[tree->strings_size - 1] != '\0')
		return false;
	return check_structure(tree);
}

/* A node is the offset behind its name. */
devicetree_node
devicetree_next(const struct devicetree *tree, devicetree_node node)
{
	uint32_t offset = node;

	while (token_at(tree, offset) != END) {
		uint32_t token = token_at(tree, offset);

		offset = token_end(tree, offset);
		if (token == BEGIN_NODE)
			return offset;
	}
	return DEVICETREE_NONE;
}

devicetree_node
devicetree_parent(const struct devicetree *tree, devicetree_node node)
{
	devicetree_node path[DEPTH_MAX];
	uint32_t offset = 0, token;
	int depth = 0;

	for (;;) {
		token = token_at(tree, offset);
		offset = token_end(tree, offset);
		if (token == END)
			return DEVICETREE_NONE;
		if (token == END_NODE)
			depth--;
		if (token == BEGIN_NODE) {
			path[depth++] = offset;
			if (offset == node)
				return depth < 2 ? DEVICETREE_NONE
				    : path[depth - 2];
		}
	}
}

const unsigned char *
devicetree_property(const struct devicetree *tree, devicetree_node node,
    const char *name, uint32_t *size)
{
	uint32_t offset = node;

	for (;; offset = token_end(tree, offset)) {
		uint32_t token = token_at(tree, offset);

		if (token == NOP)
			continue;
		if (token != PROPERTY)
			return NULL;
		if (strcmp(tree->strings + cell(tree->structure + offset + 8),
		    name) != 0)
			continue;
		*size = cell(tree->structure + offset + 4);
		return tree->structure + offset + 12;
	}
}

bool
devicetree_number(const struct devicetree *tree, devicetree_node node,
    const char *name, uint32_t index, uint32_t count, uint64_t *value)
{
	uint32_t size, i;
	const unsigned char *data = devicetree_property(tree, node, name,
	    &size);

	if (data == NULL || count > 2 || index > size / 4 ||
	    count > size / 4 - index)
		return false;
	*value = 0;
	for (i = 0; i < count; i++)
		*value = *value << 32 | cell(data + 4 * (index + i));
	return true;
}

uint32_t
devicetree_cell(const struct devicetree *tree, devicetree_node node,
    const char *name, uint32_t index, uint32_t fallback)
{
	uint64_t value;

	return devicetree_number(tree, node, name, index, 1, &value)
	    ? (uint32_t)value : fallback;
}

bool
devicetree_compatible(const struct devicetree *tree, devicetree_node node,
    const char *compatible)
{
	size_t length = strlen(compatible) + 1;
	uint32_t size, at;
	const unsigned char *data = devicetree_property(tree, node,
	    "compatible", &size);

	if (data == NULL)
		return false;
	for (at = 0; at < size; at++)
		if ((at == 0 || data[at - 1] == '\0') &&
		    size - at >= length &&
		    memcmp(data + at, compatible, length) == 0)
			return true;
	return false;
}

bool
devicetree_enabled(const struct devicetree *tree, devicetree_node node)
{
	uint32_t size;
	const unsigned char *data = devicetree_property(tree, node, "status",
	    &size);

	return data == NULL || (size == 5 && memcmp(data, "okay", 5) == 0) ||
	    (size == 3 && memcmp(data, "ok", 3) == 0);
}

devicetree_node
devicetree_find_phandle(const struct devicetree *tree, uint32_t phandle)
{
	devicetree_node node = DEVICETREE_NONE;

	while ((node = devicetree_next(tree, node)) != DEVICETREE_NONE)
		if (devicetree_cell(tree, node, "phandle", 0, 0) == phandle)
			return node;
	return DEVICETREE_NONE;
}

bool
devicetree_registers(const struct devicetree *tree, devicetree_node node,
    uint64_t *address, uint64_t *size)
{
	devicetree_node parent = devicetree_parent(tree, node), bus;
	uint32_t address_cells, size_cells, length;

	if (parent == DEVICETREE_NONE)
		return false;
	address_cells = devicetree_cell(tree, parent, "#address-cells", 0, 2);
	size_cells = devicetree_cell(tree, parent, "#size-cells", 0, 1);
	for (bus = parent; devicetree_parent(tree, bus) != DEVICETREE_NONE;
	    bus = devicetree_parent(tree, bus))
		if (devicetree_property(tree, bus, "ranges", &length) ==
		    NULL || length != 0)
			return false;
	return devicetree_number(tree, node, "reg", 0, address_cells,
	    address) && devicetree_number(tree, node, "reg", address_cells,
	    size_cells, size) && *size != 0;
}

int
devicetree_gic_line(uint32_t type, uint32_t number)
{
	return type == 0 && number < 988 ? (int)number + 32 : -1;
}

int
devicetree_interrupt(const struct devicetree *tree, devicetree_node node)
{
	return devicetree_gic_line(
	    devicetree_cell(tree, node, "interrupts", 0, UINT32_MAX),
	    devicetree_cell(tree, node, "interrupts", 1, UINT32_MAX));
}
