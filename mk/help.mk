# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
#
# `make` alone: every `target: ...  ## text` and `VARIABLE ?= value## text`.

.DEFAULT_GOAL := help

HELP_ORDER := mk/image.mk mk/check.mk mk/repo.mk mk/packages.mk \
    mk/kernel.mk mk/tools.mk mk/clean.mk

.PHONY: help
help:
	@echo 'Targets:'
	@sed -n 's/^\([a-zA-Z-]*\):.*##[ \t]*\(.*\)/\1|\2/p' $(HELP_ORDER) | \
	    awk -F '|' '{printf "  %-16s %s\n", $$1, $$2}'
	@echo 'Variables:'
	@sed -n 's/^\([A-Z_]*\) ?=\([^#]*\)##[ \t]*\(.*\)/\1=\2|\3/p' \
	    mk/variables.mk | tr -d '\t' | \
	    awk -F '|' '{sub(/= */, "="); printf "  %-16s %s\n", $$1, $$2}'
