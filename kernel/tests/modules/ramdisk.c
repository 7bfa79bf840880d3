/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Ramdisks.  With rd=KIB on the command line there is a rd0 of that size,
 * whose 8-byte word at offset O is O * 0x9e3779b97f4a7c15; without, there is
 * none.
 */
#include "lib/devices.h"

#define SECTOR	512u

static mach_port_t disk;
static uint64_t size;

static uint64_t
word(uint64_t offset)
{
	return offset * 0x9e3779b97f4a7c15UL;
}

static bool
right(const void *data, uint64_t offset, uint64_t length)
{
	const uint64_t *words = data;
	uint64_t at;

	for (at = 0; at < length; at += 8)
		if (words[at / 8] != word(offset + at))
			return false;
	return true;
}

static kern_return_t
read_disk(uint64_t record, uint32_t wanted, io_buf_ptr_t *data,
    mach_msg_type_number_t *got)
{
	return device_read(disk, 0, record, (int)wanted, data, got);
}

static void
test_status(void)
{
	int status[DEV_GET_SIZE_COUNT];
	mach_msg_type_number_t count = DEV_GET_SIZE_COUNT;

	ok(device_get_status(disk, DEV_GET_SIZE, status, &count) ==
	    D_SUCCESS && (uint64_t)status[0] == size &&
	    status[1] == (int)SECTOR, "its size");
	ok(device_get_status(disk, DEV_GET_RECORDS, status, &count) ==
	    D_SUCCESS && (uint64_t)status[0] == size / SECTOR &&
	    status[1] == (int)SECTOR, "in records");
	ok_eq(device_get_status(disk, 4711, status, &count),
	    D_INVALID_OPERATION, "no such flavor");
}

static void
test_read_write(void)
{
	mach_msg_type_number_t got;
	io_buf_ptr_t data;
	uint64_t at;
	int written = 0;
	bool good = true;

	for (at = 0; at < size; at += 65536) {
		need_success(read_disk(at / SECTOR, 65536, &data, &got));
		good = good && got == 65536 && right(data, at, got);
		memory_free((vm_address_t)data, got);
	}
	ok(good, "read all of it");
	ok(read_disk(size / SECTOR - 1, 4096, &data, &got) == D_SUCCESS &&
	    got == SECTOR, "read over the end");
	ok(read_disk(size / SECTOR, 4096, &data, &got) == D_SUCCESS &&
	    got == 0, "nothing at the end");
	ok_eq(read_disk(size / SECTOR + 1, 4096, &data, &got),
	    D_INVALID_RECNUM, "nor behind it");
	ok_eq(read_disk(~0UL, 4096, &data, &got), D_INVALID_RECNUM,
	    "nor far away");
	data = (io_buf_ptr_t)memory_allocate(8192);
	memset(data, 0x5a, 8192);
	ok(device_write(disk, 0, 8, data, 8192, &written) == D_SUCCESS &&
	    written == 8192, "write");
	ok_eq(device_write(disk, 0, size / SECTOR - 1, data, 8192, &written),
	    D_INVALID_SIZE, "not over the end");
	ok_eq(device_write(disk, 0, size, data, 8192, &written),
	    D_INVALID_RECNUM, "nor behind it");
	memory_free((vm_address_t)data, 8192);
	need_success(read_disk(0, 16384, &data, &got));
	ok(right(data, 0, 4096) && data[4096] == 0x5a &&
	    data[12287] == 0x5a && right(data + 12288, 12288, 4096),
	    "it is there, and nothing else changed");
	memory_free((vm_address_t)data, got);
}

static void
test_map(void)
{
	mach_msg_type_number_t got;
	vm_address_t address = 0;
	mach_port_t object;
	io_buf_ptr_t data;

	ok_eq(device_map(disk, VM_PROT_READ | VM_PROT_WRITE, 0, size, &object,
	    0), D_SUCCESS, "a memory object of it");
	ok_eq(vm_map(task_self_port, &address, size, 0, TRUE, object, 0,
	    FALSE, VM_PROT_READ | VM_PROT_WRITE,
	    VM_PROT_READ | VM_PROT_WRITE, VM_INHERIT_NONE), KERN_SUCCESS,
	    "map it");
	ok(*(uint8_t *)(address + 4096) == 0x5a, "it shows what was written");
	ok(right((void *)(address + 12288), 12288, size - 12288),
	    "and the rest");
	*(uint8_t *)(address + 20000) = 0x33;
	need_success(read_disk(20000 / SECTOR, SECTOR, &data, &got));
	ok_eq(data[20000 % SECTOR], 0x33, "a store is on the disk");
	memory_free((vm_address_t)data, got);
	ok_eq(device_map(disk, VM_PROT_READ, 0, size + page_size, &object,
	    0), D_INVALID_SIZE, "no more than there is");
	need_success(vm_deallocate(task_self_port, address, size));
}

void
test_main(void)
{
	static dev_name_t name = "rd0", next = "rd1";
	const char *option = test_option("rd");

	ok_eq(device_open(device_master, D_READ, next, &disk),
	    D_NO_SUCH_DEVICE, "no second ramdisk");
	ok_eq(device_open(device_master, D_READ | D_WRITE, name, &disk),
	    option == NULL ? D_NO_SUCH_DEVICE : D_SUCCESS,
	    "there is a ramdisk if the machine was given one");
	if (option == NULL)
		return;
	size = (uint64_t)test_number(option) << 10;
	test_status();
	test_read_write();
	test_map();
}
