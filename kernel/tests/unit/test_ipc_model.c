/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Random calls and messages against a model of what they should do: results,
 * names, references, queues, port sets, notifications, dying spaces.
 */
#include "ipc_model_ops.h"

#include <limits.h>

#define STEPS	20000
#define CROWD	32			/* names: so many are enough */

static struct unit_source *source;
static unsigned int delivered, notified, from_sets, refused, ended;

static uint64_t
pick(uint64_t count)
{
	return unit_pick(source, count);
}

/* Mostly a name with one of these types, if there is one. */
static mach_port_name_t
pick_typed(unsigned int space, mach_port_type_t types)
{
	unsigned int first = pick(CROWD), i;

	if (pick(32) == 0)
		return 2 + first;
	for (i = 0; i < CROWD; i++)
		if ((model[space][2 + (first + i) % CROWD].type & types) != 0)
			break;
	return 2 + (first + i) % CROWD;
}

/* Mostly a name in use. */
static mach_port_name_t
pick_name(unsigned int space)
{
	return pick_typed(space, ~0u);
}

static struct ipc_port *
real_port(unsigned int space, mach_port_name_t name)
{
	return ipc_entry_lookup(world_space(space), name)->port;
}

static void
new_port(unsigned int space)
{
	mach_port_name_t name = world_port(space), expected =
	    model_lowest(space);

	assert_int_equal(name, expected);
	model_port_create(space, name)->port = real_port(space, name);
}

/* One thing that is due at a sink, taken out of the bag. */
static struct model_port *
take_due(unsigned int space, const struct world_message *message)
{
	struct model_due *found;
	unsigned int i;

	for (i = 0; i < model_due_count; i++) {
		found = &model_dues[i];
		if (found->sink != model_sink(space) ||
		    found->id != message->header.msgh_id)
			continue;
		if (found->right != NULL ? found->right->port !=
		    real_port(space, (mach_port_name_t)message->body[1])
		    : found->id != MACH_NOTIFY_SEND_ONCE &&
		    found->value != (uint32_t)message->body[1])
			continue;
		struct model_port *right = found->right;

		*found = model_dues[--model_due_count];
		notified++;
		return right;
	}
	fail_msg("a notification that is not due: %d, %d",
	    message->header.msgh_id, (int)message->body[1]);
	return NULL;
}

/* Empty the sinks: what comes is due, and all that is due comes. */
static void
empty_sinks(void)
{
	struct world_message message;
	struct model_port *right;
	unsigned int space;

	for (space = 0; space < WORLD_TASKS; space++) {
		world_be(space);
		while (world_receive(&message, MODEL_SINK) ==
		    MACH_MSG_SUCCESS) {
			model_sink(space)->seqno++;
			right = take_due(space, &message);
			if (right != NULL)
				assert_int_equal(message.body[1],
				    model_copyout(space, (struct model_right){
				    right, MACH_MSG_TYPE_PORT_RECEIVE }));
		}
	}
	assert_int_equal(model_due_count, 0);
}

static void
check_receive_right(unsigned int space, mach_port_name_t name)
{
	const struct model_port *port = model[space][name].port;
	mach_port_status_t status = world_status(space, name);

	assert_int_equal(port->space, space);
	assert_int_equal(port->name, name);
	assert_int_equal(status.mps_seqno, port->seqno);
	assert_int_equal(status.mps_mscount, port->mscount);
	assert_int_equal(status.mps_qlimit, port->qlimit);
	assert_int_equal(status.mps_msgcount, port->queued);
	assert_int_equal(status.mps_srights, port->sends > 0);
	assert_int_equal(status.mps_pset,
	    port->set != NULL ? port->set->name : 0);
	assert_int_equal(status.mps_nsrequest, port->no_senders != NULL);
	assert_int_equal(status.mps_pdrequest, port->destroyed != NULL);
	assert_int_equal(port->port->send_rights, port->sends);
}

