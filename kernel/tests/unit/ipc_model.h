/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What ports, rights, queues and notifications should do (GNU Mach manual,
 * "Inter Process Communication"), in the simplest terms: arrays, no locks, and
 * a port's death told to every name at once.
 *
 * Each space has a sink, name 1: the only port that send-once rights and
 * notifications go to.  What is due there is a bag; the test empties the sinks
 * after each step and takes out what it finds.
 */
#ifndef TESTS_UNIT_IPC_MODEL_H
#define TESTS_UNIT_IPC_MODEL_H

#include "ipc_world.h"

#include <stdlib.h>

#include <mach/notify.h>

#define MODEL_NAMES	128
#define MODEL_RIGHTS	3		/* in one message */
#define MODEL_QUEUE	64
#define MODEL_SINK	1

struct model_port;

struct model_right {
	struct model_port *port;	/* NULL: it was dead when sent */
	mach_msg_type_name_t type;	/* MACH_MSG_TYPE_PORT_* */
};

struct model_message {
	struct model_message *next;
	struct model_port *dest;	/* holds a send right to it */
	mach_msg_id_t id;
	unsigned int count;
	struct model_right rights[MODEL_RIGHTS];
};

struct model_set {
	struct model_port *ready[MODEL_NAMES];
	unsigned int ready_count, members;
	mach_port_name_t name;
};

struct model_port {
	struct model_port *next;
	struct ipc_port *port;		/* the real one */
	bool alive;
	int space;			/* its holder; -1: in transit */
	mach_port_name_t name;
	struct model_port *dest;	/* in transit: in whose queue */
	struct model_set *set;
	unsigned int sends, mscount, seqno, qlimit;
	struct model_message *queue[MODEL_QUEUE];
	unsigned int queued;
	struct model_port *no_senders, *destroyed;	/* sinks */
};

struct model_entry {
	mach_port_type_t type;
	struct model_port *port;
	struct model_set *set;
	mach_port_urefs_t urefs;
	struct model_port *dead_name;	/* sink of a request */
};

/* A notification that is due. */
struct model_due {
	struct model_port *sink;
	mach_msg_id_t id;
	uint64_t value;
	struct model_port *right;
};

static struct model_entry model[WORLD_TASKS][MODEL_NAMES];
static struct model_port *model_ports;
static struct model_due model_dues[4096];
static unsigned int model_due_count;
static struct model_message *doomed, **doomed_tail;
static bool dooming;

static inline void
due(struct model_port *sink, mach_msg_id_t id, uint64_t value)
{
	if (sink == NULL || !sink->alive)
		return;
	assert_in_range(model_due_count, 0, ARRAY_SIZE(model_dues) - 1);
	model_dues[model_due_count++] =
	    (struct model_due){ sink, id, value, NULL };
}

static inline void model_release(struct model_right right);

static inline void
model_doom_add(struct model_message *message)
{
	message->next = NULL;
	*(doomed == NULL ? &doomed : doomed_tail) = message;
	doomed_tail = &message->next;
}

/* Destroy messages in their order; those of ports that die by it come last. */
static inline void
model_doom_all(void)
{
	struct model_message *message;
	unsigned int i;

	if (dooming)
		return;
	dooming = true;
	while ((message = doomed) != NULL) {
		model_release((struct model_right){ message->dest,
		    MACH_MSG_TYPE_PORT_SEND });
		for (i = 0; i < message->count; i++)
			model_release(message->rights[i]);
		doomed = message->next;
		free(message);
	}
	dooming = false;
}

static inline void
model_doom(struct model_message *message)
{
	model_doom_add(message);
	model_doom_all();
}

static inline void
model_kill(struct model_port *port)
{
	unsigned int space, name, i, count = port->queued;
	struct model_message *messages[MODEL_QUEUE];

	port->alive = false;
	port->queued = 0;
	memcpy(messages, port->queue, sizeof(messages));
	due(port->no_senders, MACH_NOTIFY_SEND_ONCE, 0);
	due(port->destroyed, MACH_NOTIFY_SEND_ONCE, 0);
	for (space = 0; space < WORLD_TASKS; space++) {
		for (name = 1; name < MODEL_NAMES; name++) {
			struct model_entry *entry = &model[space][name];

			if (entry->port != port)
				continue;
			if (entry->dead_name != NULL) {
				due(entry->dead_name, MACH_NOTIFY_DEAD_NAME,
				    name);
				entry->urefs++;
			}
			if ((entry->type & MACH_PORT_TYPE_SEND) != 0)
				port->sends--;
			entry->type = MACH_PORT_TYPE_DEAD_NAME;
			entry->port = NULL;
			entry->dead_name = NULL;
		}
	}
	for (i = 0; i < count; i++)
		model_doom_add(messages[i]);
	model_doom_all();
}

