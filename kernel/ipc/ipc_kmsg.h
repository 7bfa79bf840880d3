/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Messages in the kernel.
 *
 * The body has the user's layout; port fields hold pointers, out-of-line
 * memory fields hold vm_map_copy_t, out-of-line port arrays kernel memory.
 */
#ifndef IPC_IPC_KMSG_H
#define IPC_IPC_KMSG_H

#include <stdint.h>

#include <lib/list.h>
#include <mach/message.h>

/* The largest inline message (ABI.md, Messages). */
#define IPC_KMSG_SIZE_MAX	(64u * 1024u)

struct ipc_kmsg {
	struct list link;
	uint32_t capacity;		/* bytes from `header` on */
	uint32_t flags;
	mach_msg_header_t header;	/* kernel form; the body follows */
};

typedef struct ipc_kmsg *ipc_kmsg_t;

void ipc_setup(void);

/* Room for `size` bytes from the header on; NULL without memory. */
struct ipc_kmsg *ipc_kmsg_alloc(uint32_t size);
void ipc_kmsg_free(struct ipc_kmsg *kmsg);
/* Release every right and memory that the message carries, and itself. */
void ipc_kmsg_destroy(struct ipc_kmsg *kmsg);

/*
 * Send a kernel-made message (kernel form, dispositions already PORT_SEND
 * and so on; remote port right consumed).  Never blocks: queue limits are
 * ignored.  A dead destination destroys the message.  With `handoff`, a
 * waiting receiver runs when the caller blocks.
 */
void ipc_kmsg_send_kernel(struct ipc_kmsg *kmsg, bool handoff);

/* mach_msg_trap; the return value goes to x0. */
mach_msg_return_t ipc_mach_msg_trap(uintptr_t message, mach_msg_option_t option,
    mach_msg_size_t send_size, mach_msg_size_t receive_size,
    mach_port_name_t receive_name, mach_msg_timeout_t timeout,
    mach_port_name_t notify);
mach_port_name_t ipc_mach_reply_port_trap(void);

#endif /* IPC_IPC_KMSG_H */
