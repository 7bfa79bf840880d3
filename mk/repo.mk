# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
#
# The apt repository, signed; and its publication.

PUBLISH_NEEDS := $(if $(filter publish,$(MAKECMDGOALS)),\
    $(if $(TO),,$(error publish where? make publish TO=DIRECTORY-or-HOST:PATH)))

.PHONY: repo publish
repo: $(REPO)/stamp ## signed apt repository in build/repo

# Release files are good for 90 days: sign again well before.
ifneq ($(shell find $(REPO)/stamp -mtime +30 2>/dev/null),)
$(REPO)/stamp: FORCE
endif
$(REPO)/stamp: mk/repo mk/signing-key $(BUILD)/packages.id $(KEYRING)
	@$(STEP) repo 'making the apt repository' \
	    'was a package built in part? make packages' \
	    $(IN_ROOT) mk/signing-key run mk/repo $(REPO)
	@touch $@

# The files first, then the indices that name them, then what is obsolete.
publish: $(REPO)/stamp ## copy the repository to TO=
	@mk/host rsync
	@$(STEP) publish 'publishing to $(TO)' 'is $(TO) there, and yours?' \
	    sh -c 'rsync -r --times "$$1/pool" "$$1/archive-keyring.pgp" "$$2/" && \
	    rsync -r --times --delete-after "$$1/dists" "$$2/" && \
	    rsync -r --times --delete "$$1/pool" "$$2/"' \
	    publish '$(REPO)' '$(TO)'