static inline void
model_release(struct model_right right)
{
	struct model_port *port = right.port, *sink;
	struct model_message *message;

	if (port == NULL)
		return;
	switch (right.type) {
	case MACH_MSG_TYPE_PORT_SEND:
		if (--port->sends == 0 && port->alive) {
			due(port->no_senders, MACH_NOTIFY_NO_SENDERS,
			    port->mscount);
			port->no_senders = NULL;
		}
		return;
	case MACH_MSG_TYPE_PORT_SEND_ONCE:
		due(port, MACH_NOTIFY_SEND_ONCE, 0);
		return;
	default:
		break;
	}
	port->dest = NULL;
	sink = port->destroyed;
	port->destroyed = NULL;
	if (sink == NULL) {
		model_kill(port);
	} else if (sink->alive) {
		due(sink, MACH_NOTIFY_PORT_DESTROYED, 0);
		model_dues[model_due_count - 1].right = port;
		port->dest = sink;
	} else {
		/* The notification dies with the right in it. */
		message = calloc(1, sizeof(*message));
		message->count = 1;
		message->rights[0] = right;
		message->dest = sink;
		sink->sends++;
		model_doom(message);
	}
}

/* Names. */

static inline mach_port_name_t
model_lowest(unsigned int space)
{
	mach_port_name_t name;

	for (name = 1; model[space][name].type != 0; name++)
		assert_in_range(name, 1, MODEL_NAMES - 2);
	return name;
}

static inline mach_port_name_t
model_find(unsigned int space, const struct model_port *port)
{
	mach_port_name_t name;

	for (name = 1; name < MODEL_NAMES; name++)
		if (model[space][name].port == port &&
		    (model[space][name].type &
		    MACH_PORT_TYPE_SEND_RECEIVE) != 0)
			return name;
	return 0;
}

/* The name goes; a request for its death is told. */
static inline void
model_delete(unsigned int space, mach_port_name_t name)
{
	struct model_entry *entry = &model[space][name];

	due(entry->dead_name, MACH_NOTIFY_PORT_DELETED, name);
	memset(entry, 0, sizeof(*entry));
}

static inline void
model_leave_set(struct model_port *port)
{
	struct model_set *set = port->set;
	unsigned int i, j = 0;

	if (set == NULL)
		return;
	for (i = 0; i < set->ready_count; i++)
		if (set->ready[i] != port)
			set->ready[j++] = set->ready[i];
	set->ready_count = j;
	set->members--;
	port->set = NULL;
}

static inline void
model_clear_receiver(struct model_port *port)
{
	model_leave_set(port);
	port->space = -1;
	port->name = 0;
	port->mscount = 0;
	port->seqno = 0;
}

