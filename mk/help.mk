# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
#
# `make` alone: every `target: ...  ## text` and `VARIABLE ?= value## text`.

.DEFAULT_GOAL := help

.PHONY: help
help:
	@echo 'Targets:'
	@sed -n 's/^\([a-zA-Z-]*\):.*##[ \t]*\(.*\)/\1|\2/p' mk/*.mk | \
	    awk -F '|' '{printf "  %-16s %s\n", $$1, $$2}'
	@echo 'Variables:'
	@sed -n 's/^\([A-Z_]*\) ?=\([^#]*\)##[ \t]*\(.*\)/\1=\2|\3/p' \
	    mk/variables.mk | tr -d '\t' | \
	    awk -F '|' '{sub(/= */, "="); printf "  %-16s %s\n", $$1, $$2}'
