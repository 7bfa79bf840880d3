/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Interrupts as messages, and registers through mem: a driver for the alarm
 * of the PL031 clock (Arm DDI 0224), level triggered.
 */
#include "lib/devices.h"

#include <device/notify.h>

#define RTCDR		0x00		/* seconds */
#define RTCMR		0x04		/* alarm */
#define RTCIMSC		0x10
#define RTCRIS		0x14
#define RTCICR		0x1c

#define LONG		5000		/* ms: something has gone wrong */
#define SHORT		30		/* ms: nothing comes */

static volatile void *rtc;
static int rtc_irq;
static mach_port_t irq;
static struct message message;

/* Raise the line now: the alarm's second is the present one. */
static void
raise_line(void)
{
	register_write(rtc, RTCIMSC, 1);
	do
		register_write(rtc, RTCMR, register_read(rtc, RTCDR));
	while (register_read(rtc, RTCRIS) == 0);
}

static void
clear_line(void)
{
	register_write(rtc, RTCICR, 1);
}

static kern_return_t
listen_on(mach_port_t device, int id, int flags, mach_port_t port)
{
	return device_intr_register(device, id, flags, port,
	    MACH_MSG_TYPE_COPY_SEND);
}

static kern_return_t
listen(mach_port_t port)
{
	return listen_on(irq, rtc_irq, 0, port);
}

static kern_return_t
acknowledge_on(mach_port_t device, mach_port_t port)
{
	return device_intr_ack(device, port, MACH_MSG_TYPE_COPY_SEND);
}

/* True if a notification of the line came within `ms`. */
static bool
heard(mach_port_t port, unsigned int ms)
{
	const device_intr_notification_t *intr = (void *)&message;

	if (message_receive(&message, port, ms) != MACH_MSG_SUCCESS)
		return false;
	return message.header.msgh_id == DEVICE_INTR_NOTIFY &&
	    message.header.msgh_local_port == port &&
	    message.header.msgh_remote_port == MACH_PORT_NULL &&
	    intr->intr_type.msgt_name == MACH_MSG_TYPE_INTEGER_32 &&
	    intr->intr_type.msgt_number == 1 && intr->id == rtc_irq;
}

static void
acknowledge(mach_port_t port)
{
	need_success(acknowledge_on(irq, port));
}

/* The kernel took the time of day from the clock when it started. */
static void
test_time(void)
{
	time_value64_t now;
	uint32_t seconds = register_read(rtc, RTCDR);

	need_success(host_get_time64(mach_host_self(), &now));
	ok(now.seconds - (int64_t)seconds <= 2 &&
	    now.seconds - (int64_t)seconds >= -2,
	    "the time of day is the clock's, %ld", (long)now.seconds);
	ok(now.seconds > 1700000000, "and not of the last century");
}

static void
test_refused(void)
{
	static const int ids[] = { -1, 0, 15, 16, 31, 1019, 1020, 1023, 32768,
	    0x7fffffff };
	mach_port_t port = port_with_send();
	mach_port_t dead = port_with_send();
	mach_port_t time = device_open_name("time");
	fdt_node_t uart = fdt_stdout(device_tree());
	unsigned int i;

	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		ok_eq(listen_on(irq, ids[i], 0, port),
		    KERN_INVALID_ARGUMENT, "no line %d for users", ids[i]);
	if (uart != FDT_NONE && fdt_enabled(device_tree(), uart) &&
	    fdt_compatible(device_tree(), uart, "arm,pl011"))
		ok_eq(listen_on(irq, device_tree_interrupt(uart), 0, port),
		    KERN_RESOURCE_SHORTAGE, "the console keeps its line");
	ok_eq(listen_on(irq, rtc_irq, 1, port),
	    KERN_INVALID_ARGUMENT, "flags are 0");
	ok_eq(listen_on(time, rtc_irq, 0, port),
	    D_INVALID_OPERATION, "another device has no interrupts");
	ok_eq(acknowledge_on(time, port), D_INVALID_OPERATION,
	    "nor acknowledgements");
	ok_eq(acknowledge_on(irq, port), KERN_INVALID_ARGUMENT,
	    "nothing to acknowledge");
	ok_eq(listen_on(irq, rtc_irq, 0, MACH_PORT_NULL),
	    KERN_INVALID_ARGUMENT, "no port");
	ok_eq(listen_on(irq, rtc_irq, 0, task_self_port),
	    KERN_INVALID_ARGUMENT, "a port of the kernel");
	mach_port_mod_refs(task_self_port, dead, MACH_PORT_RIGHT_RECEIVE, -1);
	ok(listen_on(irq, rtc_irq, 0, dead) != KERN_SUCCESS,
	    "a dead port");
	ok_eq(port_refs(port, MACH_PORT_RIGHT_SEND), 1,
	    "refused ports come back");
	port_destroy(port);
	port_destroy(dead);
}

