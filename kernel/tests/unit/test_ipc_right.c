/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Rights: their life in one space and between spaces, and random operations
 * against a model.
 */
#include "ipc_world.h"

#include <mach/notify.h>
#include <stdbool.h>

#define SPACE	world_space(0)
#define OTHER	world_space(1)
#define SEND	MACH_PORT_RIGHT_SEND
#define RECEIVE	MACH_PORT_RIGHT_RECEIVE
#define ONCE	MACH_PORT_RIGHT_SEND_ONCE
#define DEAD	MACH_PORT_RIGHT_DEAD_NAME

static mach_port_name_t
make_send(mach_port_name_t name)
{
	return world_move(0, name, MACH_MSG_TYPE_MAKE_SEND,
	    MACH_MSG_TYPE_PORT_SEND, 0);
}

static mach_port_name_t
make_once(mach_port_name_t name)
{
	return world_move(0, name, MACH_MSG_TYPE_MAKE_SEND_ONCE,
	    MACH_MSG_TYPE_PORT_SEND_ONCE, 0);
}

static void
test_allocate(void **state)
{
	mach_port_name_t name = world_port(0);
	mach_port_status_t status = world_status(0, name);

	(void)state;
	assert_int_equal(name, 1);
	assert_int_equal(world_type(0, name), MACH_PORT_TYPE_RECEIVE);
	assert_int_equal(status.mps_qlimit, MACH_PORT_QLIMIT_DEFAULT);
	assert_int_equal(status.mps_msgcount, 0);
	assert_int_equal(mach_port_allocate(SPACE, SEND, &name),
	    KERN_INVALID_VALUE);
	assert_int_equal(mach_port_allocate_name(SPACE, RECEIVE, 0),
	    KERN_INVALID_VALUE);
	assert_int_equal(mach_port_allocate_name(SPACE, RECEIVE, 1),
	    KERN_NAME_EXISTS);
	assert_int_equal(mach_port_allocate(IS_NULL, RECEIVE, &name),
	    KERN_INVALID_TASK);
}

static void
test_references(void **state)
{
	mach_port_name_t name = world_port(0);

	(void)state;
	assert_int_equal(make_send(name), name);
	assert_int_equal(make_send(name), name);
	assert_int_equal(world_refs(0, name, SEND), 2);
	assert_int_equal(world_status(0, name).mps_mscount, 2);
	assert_int_equal(mach_port_mod_refs(SPACE, name, SEND, 0x7fffffff),
	    KERN_UREFS_OVERFLOW);
	assert_int_equal(mach_port_mod_refs(SPACE, name, SEND, 0x7ffffffd),
	    KERN_SUCCESS);
	/* A right that arrives now is not counted, but not lost either. */
	assert_int_equal(make_send(name), name);
	assert_int_equal(world_refs(0, name, SEND), 0x7fffffff);
	assert_int_equal(mach_port_mod_refs(SPACE, name, SEND, -0x7fffffff),
	    KERN_SUCCESS);
	assert_int_equal(world_type(0, name), MACH_PORT_TYPE_RECEIVE);
	assert_int_equal(world_status(0, name).mps_srights, FALSE);
	assert_int_equal(mach_port_deallocate(SPACE, name),
	    KERN_INVALID_RIGHT);
}

static void
test_dead_names(void **state)
{
	mach_port_name_t name = world_port(0), once = make_once(name);
	mach_port_name_t other;

	(void)state;
	make_send(name);
	other = world_move(0, name, MACH_MSG_TYPE_COPY_SEND,
	    MACH_MSG_TYPE_PORT_SEND, 1);
	assert_int_equal(mach_port_mod_refs(SPACE, name, RECEIVE, -1),
	    KERN_SUCCESS);
	assert_int_equal(world_type(0, name), MACH_PORT_TYPE_DEAD_NAME);
	assert_int_equal(world_refs(0, name, DEAD), 1);
	assert_int_equal(world_type(0, once), MACH_PORT_TYPE_DEAD_NAME);
	assert_int_equal(world_type(1, other), MACH_PORT_TYPE_DEAD_NAME);
	assert_int_equal(mach_port_mod_refs(SPACE, name, SEND, 1),
	    KERN_INVALID_RIGHT);
	assert_int_equal(mach_port_mod_refs(SPACE, name, DEAD, 1),
	    KERN_SUCCESS);
	assert_int_equal(world_refs(0, name, DEAD), 2);
}

