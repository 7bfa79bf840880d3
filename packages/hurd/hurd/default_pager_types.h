/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 * Copyright (C) 2026 The hurd-arm64 developers
 *
 * Types of the default pager's control interface.
 */

#ifndef _HURD_DEFAULT_PAGER_TYPES_H
#define _HURD_DEFAULT_PAGER_TYPES_H

#include <device/device_types.h>
#include <mach/default_pager_types.h>

/* Runs of blocks: pairs of first block and number of blocks. */
typedef const recnum_t *const_recnum_array_t;

#endif /* _HURD_DEFAULT_PAGER_TYPES_H */
