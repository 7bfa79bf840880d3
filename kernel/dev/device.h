/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Devices of the kernel: few, each a struct device that never goes away.
 *
 * The device protocol (device/device.defs) is served by rpc/device.c; a
 * device implements the operations that it has, the others answer
 * D_INVALID_OPERATION.  Disks and networks are user-space servers.
 */
#ifndef DEV_DEVICE_H
#define DEV_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <device/device_types.h>
#include <kern/lock.h>
#include <mach/kern_return.h>
#include <mach/mach_types.h>
#include <mach/message.h>

struct device_later;
struct ipc_port;
struct vm_object;

struct device {
	const char *name;
	/* Called before each opening; may refuse it. */
	io_return_t (*open)(struct device *device, dev_mode_t mode);
	/* Called after the last closing. */
	void (*close)(struct device *device);
	/*
	 * Write `size` bytes; *written says how many were.  `record` is a
	 * byte offset on devices that have a position.
	 */
	io_return_t (*write)(struct device *device, dev_mode_t mode,
	    recnum_t record, const char *data, size_t size, size_t *written);
	/*
	 * Read at most `size` bytes, at least one unless at the end.
	 * D_WOULD_BLOCK: there is nothing now.
	 */
	io_return_t (*read)(struct device *device, dev_mode_t mode,
	    recnum_t record, char *data, size_t size, size_t *got);
	/*
	 * Answer a read when there is something; it has been found that there
	 * is nothing now.  A failure leaves the request to the caller.
	 */
	io_return_t (*read_later)(struct device *device,
	    struct device_later *later);
	/*
	 * The object behind [offset, offset + size), with a reference; its
	 * byte 0 is `offset`.
	 */
	io_return_t (*map)(struct device *device, vm_prot_t protection,
	    uint64_t offset, uint64_t size, struct vm_object **object);
	io_return_t (*get_status)(struct device *device, dev_flavor_t flavor,
	    dev_status_t status, mach_msg_type_number_t *count);
	io_return_t (*set_status)(struct device *device, dev_flavor_t flavor,
	    const int *status, mach_msg_type_number_t count);
	/*
	 * Send interrupt `id` to a port; go on after a notification to it.  On
	 * success the send right is consumed.
	 */
	io_return_t (*intr_register)(struct device *device, int id,
	    int flags, struct ipc_port *port);
	io_return_t (*intr_ack)(struct device *device, struct ipc_port *port);

	/* Kept by device.c. */
	spinlock_t lock;
	struct ipc_port *port;		/* kernel-held; made by first open */
	unsigned int opens;		/* not yet closed */
};

/* The most bytes that one read or write moves; more is done in parts. */
#define DEVICE_IO_MAX	65536u

/*
 * The device of that name for a new opening; its port exists.
 * D_NO_SUCH_DEVICE, D_NO_MEMORY.
 */
io_return_t device_open_name(const char *name, dev_mode_t mode,
    struct device **device);
/* One opening ends; D_DEVICE_DOWN when there is none. */
io_return_t device_close_one(struct device *device);

extern struct device device_console;
extern struct device device_time;
extern struct device device_kmsg;
extern struct device device_mem;
extern struct device device_irq;
extern struct device device_random;

#endif /* DEV_DEVICE_H */