/* Take a right by disposition; false: there is none. */
static inline bool
model_copyin(unsigned int space, mach_port_name_t name,
    mach_msg_type_name_t disposition, struct model_right *right)
{
	struct model_entry *entry;
	mach_port_type_t wanted = MACH_PORT_TYPE_RECEIVE;

	if (name == 0 || name >= MODEL_NAMES)
		return false;
	entry = &model[space][name];
	right->port = entry->port;
	right->type = MACH_MSG_TYPE_PORT_SEND;
	if (disposition == MACH_MSG_TYPE_COPY_SEND ||
	    disposition == MACH_MSG_TYPE_MOVE_SEND)
		wanted = MACH_PORT_TYPE_SEND | MACH_PORT_TYPE_DEAD_NAME;
	if (disposition == MACH_MSG_TYPE_MOVE_SEND_ONCE) {
		wanted = MACH_PORT_TYPE_SEND_ONCE | MACH_PORT_TYPE_DEAD_NAME;
		right->type = MACH_MSG_TYPE_PORT_SEND_ONCE;
	}
	if ((entry->type & wanted) == 0)
		return false;
	switch (disposition) {
	case MACH_MSG_TYPE_MAKE_SEND:
		right->port->mscount++;
		right->port->sends++;
		return true;
	case MACH_MSG_TYPE_COPY_SEND:
		if (right->port != NULL)
			right->port->sends++;
		return true;
	case MACH_MSG_TYPE_MOVE_RECEIVE:
		right->type = MACH_MSG_TYPE_PORT_RECEIVE;
		model_clear_receiver(right->port);
		if ((entry->type & MACH_PORT_TYPE_SEND) != 0)
			entry->type = MACH_PORT_TYPE_SEND;
		else
			model_delete(space, name);
		return true;
	default:
		break;
	}
	if (entry->urefs > 1 && disposition == MACH_MSG_TYPE_MOVE_SEND) {
		entry->urefs--;
		if (right->port != NULL)
			right->port->sends++;
	} else if (--entry->urefs > 0) {
		return true;
	} else if ((entry->type & MACH_PORT_TYPE_RECEIVE) != 0) {
		entry->type = MACH_PORT_TYPE_RECEIVE;
	} else {
		model_delete(space, name);
	}
	return true;
}

/* Place a right; gives its name. */
static inline mach_port_name_t
model_place(unsigned int space, mach_port_name_t name,
    struct model_right right)
{
	struct model_entry *entry = &model[space][name];

	entry->port = right.port;
	switch (right.type) {
	case MACH_MSG_TYPE_PORT_SEND_ONCE:
		entry->type = MACH_PORT_TYPE_SEND_ONCE;
		entry->urefs = 1;
		break;
	case MACH_MSG_TYPE_PORT_SEND:
		if ((entry->type & MACH_PORT_TYPE_SEND) != 0)
			right.port->sends--;
		entry->type |= MACH_PORT_TYPE_SEND;
		entry->urefs++;
		break;
	default:
		entry->type |= MACH_PORT_TYPE_RECEIVE;
		right.port->space = (int)space;
		right.port->name = name;
		right.port->dest = NULL;
		break;
	}
	return name;
}

static inline mach_port_name_t
model_copyout(unsigned int space, struct model_right right)
{
	mach_port_name_t name = 0;

	if (right.port == NULL)
		return MACH_PORT_NAME_DEAD;
	if (!right.port->alive) {
		if (right.type == MACH_MSG_TYPE_PORT_SEND)
			right.port->sends--;
		return MACH_PORT_NAME_DEAD;
	}
	if (right.type != MACH_MSG_TYPE_PORT_SEND_ONCE)
		name = model_find(space, right.port);
	return model_place(space, name != 0 ? name : model_lowest(space),
	    right);
}

/* As mach_port_destroy() does. */
static inline void
model_destroy(unsigned int space, mach_port_name_t name)
{
	struct model_entry entry = model[space][name];
	unsigned int s, n;

	if ((entry.type & MACH_PORT_TYPE_PORT_SET) != 0) {
		for (s = 0; s < WORLD_TASKS; s++)
			for (n = 1; n < MODEL_NAMES; n++)
				if (model[s][n].port != NULL &&
				    model[s][n].port->set == entry.set)
					model_leave_set(model[s][n].port);
		free(entry.set);
		memset(&model[space][name], 0, sizeof(entry));
		return;
	}
	if ((entry.type & MACH_PORT_TYPE_RECEIVE) != 0)
		model_clear_receiver(entry.port);
	memset(&model[space][name], 0, sizeof(entry));
	if ((entry.type & MACH_PORT_TYPE_SEND) != 0)
		model_release((struct model_right){ entry.port,
		    MACH_MSG_TYPE_PORT_SEND });
	if ((entry.type & MACH_PORT_TYPE_SEND_ONCE) != 0)
		model_release((struct model_right){ entry.port,
		    MACH_MSG_TYPE_PORT_SEND_ONCE });
	if ((entry.type & MACH_PORT_TYPE_RECEIVE) != 0)
		model_release((struct model_right){ entry.port,
		    MACH_MSG_TYPE_PORT_RECEIVE });
	due(entry.dead_name, MACH_NOTIFY_PORT_DELETED, name);
}

#endif /* TESTS_UNIT_IPC_MODEL_H */