/* Every name of every space. */
static void
check_all(void)
{
	mach_port_type_t type;
	unsigned int space;
	mach_port_name_t name;

	for (space = 0; space < WORLD_TASKS; space++) {
		for (name = 1; name < MODEL_NAMES; name++) {
			const struct model_entry *entry = &model[space][name];

			type = entry->type;
			if (entry->dead_name != NULL)
				type |= MACH_PORT_TYPE_DNREQUEST;
			assert_int_equal(world_type(space, name), type);
			if ((type & MACH_PORT_TYPE_SEND) != 0)
				assert_int_equal(world_refs(space, name,
				    MACH_PORT_RIGHT_SEND), entry->urefs);
			if ((type & MACH_PORT_TYPE_DEAD_NAME) != 0)
				assert_int_equal(world_refs(space, name,
				    MACH_PORT_RIGHT_DEAD_NAME), entry->urefs);
			if ((type & MACH_PORT_TYPE_RECEIVE) != 0)
				check_receive_right(space, name);
		}
	}
}

static void
step_allocate(unsigned int space)
{
	mach_port_name_t name = 0;
	unsigned int what = pick(8);

	if (model_lowest(space) > CROWD)
		return;
	if (what < 5) {
		new_port(space);
		return;
	}
	assert_int_equal(mach_port_allocate(world_space(space), what != 7
	    ? MACH_PORT_RIGHT_PORT_SET : MACH_PORT_RIGHT_DEAD_NAME, &name),
	    KERN_SUCCESS);
	assert_int_equal(name, model_lowest(space));
	if (what != 7) {
		model[space][name].type = MACH_PORT_TYPE_PORT_SET;
		model[space][name].set = calloc(1, sizeof(struct model_set));
		model[space][name].set->name = name;
	} else {
		model[space][name].type = MACH_PORT_TYPE_DEAD_NAME;
		model[space][name].urefs = 1;
	}
}

/* A send-once right to a sink, under a free name of any space. */
static void
step_make_once(unsigned int space)
{
	unsigned int to = pick(WORLD_TASKS);
	mach_port_name_t name = model_lowest(to);
	struct ipc_port *port;

	if (name > CROWD)
		return;
	assert_int_equal(ipc_space_copyin(world_space(space), MODEL_SINK,
	    MACH_MSG_TYPE_MAKE_SEND_ONCE, &port), KERN_SUCCESS);
	assert_int_equal(mach_port_insert_right(world_space(to), name, port,
	    MACH_MSG_TYPE_PORT_SEND_ONCE), KERN_SUCCESS);
	model_place(to, name, (struct model_right){ model_sink(space),
	    MACH_MSG_TYPE_PORT_SEND_ONCE });
}

static mach_msg_type_name_t
pick_disposition(mach_port_type_t type)
{
	if (pick(20) == 0)
		return MACH_MSG_TYPE_MOVE_RECEIVE + pick(5);
	if ((type & MACH_PORT_TYPE_SEND_ONCE) != 0)
		return MACH_MSG_TYPE_MOVE_SEND_ONCE;
	if ((type & MACH_PORT_TYPE_RECEIVE) != 0 && pick(3) != 0)
		return pick(3) == 0 ? MACH_MSG_TYPE_MAKE_SEND
		    : MACH_MSG_TYPE_MOVE_RECEIVE;
	return pick(2) == 0 ? MACH_MSG_TYPE_MOVE_SEND
	    : MACH_MSG_TYPE_COPY_SEND;
}

/* The message did not fit: all its rights come back. */
static void
model_send_back(unsigned int space, struct model_message *message,
    const struct world_message *sent)
{
	unsigned int i;

	assert_int_equal(sent->header.msgh_remote_port,
	    model_copyout(space, (struct model_right){ message->dest,
	    MACH_MSG_TYPE_PORT_SEND }));
	for (i = 0; i < message->count; i++)
		assert_int_equal(sent->body[2 * i + 1],
		    model_copyout(space, message->rights[i]));
	free(message);
}

/* Perhaps an item more, that is wrong: what it gives. */
static mach_msg_return_t
add_flaw(struct world_message *message)
{
	uint64_t number = 0;
	mach_msg_type_t *type = (void *)((char *)message +
	    message->header.msgh_size);
	unsigned int what = pick(32);

	if (what > 2)
		return MACH_MSG_SUCCESS;
	world_message_add(message, MACH_MSG_TYPE_INTEGER_64, &number, 1);
	message->header.msgh_bits |= MACH_MSGH_BITS_COMPLEX;
	switch (what) {
	case 0:
		type->msgt_unused = 1;
		return MACH_SEND_INVALID_TYPE;
	case 1:
		type->msgt_number = 2;
		return MACH_SEND_MSG_TOO_SMALL;
	default:
		type->msgt_inline = 0;
		type->msgt_number = 8;
		return MACH_SEND_INVALID_MEMORY;
	}
}

