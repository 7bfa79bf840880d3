/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What the output of MIG needs of its run time in the kernel.
 */
#ifndef MACH_MIG_SUPPORT_H
#define MACH_MIG_SUPPORT_H

#include <lib/string.h>
#include <mach/message.h>

/* Copy a string into a fixed field; returns its length with the NUL. */
size_t mig_strncpy(char *to, const char *from, size_t size);

#endif /* MACH_MIG_SUPPORT_H */
