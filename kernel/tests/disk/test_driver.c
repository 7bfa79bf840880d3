/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The disk driver against devices that lie, and bus descriptions that make no
 * sense: it may refuse them, and must not be led outside of its memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <blk.h>
#include <find.h>
#include <pci.h>
#include <virtio_pci.h>

#include "../unit/fdt_builder.h"
#include "fake.h"

#define MUTATIONS	20000u
#define BUSES		3000u

static unsigned int good_count, bad_count;

static void
done(struct blk_request *request, bool good)
{
	(void)request;
	good_count += good;
	bad_count += !good;
}

/* Free what a driver that never ends keeps. */
static void
blk_free(struct blk *blk)
{
	virtqueue_destroy(&blk->queue);
	io_memory_free(&blk->headers);
	io_memory_free(&blk->buffers);
}

static const char *
start(struct blk *blk, enum fake_lie lie)
{
	fake_reset(lie);
	memset(blk, 0, sizeof(*blk));
	good_count = bad_count = 0;
	assert_true(virtio_mmio_probe(FAKE_MMIO, FAKE_MMIO_SIZE,
	    VIRTIO_ID_BLOCK, &blk->virtio));
	return blk_setup(blk);
}

static void
submit(struct blk *blk, struct blk_request *request, enum blk_kind kind,
    uint64_t block, void *data, uint64_t size)
{
	memset(request, 0, sizeof(*request));
	request->kind = kind;
	request->block = block;
	request->data = data;
	request->size = size;
	request->done = done;
	blk_submit(blk, request);
}

static void
test_honest(void **state)
{
	static unsigned char data[sizeof(fake_disk)];
	struct blk_request requests[3];
	struct blk blk;
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(fake_disk); i++)
		fake_disk[i] = (unsigned char)(i * 7 + i / 512);
	assert_null(start(&blk, FAKE_HONEST));
	assert_int_equal(blk.blocks, FAKE_BLOCKS);
	submit(&blk, &requests[0], BLK_READ, 0, data, sizeof(data));
	assert_int_equal(good_count, 0);
	blk_interrupt(&blk);
	assert_int_equal(good_count, 1);
	assert_memory_equal(data, fake_disk, sizeof(data));
	memset(data, 0xa5, 1024);
	submit(&blk, &requests[0], BLK_WRITE, 5, data, 1024);
	submit(&blk, &requests[1], BLK_FLUSH, 0, NULL, 0);
	submit(&blk, &requests[2], BLK_READ, 4, data, 700);
	blk_interrupt(&blk);
	assert_int_equal(good_count, 4);
	assert_int_equal(fake_flushes, 1);
	assert_int_equal(fake_disk[5 * 512], 0xa5);
	assert_int_equal(fake_disk[7 * 512], (unsigned char)(7 * 512 * 7 + 7));
	assert_int_equal(data[699], fake_disk[4 * 512 + 699]);
	assert_int_equal(data[700], 0xa5);
	assert_int_equal(bad_count, 0);
	blk_timeout(&blk);
	assert_null(blk.broken);
	blk_free(&blk);
}

static void
test_bad_start(void **state)
{
	enum fake_lie lie;
	struct blk blk;

	(void)state;
	for (lie = FAKE_NO_RESET; lie <= FAKE_NO_MEMORY; lie++) {
		assert_non_null(start(&blk, lie));
		/* Memory that the device may still have is not freed. */
		if (lie == FAKE_NO_RESET)
			blk_free(&blk);
	}
}

