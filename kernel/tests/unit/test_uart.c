/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * UARTs: which node is the console, and where the registers of a 16550 are.
 * The registers here are plain memory, which shows what was written last.
 */

#include <tests/unit/unit.h>

#include <string.h>

#include <tests/unit/fdt_builder.h>

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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
