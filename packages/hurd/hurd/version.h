/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 * Copyright (C) 2026 The hurd-arm64 developers
 *
 * The version of the interfaces: the day of their last incompatible change.
 */

#ifndef _HURD_VERSION_H
#define _HURD_VERSION_H

#define HURD_INTERFACE_VERSION	20201227

#endif /* _HURD_VERSION_H */
