/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Virtual memory: allocation, protection, reading and writing, regions.
 */
#include "lib/test.h"

#define self	task_self_port

static void
test_allocate(void)
{
	vm_address_t address = 0;
	vm_address_t fixed;
	unsigned int i;
	bool zero = true;

	ok_eq(vm_allocate(self, &address, 5 * page_size, TRUE), KERN_SUCCESS,
	    "allocate anywhere");
	ok(address >= 0x10000 && address % page_size == 0, "page aligned");
	for (i = 0; i < 5 * page_size; i += 64)
		zero = zero && *(volatile uint8_t *)(address + i) == 0;
	ok(zero, "zero filled");
	memory_fill(address, 5 * page_size, 7);
	ok(memory_check(address, 5 * page_size, 7), "it holds data");
	fixed = address + page_size;
	ok_eq(vm_allocate(self, &fixed, page_size, FALSE), KERN_NO_SPACE,
	    "a place in use is not given");
	ok_eq(vm_deallocate(self, address + page_size, page_size),
	    KERN_SUCCESS, "make a hole");
	ok(!is_mapped(address + page_size), "it is a hole");
	ok(can_read(address) && can_read(address + 2 * page_size),
	    "its sides stay");
	ok_eq(vm_allocate(self, &fixed, page_size, FALSE), KERN_SUCCESS,
	    "fill it");
	ok_eq(*(volatile uint64_t *)fixed, 0, "with zeros");
	ok_eq(vm_deallocate(self, address, 5 * page_size), KERN_SUCCESS,
	    "deallocate all");
	ok_eq(vm_deallocate(self, address, 5 * page_size), KERN_SUCCESS,
	    "nothing there: no error");
	fixed = address + 100;
	ok_eq(vm_allocate(self, &fixed, 200, FALSE), KERN_SUCCESS,
	    "an unaligned address");
	ok_eq(fixed, address, "is rounded down");
	memory_free(fixed, 300);
	address = 0;
	ok_eq(vm_allocate(self, &address, 0, TRUE), KERN_SUCCESS,
	    "nothing at all");
	ok_eq(address, 0, "is at 0");
	address = 0x10000;
	ok(vm_allocate(self, &address, ~0ul - 4095, FALSE) != KERN_SUCCESS,
	    "more than there is");
	address = 0xffffffff80000000ul;
	ok(vm_allocate(self, &address, page_size, FALSE) != KERN_SUCCESS,
	    "the kernel's memory");
	ok(vm_deallocate(self, 0xffffffff80000000ul, page_size) !=
	    KERN_SUCCESS, "is not freed");
}

static void
test_protect(void)
{
	vm_address_t address = memory_allocate(3 * page_size);

	memory_fill(address, 3 * page_size, 1);
	ok_eq(vm_protect(self, address + page_size, page_size, FALSE,
	    VM_PROT_READ), KERN_SUCCESS, "protect the middle");
	ok(can_read(address + page_size), "it can be read");
	ok(!can_write(address + page_size), "but not written");
	ok(can_write(address) && can_write(address + 2 * page_size),
	    "its sides can");
	ok_eq(vm_protect(self, address, 3 * page_size, FALSE, VM_PROT_NONE),
	    KERN_SUCCESS, "take all rights");
	ok(!can_read(address), "nothing can be read");
	ok_eq(vm_protect(self, address, 3 * page_size, FALSE,
	    VM_PROT_READ | VM_PROT_WRITE), KERN_SUCCESS, "give them back");
	ok(memory_check(address, 3 * page_size, 1), "the data are there");
	ok_eq(vm_protect(self, address, page_size, TRUE, VM_PROT_READ),
	    KERN_SUCCESS, "lower the maximum");
	ok(!can_write(address), "the right goes with it");
	ok_eq(vm_protect(self, address, page_size, FALSE,
	    VM_PROT_READ | VM_PROT_WRITE), KERN_PROTECTION_FAILURE,
	    "and cannot come back");
	ok_eq(vm_protect(self, address, 100 * page_size, FALSE,
	    VM_PROT_READ), KERN_INVALID_ADDRESS, "a range with holes");
	memory_free(address, 3 * page_size);
}

static void
test_execute(void)
{
	vm_address_t address = memory_allocate(page_size);
	uint32_t *code = (uint32_t *)address;

	code[0] = 0xd2800540;		/* mov x0, #42 */
	code[1] = 0xd65f03c0;		/* ret */
	ok_eq(vm_protect(self, address, page_size, FALSE,
	    VM_PROT_READ | VM_PROT_EXECUTE), KERN_SUCCESS, "make it code");
	ok_eq(((int (*)(void))address)(), 42, "run it");
	ok(!can_write(address), "code is not written");
	ok_eq(vm_protect(self, address, page_size, FALSE, VM_PROT_READ),
	    KERN_SUCCESS, "make it data");
	ok_eq(test_exception((void (*)(void *))address, NULL, NULL, NULL),
	    EXC_BAD_ACCESS, "data are not run");
	memory_free(address, page_size);
}

