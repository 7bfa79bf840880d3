/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Arrays of ports that leave the kernel: kalloc()ed memory of exactly the
 * number of ports (ipc/ipc_kmsg.h), filled as object pointers first.
 */
#ifndef KERN_PORT_ARRAY_H
#define KERN_PORT_ARRAY_H

#include <mach/port.h>

/*
 * Make an array with `room` places for one of `count` <= room, whose first
 * entries are those of the old one, which is freed.  NULL when count is 0, or
 * without memory: then the old one remains, unless count is 0.
 */
mach_port_t *port_array_shrink(void *array, unsigned int room,
    unsigned int count);

#endif /* KERN_PORT_ARRAY_H */
