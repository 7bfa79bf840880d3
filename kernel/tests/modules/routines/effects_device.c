/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What the device protocol does (device.defs).
 */
#include "routines.h"

#include <device/notify.h>
#include <device/tty_status.h>

#include "../lib/devices.h"

#define self	task_self_port

static mach_port_t
open_device(const char *name)
{
	mach_port_t device = MACH_PORT_NULL;

	need_success(device_open(device_master, D_READ | D_WRITE,
	    (char *)name, &device));
	return device;
}

EFFECT(device_open)
{
	mach_port_t device = open_device("time");

	ok_eq(device, the(DEVICE), "each opening gives the same port");
	mach_port_deallocate(self, device);
	ok_eq(device_open(device_master, D_READ, "nothing", &device),
	    D_NO_SUCH_DEVICE, "no such device");
	need_success(device_close(the(DEVICE)));
}

EFFECT(device_close)
{
	mach_port_t device = open_device("kmsg");

	need_success(device_close(device));
	ok_eq(device_close(device), D_DEVICE_DOWN,
	    "what is not open is not closed");
	mach_port_deallocate(self, device);
}

/* No stub: the request as device.defs has it. */
EFFECT(device_open_new)
{
	struct message message;
	uint32_t mode = D_READ;
	char name[128] = "time";
	mach_port_t device;

	message_init(&message, device_master, MACH_MSG_TYPE_COPY_SEND,
	    mig_get_reply_port(), MACH_MSG_TYPE_MAKE_SEND_ONCE, 2806);
	message_add(&message, MACH_MSG_TYPE_INTEGER_32, 32, 1, &mode);
	message_add(&message, MACH_MSG_TYPE_STRING_C, 8, sizeof name, name);
	need_success(mach_msg(&message.header, MACH_SEND_MSG | MACH_RCV_MSG,
	    message.header.msgh_size, sizeof message, mig_get_reply_port(), 0,
	    MACH_PORT_NULL));
	device = *(mach_port_t *)message_data(message_item(&message, 1));
	ok_eq(device, the(DEVICE), "the device");
	mach_port_deallocate(self, device);
	need_success(device_close(the(DEVICE)));
}

EFFECT(device_write)
{
	mach_port_t device = open_device("console");
	static char text[] = "# written by device_write\n";
	int written = 0;

	need_success(device_write(device, 0, 0, text, sizeof text - 1,
	    &written));
	ok_eq(written, sizeof text - 1, "all of it");
	device_close(device);
	mach_port_deallocate(self, device);
}

EFFECT(device_write_inband)
{
	mach_port_t device = open_device("console");
	static char text[128] = "# written by device_write_inband\n";
	int written = 0;

	need_success(device_write_inband(device, 0, 0, text,
	    (mach_msg_type_number_t)strlen(text), &written));
	ok_eq(written, strlen(text), "all of it");
	device_close(device);
	mach_port_deallocate(self, device);
}

EFFECT(device_read)
{
	mach_port_t device = open_device("kmsg");
	io_buf_ptr_t data = NULL;
	mach_msg_type_number_t count = 0;

	need_success(device_read(device, 0, 0, 64, &data, &count));
	ok(count > 0 && count <= 64, "%u bytes of the kernel's messages",
	    count);
	memory_free((vm_address_t)data, page_size);
	device_close(device);
	mach_port_deallocate(self, device);
}

EFFECT(device_read_inband)
{
	mach_port_t device = open_device("kmsg");
	io_buf_ptr_inband_t data;
	mach_msg_type_number_t count = sizeof data;

	need_success(device_read_inband(device, 0, 0, 32, data, &count));
	ok(count > 0 && count <= 32, "%u bytes of the kernel's messages",
	    count);
	device_close(device);
	mach_port_deallocate(self, device);
}

EFFECT(device_map)
{
	mach_port_t pager = MACH_PORT_NULL;
	vm_address_t address = 0;

	need_success(device_map(the(DEVICE), VM_PROT_READ, 0, page_size,
	    &pager, 0));
	need_success(vm_map(self, &address, page_size, 0, TRUE, pager, 0,
	    FALSE, VM_PROT_READ, VM_PROT_READ, VM_INHERIT_NONE));
	ok(can_read(address) && !can_write(address), "the clock's page");
	memory_free(address, page_size);
	mach_port_deallocate(self, pager);
}

/* The console is a terminal: lines and columns of it, flags. */
EFFECT(device_get_status)
{
	mach_port_t device = open_device("console");
	static int status[1024];
	mach_msg_type_number_t count = 1024;

	need_success(device_get_status(device, TTY_STATUS, status,
	    &count));
	ok(count > 0, "%u words", count);
	device_close(device);
	mach_port_deallocate(self, device);
}

EFFECT(device_set_status)
{
	mach_port_t device = open_device("console");
	static int status[1024];
	static int again[1024];
	mach_msg_type_number_t count = 1024, size = 1024;

	need_success(device_get_status(device, TTY_STATUS, status,
	    &count));
	need_success(device_set_status(device, TTY_STATUS, status,
	    count));
	need_success(device_get_status(device, TTY_STATUS, again,
	    &size));
	ok(size == count && memcmp(status, again, count * 4) == 0,
	    "as it was set");
	device_close(device);
	mach_port_deallocate(self, device);
}

/* The alarm of the PL031 clock (Arm DDI 0224) raises a line. */
#define RTCDR		0x00		/* seconds */
#define RTCMR		0x04		/* alarm */
#define RTCIMSC		0x10
#define RTCRIS		0x14
#define RTCICR		0x1c

static volatile void *rtc;
static int rtc_irq;
static mach_port_t irq;

static void
setup_alarm(void)
{
	fdt_node_t node = device_tree_clock();
	struct fdt_range registers;

	if (rtc != NULL)
		return;
	need(fdt_reg(device_tree(), node, 0, &registers));
	rtc_irq = device_tree_interrupt(node);
	irq = device_open_name("irq");
	rtc = device_registers(registers.address, page_size);
}

static void
raise_line(void)
{
	register_write(rtc, RTCICR, 1);
	register_write(rtc, RTCIMSC, 1);
	do
		register_write(rtc, RTCMR, register_read(rtc, RTCDR));
	while (register_read(rtc, RTCRIS) == 0);
}

static bool
line_heard(mach_port_t port, unsigned int ms)
{
	static struct message message;

	return message_receive(&message, port, ms) == MACH_MSG_SUCCESS &&
	    message.header.msgh_id == DEVICE_INTR_NOTIFY;
}

EFFECT(device_intr_register)
{
	mach_port_t port = port_with_send();

	setup_alarm();
	need_success(device_intr_register(irq, rtc_irq, 0, port,
	    MACH_MSG_TYPE_COPY_SEND));
	raise_line();
	ok(line_heard(port, 3000), "an interrupt comes as a message");
	register_write(rtc, RTCICR, 1);
	register_write(rtc, RTCIMSC, 0);
	port_destroy(port);
}

EFFECT(device_intr_ack)
{
	mach_port_t port = port_with_send();

	setup_alarm();
	need_success(device_intr_register(irq, rtc_irq, 0, port,
	    MACH_MSG_TYPE_COPY_SEND));
	raise_line();
	need(line_heard(port, 3000));
	ok(!line_heard(port, 10), "only one, though the line stays raised");
	need_success(device_intr_ack(irq, port, MACH_MSG_TYPE_COPY_SEND));
	ok(line_heard(port, 3000), "acknowledged, it comes again");
	register_write(rtc, RTCICR, 1);
	register_write(rtc, RTCIMSC, 0);
	port_destroy(port);
}
