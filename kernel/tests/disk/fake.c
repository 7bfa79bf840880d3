/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include "fake.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <io.h>
#include <virtio.h>

#define QUEUE_SIZE	32u

struct descriptor {
	uint64_t address;
	uint32_t length;
	uint16_t flags;
	uint16_t next;
};

enum fake_lie fake_lie;
unsigned char fake_disk[FAKE_BLOCKS * 512];
unsigned int fake_flushes;
unsigned char fake_config[FAKE_ECAM_SIZE];
uint64_t fake_noise = 1;
bool fake_strict;

static struct {
	uint32_t status, select, ready, generation, interrupt, size;
	uint64_t descriptors, available, used;
	uint16_t taken, answered;
} device;

void
fake_reset(enum fake_lie lie)
{
	fake_lie = lie;
	fake_flushes = 0;
	memset(&device, 0, sizeof(device));
}

static uint32_t
noise(void)
{
	fake_noise ^= fake_noise << 13;
	fake_noise ^= fake_noise >> 7;
	fake_noise ^= fake_noise << 17;
	return (uint32_t)fake_noise;
}

/* Do what the chain says; its last descriptor is the status. */
static void
perform(const struct descriptor *ring, uint16_t head)
{
	const struct descriptor *at = &ring[head];
	const uint32_t *header = (const uint32_t *)at->address;
	uint64_t sector = *(const uint64_t *)(header + 2);

	assert(at->length == 16 && (at->flags & 1) != 0);
	at = &ring[at->next];
	if ((at->flags & 1) != 0) {
		assert(sector * 512 + at->length <= sizeof(fake_disk));
		if (header[0] == 0)
			memcpy((void *)at->address, fake_disk + sector * 512,
			    at->length);
		else
			memcpy(fake_disk + sector * 512,
			    (void *)at->address, at->length);
		assert(((at->flags & 2) != 0) == (header[0] == 0));
		at = &ring[at->next];
	}
	fake_flushes += header[0] == 4;
	assert(at->length == 1 && at->flags == 2);
	if (fake_lie != FAKE_STATUS_NONE)
		*(uint8_t *)at->address = fake_lie == FAKE_STATUS ? 0x55 : 0;
}

static void
answer(uint32_t id)
{
	uint16_t *used = (uint16_t *)device.used;
	uint32_t *entry = (uint32_t *)(used + 2) +
	    2 * (device.answered % device.size);

	entry[0] = id;
	entry[1] = UINT32_MAX;		/* nobody should believe it */
	used[1] = ++device.answered;
	device.interrupt |= 1;
}

static void
notified(void)
{
	const uint16_t *available = (const uint16_t *)device.available;

	for (; device.taken != available[1]; device.taken++) {
		uint16_t head = available[2 + device.taken % device.size];

		if (fake_lie == FAKE_SILENT)
			continue;
		perform((const struct descriptor *)device.descriptors, head);
		answer(fake_lie == FAKE_ID_HUGE ? 0x7fffffff
		    : fake_lie == FAKE_ID_INSIDE ? head + 1u
		    : fake_lie == FAKE_ID_IDLE ? 21u : head);
		if (fake_lie == FAKE_TWICE)
			answer(head);
		if (fake_lie == FAKE_INDEX)
			((uint16_t *)device.used)[1] += 100;
		if (fake_lie == FAKE_INDEX_BACK)
			((uint16_t *)device.used)[1] = 0xfff0;
		if (fake_lie == FAKE_NEEDS_RESET)
			device.status |= 0x40;
	}
}

static uint32_t
config_read(uint32_t offset)
{
	switch (offset) {
	case 0:
		return FAKE_BLOCKS;
	case 4:
		return fake_lie == FAKE_CAPACITY ? 0x80000000 : 0;
	case 8:
		return fake_lie == FAKE_SIZE_MAX ? 100 : 4096;
	case 20:
		return fake_lie == FAKE_BLOCK_SIZE ? 7 : 512;
	default:
		return 0;
	}
}

static uint32_t
queue_size(void)
{
	switch (fake_lie) {
	case FAKE_NO_QUEUE:
		return 0;
	case FAKE_QUEUE_ODD:
		return 37;
	case FAKE_QUEUE_HUGE:
		return 0x80000000;
	case FAKE_QUEUE_TINY:
		return 2;
	default:
		return QUEUE_SIZE;
	}
}

static uint32_t
mmio_read(uint32_t offset)
{
	switch (offset) {
	case 0x000:
		return 0x74726976;
	case 0x004:
	case 0x008:
		return 2;
	case 0x010:
		return device.select == 0 ? 0x242
		    : fake_lie != FAKE_NO_VERSION_1;
	case 0x034:
		return queue_size();
	case 0x044:
		return device.ready;
	case 0x060:
		return device.interrupt;
	case 0x070:
		return device.status;
	case 0x0fc:
		return fake_lie == FAKE_GENERATION ? device.generation++ : 0;
	default:
		return offset >= 0x100 ? config_read(offset - 0x100) : 0;
	}
}

