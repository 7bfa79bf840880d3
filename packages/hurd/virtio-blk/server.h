/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The Mach device protocol (device/device.defs) in front of the disks of this
 * machine, which are called vd0, vd1, and so on.
 *
 * Reads and writes are answered when the disk has done them; others are
 * served meanwhile.  The record number counts blocks of the size that
 * DEV_GET_SIZE and DEV_GET_RECORDS tell; what is written are whole blocks.
 * device_set_status(DEV_FLUSH_CACHE) answers once everything written is on the
 * medium.  device_map answers EOPNOTSUPP.
 */
#ifndef SERVER_H
#define SERVER_H

#include <mach.h>

/*
 * Find and start all disks, with the privileged host port and the kernel's
 * device master port.  The number of disks.
 */
unsigned int server_setup(mach_port_t host, mach_port_t device_master);

/* The receive right to which clients say device_open(). */
mach_port_t server_master_port(void);

/* Serve, and never return. */
void server_run(void) __attribute__((noreturn));

#endif /* SERVER_H */