static void
test_read_write(void)
{
	vm_address_t address = memory_allocate(4 * page_size);
	vm_address_t data = 0;
	mach_msg_type_number_t size = 0;
	vm_address_t source = memory_allocate(2 * page_size);

	memory_fill(address, 4 * page_size, 2);
	ok_eq(vm_read(self, address + page_size, 2 * page_size, &data,
	    &size), KERN_SUCCESS, "read pages");
	ok_eq(size, 2 * page_size, "as many as asked");
	ok(data != address && memcmp((void *)data,
	    (void *)(address + page_size), 2 * page_size) == 0, "the same");
	memset((void *)data, 0, size);
	ok(memory_check(address, 4 * page_size, 2), "and a copy");
	memory_free(data, size);
	ok(vm_read(self, 0x1000, page_size, &data, &size) ==
	    KERN_INVALID_ADDRESS, "read a hole");

	memory_fill(source, 2 * page_size, 3);
	ok_eq(vm_write(self, address + page_size, source,
	    (unsigned int)(2 * page_size)), KERN_SUCCESS, "write pages");
	ok(memory_check(address + page_size, 2 * page_size, 3), "there");
	ok(can_write(address + page_size), "still ours to write");
	need_success(vm_protect(self, address, page_size, FALSE,
	    VM_PROT_READ));
	ok_eq(vm_write(self, address, source, (unsigned int)page_size),
	    KERN_PROTECTION_FAILURE, "write what is protected");
	ok_eq(vm_write(self, 0x1000, source, (unsigned int)page_size),
	    KERN_INVALID_ADDRESS, "write a hole");

	ok_eq(vm_copy(self, source, 2 * page_size, address + 2 * page_size),
	    KERN_SUCCESS, "copy pages");
	ok(memory_check(address + 2 * page_size, 2 * page_size, 3), "there");
	*(volatile uint64_t *)source = 99;
	ok(memory_check(address + 2 * page_size, 2 * page_size, 3),
	    "a copy, not a share");
	memory_free(address, 4 * page_size);
	memory_free(source, 2 * page_size);
}

static void
test_region(void)
{
	vm_address_t base = memory_allocate(4 * page_size);
	vm_address_t address = base + page_size;
	vm_size_t size = 0;
	vm_prot_t protection = 0;
	vm_prot_t maximum = 0;
	vm_inherit_t inheritance = 99;
	boolean_t shared = 99;
	mach_port_t name = MACH_PORT_NULL;
	vm_offset_t offset = 0;

	need_success(vm_protect(self, base + page_size, 2 * page_size, FALSE,
	    VM_PROT_READ));
	need_success(vm_inherit(self, base + page_size, 2 * page_size,
	    VM_INHERIT_NONE));
	ok_eq(vm_region(self, &address, &size, &protection, &maximum,
	    &inheritance, &shared, &name, &offset), KERN_SUCCESS,
	    "ask for a region");
	ok_eq(address, base + page_size, "its start");
	ok_eq(size, 2 * page_size, "its size");
	ok_eq(protection, VM_PROT_READ, "its protection");
	ok_eq(maximum, VM_PROT_ALL, "its maximum");
	ok_eq(inheritance, VM_INHERIT_NONE, "its inheritance");
	ok(!shared, "not shared");
	mach_port_deallocate(self, name);
	address = 0;
	ok_eq(vm_region(self, &address, &size, &protection, &maximum,
	    &inheritance, &shared, &name, &offset), KERN_SUCCESS,
	    "the first region of all");
	mach_port_deallocate(self, name);
	address = VM_MAX_ADDRESS;
	ok_eq(vm_region(self, &address, &size, &protection, &maximum,
	    &inheritance, &shared, &name, &offset), KERN_NO_SPACE,
	    "behind the last one");
	ok_eq(vm_inherit(self, base, page_size, 77), KERN_INVALID_ARGUMENT,
	    "no such inheritance");
	memory_free(base, 4 * page_size);
}

