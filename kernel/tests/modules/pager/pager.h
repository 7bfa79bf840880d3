/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * For the module pager: the memory object of a test, which the module's first
 * thread serves by hand, and threads that are its clients.
 */
#ifndef PAGER_H
#define PAGER_H

#include "lib/test.h"

#define self	task_self_port

enum {
	INIT = 2200,
	TERMINATE = 2201,
	COPY = 2202,
	DATA_REQUEST = 2203,
	DATA_UNLOCK = 2204,
	LOCK_COMPLETED = 2206,
	SUPPLY_COMPLETED = 2207,
	DATA_RETURN = 2208,
	CHANGE_COMPLETED = 2209,
};

#define SOON	3000			/* ms: it must come */
#define NEVER	50			/* ms: it must not */

/* The memory object, its control and name ports; where answers go. */
extern mach_port_t pager, control, name, reply;
extern struct message in;		/* the last one */

/* The next message to `port` has this id; or there is none. */
bool expect(mach_port_t port, mach_msg_id_t id, const char *what);
void expect_nothing(mach_port_t port, const char *why);
/* Items of the last message. */
uint64_t item_long(unsigned int index);
uint32_t item_int(unsigned int index);

vm_address_t map_at(vm_offset_t offset, vm_size_t size, bool copy);
/* A new memory object, mapped, its init received. */
vm_address_t object_map(vm_size_t size);
void ready(bool may_cache, memory_object_copy_strategy_t strategy);
/* Unmap, and see the object terminated. */
void object_end(vm_address_t address, vm_size_t size);
/* A page whose first word is `value`. */
void supply(vm_offset_t offset, uint64_t value, vm_prot_t lock,
    bool precious, mach_port_t reply_to);
void lock(vm_offset_t offset, vm_size_t size,
    memory_object_return_t returns, bool flush, vm_prot_t value);
void lock_done(void);

/* One access by a thread of its own. */
struct client {
	vm_address_t address;
	uint64_t value;			/* read, or to write */
	bool write;
	int exception;
	integer_t code;
	int64_t subcode;
	struct test_thread *thread;
};

void client_touch(void *argument);
void client_start(struct client *client, vm_address_t address, bool write,
    uint64_t value);
void client_good(struct client *client, const char *what);
void client_bad(struct client *client, kern_return_t code,
    const char *what);

/* Read a page that is asked for. */
void page_in(vm_address_t address, vm_offset_t offset, uint64_t value,
    vm_prot_t lock, bool precious);

/* A call by a thread of its own. */
struct call {
	kern_return_t (*run)(struct call *call);
	vm_address_t address;
	vm_size_t size;
	kern_return_t result;
	struct test_thread *thread;
};

void call_start(struct call *call, kern_return_t (*run)(struct call *),
    vm_address_t address, vm_size_t size);
/* It is not over; or it is, with this result. */
/* For call_start(): make a child task; call->address is its port. */
kern_return_t call_inherit(struct call *call);
void call_waits(struct call *call, const char *what);
void call_done(struct call *call, kern_return_t result, const char *what);

/* The parts of the module. */
void test_store(void);
void test_others(void);
void test_call(void);

#endif /* PAGER_H */