/* Every request ends, once, and later ones fail at once. */
static void
test_bad_answers(void **state)
{
	static char data[4][8192];
	struct blk_request requests[4];
	enum fake_lie lie;
	struct blk blk;
	unsigned int i;

	(void)state;
	for (lie = FAKE_ID_HUGE; lie <= FAKE_SILENT; lie++) {
		assert_null(start(&blk, lie));
		for (i = 0; i < 3; i++)
			submit(&blk, &requests[i], BLK_READ, i, data[i],
			    sizeof(data[i]));
		blk_interrupt(&blk);
		if (lie == FAKE_SILENT)
			blk_timeout(&blk);
		assert_non_null(blk.broken);
		assert_int_equal(good_count + bad_count, 3);
		submit(&blk, &requests[3], BLK_READ, 0, data[3], 512);
		assert_int_equal(good_count + bad_count, 4);
		assert_true(requests[3].failed);
		blk_interrupt(&blk);
		assert_int_equal(good_count + bad_count, 4);
		blk_free(&blk);
	}
}

static void
test_bad_status(void **state)
{
	struct blk_request request;
	enum fake_lie lie;
	struct blk blk;
	char data[512];

	(void)state;
	for (lie = FAKE_STATUS; lie < FAKE_LIES; lie++) {
		assert_null(start(&blk, lie));
		submit(&blk, &request, BLK_READ, 0, data, sizeof(data));
		blk_interrupt(&blk);
		assert_int_equal(bad_count, 1);
		assert_null(blk.broken);
		fake_lie = FAKE_HONEST;
		submit(&blk, &request, BLK_READ, 0, data, sizeof(data));
		blk_interrupt(&blk);
		assert_int_equal(good_count, 1);
		blk_free(&blk);
	}
}

static uint64_t sequence = 88172645463325252UL;

static uint32_t
next_random(void)
{
	sequence ^= sequence << 13;
	sequence ^= sequence >> 7;
	sequence ^= sequence << 17;
	return (uint32_t)(sequence >> 11);
}

static uint32_t
build_tree(struct fdt_builder *b)
{
	fdt_start(b);
	fdt_begin(b, "");
	fdt_cells(b, "#address-cells", 2);
	fdt_cells(b, "#size-cells", 2);
	fdt_begin(b, "intc");
	fdt_cells(b, "phandle", 1);
	fdt_cells(b, "#interrupt-cells", 3);
	fdt_cells(b, "#address-cells", 2);
	fdt_end(b);
	fdt_begin(b, "virtio");
	fdt_text(b, "compatible", "virtio,mmio");
	fdt_cells(b, "reg", 0, FAKE_MMIO, 0, FAKE_MMIO_SIZE);
	fdt_cells(b, "interrupts", 0, 47, 1);
	fdt_end(b);
	fdt_begin(b, "pcie");
	fdt_text(b, "compatible", "pci-host-ecam-generic");
	fdt_cells(b, "reg", 0, FAKE_ECAM, 0, FAKE_ECAM_SIZE);
	fdt_cells(b, "ranges", 0x1000000, 0, 0, 0, 0x3eff0000, 0, 0x10000,
	    0x2000000, 0, 0x20000000, 0, 0x20000000, 0, 0x10000000,
	    0x3000000, 0x80, 0, 0x80, 0, 0x80, 0);
	fdt_cells(b, "interrupt-map-mask", 0x1800, 0, 0, 7);
	fdt_cells(b, "interrupt-map", 0, 0, 0, 1, 1, 0, 0, 0, 3, 4,
	    0x800, 0, 0, 1, 1, 0, 0, 0, 4, 4);
	fdt_end(b);
	fdt_end(b);
	return fdt_finish(b, 17);
}

static unsigned int found_count;
static int found_irq;

static void
found(const struct virtio *virtio)
{
	found_count++;
	found_irq = virtio->irq;
}

static void
test_tree(void **state)
{
	struct devicetree tree;
	struct fdt_builder b;
	uint32_t size = build_tree(&b);

	(void)state;
	memset(fake_config, 0xff, sizeof(fake_config));
	fake_reset(FAKE_HONEST);
	found_count = 0;
	assert_true(devicetree_open(&tree, b.blob, size));
	find_devices(&tree, VIRTIO_ID_BLOCK, found);
	assert_int_equal(found_count, 1);
	assert_int_equal(found_irq, 32 + 47);
}

