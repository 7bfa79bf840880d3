/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The module `vm-random`: child tasks (child.c), the model of what their
 * memory holds (model.c), and what is done to both (../vm-random.c).
 */
#ifndef VM_RANDOM_H
#define VM_RANDOM_H

#include "../lib/test.h"

#define self	task_self_port

#define TASKS	5
#define PAGES	24
#define BASE	(1ul << 38)

/* A page's bytes, seen by each region that shares it. */
struct cell {
	int references;
	uint8_t *bytes;
};

struct slot {
	struct cell *cell;		/* NULL: not mapped */
	vm_prot_t protection;
	vm_inherit_t inheritance;
};

struct child {
	mach_port_t task;		/* null: no task */
	mach_port_t server;		/* send right */
	mach_port_t up;			/* where it answers */
	struct slot slots[PAGES];
};

/* What a child does when told. */
enum { LOAD, STORE, SUM, SEND, TAKE };

/* A failure ends the module, and names the step. */
void fail(const char *what, kern_return_t got, kern_return_t want)
    __attribute__((noreturn));
void expect(const char *what, kern_return_t got, kern_return_t want);

/* A random number below `limit`; where a page is in every child. */
unsigned int pick(unsigned int limit);
vm_address_t at(unsigned int page);

/* A child that inherits from `parent`; its end. */
void child_begin(struct child *child, mach_port_t parent);
void child_end(struct child *child);
/* Have a child do something; what it answers is in `answer`. */
extern struct message answer;
uint64_t tell(struct child *child, int what, uint64_t address, uint64_t value,
    bool deallocate, const void *memory, vm_size_t size);
/* Every page as the task sees it, and as the kernel reads it. */
void child_check(struct child *child);
/* The longest chain of shadows that a child's pages have. */
unsigned int deepest(const struct child *child);

/* The model's own memory, which no child inherits. */
void model_setup(void);
/* A cell that one slot sees: a copy of another, or zeros. */
struct cell *cell_create(const struct cell *content);
/* Nothing is mapped here; a new page is. */
void slot_clear(struct slot *slot);
void slot_new(struct slot *slot);
/* What an access to `count` pages from `first` on answers. */
kern_return_t access(const struct child *child, unsigned int first,
    unsigned int count, vm_prot_t protection);
/* Compare and set the bytes of pages that are mapped. */
bool same(const struct child *child, unsigned int first, unsigned int count,
    const uint8_t *bytes);
void overwrite(struct child *child, unsigned int first, unsigned int count,
    const uint8_t *bytes);

#endif /* VM_RANDOM_H */