static void
test_move_receive(void **state)
{
	mach_port_name_t name = world_port(0), other;

	(void)state;
	make_send(name);
	other = world_move(0, name, MACH_MSG_TYPE_MOVE_RECEIVE,
	    MACH_MSG_TYPE_PORT_RECEIVE, 1);
	assert_int_equal(world_type(0, name), MACH_PORT_TYPE_SEND);
	assert_int_equal(world_type(1, other), MACH_PORT_TYPE_RECEIVE);
	assert_int_equal(world_status(1, other).mps_mscount, 0);
	assert_int_equal(world_move(0, name, MACH_MSG_TYPE_MOVE_SEND,
	    MACH_MSG_TYPE_PORT_SEND, 1), other);
	assert_int_equal(world_type(0, name), MACH_PORT_TYPE_NONE);
	assert_int_equal(world_type(1, other), MACH_PORT_TYPE_SEND_RECEIVE);
}

static void
test_rename(void **state)
{
	mach_port_name_t name = world_port(0), set;

	(void)state;
	make_send(name);
	assert_int_equal(mach_port_allocate(SPACE, MACH_PORT_RIGHT_PORT_SET,
	    &set), KERN_SUCCESS);
	assert_int_equal(mach_port_move_member(SPACE, name, set),
	    KERN_SUCCESS);
	assert_int_equal(mach_port_rename(SPACE, name, 0x99999999),
	    KERN_SUCCESS);
	assert_int_equal(mach_port_rename(SPACE, set, 0x77), KERN_SUCCESS);
	assert_int_equal(world_type(0, name), MACH_PORT_TYPE_NONE);
	assert_int_equal(world_status(0, 0x99999999).mps_pset, 0x77);
	assert_int_equal(make_send(0x99999999), 0x99999999);
	assert_int_equal(mach_port_rename(SPACE, 0x77, 0x99999999),
	    KERN_NAME_EXISTS);
	assert_int_equal(mach_port_rename(SPACE, 0x77, 0),
	    KERN_INVALID_VALUE);
	assert_int_equal(mach_port_rename(SPACE, 0x78, 0x79),
	    KERN_INVALID_NAME);
}

static void
test_insert(void **state)
{
	mach_port_name_t name = world_port(0);
	struct ipc_port *port;

	(void)state;
	ipc_space_copyin(SPACE, name, MACH_MSG_TYPE_MAKE_SEND, &port);
	assert_int_equal(mach_port_insert_right(OTHER, 7, port,
	    MACH_MSG_TYPE_PORT_SEND), KERN_SUCCESS);
	ipc_space_copyin(SPACE, name, MACH_MSG_TYPE_MAKE_SEND, &port);
	assert_int_equal(mach_port_insert_right(OTHER, 8, port,
	    MACH_MSG_TYPE_PORT_SEND), KERN_RIGHT_EXISTS);
	assert_int_equal(mach_port_insert_right(OTHER, 0, port,
	    MACH_MSG_TYPE_PORT_SEND), KERN_INVALID_VALUE);
	assert_int_equal(mach_port_insert_right(OTHER, 8, port,
	    MACH_MSG_TYPE_INTEGER_32), KERN_INVALID_VALUE);
	assert_int_equal(mach_port_insert_right(OTHER, 8, IP_DEAD,
	    MACH_MSG_TYPE_PORT_SEND), KERN_INVALID_CAPABILITY);
	ipc_port_release_send(port);
	assert_int_equal(world_refs(1, 7, SEND), 1);
}

/*
 * The model: what each space should hold of each port, by names that the
 * kernel chose.  A name is a port's entry in a space.
 */
#define MODEL_SPACES	WORLD_TASKS
#define MODEL_NAMES	48

struct model_name {
	unsigned int port;		/* 0: free */
	unsigned int send;		/* or dead-name references */
	bool receive, once, dead;
};

