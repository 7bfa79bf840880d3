/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What GCC's libraries ask of a program: memory, an end, and the features
 * of the processor.
 */
#include "support.h"

#define AT_HWCAP	16
#define TLS_BYTES	1024
#define TLS_TCB		16		/* before the variables, by the ABI */
#define HEAP_BYTES	(1u << 20)

unsigned int support_mallocs;
unsigned int support_frees;

/* From the linker. */
extern void (*__init_array_start[])(void);
extern void (*__init_array_end[])(void);

/* The first thread's block; its beginning is the run time's. */
static _Alignas(64) char tls_block[TLS_TCB + TLS_BYTES];

/* What is to be called in the end, the last first. */
#define EXIT_CALLS	16
static struct {
	void (*run)(void *argument);
	void *argument;
} exit_call[EXIT_CALLS];
static unsigned int exit_calls;

static _Alignas(16) char heap[HEAP_BYTES];
static size_t heap_used;

/* Memory is handed out once: the modules are short. */
void *
malloc(size_t size)
{
	void *block = heap + heap_used;

	size = (size + 15) & ~15ul;
	if (size > HEAP_BYTES - heap_used)
		return NULL;
	heap_used += size;
	support_mallocs++;
	return block;
}

void
free(void *block)
{
	if (block != NULL)
		support_frees++;
}

void
abort(void)
{
	test_bail("abort");
}

int
__cxa_atexit(void (*run)(void *), void *argument, void *object)
{
	(void)object;
	if (exit_calls == EXIT_CALLS)
		return -1;
	exit_call[exit_calls].run = run;
	exit_call[exit_calls].argument = argument;
	exit_calls++;
	return 0;
}

/* libgcc's atomic operations ask for this in a constructor. */
unsigned long
__getauxval(unsigned long type)
{
	uint64_t hwcaps[16] = { 0 };
	mach_msg_type_number_t count = 16;
	uint64_t midr;
	uint64_t revidr;

	if (type != AT_HWCAP)
		return 0;
	need_success(aarch64_get_hwcaps(mach_host_self(), hwcaps, &count,
	    &midr, &revidr));
	return hwcaps[0];
}

void
support_start(void)
{
	size_t count = (size_t)(__init_array_end - __init_array_start);
	uintptr_t *thread;
	size_t i;

	__asm__("mrs %0, tpidr_el0" : "=r"(thread));
	memcpy(tls_block, thread, sizeof *thread);
	__asm__ volatile("msr tpidr_el0, %0" : : "r"(tls_block));
	for (i = 0; i < count; i++)
		__init_array_start[i]();
}

void
support_finish(void)
{
	while (exit_calls > 0) {
		exit_calls--;
		exit_call[exit_calls].run(exit_call[exit_calls].argument);
	}
}
