/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Device "irq": interrupts as messages (GNU Mach manual, Device Interrupt).
 *
 * An interrupt masks its line; a thread of the kernel sends a notification
 * (device/notify.defs) to each port registered for the line; when all of
 * them have acknowledged, the line is let go.  Every registration keeps the
 * memory of its next notification, so that delivery cannot fail.
 *
 * The number of a line is the interrupt controller's: 32 plus the number in
 * the device tree's specifier of a shared interrupt.  Others belong to the
 * kernel.
 */
#ifndef DEV_IRQ_H
#define DEV_IRQ_H

struct ipc_port;

/* Boot: starts the thread that sends notifications. */
void irq_device_setup(void);

/*
 * A port that interrupts are sent to (ipc_port::interrupts) has died: its
 * lines are as if it had acknowledged and never registered.  No locks held.
 */
void irq_device_port_died(struct ipc_port *port);

#endif /* DEV_IRQ_H */
