/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The disk driver in a task of its own, and its clients here.
 *
 * The words of the command line: kib=SIZE of each disk, disks=NUMBER,
 * block=SIZE, ro=1 when they are read-only, bad=SECTOR when one cannot be
 * read.  The 8-byte word at offset O of a disk is pattern(O, 0) before, and what was
 * written is pattern(O, 1): the image is looked at again afterwards.
 */
#include <mach.h>

#include <server.h>

#define CHILD_HOST	0x4001u
#define CHILD_DEVICE	0x4002u

#define LONG		20000		/* ms */
#define THREADS		4u
#define ROUNDS		40u

static mach_port_t master;
static mach_port_t disk;
static uint32_t block_size;
static uint64_t disk_size;
static bool read_only;

static uint64_t
pattern(uint64_t offset, uint64_t seed)
{
	return (offset + seed) * 0x9e3779b97f4a7c15UL + seed;
}

/* In the driver's task. */
static void
drive(void *argument)
{
	static struct message message;
	unsigned int count;

	(void)argument;
	while (port_type(CHILD_HOST) == 0 || port_type(CHILD_DEVICE) == 0)
		sleep_ms(1);
	count = server_setup(CHILD_HOST, CHILD_DEVICE);
	message_init(&message, CHILD_UP, MACH_MSG_TYPE_COPY_SEND,
	    MACH_PORT_NULL, 0, (mach_msg_id_t)count);
	message_add_port(&message, server_master_port(),
	    MACH_MSG_TYPE_MAKE_SEND);
	need(message_send(&message) == MACH_MSG_SUCCESS);
	server_run();
}

static unsigned int
start_driver(struct test_child *child)
{
	static struct message message;

	test_child_start(child, drive, NULL);
	need_success(mach_port_insert_right(child->task, CHILD_HOST,
	    host_priv, MACH_MSG_TYPE_COPY_SEND));
	need_success(mach_port_insert_right(child->task, CHILD_DEVICE,
	    device_master, MACH_MSG_TYPE_COPY_SEND));
	need(message_receive(&message, child->up, LONG) == MACH_MSG_SUCCESS);
	master = *(mach_port_t *)message_data(message_item(&message, 0));
	return (unsigned int)message.header.msgh_id;
}

static kern_return_t
open_disk(const char *name, dev_mode_t mode, mach_port_t *device)
{
	static dev_name_t buffer;

	memcpy(buffer, name, strlen(name) + 1);
	return device_open(master, mode, buffer, device);
}

static kern_return_t
read_disk(mach_port_t device, uint64_t block, uint32_t size,
    vm_address_t *data, mach_msg_type_number_t *got)
{
	io_buf_ptr_t buffer = NULL;
	kern_return_t result = device_read(device, 0, block, (int)size,
	    &buffer, got);

	*data = (vm_address_t)buffer;
	return result;
}

static bool
right(const uint64_t *data, uint64_t offset, uint64_t size, uint64_t seed)
{
	uint64_t at;

	for (at = 0; at < size; at += 8)
		if (data[at / 8] != pattern(offset + at, seed))
			return false;
	return true;
}

static bool
read_right(mach_port_t device, uint64_t offset, uint32_t size, uint64_t seed)
{
	mach_msg_type_number_t got;
	vm_address_t data;
	bool good;

	if (read_disk(device, offset / block_size, size, &data, &got) !=
	    D_SUCCESS)
		return false;
	good = got == size && right((const uint64_t *)data, offset, size,
	    seed);
	memory_free(data, got);
	return good;
}

static kern_return_t
write_pattern(mach_port_t device, uint64_t offset, uint32_t size,
    int *written)
{
	vm_address_t data = memory_allocate(size);
	kern_return_t result;
	uint64_t at;

	for (at = 0; at < size; at += 8)
		((uint64_t *)data)[at / 8] = pattern(offset + at, 1);
	result = device_write(device, 0, offset / block_size,
	    (io_buf_ptr_t)data, size, written);
	memory_free(data, size);
	return result;
}

