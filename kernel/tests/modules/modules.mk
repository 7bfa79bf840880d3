# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
#
# The boot modules: each tests/modules/NAME.c becomes $(O)/modules/NAME.

modules:
