# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
#
# The boot modules: each tests/modules/NAME.c, and the benchmark, becomes
# $(O)/modules/NAME, a static program that needs nothing but the kernel.

MODULE_SOURCES	:= $(sort $(wildcard tests/modules/*.c tests/bench/*.c))
MODULES		:= $(notdir $(MODULE_SOURCES:.c=))
# Of more than one file: the others are tests/modules/NAME/*.c.
MODULE_PARTS	:= $(filter-out tests/modules/lib/%,$(sort \
		   $(wildcard tests/modules/*/*.c)))
# The device tree is read by the kernel's own reader.
MODULE_LIB	:= $(patsubst %,$(O)/module/%.o,$(basename $(sort \
		   $(wildcard tests/modules/lib/*.c tests/modules/lib/*.S)) \
		   lib/fdt.c lib/fdt_query.c)) \
		   $(SERVERS:%=$(O)/module/mig/%.o)

MODULE_CFLAGS	= -std=gnu17 -O2 -g -ffreestanding $(FREESTANDING) \
		  -march=armv8-a -mno-outline-atomics -fno-stack-protector \
		  -fno-strict-aliasing -fno-pie -fno-tree-loop-distribute-patterns \
		  -ffile-prefix-map=$(CURDIR)=kernel \
		  -ffile-prefix-map=$(abspath $(O))=build \
		  -Wall -Wextra -Werror -Wno-unused-parameter \
		  -Itests/modules/lib -Itests/modules -I$(O)/module/mig \
		  -Iinterface -isystem $(INTERFACES) -idirafter .

modules: $(MODULES:%=$(O)/modules/%)

$(O)/module/mig/%.user.c $(O)/module/mig/%.user.h &: $(O)/flags
	@mkdir -p $(@D)
	@printf '  MIG     %s (user)\n' $(DEFS_$*)
	$(Q)CC='$(CC)' $(MIG) -I$(INTERFACES) -header \
	    $(O)/module/mig/$*.user.h -user $(O)/module/mig/$*.user.c \
	    -server /dev/null $(INTERFACES)/$(DEFS_$*)

$(O)/module/mig/%.o: $(O)/module/mig/%.user.c
	$(Q)$(CC) $(MODULE_CFLAGS) -Wno-unused-function -c $< -o $@

$(O)/module/%.o: %.c $(O)/flags $(SERVERS:%=$(O)/module/mig/%.user.h)
	@mkdir -p $(@D)
	@printf '  CC      %s\n' $<
	$(Q)$(CC) $(MODULE_CFLAGS) -MMD -MP -c $< -o $@

$(O)/module/%.o: %.S $(O)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(MODULE_CFLAGS) -c $< -o $@

$(foreach source,$(MODULE_SOURCES),$(eval \
    $(O)/modules/$(notdir $(source:.c=)): $(O)/module/$(source:.c=.o)))

$(foreach part,$(MODULE_PARTS),$(eval \
    $(O)/modules/$(notdir $(patsubst %/,%,$(dir $(part)))): \
    $(O)/module/$(part:.c=.o)))

# The module that calls every routine: its table is generated.
ROUTINES	:= tests/modules/routines
ROUTINES_TABLE	:= $(O)/module/$(ROUTINES)/table.c
ROUTINES_SOURCES := $(sort $(wildcard $(ROUTINES)/*.c))

$(ROUTINES_TABLE): $(ROUTINES)/generate $(wildcard $(ROUTINES)/*.tsv) \
    README.md $(ROUTINES_SOURCES)
	@mkdir -p $(@D)
	@printf '  GEN     %s\n' $(ROUTINES)/table.c
	$(Q)$(ROUTINES)/generate --interface $(ROUTINES)/interface.tsv \
	    --traps $(ROUTINES)/traps.tsv \
	    --refusals $(ROUTINES)/refusals.tsv --readme README.md \
	    --output $@ $(filter %.c,$^)

$(ROUTINES_TABLE:.c=.o): $(ROUTINES_TABLE) $(O)/flags
	$(Q)$(CC) $(MODULE_CFLAGS) -I$(ROUTINES) -MMD -MP -c $< -o $@

$(O)/modules/routines: $(ROUTINES_TABLE:.c=.o)

# A module of each kind of executable: this one is a static PIE.  Nothing
# would relocate it, so there may be nothing to relocate.
$(O)/modules/hello: MODULE_LDFLAGS := -pie --no-dynamic-linker -z norelro

$(O)/modules/%: $(MODULE_LIB)
	@mkdir -p $(@D)
	@printf '  LD      modules/%s\n' $(@F)
	$(Q)$(CROSS)ld -static -nostdlib --build-id=none -z noexecstack \
	    -z max-page-size=65536 -z separate-code -e _start \
	    --compress-debug-sections=zlib $(MODULE_LDFLAGS) -o $@ $^
	$(Q)! $(CROSS)readelf -r $@ | grep R_AARCH64

-include $(MODULE_SOURCES:%.c=$(O)/module/%.d) \
    $(MODULE_PARTS:%.c=$(O)/module/%.d)
