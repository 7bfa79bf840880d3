/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * State flavors of threads beyond those of <mach/aarch64/thread_status.h>:
 * hardware breakpoints, watchpoints and single step; SVE registers.  The list of flavors
 * (THREAD_STATE_FLAVOR_LIST) does not name them: it tells what makes up the
 * state of a thread that is to be saved.
 */
#ifndef _MACH_AARCH64_THREAD_STATUS_EXT_H_
#define _MACH_AARCH64_THREAD_STATUS_EXT_H_

#include <stdint.h>

/*
 * Each thread has its own debug registers; a new thread or task has none in
 * use.  A slot is in use when AARCH64_DEBUG_ENABLE is set in its control; the
 * rest of the control has the layout of DBGBCR<n>_EL1 and DBGWCR<n>_EL1 (Arm
 * ARM DDI 0487, D24.3).  Only accesses of user mode match.
 *
 * Breakpoint: AARCH64_DEBUG_BREAKPOINT; the address of an instruction.
 * Watchpoint: AARCH64_DEBUG_ENABLE | AARCH64_DEBUG_USER, LOAD or STORE or
 * both, and which bytes: AARCH64_DEBUG_BYTES, one bit for each byte of the
 * aligned 8 at `address`, neighbours; or all of them, and with
 * AARCH64_DEBUG_MASK(n), n from 3 to 31, the aligned 2^n bytes at `address`.
 *
 * thread_get_state() fills in version and counts.  thread_set_state() wants
 * the version, ignores the counts, and answers KERN_INVALID_ARGUMENT for
 * another version, reserved bits, and whatever is not described here:
 * slots beyond the counts, addresses that are not the user's or misaligned.
 *
 * A thread with AARCH64_DEBUG_STEP stops after each instruction, until the
 * flag is taken away.  A trap (svc) is one instruction; what the kernel does
 * for it is not seen.  An exclusive pair of load and store never succeeds when
 * each instruction is a step, for exceptions clear the monitor: after a step
 * with subcode 1, let the thread run to a breakpoint behind the store.
 *
 * The exceptions are EXC_BREAKPOINT with the codes of <mach/aarch64/
 * exception.h> and these two.  Breakpoints and watchpoints stop before the
 * instruction: to go on, take the slot out of use for a step.
 *	EXC_AARCH64_SS			subcode: 1 after an exclusive load,
 *					else 0; -1 if not known
 *	EXC_AARCH64_BREAKPT		subcode: pc
 *	EXC_AARCH64_WATCHPT_READ	subcode: address of the access
 *	EXC_AARCH64_WATCHPT_WRITE	subcode: address of the access
 */
#define AARCH64_DEBUG_STATE		3

#define AARCH64_DEBUG_VERSION		1

/* flags */
#define AARCH64_DEBUG_STEP		0x1

/* control */
#define AARCH64_DEBUG_ENABLE		0x1
#define AARCH64_DEBUG_USER		(2 << 1)
#define AARCH64_DEBUG_LOAD		(1 << 3)
#define AARCH64_DEBUG_STORE		(2 << 3)
#define AARCH64_DEBUG_BYTES(bits)	((bits) << 5)
#define AARCH64_DEBUG_MASK(n)		((n) << 24)
#define AARCH64_DEBUG_BREAKPOINT	(AARCH64_DEBUG_ENABLE | \
					 AARCH64_DEBUG_USER | \
					 AARCH64_DEBUG_BYTES(0xf))

#define AARCH64_DEBUG_SLOTS		16

struct aarch64_debug_slot {
	uint64_t address;
	uint32_t control;
	uint32_t reserved;			/* 0 */
};

struct aarch64_debug_state {
	uint32_t version;			/* AARCH64_DEBUG_VERSION */
	uint32_t flags;
	uint32_t breakpoint_count;		/* slots of this processor */
	uint32_t watchpoint_count;
	struct aarch64_debug_slot breakpoints[AARCH64_DEBUG_SLOTS];
	struct aarch64_debug_slot watchpoints[AARCH64_DEBUG_SLOTS];
};
#define AARCH64_DEBUG_STATE_COUNT \
	(sizeof(struct aarch64_debug_state) / sizeof(unsigned int))

/*
 * Registers of the Scalable Vector Extension.  All threads have vectors of the
 * same length, the longest of the processor up to AARCH64_SVE_BYTES_MAX.  A
 * thread has SVE registers, and AARCH64_SVE_ACTIVE is set, from its first SVE
 * instruction on; before, z shows the FP registers, which are the low 16 bytes
 * of z in any case, and p and ffr are zero.
 *
 * thread_set_state() wants version and vector_bytes as thread_get_state() tells
 * them, and ignores what lies behind vector_bytes of a z register and
 * vector_bytes / 8 of a predicate; KERN_INVALID_ARGUMENT for anything else and
 * on a processor without SVE.  Without AARCH64_SVE_ACTIVE the thread gives its
 * SVE registers up and keeps FP registers, from z.  AARCH64_FLOAT_STATE clears
 * what lies behind the low 16 bytes of z.  An ffr whose set bits are not the
 * lowest ones becomes the processor's choice.
 */
#define AARCH64_SVE_STATE		4

#define AARCH64_SVE_VERSION		1

/* flags */
#define AARCH64_SVE_ACTIVE		0x1

#define AARCH64_SVE_BYTES_MAX		64

struct aarch64_sve_state {
	uint32_t version;			/* AARCH64_SVE_VERSION */
	uint32_t flags;
	uint32_t vector_bytes;			/* of a z register */
	uint32_t reserved;			/* 0 */
	uint64_t fpsr;
	uint64_t fpcr;
	uint8_t z[32][AARCH64_SVE_BYTES_MAX];
	uint8_t p[16][AARCH64_SVE_BYTES_MAX / 8];
	uint8_t ffr[AARCH64_SVE_BYTES_MAX / 8];
};
#define AARCH64_SVE_STATE_COUNT \
	(sizeof(struct aarch64_sve_state) / sizeof(unsigned int))

#ifndef EXC_AARCH64_WATCHPT_READ
#define EXC_AARCH64_WATCHPT_READ	4
#define EXC_AARCH64_WATCHPT_WRITE	5
#endif

#endif /* _MACH_AARCH64_THREAD_STATUS_EXT_H_ */
