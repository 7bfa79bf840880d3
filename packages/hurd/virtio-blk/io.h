/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What the drivers need from outside: registers, memory for DMA, and a line
 * of text.  io_mach.c has them from Mach; the unit tests from a fake device.
 */
#ifndef IO_H
#define IO_H

#include <stdbool.h>
#include <stdint.h>

/* Registers of a device. */
struct io_region {
	volatile void *base;
	uint64_t size;			/* bytes */
};

/* Map physical registers, at any address; false: impossible. */
bool io_map(uint64_t physical, uint64_t size, struct io_region *region);

/* Little-endian, of that width; `offset` is checked by the caller. */
uint8_t io_read8(const struct io_region *region, uint64_t offset);
uint16_t io_read16(const struct io_region *region, uint64_t offset);
uint32_t io_read32(const struct io_region *region, uint64_t offset);
void io_write8(const struct io_region *region, uint64_t offset,
    uint8_t value);
void io_write16(const struct io_region *region, uint64_t offset,
    uint16_t value);
void io_write32(const struct io_region *region, uint64_t offset,
    uint32_t value);

/* Cleared memory that the device sees at `physical`; page aligned. */
struct io_memory {
	void *data;
	uint64_t physical;
	uint64_t size;
};

bool io_memory_allocate(uint64_t size, struct io_memory *memory);
void io_memory_free(struct io_memory *memory);

/* What was written to memory before is seen before what is written after. */
void io_barrier(void);

void io_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif /* IO_H */
