# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
#
# Fuzz targets, under libFuzzer with ASan and UBSan.
#
#   make -C kernel fuzz [TIME=SECONDS]   each target for so long, and each
#                                        unit test with a model
#   make -C kernel fuzz-check            a short run, always the same
#
# Inputs found worth keeping stay in $(O)/fuzz/corpus; one that fails is
# written to $(O)/fuzz/TARGET-crash-*.

CLANG		?= clang
TIME		?= 60
FUZZ_RUNS	?= 20000

FUZZ_TARGETS	:= $(patsubst tests/fuzz/fuzz_%.c,%,$(sort \
		   $(wildcard tests/fuzz/fuzz_*.c)))
# Unit tests that do random things and compare with a model.
FUZZ_MODELS	:= ipc_model ipc_random rbtree vm_model
FUZZ_SOURCES	:= lib/elf.c lib/fdt.c lib/fdt_query.c lib/rdxtree.c \
		   kern/boot_script.c kern/kalloc.c kern/kmsg.c kern/lock_debug.c \
		   kern/panic.c \
		   kern/printf.c kern/slab.c vm/vm_page.c vm/vm_page_boot.c \
		   vm/vm_page_contiguous.c arch/host/host.c
FUZZ_OBJECTS	:= $(FUZZ_SOURCES:%.c=$(O)/fuzz/obj/%.o)
FUZZ_CFLAGS	= -std=gnu17 -O1 -g -fno-strict-aliasing -fno-common \
		  -fsanitize=address,undefined -fno-sanitize-recover=all \
		  $(WARNINGS) $(DEFINES) -DDEBUG -Iarch/host $(INCLUDES)
FUZZ_CORPORA	:= $(FUZZ_TARGETS:%=$(O)/fuzz/corpus/%)

$(O)/fuzz/obj/%.o: %.c
	@mkdir -p $(@D)
	@printf '  FUZZCC  %s\n' $<
	$(Q)$(CLANG) $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link \
	    -MMD -MP -c $< -o $@

$(O)/fuzz/run-%: $(O)/fuzz/obj/tests/fuzz/fuzz_%.o $(FUZZ_OBJECTS)
	@printf '  FUZZLD  %s\n' $(@F)
	$(Q)$(CLANG) -fsanitize=fuzzer,address,undefined -o $@ $^

$(O)/fuzz/seeds: tests/fuzz/seeds.c tests/unit/fdt_builder.h \
    tests/unit/elf_builder.h
	@mkdir -p $(@D)
	@printf '  HOSTLD  %s\n' $(@F)
	$(Q)$(HOSTCC) -std=gnu17 -O1 -I. $(WARNINGS) -o $@ $<

$(O)/fuzz/seeded: $(O)/fuzz/seeds
	@mkdir -p $(FUZZ_CORPORA) $(FUZZ_TARGETS:%=$(O)/fuzz/seed/%)
	$(Q)$(O)/fuzz/seeds $(O)/fuzz/seed
	@touch $@

fuzz: $(FUZZ_TARGETS:%=$(O)/fuzz/run-%) $(O)/fuzz/seeded \
    $(FUZZ_MODELS:%=$(O)/unit/%)
	@for target in $(FUZZ_TARGETS); do \
	    echo "fuzz: $$target for $(TIME) seconds"; \
	    $(O)/fuzz/run-$$target -max_total_time=$(TIME) \
	        -artifact_prefix=$(O)/fuzz/$$target- -print_final_stats=1 \
	        $(O)/fuzz/corpus/$$target $(O)/fuzz/seed/$$target \
	        2>$(O)/fuzz/$$target.log || \
	        { tail -n 40 $(O)/fuzz/$$target.log; exit 1; }; \
	    grep -h 'stat::number_of_executed_units' $(O)/fuzz/$$target.log; \
	done
	@for test in $(FUZZ_MODELS); do \
	    echo "fuzz: unit test $$test for $(TIME) seconds"; \
	    seed=$$(date +%s); first=$$seed; end=$$((seed + $(TIME))); \
	    while [ "$$(date +%s)" -lt "$$end" ]; do \
	        UNIT_SEED=$$seed $(O)/unit/$$test >$(O)/fuzz/$$test.log 2>&1 || \
	            { tail -n 40 $(O)/fuzz/$$test.log; \
	            echo "again: UNIT_SEED=$$seed $(O)/unit/$$test"; exit 1; }; \
	        seed=$$((seed + 1)); \
	    done; \
	    echo "$$((seed - first)) seeds"; \
	done

# TAP: one line per target.
fuzz-check: $(FUZZ_TARGETS:%=$(O)/fuzz/run-%) $(O)/fuzz/seeded
	@echo 1..$(words $(FUZZ_TARGETS)); n=0; status=0; \
	for target in $(FUZZ_TARGETS); do \
	    n=$$((n + 1)); \
	    if $(O)/fuzz/run-$$target -runs=$(FUZZ_RUNS) -seed=1 \
	        -artifact_prefix=$(O)/fuzz/$$target- \
	        $(O)/fuzz/seed/$$target >$(O)/fuzz/$$target.log 2>&1; \
	    then echo "ok $$n - fuzz_$$target: $(FUZZ_RUNS) inputs"; \
	    else echo "not ok $$n - fuzz_$$target, see $(O)/fuzz/$$target.log"; \
	        status=1; \
	    fi; \
	done; exit $$status

.PHONY: fuzz fuzz-check

-include $(FUZZ_OBJECTS:.o=.d) \
    $(FUZZ_TARGETS:%=$(O)/fuzz/obj/tests/fuzz/fuzz_%.d)
