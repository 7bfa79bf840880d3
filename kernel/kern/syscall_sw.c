/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The traps (mach/syscall_sw.h, ABI.md).
 *
 * Those named syscall_* do what the RPC of that name does, on objects of this
 * kernel.  For a name that denotes none, the result is MACH_SEND_INTERRUPTED:
 * it may belong to a proxy, and the C library then sends the RPC instead.
 * Where a result cannot be written, what was made is undone.
 */

#include <machine/trap.h>

#include <stddef.h>
#include <stdint.h>

#include <ipc/ipc_kmsg.h>
#include <ipc/ipc_right.h>
#include <ipc/ipc_space.h>
#include <kern/host.h>
#include <kern/ipc_tt.h>
#include <kern/printf.h>
#include <kern/task.h>
#include <kern/thread.h>
#include <kern/thread_state.h>
#include <kern/thread_switch.h>
#include <lib/macros.h>
#include <mach.server.h>
#include <mach_host.server.h>
#include <mach_port.server.h>
#include <machine/thread.h>
#include <machine/usercopy.h>
#include <vm/vm_map.h>

/* mach_print() prints at most as much, in parts of PRINT_PART. */
#define PRINT_MAX	4096
#define PRINT_PART	256

static mach_port_name_t
trap_host_self(void)
{
	return ipc_self_name(realhost.self);
}

static kern_return_t
trap_mach_print(uintptr_t string)
{
	char part[PRINT_PART];
	size_t length, done;
	int error = KERN_INVALID_ARGUMENT;

	for (done = 0; done < PRINT_MAX && error == KERN_INVALID_ARGUMENT;
	     done += length) {
		length = sizeof(part) - 1;
		error = copyinstr(part, string + done, sizeof(part), &length);
		if (error != KERN_SUCCESS && error != KERN_INVALID_ARGUMENT)
			return error;
		kwrite(part, length);
	}
	return KERN_SUCCESS;
}

/* There are no devices with events: no event object is valid. */
static kern_return_t
trap_evc_wait(unsigned int event)
{
	(void)event;
	return KERN_INVALID_ARGUMENT;
}

static kern_return_t
trap_thread_set_self_state(int flavor, uintptr_t state,
    mach_msg_type_number_t count)
{
	kern_return_t kr = thread_set_self_state(flavor, state, count);

	if (kr == KERN_SUCCESS)
		machine_return_to_user();
	return kr;
}

static kern_return_t
trap_vm_allocate(mach_port_name_t task, uintptr_t address, vm_size_t size,
    boolean_t anywhere)
{
	vm_map_t map = port_name_to_map(task);
	vm_address_t start;
	kern_return_t kr;

	if (map == VM_MAP_NULL)
		return MACH_SEND_INTERRUPTED;
	kr = copyin_word(&start, address);
	if (kr == KERN_SUCCESS)
		kr = vm_allocate(map, &start, size, anywhere);
	if (kr == KERN_SUCCESS) {
		kr = copyout_word(address, start);
		if (kr != KERN_SUCCESS)
			vm_deallocate(map, start, size);
	}
	vm_map_deallocate(map);
	return kr;
}

static kern_return_t
trap_vm_deallocate(mach_port_name_t task, vm_address_t address,
    vm_size_t size)
{
	vm_map_t map = port_name_to_map(task);
	kern_return_t kr;

	if (map == VM_MAP_NULL)
		return MACH_SEND_INTERRUPTED;
	kr = vm_deallocate(map, address, size);
	vm_map_deallocate(map);
	return kr;
}

/* The arguments from the ninth on, in 8-byte slots at the user's sp. */
struct vm_map_stack {
	uint64_t protection;
	uint64_t max_protection;
	uint64_t inheritance;
};

