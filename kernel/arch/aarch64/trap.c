/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Decoding of exceptions (Arm ARM DDI 0487, D24.2.40, ESR_EL1).
 */

#include <machine/trap.h>

#include <stddef.h>

#include <drivers/irq.h>
#include <kern/exception.h>
#include <kern/printf.h>
#include <kern/task.h>
#include <kern/thread.h>
#include <lib/macros.h>
#include <mach/exception.h>
#include <mach/machine/exception.h>
#include <mach/vm_prot.h>
#include <machine/boot.h>
#include <machine/debug.h>
#include <machine/fault.h>
#include <machine/fpu.h>
#include <machine/memory.h>
#include <machine/percpu.h>
#include <machine/sve.h>
#include <machine/sysreg.h>
#include <vm/pmap.h>
#include <vm/vm_fault.h>

/* Faults of user accesses by the kernel, and a probe: mem.S. */
struct copy_range {
	uint64_t start;
	uint64_t end;
	uint64_t handler;
};

extern const struct copy_range _copy_ranges[], _copy_ranges_end[];

/* Counters of performance and activity are not for user mode. */
static void
close_counters(void)
{
	uint64_t pmu = (sysreg_read(id_aa64dfr0_el1) >> 8) & 0xf;
	uint64_t amu = (sysreg_read(id_aa64pfr0_el1) >> 44) & 0xf;

	if (pmu != 0 && pmu != 0xf)
		sysreg_write(pmuserenr_el0, 0);
	if (amu != 0)
		sysreg_write(s3_3_c13_c2_3, 0);	/* AMUSERENR_EL0 */
}

void
trap_setup_cpu(void)
{
	sysreg_write(vbar_el1, trap_vectors);
	sysreg_write(cpacr_el1, 0);
	sysreg_write(cntkctl_el1, CNTKCTL_EL0VCTEN);
	sysreg_write(tpidrro_el0, 0);
	sysreg_write(tpidr_el0, 0);
	debug_setup_cpu();
	sve_setup_cpu();
	close_counters();
	cpu_isb();
}

/* What the access wanted, from the syndrome of an abort. */
static vm_prot_t
abort_access(uint64_t esr)
{
	if (ESR_EC(esr) == ESR_EC_IABT_EL0)
		return VM_PROT_EXECUTE;
	/* Cache maintenance reports itself as a write but needs none. */
	if ((esr & (ESR_ISS_WNR | ESR_ISS_CM)) == ESR_ISS_WNR)
		return VM_PROT_WRITE;
	return VM_PROT_READ;
}

/* Is it a fault that the address space's owner can resolve? */
static bool
abort_is_page_fault(uint64_t esr)
{
	uint64_t type = ESR_FSC_TYPE(esr);

	return type == ESR_FSC_TRANSLATION || type == ESR_FSC_ACCESS_FLAG ||
	    type == ESR_FSC_PERMISSION;
}

static inline kern_return_t
page_fault(uint64_t esr, uint64_t far)
{
	uint64_t page = far & ~PAGE_MASK;
	vm_prot_t access = abort_access(esr);

	if (far >= MACHINE_USER_MAX)
		return KERN_INVALID_ADDRESS;
	if (ESR_FSC_TYPE(esr) != ESR_FSC_TRANSLATION &&
	    pmap_fault_fast(percpu_self()->pmap, page, access))
		return KERN_SUCCESS;
	return vm_fault(current_task()->map, page, access);
}

static void
user_abort(uint64_t esr, uint64_t far)
{
	kern_return_t kr = KERN_MEMORY_ERROR;

	if (ESR_FSC(esr) == ESR_FSC_ALIGNMENT) {
		exception_raise_self(EXC_BAD_ACCESS, EXC_AARCH64_AL,
		    (long)far);
		return;
	}
	if (abort_is_page_fault(esr))
		kr = page_fault(esr, far);
	/* An aborted thread stops, or faults again when it goes on. */
	if (kr != KERN_SUCCESS && kr != KERN_ABORTED)
		exception_raise_self(EXC_BAD_ACCESS, kr, (long)far);
}

static void
user_fp_exception(uint64_t esr)
{
	static const struct {
		uint8_t bit;
		uint8_t code;
	} codes[] = {
		{ 0, EXC_AARCH64_IOF },
		{ 1, EXC_AARCH64_DZF },
		{ 2, EXC_AARCH64_OFF },
		{ 3, EXC_AARCH64_UFF },
		{ 4, EXC_AARCH64_IXF },
		{ 7, EXC_AARCH64_IDF },
	};
	size_t i;
	int code = 0;

	for (i = 0; i < ARRAY_SIZE(codes) && code == 0; i++)
		if ((esr & (1UL << codes[i].bit)) != 0)
			code = codes[i].code;
	exception_raise_self(EXC_ARITHMETIC, code, 0);
}

/* The EX bit, if the syndrome is valid (ISV). */
static long
step_subcode(uint64_t esr)
{
	if ((esr & (1UL << 24)) == 0)
		return -1;
	return (esr >> 6) & 1;
}

