/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <machine/debug.h>

#include <stdbool.h>
#include <stddef.h>

#include <kern/slab.h>
#include <kern/thread.h>
#include <lib/string.h>
#include <machine/memory.h>
#include <machine/percpu.h>
#include <machine/sysreg.h>

#define CONTROL_BYTES(control)	(((control) >> 5) & 0xff)
#define CONTROL_MASK(control)	(((control) >> 24) & 0x1f)
#define CONTROL_BYTES_ALL	AARCH64_DEBUG_BYTES(0xffu)
#define CONTROL_MASK_ALL	AARCH64_DEBUG_MASK(0x1fu)
#define MASK_MINIMUM		3

static struct slab_cache debug_cache;

static unsigned int breakpoint_count, watchpoint_count;

/* Threads with debug state; while there are any, percpu->debug_used. */
static unsigned int users;

void
debug_setup(void)
{
	slab_cache_init(&debug_cache, "machine_debug",
	    sizeof(struct aarch64_debug_state), 0, NULL);
}

/* The registers are names, not numbers: one case for each. */
#define WRITE(kind, n) case n:						\
	sysreg_write(dbg##kind##vr##n##_el1, slot->address);		\
	sysreg_write(dbg##kind##cr##n##_el1, slot->control);		\
	break
#define WRITE_ALL(kind)							\
	WRITE(kind, 0); WRITE(kind, 1); WRITE(kind, 2); WRITE(kind, 3);	\
	WRITE(kind, 4); WRITE(kind, 5); WRITE(kind, 6); WRITE(kind, 7);	\
	WRITE(kind, 8); WRITE(kind, 9); WRITE(kind, 10);		\
	WRITE(kind, 11); WRITE(kind, 12); WRITE(kind, 13);		\
	WRITE(kind, 14); WRITE(kind, 15)

static void
load_breakpoint(unsigned int n, const struct aarch64_debug_slot *slot)
{
	switch (n) {
	WRITE_ALL(b);
	}
}

static void
load_watchpoint(unsigned int n, const struct aarch64_debug_slot *slot)
{
	switch (n) {
	WRITE_ALL(w);
	}
}

/*
 * Takes effect for user mode with the return to it.  MDE enables all the
 * comparators at once: every one of them is written.
 */
static void
load(const struct aarch64_debug_state *state)
{
	uint64_t mdscr = MDSCR_TDCC | MDSCR_MDE;
	unsigned int i;

	for (i = 0; i < breakpoint_count; i++)
		load_breakpoint(i, &state->breakpoints[i]);
	for (i = 0; i < watchpoint_count; i++)
		load_watchpoint(i, &state->watchpoints[i]);
	if ((state->flags & AARCH64_DEBUG_STEP) != 0)
		mdscr |= MDSCR_SS;
	sysreg_write(mdscr_el1, mdscr);
}

static void
unload(void)
{
	sysreg_write(mdscr_el1, MDSCR_TDCC);
}

void
debug_setup_cpu(void)
{
	uint64_t features = sysreg_read(id_aa64dfr0_el1);

	breakpoint_count = ((features >> 12) & 0xf) + 1;
	watchpoint_count = ((features >> 20) & 0xf) + 1;
	unload();
	sysreg_write(osdlr_el1, 0);
	sysreg_write(oslar_el1, 0);
}

void
debug_switch_slow(const struct thread *from, const struct thread *to)
{
	if (to->debug_registers != NULL)
		load(to->debug_registers);
	else if (from->debug_registers != NULL)
		unload();
}

static bool
address_is_valid(uint64_t address, uint64_t align)
{
	return address < MACHINE_USER_MAX && (address & (align - 1)) == 0;
}

/* Neighbours, at least one. */
static bool
bytes_are_valid(uint32_t bytes)
{
	uint32_t lowest = bytes & -bytes;

	return bytes != 0 && (bytes & (bytes + lowest)) == 0;
}

static bool
breakpoint_is_valid(const struct aarch64_debug_slot *slot)
{
	return slot->control == AARCH64_DEBUG_BREAKPOINT &&
	    address_is_valid(slot->address, 4);
}

static bool
watchpoint_is_valid(const struct aarch64_debug_slot *slot)
{
	const uint32_t access = AARCH64_DEBUG_LOAD | AARCH64_DEBUG_STORE;
	uint32_t control = slot->control;
	uint32_t bits = CONTROL_MASK(control);

	if ((control & ~(access | CONTROL_BYTES_ALL | CONTROL_MASK_ALL)) !=
	    (AARCH64_DEBUG_ENABLE | AARCH64_DEBUG_USER) ||
	    (control & access) == 0)
		return false;
	if (bits == 0)
		return bytes_are_valid(CONTROL_BYTES(control)) &&
		    address_is_valid(slot->address, 8);
	return bits >= MASK_MINIMUM &&
	    (control & CONTROL_BYTES_ALL) == CONTROL_BYTES_ALL &&
	    address_is_valid(slot->address, 1UL << bits);
}

/*
 * Check the slots.  A free one has no control; its address means nothing, but
 * is a user's all the same.  `used` becomes true when one is not free.
 */
static bool
slots_are_valid(const struct aarch64_debug_slot *slots, unsigned int count,
    bool (*is_valid)(const struct aarch64_debug_slot *slot), bool *used)
{
	unsigned int i;

	for (i = 0; i < AARCH64_DEBUG_SLOTS; i++) {
		const struct aarch64_debug_slot *slot = &slots[i];

		if (slot->reserved != 0)
			return false;
		if (slot->control == 0 && address_is_valid(slot->address, 1))
			continue;
		if (i >= count || !is_valid(slot))
			return false;
		*used = true;
	}
	return true;
}

/* Every processor has to look, as long as there is one user. */
static void
count_users(int change)
{
	unsigned int i, count;

	count = __atomic_add_fetch(&users, (unsigned int)change,
	    __ATOMIC_SEQ_CST);
	for (i = 0; i < machine_ncpus; i++)
		percpu_table[i].debug_used = count != 0;
}

static kern_return_t
debug_allocate(struct thread *thread)
{
	if (thread->debug_registers != NULL)
		return KERN_SUCCESS;
	thread->debug_registers = slab_cache_alloc(&debug_cache);
	if (thread->debug_registers == NULL)
		return KERN_RESOURCE_SHORTAGE;
	count_users(1);
	return KERN_SUCCESS;
}

void
debug_destroy(struct thread *thread)
{
	if (thread->debug_registers == NULL)
		return;
	slab_cache_free(&debug_cache, thread->debug_registers);
	thread->debug_registers = NULL;
	count_users(-1);
}

void
debug_get(const struct thread *thread, struct aarch64_debug_state *state)
{
	if (thread->debug_registers != NULL)
		memcpy(state, thread->debug_registers, sizeof(*state));
	else
		memset(state, 0, sizeof(*state));
	state->version = AARCH64_DEBUG_VERSION;
	state->breakpoint_count = breakpoint_count;
	state->watchpoint_count = watchpoint_count;
}

kern_return_t
debug_set(struct thread *thread, const struct aarch64_debug_state *state)
{
	struct trap_frame *frame = thread->machine.frame;
	bool step = (state->flags & AARCH64_DEBUG_STEP) != 0;
	bool used = step;
	kern_return_t kr;

	if (state->version != AARCH64_DEBUG_VERSION ||
	    (state->flags & ~AARCH64_DEBUG_STEP) != 0 ||
	    !slots_are_valid(state->breakpoints, breakpoint_count,
	    breakpoint_is_valid, &used) ||
	    !slots_are_valid(state->watchpoints, watchpoint_count,
	    watchpoint_is_valid, &used))
		return KERN_INVALID_ARGUMENT;
	if (used) {
		kr = debug_allocate(thread);
		if (kr != KERN_SUCCESS)
			return kr;
		memcpy(thread->debug_registers, state, sizeof(*state));
	} else {
		debug_destroy(thread);
	}
	frame->cpsr &= ~SPSR_SS;
	if (step)
		frame->cpsr |= SPSR_SS;
	if (thread == thread_self()) {
		if (used)
			load(state);
		else
			unload();
	}
	return KERN_SUCCESS;
}

void
debug_step_again(struct trap_frame *frame)
{
	const struct aarch64_debug_state *state =
	    thread_self()->debug_registers;

	if (state != NULL && (state->flags & AARCH64_DEBUG_STEP) != 0)
		frame->cpsr |= SPSR_SS;
}