static void
test_mem(void)
{
	const struct fdt *fdt = device_tree();
	mach_port_t mem = device_open_name("mem");
	struct fdt_range ram = { 0, 0 };
	mach_port_t object;
	fdt_node_t node;

	fdt_for_each_child(fdt, fdt_root(fdt), node) {
		if (strncmp(fdt_name(fdt, node), "memory@", 7) == 0)
			need(fdt_reg(fdt, node, 0, &ram));
	}
	need(ram.size != 0);
	ok_eq(device_map(mem, VM_PROT_READ, ram.address, page_size, &object,
	    0), D_INVALID_OPERATION, "no RAM");
	ram.size -= ram.size % page_size;
	ok_eq(device_map(mem, VM_PROT_READ, ram.address + ram.size -
	    page_size, page_size, &object, 0), D_INVALID_OPERATION,
	    "nor its last page");
	ok_eq(device_map(mem, VM_PROT_READ, ram.address - page_size,
	    2 * page_size, &object, 0), D_INVALID_OPERATION,
	    "nor a range that runs into it");
	ok_eq(device_map(mem, VM_PROT_READ, 0, 1UL << 48, &object, 0),
	    D_INVALID_OPERATION, "nor everything");
	ok_eq(device_map(mem, VM_PROT_READ, 0x800, page_size, &object, 0),
	    D_INVALID_SIZE, "only whole pages");
	ok_eq(device_map(mem, VM_PROT_READ, ~0xfffUL, 2 * page_size, &object,
	    0), D_INVALID_SIZE, "no range that wraps");
	ok_eq(device_map(mem, VM_PROT_EXECUTE, 0x9000000, page_size, &object,
	    0), D_INVALID_OPERATION, "no code");
	ok_eq(mach_port_deallocate(task_self_port, mem), KERN_SUCCESS, "done");
}

static void
test_alarm(void)
{
	mach_port_t port = port_with_send();
	uint32_t alarm;

	ok_eq(listen(port), KERN_SUCCESS, "register for the clock");
	ok_eq(listen(port), D_ALREADY_OPEN, "once");
	register_write(rtc, RTCIMSC, 1);
	alarm = register_read(rtc, RTCDR) + 1;
	register_write(rtc, RTCMR, alarm);
	ok(heard(port, LONG), "the alarm's interrupt comes as a message");
	ok(register_read(rtc, RTCDR) >= alarm, "when its time has come");
	ok(!heard(port, SHORT), "not again before it is acknowledged");
	ok_eq(acknowledge_on(irq, port), KERN_SUCCESS, "acknowledge");
	ok(heard(port, LONG), "the line is still raised: it comes again");
	clear_line();
	acknowledge(port);
	ok(!heard(port, SHORT), "cleared and acknowledged, it is quiet");
	raise_line();
	ok(heard(port, LONG), "the next one comes");
	clear_line();
	acknowledge(port);
	ok_eq(acknowledge_on(irq, port), KERN_INVALID_ARGUMENT,
	    "acknowledged only once");
	port_destroy(port);
}

/* A line is let go when all that share it have acknowledged. */
static void
test_shared(void)
{
	mach_port_t first = port_with_send();
	mach_port_t second = port_with_send();

	need_success(listen(first));
	ok_eq(listen(second), KERN_SUCCESS, "a second port shares the line");
	raise_line();
	ok(heard(first, LONG) && heard(second, LONG), "both hear of it");
	acknowledge(first);
	ok(!heard(first, SHORT), "the line waits for the second");
	acknowledge(second);
	ok(heard(first, LONG) && heard(second, LONG), "and is let go then");
	acknowledge(first);
	port_destroy(second);
	ok(heard(first, LONG), "a dead port holds no line");
	clear_line();
	acknowledge(first);
	port_destroy(first);
	raise_line();
	first = port_with_send();
	ok_eq(listen(first), KERN_SUCCESS, "register what was let go");
	ok(heard(first, LONG), "what was raised meanwhile comes");
	clear_line();
	port_destroy(first);
}

/* In a task of its own: register, hear, and die without a word. */
static void
child_listen(void *argument)
{
	mach_port_t port;

	need_success(mach_port_allocate(task_self_port,
	    MACH_PORT_RIGHT_RECEIVE, &port));
	need_success(mach_port_insert_right(task_self_port, port, port,
	    MACH_MSG_TYPE_MAKE_SEND));
	child_tell(listen_on((mach_port_t)(uintptr_t)argument, rtc_irq, 0,
	    port), 0);
	child_tell(heard(port, LONG), 0);
	for (;;)
		sleep_ms(1000);
}

static void
test_death(void)
{
	mach_port_t port = port_with_send();
	struct test_child child;
	uint64_t answer, unused;

	/* The child has no rights but what we give it. */
	need_success(listen(port));
	test_child_start(&child, child_listen, (void *)0x4321UL);
	need_success(mach_port_insert_right(child.task, 0x4321, irq,
	    MACH_MSG_TYPE_COPY_SEND));
	ok(child_hear(&child, &answer, &unused, LONG) &&
	    answer == KERN_SUCCESS, "a line shared between two tasks");
	raise_line();
	ok(child_hear(&child, &answer, &unused, LONG) && answer == true,
	    "one hears of it");
	ok(heard(port, LONG), "the other too");
	acknowledge(port);
	test_child_kill(&child);
	ok(heard(port, LONG), "a task that dies lets go of its line");
	clear_line();
	acknowledge(port);
	port_destroy(port);
}

static void
test_many(void)
{
	mach_port_t port = port_with_send();
	unsigned int i, came = 0;

	need_success(listen(port));
	for (i = 0; i < 200; i++) {
		raise_line();
		came += heard(port, LONG);
		clear_line();
		acknowledge(port);
	}
	ok_eq(came, 200, "two hundred interrupts");
	ok(!heard(port, SHORT), "and no more");
	port_destroy(port);
}

void
test_main(void)
{
	struct fdt_range registers;
	fdt_node_t node = device_tree_clock();

	need(fdt_reg(device_tree(), node, 0, &registers));
	irq = device_open_name("irq");
	rtc_irq = device_tree_interrupt(node);
	rtc = device_registers(registers.address, page_size);
	clear_line();
	test_time();
	test_refused();
	test_mem();
	test_alarm();
	test_shared();
	test_death();
	test_many();
	register_write(rtc, RTCIMSC, 0);
}