static void
step_send(unsigned int space)
{
	static mach_msg_id_t id;
	struct world_message message;
	struct model_message *back;
	mach_port_name_t name = pick_typed(space,
	    MACH_PORT_TYPE_SEND_RECEIVE);
	mach_msg_type_name_t type = MACH_MSG_TYPE_COPY_SEND;
	unsigned int i, count = pick(MODEL_RIGHTS + 1);
	mach_msg_return_t mr, expected, flaw;
	uint64_t right;

	if ((model[space][name].type & MACH_PORT_TYPE_SEND) == 0)
		type = MACH_MSG_TYPE_MAKE_SEND;
	else if (pick(3) == 0)
		type = MACH_MSG_TYPE_MOVE_SEND;
	world_message_init(&message, name, type, 0, 0, 1000 + id++ % 1000);
	for (i = 0; i < count; i++) {
		right = pick_name(space);
		world_message_add(&message,
		    pick_disposition(model[space][right].type), &right, 1);
	}
	flaw = add_flaw(&message);
	expected = model_send(space, &message, count, flaw, &back);
	mr = world_send(&message);
	assert_int_equal(mr, expected);
	if (back != NULL)
		model_send_back(space, back, &message);
	refused += mr != MACH_MSG_SUCCESS;
}

/* A message that is received, or too large for that and destroyed. */
static void
model_receive(unsigned int space, struct model_port *from,
    const struct world_message *got, bool whole)
{
	unsigned int seqno = from->seqno, i;
	struct model_message *message = model_dequeue(from);

	assert_int_equal(got->header.msgh_id, message->id);
	assert_int_equal(got->header.msgh_seqno, seqno);
	assert_int_equal(got->header.msgh_local_port, from->name);
	if (!whole) {
		model_doom(message);
		return;
	}
	delivered++;
	from_sets += from->set != NULL;
	model_release((struct model_right){ message->dest,
	    MACH_MSG_TYPE_PORT_SEND });
	for (i = 0; i < message->count; i++)
		assert_int_equal(got->body[2 * i + 1],
		    model_copyout(space, message->rights[i]));
	free(message);
}

static void
step_receive(unsigned int space)
{
	mach_msg_option_t option = MACH_RCV_MSG | MACH_RCV_TIMEOUT;
	mach_port_name_t name = pick_typed(space,
	    MACH_PORT_TYPE_RECEIVE | MACH_PORT_TYPE_PORT_SET);
	struct world_message message;
	struct model_port *from = NULL;
	mach_msg_return_t expected = model_receive_from(space, name, &from);
	mach_msg_size_t room = sizeof(message);
	bool fits = true;

	if (pick(6) == 0)
		option |= MACH_RCV_LARGE;
	if (pick(6) == 0)
		room = sizeof(message.header);
	if (expected == MACH_MSG_SUCCESS && room != sizeof(message) &&
	    from->queue[0]->count > 0) {
		expected = MACH_RCV_TOO_LARGE;
		fits = false;
	}
	memset(&message, 0, sizeof(message));
	assert_int_equal(ipc_mach_msg_trap((uintptr_t)&message, option, 0,
	    room, name, 0, 0), expected);
	if (from != NULL && (fits || (option & MACH_RCV_LARGE) == 0))
		model_receive(space, from, &message, fits);
}

