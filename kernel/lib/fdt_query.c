/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Questions to a device tree: nodes by name, by path and by what they are
 * compatible with; addresses; boot modules.
 */

#include <lib/fdt.h>
#include <lib/macros.h>
#include <lib/string.h>

#define CELL_SIZE	4

/* A path component matches a name, with or without its unit address. */
static bool
name_matches(const char *name, const char *component, size_t length)
{
	return strncmp(name, component, length) == 0
	       && (name[length] == '\0'
		   || (name[length] == '@'
		       && memchr(component, '@', length) == NULL));
}

const char *
fdt_string(const struct fdt *fdt, fdt_node_t node, const char *name)
{
	struct fdt_property property;

	if (!fdt_property(fdt, node, name, &property)
	    || memchr(property.data, '\0', property.size) == NULL)
		return NULL;

	return (const char *)property.data;
}

uint32_t
fdt_cell(const struct fdt *fdt, fdt_node_t node, const char *name,
	 uint32_t index, uint32_t fallback)
{
	struct fdt_property property;
	uint32_t offset;
	uint64_t value;

	if (!fdt_property(fdt, node, name, &property)
	    || index >= property.size / CELL_SIZE)
		return fallback;

	offset = index * CELL_SIZE;
	return fdt_read_cells(&property, &offset, 1, &value)
	       ? (uint32_t)value : fallback;
}

bool
fdt_compatible(const struct fdt *fdt, fdt_node_t node, const char *compatible)
{
	struct fdt_property property;
	size_t length = strlen(compatible) + 1;
	const unsigned char *p, *end;

	if (!fdt_property(fdt, node, "compatible", &property))
		return false;

	p = property.data;
	end = p + property.size;

	while ((size_t)(end - p) >= length) {
		if (memcmp(p, compatible, length) == 0)
			return true;

		p = memchr(p, '\0', (size_t)(end - p));

		if (p == NULL)
			break;

		p++;
	}

	return false;
}

bool
fdt_enabled(const struct fdt *fdt, fdt_node_t node)
{
	struct fdt_property property;
	const char *status;

	if (!fdt_property(fdt, node, "status", &property))
		return true;

	status = fdt_string(fdt, node, "status");
	return status != NULL && (strcmp(status, "okay") == 0
				  || strcmp(status, "ok") == 0);
}

/* The length of a path's first component. */
static size_t
component_length(const char *path)
{
	size_t length = 0;

	while (path[length] != '\0' && path[length] != '/'
	       && path[length] != ':')
		length++;

	return length;
}

static fdt_node_t
find_child(const struct fdt *fdt, fdt_node_t node, const char *name,
	   size_t length)
{
	fdt_node_t child;

	fdt_for_each_child(fdt, node, child)
		if (name_matches(fdt_name(fdt, child), name, length))
			return child;

	return FDT_NONE;
}

/* Follow the rest of a path, which starts with '/', from a node on. */
static fdt_node_t
follow_path(const struct fdt *fdt, fdt_node_t node, const char *path)
{
	while (node != FDT_NONE) {
		size_t length;

		while (*path == '/')
			path++;

		length = component_length(path);

		if (length == 0)
			break;

		node = find_child(fdt, node, path, length);
		path += length;
	}

	return node;
}

/* The target of an alias; NULL if it is unknown or no absolute path. */
static const char *
find_alias(const struct fdt *fdt, const char *path)
{
	fdt_node_t aliases = find_child(fdt, fdt_root(fdt), "aliases", 7);
	size_t i, length = component_length(path);
	const char *target;
	char name[32];

	if (aliases == FDT_NONE || length >= sizeof(name))
		return NULL;

	/* Not memcpy(): the MMU may be off, and accesses must be aligned. */
	for (i = 0; i < length; i++)
		name[i] = path[i];

	name[length] = '\0';
	target = fdt_string(fdt, aliases, name);
	return (target != NULL && target[0] == '/') ? target : NULL;
}

fdt_node_t
fdt_find_path(const struct fdt *fdt, const char *path)
{
	fdt_node_t node = fdt_root(fdt);

	if (*path != '/') {
		const char *target = find_alias(fdt, path);

		if (target == NULL)
			return FDT_NONE;

		node = follow_path(fdt, node, target);
		path += component_length(path);
	}

	return (*path == '/') ? follow_path(fdt, node, path) : node;
}

fdt_node_t
fdt_stdout(const struct fdt *fdt)
{
	fdt_node_t chosen = fdt_find_path(fdt, "/chosen");
	const char *path = NULL;

	if (chosen != FDT_NONE) {
		path = fdt_string(fdt, chosen, "stdout-path");

		if (path == NULL)
			path = fdt_string(fdt, chosen, "linux,stdout-path");
	}

	return (path == NULL) ? FDT_NONE : fdt_find_path(fdt, path);
}

