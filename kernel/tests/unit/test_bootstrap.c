/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Programs loaded into a map: contents, protections, arguments.
 */

#include "vm_unit.h"

#include <kern/bootstrap_load.h>
#include <lib/elf.h>
#include <tests/unit/elf_builder.h>

#define LOAD	1
#define R	4
#define W	2
#define X	1

#define GIB4	0x100000000UL

static struct elf_builder builder;
static struct vm_map *map;

static int
setup(void **state)
{
	vm_unit_setup(32 << 20);
	map = vm_map_create();
	assert_non_null(map);
	return 0;
}

static int
teardown(void **state)
{
	vm_map_clear(map);
	vm_map_deallocate(map);
	vm_unit_check_empty();
	return 0;
}

/* Text and data that meet inside a page, then bss; bytes tell their place. */
static void
build(uint16_t type)
{
	unsigned int i;

	elf_start(&builder, type, 0x400200);
	elf_add(&builder, LOAD, R | X, 0, 0x400000, 0x1800, 0x1800, 0x1000);
	elf_add(&builder, LOAD, R | W, 0x1800, 0x401800, 0x900, 0x4000,
		0x1000);

	for (i = 0x200; i < 0x2100; i++)
		builder.file[i] = (unsigned char)(i * 7 >> 2);
}

static struct bootstrap_entry
load(const char *arguments, size_t size, unsigned int argc)
{
	struct bootstrap_entry entry;
	struct elf_image image;

	assert_null(elf_open(&image, builder.file, 0x2100));
	assert_int_equal(bootstrap_load(map, &image, arguments, size, argc,
					&entry), KERN_SUCCESS);
	return entry;
}

static vm_prot_t
protection(uintptr_t address)
{
	struct vm_map_region region;

	assert_int_equal(vm_map_region(map, address, &region), KERN_SUCCESS);
	vm_object_deallocate(region.object);
	return (region.start <= address) ? region.protection : VM_PROT_NONE;
}

static void
check_memory(uint64_t base)
{
	static unsigned char memory[0x5800];
	unsigned int i;

	assert_int_equal(vm_map_read_user(map, base + 0x400000, memory,
					  sizeof(memory)), KERN_SUCCESS);
	assert_memory_equal(memory, builder.file, 0x2100);

	for (i = 0x2100; i < sizeof(memory); i++)
		assert_int_equal(memory[i], 0);

	assert_int_equal(protection(base + 0x400000),
			 VM_PROT_READ | VM_PROT_EXECUTE);
	assert_int_equal(protection(base + 0x401000), VM_PROT_ALL);
	assert_int_equal(protection(base + 0x402000), VM_PROT_DEFAULT);
	assert_int_equal(protection(base + 0x405000), VM_PROT_DEFAULT);
	assert_int_equal(protection(base + 0x406000), VM_PROT_NONE);
	assert_int_equal(protection(base + 0x3ff000), VM_PROT_NONE);
}

static void
test_static(void **state)
{
	build(2);
	assert_int_equal(load("x", 2, 1).pc, 0x400200);
	check_memory(0);
}

static void
test_relocatable(void **state)
{
	build(3);
	assert_int_equal(load("x", 2, 1).pc, GIB4 + 0x400200);
	check_memory(GIB4);
}

/* The stack as ABI.md has it, word by word. */
static void
test_arguments(void **state)
{
	static const char arguments[] = "hello\0\0two words";
	struct bootstrap_entry entry;
	uint64_t words[6];
	char strings[sizeof(arguments)];

	build(2);
	entry = load(arguments, sizeof(arguments), 3);
	assert_int_equal(entry.sp % 16, 0);
	assert_int_equal(vm_map_read_user(map, entry.sp, words, sizeof(words)),
			 KERN_SUCCESS);
	assert_int_equal(words[0], 3);
	assert_int_equal(words[1], entry.sp + sizeof(words));
	assert_int_equal(words[2], words[1] + 6);
	assert_int_equal(words[3], words[1] + 7);
	assert_int_equal(words[4], 0);
	assert_int_equal(words[5], 0);
	assert_int_equal(vm_map_read_user(map, words[1], strings,
					  sizeof(strings)), KERN_SUCCESS);
	assert_memory_equal(strings, arguments, sizeof(arguments));
	assert_int_equal(protection(entry.sp), VM_PROT_DEFAULT);
	assert_int_equal(protection(entry.sp - 0x3f000), VM_PROT_DEFAULT);
}

/* Any number of bytes of arguments ends at most 15 bytes below the top. */
static void
test_argument_sizes(void **state)
{
	static _Alignas(16) unsigned char buffer[4096];
	char arguments[64];
	size_t size, room;

	memset(arguments, 'x', sizeof(arguments));

	for (size = 1; size <= sizeof(arguments); size++) {
		room = bootstrap_arguments_size(size, 1);
		assert_int_equal(room % 16, 0);
		assert_in_range(room, 32 + size, 32 + size + 15);
		memset(buffer, 0xee, sizeof(buffer));
		arguments[size - 1] = '\0';
		bootstrap_arguments_build(buffer, 0x1000, arguments, size, 1);
		arguments[size - 1] = 'x';
		assert_int_equal(*(uint64_t *)(buffer + 8), 0x1020);
		assert_memory_equal(buffer + 32, arguments, size - 1);
		assert_int_equal(buffer[room], 0xee);
	}
}

/* Without memory: an error, and nothing is lost. */
static void
test_no_memory(void **state)
{
	static struct vm_page *pages[10000];
	struct bootstrap_entry entry;
	struct elf_image image;
	size_t count = 0;

	build(2);
	assert_null(elf_open(&image, builder.file, 0x2100));

	while ((pages[count] = vm_page_alloc(true)) != NULL)
		count++;

	assert_int_not_equal(bootstrap_load(map, &image, "x", 2, 1, &entry),
			     KERN_SUCCESS);

	while (count != 0)
		vm_page_free(pages[--count]);
}

/* A program that would reach into the stack. */
static void
test_no_space(void **state)
{
	struct bootstrap_entry entry;
	struct elf_image image;

	elf_start(&builder, 2, 0xffffffff0000);
	elf_add(&builder, LOAD, R | X, 0, 0xffffffff0000, 0x1000, 0x1000,
		0x1000);
	assert_null(elf_open(&image, builder.file, 0x2000));
	assert_int_equal(bootstrap_load(map, &image, "x", 2, 1, &entry),
			 KERN_NO_SPACE);
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_static),
		TEST(test_relocatable),
		TEST(test_arguments),
		TEST(test_argument_sizes),
		TEST(test_no_memory),
		TEST(test_no_space),
	};

	return cmocka_run_group_tests_name("bootstrap", tests, NULL, NULL);
}
