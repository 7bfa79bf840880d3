# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
#
# The host body: the neutral half of the kernel as a library of the build
# host, and the unit tests that run it under ASan and UBSan.

# Hidden: the sanitizers shall call libc's sched_yield(), not the kernel's.
HOST_CFLAGS	= -std=gnu17 -O1 -g -fno-strict-aliasing -fno-common \
		  -fvisibility=hidden \
		  -fsanitize=address,undefined -fno-sanitize-recover=all \
		  -ffunction-sections -fdata-sections \
		  $(WARNINGS) $(DEFINES) -DDEBUG -Iarch/host $(INCLUDES)
# The C library has the string functions (test_string.c brings ours along).
HOST_OBJECTS	:= $(patsubst %.c,$(O)/host/%.o, \
		   $(filter-out lib/string.c,$(NEUTRAL)) \
		   $(sort $(wildcard arch/host/*.c))) \
		   $(SERVERS:%=$(O)/host/mig/%.o)
UNIT_TESTS	:= $(patsubst tests/unit/test_%.c,%,$(sort \
		   $(wildcard tests/unit/test_*.c)))

$(HOST_OBJECTS) $(UNIT_TESTS:%=$(O)/host/tests/unit/test_%.o): \
    | $(SERVERS:%=$(O)/mig/%.server.c)

$(O)/host/%.o: %.c
	@mkdir -p $(@D)
	@printf '  HOSTCC  %s\n' $<
	$(Q)$(HOSTCC) $(HOST_CFLAGS) -MMD -MP -c $< -o $@

$(O)/host/mig/%.o: $(O)/mig/%.server.c
	@mkdir -p $(@D)
	@printf '  HOSTCC  mig/%s\n' $(<F)
	$(Q)$(HOSTCC) $(HOST_CFLAGS) $(MIG_CFLAGS) -MMD -MP -c $< -o $@

$(O)/host/libkernel.a: $(HOST_OBJECTS)
	@printf '  AR      %s\n' $(@F)
	$(Q)rm -f $@; ar rcD $@ $^

$(O)/unit/%: $(O)/host/tests/unit/test_%.o $(O)/host/libkernel.a
	@mkdir -p $(@D)
	@printf '  HOSTLD  %s\n' $(@F)
	$(Q)$(HOSTCC) -fsanitize=address,undefined -Wl,--gc-sections \
	    -o $@ $< $(O)/host/libkernel.a -lcmocka

# Run all tests; TAP goes to $(O)/unit/*.tap and to standard output.
host: $(UNIT_TESTS:%=$(O)/unit/%)
	@status=0; for test in $(UNIT_TESTS); do \
	    echo "# unit $$test"; \
	    CMOCKA_MESSAGE_OUTPUT=TAP timeout 120 $(O)/unit/$$test \
	        >$(O)/unit/$$test.tap 2>$(O)/unit/$$test.log || status=1; \
	    cat $(O)/unit/$$test.tap; \
	    grep -h -m1 'ERROR: \|runtime error' $(O)/unit/$$test.log \
	        && status=1; \
	done; exit $$status

include tests/fuzz/fuzz.mk

-include $(HOST_OBJECTS:.o=.d) \
    $(UNIT_TESTS:%=$(O)/host/tests/unit/test_%.d)
