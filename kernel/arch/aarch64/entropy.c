/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Random words: RNDR where there is one; else the seed that the firmware
 * left in the device tree, stirred with the counter.
 */

#include <stdbool.h>

#include <kern/lock.h>
#include <lib/fdt.h>
#include <machine/feature.h>
#include <machine/platform.h>
#include <machine/sysreg.h>

static spinlock_t entropy_lock = SPINLOCK_INITIALIZER;
static uint64_t state;
static bool seeded;

/* The finalizer of SplitMix64 (Steele, Lea, Flood 2014). */
static uint64_t
mix(uint64_t value)
{
	value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9UL;
	value = (value ^ (value >> 27)) * 0x94d049bb133111ebUL;
	return value ^ (value >> 31);
}

/* False: the generator has nothing right now. */
static bool
read_rndr(uint64_t *value)
{
	uint64_t failed;

	__asm__ volatile("mrs %0, s3_3_c2_c4_0\n\tcset %1, eq"
	    : "=r"(*value), "=r"(failed) : : "cc");
	return failed == 0;
}

/* Stir a property of /chosen in. */
static void
seed_from(fdt_node_t chosen, const char *name)
{
	struct fdt_property property;
	uint32_t i;

	if (!fdt_property(machine_fdt, chosen, name, &property))
		return;
	for (i = 0; i < property.size; i++)
		state = mix(state ^ property.data[i]);
}

static void
seed(void)
{
	fdt_node_t chosen = fdt_find_path(machine_fdt, "/chosen");

	if (chosen != FDT_NONE) {
		seed_from(chosen, "rng-seed");
		seed_from(chosen, "kaslr-seed");
	}
	seeded = true;
}

uint64_t
machine_entropy(void)
{
	uint64_t flags = spin_lock_irqsave(&entropy_lock);
	uint64_t random = 0, value;

	if (!seeded)
		seed();
	if (machine_has_rng && !read_rndr(&random))
		random = 0;
	state += 0x9e3779b97f4a7c15UL + random;
	value = mix(state ^ mix(cpu_counter()));
	spin_unlock_irqrestore(&entropy_lock, flags);
	return value;
}
