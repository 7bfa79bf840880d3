/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Which memory there is, and which of it is taken, at boot.
 */
#ifndef MACHINE_BOOTMEM_H
#define MACHINE_BOOTMEM_H

#include <stdint.h>

struct fdt;

/*
 * Read the banks of RAM and everything reserved in them from the device
 * tree; map all RAM into the direct map.  Without usable memory: one line,
 * then power-off.
 */
void bootmem_setup(const struct fdt *fdt);

/* Print the banks. */
void bootmem_print(void);

/* Hand everything over to the page allocator. */
void bootmem_release(void);

#endif /* MACHINE_BOOTMEM_H */
