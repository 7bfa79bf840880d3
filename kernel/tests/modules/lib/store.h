/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * A default pager for tests: a child task that holds what is paged out.
 *
 * Of a page that page_fill() made it keeps the seed only, and compares every
 * byte; any other page it keeps whole, as far as its memory goes.
 */
#ifndef STORE_H
#define STORE_H

#include "test.h"

struct store {
	struct test_child child;
	mach_port_t manager;		/* send right */
	mach_port_t command;		/* send right */
};

struct store_count {
	uint64_t objects;		/* created, and not terminated */
	uint64_t first;			/* pages of data_initialize */
	uint64_t again;			/* pages of data_return */
	uint64_t supplied;
	uint64_t whole;			/* kept as they are */
	uint64_t bad;			/* messages that should not be */
};

/* A pattern whose first word is `seed`; whether a page has it. */
void page_fill(vm_address_t page, uint64_t seed);
bool page_check(vm_address_t page, uint64_t seed);

/* Start it and make it the host's default memory manager; end it. */
void store_start(struct store *store);
void store_kill(struct store *store);
void store_count(struct store *store, struct store_count *count);
/* When this returns it receives nothing but commands; or goes on. */
void store_stall(struct store *store, bool stall);

/* Take memory away but for about `room` bytes; give it back. */
void hog_take(vm_size_t room);
void hog_give(void);

#endif /* STORE_H */
