/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Messages in the kernel.
 *
 * The body has the user's layout (mach/message.h, LP64); in kernel form
 *   the header's ports and inline ports are pointers (struct ipc_port *, 8
 *   bytes as for the user), their types MACH_MSG_TYPE_PORT_*;
 *   an out-of-line array of ports is a pointer to kalloc()ed memory, number *
 *   sizeof(mach_port_t) bytes, and its msgt_size is 64 (the user's is 32);
 *   other out-of-line memory is a vm_map_copy_t;
 *   either is 0 when it is empty.
 */
#ifndef IPC_IPC_KMSG_H
#define IPC_IPC_KMSG_H

#include <stdbool.h>
#include <stdint.h>

#include <lib/list.h>
#include <lib/macros.h>
#include <mach/message.h>
#include <mach/port.h>

/* The largest inline message (ABI.md, Messages). */
#define IPC_KMSG_SIZE_MAX	(64u * 1024u)

struct ipc_space;
struct ipc_port;
struct ipc_accept;

struct ipc_kmsg {
	struct list link;
	uint32_t capacity;		/* bytes from `header` on */
	struct ipc_accept *accept;	/* msg-accepted request, or NULL */
	mach_msg_header_t header;	/* kernel form; the body follows */
};

typedef struct ipc_kmsg *ipc_kmsg_t;

_Static_assert(sizeof(mach_msg_header_t) == 32 &&
    sizeof(mach_msg_user_header_t) == 32, "the header is not the ABI's");

void ipc_setup(void);

/* Room for `size` bytes from the header on; NULL without memory. */
struct ipc_kmsg *ipc_kmsg_alloc(uint32_t size);
/*
 * Room for a notification; without memory, from a reserve that freed messages
 * fill up again.
 */
struct ipc_kmsg *ipc_kmsg_alloc_reserved(void);
void ipc_kmsg_free(struct ipc_kmsg *kmsg);

/*
 * Release every right and memory that the message carries, and itself.  No
 * locks held.  What it carries may be receive rights with messages in turn:
 * those are destroyed in a loop, not by recursion.
 */
void ipc_kmsg_destroy(struct ipc_kmsg *kmsg);
/* The same for a list of them. */
void ipc_kmsg_destroy_list(struct list *kmsgs);
/* Release what the first `size` bytes of the body carry. */
void ipc_kmsg_clean_body(struct ipc_kmsg *kmsg, uint32_t size);

/*
 * Send a kernel-made message (kernel form, remote port right consumed).
 * Never blocks: queue limits are ignored.  A dead destination destroys the
 * message; a kernel port is served at once.  With `handoff`, a waiting receiver
 * runs when the caller blocks.
 */
void ipc_kmsg_send_kernel(struct ipc_kmsg *kmsg, bool handoff);

/* One data item of a body: its descriptor, decoded. */
struct ipc_item {
	mach_msg_type_t *type;
	mach_msg_type_name_t name;
	uint32_t size;			/* bits */
	uint32_t number;
	bool in_line;
	bool deallocate;
	bool ports;			/* port rights, not data */
	uint64_t length;		/* bytes of the elements */
	void *data;			/* elements, or the pointer's place */
	void *next;			/* the next item's descriptor */
};

/*
 * Decode the item at `at`, which ends before `end`; both are multiples of 8.
 * MACH_SEND_MSG_TOO_SMALL when it runs over the end.
 */
static inline mach_msg_return_t
ipc_item_decode(void *at, void *end, struct ipc_item *item)
{
	mach_msg_type_t *type = at;
	uint64_t room = (uint64_t)((char *)end - (char *)at);
	uint64_t span;

	if (room < sizeof(*type))
		return MACH_SEND_MSG_TOO_SMALL;
	room -= sizeof(*type);
	item->type = type;
	item->name = type->msgt_name;
	item->size = type->msgt_size;
	item->number = type->msgt_number;
	item->in_line = type->msgt_inline;
	item->deallocate = type->msgt_deallocate;
	item->ports = MACH_MSG_TYPE_PORT_ANY(item->name);
	item->length = ((uint64_t)item->number * item->size + 7) / 8;
	item->data = type + 1;
	span = item->in_line ? ALIGN_UP(item->length, 8) : sizeof(uint64_t);
	if (span > room)
		return MACH_SEND_MSG_TOO_SMALL;
	item->next = (char *)item->data + span;
	return MACH_MSG_SUCCESS;
}

/*
 * Zero what lies behind the items of a body that the kernel made, at `at`, up
 * to the next: nobody has written there.
 */
static inline void
ipc_kmsg_clear_padding(struct ipc_kmsg *kmsg, void *at)
{
	char *end = (char *)&kmsg->header + kmsg->header.msgh_size;
	struct ipc_item item;

	while ((char *)at < end &&
	    ipc_item_decode(at, end, &item) == MACH_MSG_SUCCESS) {
		at = item.next;
		if (item.in_line && (item.length & 7) != 0)
			((uint64_t *)at)[-1] &=
			    (1UL << (item.length & 7) * 8) - 1;
	}
}

/*
 * Header and body from user form to kernel form, rights and memory taken
 * from the current task, whose space is given.  A header that fails changed
 * nothing; a body that fails destroys the message.
 * notify: MACH_SEND_CANCEL's port if `cancel`.
 */
mach_msg_return_t ipc_kmsg_copyin_header(struct ipc_kmsg *kmsg,
    struct ipc_space *space, bool cancel, mach_port_name_t notify);
mach_msg_return_t ipc_kmsg_copyin_body(struct ipc_kmsg *kmsg,
    struct ipc_space *space);

/*
 * And back, for the receiver.  The destination's right is used up, ports and
 * bits are reversed.  held: see struct ipc_receive.  notify: MACH_RCV_NOTIFY's
 * port if `want_notify`.  MACH_RCV_HEADER_ERROR and _INVALID_NOTIFY leave the
 * reply port and body to ipc_kmsg_copyout_dest().
 * A body's failures are MACH_MSG_{IPC,VM}_{SPACE,KERNEL} bits.
 */
mach_msg_return_t ipc_kmsg_copyout_header(struct ipc_kmsg *kmsg,
    struct ipc_space *space, bool held, bool want_notify,
    mach_port_name_t notify);
mach_msg_return_t ipc_kmsg_copyout_body(struct ipc_kmsg *kmsg,
    struct ipc_space *space);
/* Only the destination's name; reply port and body are destroyed. */
void ipc_kmsg_copyout_dest(struct ipc_kmsg *kmsg, struct ipc_space *space,
    bool held);
/* Return an unsent message: rights as they came, header not reversed. */
mach_msg_return_t ipc_kmsg_copyout_pseudo(struct ipc_kmsg *kmsg,
    struct ipc_space *space);

/* mach_msg_trap; the return value goes to x0. */
mach_msg_return_t ipc_mach_msg_trap(uintptr_t message, mach_msg_option_t option,
    mach_msg_size_t send_size, mach_msg_size_t receive_size,
    mach_port_name_t receive_name, mach_msg_timeout_t timeout,
    mach_port_name_t notify);
mach_port_name_t ipc_mach_reply_port_trap(void);

#endif /* IPC_IPC_KMSG_H */
