# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
#
# Checks: what they are is data, in ci/checks.

CHECKS := $(shell sed -n 's/^+\{0,1\}\([a-z][a-z0-9-]*\)[ 	].*/\1/p' ci/checks)

.PHONY: check check-full check-kernel bench fuzz $(CHECKS:%=check-%)
check: $(BUILD)/tools.id ## every test that a change must pass
	@ci/run-checks

check-full: $(BUILD)/tools.id ## the same, every package twice and the whole boot matrix
	@ci/run-checks --full

check-kernel: $(BUILD)/tools.id ## the kernel's tests: unit, modules, bad input
	@ci/run-checks unit modules negative

# check-NAME: one line of ci/checks; these two are named in the help.
check-mutants: ## is each listed mutation of the kernel killed by its test?
check-repro: ## two builds in different surroundings: the same bytes?
$(CHECKS:%=check-%): check-%: $(BUILD)/tools.id
	@ci/run-checks $*

bench: kernel ## guest instructions per operation, beside the peer's
	@$(KERNEL_MAKE) disk
	@$(IN_ROOT) ci/bench $(KERNEL)/mach

fuzz: kernel-debug ## fuzz parsers, models and a guest, TIME=60 seconds each
	@$(KERNEL_MAKE) fuzz TIME='$(or $(TIME),60)'
	@$(IN_ROOT) ci/fuzz-guest -k $(KERNEL)-debug/mach -s "$$(date +%s)" \
	    -t '$(or $(TIME),60)'
