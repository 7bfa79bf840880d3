/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * <mach_debug/slab_info.h> wants this header; it needs size_t of it.
 */
#ifndef SYS_TYPES_H
#define SYS_TYPES_H

#if __STDC_HOSTED__
#include_next <sys/types.h>
#else
#include <stddef.h>
#endif

#endif /* SYS_TYPES_H */
