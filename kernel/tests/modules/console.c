/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The console device.  Input comes from the UART's own loopback (PL011, Arm
 * DDI 0183, UARTCR.LBE; 16550, MCR bit 4), during which nothing can be printed:
 * what was found is told afterwards.  Other UARTs, and 16550s whose registers
 * are not bytes, are asked for their status only.
 *
 * With the word typed=1 there is somebody who types when asked: "# type NAME
 * COUNT" wants `count` bytes, of which number i is letter(i), or i itself if
 * the name is "bytes".
 */
#include "lib/devices.h"

#include <device/tty_status.h>

#define UARTCR		0x30
#define UARTCR_LOOPBACK	0x80
#define MCR		4
#define MCR_LOOPBACK	0x10

#define BURST		1000u		/* no more than the kernel keeps */
#define BYTES		256u

#define LONG		5000		/* ms: something has gone wrong */
#define SHORT		30		/* ms: nothing comes */

#define READ_INBAND	2805
#define READ_REPLY	2905

static volatile void *uart;
static bool uart_is_16550;
static mach_port_t console;
static struct message message;

static void
test_status(void)
{
	struct tty_status status, again;
	int words[DEV_GET_SIZE_COUNT];
	mach_msg_type_number_t count = DEV_GET_SIZE_COUNT;
	mach_port_t object;

	ok(device_get_status(console, DEV_GET_SIZE, words, &count) ==
	    D_SUCCESS && words[0] == 0 && words[1] == 1,
	    "it has no size, and single bytes");
	count = TTY_STATUS_COUNT;
	ok_eq(device_get_status(console, TTY_STATUS, (int *)&status, &count),
	    D_SUCCESS, "ask for its status");
	ok(status.tt_ispeed > B0 && status.tt_ispeed < NSPEEDS &&
	    status.tt_ospeed == status.tt_ispeed, "a speed");
	ok((status.tt_flags & TF_ECHO) != 0, "echo is the user's");
	ok((status.tt_flags & TF_CRMOD) != 0, "line ends too");
	status.tt_breakc = 3;
	status.tt_flags = (status.tt_flags | TF_TANDEM) & ~TF_ECHO;
	ok_eq(device_set_status(console, TTY_STATUS, (int *)&status,
	    TTY_STATUS_COUNT), D_SUCCESS, "change it");
	need_success(device_get_status(console, TTY_STATUS, (int *)&again,
	    &count));
	ok(again.tt_breakc == 3 && (again.tt_flags & TF_TANDEM) != 0,
	    "what was set is there");
	ok((again.tt_flags & TF_ECHO) != 0, "what the device is, it stays");
	ok_eq(device_set_status(console, TTY_STATUS, (int *)&status,
	    TTY_STATUS_COUNT - 1), D_INVALID_SIZE, "half a status");
	count = TTY_MODEM_COUNT;
	ok(device_get_status(console, TTY_MODEM, words, &count) ==
	    D_SUCCESS && (words[0] & TM_CAR) != 0, "there is a carrier");
	ok_eq(device_set_status(console, TTY_SET_BREAK, words, 0),
	    D_INVALID_OPERATION, "no break can be sent");
	ok_eq(device_set_status(console, TTY_START, words, 0), D_SUCCESS,
	    "output goes on");
	ok_eq(device_map(console, VM_PROT_READ, 0, page_size, &object, 0),
	    D_INVALID_OPERATION, "it cannot be mapped");
}

static void
loopback(bool on)
{
	uint32_t control;

	if (uart_is_16550) {
		control = register_read8(uart, MCR);
		register_write8(uart, MCR, (uint8_t)(on ? control | MCR_LOOPBACK
		    : control & ~(uint32_t)MCR_LOOPBACK));
		return;
	}
	control = register_read(uart, UARTCR);
	register_write(uart, UARTCR, on ? control | UARTCR_LOOPBACK
	    : control & ~(uint32_t)UARTCR_LOOPBACK);
}

