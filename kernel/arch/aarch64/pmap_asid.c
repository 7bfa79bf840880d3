/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Address space identifiers and the TLB (Arm ARM DDI 0487, D8.16).
 *
 * An ASID belongs to a generation.  When all are used up, a new generation
 * begins with an empty TLB; only the address spaces that processors use at
 * that moment keep theirs.  So an ASID is never given to another address
 * space while translations of the former may be in a TLB, and ASIDs need
 * not be returned.  ASID 0 belongs to the empty address space.
 */
#include <kern/lock.h>
#include <lib/macros.h>
#include <machine/boot.h>
#include <machine/memory.h>
#include <machine/percpu.h>
#include <machine/pmap.h>
#include <machine/sysreg.h>

#define ASID_MASK	((1UL << ASID_BITS_MAX) - 1)
#define TLBI_ASID(asid)	(((asid) & ASID_MASK) << 48)
#define TLBI_ADDRESS(va)	(((va) >> PAGE_SHIFT) & ((1UL << 44) - 1))

static spinlock_t asid_lock = SPINLOCK_INITIALIZER;
uint64_t asid_generation = 1UL << ASID_BITS_MAX;	/* asid_lock */
static uint64_t asid_next = 1;				/* asid_lock */
static uint64_t asid_limit;

void
pmap_asid_setup(void)
{
	bool wide = ((sysreg_read(id_aa64mmfr0_el1) >> 4) & 0xf) == 2;

	asid_limit = 1UL << (wide ? 16 : 8);
}

/* Some processor uses this ASID now. */
static bool
asid_in_use(uint64_t asid)
{
	unsigned int i;

	for (i = 0; i < machine_ncpus; i++) {
		const struct pmap *pmap = percpu_table[i].pmap;

		if (pmap != NULL && (pmap->asid & ASID_MASK) == asid)
			return true;
	}
	return false;
}

static void
asid_new_generation(void)
{
	unsigned int i;

	asid_generation += 1UL << ASID_BITS_MAX;
	asid_next = 1;
	for (i = 0; i < machine_ncpus; i++) {
		struct pmap *pmap = percpu_table[i].pmap;

		if (pmap != NULL)
			pmap->asid = asid_generation |
			    (pmap->asid & ASID_MASK);
	}
	tlb_publish();
	__asm__ volatile("tlbi vmalle1is" : : : "memory");
	tlb_wait();
}

static void
asid_assign(struct pmap *pmap)
{
	spin_lock(&asid_lock);
	if (!asid_current(pmap->asid)) {
		do {
			if (asid_next == asid_limit)
				asid_new_generation();
			while (asid_next < asid_limit &&
			    asid_generation > 1UL << ASID_BITS_MAX &&
			    asid_in_use(asid_next))
				asid_next++;
		} while (asid_next == asid_limit);
		pmap->asid = asid_generation | asid_next++;
	}
	spin_unlock(&asid_lock);
}

void
pmap_activate(struct pmap *pmap)
{
	while (!pmap_activate_fast(percpu_self(), pmap))
		asid_assign(pmap);
}

void
pmap_deactivate(struct pmap *pmap)
{
	struct percpu *self = percpu_self();

	if (self->pmap != pmap)
		return;
	self->pmap = NULL;
	ttbr0_load((uint64_t)(uintptr_t)boot_empty_root - KERNEL_IMAGE_BASE +
	    boot_info.image_phys);
}

void
tlb_flush_address(const struct pmap *pmap, uintptr_t address)
{
	__asm__ volatile("tlbi vae1is, %0"
	    : : "r"(TLBI_ASID(pmap->asid) | TLBI_ADDRESS(address))
	    : "memory");
}

void
tlb_batch_flush(const struct tlb_batch *batch)
{
	const struct pmap *pmap = batch->pmap;
	unsigned int i;

	if (batch->count == 0)
		return;
	tlb_publish();
	/* Without an ASID of this generation nothing is in any TLB. */
	if (!asid_current(pmap->asid))
		return;
	if (batch->count > TLB_BATCH_MAX)
		__asm__ volatile("tlbi aside1is, %0"
		    : : "r"(TLBI_ASID(pmap->asid)) : "memory");
	else
		for (i = 0; i < batch->count; i++)
			tlb_flush_address(pmap, batch->addresses[i]);
	tlb_wait();
}
