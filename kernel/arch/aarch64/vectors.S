/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

/*
 * Exception vectors, the trap fast path, and the way back to user mode.
 *
 * In user mode SP_EL1 is the top of the thread's kernel stack, so that the
 * frame of an entry from EL0 always lies there.  Entries from EL1 push the
 * same frame on the stack in use.  All registers are saved at once: a
 * debugger sees and changes them through the frame, and a trap that blocks
 * loses none.
 */

#include <machine/asm.h>
#include <machine/sysreg.h>
#include <machine/trap.h>

	/* Save x2-x29; x20-x29 may be used afterwards. */
	.macro	save_registers
	stp	x2, x3, [sp, #FRAME_X(2)]
	stp	x4, x5, [sp, #FRAME_X(4)]
	stp	x6, x7, [sp, #FRAME_X(6)]
	stp	x8, x9, [sp, #FRAME_X(8)]
	stp	x10, x11, [sp, #FRAME_X(10)]
	stp	x12, x13, [sp, #FRAME_X(12)]
	stp	x14, x15, [sp, #FRAME_X(14)]
	stp	x16, x17, [sp, #FRAME_X(16)]
	stp	x18, x19, [sp, #FRAME_X(18)]
	stp	x20, x21, [sp, #FRAME_X(20)]
	stp	x22, x23, [sp, #FRAME_X(22)]
	stp	x24, x25, [sp, #FRAME_X(24)]
	stp	x26, x27, [sp, #FRAME_X(26)]
	stp	x28, x29, [sp, #FRAME_X(28)]
	.endm

	/* Restore x0-x29 and drop the frame; `x0` is xzr to keep x0. */
	.macro	restore_registers x0=x0
	ldp	x2, x3, [sp, #FRAME_X(2)]
	ldp	x4, x5, [sp, #FRAME_X(4)]
	ldp	x6, x7, [sp, #FRAME_X(6)]
	ldp	x8, x9, [sp, #FRAME_X(8)]
	ldp	x10, x11, [sp, #FRAME_X(10)]
	ldp	x12, x13, [sp, #FRAME_X(12)]
	ldp	x14, x15, [sp, #FRAME_X(14)]
	ldp	x16, x17, [sp, #FRAME_X(16)]
	ldp	x18, x19, [sp, #FRAME_X(18)]
	ldp	x20, x21, [sp, #FRAME_X(20)]
	ldp	x22, x23, [sp, #FRAME_X(22)]
	ldp	x24, x25, [sp, #FRAME_X(24)]
	ldp	x26, x27, [sp, #FRAME_X(26)]
	ldp	x28, x29, [sp, #FRAME_X(28)]
	ldp	\x0, x1, [sp], #FRAME_SIZE
	.endm

	/* x0-x29. */
	.macro	push_registers
	stp	x0, x1, [sp, #-FRAME_SIZE]!
	save_registers
	.endm

	/* x30 and the EL0 stack pointer, pc and cpsr. */
	.macro	save_user_state
	mrs	x20, sp_el0
	mrs	x21, elr_el1
	mrs	x22, spsr_el1
	stp	x30, x20, [sp, #FRAME_X(30)]
	stp	x21, x22, [sp, #FRAME_PC]
	mov	x29, xzr
	.endm

	/*
	 * Leave for user mode, with the user's x0 in `x0`, or xzr if it is there
	 * already; to `ast`, with interrupts disabled, if there is more to do.
	 */
	.macro	user_return ast, x0=x0
	msr	daifset, #2
	mrs	x9, tpidr_el1
	ldr	w10, [x9, #PERCPU_AST]
	cbnz	w10, \ast
	ldp	x21, x22, [sp, #FRAME_PC]
	ldp	x30, x20, [sp, #FRAME_X(30)]
	msr	elr_el1, x21
	msr	spsr_el1, x22
	msr	sp_el0, x20
	restore_registers \x0
	eret
	.endm

	/*
	 * An entry from EL1.  A stack that is used up is noticed before the
	 * frame is written: sp must be within the current stack and leave
	 * STACK_MARGIN bytes.
	 */
	.macro	kernel_vector handler
	.balign	128
	msr	tpidrro_el0, x0
	mrs	x0, tpidr_el1
	str	x1, [x0, #PERCPU_SCRATCH]
	ldr	x1, [x0, #PERCPU_CURRENT]
	cbz	x1, 1f
	ldr	x1, [x1, #THREAD_STACK_BASE]
	cbnz	x1, 2f
1:	adrp	x1, boot_stack
2:	sub	x1, sp, x1
	sub	x1, x1, #STACK_MARGIN
	lsr	x1, x1, #STACK_SHIFT
	cbnz	x1, stack_overflow
	ldr	x1, [x0, #PERCPU_SCRATCH]
	mrs	x0, tpidrro_el0
	msr	tpidrro_el0, xzr
	sub	sp, sp, #FRAME_SIZE
	b	\handler
	.endm

	.macro	bad_vector number
	.balign	128
	sub	sp, sp, #FRAME_SIZE
	stp	x0, x1, [sp, #FRAME_X(0)]
	mrs	x0, tpidr_el1
	mov	x1, #\number
	str	x1, [x0, #(PERCPU_SCRATCH + 16)]
	ldr	x1, [sp, #FRAME_X(1)]
	b	bad_entry
	.endm

	.text
	.balign	2048
	.globl	trap_vectors
trap_vectors:
	/* EL1 with SP_EL0: never used. */
	bad_vector 0
	bad_vector 1
	bad_vector 2
	bad_vector 3

	/* EL1 with SP_EL1. */
	kernel_vector kernel_sync
	kernel_vector kernel_irq
	bad_vector 6
	bad_vector 7

	/* EL0, AArch64. */
	.balign	128
	push_registers
	mrs	x23, esr_el1
	mov	w24, #ESR_SVC_ZERO
	save_user_state
	cmp	w23, w24
	b.eq	user_trap
	b	user_sync

	.balign	128
	push_registers
	save_user_state
	b	user_irq

	bad_vector 10
	bad_vector 11

	/* EL0, AArch32: the kernel never enters it. */
	bad_vector 12
	bad_vector 13
	bad_vector 14
	bad_vector 15

/*
 * svc #0: x0-x7 and w8 are still the user's.  trap_table (kern/syscall_sw.c)
 * has an entry for each number from 0 down to -(TRAP_COUNT - 1).
 */
LOCAL_ENTRY(user_trap)
	adr	x24, trap_table
	neg	w25, w8
	cmp	w25, #TRAP_COUNT
	b.hs	user_sync
	ldr	x24, [x24, x25, lsl #3]
	cbz	x24, user_sync
	msr	daifclr, #2
	blr	x24
	mov	w0, w0
	user_return 1f, xzr
1:	str	x0, [sp, #FRAME_X(0)]
	b	trap_return_ast
END(user_trap)

/* Leave for user mode; sp is at the frame.  Interrupts in any state. */
ENTRY(trap_return)
	user_return trap_return_ast
END(trap_return)

LOCAL_ENTRY(trap_return_ast)
	msr	daifclr, #2
	bl	thread_ast
	b	trap_return
END(trap_return_ast)

/* Every other synchronous exception of user mode. */
LOCAL_ENTRY(user_sync)
	mov	x0, sp
	mrs	x1, esr_el1
	mrs	x2, far_el1
	msr	daifclr, #2
	bl	trap_user
	b	trap_return
END(user_sync)

LOCAL_ENTRY(user_irq)
	mov	x0, sp
	mov	w1, #1
	bl	trap_interrupt
	b	trap_return
END(user_irq)

/* sp is at the frame, nothing is saved yet. */
	.macro	kernel_enter
	stp	x0, x1, [sp, #FRAME_X(0)]
	save_registers
	add	x20, sp, #FRAME_SIZE
	mrs	x21, elr_el1
	mrs	x22, spsr_el1
	stp	x30, x20, [sp, #FRAME_X(30)]
	stp	x21, x22, [sp, #FRAME_PC]
	.endm

LOCAL_ENTRY(kernel_sync)
	kernel_enter
	mov	x0, sp
	mrs	x1, esr_el1
	mrs	x2, far_el1
	bl	trap_kernel
	b	kernel_return
END(kernel_sync)

LOCAL_ENTRY(kernel_irq)
	kernel_enter
	mov	x0, sp
	mov	w1, #0
	bl	trap_interrupt
END(kernel_irq)

LOCAL_ENTRY(kernel_return)
	msr	daifset, #2
	ldp	x21, x22, [sp, #FRAME_PC]
	ldr	x30, [sp, #FRAME_X(30)]
	msr	elr_el1, x21
	msr	spsr_el1, x22
	restore_registers
	eret
END(kernel_return)

/* An exception that has no business here; scratch[2]: its vector number. */
LOCAL_ENTRY(bad_entry)
	ldr	x0, [sp, #FRAME_X(0)]
	kernel_enter
	mrs	x1, tpidr_el1
	ldr	x1, [x1, #(PERCPU_SCRATCH + 16)]
	mov	x0, sp
	b	trap_bad
END(bad_entry)

/* x0: percpu, x1: garbage, sp: out of bounds. */
LOCAL_ENTRY(stack_overflow)
	mov	x1, sp
	str	x1, [x0, #(PERCPU_SCRATCH + 8)]
	adrp	x1, trap_emergency_stack
	add	x1, x1, :lo12:trap_emergency_stack
	add	x1, x1, #(EMERGENCY_STACK_SIZE - FRAME_SIZE)
	mov	sp, x1
	ldr	x1, [x0, #PERCPU_SCRATCH]
	mrs	x0, tpidrro_el0
	kernel_enter
	mrs	x0, tpidr_el1
	ldr	x0, [x0, #(PERCPU_SCRATCH + 8)]
	str	x0, [sp, #FRAME_SP]
	mov	x0, sp
	b	trap_stack_overflow
END(stack_overflow)

	/* To the context at x1, where x0 is what x2 is here. */
	.macro	context_load
	ldp	x19, x20, [x1, #0]
	ldp	x21, x22, [x1, #16]
	ldp	x23, x24, [x1, #32]
	ldp	x25, x26, [x1, #48]
	ldp	x27, x28, [x1, #64]
	ldp	x29, x30, [x1, #80]
	ldr	x9, [x1, #CONTEXT_SP]
	mov	sp, x9
	mov	x0, x2
	ret
	.endm

/*
 * machine_switch_context(struct machine_context *from,
 *     const struct machine_context *to, struct thread *previous):
 * returns `previous` on the stack of `to`.
 */
ENTRY(machine_switch_context)
	stp	x19, x20, [x0, #0]
	stp	x21, x22, [x0, #16]
	stp	x23, x24, [x0, #32]
	stp	x25, x26, [x0, #48]
	stp	x27, x28, [x0, #64]
	stp	x29, x30, [x0, #80]
	mov	x9, sp
	str	x9, [x0, #CONTEXT_SP]
	context_load
END(machine_switch_context)

/*
 * machine_switch_forget(from, to, previous, resume, frame): the same, but `from`
 * goes on in machine_resumed, with sp where it is now.  For such a thread
 * only the registers that machine_resumed knows are loaded.
 */
ENTRY(machine_switch_forget)
	adr	x10, machine_resumed
	mov	x9, sp
	stp	x3, x4, [x0, #0]
	stp	xzr, x10, [x0, #80]
	str	x9, [x0, #CONTEXT_SP]
	ldr	x11, [x1, #88]
	cmp	x11, x10
	b.ne	1f
	ldr	x9, [x1, #CONTEXT_SP]
	ldp	x19, x20, [x1, #0]
	mov	x0, x2
	mov	sp, x9
	mov	x29, xzr
	/* x0 = the previous thread, x19 = resume(), x20 = the frame. */
machine_resumed:
	blr	x19
	mov	sp, x20
	str	x0, [sp, #FRAME_X(0)]
	b	trap_return
1:	context_load
END(machine_switch_forget)

/* A new thread: x0 = the previous thread, x19 = its entry. */
ENTRY(machine_thread_begin)
	mov	x29, xzr
	mov	x30, xzr
	br	x19
END(machine_thread_begin)

/* x0: the frame of the current thread, at the top of its stack. */
ENTRY(trap_return_frame)
	mov	sp, x0
	mov	x29, xzr
	b	trap_return
END(trap_return_frame)

	.section .bss.pages, "aw", %nobits
	.globl	trap_emergency_stack
	.balign	16
trap_emergency_stack:
	.skip	EMERGENCY_STACK_SIZE