static bool
echo(const void *text, size_t length)
{
	int written = 0;
	char data[IO_INBAND_MAX];

	memcpy(data, text, length);
	return device_write_inband(console, 0, 0, data,
	    (mach_msg_type_number_t)length, &written) == D_SUCCESS &&
	    written == (int)length;
}

static bool
put(const char *text)
{
	return echo(text, strlen(text));
}

static bool
is_empty(void)
{
	char data[IO_INBAND_MAX];
	mach_msg_type_number_t got = sizeof(data);

	return device_read_inband(console, D_NOWAIT, 0, sizeof(data), data,
	    &got) == D_WOULD_BLOCK;
}

/* Ask for bytes, the answer to come to `reply`; does not wait. */
static void
ask(mach_port_t reply, int32_t wanted)
{
	uint32_t mode = 0;
	uint64_t record = 0;

	message_init(&message, console, MACH_MSG_TYPE_COPY_SEND, reply,
	    MACH_MSG_TYPE_MAKE_SEND_ONCE, READ_INBAND);
	message_add(&message, MACH_MSG_TYPE_INTEGER_32, 32, 1, &mode);
	message_add(&message, MACH_MSG_TYPE_INTEGER_64, 64, 1, &record);
	message_add(&message, MACH_MSG_TYPE_INTEGER_32, 32, 1, &wanted);
	need(message_send(&message) == MACH_MSG_SUCCESS);
}

/* The answer: its result, and on success the text, within `ms`. */
static bool
answered(mach_port_t reply, kern_return_t result, const char *text,
    unsigned int ms)
{
	mach_msg_type_t *data;

	if (message_receive(&message, reply, ms) != MACH_MSG_SUCCESS ||
	    message.header.msgh_id != READ_REPLY ||
	    *(kern_return_t *)message_data(message_item(&message, 0)) !=
	    result)
		return false;
	if (result != D_SUCCESS)
		return true;
	data = message_item(&message, 1);
	return data->msgt_name == MACH_MSG_TYPE_CHAR && data->msgt_inline &&
	    data->msgt_number == strlen(text) &&
	    memcmp(message_data(data), text, strlen(text)) == 0;
}

/* A read gives just this. */
static bool
gets_read(mach_port_t reply, const char *text)
{
	ask(reply, IO_INBAND_MAX);
	return answered(reply, D_SUCCESS, text, LONG);
}

static struct {
	bool raw, empty, waits, others, first, second, dead, flushed;
	bool blocks, gets, closed;
} found;

/* Blocks in an out-of-line read. */
static volatile bool reader_good;

static void
reader(void *argument)
{
	mach_msg_type_number_t got = 0;
	io_buf_ptr_t data;

	(void)argument;
	reader_good = device_read(console, 0, 0, 4096, &data, &got) ==
	    D_SUCCESS && got == 1 && *data == 'r';
	if (reader_good)
		memory_free((vm_address_t)data, got);
}

static void
try_loopback(mach_port_t one, mach_port_t two)
{
	struct test_thread *thread;
	mach_port_t gone = port_receive_right();
	int all = D_READ | D_WRITE;

	found.raw = put("hello\n") && gets_read(one, "hello\n");
	found.empty = is_empty();
	ask(one, 1);
	ask(two, IO_INBAND_MAX);
	found.waits = !answered(one, D_SUCCESS, "A", SHORT);
	found.others = is_empty();
	found.first = put("AB") && answered(one, D_SUCCESS, "A", LONG);
	found.second = answered(two, D_SUCCESS, "B", LONG);
	ask(gone, 16);
	port_destroy(gone);
	found.dead = put("x");
	sleep_ms(SHORT);
	found.dead = gets_read(one, "x") && found.dead;
	found.flushed = put("lost") && device_set_status(console, TTY_FLUSH,
	    &all, 1) == D_SUCCESS && is_empty();
	thread = test_thread_start(reader, NULL);
	found.blocks = !test_thread_wait(thread, SHORT);
	found.gets = put("r") && test_thread_wait(thread, LONG);
	test_thread_join(thread);
	ask(one, 1);
	found.closed = device_close(console) == D_SUCCESS &&
	    answered(one, D_DEVICE_DOWN, NULL, LONG);
}

