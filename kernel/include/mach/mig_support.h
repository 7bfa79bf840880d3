/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What the output of MIG needs of its run time in the kernel.
 */
#ifndef MACH_MIG_SUPPORT_H
#define MACH_MIG_SUPPORT_H

#include <lib/string.h>
#include <mach/message.h>

#endif /* MACH_MIG_SUPPORT_H */