/* In a block of just its size, for the sanitizer. */
static void
test_bad_trees(void **state)
{
	static struct fdt_builder good;
	uint32_t size = build_tree(&good);
	unsigned char *blob = malloc(size);
	struct devicetree tree;
	unsigned int i, changes, accepted = 0;

	(void)state;
	memset(fake_config, 0xff, sizeof(fake_config));
	for (i = 0; i < MUTATIONS; i++) {
		memcpy(blob, good.blob, size);
		for (changes = 1 + next_random() % 4; changes > 0; changes--) {
			uint32_t at = next_random() % (good.structure + 64);

			blob[at < good.structure ? at : size - 1 -
			    (at - good.structure)] = (unsigned char)
			    (next_random() % 3 == 0 ? 0xff : next_random());
		}
		if (!devicetree_open(&tree, blob, size))
			continue;
		accepted++;
		find_devices(&tree, VIRTIO_ID_BLOCK, found);
	}
	assert_true(accepted > MUTATIONS / 100);
	free(blob);
}

/* A function whose capabilities are nearly right, and noise. */
static void
make_function(unsigned char *config)
{
	static const unsigned char kinds[] = { 1, 2, 3, 4, 5, 1 };
	unsigned int i, at = 0x40;

	for (i = 0; i < 4096; i++)
		config[i] = (unsigned char)(next_random() % 2 == 0 ? 0
		    : next_random());
	memcpy(config, "\xf4\x1a", 2);
	memcpy(config + 2, next_random() % 2 == 0 ? "\x42\x10" : "\x01\x10",
	    2);
	config[6] |= 0x10;
	config[0x0e] = 0x80;
	config[0x2e] = 2;
	config[0x2f] = 0;
	/* BARs of 64 bits, not assigned, or anywhere. */
	for (i = 0x10; i < 0x28; i += 8)
		if (next_random() % 8 != 0)
			memcpy(config + i, "\4\0\0\0\0\0\0\0", 8);
	config[0x34] = (unsigned char)at;
	config[0x3d] = (unsigned char)(next_random() % 4 != 0);
	for (i = 0; i < sizeof(kinds); i++, at += 20) {
		config[at] = 9;
		config[at + 1] = (unsigned char)(next_random() % 16 == 0
		    ? next_random() : at + 20);
		config[at + 2] = 20;
		config[at + 3] = kinds[i];
		config[at + 4] = (unsigned char)(next_random() % 8 == 0
		    ? next_random() : 2 * (next_random() % 3));
		config[at + 9] &= 0x1f;
		config[at + 12] |= next_random() % 8 != 0 ? 0x40 : 0;
		config[at + 10] = 0;
		config[at + 11] = next_random() % 8 == 0 ? 0xff : 0;
		memset(config + at + 13, 0, 3);
	}
}

static void
test_bad_pci(void **state)
{
	static struct fdt_builder b;
	uint32_t size = build_tree(&b);
	struct devicetree tree;
	unsigned int i, n;

	(void)state;
	assert_true(devicetree_open(&tree, b.blob, size));
	fake_reset(FAKE_HONEST);
	found_count = 0;
	fake_strict = true;
	for (i = 0; i < BUSES; i++) {
		memset(fake_config, 0xff, sizeof(fake_config));
		for (n = 0; n < 8; n++)
			make_function(fake_config + n * 4096);
		find_devices(&tree, VIRTIO_ID_BLOCK, found);
	}
	fake_strict = false;
	/* The one on registers each time, and some of the bus. */
	assert_true(found_count > BUSES + BUSES / 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_honest),
		cmocka_unit_test(test_bad_start),
		cmocka_unit_test(test_bad_answers),
		cmocka_unit_test(test_bad_status),
		cmocka_unit_test(test_tree),
		cmocka_unit_test(test_bad_trees),
		cmocka_unit_test(test_bad_pci),
	};

	return cmocka_run_group_tests_name("driver", tests, NULL, NULL);
}
