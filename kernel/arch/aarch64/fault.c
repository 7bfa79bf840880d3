/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <machine/fault.h>

#include <stdbool.h>
#include <stddef.h>

#include <kern/panic.h>
#include <kern/printf.h>
#include <kern/thread.h>
#include <lib/macros.h>
#include <lib/string.h>
#include <machine/asm.h>
#include <machine/boot.h>
#include <machine/memory.h>
#include <machine/percpu.h>
#include <machine/platform.h>
#include <machine/sysreg.h>

#define BACKTRACE_DEPTH		32

/* tools/symbols: sorted by address. */
struct symbol {
	uint32_t offset;		/* from _head */
	uint32_t name;			/* in kernel_symbol_names */
};

extern const uint32_t kernel_symbol_count;
extern const struct symbol kernel_symbols[];
extern const char kernel_symbol_names[];

/* vectors.S */
extern char trap_emergency_stack[EMERGENCY_STACK_SIZE];

/* Where the backtrace begins, if the panic comes from an exception. */
static const struct trap_frame *fault_frame;

const char *
fault_symbol(uint64_t pc, uint64_t *offset)
{
	uint64_t where = pc - (uint64_t)(uintptr_t)_head;
	uint32_t low = 0, high = kernel_symbol_count, middle;

	if (pc < (uintptr_t)_text || pc >= (uintptr_t)_text_end ||
	    kernel_symbol_count == 0 || where < kernel_symbols[0].offset)
		return NULL;
	while (high - low > 1) {
		middle = low + (high - low) / 2;
		if (kernel_symbols[middle].offset <= where)
			low = middle;
		else
			high = middle;
	}
	*offset = where - kernel_symbols[low].offset;
	return kernel_symbol_names + kernel_symbols[low].name;
}

static void
print_address(uint64_t pc)
{
	uint64_t offset;
	const char *name = fault_symbol(pc, &offset);

	if (name != NULL)
		kprintf("  %016lx %s+0x%lx\n", pc, name, offset);
	else
		kprintf("  %016lx\n", pc);
}

/* A frame record {x29, x30} within [base, base + size)? */
static bool
within(uint64_t fp, uint64_t base, uint64_t size)
{
	return fp >= base && fp - base <= size - 16;
}

static bool
record_readable(uint64_t fp)
{
	const struct thread *thread = thread_self();
	uint64_t base = (uintptr_t)boot_stack;

	if ((fp & 7) != 0)
		return false;
	if (thread != NULL && thread->machine.stack_base != 0)
		base = thread->machine.stack_base;
	return within(fp, base, KERNEL_STACK_SIZE) ||
	    within(fp, (uintptr_t)trap_emergency_stack, EMERGENCY_STACK_SIZE);
}

static void
print_backtrace(uint64_t fp)
{
	unsigned int depth;

	for (depth = 0; depth < BACKTRACE_DEPTH; depth++) {
		const uint64_t *record = (const uint64_t *)fp;

		if (!record_readable(fp) || record[1] == 0)
			return;
		/* The return address; the call is just before it. */
		print_address(record[1] - 4);
		fp = record[0];
	}
}

static void
print_registers(const struct trap_frame *frame)
{
	unsigned int i;

	for (i = 0; i < 31; i++)
		kprintf("x%-2u %016lx%s", i, frame->x[i],
		    i % 4 == 3 ? "\n" : "  ");
	kprintf("sp  %016lx\n", frame->sp);
	kprintf("pc  %016lx  cpsr %lx\n", frame->pc, frame->cpsr);
}

void
fault_die(const struct trap_frame *frame, uint64_t esr, uint64_t far,
    const char *what)
{
	fault_frame = frame;
	panic("%s: esr %lx far %lx pc %lx", what, esr, far, frame->pc);
}

/* SECONDS of panic=SECONDS in the kernel's command line, or -1. */
static long
reboot_delay(void)
{
	const char *word = machine_command_line;
	long seconds;

	while (word != NULL && (word = strstr(word, "panic=")) != NULL) {
		if (word == machine_command_line || word[-1] == ' ')
			break;
		word++;
	}
	if (word == NULL)
		return -1;
	word += sizeof("panic=") - 1;
	if (*word < '0' || *word > '9')
		return -1;
	for (seconds = 0; *word >= '0' && *word <= '9'; word++)
		seconds = MIN(seconds * 10 + (*word - '0'), 86400L);
	return seconds;
}

static void
wait_seconds(long seconds)
{
	uint64_t start = cpu_counter();
	uint64_t ticks = (uint64_t)seconds * machine_counter_frequency;

	while (cpu_counter() - start < ticks)
		cpu_relax();
}

void
machine_panic(void)
{
	static bool entered;
	struct thread *thread = thread_self();
	long seconds;

	cpu_irq_disable();
	/* A fault while printing: what is on the console must do. */
	if (!__atomic_exchange_n(&entered, true, __ATOMIC_ACQ_REL)) {
		kprintf("cpu %u, thread %s, kernel " KERNEL_VERSION "\n",
		    cpu_id(), thread == NULL ? "none" : thread->name);
		if (fault_frame != NULL)
			print_registers(fault_frame);
		kprintf("backtrace:\n");
		if (fault_frame != NULL) {
			print_address(fault_frame->pc);
			/* The caller of a function without a frame. */
			print_address(fault_frame->x[30] - 4);
			print_backtrace(fault_frame->x[29]);
		} else {
			print_backtrace(
			    (uint64_t)__builtin_frame_address(0));
		}
	}

	seconds = reboot_delay();
	if (seconds >= 0) {
		kprintf("restart in %ld seconds\n", seconds);
		wait_seconds(seconds);
		machine_reset();
	}
	kprintf("halted\n");
	for (;;)
		cpu_wait();
}
