/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The machine that unit tests run on.
 */

#include <machine/host.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <kern/kalloc.h>
#include <kern/slab.h>
#include <lib/macros.h>
#include <lib/rdxtree.h>
#include <lib/sanitizer.h>
#include <lib/string.h>
#include <machine/cpu.h>
#include <machine/memory.h>
#include <machine/percpu.h>
#include <machine/platform.h>
#include <mach/kern_return.h>
#include <vm/vm_page.h>

#define CONSOLE_SIZE	65536

bool host_irq_enabled = true;
char *host_direct_map;
struct percpu percpu_table[MACHINE_MAX_CPUS];
struct percpu *host_percpu = &percpu_table[0];
unsigned int machine_ncpus = 1;
uint64_t machine_counter_frequency = 1000000000;
const struct fdt *machine_fdt;
const char *machine_command_line = "";
jmp_buf host_panic_jump;
int host_panic_catching;

static uint64_t now;
static uint64_t deadline = UINT64_MAX;
static char console[CONSOLE_SIZE];
static size_t console_length;

static __attribute__((constructor)) void
host_start(void)
{
	unsigned int i;

	host_direct_map = mmap(NULL, DIRECT_MAP_SIZE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (host_direct_map == MAP_FAILED) {
		perror("host: no address space for the direct map");
		exit(EXIT_FAILURE);
	}

	for (i = 0; i < MACHINE_MAX_CPUS; i++)
		percpu_table[i].id = i;
}

void
host_memory_reset(uint64_t physical, uint64_t size)
{
	sanitizer_allow(phys_to_direct(physical), size);
	madvise(phys_to_direct(physical), size, MADV_DONTNEED);
}

void
host_setup(size_t size)
{
	const struct vm_page_range ram = {
		.start = HOST_RAM_START,
		.end = HOST_RAM_START + size,
	};

	host_set_cpu(0);
	host_memory_reset(ram.start, size);
	vm_page_setup(&ram, 1, NULL, 0);
	slab_setup();
	kalloc_setup();
	rdxtree_setup();
	host_console_clear();
}

void
host_set_cpu(unsigned int id)
{
	host_percpu = &percpu_table[id];
}

const char *
host_console_text(void)
{
	return console;
}

void
host_console_clear(void)
{
	console_length = 0;
	console[0] = '\0';
}

void
machine_console_putc(char c)
{
	if (console_length + 1 < sizeof(console)) {
		console[console_length++] = c;
		console[console_length] = '\0';
	}
}

void
machine_console_put_raw(char c)
{
	machine_console_putc(c);
}

int
machine_console_getc(void)
{
	return -1;
}

void
machine_console_flush(void)
{
}

/* Nobody types. */
bool
machine_console_set_input(bool (*received)(void))
{
	(void)received;
	return true;
}

void
host_panic_uncatch(void)
{
	host_panic_catching = 0;
#ifdef DEBUG
	lock_debug_forget();
#endif
}

void
machine_panic(void)
{
	if (host_panic_catching) {
		host_panic_catching = 0;
		longjmp(host_panic_jump, 1);
	}

	fputs(console, stderr);
	abort();
}

void
machine_power_off(void)
{
	exit(EXIT_SUCCESS);
}

void
machine_reset(void)
{
	exit(EXIT_SUCCESS);
}

uint64_t
cpu_counter(void)
{
	return now;
}

void
host_advance(uint64_t nanoseconds)
{
	now += nanoseconds;
}

void
cpu_wait(void)
{
	if (deadline != UINT64_MAX && deadline > now)
		now = deadline;
}

void
machine_timer_set(uint64_t value)
{
	deadline = value;
}

uint32_t
machine_boot_time(void)
{
	return 0;
}

uint64_t
machine_uptime_ns(void)
{
	return now;
}

uint64_t
machine_ns_to_ticks(uint64_t ns)
{
	return ns;
}

uint64_t
machine_ticks_to_ns(uint64_t ticks)
{
	return ticks;
}

void
machine_send_reschedule(unsigned int cpu)
{
	(void)cpu;
}

static struct {
	void (*raised)(unsigned int irq);
	bool enabled;
	bool pending;
} lines[HOST_IRQ_COUNT];

kern_return_t
machine_irq_attach(unsigned int irq, void (*raised)(unsigned int irq))
{
	if (irq < HOST_IRQ_FIRST || irq >= HOST_IRQ_COUNT)
		return KERN_INVALID_ARGUMENT;
	if (lines[irq].raised != NULL)
		return KERN_RESOURCE_SHORTAGE;
	lines[irq].raised = raised;
	machine_irq_enable(irq);
	return KERN_SUCCESS;
}

void
machine_irq_detach(unsigned int irq)
{
	lines[irq].raised = NULL;
	lines[irq].enabled = false;
	lines[irq].pending = false;
}

void
machine_irq_enable(unsigned int irq)
{
	lines[irq].enabled = true;
	if (lines[irq].pending)
		host_irq_raise(irq);
}

void
machine_irq_disable(unsigned int irq)
{
	lines[irq].enabled = false;
}

void
host_irq_raise(unsigned int irq)
{
	lines[irq].pending = !lines[irq].enabled;
	if (lines[irq].enabled)
		lines[irq].raised(irq);
}

bool
host_line_enabled(unsigned int irq)
{
	return lines[irq].enabled;
}

bool
machine_memory_is_kernel(uint64_t address, uint64_t size)
{
	(void)address;
	(void)size;
	return false;
}

/* The tests are to be the same every time: a fixed sequence (xorshift). */
uint64_t
machine_entropy(void)
{
	static uint64_t state = 88172645463325252UL;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

volatile void *
machine_map_device(uint64_t physical, uint64_t size)
{
	(void)size;
	return phys_to_direct(physical);
}

void
machine_page_clear(void *page)
{
	memset(page, 0, PAGE_SIZE);
}

void
machine_page_copy(void *to, const void *from)
{
	memcpy(to, from, PAGE_SIZE);
}
