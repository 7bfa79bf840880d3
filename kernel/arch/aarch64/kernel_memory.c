/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Which memory belongs to the kernel, whatever the device tree says of it.
 */

#include <machine/boot.h>
#include <machine/platform.h>

static bool
overlap(uint64_t address, uint64_t size, uint64_t other, uint64_t other_size)
{
	return address < other + other_size && other < address + size;
}

bool
machine_memory_is_kernel(uint64_t address, uint64_t size)
{
	return overlap(address, size, boot_info.image_phys,
	    (uint64_t)(_image_end - _head)) ||
	    overlap(address, size, boot_info.fdt_phys, boot_info.fdt_size);
}
