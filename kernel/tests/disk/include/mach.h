/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What drivers include of the C library's, on the run time of the modules.
 */
#ifndef DISK_MACH_H
#define DISK_MACH_H

#include "lib/test.h"

#define vm_page_size	page_size

void mach_msg_destroy(mach_msg_header_t *message);

#endif /* DISK_MACH_H */
