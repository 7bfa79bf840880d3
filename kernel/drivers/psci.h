/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
#ifndef DRIVERS_PSCI_H
#define DRIVERS_PSCI_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Start the processor with the given affinity at a physical address, MMU
 * off, x0 = context.  False if the firmware refuses.
 */
bool psci_cpu_on(uint64_t mpidr, uint64_t entry_phys, uint64_t context);

/*
 * Without a usable device tree: assume firmware behind smc (where the kernel
 * was entered at EL2) or hvc, so that a failure can still power off.
 */
void psci_assume(bool smc);

#endif /* DRIVERS_PSCI_H */
