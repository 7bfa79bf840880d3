/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <kern/lock_debug.h>

#ifdef DEBUG

#include <stddef.h>
#include <stdint.h>

#include <kern/lock.h>
#include <kern/panic.h>
#include <kern/printf.h>
#include <lib/bits.h>
#include <lib/macros.h>
#include <lib/string.h>
#include <machine/percpu.h>

#define CLASSES_MAX	64		/* bits of a word */
#define HELD_MAX	64		/* a chain of objects is long */

/* Class 0 is none: locks are born zero. */
struct lock_class {
	const char *name;
	uint64_t later;			/* classes taken with this one held */
	const char *interrupt;		/* where a handler took it */
	const char *enabled;		/* where it was open to interrupts */
};

/* The first place where `inner` was taken with `outer` held. */
struct lock_edge {
	const char *outer;
	const char *inner;
};

struct held {
	struct spinlock *lock;
	const char *site;
};

struct holder {
	unsigned int count;
	struct held held[HELD_MAX];
};

static struct lock_class classes[CLASSES_MAX];
static struct lock_edge edges[CLASSES_MAX][CLASSES_MAX];
static unsigned int class_count = 1;
static uint32_t classes_word;		/* guards the three */
static bool off;			/* something was found */
static struct holder holders[MACHINE_MAX_CPUS];

/* The order of kern/lock.h: outer first. */
static const char *const order[] = {
	"ipc/ipc_space.c: &space->lock",
	"ipc/ipc_port.c: &port->lock",
	"ipc/ipc_pset.c: &pset->lock",
	"vm/vm_object.c: &object->lock",
	"arch/aarch64/pmap_table.c: &pmap->lock",
	"kern/slab.c: &cache->lock",
	"kern/thread.c: &thread->lock",
	"kern/sched.c: &queue->lock",
};

/* Locks of these classes are nested by rules of their own (vm_object.h). */
static const char *const nested[] = {
	"vm/vm_object.c: &object->lock",
};

static bool
is_nested(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(nested); i++)
		if (strcmp(nested[i], name) == 0)
			return true;
	return false;
}

/* Where the name of a class stands in the order; or its length. */
static unsigned int
rank_of(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(order); i++)
		if (strcmp(order[i], name) == 0)
			break;
	return i;
}

/* What is printed from now on takes locks of its own. */
static void
report_begin(void)
{
	off = true;
	kprintf_break_lock();
}

static uint64_t
classes_lock(void)
{
	uint64_t flags = cpu_irq_save();

	machine_spin_lock(&classes_word);
	return flags;
}

static void
classes_unlock(uint64_t flags)
{
	__atomic_store_n(&classes_word, 0, __ATOMIC_RELEASE);
	cpu_irq_restore(flags);
}

/* Everything that may be reached from class `from`. */
static uint64_t
reach_of(unsigned int from)
{
	uint64_t reached = classes[from].later, todo = reached;

	while (todo != 0) {
		unsigned int next = bits_lowest(todo);

		todo &= todo - 1;
		todo |= classes[next].later & ~reached;
		reached |= classes[next].later;
	}
	return reached;
}

static void
edge_add(unsigned int outer, unsigned int inner, const char *outer_site,
    const char *inner_site)
{
	classes[outer].later |= 1UL << inner;
	edges[outer][inner].outer = outer_site;
	edges[outer][inner].inner = inner_site;
}

/* A class new to us knows its place in the order of kern/lock.h. */
static void
class_rank(unsigned int class)
{
	unsigned int i, other, rank = rank_of(classes[class].name);

	if (rank == ARRAY_SIZE(order))
		return;
	for (i = 1; i < class; i++) {
		other = rank_of(classes[i].name);
		if (other == ARRAY_SIZE(order))
			continue;
		if (other < rank)
			edge_add(i, class, "kern/lock.h", "kern/lock.h");
		else if (other > rank)
			edge_add(class, i, "kern/lock.h", "kern/lock.h");
	}
}

/* The class of a name; classes_word is held. */
static unsigned int
class_lookup(const char *name)
{
	unsigned int i;

	for (i = 1; i < class_count; i++)
		if (strcmp(classes[i].name, name) == 0)
			return i;
	if (class_count == CLASSES_MAX) {
		report_begin();
		panic("lock classes: more than %u", CLASSES_MAX);
	}
	classes[class_count].name = name;
	class_rank(class_count);
	return class_count++;
}

static unsigned int
class_of(struct spinlock *lock, const char *site)
{
	if (lock->class == 0)
		lock->class = (uint32_t)class_lookup(site);
	return lock->class;
}