static void
test_status(void)
{
	int status[DEV_GET_SIZE_COUNT];
	mach_msg_type_number_t count = DEV_GET_SIZE_COUNT;
	mach_port_t other;

	ok_eq(open_disk("vd99", D_READ, &other), D_NO_SUCH_DEVICE,
	    "there is no vd99");
	ok_eq(device_open(disk, D_READ, "vd0", &other), D_INVALID_OPERATION,
	    "a disk is no master port");
	ok_eq(open_disk("vd0", D_READ | D_WRITE, &other),
	    read_only ? D_READ_ONLY : D_SUCCESS, "open to write");
	ok_eq(device_get_status(disk, DEV_GET_SIZE, status, &count),
	    D_SUCCESS, "ask for its size");
	ok_eq(status[DEV_GET_SIZE_DEVICE_SIZE], disk_size, "in bytes");
	ok_eq(status[DEV_GET_SIZE_RECORD_SIZE], block_size, "of a block");
	ok_eq(device_get_status(disk, DEV_GET_RECORDS, status, &count),
	    D_SUCCESS, "ask for blocks");
	ok_eq(status[DEV_GET_RECORDS_DEVICE_RECORDS],
	    disk_size / block_size, "so many");
	ok_eq(device_get_status(disk, 4711, status, &count),
	    D_INVALID_OPERATION, "no such flavor");
	ok_eq(device_set_status(disk, 4711, status, 0), D_INVALID_OPERATION,
	    "nor one to set");
	ok_eq(device_map(disk, VM_PROT_READ, 0, disk_size, &other, 0),
	    0x4000002d, "it cannot be mapped: EOPNOTSUPP");
	ok_eq(device_intr_ack(disk, disk, MACH_MSG_TYPE_COPY_SEND),
	    D_INVALID_OPERATION, "it has no interrupts");
}

static void
test_read(void)
{
	static const uint32_t sizes[] = { 4096, 8192, 65536, 131072, 135168,
	    1048576, 3145728 };
	uint64_t blocks = disk_size / block_size;
	io_buf_ptr_inband_t small;
	mach_msg_type_number_t got;
	vm_address_t data;
	unsigned int i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		ok(read_right(disk, i * 4096, sizes[i], 0), "read %u bytes",
		    sizes[i]);
	ok(read_right(disk, disk_size - block_size, block_size, 0),
	    "read the last block");
	ok(read_right(disk, block_size, 1000, 0), "read part of two blocks");
	got = sizeof(small);
	ok_eq(device_read_inband(disk, 0, 3, 128, small, &got), D_SUCCESS,
	    "read in line");
	ok(got == 128 && right((uint64_t *)small, 3 * block_size, 128, 0),
	    "that is right too");
	ok_eq(read_disk(disk, blocks - 1, 4 * block_size, &data, &got),
	    D_SUCCESS, "read over the end");
	ok_eq(got, block_size, "what there is");
	memory_free(data, got);
	ok(read_disk(disk, blocks, block_size, &data, &got) == D_SUCCESS &&
	    got == 0, "nothing at the end");
	ok_eq(read_disk(disk, blocks + 1, block_size, &data, &got),
	    D_INVALID_RECNUM, "nor behind it");
	ok_eq(read_disk(disk, ~0UL, block_size, &data, &got),
	    D_INVALID_RECNUM, "nor at the end of the world");
	ok_eq(read_disk(disk, 0, ~0u, &data, &got), D_INVALID_SIZE,
	    "a negative size");
	ok(read_disk(disk, 0, 0, &data, &got) == D_SUCCESS && got == 0,
	    "no bytes");
}

