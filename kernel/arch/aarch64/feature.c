/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * ID registers of the processor, and what is reported of them as hwcaps.
 * A capability is reported only if the kernel keeps the state that its
 * instructions need (ABI.md, Thread state): nothing of SME, MTE and BTI.
 */

#include <machine/feature.h>

#include <stddef.h>

#include <lib/macros.h>
#include <mach/machine/mach_aarch64_types.h>
#include <machine/sysreg.h>
#include <machine/thread.h>

/* The ID registers that are looked at. */
enum id_register {
	PFR0, PFR1, ZFR0, ISAR0, ISAR1, ISAR2, MMFR0, MMFR1, MMFR2, ID_COUNT
};

bool machine_has_pan, machine_has_pac, machine_has_rng, machine_has_sve;
bool machine_has_mops;
uint64_t machine_user_pstate;

static uint64_t id_registers[ID_COUNT];

/* A capability: the field of an ID register and its least value. */
struct hwcap_rule {
	uint8_t word;			/* of the hwcaps array */
	uint8_t id;			/* enum id_register */
	uint8_t shift;
	uint8_t minimum;
	uint64_t bit;
};

#define RULE(word, id, shift, minimum, name) \
	{ word, id, shift, minimum, (uint32_t)(name) }
#define RULE64(word, id, shift, minimum, name) \
	{ word, id, shift, minimum, (name) }

static const struct hwcap_rule hwcap_rules[] = {
	RULE(0, ISAR0, 4, 1, HWCAP_AES),
	RULE(0, ISAR0, 4, 2, HWCAP_PMULL),
	RULE(0, ISAR0, 8, 1, HWCAP_SHA1),
	RULE(0, ISAR0, 12, 1, HWCAP_SHA2),
	RULE(0, ISAR0, 12, 2, HWCAP_SHA512),
	RULE(0, ISAR0, 16, 1, HWCAP_CRC32),
	RULE(0, ISAR0, 20, 2, HWCAP_ATOMICS),
	RULE(0, ISAR0, 28, 1, HWCAP_ASIMDRDM),
	RULE(0, ISAR0, 32, 1, HWCAP_SHA3),
	RULE(0, ISAR0, 36, 1, HWCAP_SM3),
	RULE(0, ISAR0, 40, 1, HWCAP_SM4),
	RULE(0, ISAR0, 44, 1, HWCAP_ASIMDDP),
	RULE(0, ISAR0, 48, 1, HWCAP_ASIMDFHM),
	RULE(0, ISAR0, 52, 1, HWCAP_FLAGM),
	RULE(0, ISAR1, 0, 1, HWCAP_DCPOP),
	RULE(0, ISAR1, 12, 1, HWCAP_JSCVT),
	RULE(0, ISAR1, 16, 1, HWCAP_FCMA),
	RULE(0, ISAR1, 20, 1, HWCAP_LRCPC),
	RULE(0, ISAR1, 20, 2, HWCAP_ILRCPC),
	RULE(0, ISAR1, 36, 1, HWCAP_SB),
	RULE(0, ISAR1, 4, 1, HWCAP_PACA),
	RULE(0, ISAR1, 8, 1, HWCAP_PACA),
	RULE(0, ISAR2, 12, 1, HWCAP_PACA),
	RULE(0, ISAR1, 24, 1, HWCAP_PACG),
	RULE(0, ISAR1, 28, 1, HWCAP_PACG),
	RULE(0, ISAR2, 8, 1, HWCAP_PACG),
	RULE(0, MMFR2, 32, 1, HWCAP_USCAT),
	RULE(0, PFR0, 32, 1, HWCAP_SVE),
	RULE(0, PFR0, 48, 1, HWCAP_DIT),
	RULE(0, PFR1, 4, 2, HWCAP_SSBS),
	RULE(1, ISAR0, 52, 2, HWCAP2_FLAGM2),
	RULE(1, ISAR0, 60, 1, HWCAP2_RNG),
	RULE(1, ISAR1, 0, 2, HWCAP2_DCPODP),
	RULE(1, ISAR1, 32, 1, HWCAP2_FRINT),
	RULE(1, ISAR1, 44, 1, HWCAP2_BF16),
	RULE(1, ISAR1, 48, 1, HWCAP2_DGH),
	RULE(1, ISAR1, 52, 1, HWCAP2_I8MM),
	RULE(1, MMFR0, 60, 1, HWCAP2_ECV),
	RULE(1, MMFR1, 44, 1, HWCAP2_AFP),
	RULE(1, ISAR2, 4, 1, HWCAP2_RPRES),
	RULE(1, ZFR0, 0, 1, HWCAP2_SVE2),
	RULE(1, ZFR0, 4, 1, HWCAP2_SVEAES),
	RULE(1, ZFR0, 4, 2, HWCAP2_SVEPMULL),
	RULE(1, ZFR0, 16, 1, HWCAP2_SVEBITPERM),
	RULE(1, ZFR0, 20, 1, HWCAP2_SVEBF16),
	RULE(1, ZFR0, 32, 1, HWCAP2_SVESHA3),
	RULE(1, ZFR0, 40, 1, HWCAP2_SVESM4),
	RULE(1, ZFR0, 44, 1, HWCAP2_SVEI8MM),
	RULE(1, ZFR0, 52, 1, HWCAP2_SVEF32MM),
	RULE(1, ZFR0, 56, 1, HWCAP2_SVEF64MM),
	RULE64(1, ZFR0, 20, 2, HWCAP2_SVE_EBF16),
	RULE64(1, ZFR0, 0, 2, HWCAP2_SVE2P1),
	RULE64(1, ZFR0, 24, 1, HWCAP2_SVE_B16B16),
	RULE64(1, ISAR2, 0, 2, HWCAP2_WFXT),
	RULE64(1, ISAR1, 44, 2, 1UL << 32),	/* HWCAP2_EBF16 */
	RULE64(1, ISAR2, 52, 1, 1UL << 34),	/* HWCAP2_CSSC */
	RULE64(1, ISAR2, 48, 1, 1UL << 35),	/* HWCAP2_RPRFM */
	RULE64(1, ISAR2, 20, 1, 1UL << 44),	/* HWCAP2_HBC */
	RULE64(1, ISAR1, 20, 3, 1UL << 46),	/* HWCAP2_LRCPC3 */
	RULE64(1, ISAR0, 20, 3, 1UL << 47),	/* HWCAP2_LSE128 */
};

