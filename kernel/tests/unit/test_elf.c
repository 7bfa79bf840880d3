/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <tests/unit/unit.h>

#include <stdlib.h>

#include <lib/elf.h>
#include <tests/unit/elf_builder.h>

#define LOAD	1
#define R	4
#define W	2
#define X	1

static struct elf_builder builder;
static struct elf_image image;

static const char *
open_copy(size_t size)
{
	static unsigned char *copy;

	/* Of the exact size, and not aligned. */
	free(copy);
	copy = malloc(size + 1);
	memcpy(copy + 1, builder.file, size);
	return elf_open(&image, copy + 1, size);
}

/* Text, then data and bss, 64 KiB apart. */
static void
build(uint16_t type)
{
	elf_start(&builder, type, 0x400100);
	elf_add(&builder, LOAD, R | X, 0, 0x400000, 0x1000, 0x1000, 0x10000);
	elf_add(&builder, 4, R, 0x100, 0x400100, 4, 4, 4);
	elf_add(&builder, LOAD, R | W, 0, 0x500000, 0, 0, 0x10000);
	elf_add(&builder, LOAD, R | W, 0x1000, 0x411000, 0x10, 0x2345,
		0x10000);
}

static void
test_good(void **state)
{
	struct elf_segment segment;
	unsigned int cursor = 0;

	build(2);
	assert_null(open_copy(0x1010));
	assert_false(image.relocatable);
	assert_int_equal(image.entry, 0x400100);
	assert_int_equal(image.low, 0x400000);
	assert_int_equal(image.high, 0x413345);
	assert_int_equal(image.align, 0x10000);
	assert_true(elf_next_segment(&image, &cursor, &segment));
	assert_int_equal(segment.address, 0x400000);
	assert_int_equal(segment.data_size, 0x1000);
	assert_ptr_equal(segment.data, image.data);
	assert_true(segment.readable && segment.executable);
	assert_false(segment.writable);
	assert_true(elf_next_segment(&image, &cursor, &segment));
	assert_int_equal(segment.address, 0x411000);
	assert_int_equal(segment.memory_size, 0x2345);
	assert_int_equal(segment.data_size, 0x10);
	assert_ptr_equal(segment.data, image.data + 0x1000);
	assert_true(segment.writable);
	assert_false(segment.executable);
	assert_false(elf_next_segment(&image, &cursor, &segment));
	build(3);
	assert_null(open_copy(0x1010));
	assert_true(image.relocatable);
}

static void
refuse(const char *reason)
{
	const char *found = open_copy(0x1010);

	assert_non_null(found);
	assert_string_equal(found, reason);
}

static void
refuse_field(unsigned int offset, uint64_t value, unsigned int size,
	     const char *reason)
{
	build(2);
	elf_put(&builder, offset, value, size);
	refuse(reason);
}

static void
test_bad_header(void **state)
{
	size_t size;

	build(2);

	for (size = 0; size < 64; size++)
		assert_string_equal(open_copy(size),
				    "not an ELF file: too short");

	refuse_field(0, 0x7e, 1, "not an ELF file");
	refuse_field(ELF_CLASS, 1, 1, "not a little-endian ELF64 file");
	refuse_field(ELF_DATA, 2, 1, "not a little-endian ELF64 file");
	refuse_field(ELF_VERSION, 2, 4, "not a little-endian ELF64 file");
	refuse_field(ELF_MACHINE, 62, 2, "ELF file for another processor");
	refuse_field(ELF_TYPE, 1, 2, "ELF file that is not executable");
	refuse_field(ELF_PHENTSIZE, 32, 2,
		     "ELF program headers of wrong size or number");
	refuse_field(ELF_PHNUM, 0, 2,
		     "ELF program headers of wrong size or number");
	refuse_field(ELF_PHNUM, 0xffff, 2,
		     "ELF program headers of wrong size or number");
	refuse_field(ELF_PHOFF, ~0UL, 8,
		     "ELF program headers outside the file");
	refuse_field(ELF_PHOFF, 0x1010 - 4 * 56 + 1, 8,
		     "ELF program headers outside the file");
	refuse_field(ELF_ENTRY, 0x401000, 8,
		     "ELF entry point outside the code");
	refuse_field(ELF_ENTRY, 0x3ffffc, 8,
		     "ELF entry point outside the code");
	refuse_field(ELF_ENTRY, 0x411000, 8,
		     "ELF entry point outside the code");
	refuse_field(ELF_ENTRY, 0x400102, 8,
		     "ELF entry point outside the code");
}

/* Change the last segment. */
static struct elf_builder_header *
data_header(void)
{
	build(2);
	return elf_header(&builder, 3);
}

static void
test_bad_segments(void **state)
{
	data_header()->type = 3;
	refuse("ELF file that needs an interpreter");
	data_header()->offset = 0x1001;
	refuse("ELF segment outside the file");
	data_header()->offset = ~0UL;
	refuse("ELF segment outside the file");
	data_header()->filesz = ~0UL;
	refuse("ELF segment outside the file");
	data_header()->memsz = 0xf;
	refuse("ELF segment larger in the file than in memory");
	data_header()->memsz = ELF_ADDRESS_MAX - 0x411000 + 1;
	refuse("ELF segment outside user space");
	data_header()->memsz = ~0UL;
	refuse("ELF segment outside user space");
	data_header()->vaddr = 0xffff000000411000;
	refuse("ELF segment outside user space");
	data_header()->align = 0x3000;
	refuse("ELF segment with a bad alignment");
	data_header()->align = 1UL << 31;
	refuse("ELF segment with a bad alignment");
	data_header()->vaddr = 0x411004;
	refuse("ELF segment with a bad alignment");
	data_header()->vaddr = 0x401000 - 0x10000;
	refuse("ELF segments overlap or are not sorted");
	data_header()->align = 0;
	elf_header(&builder, 3)->vaddr = 0x400fff;
	refuse("ELF segments overlap or are not sorted");
	data_header()->align = 1;
	elf_header(&builder, 3)->vaddr = 0x401000;
	assert_null(open_copy(0x1010));
	elf_start(&builder, 2, 0);
	elf_add(&builder, 6, R, 64, 64, 56, 56, 8);
	refuse("ELF file with nothing to load");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad_header),
		cmocka_unit_test(test_bad_segments),
	};

	return cmocka_run_group_tests_name("elf", tests, NULL, NULL);
}
