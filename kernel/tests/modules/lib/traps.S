/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Entry of a boot module and the Mach traps (ABI.md: Program start, Traps).
 */
	.text
	.globl	_start
	.type	_start, %function
_start:
	mov	x29, xzr
	mov	x30, xzr
	mov	x0, sp
	b	module_start
	.size	_start, . - _start

	.macro	trap name, number
	.globl	\name
	.type	\name, %function
\name:
	mov	w8, #\number
	svc	#0
	ret
	.size	\name, . - \name
	.endm

	trap	mach_msg_trap, -25
	trap	mach_reply_port, -26
	trap	mach_thread_self, -27
	trap	mach_task_self, -28
	trap	mach_host_self, -29
	trap	mach_print, -30
	trap	swtch_pri, -59
	trap	swtch, -60
	trap	thread_switch, -61
	trap	syscall_vm_allocate, -65
	trap	syscall_vm_deallocate, -66
	trap	syscall_task_create, -68
	trap	syscall_task_terminate, -69
	trap	syscall_task_suspend, -70
	trap	syscall_task_set_special_port, -71
	trap	syscall_mach_port_allocate, -72
	trap	syscall_mach_port_deallocate, -73
	trap	syscall_mach_port_insert_right, -74
	trap	syscall_mach_port_allocate_name, -75
	trap	syscall_thread_depress_abort, -76
	trap	thread_set_self_state, -77

	/* vm_map has eleven arguments: the C caller's stack is the trap's. */
	trap	syscall_vm_map, -64

/*
 * uint64_t trap_raw(uint64_t number, const uint64_t arguments[8]): any
 * trap, any arguments.
 */
	.globl	trap_raw
	.type	trap_raw, %function
trap_raw:
	mov	w8, w0
	mov	x9, x1
	ldp	x0, x1, [x9]
	ldp	x2, x3, [x9, #16]
	ldp	x4, x5, [x9, #32]
	ldp	x6, x7, [x9, #48]
	svc	#0
	ret
	.size	trap_raw, . - trap_raw

	.section .note.GNU-stack, "", %progbits