static void
step_mod_refs(unsigned int space)
{
	mach_port_name_t name = pick_name(space);
	struct model_entry *entry = &model[space][name];
	mach_port_right_t right = pick(5);
	int delta = (int)pick(5) - 2;
	kern_return_t expected = KERN_SUCCESS;
	struct model_right taken;

	if (entry->type == 0)
		expected = KERN_INVALID_NAME;
	else if ((entry->type & MACH_PORT_TYPE(right)) == 0)
		expected = KERN_INVALID_RIGHT;
	else if (right == MACH_PORT_RIGHT_SEND ||
	    right == MACH_PORT_RIGHT_DEAD_NAME)
		expected = (int)entry->urefs + delta < 0 ? KERN_INVALID_VALUE
		    : KERN_SUCCESS;
	else if (delta != 0 && delta != -1)
		expected = KERN_INVALID_VALUE;
	assert_int_equal(mach_port_mod_refs(world_space(space), name, right,
	    delta), expected);
	if (expected != KERN_SUCCESS || delta == 0)
		return;
	switch (right) {
	case MACH_PORT_RIGHT_SEND:
	case MACH_PORT_RIGHT_DEAD_NAME:
		if ((int)entry->urefs + delta > 0) {
			entry->urefs += (unsigned int)delta;
			return;
		}
		entry->urefs = 1;
		model_copyin(space, name, MACH_MSG_TYPE_MOVE_SEND, &taken);
		break;
	case MACH_PORT_RIGHT_PORT_SET:
		model_destroy(space, name);
		return;
	default:
		model_copyin(space, name, right == MACH_PORT_RIGHT_RECEIVE
		    ? MACH_MSG_TYPE_MOVE_RECEIVE
		    : MACH_MSG_TYPE_MOVE_SEND_ONCE, &taken);
		break;
	}
	model_release(taken);
}

static void
step_destroy(unsigned int space)
{
	mach_port_name_t name = pick_name(space);

	assert_int_equal(mach_port_destroy(world_space(space), name),
	    model[space][name].type != 0 ? KERN_SUCCESS : KERN_INVALID_NAME);
	if (model[space][name].type != 0)
		model_destroy(space, name);
}

static void
step_move_member(unsigned int space)
{
	mach_port_name_t name = pick_typed(space, MACH_PORT_TYPE_RECEIVE);
	mach_port_name_t after = pick(4) == 0 ? 0
	    : pick_typed(space, MACH_PORT_TYPE_PORT_SET);
	struct model_port *port = model[space][name].port;
	struct model_set *set = model[space][after].set;
	kern_return_t expected = KERN_SUCCESS;

	if (model[space][name].type == 0)
		expected = KERN_INVALID_NAME;
	else if ((model[space][name].type & MACH_PORT_TYPE_RECEIVE) == 0)
		expected = KERN_INVALID_RIGHT;
	else if (after != 0 && model[space][after].type == 0)
		expected = KERN_INVALID_NAME;
	else if (after != 0 && set == NULL)
		expected = KERN_INVALID_RIGHT;
	else if (after == 0 && port->set == NULL)
		expected = KERN_NOT_IN_SET;
	assert_int_equal(mach_port_move_member(world_space(space), name,
	    after), expected);
	if (expected != KERN_SUCCESS || port->set == set)
		return;
	model_leave_set(port);
	if (set == NULL)
		return;
	port->set = set;
	set->members++;
	if (port->queued > 0)
		set->ready[set->ready_count++] = port;
}

static void
step_rename(unsigned int space)
{
	mach_port_name_t name = pick_name(space);
	mach_port_name_t other = 2 + (mach_port_name_t)pick(CROWD);
	struct model_entry *from = &model[space][name];
	struct model_entry *to = &model[space][other];
	kern_return_t expected = from->type == 0 ? KERN_INVALID_NAME
	    : to->type != 0 ? KERN_NAME_EXISTS : KERN_SUCCESS;

	assert_int_equal(mach_port_rename(world_space(space), name, other),
	    expected);
	if (expected != KERN_SUCCESS)
		return;
	*to = *from;
	memset(from, 0, sizeof(*from));
	if ((to->type & MACH_PORT_TYPE_RECEIVE) != 0)
		to->port->name = other;
	if (to->set != NULL)
		to->set->name = other;
}