static void
test_input(void)
{
	mach_port_t one = port_receive_right();
	mach_port_t two = port_receive_right();

	/* What was printed has left, and goes on afterwards. */
	sleep_ms(SHORT);
	loopback(true);
	try_loopback(one, two);
	loopback(false);
	put("\n");
	ok(found.raw, "what is written comes back as it was");
	ok(found.empty, "nothing more comes");
	ok(found.waits, "a read waits for input, its caller does not");
	ok(found.others, "and others are served");
	ok(found.first, "input answers the first read");
	ok(found.second, "what it leaves, the second");
	ok(found.dead, "who died gets nothing");
	ok(found.flushed, "input is thrown away");
	ok(found.blocks, "a call waits");
	ok(found.gets && reader_good, "and returns with what came");
	ok(found.closed, "when the device is closed, reads end");
	port_destroy(one);
	port_destroy(two);
}

static uint8_t
letter(unsigned int i)
{
	return (uint8_t)('a' + (i + i / 26) % 26);
}

static bool
read_typed(uint8_t *data, unsigned int count)
{
	mach_msg_type_number_t got, done;

	for (done = 0; done < count; done += got) {
		got = IO_INBAND_MAX;
		if (device_read_inband(console, 0, 0, (int)(count - done),
		    (char *)data + done, &got) != D_SUCCESS || got == 0)
			return false;
	}
	return true;
}

/* Everything that may be typed comes in, in the order of typing. */
static void
test_typed(void)
{
	static uint8_t data[BURST];
	unsigned int i;
	bool good;

	test_print("# type bytes %u\n", BYTES);
	ok(read_typed(data, BYTES), "read what is typed");
	for (i = 0; i < BYTES && data[i] == i; i++)
		continue;
	ok_eq(i, BYTES, "every byte is as it was typed");
	test_print("# type burst %u\n", BURST);
	/* Meanwhile only interrupts take the rest of it. */
	ok(read_typed(data, 1), "a burst begins");
	sleep_ms(SHORT);
	ok(read_typed(data + 1, BURST - 1), "and ends");
	for (i = 0; i < BURST && data[i] == letter(i); i++)
		continue;
	ok_eq(i, BURST, "nothing of it is lost, and it is in order");
	ok(is_empty(), "nothing more comes");
	good = true;
	for (i = 0; i < BURST; i += IO_INBAND_MAX)
		good = echo(data + i, BURST - i < IO_INBAND_MAX ? BURST - i
		    : IO_INBAND_MAX) && good;
	ok(put("\n") && good, "it goes back whence it came");
}

/* Is the console a UART whose loopback we know?  Then map its registers. */
static bool
map_uart(void)
{
	const struct fdt *fdt = device_tree();
	fdt_node_t node = fdt_stdout(fdt);
	struct fdt_range registers;

	if (node == FDT_NONE || !fdt_enabled(fdt, node))
		return false;
	uart_is_16550 = fdt_compatible(fdt, node, "ns16550a") &&
	    fdt_cell(fdt, node, "reg-shift", 0, 0) == 0 &&
	    fdt_cell(fdt, node, "reg-offset", 0, 0) == 0;
	if (!uart_is_16550 && !fdt_compatible(fdt, node, "arm,pl011"))
		return false;
	need(fdt_reg(fdt, node, 0, &registers));
	uart = (volatile char *)device_registers(registers.address &
	    ~(uint64_t)(page_size - 1), page_size) +
	    registers.address % page_size;
	return true;
}

void
test_main(void)
{
	char data[IO_INBAND_MAX];
	mach_msg_type_number_t got = sizeof(data);

	console = device_open_name("console");
	test_status();
	ok_eq(device_read_inband(console, 0, 0, -1, data, &got),
	    D_INVALID_SIZE, "a negative size");
	ok(is_empty(), "nobody types");
	if (test_option("typed") != NULL)
		test_typed();
	if (map_uart())
		test_input();
}