/* Print a way from one class to another that is known to exist. */
static void
print_way(unsigned int from, unsigned int to)
{
	unsigned int next = to, tries = CLASSES_MAX;
	uint64_t later;

	while (from != to && tries-- != 0) {
		later = classes[from].later;
		while (later != 0) {
			next = bits_lowest(later);
			later &= later - 1;
			if (next == to || (reach_of(next) >> to & 1) != 0)
				break;
		}
		kprintf("  %s, held since %s,\n    then %s at %s\n",
		    classes[from].name, edges[from][next].outer,
		    classes[next].name, edges[from][next].inner);
		from = next;
	}
}

static void __noreturn
order_panic(const struct held *held, struct spinlock *lock, const char *site)
{
	unsigned int outer = held->lock->class, inner = lock->class;

	report_begin();
	kprintf("lock order: %s, held since %s,\n    then %s at %s; but\n",
	    classes[outer].name, held->site, classes[inner].name, site);
	if (outer != inner)
		print_way(inner, outer);
	panic("lock order");
}

/* Take `lock` while `held` is: is that the order?  classes_word is held. */
static void
check_order(const struct held *held, struct spinlock *lock, const char *site)
{
	unsigned int outer = held->lock->class, inner = lock->class;

	if (outer == inner) {
		if (held->lock > lock &&
		    !is_nested(classes[inner].name))
			order_panic(held, lock, site);
		return;
	}
	if ((classes[outer].later >> inner & 1) != 0)
		return;
	if ((reach_of(inner) >> outer & 1) != 0)
		order_panic(held, lock, site);
	edge_add(outer, inner, held->site, site);
}

static void
check_interrupts(struct lock_class *class, bool enabled, const char *site)
{
	if (percpu_self()->in_interrupt)
		class->interrupt = site;
	else if (enabled)
		class->enabled = site;
	if (class->interrupt == NULL || class->enabled == NULL)
		return;
	report_begin();
	panic("lock %s: taken by an interrupt handler at %s, and with"
	    " interrupts enabled at %s", class->name, class->interrupt,
	    class->enabled);
}

void
lock_debug_init(struct spinlock *lock, const char *name)
{
	uint64_t flags = classes_lock();

	lock->class = (uint32_t)class_lookup(name);
	classes_unlock(flags);
}

void
lock_debug_check(struct spinlock *lock, const char *site)
{
	const struct holder *holder = &holders[cpu_id()];
	bool enabled = cpu_irq_enabled();
	unsigned int i, class;
	uint64_t flags;

	if (off)
		return;
	flags = classes_lock();
	class = class_of(lock, site);
	for (i = 0; i < holder->count; i++) {
		if (holder->held[i].lock == lock) {
			report_begin();
			panic("lock %s: taken at %s, and again at %s",
			    classes[class].name, holder->held[i].site, site);
		}
		check_order(&holder->held[i], lock, site);
	}
	check_interrupts(&classes[class], enabled, site);
	classes_unlock(flags);
}

void
lock_debug_taken(struct spinlock *lock, const char *site)
{
	struct holder *holder = &holders[cpu_id()];
	uint64_t flags;

	if (off)
		return;
	flags = classes_lock();
	class_of(lock, site);
	if (holder->count == HELD_MAX) {
		report_begin();
		panic("lock %s: more than %u locks are held",
		    classes[lock->class].name, HELD_MAX);
	}
	holder->held[holder->count].lock = lock;
	holder->held[holder->count].site = site;
	holder->count++;
	classes_unlock(flags);
}

void
lock_debug_release(struct spinlock *lock, const char *site)
{
	struct holder *holder = &holders[cpu_id()];
	uint64_t flags = cpu_irq_save();
	unsigned int i = holder->count;

	while (i != 0 && holder->held[i - 1].lock != lock)
		i--;
	if (i == 0 && off) {
		cpu_irq_restore(flags);
		return;
	}
	if (i == 0)
		panic("lock %p: released at %s, but not held", (void *)lock,
		    site);
	for (; i < holder->count; i++)
		holder->held[i - 1] = holder->held[i];
	holder->count--;
	cpu_irq_restore(flags);
}

void
lock_debug_assert_held(struct spinlock *lock, const char *site)
{
	const struct holder *holder = &holders[cpu_id()];
	unsigned int i;

	for (i = 0; i < holder->count; i++)
		if (holder->held[i].lock == lock)
			return;
	panic("lock %s: not held at %s", lock->class == 0 ? "never taken" :
	    classes[lock->class].name, site);
}

void
lock_debug_assert_none(const char *site)
{
	const struct holder *holder = &holders[cpu_id()];

	if (holder->count != 0)
		panic("lock %s: taken at %s, still held at %s",
		    classes[holder->held[0].lock->class].name,
		    holder->held[0].site, site);
}

void
lock_debug_forget(void)
{
	memset(holders, 0, sizeof(holders));
	classes_word = 0;
	off = false;
}

#endif /* DEBUG */
