# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
#
# Fuzz targets: the host body under libFuzzer, ASan and UBSan. A target is
# fuzz_NAME.c here, or a unit test that takes its choices from the input
# (unit_model() in tests/unit/unit.h).
#
#   make -C kernel fuzz [TIME=SECONDS]   each target for so long, and each
#                                        unit test with a model, by seeds
#   make -C kernel fuzz-check            a short run, always the same
#
# FUZZ="NAME..." runs these targets only. A target that fails does not keep
# the others from running; it is said where its input is, and how to run it
# again. Inputs worth keeping stay in $(O)/fuzz/corpus.

CLANG		?= clang
TIME		?= 60
FUZZ_TARGETS	:= $(patsubst tests/fuzz/fuzz_%.c,%,$(sort \
		   $(wildcard tests/fuzz/fuzz_*.c)))
# Unit tests with a model that are targets too, and those that are not.
FUZZ_MODELS	:= ipc_model ipc_random vm_model
FUZZ_SEEDED	:= $(FUZZ_MODELS) rbtree
FUZZ_ALL	:= $(FUZZ_TARGETS) $(FUZZ_MODELS)
# Those to run.
FUZZ		?= $(FUZZ_ALL)
# Inputs of a short run, and of a target that takes longer for each.
FUZZ_RUNS	?= 20000
FUZZ_RUNS_ipc_model	?= 1500
FUZZ_RUNS_ipc_random	?= 4000
FUZZ_RUNS_trap	?= 4000
FUZZ_RUNS_vm_model	?= 1000

# TRAP() calls of another type than the function's are meant.
# Threads have stacks that the sanitizer does not know.
FUZZ_CFLAGS	= $(HOST_CFLAGS) -I$(O)/fuzz -fno-sanitize=function \
		  -fsanitize-address-use-after-return=never \
		  -fsanitize=fuzzer-no-link
FUZZ_OBJECTS	:= $(HOST_OBJECTS:$(O)/host/%=$(O)/fuzz/obj/%)
FUZZ_MAINS	:= $(FUZZ_TARGETS:%=$(O)/fuzz/obj/tests/fuzz/fuzz_%.o) \
		   $(FUZZ_MODELS:%=$(O)/fuzz/obj/tests/unit/test_%.o) \
		   $(O)/fuzz/obj/tests/fuzz/model.o

# What is compared there no input can know, and it is much.
$(patsubst %,$(O)/fuzz/obj/%.o,kern/lock_debug kern/slab vm/vm_page): \
    FUZZ_CFLAGS += -fno-sanitize-coverage=trace-cmp

$(FUZZ_OBJECTS) $(FUZZ_MAINS): | $(SERVERS:%=$(O)/mig/%.server.c)

$(O)/fuzz/obj/%.o: %.c
	@mkdir -p $(@D)
	@printf '  FUZZCC  %s\n' $<
	$(Q)$(if $(CCACHE),$(CCACHE) )$(CLANG) $(FUZZ_CFLAGS) -MMD -MP -c $< -o $@

# Its main() is not the program's.
$(O)/fuzz/obj/tests/unit/%.o: tests/unit/%.c
	@mkdir -p $(@D)
	@printf '  FUZZCC  %s\n' $<
	$(Q)$(if $(CCACHE),$(CCACHE) )$(CLANG) $(FUZZ_CFLAGS) -Dmain=unit_main -Wno-missing-prototypes \
	    -MMD -MP -c $< -o $@

$(O)/fuzz/obj/tests/fuzz/fuzz_trap.o: $(O)/fuzz/routines.h

$(O)/fuzz/routines.h: tests/fuzz/routines tests/modules/routines/interface.tsv
	@mkdir -p $(@D)
	@printf '  GEN     %s\n' fuzz/$(@F)
	$(Q)tests/fuzz/routines tests/modules/routines/interface.tsv >$@

$(O)/fuzz/obj/mig/%.o: $(O)/mig/%.server.c
	@mkdir -p $(@D)
	@printf '  FUZZCC  mig/%s\n' $(<F)
	$(Q)$(if $(CCACHE),$(CCACHE) )$(CLANG) $(FUZZ_CFLAGS) $(MIG_CFLAGS) -MMD -MP -c $< -o $@

# It is linked whole: MIG's weak routines are there for what nobody serves.
$(O)/fuzz/libkernel.a: $(FUZZ_OBJECTS)
	@printf '  AR      %s\n' $(@F)
	$(Q)rm -f $@; ar rcD $@ $^

$(FUZZ_TARGETS:%=$(O)/fuzz/run-%): $(O)/fuzz/run-%: \
    $(O)/fuzz/obj/tests/fuzz/fuzz_%.o
$(FUZZ_MODELS:%=$(O)/fuzz/run-%): $(O)/fuzz/run-%: \
    $(O)/fuzz/obj/tests/unit/test_%.o $(O)/fuzz/obj/tests/fuzz/model.o
$(O)/fuzz/run-trap: $(O)/fuzz/obj/tests/fuzz/model.o
$(FUZZ_ALL:%=$(O)/fuzz/run-%): $(O)/fuzz/libkernel.a
	@printf '  FUZZLD  %s\n' $(@F)
	$(Q)$(CLANG) -fsanitize=fuzzer,address,undefined -Wl,--gc-sections \
	    -o $@ $(filter %.o,$^) -Wl,--whole-archive \
	    $(O)/fuzz/libkernel.a -Wl,--no-whole-archive -lcmocka

$(O)/fuzz/seeds: tests/fuzz/seeds.c tests/unit/fdt_builder.h \
    tests/unit/elf_builder.h
	@mkdir -p $(@D)
	@printf '  HOSTLD  %s\n' $(@F)
	$(Q)$(HOSTCC) -std=gnu17 -O1 -I. $(WARNINGS) -o $@ $<

$(O)/fuzz/seeded: $(O)/fuzz/seeds
	@mkdir -p $(FUZZ_ALL:%=$(O)/fuzz/corpus/%) $(FUZZ_ALL:%=$(O)/fuzz/seed/%)
	$(Q)$(O)/fuzz/seeds $(O)/fuzz/seed
	@touch $@

fuzz: $(FUZZ:%=$(O)/fuzz/run-%) $(O)/fuzz/seeded \
    $(FUZZ_SEEDED:%=$(O)/unit/%)
	$(Q)tests/fuzz/run -o $(O) -t $(TIME) $(FUZZ) -- $(FUZZ_SEEDED)

# TAP: one line per target.
fuzz-check: $(FUZZ:%=$(O)/fuzz/run-%) $(O)/fuzz/seeded
	$(Q)tests/fuzz/run -o $(O) $(foreach target,$(FUZZ), \
	    $(target)=$(or $(FUZZ_RUNS_$(target)),$(FUZZ_RUNS)))

.PHONY: fuzz fuzz-check

-include $(FUZZ_OBJECTS:.o=.d) $(FUZZ_MAINS:.o=.d)
