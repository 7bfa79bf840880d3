/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Any bytes as a device tree: either it is refused, or every question about
 * every node can be asked.
 */

#include <stdlib.h>
#include <string.h>

#include <lib/fdt.h>
#include <tests/fuzz/fuzz.h>

/* Larger trees take too long: some questions are quadratic. */
#define MAX_SIZE	16384

static void
ask_node(const struct fdt *fdt, fdt_node_t node)
{
	fdt_node_t parent = fdt_parent(fdt, node), child;
	struct fdt_property property;
	struct fdt_range range;
	const char *text;
	uint32_t i;

	FUZZ_CHECK(strlen(fdt_name(fdt, node)) < fdt->size);
	FUZZ_CHECK((parent == FDT_NONE) == (node == fdt_root(fdt)));
	fdt_enabled(fdt, node);
	fdt_compatible(fdt, node, "arm,pl011");

	for (i = 0; i < 4 && fdt_reg(fdt, node, i, &range); i++)
		FUZZ_CHECK(range.size == 0
			   || range.address + (range.size - 1)
			      >= range.address);

	if (fdt_property(fdt, node, "reg", &property))
		FUZZ_CHECK(property.data >= fdt->blob
			   && property.data + property.size
			      <= fdt->blob + fdt->size);

	text = fdt_string(fdt, node, "bootargs");
	FUZZ_CHECK(text == NULL || strlen(text) < fdt->size);

	fdt_for_each_child(fdt, node, child)
		FUZZ_CHECK(fdt_parent(fdt, child) == node);
}

static void
ask_tree(const struct fdt *fdt)
{
	fdt_node_t node = FDT_NONE;
	struct fdt_module module;
	struct fdt_range range;
	const char *reason;
	uint32_t i;

	while ((node = fdt_next_module(fdt, node, &module, &reason))
	       != FDT_NONE) {
		FUZZ_CHECK(strlen(module.command_line) < fdt->size);
		FUZZ_CHECK(reason != NULL
			   || module.range.address + (module.range.size - 1)
			      >= module.range.address);
	}

	for (i = 0; fdt_reservation(fdt, i, &range); i++)
		continue;

	fdt_stdout(fdt);
	fdt_find_path(fdt, "/soc/serial@9000000");
	fdt_find_path(fdt, "serial0:115200");

	fdt_for_each_node(fdt, node)
		ask_node(fdt, node);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fdt fdt;
	void *copy;

	if (size > MAX_SIZE)
		return 0;

	/* Of the exact size, and aligned. */
	copy = malloc(size);
	memcpy(copy, data, size);

	if (fdt_open(&fdt, copy, size) == NULL)
		ask_tree(&fdt);

	free(copy);
	return 0;
}