static void
step_request(unsigned int space)
{
	static const mach_msg_id_t ids[] = {
		MACH_NOTIFY_PORT_DESTROYED, MACH_NOTIFY_NO_SENDERS,
		MACH_NOTIFY_DEAD_NAME,
	};
	mach_port_name_t name = pick_name(space);
	mach_msg_id_t id = ids[pick(3)];
	unsigned int sync = pick(3);
	struct model_port *previous = NULL;
	struct ipc_port *notify, *old = IP_NULL;
	kern_return_t expected;

	assert_int_equal(ipc_space_copyin(world_space(space), MODEL_SINK,
	    MACH_MSG_TYPE_MAKE_SEND_ONCE, &notify), KERN_SUCCESS);
	expected = model_request(space, name, id, sync, &previous);
	assert_int_equal(mach_port_request_notification(world_space(space),
	    name, id, sync, notify, &old), expected);
	if (expected != KERN_SUCCESS) {
		ipc_port_release_send_once(notify);
		due(model_sink(space), MACH_NOTIFY_SEND_ONCE, 0);
		return;
	}
	assert_ptr_equal(old, previous == NULL ? NULL : previous->port);
	ipc_port_release_send_once(old);
	due(previous, MACH_NOTIFY_SEND_ONCE, 0);
}

static void
step_limit(unsigned int space)
{
	mach_port_name_t name = pick_name(space);
	unsigned int limit = 1 + (unsigned int)pick(6);

	if ((model[space][name].type & MACH_PORT_TYPE_RECEIVE) == 0)
		return;
	assert_int_equal(mach_port_set_qlimit(world_space(space), name,
	    limit), KERN_SUCCESS);
	model[space][name].port->qlimit = limit;
}

/* A space ends, and another one takes its place. */
static void
step_end(unsigned int space)
{
	mach_port_name_t name;

	ipc_space_terminate(world_space(space));
	ipc_space_release(world_space(space));
	for (name = 1; name < MODEL_NAMES; name++)
		if (model[space][name].type != 0)
			model_destroy(space, name);
	assert_int_equal(ipc_space_create(&world_space(space)),
	    KERN_SUCCESS);
	new_port(space);
	ended++;
}

static void
step(void)
{
	static void (*const steps[])(unsigned int space) = {
		step_send, step_send, step_send, step_send, step_receive,
		step_receive, step_receive, step_allocate, step_allocate,
		step_make_once, step_mod_refs, step_destroy, step_move_member,
		step_move_member, step_rename, step_request, step_request,
		step_limit,
	};
	unsigned int space = pick(WORLD_TASKS);

	world_be(space);
	if (pick(700) == 0)
		step_end(space);
	else if (model_lowest(space) > CROWD)
		step_destroy(space);
	else
		steps[pick(ARRAY_SIZE(steps))](space);
	empty_sinks();
}

static void
model_end(void)
{
	struct model_port *port;
	unsigned int space;
	mach_port_name_t name;

	for (space = 0; space < WORLD_TASKS; space++)
		for (name = 1; name < MODEL_NAMES; name++)
			if (model[space][name].type != 0)
				model_destroy(space, name);
	model_due_count = 0;
	while ((port = model_ports) != NULL) {
		model_ports = port->next;
		assert_false(port->alive);
		assert_int_equal(port->sends, 0);
		free(port);
	}
}

/* Up to so many steps. */
static void
run_steps(struct unit_source *choices, unsigned int steps)
{
	unsigned int i;

	source = choices;
	for (i = 0; i < WORLD_TASKS; i++) {
		world_be(i);
		new_port(i);
	}
	for (i = 0; i < steps && !unit_source_ends(source); i++) {
		step();
		if (i % 16 == 0)
			check_all();
	}
	check_all();
	model_end();
}

void
unit_model(struct unit_source *choices)
{
	world_setup(NULL);
	run_steps(choices, UINT_MAX);
	world_teardown(NULL);
}

static void
run(uint64_t start)
{
	struct unit_source choices = { .seed = unit_seed(start) };

	delivered = notified = model_circles = from_sets = refused = ended = 0;
	run_steps(&choices, STEPS);
	/* All of it happened. */
	assert_true(delivered > 500);
	assert_true(notified > 500);
	assert_true(from_sets > 30);
	assert_true(model_circles > 20);
	assert_true(refused > 100);
	assert_true(ended > 10);
}

/* A world for each run: what it leaves behind is found at its end. */
#define RUN(number)							\
static void								\
test_model_##number(void **state)					\
{									\
	(void)state;							\
	run(number);							\
}

RUN(1)
RUN(2)
RUN(3)
RUN(4)

#define TEST(number)							\
	cmocka_unit_test_setup_teardown(test_model_##number,		\
	    world_setup, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(1),
		TEST(2),
		TEST(3),
		TEST(4),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
