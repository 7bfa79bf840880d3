/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Reads that wait for data: they hold no thread, the reply is sent when there
 * is something, as device/device_reply.defs has it.
 */
#ifndef DEV_LATER_H
#define DEV_LATER_H

#include <stdbool.h>
#include <stddef.h>

#include <device/device_types.h>
#include <lib/list.h>
#include <mach/message.h>

struct ipc_port;

struct device_later {
	struct list link;		/* for the device's use */
	struct ipc_port *reply;		/* the right to answer */
	mach_msg_type_name_t reply_type;
	bool inband;
	size_t size;			/* bytes wanted */
};

/* The right becomes the request's; NULL: no memory. */
struct device_later *device_later_create(struct ipc_port *reply,
    mach_msg_type_name_t reply_type, bool inband, size_t size);

/* Nobody waits for the answer any more. */
bool device_later_dead(const struct device_later *later);

/* Answer and free; no locks held.  Without memory the client hears less. */
void device_later_answer(struct device_later *later, io_return_t result,
    const char *data, size_t size);

/* Free and leave the right to the caller. */
void device_later_forget(struct device_later *later);

#endif /* DEV_LATER_H */
