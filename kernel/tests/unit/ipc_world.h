/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * A small world for tests of ipc/: memory, tasks that are little more than
 * their spaces, one thread that acts for any of them, and an account of all
 * kernel objects.
 */
#ifndef TESTS_UNIT_IPC_WORLD_H
#define TESTS_UNIT_IPC_WORLD_H

#include <string.h>

#include "unit.h"

#include <ipc/ipc_kmsg.h>
#include <ipc/ipc_port.h>
#include <ipc/ipc_space.h>
#include <kern/host.h>
#include <kern/processor.h>
#include <kern/slab.h>
#include <kern/task.h>
#include <kern/thread.h>
#include <machine/percpu.h>
#include <mach/mach_types.h>
#include <vm/vm_map.h>
#include <vm/vm_object.h>

#include <mach_port.server.h>

#define WORLD_TASKS	3
#define WORLD_CACHES	64

static struct task world_tasks[WORLD_TASKS];
static struct thread world_thread;
static uint64_t world_objects[WORLD_CACHES];
static size_t world_caches;

#define world_space(task)	(world_tasks[task].space)

/* From here on the current thread is one of that task. */
static inline void
world_be(unsigned int task)
{
	world_thread.task = &world_tasks[task];
}

/* Count the objects of each cache, but for the caches' own. */
static inline void
world_account(uint64_t *objects)
{
	struct slab_info infos[WORLD_CACHES];
	size_t i, count;

	count = slab_info(infos, WORLD_CACHES);
	assert_in_range(count, 1, WORLD_CACHES);
	world_caches = count;
	for (i = 0; i < count; i++)
		objects[i] = strcmp(infos[i].name, "slab_pool") == 0 ? 0
		    : infos[i].objects;
}

static inline int
world_setup(void **state)
{
	unsigned int i;

	(void)state;
	host_setup(8UL << 20);
	pmap_setup();
	vm_object_setup();
	vm_map_setup();
	ipc_setup();
	memset(&world_thread, 0, sizeof(world_thread));
	spin_init(&world_thread.lock);
	percpu_self()->current = &world_thread;
	world_account(world_objects);
	for (i = 0; i < WORLD_TASKS; i++) {
		memset(&world_tasks[i], 0, sizeof(world_tasks[i]));
		assert_int_equal(ipc_space_create(&world_space(i)),
		    KERN_SUCCESS);
		world_tasks[i].map = vm_map_create();
		assert_non_null(world_tasks[i].map);
	}
	world_be(0);
	return 0;
}

/* End all tasks: not one object may be left. */
static inline int
world_teardown(void **state)
{
	uint64_t objects[WORLD_CACHES];
	unsigned int i;

	(void)state;
	for (i = 0; i < WORLD_TASKS; i++) {
		ipc_space_terminate(world_space(i));
		ipc_space_release(world_space(i));
		vm_map_clear(world_tasks[i].map);
		vm_map_deallocate(world_tasks[i].map);
	}
	world_account(objects);
	for (i = 0; i < world_caches; i++)
		assert_int_equal(objects[i], world_objects[i]);
	return 0;
}

static inline mach_port_name_t
world_port(unsigned int task)
{
	mach_port_name_t name;

	assert_int_equal(mach_port_allocate(world_space(task),
	    MACH_PORT_RIGHT_RECEIVE, &name), KERN_SUCCESS);
	return name;
}

/* Move a right as messages do; the name in the target is returned. */
static inline mach_port_name_t
world_move(unsigned int from, mach_port_name_t name,
    mach_msg_type_name_t disposition, mach_msg_type_name_t type,
    unsigned int to)
{
	struct ipc_port *port;
	mach_port_name_t new_name;

	assert_int_equal(ipc_space_copyin(world_space(from), name,
	    disposition, &port), KERN_SUCCESS);
	assert_int_equal(ipc_space_copyout(world_space(to), port, type,
	    &new_name), KERN_SUCCESS);
	return new_name;
}

static inline mach_port_type_t
world_type(unsigned int task, mach_port_name_t name)
{
	mach_port_type_t type;

	if (mach_port_type(world_space(task), name, &type) != KERN_SUCCESS)
		return MACH_PORT_TYPE_NONE;
	return type;
}

static inline mach_port_urefs_t
world_refs(unsigned int task, mach_port_name_t name, mach_port_right_t right)
{
	mach_port_urefs_t refs;

	assert_int_equal(mach_port_get_refs(world_space(task), name, right,
	    &refs), KERN_SUCCESS);
	return refs;
}

static inline mach_port_status_t
world_status(unsigned int task, mach_port_name_t name)
{
	mach_port_status_t status;

	assert_int_equal(mach_port_get_receive_status(world_space(task), name,
	    &status), KERN_SUCCESS);
	return status;
}

/* A message buffer in user form. */
struct world_message {
	mach_msg_user_header_t header;
	uint64_t body[62];
};

static inline void
world_message_init(struct world_message *message, mach_port_name_t remote,
    mach_msg_type_name_t remote_type, mach_port_name_t local,
    mach_msg_type_name_t local_type, mach_msg_id_t id)
{
	memset(message, 0, sizeof(*message));
	message->header.msgh_bits = MACH_MSGH_BITS(remote_type, local_type);
	message->header.msgh_size = sizeof(message->header);
	message->header.msgh_remote_port = remote;
	message->header.msgh_local_port = local;
	message->header.msgh_id = id;
}

/* Add one in-line item of `number` elements of 8 bytes. */
static inline void
world_message_add(struct world_message *message, mach_msg_type_name_t name,
    const uint64_t *values, unsigned int number)
{
	char *at = (char *)message + message->header.msgh_size;
	mach_msg_type_t type = {
		.msgt_name = name & 0xff,
		.msgt_size = 64,
		.msgt_inline = 1,
		.msgt_number = number,
	};

	memcpy(at, &type, sizeof(type));
	memcpy(at + sizeof(type), values, 8 * number);
	message->header.msgh_size += sizeof(type) + 8 * number;
	if (MACH_MSG_TYPE_PORT_ANY(name))
		message->header.msgh_bits |= MACH_MSGH_BITS_COMPLEX;
}

static inline mach_msg_return_t
world_send(struct world_message *message)
{
	return ipc_mach_msg_trap((uintptr_t)message,
	    MACH_SEND_MSG | MACH_SEND_TIMEOUT, message->header.msgh_size, 0,
	    0, 0, 0);
}

static inline mach_msg_return_t
world_send_id(mach_port_name_t remote, mach_msg_type_name_t type,
    mach_msg_id_t id)
{
	struct world_message message;

	world_message_init(&message, remote, type, 0, 0, id);
	return world_send(&message);
}

static inline mach_msg_return_t
world_receive(struct world_message *message, mach_port_name_t name)
{
	memset(message, 0, sizeof(*message));
	return ipc_mach_msg_trap((uintptr_t)message,
	    MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0, sizeof(*message), name, 0, 0);
}

#endif /* TESTS_UNIT_IPC_WORLD_H */
