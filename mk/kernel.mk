# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
#
# The kernel for development; the one in the image comes from the package.

KERNEL := $(BUILD)/kernel
# The same flags in all uses: the kernel is built anew when they change.
KERNEL_FLAGS := O=$(KERNEL) INTERFACES=$(INTERFACES) CCACHE=ccache
KERNEL_MAKE := $(IN_ROOT) make --no-print-directory -j$(shell nproc) \
    -C $(TOP)/kernel $(KERNEL_FLAGS)
export KERNEL_FLAGS

.PHONY: kernel kernel-debug
kernel: $(BUILD)/tools.id $(INTERFACES)/stamp ## build/kernel/mach and mach.elf, within seconds of an edit
	@$(KERNEL_MAKE)

# The same with checks of locks, slabs and pages.
kernel-debug: $(BUILD)/tools.id $(INTERFACES)/stamp ## build/kernel-debug/mach, which checks itself
	@$(KERNEL_MAKE) O=$(KERNEL)-debug DEBUG=1
