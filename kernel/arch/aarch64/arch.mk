# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
#
# Linking the kernel: mach.elf (with symbols) and mach, the bootable file.

LDSCRIPT	:= arch/aarch64/kernel.ld
LIBGCC		= $(shell $(CC) -print-libgcc-file-name)

$(O)/mach.elf: $(OBJECTS) $(LDSCRIPT)
	@printf '  LD      %s\n' $(@F)
	$(Q)$(CROSS)ld -nostdlib -static --no-warn-rwx-segments \
	    --build-id=none --gc-sections -z max-page-size=4096 \
	    -z noexecstack -T $(LDSCRIPT) -o $@ $(OBJECTS) $(LIBGCC)

$(O)/mach: $(O)/mach.elf
	@printf '  OBJCOPY %s\n' $(@F)
	$(Q)$(OBJCOPY) -O binary $< $@
