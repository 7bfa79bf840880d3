/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * For assembly: function brackets, and the offsets of structure members
 * (checked by asm_offsets.c).
 */
#ifndef MACHINE_ASM_H
#define MACHINE_ASM_H

#define ENTRY(name)		.globl name; LOCAL_ENTRY(name)
#define LOCAL_ENTRY(name)	.type name, %function; .balign 4; name:
#define END(name)		.size name, . - name

/* struct boot_info */
#define BOOT_INFO_IMAGE_PHYS	0
#define BOOT_INFO_DOOR		20
#define BOOT_INFO_ENTRY_EL	24

/* struct trap_frame */
#define FRAME_SIZE		272
#define FRAME_X(n)		(8 * (n))
#define FRAME_SP		248
#define FRAME_PC		256
#define FRAME_CPSR		264

/* struct percpu */
#define PERCPU_CURRENT		0
#define PERCPU_AST		8
#define PERCPU_SCRATCH		16

/* struct machine_context */
#define CONTEXT_SP		96

/* struct thread */
#define THREAD_STACK_BASE	136

/* Kernel stacks: log2 of their size, and the least room for an exception. */
#define STACK_SHIFT		13
#define STACK_MARGIN		1024
#define EMERGENCY_STACK_SIZE	4096

#endif /* MACHINE_ASM_H */
