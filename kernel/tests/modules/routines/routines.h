/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The module `routines`: every routine and trap of the interface, called
 * rightly and wrongly.
 *
 * The tables come from `generate`.  An EFFECT(name) calls the routine rightly
 * by MIG's stub, and looks at what came of it.  The first such call is held
 * (lib/test.h: message_hook): before it goes out, its message is sent with one
 * thing wrong at a time, with all its ports and memory still good.  Each must
 * be refused with the result that is due, and lose nothing; then the right
 * call goes on as if nothing had happened.
 */
#ifndef ROUTINES_H
#define ROUTINES_H

#include "../lib/test.h"

/* Kinds of ports of the kernel. */
enum port_kind {
	KIND_HOST,
	KIND_HOST_PRIV,
	KIND_PROCESSOR,
	KIND_PROCESSOR_NAME,
	KIND_PSET,
	KIND_PSET_NAME,
	KIND_TASK,
	KIND_THREAD,
	KIND_CONTROL,
	KIND_OBJECT_NAME,
	KIND_DEVICE,
	KIND_DEVICE_MASTER,
	KIND_COUNT,
};

/* A result that is no result: the case is not tried. */
#define UNTRIED		((kern_return_t)0x7fffffff)

enum {
	ARGUMENT_VALUE,			/* data in line */
	ARGUMENT_SEND,			/* port rights in line */
	ARGUMENT_SEND_ONCE,
	ARGUMENT_POLYMORPHIC,
	ARGUMENT_MEMORY,		/* data out of line */
	ARGUMENT_PORTS,			/* rights out of line */
	ARGUMENT_KIND = 15,
	ARGUMENT_VARIABLE = 16,		/* an array of any length */
};

struct argument {
	const char *name;
	int what;
	mach_msg_type_name_t type;	/* as it is sent: type, bits, least */
	unsigned int bits;		/* number */
	unsigned int number;
	uint32_t accepts;		/* kinds of ports, or 0: any */
	kern_return_t wrong;		/* other ports, null and dead give */
	uint64_t bad;			/* a value that gives `refused` */
	kern_return_t refused;
	kern_return_t empty;		/* of size 0 */
	kern_return_t oversized;	/* 8 KiB and more */
};

struct routine {
	const char *name;
	mach_msg_id_t id;
	uint32_t accepts;		/* as request port */
	kern_return_t wrong;		/* other ports give */
	bool simple;			/* no answer if it succeeds */
	void (*effect)(void);		/* NULL: not served */
	const struct argument *arguments;
	unsigned int argument_count;
};

struct trap {
	const char *name;
	int number;
	unsigned int arguments;
	void (*effect)(void);		/* NULL: not served */
};

extern const struct routine routines[];
extern const unsigned int routine_count;
extern const struct trap traps[];
extern const unsigned int trap_count;

#define EFFECT(name)	void effect_##name(void);	\
			void effect_##name(void)

/* Samples of each kind, all harmless: the task and the thread never ran. */
extern mach_port_t samples[KIND_COUNT];
#define the(kind)	(samples[KIND_##kind])
/* The memory object behind CONTROL and OBJECT_NAME, and where it is mapped. */
extern mach_port_t sample_pager;
extern vm_address_t sample_mapping;
#define SAMPLE_PAGES	4u

void samples_setup(void);

/*
 * Try one routine (engine.c): its effect, and before that all wrong calls.
 * The effect says refused() if this kernel never serves it with success.
 */
void routine_try(const struct routine *routine);
void routine_refused(void);
/* Unknown ids are answered with MIG_BAD_ID on every kind of port. */
void routine_try_unknown(const struct routine *routine);

/* What may not be lost: names, and objects in the kernel's caches. */
struct holdings {
	unsigned int names;
	unsigned int caches;
	uint64_t objects[96];
};
void holdings_take(struct holdings *holdings);
/* Says what differs, and returns whether nothing does. */
bool holdings_equal(const struct holdings *a, const struct holdings *b,
    const char *what);

void traps_try(void);

#endif /* ROUTINES_H */
