/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Start-up of a module, the watchdog, MIG's needs.
 */
#include "runtime.h"

mach_port_t host_priv;
mach_port_t device_master;
mach_port_t task_self_port;
vm_size_t page_size;
int module_argc;
char **module_argv;

static struct thread_context first_context;
static mach_port_t watchdog_port;

const char *
test_option(const char *key)
{
	size_t length = strlen(key);
	int i;

	for (i = 1; i < module_argc; i++) {
		if (strncmp(module_argv[i], key, length) == 0 &&
		    module_argv[i][length] == '=')
			return module_argv[i] + length + 1;
	}
	return NULL;
}

uint32_t
test_number(const char *text)
{
	uint32_t value = 0;

	while (*text >= '0' && *text <= '9')
		value = value * 10 + (uint32_t)(*text++ - '0');
	return value;
}

static mach_port_t
option_port(const char *key)
{
	const char *value = test_option(key);

	return value == NULL ? MACH_PORT_NULL : test_number(value);
}

/* Hears of exceptions that no test caught, and of silence. */
static void
watchdog(void *argument)
{
	struct exception_message message;
	unsigned int seen = ~0u;

	(void)argument;
	for (;;) {
		mach_msg_return_t result = exception_receive(watchdog_port,
		    &message, TEST_TIMEOUT * 1000);

		if (result == MACH_MSG_SUCCESS) {
			struct aarch64_thread_state state;

			memset(&state, 0, sizeof state);
			get_state(message.thread.name, &state);
			test_bail("exception %d code %d subcode 0x%lx "
			    "pc 0x%lx lr 0x%lx", message.exception,
			    message.code, (uint64_t)message.subcode, state.pc,
			    state.x[30]);
		}
		if (result == MACH_RCV_TIMED_OUT && seen == tap_count)
			test_bail("no progress for %d seconds", TEST_TIMEOUT);
		seen = tap_count;
	}
}

static void
watchdog_start(void)
{
	watchdog_port = port_with_send();
	need_success(task_set_special_port(task_self_port,
	    TASK_EXCEPTION_PORT, watchdog_port));
	test_thread_start(watchdog, NULL);
}

void
module_start(uintptr_t *sp)
{
	vm_statistics_data_t statistics;

	thread_context_set(&first_context);
	module_argc = (int)sp[0];
	module_argv = (char **)&sp[1];
	task_self_port = mach_task_self();
	host_priv = option_port("host");
	device_master = option_port("device");
	page_size = 4096;
	if (vm_statistics(task_self_port, &statistics) == KERN_SUCCESS)
		page_size = (vm_size_t)statistics.pagesize;
	watchdog_start();
	test_main();
	module_finish();
}

/* MIG. */

mach_port_t
mig_get_reply_port(void)
{
	struct thread_context *context = thread_context();

	if (context->reply_port == MACH_PORT_NULL)
		context->reply_port = mach_reply_port();
	return context->reply_port;
}

void
mig_put_reply_port(mach_port_t port)
{
	(void)port;
}

void
mig_dealloc_reply_port(mach_port_t port)
{
	struct thread_context *context = thread_context();
	mach_port_t old = context->reply_port;

	(void)port;
	context->reply_port = MACH_PORT_NULL;
	if (old != MACH_PORT_NULL)
		mach_port_mod_refs(task_self_port, old,
		    MACH_PORT_RIGHT_RECEIVE, -1);
}

void
mig_allocate(vm_address_t *address, vm_size_t size)
{
	*address = memory_allocate(size);
}

void
mig_deallocate(vm_address_t address, vm_size_t size)
{
	memory_free(address, size);
}

vm_size_t
mig_strncpy(char *to, const char *from, vm_size_t size)
{
	vm_size_t i;

	if (size == 0)
		return 0;
	for (i = 0; i < size - 1 && from[i] != '\0'; i++)
		to[i] = from[i];
	to[i] = '\0';
	return i;
}

const struct message_hook *message_hook;

/* The trap, started again when interrupted. */
static mach_msg_return_t
message_call(mach_msg_header_t *message, mach_msg_option_t option,
    mach_msg_size_t send_size, mach_msg_size_t receive_size,
    mach_port_name_t receive_name, mach_msg_timeout_t timeout,
    mach_port_name_t notify)
{
	mach_msg_return_t result;

	do {
		result = mach_msg_trap(message, option, send_size,
		    receive_size, receive_name, timeout, notify);
	} while (result == MACH_SEND_INTERRUPTED);
	while (result == MACH_RCV_INTERRUPTED) {
		result = mach_msg_trap(message, option & ~MACH_SEND_MSG, 0,
		    receive_size, receive_name, timeout, notify);
	}
	return result;
}

/* What the stubs call. */
mach_msg_return_t
mach_msg(mach_msg_header_t *message, mach_msg_option_t option,
    mach_msg_size_t send_size, mach_msg_size_t receive_size,
    mach_port_name_t receive_name, mach_msg_timeout_t timeout,
    mach_port_name_t notify)
{
	bool hooked = message_hook != NULL &&
	    thread_context() == &first_context;
	mach_msg_return_t result;

	if (hooked)
		message_hook->before(message, option, send_size);
	result = message_call(message, option, send_size, receive_size,
	    receive_name, timeout, notify);
	if (hooked)
		message_hook->after(message, result);
	return result;
}
