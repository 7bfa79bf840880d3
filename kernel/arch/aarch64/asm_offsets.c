/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The offsets that assembly uses (machine/asm.h) are those of the
 * structures.
 */

#include <stddef.h>

#include <kern/thread.h>
#include <machine/asm.h>
#include <machine/boot.h>
#include <machine/memory.h>
#include <machine/percpu.h>
#include <machine/thread.h>

#define CHECK(offset, type, member)	\
	_Static_assert((offset) == offsetof(type, member), #offset)

CHECK(BOOT_INFO_IMAGE_PHYS, struct boot_info, image_phys);
CHECK(BOOT_INFO_DOOR, struct boot_info, door);
CHECK(BOOT_INFO_ENTRY_EL, struct boot_info, entry_el);

CHECK(FRAME_X(30), struct trap_frame, x[30]);
CHECK(FRAME_SP, struct trap_frame, sp);
CHECK(FRAME_PC, struct trap_frame, pc);
CHECK(FRAME_CPSR, struct trap_frame, cpsr);
_Static_assert(FRAME_SIZE == sizeof(struct trap_frame), "FRAME_SIZE");
_Static_assert(FRAME_SIZE % 16 == 0, "sp alignment");

CHECK(PERCPU_CURRENT, struct percpu, current);
CHECK(PERCPU_AST, struct percpu, ast);
CHECK(PERCPU_SCRATCH, struct percpu, scratch);

CHECK(CONTEXT_SP, struct machine_context, sp);

CHECK(THREAD_STACK_BASE, struct thread, machine.stack_base);

_Static_assert(KERNEL_STACK_SIZE == 1UL << STACK_SHIFT, "STACK_SHIFT");
_Static_assert(BOOT_STACK_SIZE == KERNEL_STACK_SIZE, "BOOT_STACK_SIZE");