static void
test_map(void)
{
	vm_address_t address = 0;
	mach_port_t time;
	mach_port_t object = MACH_PORT_NULL;

	ok_eq(vm_map(self, &address, 2 * page_size, 0xffff, TRUE,
	    MACH_PORT_NULL, 0, FALSE, VM_PROT_READ | VM_PROT_WRITE,
	    VM_PROT_ALL, VM_INHERIT_COPY), KERN_SUCCESS, "map zeros");
	ok_eq(address & 0xffff, 0, "aligned by the mask");
	memory_free(address, 2 * page_size);
	ok_eq(vm_map(self, &address, page_size, 0, TRUE, MACH_PORT_NULL, 0,
	    FALSE, VM_PROT_READ | VM_PROT_WRITE, VM_PROT_READ,
	    VM_INHERIT_COPY), KERN_INVALID_ARGUMENT,
	    "more rights than the maximum");

	ok_eq(device_open(device_master, D_READ, "time", &time),
	    KERN_SUCCESS, "open the time device");
	ok_eq(device_map(time, VM_PROT_READ, 0, page_size, &object, 0),
	    KERN_SUCCESS, "ask for its memory object");
	address = 0;
	ok_eq(vm_map(self, &address, page_size, 0, TRUE, object, 0, FALSE,
	    VM_PROT_READ, VM_PROT_READ, VM_INHERIT_NONE), KERN_SUCCESS,
	    "map it");
	if (address != 0) {
		volatile struct mapped_time_value *clock = (void *)address;
		time_value64_t now;
		int64_t shown;

		sleep_ms(30);
		shown = clock->time_value.seconds;
		need_success(host_get_time64(mach_host_self(), &now));
		ok(now.seconds - shown >= 0 && now.seconds - shown <= 1,
		    "it shows the time");
		ok(!can_write(address), "and is not written");
		memory_free(address, page_size);
	}
	mach_port_deallocate(self, object);
	mach_port_deallocate(self, time);
	ok_eq(device_open(device_master, D_READ, "nonsense", &time),
	    D_NO_SUCH_DEVICE, "no such device");
}

static void
test_boundaries(void)
{
	static const vm_address_t places[] = { 2ul << 20, 1ul << 30,
	    512ul << 30 };
	unsigned int i;

	for (i = 0; i < sizeof places / sizeof places[0]; i++) {
		vm_address_t address = places[i] * 5 - 2 * page_size;
		vm_address_t data = 0;
		mach_msg_type_number_t size;

		need_success(vm_allocate(self, &address, 4 * page_size,
		    FALSE));
		memory_fill(address, 4 * page_size, i);
		ok(memory_check(address, 4 * page_size, i),
		    "memory across 0x%lx", places[i] * 5);
		need_success(vm_read(self, address, 4 * page_size, &data,
		    &size));
		memory_fill(address, 4 * page_size, i + 10);
		ok(memory_check(data, 4 * page_size, i), "is copied whole");
		memory_free(data, 4 * page_size);
		memory_free(address, 4 * page_size);
	}
}

static void
test_statistics(void)
{
	vm_statistics_data_t before;
	vm_statistics_data_t after;
	vm_address_t block;
	enum { PAGES = 512 };

	ok_eq(vm_statistics(self, &before), KERN_SUCCESS, "statistics");
	ok_eq(before.pagesize, page_size, "the page size");
	block = memory_allocate(PAGES * page_size);
	memory_fill(block, PAGES * page_size, 1);
	need_success(vm_statistics(self, &after));
	ok(before.free_count - after.free_count >= PAGES,
	    "touched pages are taken");
	ok(after.zero_fill_count - before.zero_fill_count >= PAGES,
	    "and were zero filled");
	memory_free(block, PAGES * page_size);
	need_success(vm_statistics(self, &after));
	ok(before.free_count - after.free_count < 16,
	    "and come back (%d)", before.free_count - after.free_count);
}

static void
test_many(void)
{
	enum { MANY = 2000 };
	static vm_address_t blocks[MANY];
	uint64_t state = 42;
	unsigned int i;
	bool good = true;

	for (i = 0; i < MANY; i++) {
		blocks[i] = memory_allocate(2 * page_size);
		need_success(vm_protect(self, blocks[i], page_size, FALSE,
		    VM_PROT_READ));
		*(volatile uint64_t *)(blocks[i] + page_size) = i;
	}
	for (i = 0; i < MANY * 3; i++) {
		unsigned int k = (unsigned int)(test_random(&state) % MANY);

		if (blocks[k] != 0) {
			good = good && *(volatile uint64_t *)(blocks[k] +
			    page_size) == k;
			memory_free(blocks[k], 2 * page_size);
			blocks[k] = 0;
		} else {
			blocks[k] = memory_allocate(2 * page_size);
			*(volatile uint64_t *)(blocks[k] + page_size) = k;
		}
	}
	for (i = 0; i < MANY; i++) {
		if (blocks[i] == 0)
			continue;
		good = good &&
		    *(volatile uint64_t *)(blocks[i] + page_size) == i;
		memory_free(blocks[i], 2 * page_size);
	}
	ok(good, "%d regions come and go in random order", MANY);
}

void
test_main(void)
{
	test_allocate();
	test_protect();
	test_execute();
	test_read_write();
	test_region();
	test_map();
	test_boundaries();
	test_statistics();
	test_many();
}