static kern_return_t
map_object(vm_map_t map, uintptr_t address, vm_size_t size, vm_address_t mask,
    boolean_t anywhere, struct ipc_port *object, vm_offset_t offset,
    boolean_t copy, vm_address_t *result)
{
	const struct trap_frame *frame = thread_self()->machine.frame;
	struct vm_map_stack stack;
	vm_address_t start;
	kern_return_t kr;

	if (copyin(&stack, frame->sp, sizeof(stack)) != KERN_SUCCESS ||
	    copyin_word(&start, address) != KERN_SUCCESS)
		return KERN_INVALID_ADDRESS;
	kr = vm_map(map, &start, size, mask, anywhere, object, offset, copy,
	    (vm_prot_t)stack.protection, (vm_prot_t)stack.max_protection,
	    (vm_inherit_t)stack.inheritance);
	if (kr == KERN_SUCCESS)
		*result = start;
	return kr;
}

static kern_return_t
trap_vm_map(mach_port_name_t task, uintptr_t address, vm_size_t size,
    vm_address_t mask, boolean_t anywhere, mach_port_name_t object,
    vm_offset_t offset, boolean_t copy)
{
	vm_map_t map = port_name_to_map(task);
	struct ipc_port *port;
	vm_address_t start;
	kern_return_t kr;

	if (map == VM_MAP_NULL)
		return MACH_SEND_INTERRUPTED;
	kr = ipc_space_copyin(current_task()->space, object,
	    MACH_MSG_TYPE_COPY_SEND, &port);
	if (kr == KERN_SUCCESS) {
		kr = map_object(map, address, size, mask, anywhere, port,
		    offset, copy, &start);
		ipc_port_release_send(port);
	}
	if (kr == KERN_SUCCESS) {
		kr = copyout_word(address, start);
		if (kr != KERN_SUCCESS)
			vm_deallocate(map, start, size);
	}
	vm_map_deallocate(map);
	return kr;
}

static kern_return_t
trap_task_create(mach_port_name_t parent, boolean_t inherit, uintptr_t child)
{
	struct task *task = port_name_to_task(parent);
	mach_port_name_t name = MACH_PORT_NAME_NULL;
	struct task *new_task;
	struct ipc_port *port;
	kern_return_t kr;

	if (task == TASK_NULL)
		return MACH_SEND_INTERRUPTED;
	kr = task_create(task, inherit, &new_task);
	task_deallocate(task);
	if (kr != KERN_SUCCESS)
		return kr;
	port = ipc_task_right(new_task);
	kr = ipc_space_copyout(current_task()->space, port,
	    MACH_MSG_TYPE_PORT_SEND, &name);
	if (kr != KERN_SUCCESS) {
		ipc_port_release_send(port);
	} else {
		kr = copyout(child, &name, sizeof(name));
		if (kr != KERN_SUCCESS)
			mach_port_deallocate(current_task()->space, name);
	}
	/* Nobody could name it. */
	if (kr != KERN_SUCCESS)
		task_terminate(new_task);
	task_deallocate(new_task);
	return kr;
}

static kern_return_t
trap_task_terminate(mach_port_name_t name)
{
	struct task *task = port_name_to_task(name);
	kern_return_t kr;

	if (task == TASK_NULL)
		return MACH_SEND_INTERRUPTED;
	kr = task_terminate(task);
	task_deallocate(task);
	return kr;
}

static kern_return_t
trap_task_suspend(mach_port_name_t name)
{
	struct task *task = port_name_to_task(name);
	kern_return_t kr;

	if (task == TASK_NULL)
		return MACH_SEND_INTERRUPTED;
	kr = task_suspend(task);
	task_deallocate(task);
	return kr;
}

static kern_return_t
trap_task_set_special_port(mach_port_name_t name, int which,
    mach_port_name_t port_name)
{
	struct task *task = port_name_to_task(name);
	struct ipc_port *port;
	kern_return_t kr;

	if (task == TASK_NULL)
		return MACH_SEND_INTERRUPTED;
	kr = ipc_space_copyin(current_task()->space, port_name,
	    MACH_MSG_TYPE_COPY_SEND, &port);
	if (kr == KERN_SUCCESS) {
		kr = task_set_special_port(task, which, port);
		if (kr != KERN_SUCCESS)
			ipc_port_release_send(port);
	}
	task_deallocate(task);
	return kr;
}

