/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What the platform offers to the rest of the kernel; both bodies have it.
 */
#ifndef MACHINE_PLATFORM_H
#define MACHINE_PLATFORM_H

#include <stdbool.h>
#include <stdint.h>

#include <mach/kern_return.h>

struct fdt;

/*
 * The neutral kernel begins here (kern/startup.c), on the boot stack:
 * memory is with the page allocator (vm_page_setup() is done), devices are
 * found, kprintf() works, interrupts are disabled, the timer is off,
 * percpu->current is NULL.
 */
void kernel_main(void) __attribute__((noreturn));

/* Counter ticks per second. */
extern uint64_t machine_counter_frequency;

/* Nanoseconds since boot, and conversions (counter ticks <-> ns). */
uint64_t machine_uptime_ns(void);
uint64_t machine_ns_to_ticks(uint64_t ns);
uint64_t machine_ticks_to_ns(uint64_t ticks);

/* The time of day at boot by the machine's clock, UTC seconds; 0: unknown. */
uint32_t machine_boot_time(void);

/*
 * Ask for clock_interrupt() (kern/clock.h) when cpu_counter() reaches
 * `deadline`, on this processor.  A deadline in the past fires at once;
 * UINT64_MAX: never.
 */
void machine_timer_set(uint64_t deadline);

/* Ask processor `cpu` to look at its AST and run queue. */
void machine_send_reschedule(unsigned int cpu);

void machine_power_off(void) __attribute__((noreturn));
void machine_reset(void) __attribute__((noreturn));

/*
 * After panic() printed its message: registers and backtrace, then halt or
 * reboot (panic=SECONDS).
 */
void machine_panic(void) __attribute__((noreturn));

/* The console: write one character (LF is expanded), poll for one (-1). */
void machine_console_putc(char c);
void machine_console_put_raw(char c);	/* LF as well */
int machine_console_getc(void);
/* Wait until all output has left. */
void machine_console_flush(void);
/*
 * From now on, call received() in interrupt context when characters have
 * come in; it reads them with machine_console_getc() until -1 and answers
 * whether there were any, and an end of them.  An interrupt that goes on
 * without is disabled until the next call.  False: the console has no
 * interrupt, so poll.
 */
bool machine_console_set_input(bool (*received)(void));

/*
 * Interrupt lines that users may have, numbered as by the interrupt
 * controller; trigger modes are the device tree's.  raised() is called in
 * interrupt context.  A line that is disabled keeps what comes, and is
 * raised when it is enabled.
 * KERN_INVALID_ARGUMENT: no such line; KERN_RESOURCE_SHORTAGE: it is taken.
 */
#define MACHINE_IRQ_MAX		1020u

kern_return_t machine_irq_attach(unsigned int irq,
    void (*raised)(unsigned int irq));
void machine_irq_detach(unsigned int irq);
void machine_irq_enable(unsigned int irq);
void machine_irq_disable(unsigned int irq);

/* One more 64-bit word of entropy (RNDR, the counter's jitter, the FDT). */
uint64_t machine_entropy(void);

/* The device tree handed over at boot, mapped; the kernel command line. */
extern const struct fdt *machine_fdt;
extern const char *machine_command_line;

/*
 * True if [address, address + size), which does not wrap, touches the kernel's
 * image or the device tree.
 */
bool machine_memory_is_kernel(uint64_t address, uint64_t size);

#endif /* MACHINE_PLATFORM_H */
