/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The machine-dependent part of a thread: what each body has to offer.  Its
 * struct machine_thread, in machine/thread_machine.h, has at least the frame
 * and tpidr_el0.
 */
#ifndef MACHINE_THREAD_H
#define MACHINE_THREAD_H

#include <stdbool.h>
#include <stdint.h>

#include <mach/kern_return.h>
#include <mach/message.h>
#include <mach/thread_status.h>
#include <machine/thread_machine.h>

struct thread;
struct task;

/*
 * User registers, saved at the top of the kernel stack by every entry from
 * EL0.  A trap writes x[0] only.
 */
struct trap_frame {
	uint64_t x[31];
	uint64_t sp;
	uint64_t pc;
	uint64_t cpsr;
};

/* Per task: pointer authentication keys (ABI.md, Memory): IA IB DA DB GA. */
struct machine_task {
	uint64_t pac_keys[10];
};

/* Caches for stacks and FP state; before the first thread. */
void machine_thread_setup(void);

/*
 * New keys, or with `parent` (a task_create that inherits) the parent's, for
 * a forked child returns through frames that its parent signed.
 */
void machine_task_init(struct machine_task *task,
    const struct machine_task *parent);

/*
 * Give `thread` a kernel stack ready to run `entry` with all user
 * registers zero.  In x0, `entry` finds the thread that ran before it, as
 * machine_switch() returns it.  KERN_RESOURCE_SHORTAGE without memory.
 */
kern_return_t machine_thread_init(struct thread *thread,
    void (*entry)(void));
void machine_thread_destroy(struct thread *thread);

/*
 * Switch from `from` to `to`, both with interrupts disabled: registers,
 * FP state, tpidr_el0, address space and PAC keys when the task differs.
 * Returns, on `from`'s stack later, the thread that ran before it.
 */
struct thread *machine_switch(struct thread *from, struct thread *to);

/*
 * The same, but when `from` goes on, resume(previous) runs, and what it returns
 * goes to the user's x0: whoever calls this has nothing left to do, for it need
 * not return.  If it does, it returns that.  The stack in use stays as it is.
 */
uint64_t machine_switch_resume(struct thread *from, struct thread *to,
    uint64_t (*resume)(struct thread *previous));

/* Leave the kernel for user mode with the current thread's trap frame. */
void machine_return_to_user(void) __attribute__((noreturn));

/*
 * Flavors of <mach/aarch64/thread_status.h> and thread_status_ext.h.  `count`
 * in natural_t words.  `thread` is stopped, or the caller itself.
 * KERN_INVALID_ARGUMENT: unknown flavor, count too small, bad cpsr, bad debug
 * registers.  KERN_RESOURCE_SHORTAGE.
 */
kern_return_t machine_thread_get_state(struct thread *thread, int flavor,
    thread_state_t state, mach_msg_type_number_t *count);
kern_return_t machine_thread_set_state(struct thread *thread, int flavor,
    thread_state_t state, mach_msg_type_number_t count);

/* Set the registers of a new thread of a boot module: pc, sp, rest zero. */
void machine_thread_set_entry(struct thread *thread, uint64_t pc,
    uint64_t sp);

/* hwcaps as in ABI.md; HWCAPS_COUNT words. */
void machine_get_hwcaps(uint64_t *hwcaps, uint64_t *midr, uint64_t *revidr);

#endif /* MACHINE_THREAD_H */
