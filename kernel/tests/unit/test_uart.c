/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * UARTs: which node is the console, where the registers of a 16550 are, and
 * what becomes of a line that is broken.  The registers here are plain memory,
 * which shows what was written last; accesses to one of them are counted, and
 * a test may change it after so many.
 */

#include <tests/unit/unit.h>

#include <string.h>

#include <tests/unit/fdt_builder.h>

/* Accesses go through here instead of drivers/mmio.h. */
#define DRIVERS_MMIO_H

static struct {
	uint64_t offset;		/* of the register that is watched */
	unsigned int reads, writes;
	unsigned int change_after;	/* reads; 0: never */
	uint8_t value;			/* what it reads as then */
} watched;

#define MMIO_DEFINE(bits)						\
static inline uint##bits##_t						\
mmio_read##bits(volatile void *base, uint64_t offset)			\
{									\
	volatile char *place = (volatile char *)base + offset;		\
									\
	if (offset == watched.offset &&					\
	    watched.reads++ == watched.change_after &&			\
	    watched.change_after != 0)					\
		*place = (char)watched.value;				\
	return *(volatile uint##bits##_t *)place;			\
}									\
									\
static inline void							\
mmio_write##bits(volatile void *base, uint64_t offset,			\
    uint##bits##_t value)						\
{									\
	if (offset == watched.offset)					\
		watched.writes++;					\
	*(volatile uint##bits##_t *)((volatile char *)base + offset) = value; \
}

MMIO_DEFINE(8)
MMIO_DEFINE(16)
MMIO_DEFINE(32)

#include "../../drivers/ns16550.c"
#include "../../drivers/pl011.c"
#include "../../drivers/uart.c"

static struct fdt_builder builder;
static struct fdt fdt;
static struct uart uart;
static uint32_t registers[64];

static void
machine_begin(void)
{
	fdt_start(&builder);
	fdt_begin(&builder, "");
	fdt_cells(&builder, "#address-cells", 1);
	fdt_cells(&builder, "#size-cells", 1);
}

static void
machine_end(void)
{
	fdt_end(&builder);
	fdt_finish(&builder, 17);
	assert_null(fdt_open(&fdt, builder.blob, sizeof(builder.blob)));
}

static void
serial_begin(const char *name, const char *compatible, uint32_t address,
    uint32_t size)
{
	fdt_begin(&builder, name);
	fdt_text(&builder, "compatible", compatible);
	fdt_cells(&builder, "reg", address, size);
}

/* One 16550 with the properties (-1: left out). */
static bool
find_16550(int shift, int width, int offset, uint32_t size)
{
	machine_begin();
	serial_begin("serial@1000", "ns16550a", 0x1000, size);
	if (shift >= 0)
		fdt_cells(&builder, "reg-shift", (uint32_t)shift);
	if (width >= 0)
		fdt_cells(&builder, "reg-io-width", (uint32_t)width);
	if (offset >= 0)
		fdt_cells(&builder, "reg-offset", (uint32_t)offset);
	fdt_cells(&builder, "clock-frequency", 24000000);
	fdt_cells(&builder, "current-speed", 115200);
	fdt_end(&builder);
	machine_end();
	return uart_find_console(&fdt, &uart);
}

static void
test_console(void **state)
{
	machine_begin();
	fdt_begin(&builder, "chosen");
	fdt_text(&builder, "stdout-path", "/serial@3000:115200n8");
	fdt_end(&builder);
	serial_begin("rtc@1000", "arm,pl031", 0x1000, 0x1000);
	fdt_end(&builder);
	serial_begin("serial@2000", "arm,pl011", 0x2000, 0x1000);
	fdt_end(&builder);
	serial_begin("serial@3000", "ns16550a", 0x3000, 8);
	fdt_end(&builder);
	machine_end();
	assert_true(uart_find_console(&fdt, &uart));
	assert_int_equal(uart.kind, UART_NS16550);
	assert_int_equal(uart.registers.address, 0x3000);
}

/* The secure world's UART is no console, whoever says so. */
static void
test_disabled(void **state)
{
	machine_begin();
	fdt_begin(&builder, "chosen");
	fdt_text(&builder, "stdout-path", "/serial@3000");
	fdt_end(&builder);
	fdt_begin(&builder, "aliases");
	fdt_text(&builder, "serial0", "/serial@5000");
	fdt_end(&builder);
	serial_begin("serial@3000", "arm,pl011", 0x3000, 0x1000);
	fdt_text(&builder, "status", "disabled");
	fdt_text(&builder, "secure-status", "okay");
	fdt_end(&builder);
	serial_begin("serial@4000", "arm,pl011", 0x4000, 0x1000);
	fdt_end(&builder);
	serial_begin("serial@5000", "arm,pl011", 0x5000, 0x1000);
	fdt_end(&builder);
	machine_end();
	assert_true(uart_find_console(&fdt, &uart));
	assert_int_equal(uart.registers.address, 0x5000);
}

static void
test_none(void **state)
{
	machine_begin();
	serial_begin("serial@3000", "arm,pl011", 0x3000, 0x1000);
	fdt_text(&builder, "status", "disabled");
	fdt_end(&builder);
	serial_begin("serial@4000", "arm,pl011", 0x4000, 0x20);
	fdt_end(&builder);
	machine_end();
	assert_false(uart_find_console(&fdt, &uart));
}

static void
test_bad_layout(void **state)
{
	assert_true(find_16550(-1, -1, -1, 8));
	assert_true(find_16550(2, 4, -1, 32));
	assert_false(find_16550(2, 4, -1, 31));
	assert_false(find_16550(0, 4, -1, 32));
	assert_false(find_16550(2, 3, -1, 32));
	assert_false(find_16550(2, 8, -1, 64));
	assert_false(find_16550(5, 1, -1, 512));
	assert_false(find_16550(2, 4, 2, 64));
	assert_true(find_16550(2, 4, 32, 64));
}

/* What setup leaves behind, at every spacing and width. */
static void
test_registers(void **state)
{
	static const int widths[] = { 1, 2, 4 };
	unsigned char *bytes = (unsigned char *)registers;
	unsigned int i;
	int shift;

	for (i = 0; i < 3; i++)
		for (shift = 0; shift <= 3; shift++) {
			if (widths[i] > 1 << shift)
				continue;
			assert_true(find_16550(shift, widths[i], 16, 128));
			memset(registers, 0, sizeof(registers));
			uart_move(&uart, registers);
			uart_setup(&uart);
			/* 24 MHz / (16 * 115200) is 13.02. */
			assert_int_equal(bytes[16], 13);
			assert_int_equal(bytes[16 + (IER << shift)], 0);
			assert_int_equal(bytes[16 + (FCR << shift)], 1);
			assert_int_equal(bytes[16 + (LCR << shift)], 3);
			assert_int_equal(bytes[16 + (MCR << shift)], 0xb);
			uart_set_receive_interrupt(&uart, true);
			assert_int_equal(bytes[16 + (IER << shift)], 1);
		}
}

static void
test_characters(void **state)
{
	unsigned char *bytes = (unsigned char *)registers;

	assert_true(find_16550(-1, -1, -1, 8));
	memset(registers, 0, sizeof(registers));
	uart_move(&uart, registers);
	assert_int_equal(uart_getc(&uart), -1);
	bytes[LSR] = LSR_HAVE_ROOM | LSR_IDLE;
	uart_putc(&uart, 'x');
	uart_flush(&uart);
	assert_int_equal(bytes[THR], 'x');
	bytes[LSR] = LSR_READY;
	bytes[RBR] = 0xe9;
	assert_int_equal(uart_getc(&uart), 0xe9);
}

/* A line of the kind, all registers `byte`; count accesses of `offset`. */
static unsigned char *
line_begin(enum uart_kind kind, int byte, uint64_t offset)
{
	assert_true(find_16550(-1, -1, -1, 8));
	uart.kind = kind;
	memset(registers, byte, sizeof(registers));
	memset(&watched, 0, sizeof(watched));
	watched.offset = offset;
	uart_move(&uart, registers);
	return (unsigned char *)registers;
}

/* Of damaged characters only so many are dropped in one go. */
static void
test_damaged(void **state)
{
	unsigned char *bytes = line_begin(UART_NS16550, 0, LSR);

	bytes[LSR] = LSR_READY | 0x08;
	bytes[RBR] = 'x';
	watched.change_after = 3;
	watched.value = LSR_READY;
	assert_int_equal(uart_getc(&uart), 'x');
	assert_int_equal(watched.reads, 4);
	(void)line_begin(UART_NS16550, 0xff, RBR);
	assert_int_equal(uart_getc(&uart), -1);
	assert_int_equal(watched.reads, UART_DAMAGED_MAX);
	bytes = line_begin(UART_PL011, 0, UARTDR);
	bytes[UARTDR + 1] = 0x04;
	assert_int_equal(uart_getc(&uart), -1);
	assert_int_equal(watched.reads, UART_DAMAGED_MAX);
	bytes[UARTDR + 1] = 0;
	bytes[UARTDR] = 'y';
	assert_int_equal(uart_getc(&uart), 'y');
}

/* One that never has room is waited for once; what has room again sends. */
static void
check_stuck(unsigned char *bytes, uint64_t data, unsigned char room)
{
	unsigned char *status = &bytes[watched.offset];

	*status = (unsigned char)~room;
	bytes[data] = 0;
	watched.change_after = 1000;
	watched.value = room;
	uart_putc(&uart, 'a');
	assert_int_equal(bytes[data], 'a');
	assert_int_equal(watched.reads, 1001);
	*status = (unsigned char)~room;
	watched.change_after = 0;
	watched.reads = 0;
	uart_putc(&uart, 'b');
	assert_int_equal(bytes[data], 'a');
	assert_int_equal(watched.reads, UART_TRIES);
	uart_putc(&uart, 'c');
	uart_flush(&uart);
	assert_int_equal(bytes[data], 'a');
	assert_int_equal(watched.reads, UART_TRIES + 2);
	*status = room;
	uart_putc(&uart, 'd');
	assert_int_equal(bytes[data], 'd');
	assert_false(uart.stuck);
}

static void
test_stuck(void **state)
{
	check_stuck(line_begin(UART_NS16550, 0, LSR), THR,
	    LSR_HAVE_ROOM | LSR_IDLE);
	check_stuck(line_begin(UART_PL011, 0, UARTFR), UARTDR,
	    (unsigned char)~(UARTFR_TXFF | UARTFR_BUSY));
}

/* Interrupts that bring nothing are borne for a while. */
static void
test_storm(void **state)
{
	unsigned int i;

	(void)line_begin(UART_NS16550, 0, IIR);
	uart_clear_interrupt(&uart);
	assert_int_equal(watched.reads, 1);
	for (i = 1; i < UART_UNSOUND_MAX; i++)
		assert_true(uart_interrupted(&uart, false));
	assert_true(uart_interrupted(&uart, true));
	for (i = 1; i < UART_UNSOUND_MAX; i++)
		assert_true(uart_interrupted(&uart, false));
	assert_false(uart_interrupted(&uart, false));
	assert_false(uart_interrupted(&uart, false));
	assert_true(uart_interrupted(&uart, true));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_console),
		cmocka_unit_test(test_disabled),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_bad_layout),
		cmocka_unit_test(test_registers),
		cmocka_unit_test(test_characters),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_stuck),
		cmocka_unit_test(test_storm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