static kern_return_t
trap_mach_port_allocate(mach_port_name_t task, mach_port_right_t right,
    uintptr_t result)
{
	ipc_space_t space = port_name_to_space(task);
	mach_port_name_t name;
	kern_return_t kr;

	if (space == IS_NULL)
		return MACH_SEND_INTERRUPTED;
	kr = mach_port_allocate(space, right, &name);
	if (kr == KERN_SUCCESS) {
		kr = copyout(result, &name, sizeof(name));
		if (kr != KERN_SUCCESS)
			mach_port_destroy(space, name);
	}
	space_deallocate(space);
	return kr;
}

static kern_return_t
trap_mach_port_allocate_name(mach_port_name_t task, mach_port_right_t right,
    mach_port_name_t name)
{
	ipc_space_t space = port_name_to_space(task);
	kern_return_t kr;

	if (space == IS_NULL)
		return MACH_SEND_INTERRUPTED;
	kr = mach_port_allocate_name(space, right, name);
	space_deallocate(space);
	return kr;
}

static kern_return_t
trap_mach_port_deallocate(mach_port_name_t task, mach_port_name_t name)
{
	ipc_space_t space = port_name_to_space(task);
	kern_return_t kr;

	if (space == IS_NULL)
		return MACH_SEND_INTERRUPTED;
	kr = mach_port_deallocate(space, name);
	space_deallocate(space);
	return kr;
}

static kern_return_t
insert_right(ipc_space_t space, mach_port_name_t name,
    mach_port_name_t right, mach_msg_type_name_t disposition)
{
	mach_msg_type_name_t type = ipc_right_result(disposition);
	struct ipc_port *port;
	kern_return_t kr;

	if (!MACH_MSG_TYPE_PORT_ANY(disposition))
		return KERN_INVALID_VALUE;
	kr = ipc_space_copyin(current_task()->space, right, disposition,
	    &port);
	if (kr != KERN_SUCCESS)
		return kr;
	kr = mach_port_insert_right(space, name, port, type);
	if (kr != KERN_SUCCESS && IP_VALID(port))
		ipc_port_release_right(port, type);
	return kr;
}

static kern_return_t
trap_mach_port_insert_right(mach_port_name_t task, mach_port_name_t name,
    mach_port_name_t right, mach_msg_type_name_t disposition)
{
	ipc_space_t space = port_name_to_space(task);
	kern_return_t kr;

	if (space == IS_NULL)
		return MACH_SEND_INTERRUPTED;
	kr = insert_right(space, name, right, disposition);
	space_deallocate(space);
	return kr;
}

static kern_return_t
trap_thread_depress_abort(mach_port_name_t name)
{
	struct thread *thread = port_name_to_thread(name);
	kern_return_t kr = thread_depress_abort(thread);

	thread_deallocate(thread);
	return kr;
}

/* A trap's arguments come in registers: its type matters to nobody. */
#define TRAP(function)	((void (*)(void))(function))

void (*const trap_table[TRAP_COUNT])(void) = {
	[17] = TRAP(trap_evc_wait),
	[18] = TRAP(trap_evc_wait),
	[25] = TRAP(ipc_mach_msg_trap),
	[26] = TRAP(ipc_mach_reply_port_trap),
	[27] = TRAP(ipc_thread_self_trap),
	[28] = TRAP(ipc_task_self_trap),
	[29] = TRAP(trap_host_self),
	[30] = TRAP(trap_mach_print),
	[59] = TRAP(swtch_pri),
	[60] = TRAP(swtch),
	[61] = TRAP(thread_switch),
	[64] = TRAP(trap_vm_map),
	[65] = TRAP(trap_vm_allocate),
	[66] = TRAP(trap_vm_deallocate),
	[68] = TRAP(trap_task_create),
	[69] = TRAP(trap_task_terminate),
	[70] = TRAP(trap_task_suspend),
	[71] = TRAP(trap_task_set_special_port),
	[72] = TRAP(trap_mach_port_allocate),
	[73] = TRAP(trap_mach_port_deallocate),
	[74] = TRAP(trap_mach_port_insert_right),
	[75] = TRAP(trap_mach_port_allocate_name),
	[76] = TRAP(trap_thread_depress_abort),
	[77] = TRAP(trap_thread_set_self_state),
};