/* Cells of the addresses and sizes of a node's children. */
static uint32_t
address_cells_of(const struct fdt *fdt, fdt_node_t node)
{
	return fdt_cell(fdt, node, "#address-cells", 0, 2);
}

static uint32_t
size_cells_of(const struct fdt *fdt, fdt_node_t node)
{
	return fdt_cell(fdt, node, "#size-cells", 0, 1);
}

/* Find the entry of "ranges" that holds the range, and translate it. */
static bool
ranges_translate(const struct fdt_property *ranges, uint32_t child_cells,
		 uint32_t parent_cells, uint32_t size_cells,
		 struct fdt_range *range)
{
	uint32_t offset = 0;
	uint64_t child, parent, size;

	while (offset < ranges->size) {
		if (!fdt_read_cells(ranges, &offset, child_cells, &child)
		    || !fdt_read_cells(ranges, &offset, parent_cells, &parent)
		    || !fdt_read_cells(ranges, &offset, size_cells, &size)
		    || child_cells + parent_cells + size_cells == 0)
			return false;

		if (range->address >= child && range->size <= size
		    && range->address - child <= size - range->size) {
			range->address = parent + (range->address - child);
			return true;
		}
	}

	return false;
}

/* Translate an address of a bus to one of its parent, and so up to the root. */
static bool
bus_translate(const struct fdt *fdt, fdt_node_t bus, struct fdt_range *range)
{
	fdt_node_t parent = fdt_parent(fdt, bus);
	struct fdt_property ranges;

	for (; parent != FDT_NONE; bus = parent, parent = fdt_parent(fdt, bus)) {
		if (!fdt_property(fdt, bus, "ranges", &ranges))
			return false;

		/* Empty: the addresses are the same. */
		if (ranges.size != 0
		    && !ranges_translate(&ranges, address_cells_of(fdt, bus),
					 address_cells_of(fdt, parent),
					 size_cells_of(fdt, bus), range))
			return false;
	}

	return range->size == 0
	       || range->address + (range->size - 1) >= range->address;
}

/* Read an entry of "reg". */
static bool
reg_read(const struct fdt_property *reg, uint32_t index,
	 uint32_t address_cells, uint32_t size_cells, struct fdt_range *range)
{
	uint64_t offset = (uint64_t)index * (address_cells + size_cells)
			  * CELL_SIZE;
	uint32_t start = (uint32_t)offset;

	return address_cells != 0 && address_cells <= 2 && size_cells <= 2
	       && offset < reg->size
	       && fdt_read_cells(reg, &start, address_cells, &range->address)
	       && fdt_read_cells(reg, &start, size_cells, &range->size);
}

bool
fdt_reg(const struct fdt *fdt, fdt_node_t node, uint32_t index,
	struct fdt_range *range)
{
	fdt_node_t bus = fdt_parent(fdt, node);
	struct fdt_property reg;

	return bus != FDT_NONE && fdt_property(fdt, node, "reg", &reg)
	       && reg_read(&reg, index, address_cells_of(fdt, bus),
			   size_cells_of(fdt, bus), range)
	       && bus_translate(fdt, bus, range);
}

static const char *
module_read(const struct fdt *fdt, fdt_node_t chosen, fdt_node_t node,
	    struct fdt_module *module)
{
	struct fdt_range *range = &module->range;
	struct fdt_property reg, cells;
	uint32_t address_cells, size_cells;

	if (!fdt_property(fdt, node, "reg", &reg))
		return "no \"reg\" property";

	if (fdt_property(fdt, chosen, "#address-cells", &cells)) {
		address_cells = address_cells_of(fdt, chosen);
		size_cells = size_cells_of(fdt, chosen);
	} else {
		address_cells = (reg.size > 8) ? 2 : 1;
		size_cells = (reg.size > 12) ? 2 : 1;
	}

	if (!reg_read(&reg, 0, address_cells, size_cells, range))
		return "\"reg\" property too short";

	if (range->size == 0)
		return "empty";

	if (range->address + (range->size - 1) < range->address)
		return "wraps around the end of memory";

	return NULL;
}

fdt_node_t
fdt_next_module(const struct fdt *fdt, fdt_node_t after,
		struct fdt_module *module, const char **reason)
{
	fdt_node_t chosen = fdt_find_path(fdt, "/chosen");
	fdt_node_t node;

	if (chosen == FDT_NONE)
		return FDT_NONE;

	node = (after == FDT_NONE) ? fdt_first_child(fdt, chosen)
				   : fdt_next_sibling(fdt, after);

	for (; node != FDT_NONE; node = fdt_next_sibling(fdt, node)) {
		if (!fdt_compatible(fdt, node, "multiboot,module")
		    && !fdt_compatible(fdt, node, "boot,module"))
			continue;

		module->command_line = fdt_string(fdt, node, "bootargs");

		if (module->command_line == NULL)
			module->command_line = "";

		*reason = module_read(fdt, chosen, node, module);
		return node;
	}

	return FDT_NONE;
}
