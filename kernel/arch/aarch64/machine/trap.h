/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Exceptions taken by the processor: vectors.S enters the functions here.
 */
#ifndef MACHINE_TRAP_H
#define MACHINE_TRAP_H

/* Trap numbers are -(TRAP_COUNT - 1) .. 0 (<mach/syscall_sw.h>). */
#define TRAP_COUNT		80

#ifndef __ASSEMBLER__

#include <stdbool.h>
#include <stdint.h>

#include <machine/thread.h>

/*
 * What svc #0 with trap number -n calls, from x0-x7 (ABI.md): the entry n;
 * NULL: EXC_SOFTWARE.  Defined by kern/syscall_sw.c.  The functions get their
 * arguments in registers as any C function; arguments from the ninth on are
 * at the user's stack pointer (thread_self()->machine.frame->sp).  The low 32
 * bits of the result are stored in the user's x0; a function that wants
 * the frame untouched ends in machine_return_to_user().
 * Called with interrupts enabled.
 */
extern void (*const trap_table[TRAP_COUNT])(void);

extern char trap_vectors[];

/* From EL0, other than a valid trap.  Interrupts enabled. */
void trap_user(struct trap_frame *frame, uint64_t esr, uint64_t far);

/* From EL1: a fault of a user access, or a kernel fault.  Masked. */
void trap_kernel(struct trap_frame *frame, uint64_t esr, uint64_t far);

/* An IRQ; interrupts disabled. */
void trap_interrupt(struct trap_frame *frame, bool from_user);

/* Fatal: an exception at the wrong level; the kernel stack used up. */
void trap_bad(struct trap_frame *frame, uint64_t vector)
    __attribute__((noreturn));
void trap_stack_overflow(struct trap_frame *frame) __attribute__((noreturn));

/* Leave for user mode through `frame`, at the top of the current stack. */
void trap_return_frame(struct trap_frame *frame) __attribute__((noreturn));

/* vectors.S; see machine_switch() and machine_switch_resume(). */
struct thread *machine_switch_context(struct machine_context *from,
    const struct machine_context *to, struct thread *previous);
uint64_t machine_switch_forget(struct machine_context *from,
    const struct machine_context *to, struct thread *previous,
    uint64_t (*resume)(struct thread *previous), struct trap_frame *frame);
void machine_thread_begin(void);

/* Set VBAR_EL1 and what user mode may use of the processor. */
void trap_setup_cpu(void);

#endif /* __ASSEMBLER__ */
#endif /* MACHINE_TRAP_H */
