/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Notifications (mach/notify.defs).  Each consumes the send-once right
 * `notify`; IP_NULL and IP_DEAD are fine.
 */
#ifndef IPC_IPC_NOTIFY_H
#define IPC_IPC_NOTIFY_H

#include <ipc/ipc_port.h>

void ipc_notify_port_deleted(struct ipc_port *notify, mach_port_name_t name);
void ipc_notify_msg_accepted(struct ipc_port *notify, mach_port_name_t name);
/* Also consumes the receive right `port`. */
void ipc_notify_port_destroyed(struct ipc_port *notify,
    struct ipc_port *port);
void ipc_notify_no_senders(struct ipc_port *notify,
    mach_port_mscount_t make_send_count);
void ipc_notify_send_once(struct ipc_port *notify);
void ipc_notify_dead_name(struct ipc_port *notify, mach_port_name_t name);

#endif /* IPC_IPC_NOTIFY_H */