static void
set_half(uint64_t *value, uint32_t offset, uint32_t half)
{
	if ((offset & 4) == 0)
		*value = (*value & ~0xffffffffUL) | half;
	else
		*value = (*value & 0xffffffffUL) | (uint64_t)half << 32;
}

static void
set_status(uint32_t status)
{
	if (status == 0) {
		memset(&device, 0, sizeof(device));
		device.status = fake_lie == FAKE_NO_RESET;
		return;
	}
	if (fake_lie == FAKE_NO_FEATURES_OK)
		status &= ~8u;
	device.status = status;
}

static void
mmio_write(uint32_t offset, uint32_t value)
{
	switch (offset & ~4u) {
	case 0x080:
		set_half(&device.descriptors, offset, value);
		return;
	case 0x090:
		set_half(&device.available, offset, value);
		return;
	case 0x0a0:
		set_half(&device.used, offset, value);
		return;
	}
	if (offset == 0x014)
		device.select = value;
	else if (offset == 0x038)
		device.size = value;
	else if (offset == 0x044)
		device.ready = fake_lie != FAKE_QUEUE_REFUSED;
	else if (offset == 0x050)
		notified();
	else if (offset == 0x064)
		device.interrupt &= ~value;
	else if (offset == 0x070)
		set_status(value);
}

static const uint64_t windows[][2] = {
	{ FAKE_MMIO, FAKE_MMIO_SIZE }, { FAKE_ECAM, FAKE_ECAM_SIZE },
	{ 0x20000000, 0x10000000 }, { 0x8000000000, 0x8000000000 },
	{ 0x3eff0000, 0x10000 },
};

/* io.h */

bool
io_map(uint64_t physical, uint64_t size, struct io_region *region)
{
	unsigned int i;

	for (i = 0; i < sizeof(windows) / sizeof(windows[0]); i++)
		if (physical >= windows[i][0] &&
		    physical - windows[i][0] < windows[i][1] &&
		    size <= windows[i][1] - (physical - windows[i][0]))
			break;
	assert(!fake_strict || i < sizeof(windows) / sizeof(windows[0]));
	region->base = (volatile void *)physical;
	region->size = size;
	return size != 0 && physical + size > physical;
}

static uint64_t
access(const struct io_region *region, uint64_t offset, uint64_t width)
{
	assert(offset <= region->size && width <= region->size - offset);
	return (uint64_t)region->base + offset;
}

static uint32_t
fake_read(uint64_t address, uint32_t width)
{
	uint32_t value = 0;

	if (address >= FAKE_ECAM && address - FAKE_ECAM < FAKE_ECAM_SIZE)
		memcpy(&value, fake_config + (address - FAKE_ECAM), width);
	else if (address >= FAKE_MMIO &&
	    address - FAKE_MMIO < FAKE_MMIO_SIZE)
		value = mmio_read((uint32_t)(address - FAKE_MMIO));
	else
		value = noise();
	return value;
}

static void
fake_write(uint64_t address, uint32_t width, uint32_t value)
{
	if (address >= FAKE_ECAM && address - FAKE_ECAM < FAKE_ECAM_SIZE) {
		/* BARs have a size, most of them a power of two. */
		if (address % 4096 >= 0x10 && address % 4096 < 0x28)
			value &= noise() % 16 == 0 ? noise()
			    : address % 8 == 0 ? 0xfffff000u : 0xffffffffu;
		memcpy(fake_config + (address - FAKE_ECAM), &value, width);
	} else if (address >= FAKE_MMIO &&
	    address - FAKE_MMIO < FAKE_MMIO_SIZE) {
		mmio_write((uint32_t)(address - FAKE_MMIO), value);
	}
}

#define IO_DEFINE(bits)							\
uint##bits##_t								\
io_read##bits(const struct io_region *region, uint64_t offset)		\
{									\
	return (uint##bits##_t)fake_read(access(region, offset,		\
	    bits / 8), bits / 8);					\
}									\
									\
void									\
io_write##bits(const struct io_region *region, uint64_t offset,		\
    uint##bits##_t value)						\
{									\
	fake_write(access(region, offset, bits / 8), bits / 8, value);	\
}

IO_DEFINE(8)
IO_DEFINE(16)
IO_DEFINE(32)

bool
io_memory_allocate(uint64_t size, struct io_memory *memory)
{
	if (fake_lie == FAKE_NO_MEMORY && size > 4096)
		return false;
	memory->data = calloc(1, size);
	memory->physical = (uint64_t)memory->data;
	memory->size = size;
	return memory->data != NULL;
}

void
io_memory_free(struct io_memory *memory)
{
	free(memory->data);
	memory->data = NULL;
}

void
io_barrier(void)
{
}

void
io_print(const char *format, ...)
{
	(void)format;
}
