/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The random device.  What it gives cannot be foreseen; that it is not plain
 * wrong can be seen.
 */
#include "lib/devices.h"

#define BYTES	65536u

static mach_port_t source;

/* How many bits of the bytes are 1. */
static unsigned int
ones(const uint8_t *data, unsigned int size)
{
	unsigned int count = 0, i;

	for (i = 0; i < size; i++)
		count += (unsigned int)__builtin_popcount(data[i]);
	return count;
}

/* How many 8-byte words occur in both. */
static unsigned int
common(const uint64_t *a, const uint64_t *b, unsigned int words)
{
	unsigned int count = 0, i, j;

	for (i = 0; i < words; i++)
		for (j = 0; j < words; j++)
			count += a[i] == b[j];
	return count;
}

void
test_main(void)
{
	io_buf_ptr_t first, second;
	mach_msg_type_number_t got, small_got = IO_INBAND_MAX;
	char small[IO_INBAND_MAX], again[IO_INBAND_MAX];
	unsigned int count;
	int written;

	source = device_open_name("random");
	ok_eq(device_read(source, 0, 0, BYTES, &first, &got), D_SUCCESS,
	    "read 64 KiB");
	ok_eq(got, BYTES, "all of it");
	need_success(device_read(source, 0, 0, BYTES, &second, &got));
	count = ones((const uint8_t *)first, BYTES);
	/* Of 524288 bits a half, and ten standard deviations. */
	ok(count > 262144 - 3620 && count < 262144 + 3620,
	    "half of the bits are 1 (%u)", count);
	ok_eq(common((const uint64_t *)first, (const uint64_t *)second, 2048),
	    0, "nothing comes twice");
	ok_eq(device_read_inband(source, 0, 0, IO_INBAND_MAX, small,
	    &small_got), D_SUCCESS, "read in line");
	ok_eq(small_got, IO_INBAND_MAX, "all of it");
	ok_eq(device_write_inband(source, 0, 0, small, IO_INBAND_MAX,
	    &written), D_SUCCESS, "add to it");
	ok_eq(written, IO_INBAND_MAX, "all of it");
	need_success(device_read_inband(source, 0, 0, IO_INBAND_MAX, again,
	    &small_got));
	ok(memcmp(small, again, IO_INBAND_MAX) != 0, "it goes on");
	ok(device_read(source, 0, 0, 0, &first, &got) == D_SUCCESS &&
	    got == 0, "no bytes");
}
