/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * io.h on Mach.
 */
#ifndef IO_MACH_H
#define IO_MACH_H

#include <mach.h>

#include "io.h"

/* With the privileged host port and the device master port. */
bool io_mach_setup(mach_port_t host, mach_port_t device_master);

#endif /* IO_MACH_H */
