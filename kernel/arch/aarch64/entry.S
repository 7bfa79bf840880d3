/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

/*
 * From the two doors to machine_start(): see machine/boot.h.
 *
 * Until the jump to boot_virtual everything runs at its physical address
 * and is position independent.  x19: FDT, x20: door, x21: entry EL.
 */

#include <machine/asm.h>
#include <machine/boot.h>
#include <machine/pte.h>
#include <machine/sysreg.h>

/* Registers of EL2, and names of EL1's registers as EL2 with E2H sees them. */
#define HCR_API			41
#define HCR_APK			40
#define HCR_E2H			34
#define HCR_RW			31
#define SCTLR_EL12		s3_5_c1_c0_0
#define HFGRTR_EL2		s3_4_c1_c1_4
#define HFGWTR_EL2		s3_4_c1_c1_5
#define HFGITR_EL2		s3_4_c1_c1_6
#define HDFGRTR_EL2		s3_4_c3_c1_4
#define HDFGWTR_EL2		s3_4_c3_c1_5
#define HCRX_EL2		s3_4_c1_c2_2
#define HCRX_MSCEN		11
#define ID_AA64ISAR2_EL1	s3_0_c0_c6_2
#define ICC_SRE_EL2		s3_4_c12_c9_5
#define ICH_HCR_EL2		s3_4_c12_c11_0
#define ZCR_EL2			s3_4_c1_c2_0
#define CPTR_TZ			(1 << 8)

	.text

/* Linux boot protocol: x0 = FDT, MMU off, caches off or clean. */
ENTRY(boot_linux_entry)
	mov	x19, x0
	mov	x20, #BOOT_DOOR_LINUX
	b	boot_common
END(boot_linux_entry)

