/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <tests/unit/unit.h>

#include <stdlib.h>

#include <lib/fdt.h>
#include <lib/macros.h>
#include <lib/string.h>
#include <tests/unit/fdt_builder.h>

static struct fdt_builder builder;
static struct fdt fdt;

/* A machine with a bus that moves addresses and one that does not. */
static void
build_machine(uint32_t version)
{
	struct fdt_builder *b = &builder;

	fdt_start(b);
	fdt_reserve(b, 0x40000000, 0x1000);
	fdt_reserve(b, 0x123456789000, 0x100000000);
	fdt_begin(b, "");
	fdt_cells(b, "#address-cells", 2);
	fdt_cells(b, "#size-cells", 2);
	fdt_cells(b, "interrupt-parent", 7);
	fdt_token(b, 4);
	fdt_begin(b, "memory@40000000");
	fdt_text(b, "device_type", "memory");
	fdt_cells(b, "reg", 0, 0x40000000, 0, 0x40000000, 8, 0, 1, 0);
	fdt_end(b);
	fdt_begin(b, "soc");
	fdt_cells(b, "#address-cells", 1);
	fdt_cells(b, "#size-cells", 1);
	fdt_cells(b, "ranges", 0x1000, 1, 0x2000, 0x800,
		  0x80000000, 0, 0x10000000, 0x1000000);
	fdt_begin(b, "serial@80001000");
	fdt_bytes(b, "compatible", "arm,pl011\0arm,primecell", 24);
	fdt_cells(b, "reg", 0x80001000, 0x1000, 0x1700, 0x100, 0x1701, 0x100,
		  0x70000000, 4);
	fdt_end(b);
	fdt_begin(b, "serial@80002000");
	fdt_text(b, "compatible", "arm,pl011");
	fdt_text(b, "status", "disabled");
	fdt_end(b);
	fdt_begin(b, "bus");
	fdt_cells(b, "#address-cells", 1);
	fdt_cells(b, "#size-cells", 0);
	fdt_bytes(b, "ranges", "", 0);
	fdt_begin(b, "device@80003000");
	fdt_text(b, "status", "okay");
	fdt_cells(b, "reg", 0x80003000);
	fdt_end(b);
	fdt_end(b);
	fdt_begin(b, "island");
	fdt_begin(b, "device@0");
	fdt_cells(b, "reg", 0, 0, 1);
	fdt_end(b);
	fdt_end(b);
	fdt_end(b);
	fdt_begin(b, "gic");
	fdt_cells(b, "phandle", 7);
	fdt_end(b);
	fdt_begin(b, "aliases");
	fdt_text(b, "serial0", "/soc/serial@80001000");
	fdt_text(b, "loop", "loop");
	fdt_end(b);
	fdt_begin(b, "chosen");
	fdt_text(b, "stdout-path", "serial0:115200n8");
	fdt_bytes(b, "raw", "abc", 3);
	fdt_end(b);
	fdt_end(b);
	fdt_finish(b, version);
}

static const char *
open_copy(uint32_t size)
{
	static void *copy;

	/* A copy of the exact size: the sanitizer sees every step outside. */
	free(copy);
	copy = malloc(size);
	memcpy(copy, builder.blob, size);
	return fdt_open(&fdt, copy, size);
}

static fdt_node_t
path(const char *name)
{
	return fdt_find_path(&fdt, name);
}

static void
test_walk(void **state)
{
	static const char *const names[] = {
		"", "memory@40000000", "soc", "serial@80001000",
		"serial@80002000", "bus", "device@80003000", "island",
		"device@0", "gic", "aliases", "chosen",
	};
	fdt_node_t node, child;
	size_t i = 0, children = 0;
	uint32_t version;

	for (version = 16; version <= 17; version++) {
		build_machine(version);
		assert_null(open_copy(builder.strings));
		i = 0;
		children = 0;

		fdt_for_each_node(&fdt, node)
			assert_string_equal(fdt_name(&fdt, node), names[i++]);

		assert_int_equal(i, ARRAY_SIZE(names));

		fdt_for_each_child(&fdt, fdt_root(&fdt), child) {
			children++;
			assert_int_equal(fdt_parent(&fdt, child),
					 fdt_root(&fdt));
		}

		assert_int_equal(children, 5);
	}

	assert_int_equal(fdt_parent(&fdt, fdt_root(&fdt)), FDT_NONE);
	assert_int_equal(fdt_parent(&fdt, path("/soc/bus/device")),
			 path("/soc/bus"));
	assert_int_equal(fdt_first_child(&fdt, path("/chosen")), FDT_NONE);
	assert_int_equal(fdt_next_sibling(&fdt, path("/chosen")), FDT_NONE);
	assert_int_equal(fdt_next_sibling(&fdt, path("/soc/bus/device")),
			 FDT_NONE);
}

