/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Every routine and trap of the interface: see routines/routines.h.
 * routine=NAME on the command line tries only that one.
 */
#include "routines/routines.h"

/* Ids near those of the interface that no routine has. */
static bool
is_routine(mach_msg_id_t id)
{
	unsigned int i;

	for (i = 0; i < routine_count; i++)
		if (routines[i].id == id)
			return true;
	return false;
}

static void
try_other_ids(void)
{
	static const mach_msg_id_t bases[] = {
		0, 1999, 2050, 2600, 2800, 3000, 3200, 4000, 4200, 4450, 4499,
		1000000,
	};
	unsigned int i;
	mach_msg_id_t id;

	for (i = 0; i < sizeof bases / sizeof bases[0]; i++) {
		struct routine none = { .name = "no routine" };

		for (id = bases[i]; is_routine(id); id++)
			continue;
		none.id = id;
		routine_try_unknown(&none);
	}
}

static bool
wanted(const char *name)
{
	const char *only = test_option("routine");

	return only == NULL || strcmp(only, name) == 0;
}

void
test_main(void)
{
	struct holdings before, after;
	unsigned int i;

	samples_setup();
	test_settle();
	for (i = 0; i < routine_count; i++) {
		if (!wanted(routines[i].name))
			continue;
		if (routines[i].effect == NULL) {
			routine_try_unknown(&routines[i]);
			continue;
		}
		routine_try(&routines[i]);
		holdings_take(&before);
		routines[i].effect();
		holdings_take(&after);
		ok(holdings_equal(&before, &after, routines[i].name),
		    "%s: a right call loses nothing", routines[i].name);
	}
	if (wanted("traps"))
		traps_try();
	if (wanted("ids"))
		try_other_ids();
}
