/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What tests ask of the host body.
 */
#ifndef MACHINE_HOST_H
#define MACHINE_HOST_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HOST_RAM_START	0x40000000UL

/*
 * Start over with `size` bytes of RAM at HOST_RAM_START, all of them free,
 * and page allocator, slab caches, kalloc() and radix trees ready. Whatever
 * the test before had allocated is gone.
 */
void host_setup(size_t size);

/* Forget sanitizer marks on [physical, physical + size). */
void host_memory_reset(uint64_t physical, uint64_t size);

/* Run as another processor. */
void host_set_cpu(unsigned int id);

/* What was written to the console since host_console_clear(). */
const char *host_console_text(void);
void host_console_clear(void);

/* An edge on one of the lines that users may have; is it enabled? */
#define HOST_IRQ_FIRST	32u
#define HOST_IRQ_COUNT	64u

void host_irq_raise(unsigned int irq);
bool host_line_enabled(unsigned int irq);

/* Let time pass. */
void host_advance(uint64_t nanoseconds);

/* Threads that leave for user mode run this, with their registers. */
struct trap_frame;
void host_set_user(void (*user)(struct trap_frame *frame));

/*
 * copyin() and copyout() reach the memory of the current task, by its map,
 * with faults; or, as from the start, that of the test.
 */
void host_set_user_maps(bool on);

/*
 * The next panic comes back to the statement, whose value is true then:
 *	if (!HOST_CATCH_PANIC()) { ... }  host_panic_uncatch();
 * Any other panic ends the program.
 */
extern jmp_buf host_panic_jump;
extern int host_panic_catching;

#define HOST_CATCH_PANIC()	(host_panic_catching = 1, setjmp(host_panic_jump))

void host_panic_uncatch(void);

#endif /* MACHINE_HOST_H */