static void
test_write(void)
{
	uint64_t blocks = disk_size / block_size;
	int written = -1;

	ok_eq(write_pattern(disk, 1 << 20, 4096, &written), D_SUCCESS,
	    "write 4096 bytes");
	ok_eq(written, 4096, "all of them");
	ok_eq(write_pattern(disk, (1 << 20) + 4096, (1 << 20) - 4096,
	    &written), D_SUCCESS, "write the rest of a MiB");
	ok_eq(device_set_status(disk, DEV_FLUSH_CACHE, NULL, 0), D_SUCCESS,
	    "flush");
	ok(read_right(disk, 1 << 20, 1 << 20, 1), "read what was written");
	ok(read_right(disk, (1 << 20) - 4096, 4096, 0) &&
	    read_right(disk, 2 << 20, 4096, 0), "nothing beside it changed");
	ok_eq(write_pattern(disk, disk_size - block_size, block_size,
	    &written), D_SUCCESS, "write the last block");
	ok_eq(write_pattern(disk, disk_size - block_size, 2 * block_size,
	    &written), D_INVALID_RECNUM, "not over the end");
	ok_eq(write_pattern(disk, blocks * 2 * block_size, block_size,
	    &written), D_INVALID_RECNUM, "not behind it");
	ok_eq(write_pattern(disk, 0, block_size - 8, &written),
	    D_INVALID_SIZE, "whole blocks only");
}

static void
test_write_refused(void)
{
	int written;

	ok_eq(write_pattern(disk, 0, 4096, &written), D_READ_ONLY,
	    "nothing is written");
	ok_eq(device_set_status(disk, DEV_FLUSH_CACHE, NULL, 0), D_SUCCESS,
	    "but what there is can be flushed");
}

/* Each thread has 128 KiB behind 2.5 MiB to itself. */
static unsigned int failures;

static void
client(void *argument)
{
	uint64_t number = (uint64_t)argument;
	uint64_t state = number + 1, offset;
	unsigned int i;
	uint32_t size;
	int written;

	for (i = 0; i < ROUNDS; i++) {
		offset = test_random(&state) % 24 * 4096;
		size = (uint32_t)(1 + test_random(&state) % 8) * 4096;
		offset += (5 << 19) + number * (1 << 17);
		if (!read_only && (write_pattern(disk, offset, size,
		    &written) != D_SUCCESS || written != (int)size ||
		    !read_right(disk, offset, size, 1)))
			__atomic_fetch_add(&failures, 1, __ATOMIC_RELAXED);
		if (!read_right(disk, offset % 65536, size, 0))
			__atomic_fetch_add(&failures, 1, __ATOMIC_RELAXED);
	}
}

static void
test_clients(void)
{
	struct test_thread *threads[THREADS];
	uint64_t i;

	for (i = 0; i < THREADS; i++)
		threads[i] = test_thread_start(client, (void *)i);
	for (i = 0; i < THREADS; i++) {
		ok(test_thread_wait(threads[i], LONG), "client %lu is done",
		    (unsigned long)i);
		test_thread_join(threads[i]);
	}
	ok_eq(failures, 0, "all clients saw what they should");
}

/* Requests whose clients do not wait for the answer. */
static void
test_gone(struct test_child *child)
{
	static struct message message;
	struct { uint32_t mode; uint64_t block; int32_t wanted; } request =
	    { 0, 8, 65536 };
	vm_size_t before = 0, after = 0;
	unsigned int i;
	task_basic_info_data_t info;
	mach_msg_type_number_t count;

	for (i = 0; i < 64; i++) {
		mach_port_t reply = port_receive_right();

		message_init(&message, disk, MACH_MSG_TYPE_COPY_SEND, reply,
		    MACH_MSG_TYPE_MAKE_SEND_ONCE, 2804);
		message_add(&message, MACH_MSG_TYPE_INTEGER_32, 32, 1,
		    &request.mode);
		message_add(&message, MACH_MSG_TYPE_INTEGER_64, 64, 1,
		    &request.block);
		message_add(&message, MACH_MSG_TYPE_INTEGER_32, 32, 1,
		    &request.wanted);
		need(message_send(&message) == MACH_MSG_SUCCESS);
		port_destroy(reply);
		if (i % 8 == 7)
			need(read_right(disk, 0, 4096, 0));
		count = TASK_BASIC_INFO_COUNT;
		need_success(task_info(child->task, TASK_BASIC_INFO,
		    (task_info_t)&info, &count));
		if (i == 15)
			before = info.virtual_size;
		after = info.virtual_size;
	}
	ok(read_right(disk, 0, 4096, 0), "clients that die harm nobody");
	ok(after <= before + (1 << 20),
	    "and leave no memory behind in the driver (%lu, %lu)",
	    (unsigned long)before, (unsigned long)after);
}

