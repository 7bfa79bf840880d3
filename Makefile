# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
#
# Debian GNU/Hurd for AArch64. `make` alone prints the targets.

include mk/variables.mk
include mk/help.mk
include mk/tools.mk
include mk/kernel.mk
include mk/packages.mk
include mk/repo.mk
include mk/image.mk
include mk/check.mk
include mk/clean.mk