static __noinline void
user_breakpoint(struct trap_frame *frame, uint64_t esr, uint64_t far)
{
	int code;
	long subcode;

	switch (ESR_EC(esr)) {
	case ESR_EC_BRK64:
		code = EXC_AARCH64_BRK;
		subcode = (long)(esr & 0xffff);
		break;
	case ESR_EC_STEP_EL0:
		code = EXC_AARCH64_SS;
		subcode = step_subcode(esr);
		debug_step_again(frame);
		break;
	case ESR_EC_WATCHPOINT_EL0:
		code = (esr & ESR_ISS_WNR) != 0 ? EXC_AARCH64_WATCHPT_WRITE
		    : EXC_AARCH64_WATCHPT_READ;
		subcode = (long)far;
		break;
	default:
		code = EXC_AARCH64_BREAKPT;
		subcode = (long)frame->pc;
		break;
	}
	exception_raise_self(EXC_BREAKPOINT, code, subcode);
}

void
trap_user(struct trap_frame *frame, uint64_t esr, uint64_t far)
{
	uint64_t class = ESR_EC(esr);

	/* By far the most. */
	if (likely(class == ESR_EC_DABT_EL0 || class == ESR_EC_IABT_EL0)) {
		user_abort(esr, far);
		return;
	}
	switch (class) {
	case ESR_EC_FP_ACCESS:
		fpu_first_use();
		break;
	case ESR_EC_SVE_ACCESS:
		sve_first_use();
		break;
	case ESR_EC_SVC64:
		exception_raise_self(EXC_SOFTWARE, EXC_AARCH64_SVC,
		    (long)(esr & 0xffff));
		break;
	case ESR_EC_WFX:
		frame->pc += 4;
		break;
	case ESR_EC_PC_ALIGN:
		exception_raise_self(EXC_BAD_ACCESS, EXC_AARCH64_AL_PC,
		    (long)far);
		break;
	case ESR_EC_SP_ALIGN:
		exception_raise_self(EXC_BAD_ACCESS, EXC_AARCH64_AL_SP,
		    (long)frame->sp);
		break;
	case ESR_EC_FPAC:
		exception_raise_self(EXC_BAD_ACCESS, EXC_AARCH64_PAC,
		    (long)(esr & 3));
		break;
	case ESR_EC_BTI:
		exception_raise_self(EXC_BAD_ACCESS, EXC_AARCH64_BTI,
		    (long)(esr & 3));
		break;
	case ESR_EC_BRK64:
	case ESR_EC_STEP_EL0:
	case ESR_EC_BREAKPOINT_EL0:
	case ESR_EC_WATCHPOINT_EL0:
		user_breakpoint(frame, esr, far);
		break;
	case ESR_EC_FP_EXCEPTION:
		user_fp_exception(esr);
		break;
	case ESR_EC_ILLEGAL:
		exception_raise_self(EXC_BAD_INSTRUCTION, EXC_AARCH64_IL, 0);
		break;
	default:
		exception_raise_self(EXC_BAD_INSTRUCTION, EXC_AARCH64_UNK, 0);
		break;
	}
}

static const struct copy_range *
copy_range_lookup(uint64_t pc)
{
	const struct copy_range *range;

	for (range = _copy_ranges; range < _copy_ranges_end; range++)
		if (pc >= range->start && pc < range->end)
			return range;
	return NULL;
}

void
trap_kernel(struct trap_frame *frame, uint64_t esr, uint64_t far)
{
	const struct copy_range *range = copy_range_lookup(frame->pc);

	if (ESR_EC(esr) == ESR_EC_UNKNOWN && range != NULL) {
		frame->pc = range->handler;
		return;
	}
	if (ESR_EC(esr) != ESR_EC_DABT_EL1 || far >= MACHINE_USER_MAX ||
	    range == NULL)
		fault_die(frame, esr, far, "kernel fault");

	cpu_irq_enable();
	if (!abort_is_page_fault(esr) ||
	    page_fault(esr, far) != KERN_SUCCESS)
		frame->pc = range->handler;
	cpu_irq_disable();
}

void
trap_interrupt(struct trap_frame *frame, bool from_user)
{
	struct percpu *self = percpu_self();

	self->in_interrupt = true;
	self->interrupted_user = from_user;
	irq_dispatch();
	self->in_interrupt = false;
}

void
trap_bad(struct trap_frame *frame, uint64_t vector)
{
	static const char kinds[4][8] = { "sync", "IRQ", "FIQ", "SError" };
	static const char levels[4][8] = { "EL1t", "EL1h", "EL0", "AArch32" };

	kprintf("unexpected %s exception from %s\n", kinds[vector % 4],
	    levels[vector / 4 % 4]);
	fault_die(frame, sysreg_read(esr_el1), sysreg_read(far_el1),
	    "unexpected exception");
}

void
trap_stack_overflow(struct trap_frame *frame)
{
	fault_die(frame, sysreg_read(esr_el1), sysreg_read(far_el1),
	    "kernel stack overflow");
}