/* EFI: x0 = image handle, x1 = system table; the MMU is on. */
ENTRY(boot_efi_entry)
	stp	x29, x30, [sp, #-16]!
	mov	x29, sp
	bl	boot_efi_main
	mov	x19, x0
	mov	x20, #BOOT_DOOR_EFI
	msr	daifset, #0xf

	/* What caches hold must be in memory before they are turned off. */
	adrp	x0, _head
	adrp	x1, _image_end
	bl	boot_dcache_clean
	mov	x0, x19
	ldr	w1, [x19, #4]
	rev	w1, w1
	add	x1, x1, x0
	bl	boot_dcache_clean

	mrs	x0, CurrentEL
	cmp	x0, #(2 << 2)
	b.eq	1f
	mrs	x0, sctlr_el1
	and	x0, x0, #~SCTLR_M
	and	x0, x0, #~SCTLR_C
	and	x0, x0, #~SCTLR_I
	msr	sctlr_el1, x0
	isb
	b	2f
1:	mrs	x0, sctlr_el2
	and	x0, x0, #~SCTLR_M
	and	x0, x0, #~SCTLR_C
	and	x0, x0, #~SCTLR_I
	msr	sctlr_el2, x0
	isb
2:	ic	iallu
	dsb	nsh
	isb
	b	boot_common
END(boot_efi_entry)

/* Apply `operation` to the data cache lines of [x0, x1), to memory. */
	.macro	dcache_function name, operation
LOCAL_ENTRY(\name)
	mrs	x2, ctr_el0
	ubfx	x2, x2, #16, #4
	mov	x3, #4
	lsl	x3, x3, x2
	sub	x2, x3, #1
	bic	x0, x0, x2
1:	dc	\operation, x0
	add	x0, x0, x3
	cmp	x0, x1
	b.lo	1b
	dsb	sy
	ret
END(\name)
	.endm

	dcache_function boot_dcache_clean, civac
	dcache_function boot_dcache_invalidate, ivac

/*
 * Leave EL2 for EL1.  Returns at EL1 with interrupts masked; clobbers x0-x3.
 * The vector base of EL2 is left to the firmware: nothing traps to EL2.
 */
LOCAL_ENTRY(boot_drop_to_el1)
	/* EL1 is AArch64; pointer authentication is not trapped; no E2H. */
	mov	x0, #(1 << HCR_RW)
	movk	x0, #((1 << (HCR_API - 32)) | (1 << (HCR_APK - 32))), lsl #32
	msr	hcr_el2, x0
	isb

	/* E2H may be fixed at one: some registers then have other layouts. */
	mrs	x0, hcr_el2
	ldr	x1, =SCTLR_MMU_OFF
	tbnz	x0, #HCR_E2H, 1f
	msr	sctlr_el1, x1
	mov	x0, #0x33ff		/* CPTR_EL2: trap SVE and SME only */
	mrs	x1, id_aa64pfr0_el1
	ubfx	x1, x1, #32, #4
	cbz	x1, 7f
	and	x0, x0, #~CPTR_TZ	/* there is SVE: nor that */
7:	msr	cptr_el2, x0
	mov	x0, #3			/* CNTHCTL_EL2: EL1 uses the counter */
	msr	cnthctl_el2, x0
	b	2f
1:	msr	SCTLR_EL12, x1
	mov	x0, #(CPACR_FPEN | CPACR_ZEN)
	msr	cptr_el2, x0
	mov	x0, #(3 << 10)
	msr	cnthctl_el2, x0

	/* SVE: any vector length. */
2:	mrs	x0, id_aa64pfr0_el1
	ubfx	x0, x0, #32, #4
	cbz	x0, 8f
	isb
	mov	x0, #0xf
	msr	ZCR_EL2, x0
8:	msr	cntvoff_el2, xzr
	msr	vttbr_el2, xzr
	msr	hstr_el2, xzr
	mrs	x0, midr_el1
	msr	vpidr_el2, x0
	mrs	x0, mpidr_el1
	msr	vmpidr_el2, x0

	/* No debug traps; all performance counters belong to EL1. */
	mov	x1, xzr
	mrs	x0, id_aa64dfr0_el1
	ubfx	x0, x0, #8, #4
	cbz	x0, 3f
	cmp	x0, #0xf
	b.eq	3f
	mrs	x1, pmcr_el0
	ubfx	x1, x1, #11, #5
3:	msr	mdcr_el2, x1

	/* Fine-grained traps off, where there are any. */
	mrs	x0, id_aa64mmfr0_el1
	ubfx	x0, x0, #56, #4
	cbz	x0, 4f
	msr	HFGRTR_EL2, xzr
	msr	HFGWTR_EL2, xzr
	msr	HFGITR_EL2, xzr
	msr	HDFGRTR_EL2, xzr
	msr	HDFGWTR_EL2, xzr
4:	mrs	x0, id_aa64mmfr1_el1
	ubfx	x0, x0, #40, #4
	cbz	x0, 5f
	mrs	x0, ID_AA64ISAR2_EL1
	ubfx	x0, x0, #16, #4
	cmp	x0, #0
	cset	x0, ne			/* EL1 may copy memory (MOPS) */
	lsl	x0, x0, #HCRX_MSCEN
	msr	HCRX_EL2, x0

	/* GICv3: the interrupt controller by system registers at EL1 too. */
5:	mrs	x0, id_aa64pfr0_el1
	ubfx	x0, x0, #24, #4
	cbz	x0, 6f
	mrs	x0, ICC_SRE_EL2
	mov	x1, #9			/* SRE, Enable */
	orr	x0, x0, x1
	msr	ICC_SRE_EL2, x0
	isb
	mrs	x0, ICC_SRE_EL2
	tbz	x0, #0, 6f
	msr	ICH_HCR_EL2, xzr

6:	tlbi	alle1
	dsb	nsh
	mov	x0, #(SPSR_D | SPSR_A | SPSR_I | SPSR_F | SPSR_M_EL1H)
	msr	spsr_el2, x0
	msr	elr_el2, x30
	isb
	eret
END(boot_drop_to_el1)

/* MMU off, EL1 or EL2. */
LOCAL_ENTRY(boot_common)
	msr	daifset, #0xf
	mrs	x21, CurrentEL
	ubfx	x21, x21, #2, #2
	cmp	x21, #2
	b.ne	1f
	bl	boot_drop_to_el1
1:	ldr	x0, =SCTLR_MMU_OFF
	msr	sctlr_el1, x0
	isb

	/* The .bss section is made of whole pages. */
	adrp	x0, _bss
	adrp	x1, _image_end
2:	stp	xzr, xzr, [x0], #16
	stp	xzr, xzr, [x0], #16
	stp	xzr, xzr, [x0], #16
	stp	xzr, xzr, [x0], #16
	cmp	x0, x1
	b.lo	2b

	adrp	x0, boot_info
	add	x0, x0, :lo12:boot_info
	str	w20, [x0, #BOOT_INFO_DOOR]
	str	w21, [x0, #BOOT_INFO_ENTRY_EL]
	adrp	x0, boot_stack
	add	x0, x0, :lo12:boot_stack
	add	sp, x0, #BOOT_STACK_SIZE
	mov	x29, xzr

	mov	x0, x19
	bl	boot_early_console
	adrp	x0, _head
	mov	x1, x19
	bl	boot_map_build
	mov	x22, x0

	/* Stale lines must not hide what was written with the caches off. */
	adrp	x0, _data
	adrp	x1, _image_end
	bl	boot_dcache_invalidate

	bl	boot_tcr
	mov	x23, x0
	bl	boot_sctlr
	mov	x24, x0
	mov	x0, x22
	mov	x1, x23
	mov	x2, x24
	ldr	x3, =boot_virtual
	b	boot_mmu_on
END(boot_common)

/* TTBR1 is in use from here on: addresses are the linked ones. */
LOCAL_ENTRY(boot_virtual)
	adrp	x0, boot_empty_root
	adrp	x1, _head
	sub	x0, x0, x1
	adrp	x1, boot_info
	add	x1, x1, :lo12:boot_info
	ldr	x1, [x1, #BOOT_INFO_IMAGE_PHYS]
	add	x0, x0, x1
	msr	ttbr0_el1, x0
	isb
	tlbi	vmalle1
	dsb	nsh
	isb

	adrp	x0, boot_stack
	add	x0, x0, :lo12:boot_stack
	add	sp, x0, #BOOT_STACK_SIZE
	mov	x29, xzr
	mov	x30, xzr
	b	machine_start
END(boot_virtual)

/*
 * x0: root of the identity map, x1: TCR, x2: SCTLR, x3: where to go on.
 * On a page of its own section that the identity map covers.
 */
	.section .idmap, "ax"
LOCAL_ENTRY(boot_mmu_on)
	ldr	x4, =MAIR_VALUE
	msr	mair_el1, x4
	msr	tcr_el1, x1
	msr	ttbr0_el1, x0
	adrp	x4, kernel_root
	msr	ttbr1_el1, x4
	isb
	tlbi	vmalle1
	ic	iallu
	dsb	nsh
	isb
	msr	sctlr_el1, x2
	isb
	br	x3
	.ltorg
END(boot_mmu_on)

	.section .bss.pages, "aw", %nobits
	/* The guard page stays unmapped. */
	.globl	boot_stack_guard, boot_stack
	.balign	BOOT_PAGE_SIZE
boot_stack_guard:
	.skip	BOOT_PAGE_SIZE
boot_stack:
	.skip	BOOT_STACK_SIZE
