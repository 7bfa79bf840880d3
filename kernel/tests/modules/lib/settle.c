/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What a task that ended leaves to be taken down.
 */
#include "test.h"

#define QUIET	5			/* looks without a change */
#define LOOKS	200

uint64_t
test_objects(bool (*counted)(const char *cache))
{
	static cache_info_t inlined[20];
	cache_info_array_t info = inlined;
	mach_msg_type_number_t count = 20;
	uint64_t objects = 0;
	unsigned int i;

	need_success(host_slab_info(mach_host_self(), &info, &count));
	for (i = 0; i < count; i++)
		if (counted == NULL || counted(info[i].name))
			objects += info[i].nr_objs;
	list_free(info, inlined, count * sizeof *info);
	return objects;
}

void
test_settle(void)
{
	uint64_t before, after = test_objects(NULL);
	unsigned int i, quiet = 0;

	for (i = 0; i < LOOKS && quiet < QUIET; i++) {
		before = after;
		sleep_ms(5);
		after = test_objects(NULL);
		quiet = before == after ? quiet + 1 : 0;
	}
}
