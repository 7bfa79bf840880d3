/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <machine/asm.h>

	.arch_extension fp
	.arch_extension simd
	.text

	.macro	each_pair operation
	.irp	n, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
	fpu_pair \operation, \n
	.endr
	.endm

	.macro	fpu_pair operation, n
	.if	\n == 30
	\operation q30, q31, [x0, #480]
	.else
	fpu_pair_next \operation, \n, %(\n + 1)
	.endif
	.endm

	.altmacro
	.macro	fpu_pair_next operation, n, next
	\operation q\n, q\next, [x0, #(16 * \n)]
	.endm

/* fpu_save_registers(struct machine_fpu *) */
ENTRY(fpu_save_registers)
	each_pair stp
	mrs	x1, fpsr
	mrs	x2, fpcr
	str	x1, [x0, #512]
	str	x2, [x0, #520]
	ret
END(fpu_save_registers)

/* fpu_load_registers(const struct machine_fpu *) */
ENTRY(fpu_load_registers)
	each_pair ldp
	ldr	x1, [x0, #512]
	ldr	x2, [x0, #520]
	msr	fpsr, x1
	msr	fpcr, x2
	ret
END(fpu_load_registers)
