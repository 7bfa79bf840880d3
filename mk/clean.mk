# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
#
# Trees made with mapped ids are deleted with mapped ids. Signing keys and
# fetched files outlive distclean: they cannot be made again.

.PHONY: clean distclean prune-cache
clean: ## remove build/, keep the cache
	@mk/as-root rm -rf '$(BUILD)'

prune-cache: $(BUILD)/tools.id $(KEYRING) ## list results in the cache that nothing needs; YES=1 removes them
	@packages/prune-cache $(if $(filter 1,$(YES)),--remove)

distclean: clean ## remove build/ and what the cache can make again
	@mk/as-root find '$(CACHE)' -mindepth 1 -maxdepth 1 \
	    ! -name keys ! -name pinned -exec rm -rf '{}' +