static void
test_paths(void **state)
{
	fdt_node_t serial = path("/soc/serial@80001000");

	assert_int_not_equal(serial, FDT_NONE);
	assert_int_equal(path("/soc/serial"), serial);
	assert_int_equal(path("//soc//serial"), serial);
	assert_int_equal(path("serial0"), serial);
	assert_int_equal(path("serial0:9600"), serial);
	assert_int_equal(path("/soc/serial:x"), serial);
	assert_int_equal(path("/"), fdt_root(&fdt));
	assert_int_equal(path("/so"), FDT_NONE);
	assert_int_equal(path("/soc/serial@8000100"), FDT_NONE);
	assert_int_equal(path("/soc/serial@80001000/x"), FDT_NONE);
	assert_int_equal(path("serial1"), FDT_NONE);
	assert_int_equal(path("loop"), FDT_NONE);
	assert_int_equal(path("an-alias-that-is-much-too-long-for-the-name"),
			 FDT_NONE);
	assert_int_equal(fdt_stdout(&fdt), serial);
}

static void
test_properties(void **state)
{
	fdt_node_t serial = path("/soc/serial");
	struct fdt_property property;
	uint32_t offset = 0;
	uint64_t value;

	assert_true(fdt_compatible(&fdt, serial, "arm,pl011"));
	assert_true(fdt_compatible(&fdt, serial, "arm,primecell"));
	assert_false(fdt_compatible(&fdt, serial, "arm,pl01"));
	assert_false(fdt_compatible(&fdt, serial, "primecell"));
	assert_false(fdt_compatible(&fdt, path("/chosen"), "arm,pl011"));
	assert_false(fdt_property(&fdt, path("/soc"), "reg", &property));
	assert_null(fdt_string(&fdt, path("/chosen"), "raw"));
	assert_null(fdt_string(&fdt, path("/chosen"), "none"));
	assert_true(fdt_property(&fdt, path("/memory"), "reg", &property));
	assert_int_equal(property.size, 32);
	assert_true(fdt_read_cells(&property, &offset, 2, &value));
	assert_int_equal(value, 0x40000000);
	assert_int_equal(offset, 8);
	assert_false(fdt_read_cells(&property, &offset, 3, &value));
	offset = 28;
	assert_false(fdt_read_cells(&property, &offset, 2, &value));
	assert_int_equal(offset, 28);
	assert_int_equal(fdt_cell(&fdt, path("/memory"), "reg", 4, 9), 8);
	assert_int_equal(fdt_cell(&fdt, path("/memory"), "reg", 8, 9), 9);
	assert_true(fdt_enabled(&fdt, path("/soc/bus/device")));
	assert_false(fdt_enabled(&fdt, path("/soc/serial@80002000")));
}

static void
test_addresses(void **state)
{
	fdt_node_t serial = path("/soc/serial");
	struct fdt_range range;

	assert_true(fdt_reg(&fdt, path("/memory"), 1, &range));
	assert_int_equal(range.address, 0x800000000);
	assert_int_equal(range.size, 0x100000000);
	assert_false(fdt_reg(&fdt, path("/memory"), 2, &range));
	assert_false(fdt_reg(&fdt, path("/memory"), UINT32_MAX, &range));
	assert_true(fdt_reg(&fdt, serial, 0, &range));
	assert_int_equal(range.address, 0x10001000);
	assert_int_equal(range.size, 0x1000);
	assert_true(fdt_reg(&fdt, serial, 1, &range));
	assert_int_equal(range.address, 0x100002700);

	/* Past the end of its window; in no window; on no bus. */
	assert_false(fdt_reg(&fdt, serial, 2, &range));
	assert_false(fdt_reg(&fdt, serial, 3, &range));
	assert_false(fdt_reg(&fdt, path("/soc/island/device"), 0, &range));
	assert_false(fdt_reg(&fdt, path("/chosen"), 0, &range));

	assert_true(fdt_reg(&fdt, path("/soc/bus/device"), 0, &range));
	assert_int_equal(range.address, 0x10003000);
	assert_int_equal(range.size, 0);

	assert_true(fdt_reservation(&fdt, 1, &range));
	assert_int_equal(range.address, 0x123456789000);
	assert_int_equal(range.size, 0x100000000);
	assert_false(fdt_reservation(&fdt, 2, &range));
}

/* Modules as GRUB, QEMU's guest-loader and careless people write them. */
static void
test_modules(void **state)
{
	struct fdt_builder *b = &builder;
	struct fdt_module module;
	const char *reason;
	fdt_node_t node;

	fdt_start(b);
	fdt_begin(b, "");
	fdt_begin(b, "chosen");
	fdt_begin(b, "module@48000000");
	fdt_bytes(b, "compatible", "multiboot,kernel\0multiboot,module", 34);
	fdt_cells(b, "reg", 0, 0x48000000, 0, 0x1234);
	fdt_bytes(b, "bootargs", "exec $(task-create)\0", 21);
	fdt_end(b);
	fdt_begin(b, "other");
	fdt_cells(b, "reg", 1, 1);
	fdt_end(b);
	fdt_begin(b, "module@1");
	fdt_text(b, "compatible", "boot,module");
	fdt_cells(b, "reg", 0x1000, 0x10);
	fdt_end(b);
	fdt_begin(b, "module@2");
	fdt_text(b, "compatible", "multiboot,module");
	fdt_end(b);
	fdt_begin(b, "module@3");
	fdt_text(b, "compatible", "multiboot,module");
	fdt_cells(b, "reg", 0xffffffff, 0xffffffff, 0, 2);
	fdt_end(b);
	fdt_begin(b, "module@4");
	fdt_text(b, "compatible", "multiboot,module");
	fdt_cells(b, "reg", 1, 2, 0);
	fdt_bytes(b, "bootargs", "no end", 6);
	fdt_end(b);
	fdt_begin(b, "module@5");
	fdt_text(b, "compatible", "multiboot,module");
	fdt_cells(b, "reg", 1);
	fdt_end(b);
	fdt_end(b);
	fdt_end(b);
	fdt_finish(b, 17);
	assert_null(open_copy(b->strings));

	node = fdt_next_module(&fdt, FDT_NONE, &module, &reason);
	assert_null(reason);
	assert_int_equal(module.range.address, 0x48000000);
	assert_int_equal(module.range.size, 0x1234);
	assert_string_equal(module.command_line, "exec $(task-create)");
	node = fdt_next_module(&fdt, node, &module, &reason);
	assert_null(reason);
	assert_int_equal(module.range.address, 0x1000);
	assert_int_equal(module.range.size, 0x10);
	assert_string_equal(module.command_line, "");
	node = fdt_next_module(&fdt, node, &module, &reason);
	assert_string_equal(reason, "no \"reg\" property");
	node = fdt_next_module(&fdt, node, &module, &reason);
	assert_string_equal(reason, "wraps around the end of memory");
	node = fdt_next_module(&fdt, node, &module, &reason);
	assert_string_equal(reason, "empty");
	assert_string_equal(module.command_line, "");
	node = fdt_next_module(&fdt, node, &module, &reason);
	assert_string_equal(reason, "\"reg\" property too short");
	assert_int_equal(fdt_next_module(&fdt, node, &module, &reason),
			 FDT_NONE);
}

/* Modules of a tree where /chosen tells the cells. */
static void
test_module_cells(void **state)
{
	struct fdt_builder *b = &builder;
	struct fdt_module module;
	const char *reason;

	fdt_start(b);
	fdt_begin(b, "");
	fdt_begin(b, "chosen");
	fdt_cells(b, "#address-cells", 1);
	fdt_cells(b, "#size-cells", 1);
	fdt_begin(b, "module");
	fdt_text(b, "compatible", "multiboot,module");
	fdt_cells(b, "reg", 0x1000, 0x2000, 0x3000, 0x4000);
	fdt_end(b);
	fdt_end(b);
	fdt_end(b);
	fdt_finish(b, 17);
	assert_null(open_copy(b->strings));
	fdt_next_module(&fdt, FDT_NONE, &module, &reason);
	assert_null(reason);
	assert_int_equal(module.range.address, 0x1000);
	assert_int_equal(module.range.size, 0x2000);
}

