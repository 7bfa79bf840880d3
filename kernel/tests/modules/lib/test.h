/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Run time of the boot modules: TAP, threads, child tasks, messages,
 * exceptions, memory.
 *
 * A module defines test_main().  Its command line has KEY=VALUE words:
 *   host=NAME device=NAME   port names of the host and the device master
 *   next=NAME               a suspended task to resume when done, so that
 *                           many modules of one boot run one after another
 * and anything else the module asks for with test_option().  When test_main
 * returns, the plan is printed and the next task is resumed or, if there is
 * none, the machine is powered off.
 *
 * An exception that no test expects, or no progress for TEST_TIMEOUT
 * seconds, prints "Bail out!" and ends the module the same way.
 */
#ifndef TEST_H
#define TEST_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <mach/exception.h>
#include <mach/kern_return.h>
#include <mach/mach_param.h>
#include <mach/mach_types.h>
#include <mach/message.h>
#include <mach/mig_errors.h>
#include <mach/mig_support.h>
#include <mach/notify.h>
#include <mach/policy.h>
#include <mach/port.h>
#include <mach/thread_status.h>
#include <mach/thread_switch.h>
#include <mach/aarch64/exception.h>
#include <mach/aarch64/mach_aarch64_types.h>
#include <mach/aarch64/vm_param.h>
#include <mach_debug/mach_debug_types.h>
#include <device/device_types.h>

/* MIG's user headers of the subsystems. */
#include "mach.user.h"
#include "mach_port.user.h"
#include "mach_host.user.h"
#include "mach4.user.h"
#include "gnumach.user.h"
#include "mach_debug.user.h"
#include "mach_aarch64.user.h"
#include "device.user.h"

#define TEST_TIMEOUT	60		/* seconds without a TAP line */
#define TEST_STACK	32768UL		/* bytes of a thread's stack */

/* Traps (traps.S). */
mach_port_t mach_reply_port(void);
mach_port_t mach_thread_self(void);
mach_port_t mach_task_self(void);
mach_port_t mach_host_self(void);
void mach_print(const char *string);
boolean_t swtch(void);
boolean_t swtch_pri(int priority);
kern_return_t thread_switch(mach_port_t thread, int option,
    mach_msg_timeout_t time);
kern_return_t syscall_vm_map(mach_port_t task, vm_address_t *address,
    vm_size_t size, vm_offset_t mask, boolean_t anywhere,
    mach_port_t memory_object, vm_offset_t offset, boolean_t copy,
    vm_prot_t protection, vm_prot_t max_protection, vm_inherit_t inheritance);
kern_return_t syscall_vm_allocate(mach_port_t task, vm_address_t *address,
    vm_size_t size, boolean_t anywhere);
kern_return_t syscall_vm_deallocate(mach_port_t task, vm_address_t address,
    vm_size_t size);
kern_return_t syscall_task_create(mach_port_t parent, boolean_t inherit,
    mach_port_t *child);
kern_return_t syscall_task_terminate(mach_port_t task);
kern_return_t syscall_task_suspend(mach_port_t task);
kern_return_t syscall_task_set_special_port(mach_port_t task, int which,
    mach_port_t port);
kern_return_t syscall_mach_port_allocate(mach_port_t task,
    mach_port_right_t right, mach_port_t *name);
kern_return_t syscall_mach_port_deallocate(mach_port_t task,
    mach_port_t name);
kern_return_t syscall_mach_port_insert_right(mach_port_t task,
    mach_port_t name, mach_port_t right, mach_msg_type_name_t type);
kern_return_t syscall_mach_port_allocate_name(mach_port_t task,
    mach_port_right_t right, mach_port_t name);
kern_return_t syscall_thread_depress_abort(mach_port_t thread);
kern_return_t thread_set_self_state(int flavor, thread_state_t state,
    mach_msg_type_number_t count);
uint64_t trap_raw(uint64_t number, const uint64_t arguments[8]);

/* Start-up values. */
extern mach_port_t host_priv;		/* from host=, or null */
extern mach_port_t device_master;	/* from device=, or null */
extern mach_port_t task_self_port;	/* mach_task_self(), kept */
extern vm_size_t page_size;		/* asked of the kernel */
extern int module_argc;
extern char **module_argv;

