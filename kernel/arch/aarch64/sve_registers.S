/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <machine/asm.h>

	.arch_extension fp
	.arch_extension simd
	.arch_extension sve
	.text

	/* x1: behind the vectors. */
	.macro	each_vector operation
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	\operation z\n, [x0, #\n, mul vl]
	.endr
	.irp	n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, \
		30, 31
	\operation z\n, [x0, #\n, mul vl]
	.endr
	addvl	x1, x0, #16
	addvl	x1, x1, #16
	.endm

	.macro	each_predicate operation
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	\operation p\n, [x1, #\n, mul vl]
	.endr
	.endm

/* sve_save_registers(void *); they stay as they are. */
ENTRY(sve_save_registers)
	each_vector str
	each_predicate str
	rdffr	p0.b
	str	p0, [x1, #16, mul vl]
	ldr	p0, [x1]
	ret
END(sve_save_registers)

/* sve_load_registers(const void *) */
ENTRY(sve_load_registers)
	each_vector ldr
	ldr	p0, [x1, #16, mul vl]
	wrffr	p0.b
	each_predicate ldr
	ret
END(sve_load_registers)

/* unsigned int sve_vector_bytes(void) */
ENTRY(sve_vector_bytes)
	rdvl	x0, #1
	ret
END(sve_vector_bytes)
