/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What the drivers need beyond the modules' run time.
 */
#include <mach.h>

#include "lib/runtime.h"

#include <io.h>

void
io_print(const char *format, ...)
{
	char text[240];
	va_list list;

	va_start(list, format);
	format_text(text, sizeof(text), format, list);
	va_end(list);
	test_print("# %s", text);
}

static void
destroy_item(mach_msg_type_t *item, void *data)
{
	uint32_t number = item->msgt_number, i;
	mach_port_t *ports = data;
	vm_size_t size;

	if (MACH_MSG_TYPE_PORT_ANY(item->msgt_name)) {
		for (i = 0; i < number; i++)
			mach_port_deallocate(task_self_port, ports[i]);
		size = number * sizeof(*ports);
	} else {
		size = ((vm_size_t)item->msgt_size * number + 7) / 8;
	}
	if (!item->msgt_inline && size != 0)
		vm_deallocate(task_self_port, (vm_address_t)data, size);
}

/* Release the reply port and the body of a message that was received. */
void
mach_msg_destroy(mach_msg_header_t *message)
{
	char *at = (char *)(message + 1);
	char *end = (char *)message + message->msgh_size;
	mach_msg_type_t *item;
	vm_size_t size;

	if (message->msgh_remote_port != MACH_PORT_NULL)
		mach_port_deallocate(task_self_port,
		    message->msgh_remote_port);
	if ((message->msgh_bits & MACH_MSGH_BITS_COMPLEX) == 0)
		return;
	while (at < end) {
		item = (mach_msg_type_t *)at;
		at += sizeof(*item);
		size = item->msgt_inline ? ((vm_size_t)item->msgt_size *
		    item->msgt_number + 7) / 8 : sizeof(void *);
		if (item->msgt_inline && !MACH_MSG_TYPE_PORT_ANY(
		    item->msgt_name))
			;
		else if (item->msgt_inline)
			destroy_item(item, at);
		else
			destroy_item(item, *(void **)at);
		at += (size + 7) & ~(vm_size_t)7;
	}
}
