/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

/*
 * Bulk memory: 64 bytes in ten instructions, zeroing by cache blocks
 * (dc zva), and the same copy for user memory.  Accesses may be unaligned,
 * so these functions, but for memcmp(), need the MMU on.
 *
 * Where the processor has FEAT_MOPS, its instructions copy and set what is
 * large.  Not user memory: one that faulted must go on where it began, which
 * a thread that waited for a page might not.
 */

#include <mach/kern_return.h>
#include <machine/asm.h>

	.text
	.arch_extension mops

#define MOPS_MIN	64
#define PAGE_SIZE	4096

	/* On to `absent` without FEAT_MOPS. */
	.macro	mops_or absent, scratch
	adrp	x\scratch, machine_has_mops
	ldrb	w\scratch, [x\scratch, :lo12:machine_has_mops]
	cbz	w\scratch, \absent
	.endm

	/* From x1 to x3, x2 bytes, not overlapping. */
	.macro	mops_copy
	cpyfp	[x3]!, [x1]!, x2!
	cpyfm	[x3]!, [x1]!, x2!
	cpyfe	[x3]!, [x1]!, x2!
	.endm

	/* The byte in w1 to x3, x2 bytes. */
	.macro	mops_set
	setp	[x3]!, x2!, x1
	setm	[x3]!, x2!, x1
	sete	[x3]!, x2!, x1
	.endm

	/* Copy x2 bytes from x1 to x3, upward; clobbers x1-x12. */
	.macro	copy_body
	subs	x2, x2, #64
	b.lo	2f
1:	ldp	x4, x5, [x1, #16]
	ldp	x6, x7, [x1, #32]
	ldp	x8, x9, [x1, #48]
	ldp	x10, x11, [x1], #64
	stp	x4, x5, [x3, #16]
	stp	x6, x7, [x3, #32]
	stp	x8, x9, [x3, #48]
	stp	x10, x11, [x3], #64
	subs	x2, x2, #64
	b.hs	1b
	/* The low six bits of x2 are those of the size. */
2:	tbz	x2, #5, 3f
	ldp	x4, x5, [x1, #16]
	ldp	x6, x7, [x1], #32
	stp	x4, x5, [x3, #16]
	stp	x6, x7, [x3], #32
3:	tbz	x2, #4, 4f
	ldp	x4, x5, [x1], #16
	stp	x4, x5, [x3], #16
4:	tbz	x2, #3, 5f
	ldr	x4, [x1], #8
	str	x4, [x3], #8
5:	tst	x2, #7
	b.eq	8f
	tbz	x2, #2, 6f
	ldr	w4, [x1], #4
	str	w4, [x3], #4
6:	tbz	x2, #1, 7f
	ldrh	w4, [x1], #2
	strh	w4, [x3], #2
7:	tbz	x2, #0, 8f
	ldrb	w4, [x1]
	strb	w4, [x3]
8:
	.endm

ENTRY(memcpy)
	mov	x3, x0
	cmp	x2, #MOPS_MIN
	b.hs	.Lcopy_large
.Lcopy_up:
	copy_body
	ret
.Lcopy_large:
	mops_or	.Lcopy_up, 4
	mops_copy
	ret
END(memcpy)

ENTRY(memmove)
	mov	x3, x0
	sub	x4, x0, x1
	cmp	x4, x2
	b.hs	.Lcopy_up		/* to < from, or far enough behind */
	add	x1, x1, x2
	add	x3, x3, x2
1:	subs	x2, x2, #16
	b.lo	2f
	ldp	x4, x5, [x1, #-16]!
	stp	x4, x5, [x3, #-16]!
	b	1b
2:	adds	x2, x2, #16
	b.eq	4f
3:	ldrb	w4, [x1, #-1]!
	strb	w4, [x3, #-1]!
	subs	x2, x2, #1
	b.ne	3b
4:	ret
END(memmove)

ENTRY(memset)
	mov	x3, x0
	cmp	x2, #MOPS_MIN
	b.lo	.Lset_plain
	mops_or	.Lset_plain, 4
	mops_set
	ret
.Lset_plain:
	and	x1, x1, #0xff
	orr	x1, x1, x1, lsl #8
	orr	x1, x1, x1, lsl #16
	orr	x1, x1, x1, lsl #32
	cbnz	x1, .Lset_wide
	cmp	x2, #1024
	b.lo	.Lset_wide

	/* Zero by blocks of x5 bytes, if that is allowed. */
	mrs	x4, dczid_el0
	tbnz	x4, #4, .Lset_wide
	and	x4, x4, #0xf
	mov	x5, #4
	lsl	x5, x5, x4
	cmp	x2, x5, lsl #1
	b.lo	.Lset_wide
	/* Up to the next block with whole words; the overlap is harmless. */
	sub	x6, x5, #1
	add	x7, x3, x6
	bic	x7, x7, x6
	sub	x8, x7, x3
	sub	x2, x2, x8
1:	cmp	x3, x7
	b.hs	2f
	stp	xzr, xzr, [x3], #16
	b	1b
2:	mov	x3, x7
	sub	x2, x2, x5
3:	dc	zva, x3
	add	x3, x3, x5
	subs	x2, x2, x5
	b.hs	3b
	add	x2, x2, x5

.Lset_wide:
	subs	x2, x2, #64
	b.lo	5f
4:	stp	x1, x1, [x3, #16]
	stp	x1, x1, [x3, #32]
	stp	x1, x1, [x3, #48]
	stp	x1, x1, [x3], #64
	subs	x2, x2, #64
	b.hs	4b
5:	tbz	x2, #5, 6f
	stp	x1, x1, [x3], #16
	stp	x1, x1, [x3], #16
6:	tbz	x2, #4, 7f
	stp	x1, x1, [x3], #16
7:	tbz	x2, #3, 8f
	str	x1, [x3], #8
8:	tbz	x2, #2, 9f
	str	w1, [x3], #4
9:	tbz	x2, #1, 10f
	strh	w1, [x3], #2
10:	tbz	x2, #0, 11f
	strb	w1, [x3]
11:	ret
END(memset)

/* Aligned accesses only: the MMU may be off. */
ENTRY(memcmp)
	orr	x3, x0, x1
	tst	x3, #7
	b.ne	6f
1:	subs	x2, x2, #8
	b.lo	2f
	ldr	x3, [x0], #8
	ldr	x4, [x1], #8
	cmp	x3, x4
	b.eq	1b
	/* The first byte in memory decides. */
	rev	x3, x3
	rev	x4, x4
	cmp	x3, x4
	mov	w0, #1
	cneg	w0, w0, lo
	ret
2:	add	x2, x2, #8
6:	cbz	x2, 4f
3:	ldrb	w3, [x0], #1
	ldrb	w4, [x1], #1
	subs	w3, w3, w4
	b.ne	5f
	subs	x2, x2, #1
	b.ne	3b
4:	mov	w0, #0
	ret
5:	mov	w0, w3
	ret
END(memcmp)

ENTRY(machine_page_clear)
	mops_or	.Lclear_plain, 1
	mov	x3, x0
	mov	x2, #PAGE_SIZE
	mov	x1, xzr
	mops_set
	ret
.Lclear_plain:
	mrs	x1, dczid_el0
	tbnz	x1, #4, 2f
	and	x1, x1, #0xf
	cmp	x1, #8			/* four blocks at most a page */
	b.hi	2f
	mov	x2, #4
	lsl	x1, x2, x1
1:	dc	zva, x0
	add	x0, x0, x1
	dc	zva, x0
	add	x0, x0, x1
	dc	zva, x0
	add	x0, x0, x1
	dc	zva, x0
	add	x0, x0, x1
	tst	x0, #0xfff
	b.ne	1b
	ret
2:	stp	xzr, xzr, [x0, #16]
	stp	xzr, xzr, [x0, #32]
	stp	xzr, xzr, [x0, #48]
	stp	xzr, xzr, [x0], #64
	tst	x0, #0xfff
	b.ne	2b
	ret
END(machine_page_clear)

ENTRY(machine_page_copy)
	mops_or	1f, 2
	mov	x3, x0
	mov	x2, #PAGE_SIZE
	mops_copy
	ret
1:	ldp	x2, x3, [x1, #16]
	ldp	x4, x5, [x1, #32]
	ldp	x6, x7, [x1, #48]
	ldp	x8, x9, [x1, #64]
	ldp	x10, x11, [x1, #80]
	ldp	x12, x13, [x1, #96]
	ldp	x14, x15, [x1, #112]
	ldp	x16, x17, [x1], #128
	stp	x2, x3, [x0, #16]
	stp	x4, x5, [x0, #32]
	stp	x6, x7, [x0, #48]
	stp	x8, x9, [x0, #64]
	stp	x10, x11, [x0, #80]
	stp	x12, x13, [x0, #96]
	stp	x14, x15, [x0, #112]
	stp	x16, x17, [x0], #128
	tst	x1, #0xfff
	b.ne	1b
	ret
END(machine_page_copy)

	/*
	 * Faults on user addresses in [start, end), and undefined instructions
	 * there, continue at `handler`.
	 */
	.macro	user_range start, end, handler
	.pushsection .copy_ranges, "a"
	.quad	\start, \end, \handler
	.popsection
	.endm

/*
 * bool machine_mops_probe(void): do the instructions work?  They may be
 * refused in spite of the ID register, by whoever started the kernel at EL1.
 */
ENTRY(machine_mops_probe)
	mov	x3, sp
	mov	x2, xzr
.Lprobe_start:
	mops_set
.Lprobe_end:
	mov	w0, #1
	ret
.Lprobe_refused:
	mov	w0, #0
	ret
	user_range .Lprobe_start, .Lprobe_end, .Lprobe_refused
END(machine_mops_probe)

	.arch_extension pan

	/*
	 * Where the processor has PAN, EL1 is kept from user memory outside
	 * these brackets.  An exception between them saves PAN in SPSR_EL1 and
	 * sets it.  w13 tells whether there is PAN.
	 */
	.macro	user_access_begin
	adrp	x13, machine_has_pan
	ldrb	w13, [x13, :lo12:machine_has_pan]
	cbz	w13, 20f
	msr	pan, #0
20:
	.endm

	.macro	user_access_end
	cbz	w13, 21f
	msr	pan, #1
21:
	.endm

	/* copyin() and copyout(): user memory is at `user`; see usercopy.h. */
	.macro	user_copy_function name, user
ENTRY(\name)
	/* 0 <= user + size <= MACHINE_USER_MAX, without wrapping around. */
	adds	x4, \user, x2
	mov	x5, #(1 << 48)
	b.cs	.L\name\()_refuse
	cmp	x4, x5
	b.hi	.L\name\()_refuse
	mov	x3, x0
	user_access_begin
.L\name\()_start:
	copy_body
.L\name\()_end:
	user_access_end
	mov	w0, #KERN_SUCCESS
	ret
.L\name\()_fault:
	user_access_end
.L\name\()_refuse:
	mov	w0, #KERN_INVALID_ADDRESS
	ret
	user_range .L\name\()_start, .L\name\()_end, .L\name\()_fault
END(\name)
	.endm

	user_copy_function copyin, x1
	user_copy_function copyout, x0

/*
 * size_t usercopy_string_raw(char *to, const char *from, size_t size):
 * the number of bytes before NUL; size if there is none; -1 after a fault.
 */
ENTRY(usercopy_string_raw)
	mov	x3, xzr
	user_access_begin
	cbz	x2, 2f
.Lstring_start:
1:	ldrb	w4, [x1, x3]
	strb	w4, [x0, x3]
	cbz	w4, 2f
	add	x3, x3, #1
	cmp	x3, x2
	b.lo	1b
.Lstring_end:
2:	user_access_end
	mov	x0, x3
	ret
.Lstring_fault:
	user_access_end
	mov	x0, #-1
	ret
	user_range .Lstring_start, .Lstring_end, .Lstring_fault
END(usercopy_string_raw)
