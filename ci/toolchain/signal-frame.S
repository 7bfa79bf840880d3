/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * A signal trampoline as the C library has it, its unwind information
 * included, and functions to be interrupted in.
 */
	.text

/* Register \reg lies \offset bytes from sp on. */
	.macro saved reg, offset
	.cfi_escape 0x10, (\reg), 3, 0x8f, ((\offset) & 127) | 128, \
	    (\offset) >> 7
	.endm

/*
 * A handler returns to signal_trampoline, with sp at the signal context:
 * aarch64_thread_state and, 288 bytes on, aarch64_float_state.  The caller
 * of the frame goes on where the signal came; its sp is in the context.  The
 * instruction before is for unwinders, which look up the address of a call.
 */
	.type	signal_trampoline, %function
	.cfi_startproc
	.cfi_signal_frame
	.cfi_return_column 32
	.cfi_escape 0x0f, 4, 0x8f, 0xf8, 0x01, 0x06
	.irp	number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, \
	    16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
	saved	\number, 8 * \number
	.endr
	saved	32, 256
	.irp	number, 8, 9, 10, 11, 12, 13, 14, 15
	saved	64 + \number, 288 + 16 * \number
	.endr
	nop
	.globl	signal_trampoline
signal_trampoline:
	mov	x0, sp
	bl	signal_return
	brk	#1
	.cfi_endproc
	.size	signal_trampoline, . - signal_trampoline

/* uint64_t fault_leaf(const uint64_t *): the return address is in x30 only. */
	.globl	fault_leaf
	.type	fault_leaf, %function
fault_leaf:
	.cfi_startproc
	bti	c
	ldr	x0, [x0]
	ret
	.cfi_endproc
	.size	fault_leaf, . - fault_leaf

/*
 * void fault_kept(const uint64_t *): the caller's registers are saved, and
 * used for something else when the fault comes.
 */
	.globl	fault_kept
	.type	fault_kept, %function
fault_kept:
	.cfi_startproc
	paciasp
	.cfi_negate_ra_state
	stp	x29, x30, [sp, #-48]!
	.cfi_def_cfa_offset 48
	.cfi_offset 29, -48
	.cfi_offset 30, -40
	stp	x19, x20, [sp, #16]
	.cfi_offset 19, -32
	.cfi_offset 20, -24
	stp	d8, d9, [sp, #32]
	.cfi_offset 72, -16
	.cfi_offset 73, -8
	mov	x29, sp
	mov	x19, #-1
	mov	x20, #-1
	fmov	d8, x19
	fmov	d9, x20
	mov	x30, #0
	ldr	x0, [x0]
	brk	#2
	.cfi_endproc
	.size	fault_kept, . - fault_kept

	.section .note.GNU-stack, "", %progbits
