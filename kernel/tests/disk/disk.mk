# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
#
# The disk driver of packages/hurd with its test, as a boot module of the same
# run time as the others: $(O)/disk/disk, by `make disk` only.

DRIVER		:= ../packages/hurd/virtio-blk
DISK_SOURCES	:= $(sort $(wildcard $(DRIVER)/*.c $(DRIVER)/aarch64/*.c))
DISK_OBJECTS	:= $(patsubst $(DRIVER)/%.c,$(O)/disk/driver/%.o, \
		   $(DISK_SOURCES)) $(O)/disk/disk.o $(O)/disk/support.o \
		   $(O)/disk/device_server.o $(O)/disk/device_reply.user.o
DISK_CFLAGS	= -Itests/disk/include -I$(DRIVER) -I$(O)/disk \
		  -Wno-unused-function $(MODULE_CFLAGS)

.PHONY: disk
disk: $(O)/disk/disk

$(O)/disk/device_server.c $(O)/disk/device_server.h &: $(O)/flags
	@mkdir -p $(@D)
	$(Q)CC='$(CC)' $(MIG) -DDEVICE_ENABLE_DEVICE_OPEN_NEW \
	    -I$(INTERFACES) -header /dev/null -user /dev/null \
	    -sheader $(O)/disk/device_server.h \
	    -server $(O)/disk/device_server.c \
	    $(INTERFACES)/device/device.defs

$(O)/disk/device_reply.user.c $(O)/disk/device_reply.user.h &: $(O)/flags
	@mkdir -p $(@D)
	$(Q)CC='$(CC)' $(MIG) -I$(INTERFACES) \
	    -header $(O)/disk/device_reply.user.h \
	    -user $(O)/disk/device_reply.user.c -server /dev/null \
	    $(INTERFACES)/device/device_reply.defs

DISK_GENERATED	:= $(O)/disk/device_server.h $(O)/disk/device_reply.user.h \
		   $(SERVERS:%=$(O)/module/mig/%.user.h)

$(O)/disk/driver/%.o: $(DRIVER)/%.c $(O)/flags | $(DISK_GENERATED)
	@mkdir -p $(@D)
	@printf '  CC      %s\n' $(<F)
	$(Q)$(CC) $(DISK_CFLAGS) -MMD -MP -c $< -o $@

$(O)/disk/%.o: tests/disk/%.c $(O)/flags | $(DISK_GENERATED)
	@mkdir -p $(@D)
	@printf '  CC      %s\n' $<
	$(Q)$(CC) $(DISK_CFLAGS) -MMD -MP -c $< -o $@

$(O)/disk/%.o: $(O)/disk/%.c | $(DISK_GENERATED)
	$(Q)$(CC) $(DISK_CFLAGS) -c $< -o $@

$(O)/disk/disk: $(DISK_OBJECTS) $(MODULE_LIB)
	@printf '  LD      disk\n'
	$(Q)$(CROSS)ld -static -nostdlib --build-id=none -z noexecstack \
	    -z max-page-size=65536 -z separate-code -e _start -o $@ $^

-include $(DISK_OBJECTS:.o=.d)

# The driver on the build host, with devices that lie.
DRIVER_SOURCES	:= $(filter-out $(DRIVER)/server.c $(DRIVER)/io_mach.c, \
		   $(wildcard $(DRIVER)/*.c)) \
		   tests/disk/fake.c tests/disk/test_driver.c
DRIVER_CFLAGS	= -std=gnu17 -O1 -g -Wall -Wextra -Werror \
		  -fsanitize=address,undefined -fno-sanitize-recover=all \
		  -I$(DRIVER)

$(O)/disk/test_driver: $(DRIVER_SOURCES) $(wildcard $(DRIVER)/*.h) \
    tests/disk/fake.h
	@mkdir -p $(@D)
	@printf '  HOSTLD  %s\n' $(@F) >&2
	$(Q)$(HOSTCC) $(DRIVER_CFLAGS) -o $@ $(DRIVER_SOURCES) -lcmocka

.PHONY: driver-check
driver-check: $(O)/disk/test_driver
	@CMOCKA_MESSAGE_OUTPUT=TAP timeout 120 $<
