# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
#
# How the AArch64 kernel is linked: twice, because the second link holds the
# symbol table of the first (for backtraces).  The table lies behind all code,
# so that no address in it moves.

# The compiler's library is not linked: its functions may use SIMD registers.
LINKER_SCRIPT	:= arch/aarch64/kernel.ld
LINK		= $(CROSS)gcc -nostdlib -static -no-pie \
		  -Wl,-T,$(LINKER_SCRIPT) -Wl,--build-id=none \
		  -Wl,-z,max-page-size=4096 -Wl,-z,noexecstack \
		  -Wl,--no-warn-rwx-segments -Wl,--gc-sections \
		  -Wl,--fatal-warnings

# They also run while the MMU is off, when unaligned accesses fault.
$(O)/obj/lib/fdt.o $(O)/obj/lib/string.o: CFLAGS += -mstrict-align

$(O)/obj/mach.first.elf: $(OBJECTS) $(O)/obj/symbols.none.o $(LINKER_SCRIPT)
	@printf '  LINK    %s\n' $@
	$(Q)$(LINK) -o $@ $(OBJECTS) $(O)/obj/symbols.none.o

$(O)/obj/symbols.none.S: tools/symbols
	@mkdir -p $(@D)
	$(Q)./tools/symbols </dev/null >$@

$(O)/obj/symbols.all.S: $(O)/obj/mach.first.elf tools/symbols
	$(Q)$(NM) -n $< | ./tools/symbols >$@

$(O)/obj/symbols.%.o: $(O)/obj/symbols.%.S
	$(Q)$(CROSS)gcc -c $< -o $@

$(O)/mach.elf: $(O)/obj/symbols.all.o $(LINKER_SCRIPT)
	@printf '  LINK    %s\n' $@
	$(Q)$(LINK) -o $@ $(OBJECTS) $(O)/obj/symbols.all.o

$(O)/mach: $(O)/mach.elf
	@printf '  IMAGE   %s\n' $@
	$(Q)$(OBJCOPY) -O binary $< $@
