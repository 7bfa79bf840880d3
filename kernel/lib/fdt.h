/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * A reader of flattened device trees (Devicetree Specification 0.4, chapter
 * 5), of versions 16 and 17.
 *
 * fdt_open() checks the whole structure once: every offset, length and name,
 * the nesting and the end. A tree that it accepts can be walked without
 * further checks, as long as nobody writes to it. Whatever a property contains
 * is checked where it is read.
 *
 * Nodes are offsets in the structure block; FDT_NONE is no node.
 */

#ifndef LIB_FDT_H
#define LIB_FDT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint32_t fdt_node_t;

#define FDT_NONE	UINT32_MAX

/* Deeper trees are refused. */
#define FDT_MAX_DEPTH	32

struct fdt {
	const unsigned char *blob;
	uint32_t size;			/* of the whole blob */
	uint32_t structure;		/* offsets and sizes of the blocks */
	uint32_t structure_size;
	uint32_t strings;
	uint32_t strings_size;
	uint32_t reservations;
	uint32_t nreservations;
};

struct fdt_property {
	const unsigned char *data;
	uint32_t size;			/* bytes */
};

/* A range of addresses of the processor. */
struct fdt_range {
	uint64_t address;
	uint64_t size;
};

/* A boot module: its content, and the string of its command line. */
struct fdt_module {
	struct fdt_range range;
	const char *command_line;
};

/*
 * Open the tree at blob, 4-byte aligned, of which at most limit bytes may be
 * read.
 *
 * Returns NULL, or the reason why the tree is refused, as a line of text.
 */
const char *fdt_open(struct fdt *fdt, const void *blob, size_t limit);

/* The entry of the memory reservation block; false if there is none. */
bool fdt_reservation(const struct fdt *fdt, uint32_t index,
		     struct fdt_range *range);

fdt_node_t fdt_root(const struct fdt *fdt);
fdt_node_t fdt_first_child(const struct fdt *fdt, fdt_node_t node);
fdt_node_t fdt_next_sibling(const struct fdt *fdt, fdt_node_t node);
fdt_node_t fdt_parent(const struct fdt *fdt, fdt_node_t node);

/* The node behind one in the order of the blob: every node once. */
fdt_node_t fdt_next(const struct fdt *fdt, fdt_node_t node);

#define fdt_for_each_child(fdt, node, child)				\
	for ((child) = fdt_first_child(fdt, node); (child) != FDT_NONE;	\
	     (child) = fdt_next_sibling(fdt, child))

#define fdt_for_each_node(fdt, node)					\
	for ((node) = fdt_root(fdt); (node) != FDT_NONE;		\
	     (node) = fdt_next(fdt, node))

/* Name with unit address, e.g. "memory@40000000"; "" for the root. */
const char *fdt_name(const struct fdt *fdt, fdt_node_t node);

/* Look a property up; false if the node does not have it. */
bool fdt_property(const struct fdt *fdt, fdt_node_t node, const char *name,
		  struct fdt_property *property);

/* A property that is one terminated string, or the first of several; or NULL */
const char *fdt_string(const struct fdt *fdt, fdt_node_t node,
		       const char *name);

/* Cell number index of a property; fallback if it is not there. */
uint32_t fdt_cell(const struct fdt *fdt, fdt_node_t node, const char *name,
		  uint32_t index, uint32_t fallback);

/*
 * Read count cells (0 to 2) at byte *offset of a property as one number, and
 * advance the offset. Returns false, without effect, if they are not there.
 */
bool fdt_read_cells(const struct fdt_property *property, uint32_t *offset,
		    uint32_t count, uint64_t *value);

/* True if "compatible" lists the string. */
bool fdt_compatible(const struct fdt *fdt, fdt_node_t node,
		    const char *compatible);

/* True unless "status" is there and says neither "okay" nor "ok". */
bool fdt_enabled(const struct fdt *fdt, fdt_node_t node);

/*
 * The node of a path, in which unit addresses may be left out, or of an alias
 * followed by a path. The path ends at a NUL or ':'.
 */
fdt_node_t fdt_find_path(const struct fdt *fdt, const char *path);

/* The console: /chosen/stdout-path. */
fdt_node_t fdt_stdout(const struct fdt *fdt);

/*
 * Entry number index of "reg", as the processor sees it: translated through
 * the "ranges" of all buses above. Addresses and sizes have 1 or 2 cells (or
 * 0 for sizes).
 *
 * Returns false if there is no such entry, it wraps around the end of the
 * address space, or a bus does not translate it.
 */
bool fdt_reg(const struct fdt *fdt, fdt_node_t node, uint32_t index,
	     struct fdt_range *range);

/*
 * The boot module behind `after` (FDT_NONE: the first) among the children of
 * /chosen, those compatible with "multiboot,module" or "boot,module". Where
 * /chosen does not tell the number of cells, the length of "reg" does.
 *
 * Returns its node, or FDT_NONE after the last. *reason is NULL, or tells why
 * the module cannot be used; then *module has its command line only.
 */
fdt_node_t fdt_next_module(const struct fdt *fdt, fdt_node_t after,
			   struct fdt_module *module, const char **reason);

#endif /* LIB_FDT_H */