/* One sector of the disk gives an error. */
static void
test_bad(uint64_t sector)
{
	uint64_t block = sector * 512 / block_size;
	mach_msg_type_number_t got;
	vm_address_t data;

	ok_eq(read_disk(disk, block, block_size, &data, &got), D_IO_ERROR,
	    "a block that cannot be read");
	ok_eq(read_disk(disk, block - 1024, 1 << 20, &data, &got),
	    D_IO_ERROR, "nor a MiB with it");
	ok(read_right(disk, (block - 1) * block_size, block_size, 0) &&
	    read_right(disk, (block + 1) * block_size, block_size, 0),
	    "those beside it can");
}

/* What the threads of a task used of the processor, ns. */
static uint64_t
used(mach_port_t task)
{
	struct task_thread_times_info times;
	mach_msg_type_number_t count = TASK_THREAD_TIMES_INFO_COUNT;

	need_success(task_info(task, TASK_THREAD_TIMES_INFO,
	    (task_info_t)&times, &count));
	return (uint64_t)(times.user_time64.seconds +
	    times.system_time64.seconds) * 1000000000 +
	    (uint64_t)(times.user_time64.nanoseconds +
	    times.system_time64.nanoseconds);
}

/*
 * Reading, per KiB, in instructions of client and driver: the processor is
 * idle while the disk works, and that is not counted.  See ci/bench.
 */
static void
measure(const char *name, mach_port_t driver, uint32_t size,
    unsigned int count)
{
	mach_msg_type_number_t got;
	vm_address_t data;
	uint64_t start = 0;
	unsigned int i;

	for (i = 0; i <= count; i++) {
		if (i == 1)
			start = used(driver) + used(task_self_port);
		need_success(read_disk(disk, 0, size, &data, &got));
		need(got == size);
		memory_free(data, got);
	}
	test_print("bench %s %lu\n", name, (unsigned long)
	    ((used(driver) + used(task_self_port) - start) / count /
	    (size / 1024)));
}

void
test_main(void)
{
	const char *option;
	struct test_child child;
	unsigned int count = start_driver(&child);

	need(test_option("kib") != NULL);
	disk_size = (uint64_t)test_number(test_option("kib")) << 10;
	option = test_option("block");
	block_size = option == NULL ? 512 : test_number(option);
	read_only = test_option("ro") != NULL;
	option = test_option("disks");
	ok_eq(count, option == NULL ? 1 : test_number(option), "disks");
	ok_eq(open_disk("vd0", D_READ, &disk), D_SUCCESS, "open the disk");
	if (test_option("bench") != NULL) {
		measure("block_read_4k", child.task, 4096, 200);
		measure("block_read_1m", child.task, 1048576, 10);
		return;
	}
	if (test_option("bad") != NULL) {
		test_bad(test_number(test_option("bad")));
		return;
	}
	test_status();
	test_read();
	test_clients();
	if (read_only)
		test_write_refused();
	else
		test_write();
	test_gone(&child);
	ok_eq(device_close(disk), D_SUCCESS, "close it");
	test_child_kill(&child);
}
