/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The first tasks: boot modules from the device tree, started as their boot
 * scripts say.
 */

#ifndef KERN_BOOTSTRAP_H
#define KERN_BOOTSTRAP_H

/*
 * Start the boot modules of machine_fdt and give their memory back. If none
 * can be started, say so and power off: there is nothing to run.
 *
 * To be called once, by a thread of the kernel.
 */
void bootstrap_run(void);

#endif /* KERN_BOOTSTRAP_H */
