/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * System registers of EL1: access, and the fields that the kernel sets
 * (Arm ARM DDI 0487, D24.2).
 */
#ifndef MACHINE_SYSREG_H
#define MACHINE_SYSREG_H

/* TCR_EL1 */
#define TCR_T0SZ(n)		((unsigned long)(n))
#define TCR_T1SZ(n)		((unsigned long)(n) << 16)
/* Table walks: inner and outer write-back allocate, inner shareable. */
#define TCR_WALK_WB_INNER	0x35003500UL
#define TCR_TG1_4K		(2UL << 30)
#define TCR_IPS(n)		((unsigned long)(n) << 32)
#define TCR_IPS_48_BITS		5UL
#define TCR_AS			(1UL << 36)	/* 16-bit ASIDs */

/* SCTLR_EL1 */
#define SCTLR_M			(1UL << 0)
#define SCTLR_A			(1UL << 1)
#define SCTLR_C			(1UL << 2)
#define SCTLR_SA		(1UL << 3)	/* sp alignment, EL1 */
#define SCTLR_SA0		(1UL << 4)	/* sp alignment, EL0 */
#define SCTLR_EOS		(1UL << 11)
#define SCTLR_I			(1UL << 12)
#define SCTLR_ENDB		(1UL << 13)
#define SCTLR_DZE		(1UL << 14)	/* dc zva at EL0 */
#define SCTLR_UCT		(1UL << 15)	/* CTR_EL0 at EL0 */
#define SCTLR_NTWI		(1UL << 16)
#define SCTLR_NTWE		(1UL << 18)
#define SCTLR_TSCXT		(1UL << 20)
#define SCTLR_EIS		(1UL << 22)
#define SCTLR_SPAN		(1UL << 23)
#define SCTLR_UCI		(1UL << 26)	/* cache maintenance at EL0 */
#define SCTLR_ENDA		(1UL << 27)
#define SCTLR_NTLSMD		(1UL << 28)
#define SCTLR_LSMAOE		(1UL << 29)
#define SCTLR_ENIB		(1UL << 30)
#define SCTLR_ENIA		(1UL << 31)

#define SCTLR_RES1		(SCTLR_EOS | SCTLR_TSCXT | SCTLR_EIS | \
				 SCTLR_SPAN | SCTLR_NTLSMD | SCTLR_LSMAOE)
#define SCTLR_MMU_OFF		SCTLR_RES1
#define SCTLR_MMU_ON		(SCTLR_RES1 | SCTLR_M | SCTLR_C | SCTLR_I | \
				 SCTLR_SA | SCTLR_SA0 | SCTLR_DZE | \
				 SCTLR_UCT | SCTLR_UCI | SCTLR_NTWE)
#define SCTLR_PAC		(SCTLR_ENIA | SCTLR_ENIB | SCTLR_ENDA | \
				 SCTLR_ENDB)

/* CPACR_EL1: FP and SIMD at EL0 and EL1. */
#define CPACR_FPEN		(3UL << 20)
#define CPACR_ZEN		(3UL << 16)	/* SVE */

/* CNTKCTL_EL1: CNTVCT_EL0 and CNTFRQ_EL0 at EL0. */
#define CNTKCTL_EL0VCTEN	(1UL << 1)

/* MDSCR_EL1: software step, debug communication traps, comparators. */
#define MDSCR_SS		(1UL << 0)
#define MDSCR_TDCC		(1UL << 12)
#define MDSCR_MDE		(1UL << 15)

/* SPSR_EL1 and PSTATE */
#define SPSR_M_EL1H		0x5UL
#define SPSR_M_MASK		0xfUL
#define SPSR_AARCH32		(1UL << 4)
#define SPSR_F			(1UL << 6)
#define SPSR_I			(1UL << 7)
#define SPSR_A			(1UL << 8)
#define SPSR_D			(1UL << 9)
#define SPSR_BTYPE		(3UL << 10)
#define SPSR_SSBS		(1UL << 12)
#define SPSR_IL			(1UL << 20)
#define SPSR_SS			(1UL << 21)
#define SPSR_PAN		(1UL << 22)
#define SPSR_DIT		(1UL << 24)
#define SPSR_TCO		(1UL << 25)
#define SPSR_NZCV		(0xfUL << 28)

/* ESR_EL1 */
#define ESR_EC(esr)		(((esr) >> 26) & 0x3f)
#define ESR_ISS(esr)		((esr) & 0x1ffffff)
#define ESR_EC_UNKNOWN		0x00
#define ESR_EC_WFX		0x01
#define ESR_EC_FP_ACCESS	0x07
#define ESR_EC_PAC_TRAP		0x09
#define ESR_EC_BTI		0x0d
#define ESR_EC_ILLEGAL		0x0e
#define ESR_EC_SVC64		0x15
#define ESR_EC_SYSREG		0x18
#define ESR_EC_SVE_ACCESS	0x19
#define ESR_EC_FPAC		0x1c
#define ESR_EC_SME_ACCESS	0x1d
#define ESR_EC_IABT_EL0		0x20
#define ESR_EC_IABT_EL1		0x21
#define ESR_EC_PC_ALIGN		0x22
#define ESR_EC_DABT_EL0		0x24
#define ESR_EC_DABT_EL1		0x25
#define ESR_EC_SP_ALIGN		0x26
#define ESR_EC_MOPS		0x27
#define ESR_EC_FP_EXCEPTION	0x2c
#define ESR_EC_BREAKPOINT_EL0	0x30
#define ESR_EC_STEP_EL0		0x32
#define ESR_EC_WATCHPOINT_EL0	0x34
#define ESR_EC_BRK64		0x3c
/* svc #0 from AArch64: EC, IL. */
#define ESR_SVC_ZERO		0x56000000
/* Aborts: the fault status code without its level, WnR, CM. */
#define ESR_FSC(iss)		((iss) & 0x3f)
#define ESR_FSC_TYPE(iss)	((iss) & 0x3c)
#define ESR_FSC_ADDRESS_SIZE	0x00
#define ESR_FSC_TRANSLATION	0x04
#define ESR_FSC_ACCESS_FLAG	0x08
#define ESR_FSC_PERMISSION	0x0c
#define ESR_FSC_ALIGNMENT	0x21
#define ESR_ISS_WNR		(1UL << 6)
#define ESR_ISS_CM		(1UL << 8)
#define ESR_ISS_FNV		(1UL << 10)

#ifndef __ASSEMBLER__

#include <stdint.h>

/* The register is written by name: sysreg_read(midr_el1). */
#define sysreg_read(name) ({						\
	uint64_t sysreg_value_;						\
	__asm__ volatile("mrs %0, " #name : "=r"(sysreg_value_));	\
	sysreg_value_;							\
})

#define sysreg_write(name, value) do {					\
	__asm__ volatile("msr " #name ", %0"				\
	    : : "r"((uint64_t)(value)) : "memory");			\
} while (0)

static inline void
cpu_isb(void)
{
	__asm__ volatile("isb" : : : "memory");
}

#endif /* __ASSEMBLER__ */
#endif /* MACHINE_SYSREG_H */