/* The value of a KEY=VALUE word, or NULL. */
const char *test_option(const char *key);
uint32_t test_number(const char *text);

void test_main(void);

/* No output any more, in a child that may not be heard. */
extern bool test_silent;

/* Output, at most 240 characters a call: %s %c %d %u %x %p, l, 0-width. */
void test_print(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* TAP.  Each is one test and returns whether it passed. */
bool test_ok_at(bool good, const char *file, int line, const char *format,
    ...) __attribute__((format(printf, 4, 5)));
bool test_equal_at(int64_t got, int64_t want,
    const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
#define ok(condition, ...) \
	test_ok_at((condition), __FILE_NAME__, __LINE__, __VA_ARGS__)
/* ok_eq(got, want, "what %s", ...) */
#define ok_eq(got, want, ...) \
	test_equal_at((int64_t)(got), (int64_t)(want), __FILE_NAME__, \
	    __LINE__, __VA_ARGS__)
/* Needed to go on: a failure ends the module. */
#define need(condition) do { \
	if (!(condition)) \
		test_bail("%s:%d: needs %s", __FILE_NAME__, __LINE__, \
		    #condition); \
} while (0)
#define need_success(call) do { \
	kern_return_t need_result = (call); \
	if (need_result != KERN_SUCCESS) \
		test_bail("%s:%d: %s gives 0x%x", __FILE_NAME__, __LINE__, \
		    #call, (unsigned)need_result); \
} while (0)
void test_bail(const char *format, ...)
    __attribute__((noreturn, format(printf, 1, 2)));

/* Time. */
uint64_t time_ns(void);			/* since boot, by CNTVCT */
void sleep_ms(unsigned int ms);

/*
 * Wait until the kernel's objects are as many as before for a while: the
 * module that ran before is gone then with all it had.
 */
void test_settle(void);
/* Objects in the kernel's slab caches, or in those that are counted. */
uint64_t test_objects(bool (*counted)(const char *cache));

/* What the kernel tells of a task or thread, which must be there. */
struct task_basic_info task_basic(mach_port_t task);
struct thread_basic_info thread_basic(mach_port_t thread);
/* Whether a thread waits in the kernel; false if it is gone. */
bool thread_waits(mach_port_t thread);

/*
 * Free what a routine gave instead of the room it was given (MIG's CountInOut
 * arrays), if it did.
 */
void list_free(const void *list, const void *room, size_t size);

/* Threads of this task. */
struct test_thread {
	mach_port_t port;
	char *stack;
	void (*run)(void *argument);
	void *argument;
	volatile uint32_t done;
};

/* Create a suspended thread that runs run(argument) once resumed. */
struct test_thread *test_thread_create(void (*run)(void *), void *argument);
struct test_thread *test_thread_start(void (*run)(void *), void *argument);
/* Wait until run() returned; false after `ms`. */
bool test_thread_wait(struct test_thread *thread, unsigned int ms);
/* Wait for at most five seconds, then terminate and free. */
bool test_thread_join(struct test_thread *thread);
/* Terminate wherever it is, and free. */
void test_thread_kill(struct test_thread *thread);

kern_return_t get_state(mach_port_t thread,
    struct aarch64_thread_state *state);
kern_return_t set_state(mach_port_t thread,
    struct aarch64_thread_state *state);

/*
 * A child task with inherited memory, in which `run(argument)` runs.  Inside
 * the child task_self_port is the child's; it returns from run() to die.
 * `up` is a port of this task to which the child has a send right under the
 * name CHILD_UP.
 */
#define CHILD_UP	0x1234u
struct test_child {
	mach_port_t task;
	mach_port_t thread;
	mach_port_t up;
};
void test_child_start(struct test_child *child, void (*run)(void *),
    void *argument);
void test_child_kill(struct test_child *child);
/* In the child: tell two words.  In the parent: hear; false after `ms`. */
void child_tell(uint64_t a, uint64_t b);
bool child_hear(struct test_child *child, uint64_t *a, uint64_t *b,
    unsigned int ms);

/* Ports. */
mach_port_t port_receive_right(void);		/* a new receive right */
mach_port_t port_with_send(void);		/* receive and send right */
mach_port_t port_set(void);
mach_port_urefs_t port_refs(mach_port_t name, mach_port_right_t right);
mach_port_type_t port_type(mach_port_t name);	/* 0: no such name */
mach_port_status_t port_status(mach_port_t name);
void port_destroy(mach_port_t name);
mach_port_t port_free_name(void);

/* Messages: a header and typed items, built and read in order. */
#define MESSAGE_BYTES	16384
struct message {
	mach_msg_header_t header;
	uint8_t body[MESSAGE_BYTES - sizeof(mach_msg_header_t)];
};

void message_init(struct message *message, mach_port_t remote,
    mach_msg_type_name_t remote_type, mach_port_t local,
    mach_msg_type_name_t local_type, mach_msg_id_t id);
/* Append an item with data in line; returns its descriptor. */
mach_msg_type_t *message_add(struct message *message,
    mach_msg_type_name_t name, unsigned int bits, unsigned int number,
    const void *data);
mach_msg_type_t *message_add_port(struct message *message,
    mach_port_t port, mach_msg_type_name_t type);
mach_msg_type_t *message_add_memory(struct message *message,
    const void *address, size_t size, bool deallocate);
mach_msg_type_t *message_add_ports(struct message *message,
    const mach_port_t *ports, unsigned int number,
    mach_msg_type_name_t type, bool deallocate);
/* The index-th item, or NULL; its in-line data, or out-of-line address. */
mach_msg_type_t *message_item(struct message *message, unsigned int index);
void *message_data(mach_msg_type_t *item);

mach_msg_return_t message_send(struct message *message);
mach_msg_return_t message_send_timeout(struct message *message,
    unsigned int ms);
mach_msg_return_t message_receive(struct message *message,
    mach_port_t port, unsigned int ms);
/* A header-only message. */
mach_msg_return_t message_send_id(mach_port_t port,
    mach_msg_type_name_t type, mach_msg_id_t id);

/*
 * What the first thread's mach_msg() tells about each call: its message before
 * it goes out, and the result (and answer, in the same place) after.
 */
struct message_hook {
	void (*before)(const mach_msg_header_t *message,
	    mach_msg_option_t option, mach_msg_size_t size);
	void (*after)(const mach_msg_header_t *message,
	    mach_msg_return_t result);
};
extern const struct message_hook *message_hook;

/* Memory. */
vm_address_t memory_allocate(vm_size_t size);
void memory_free(vm_address_t address, vm_size_t size);
/* A pattern by seed that differs in every 8-byte word. */
void memory_fill(vm_address_t address, vm_size_t size, uint64_t seed);
bool memory_check(vm_address_t address, vm_size_t size, uint64_t seed);

/* An exception message as MIG lays it out, and its reply. */
struct exception_message {
	mach_msg_header_t header;
	mach_msg_type_t thread_type;
	mach_port_name_inlined_t thread;
	mach_msg_type_t task_type;
	mach_port_name_inlined_t task;
	mach_msg_type_t exception_type;
	integer_t exception;
	integer_t exception_pad;
	mach_msg_type_t code_type;
	integer_t code;
	integer_t code_pad;
	mach_msg_type_t subcode_type;
	int64_t subcode;
	uint8_t trailer[64];
};
mach_msg_return_t exception_receive(mach_port_t port,
    struct exception_message *message, unsigned int ms);
mach_msg_return_t exception_reply(struct exception_message *message,
    kern_return_t result);

/*
 * Run access(argument) in a thread of its own: 0 when it returns, else the
 * exception that it raised (code and subcode through the pointers).
 */
int test_exception(void (*access)(void *), void *argument, integer_t *code,
    int64_t *subcode);
/*
 * Whether a region is there; whether a byte of it can be read, or written,
 * without an exception.
 */
bool is_mapped(vm_address_t address);
bool can_read(vm_address_t address);
bool can_write(vm_address_t address);

/* xorshift64; *state is not 0. */
uint64_t test_random(uint64_t *state);

#endif /* TEST_H */
