# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
#
# The disk image, from the repository; running it.

IMAGE := $(BUILD)/image/hurd-arm64$(if $(filter uboot,$(BOOT)),-uboot)
IMAGE_ID := $(BUILD)/$(notdir $(IMAGE)).id
IMAGE_FILES := $(shell find image hooks -type f ! -name '*.md' ! -name run \
    ! -name '*~' ! -name '.*')

.PHONY: image image-uboot run gdb
image: $(IMAGE).raw ## disk image in build/image (raw and qcow2)
image-uboot:
	@$(MAKE) BOOT=uboot image

$(IMAGE_ID): FORCE
	@mkdir -p $(@D)
	@echo '$(IMAGE_SIZE) $(PACKAGES)' | cmp -s - $@ || \
	    echo '$(IMAGE_SIZE) $(PACKAGES)' >$@

$(IMAGE).raw: $(IMAGE_FILES) $(REPO)/stamp $(IMAGE_ID)
	@$(STEP) image 'making the disk image' \
	    'image/README.md says how it is made' \
	    $(IN_ROOT) image/build $(REPO) $(BUILD)/image
	@touch $@

run: $(IMAGE).raw ## boot the image in QEMU on this terminal; Ctrl-A X leaves
	@$(IN_ROOT) image/run $(IMAGE).raw \
	    -gdb unix:$(BUILD)/gdb.socket,server=on,wait=off

# A machine of `make run` if there is one, e.g. after a panic.
gdb: kernel ## gdb on the machine that runs, or on a new one that QEMU holds (MODULES=)
	@$(IN_ROOT) kernel/tools/gdb/run $(KERNEL) $(BUILD)/gdb.socket \
	    $(MODULES)