static uint64_t
id_field(enum id_register id, unsigned int shift)
{
	return (id_registers[id] >> shift) & 0xf;
}

void
machine_feature_setup(void)
{
	id_registers[PFR0] = sysreg_read(id_aa64pfr0_el1);
	id_registers[PFR1] = sysreg_read(id_aa64pfr1_el1);
	id_registers[ISAR0] = sysreg_read(id_aa64isar0_el1);
	id_registers[ISAR1] = sysreg_read(id_aa64isar1_el1);
	id_registers[ISAR2] = sysreg_read(s3_0_c0_c6_2);
	id_registers[MMFR0] = sysreg_read(id_aa64mmfr0_el1);
	id_registers[MMFR1] = sysreg_read(id_aa64mmfr1_el1);
	id_registers[MMFR2] = sysreg_read(s3_0_c0_c7_2);

	machine_has_sve = id_field(PFR0, 32) != 0;
	if (machine_has_sve)
		id_registers[ZFR0] = sysreg_read(s3_0_c0_c4_4);
	machine_has_pan = id_field(MMFR1, 20) != 0;
	machine_has_rng = id_field(ISAR0, 60) != 0;
	machine_has_pac = id_field(ISAR1, 4) != 0 ||
	    id_field(ISAR1, 8) != 0 || id_field(ISAR2, 12) != 0;

	machine_has_mops = id_field(ISAR2, 16) != 0 && machine_mops_probe();

	machine_user_pstate = SPSR_NZCV;
	if (id_field(PFR1, 4) != 0)
		machine_user_pstate |= SPSR_SSBS;
	if (id_field(PFR0, 48) != 0)
		machine_user_pstate |= SPSR_DIT;
	if (id_field(PFR1, 0) != 0)
		machine_user_pstate |= SPSR_BTYPE;
	if (id_field(PFR1, 8) >= 2)
		machine_user_pstate |= SPSR_TCO;
}

/* FP and SIMD fields are signed: 0xf is none, 1 adds half precision. */
static uint64_t
hwcaps_fp(void)
{
	uint64_t caps = 0;

	if (id_field(PFR0, 16) != 0xf)
		caps |= HWCAP_FP;
	if (id_field(PFR0, 16) == 1)
		caps |= HWCAP_FPHP;
	if (id_field(PFR0, 20) != 0xf)
		caps |= HWCAP_ASIMD;
	if (id_field(PFR0, 20) == 1)
		caps |= HWCAP_ASIMDHP;
	return caps;
}

void
machine_get_hwcaps(uint64_t *hwcaps, uint64_t *midr, uint64_t *revidr)
{
	size_t i;

	hwcaps[0] = hwcaps_fp();
	hwcaps[1] = 0;
	for (i = 0; i < ARRAY_SIZE(hwcap_rules); i++) {
		const struct hwcap_rule *rule = &hwcap_rules[i];

		if (id_field(rule->id, rule->shift) >= rule->minimum)
			hwcaps[rule->word] |= rule->bit;
	}
	*midr = sysreg_read(midr_el1);
	*revidr = sysreg_read(revidr_el1);
}
