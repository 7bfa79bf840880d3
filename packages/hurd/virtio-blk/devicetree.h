/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * A reader of flattened device trees (Devicetree Specification 0.4), for what
 * a bus needs to find its devices.
 *
 * devicetree_open() checks the structure once; a tree that it accepts can be
 * walked without further checks.  Nodes are offsets; 0 is no node (the root
 * is not 0: its name comes first).
 */
#ifndef DEVICETREE_H
#define DEVICETREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct devicetree {
	const unsigned char *structure;
	uint32_t structure_size;
	const char *strings;
	uint32_t strings_size;
};

typedef uint32_t devicetree_node;

#define DEVICETREE_NONE		0

/* False: the blob is no valid tree of at most `size` bytes. */
bool devicetree_open(struct devicetree *tree, const void *blob, size_t size);

/* The node behind one in the order of the blob; NONE: the root, the end. */
devicetree_node devicetree_next(const struct devicetree *tree,
    devicetree_node node);
devicetree_node devicetree_parent(const struct devicetree *tree,
    devicetree_node node);

/* Bytes of a property and their number, or NULL. */
const unsigned char *devicetree_property(const struct devicetree *tree,
    devicetree_node node, const char *name, uint32_t *size);
/* One cell of a property, or `fallback`. */
uint32_t devicetree_cell(const struct devicetree *tree, devicetree_node node,
    const char *name, uint32_t index, uint32_t fallback);
/* `count` cells, at most 2, as a number; false: they are not there. */
bool devicetree_number(const struct devicetree *tree, devicetree_node node,
    const char *name, uint32_t index, uint32_t count, uint64_t *value);

bool devicetree_compatible(const struct devicetree *tree,
    devicetree_node node, const char *compatible);
bool devicetree_enabled(const struct devicetree *tree, devicetree_node node);
devicetree_node devicetree_find_phandle(const struct devicetree *tree,
    uint32_t phandle);

/*
 * The first entry of "reg", as an address of the processor for nodes below
 * the root and below buses with an empty "ranges".
 */
bool devicetree_registers(const struct devicetree *tree,
    devicetree_node node, uint64_t *address, uint64_t *size);

/* The number of a GIC's line by its three cells; -1: no shared line. */
int devicetree_gic_line(uint32_t type, uint32_t number);
/* That of the node's first interrupt. */
int devicetree_interrupt(const struct devicetree *tree,
    devicetree_node node);

#endif /* DEVICETREE_H */