static struct model_name model[MODEL_SPACES][MODEL_NAMES];
static unsigned int model_ports;

static void
model_release(struct model_name *name)
{
	if (name->send == 0 && !name->receive && !name->once)
		memset(name, 0, sizeof(*name));
}

static void
model_kill(unsigned int port)
{
	unsigned int space, i;

	for (space = 0; space < MODEL_SPACES; space++) {
		for (i = 1; i < MODEL_NAMES; i++) {
			struct model_name *name = &model[space][i];

			if (name->port != port || name->dead)
				continue;
			if (name->once)
				name->send = 1;
			name->once = false;
			name->dead = true;
			model_release(name);
		}
	}
}

/* The name of `port` in a space, or its lowest free one. */
static unsigned int
model_place(unsigned int space, unsigned int port, bool share)
{
	unsigned int i;

	for (i = 1; share && i < MODEL_NAMES; i++)
		if (model[space][i].port == port && !model[space][i].dead &&
		    !model[space][i].once)
			return i;
	for (i = 1; i < MODEL_NAMES; i++)
		if (model[space][i].port == 0)
			return i;
	return 0;
}

static void
model_allocate(unsigned int space)
{
	unsigned int i = model_place(space, 0, false);

	if (i == 0)
		return;
	assert_int_equal(world_port(space), i);
	model[space][i].port = ++model_ports;
	model[space][i].receive = true;
}

static mach_port_type_t
model_type(const struct model_name *name)
{
	if (name->port == 0)
		return MACH_PORT_TYPE_NONE;
	if (name->dead)
		return MACH_PORT_TYPE_DEAD_NAME;
	if (name->once)
		return MACH_PORT_TYPE_SEND_ONCE;
	return (name->send > 0 ? MACH_PORT_TYPE_SEND : 0) |
	    (name->receive ? MACH_PORT_TYPE_RECEIVE : 0);
}

/* Can the right be taken?  And what remains of it. */
static bool
model_take(struct model_name *name, mach_msg_type_name_t disposition)
{
	if (name->port == 0)
		return false;
	switch (disposition) {
	case MACH_MSG_TYPE_MAKE_SEND:
	case MACH_MSG_TYPE_MAKE_SEND_ONCE:
		return name->receive;
	case MACH_MSG_TYPE_COPY_SEND:
		return name->send > 0;
	case MACH_MSG_TYPE_MOVE_SEND:
		if (name->send == 0)
			return false;
		name->send--;
		break;
	case MACH_MSG_TYPE_MOVE_SEND_ONCE:
		if (name->dead)
			name->send--;
		else if (!name->once)
			return false;
		name->once = false;
		break;
	default:
		if (!name->receive)
			return false;
		name->receive = false;
		break;
	}
	model_release(name);
	return true;
}

static mach_msg_type_name_t
model_result(mach_msg_type_name_t disposition)
{
	if (disposition == MACH_MSG_TYPE_MOVE_RECEIVE)
		return MACH_MSG_TYPE_PORT_RECEIVE;
	if (disposition == MACH_MSG_TYPE_MOVE_SEND_ONCE ||
	    disposition == MACH_MSG_TYPE_MAKE_SEND_ONCE)
		return MACH_MSG_TYPE_PORT_SEND_ONCE;
	return MACH_MSG_TYPE_PORT_SEND;
}