static void
refuse(const char *reason)
{
	const char *found = open_copy(builder.strings);

	assert_non_null(found);
	assert_string_equal(found + strlen("device tree: "), reason);
}

/* A field of the header has a bad value. */
static void
refuse_header(uint32_t offset, uint32_t value, const char *reason)
{
	build_machine(17);
	fdt_put(&builder, offset, value);
	refuse(reason);
}

static void
test_bad_headers(void **state)
{
	build_machine(17);
	assert_string_equal(open_copy(builder.strings - 1),
			    "device tree: larger than the memory it lies in");
	assert_string_equal(open_copy(39),
			    "device tree: no room for a header");
	assert_string_equal(fdt_open(&fdt, builder.blob + 2, 4096),
			    "device tree: not aligned");
	refuse_header(0, 0xedfe0dd0, "wrong magic number");
	refuse_header(4, 0xffffffff, "larger than the memory it lies in");
	refuse_header(4, 39, "total size too small");
	refuse_header(8, 0xfffffff0, "block outside the tree");
	refuse_header(8, FDT_BUILDER_STRUCTURE + 2,
		      "structure block not aligned");
	refuse_header(12, 0xfffffff0, "block outside the tree");
	refuse_header(16, 0xfffffff0, "block outside the tree");
	refuse_header(16, builder.strings - 8, "reservations without end");
	refuse_header(20, 15, "unknown version");
	refuse_header(24, 18, "unknown version");
	refuse_header(32, 0xffffffff, "block outside the tree");
	refuse_header(32, 3, "property name outside the strings");
	refuse_header(36, 0xffffffff, "block outside the tree");
	refuse_header(36, 12, "property cut off");
	refuse_header(36, 0, "structure without end");
}

static void
test_bad_structures(void **state)
{
	struct fdt_builder *b = &builder;
	int i;

	fdt_start(b);
	fdt_finish(b, 17);
	refuse("not exactly one root");

	fdt_start(b);
	fdt_end(b);
	fdt_finish(b, 17);
	refuse("end of a node that did not begin");

	fdt_start(b);
	fdt_begin(b, "");
	fdt_finish(b, 17);
	refuse("not exactly one root");

	fdt_start(b);
	fdt_begin(b, "");
	fdt_end(b);
	fdt_begin(b, "");
	fdt_end(b);
	fdt_finish(b, 17);
	refuse("not exactly one root");

	fdt_start(b);
	fdt_cells(b, "x", 1);
	fdt_finish(b, 17);
	refuse("property outside of nodes");

	fdt_start(b);
	fdt_begin(b, "");
	fdt_token(b, 5);
	fdt_end(b);
	fdt_finish(b, 17);
	refuse("unknown token");

	fdt_start(b);
	fdt_begin(b, "");
	fdt_token(b, 3);
	fdt_token(b, 0xfffffff0);
	fdt_token(b, 0);
	fdt_end(b);
	fdt_finish(b, 17);
	refuse("property longer than the tree");

	/* As long as what is left, its header included: 4 + 12 + 4. */
	fdt_start(b);
	fdt_begin(b, "");
	fdt_token(b, 3);
	fdt_token(b, 20);
	fdt_token(b, 0);
	fdt_end(b);
	fdt_finish(b, 17);
	refuse("property longer than the tree");

	fdt_start(b);
	fdt_begin(b, "");
	fdt_token(b, 1);
	memset(b->blob + b->structure, 'x', 16);
	b->structure += 12;
	fdt_finish(b, 17);
	fdt_put(b, b->structure - 4, 0x78787878);
	refuse("node name without end");

	fdt_start(b);

	for (i = 0; i <= FDT_MAX_DEPTH; i++)
		fdt_begin(b, "");

	for (i = 0; i <= FDT_MAX_DEPTH; i++)
		fdt_end(b);

	fdt_finish(b, 17);
	refuse("nested too deep");
}

static int
setup(void **state)
{
	build_machine(17);
	assert_null(open_copy(builder.strings));
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walk),
		cmocka_unit_test_setup(test_paths, setup),
		cmocka_unit_test_setup(test_properties, setup),
		cmocka_unit_test_setup(test_addresses, setup),
		cmocka_unit_test(test_modules),
		cmocka_unit_test(test_module_cells),
		cmocka_unit_test(test_bad_headers),
		cmocka_unit_test(test_bad_structures),
	};

	return cmocka_run_group_tests_name("fdt", tests, NULL, NULL);
}
