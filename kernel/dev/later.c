/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <dev/later.h>

#include <ipc/ipc_kmsg.h>
#include <ipc/ipc_port.h>
#include <kern/kalloc.h>
#include <lib/macros.h>
#include <lib/string.h>
#include <mach/mig_errors.h>
#include <vm/vm_map.h>

#define REPLY_READ		2904
#define REPLY_READ_INBAND	2905

/* The replies to device_read and device_read_inband. */
struct read_reply {
	mach_msg_header_t header;
	mach_msg_type_t result_type;
	kern_return_t result;
	int unused;
	mach_msg_type_t data_type;
	union {
		char data[IO_INBAND_MAX];
		uint64_t copy;		/* vm_map_copy_t */
	};
};

struct device_later *
device_later_create(struct ipc_port *reply, mach_msg_type_name_t reply_type,
    bool inband, size_t size)
{
	struct device_later *later = kalloc(sizeof(*later));

	if (later == NULL)
		return NULL;
	later->reply = reply;
	later->reply_type = reply_type;
	later->inband = inband;
	later->size = size;
	return later;
}

void
device_later_forget(struct device_later *later)
{
	kfree(later, sizeof(*later));
}

bool
device_later_dead(const struct device_later *later)
{
	struct ipc_port *port = later->reply;
	bool dead;

	spin_lock(&port->lock);
	dead = !port->active;
	spin_unlock(&port->lock);
	return dead;
}

/* The data item; its size in the message, or 0 without memory. */
static size_t
put_data(struct read_reply *reply, bool inband, const char *data, size_t size)
{
	vm_map_copy_t copy = VM_MAP_COPY_NULL;

	reply->data_type = (mach_msg_type_t){
		.msgt_name = inband ? MACH_MSG_TYPE_CHAR
		    : MACH_MSG_TYPE_INTEGER_8,
		.msgt_size = 8,
		.msgt_number = (unsigned int)size,
		.msgt_inline = inband,
		.msgt_longform = !inband,
		.msgt_deallocate = !inband,
	};
	if (inband) {
		memcpy(reply->data, data, size);
		return sizeof(reply->data_type) + ALIGN_UP(size, 8);
	}
	if (size != 0 && vm_map_copy_create(data, size, &copy) !=
	    KERN_SUCCESS)
		return 0;
	reply->copy = (uint64_t)(uintptr_t)copy;
	reply->header.msgh_bits |= MACH_MSGH_BITS_COMPLEX;
	return sizeof(reply->data_type) + sizeof(reply->copy);
}

void
device_later_answer(struct device_later *later, io_return_t result,
    const char *data, size_t size)
{
	struct ipc_kmsg *kmsg = ipc_kmsg_alloc(sizeof(struct read_reply));
	struct read_reply *reply;
	size_t item = 0;

	if (kmsg == NULL) {
		ipc_port_release_right(later->reply, later->reply_type);
		device_later_forget(later);
		return;
	}
	reply = (struct read_reply *)&kmsg->header;
	memset(reply, 0, sizeof(*reply));
	reply->header.msgh_bits = MACH_MSGH_BITS(later->reply_type, 0);
	reply->header.msgh_remote_port = (mach_port_t)later->reply;
	reply->header.msgh_id = later->inband ? REPLY_READ_INBAND
	    : REPLY_READ;
	reply->result_type = (mach_msg_type_t){
		.msgt_name = MACH_MSG_TYPE_INTEGER_32,
		.msgt_size = 32,
		.msgt_number = 1,
		.msgt_inline = TRUE,
	};
	if (result == D_SUCCESS) {
		item = put_data(reply, later->inband, data, size);
		if (item == 0)
			result = D_NO_MEMORY;
	}
	reply->result = result;
	reply->header.msgh_size = (mach_msg_size_t)
	    (offsetof(struct read_reply, data_type) + item);
	device_later_forget(later);
	ipc_kmsg_send_kernel(kmsg, true);
}
