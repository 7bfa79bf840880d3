# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
# shellcheck shell=sh
#
# What the checks written in sh print: TAP. Sourced.

tap_count=0
tap_failed=0

# tap_ok NAME
tap_ok() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1"
}

# tap_not_ok NAME [LOG]: the end of LOG is shown.
tap_not_ok() {
	tap_count=$((tap_count + 1))
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_count - $1"
	[ -z "${2:-}" ] || tail -n 12 "$2" | sed 's/^/# /'
}

# The plan, and the status to exit with.
tap_done() {
	echo "1..$tap_count"
	[ "$tap_failed" = 0 ]
}
