# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
#
# The tools root and the interfaces: what every other step stands on.
#
#   $(BUILD)/tools       symbolic link to the tools root in the cache
#   $(BUILD)/tools.id    names its contents; depend on this file
#   $(BUILD)/interfaces  Mach's headers and .defs (mach/, device/, ...)
#   $(PINNED)            where the files of mk/pinned lie

PINNED := $(CACHE)/pinned
GNUMACH_DEV := $(PINNED)/$(notdir \
    $(shell sed -n 's/^[0-9a-f]* *\(.*gnumach-dev.*\)/\1/p' mk/pinned))
INTERFACES := $(BUILD)/interfaces
export PINNED GNUMACH_DEV INTERFACES

# The stamp is no use when the cache it speaks of is gone or another one.
TOOLS := $(filter $(CACHE)/%,$(shell readlink '$(BUILD)/tools'))
ifeq ($(if $(TOOLS),$(wildcard $(TOOLS)/versions)),)
$(BUILD)/tools.stamp: FORCE
endif

.PHONY: tools FORCE
tools: $(BUILD)/tools.id $(INTERFACES)/stamp ## Debian trixie tree with all the tools
FORCE:

$(BUILD)/tools.stamp: mk/tools-packages mk/tools-root
	@mk/host
	@MIRROR=$$(mk/mirror) && $(STEP) tools \
	    'making the tools root (2 minutes when not in the cache)' \
	    'is the mirror reachable? is there 3 GB of space? then again' \
	    mk/tools-root '$(CACHE)' "$$MIRROR" '$(BUILD)/tools'
	@touch $@

$(BUILD)/tools.id: $(BUILD)/tools.stamp
	@:

$(GNUMACH_DEV): | $(BUILD)/tools.id
	@MIRROR=$$(mk/mirror) && $(STEP) pinned \
	    'fetching the pinned files' \
	    'a mirror that still has the file: make MIRROR=...' \
	    mk/fetch '$(PINNED)' "$$MIRROR"

$(INTERFACES)/stamp: mk/pinned $(GNUMACH_DEV)
	@rm -rf '$(INTERFACES)' '$(INTERFACES).new'
	@dpkg-deb -x '$(GNUMACH_DEV)' '$(INTERFACES).new'
	@mv '$(INTERFACES).new/usr/include/aarch64-linux-gnu' '$(INTERFACES)'
	@rm -rf '$(INTERFACES).new'
	@touch $@
