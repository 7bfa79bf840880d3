# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
#
# Debian packages. What they are, how they depend on each other, their keys
# and their results are the business of packages/; here is only when to ask.
#
#   $(BUILD)/packages.id    `NAME KEY RESULT` of each; changes with them only
#   $(BUILD)/packages/NAME  symbolic link to the result

PACKAGE_FILES := $(shell find packages debian kernel mk/pinned -type f \
    ! -name '*~' ! -name '.*')
PACKAGE_NAMES = $(shell packages/list)

.PHONY: packages toolchain package-NAME
packages: $(BUILD)/packages.id ## build all Debian packages
toolchain: ## the cross compilers and libraries too, in the repository
	@mkdir -p $(BUILD)
	@[ -e $(BUILD)/with-toolchain ] || touch $(BUILD)/with-toolchain
	@$(MAKE) repo
package-NAME: ## build one Debian package and what it is built with
	@echo 'which? $(PACKAGE_NAMES:%=package-%)'

PACKAGE_STEP = $(STEP) $@ 'building the Debian package $* and what it needs' \
    'packages/README.md says how it is built; V=1 shows all of it'
package-%: $(BUILD)/tools.id $(GNUMACH_DEV) $(KEYRING) FORCE
	@$(PACKAGE_STEP) $(IN_ROOT) packages/build $*

# The keyring is made again when another KEY is given.
$(BUILD)/key.id: FORCE
	@mkdir -p $(@D); echo '$(KEY)' | cmp -s - $@ || echo '$(KEY)' >$@

ifeq ($(wildcard $(CACHE)/keys/secret.pgp)$(KEY),)
$(BUILD)/keyring.stamp: FORCE
endif
$(BUILD)/keyring.stamp: $(BUILD)/key.id mk/signing-key $(BUILD)/tools.id
	@$(STEP) keyring 'the signing key' \
	    'KEY= must be a file with a secret key or a gpg key id' \
	    $(IN_ROOT) mk/signing-key public $(KEYRING)
	@touch $@

$(KEYRING): $(BUILD)/keyring.stamp
	@:

# The stamp has the time of the start: what is edited while packages are
# built is newer. A result that the cache lost is built again.
ifneq ($(shell cut -d ' ' -f 3 '$(BUILD)/packages.id' 2>/dev/null | \
    while read -r result; do case $$result in \
    ('$(CACHE)'/*) [ -e "$$result" ] || echo gone;; \
    (*) echo elsewhere;; esac; done),)
$(BUILD)/packages.stamp: FORCE
endif
$(BUILD)/packages.stamp: $(PACKAGE_FILES) $(BUILD)/tools.id $(GNUMACH_DEV) \
    $(KEYRING) $(wildcard $(BUILD)/with-toolchain)
	@touch $@.new
	@set -e; names=$$(packages/list); count=$$(echo "$$names" | wc -l); \
	number=0; for name in $$names; do \
		number=$$((number + 1)); \
		$(STEP) package-$$name \
		    "Debian package $$number of $$count: $$name" \
		    "then: make package-$$name" \
		    $(IN_ROOT) packages/build $$name; \
	done
	@for name in $$(packages/list --published); do \
		result=$$(readlink $(BUILD)/packages/$$name); \
		echo "$$name $${result##*/} $$result"; \
	done >$(BUILD)/packages.new
	@cmp -s $(BUILD)/packages.new $(BUILD)/packages.id || \
	    cp $(BUILD)/packages.new $(BUILD)/packages.id
	@rm $(BUILD)/packages.new
	@mv $@.new $@

$(BUILD)/packages.id: $(BUILD)/packages.stamp
	@:
