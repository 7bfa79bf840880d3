/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The machine as an object (GNU Mach manual, Host Interface).
 */
#ifndef KERN_HOST_H
#define KERN_HOST_H

#include <mach/mach_types.h>
#include <mach/port.h>

struct ipc_port;

/* There is one; its ports never change and are never destroyed. */
struct host {
	struct ipc_port *self;		/* the name port */
	struct ipc_port *priv;		/* the control port */
};

typedef struct host *host_t;
typedef struct host *host_priv_t;

#define HOST_NULL	((host_t)0)

extern struct host realhost;

/* host_reboot() options beside 0, restart (glibc: sys/reboot.h). */
#define RB_HALT		0x08
#define RB_DEBUGGER	0x1000

#endif /* KERN_HOST_H */