static void
model_move(unsigned int from, unsigned int i,
    mach_msg_type_name_t disposition, unsigned int to)
{
	struct model_name before = model[from][i], *name;
	mach_msg_type_name_t type = model_result(disposition);
	mach_port_name_t new_name;
	struct ipc_port *port;
	kern_return_t kr;
	bool can;

	if (model_place(to, before.port,
	    type != MACH_MSG_TYPE_PORT_SEND_ONCE) == 0)
		return;
	can = model_take(&model[from][i], disposition);
	kr = ipc_space_copyin(world_space(from), i, disposition, &port);
	assert_int_equal(kr, can ? KERN_SUCCESS : before.port == 0
	    ? KERN_INVALID_NAME : KERN_INVALID_RIGHT);
	if (!can)
		return;
	assert_int_equal(port == IP_DEAD, before.dead);
	assert_int_equal(ipc_space_copyout(world_space(to), port, type,
	    &new_name), KERN_SUCCESS);
	if (before.dead) {
		assert_int_equal(new_name, MACH_PORT_NAME_DEAD);
		return;
	}
	i = model_place(to, before.port,
	    type != MACH_MSG_TYPE_PORT_SEND_ONCE);
	assert_int_equal(new_name, i);
	name = &model[to][i];
	name->port = before.port;
	if (type == MACH_MSG_TYPE_PORT_SEND)
		name->send++;
	else if (type == MACH_MSG_TYPE_PORT_RECEIVE)
		name->receive = true;
	else
		name->once = true;
}

static void
model_destroy(unsigned int space, unsigned int i)
{
	struct model_name before = model[space][i];

	assert_int_equal(mach_port_destroy(world_space(space), i),
	    before.port == 0 ? KERN_INVALID_NAME : KERN_SUCCESS);
	memset(&model[space][i], 0, sizeof(before));
	if (before.receive)
		model_kill(before.port);
}

static void
model_deallocate(unsigned int space, unsigned int i)
{
	struct model_name *name = &model[space][i];
	kern_return_t kr = KERN_SUCCESS;

	if (name->port == 0)
		kr = KERN_INVALID_NAME;
	else if (name->once)
		name->once = false;
	else if (name->send > 0)
		name->send--;
	else
		kr = KERN_INVALID_RIGHT;
	if (kr == KERN_SUCCESS)
		model_release(name);
	assert_int_equal(mach_port_deallocate(world_space(space), i), kr);
}

static void
model_check(void)
{
	unsigned int space, i;

	for (space = 0; space < MODEL_SPACES; space++) {
		for (i = 1; i < MODEL_NAMES; i++) {
			struct model_name *name = &model[space][i];

			assert_int_equal(world_type(space, i),
			    model_type(name));
			if (name->send > 0)
				assert_int_equal(world_refs(space, i,
				    name->dead ? DEAD : SEND), name->send);
		}
	}
}

static void
test_model(void **state)
{
	static const mach_msg_type_name_t dispositions[] = {
		MACH_MSG_TYPE_MAKE_SEND, MACH_MSG_TYPE_MAKE_SEND_ONCE,
		MACH_MSG_TYPE_COPY_SEND, MACH_MSG_TYPE_MOVE_SEND,
		MACH_MSG_TYPE_MOVE_SEND_ONCE, MACH_MSG_TYPE_MOVE_RECEIVE,
		MACH_MSG_TYPE_MAKE_SEND, MACH_MSG_TYPE_COPY_SEND,
	};
	uint64_t seed = 42;
	unsigned int step;

	(void)state;
	memset(model, 0, sizeof(model));
	for (step = 0; step < 30000; step++) {
		unsigned int space = unit_random(&seed) % MODEL_SPACES;
		unsigned int to = unit_random(&seed) % MODEL_SPACES;
		unsigned int i = 1 + unit_random(&seed) % (MODEL_NAMES - 1);

		switch (unit_random(&seed) % 10) {
		case 0:
			model_allocate(space);
			break;
		case 1:
			model_destroy(space, i);
			break;
		case 2:
		case 3:
			model_deallocate(space, i);
			break;
		default:
			model_move(space, i, dispositions[unit_random(&seed) %
			    ARRAY_SIZE(dispositions)], to);
			break;
		}
		if (step % 16 == 0)
			model_check();
	}
	model_check();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_allocate, world_setup,
		    world_teardown),
		cmocka_unit_test_setup_teardown(test_references, world_setup,
		    world_teardown),
		cmocka_unit_test_setup_teardown(test_dead_names, world_setup,
		    world_teardown),
		cmocka_unit_test_setup_teardown(test_move_receive,
		    world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(test_rename, world_setup,
		    world_teardown),
		cmocka_unit_test_setup_teardown(test_insert, world_setup,
		    world_teardown),
		cmocka_unit_test_setup_teardown(test_model, world_setup,
		    world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
