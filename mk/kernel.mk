# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
#
# The kernel for development; the one in the image comes from the package.

KERNEL := $(BUILD)/kernel
KERNEL_MAKE = $(IN_ROOT) $(MAKE) -C $(TOP)/kernel O=$(KERNEL) \
    INTERFACES=$(INTERFACES)

.PHONY: kernel
kernel: $(BUILD)/tools.id $(INTERFACES)/stamp ## build/kernel/mach and mach.elf, within seconds of an edit
	@$(KERNEL_MAKE)
