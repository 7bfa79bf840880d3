/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The model of ipc_model.h: what sending, receiving and requests for
 * notifications should give, and do.
 */
#ifndef TESTS_UNIT_IPC_MODEL_OPS_H
#define TESTS_UNIT_IPC_MODEL_OPS_H

#include "ipc_model.h"

static unsigned int model_circles;	/* loops collected */

/* Messages. */

/* `port` is about to wait in the queue of `dest`: would that be a loop? */
static inline bool
model_circular(struct model_port *port, struct model_port *dest)
{
	struct model_port *step;

	for (step = dest; step != NULL;
	     step = step->alive && step->space < 0 ? step->dest : NULL)
		if (step == port)
			return true;
	port->dest = dest;
	return false;
}

static inline void
model_enqueue(struct model_message *message)
{
	struct model_port *port = message->dest;

	assert_in_range(port->queued, 0, MODEL_QUEUE - 1);
	port->queue[port->queued++] = message;
	if (port->set != NULL && port->queued == 1)
		port->set->ready[port->set->ready_count++] = port;
}

/* The first message of a port, taken out of its queue. */
static inline struct model_message *
model_dequeue(struct model_port *port)
{
	struct model_message *message = port->queue[0];
	struct model_set *set = port->set;

	memmove(port->queue, port->queue + 1,
	    --port->queued * sizeof(port->queue[0]));
	port->seqno++;
	if (set != NULL) {
		assert_ptr_equal(set->ready[0], port);
		memmove(set->ready, set->ready + 1,
		    --set->ready_count * sizeof(set->ready[0]));
		if (port->queued > 0)
			set->ready[set->ready_count++] = port;
	}
	return message;
}

static inline struct model_port *
model_sink(unsigned int space)
{
	return model[space][MODEL_SINK].port;
}

/* Take the destination's right; false: it is none to send by. */
static inline bool
model_send_header(unsigned int space, mach_port_name_t name,
    mach_msg_type_name_t disposition, struct model_message *message)
{
	struct model_right right;

	if (model[space][name].port == NULL ||
	    !model_copyin(space, name, disposition, &right))
		return false;
	message->dest = right.port;
	return true;
}

/*
 * What sending `sent` should give, and do.  After `count` rights comes an item
 * that gives `flaw`, if that is an error.
 */
static inline mach_msg_return_t
model_send(unsigned int space, const struct world_message *sent,
    unsigned int count, mach_msg_return_t flaw, struct model_message **back)
{
	struct model_message *message = calloc(1, sizeof(*message));
	const mach_msg_type_t *type;
	struct model_right right;
	bool circular = false;

	*back = NULL;
	message->id = sent->header.msgh_id;
	if (!model_send_header(space, sent->header.msgh_remote_port,
	    MACH_MSGH_BITS_REMOTE(sent->header.msgh_bits), message)) {
		free(message);
		return MACH_SEND_INVALID_DEST;
	}
	while (message->count < count) {
		type = (const mach_msg_type_t *)&sent->body[2 *
		    message->count];
		if (!model_copyin(space,
		    (mach_port_name_t)sent->body[2 * message->count + 1],
		    type->msgt_name, &right)) {
			model_doom(message);
			return MACH_SEND_INVALID_RIGHT;
		}
		if (right.type == MACH_MSG_TYPE_PORT_RECEIVE)
			circular = model_circular(right.port,
			    message->dest) || circular;
		message->rights[message->count++] = right;
	}
	if (flaw != MACH_MSG_SUCCESS) {
		model_doom(message);
		return flaw;
	}
	if (circular) {
		model_circles++;
		model_doom(message);
		return MACH_MSG_SUCCESS;
	}
	if (message->dest->queued >= message->dest->qlimit) {
		*back = message;
		return MACH_SEND_TIMED_OUT;
	}
	model_enqueue(message);
	return MACH_MSG_SUCCESS;
}

/* The port that a receive from `name` takes its message from. */
static inline mach_msg_return_t
model_receive_from(unsigned int space, mach_port_name_t name,
    struct model_port **from)
{
	const struct model_entry *entry = &model[space][name];

	if ((entry->type & MACH_PORT_TYPE_PORT_SET) != 0) {
		*from = entry->set->ready_count > 0 ? entry->set->ready[0]
		    : NULL;
	} else if ((entry->type & MACH_PORT_TYPE_RECEIVE) != 0) {
		if (entry->port->set != NULL)
			return MACH_RCV_IN_SET;
		*from = entry->port->queued > 0 ? entry->port : NULL;
	} else {
		return MACH_RCV_INVALID_NAME;
	}
	return *from == NULL ? MACH_RCV_TIMED_OUT : MACH_MSG_SUCCESS;
}

/* The model's part: the result, and in *previous the request before. */
static inline kern_return_t
model_request(unsigned int space, mach_port_name_t name, mach_msg_id_t id,
    unsigned int sync, struct model_port **previous)
{
	struct model_entry *entry = &model[space][name];
	struct model_port *sink = model_sink(space), *port = entry->port;
	bool receive = (entry->type & MACH_PORT_TYPE_RECEIVE) != 0;

	if (id == MACH_NOTIFY_PORT_DESTROYED && sync != 0)
		return KERN_INVALID_VALUE;
	if (entry->type == 0)
		return KERN_INVALID_NAME;
	if (id == MACH_NOTIFY_DEAD_NAME) {
		if (entry->set != NULL)
			return KERN_INVALID_RIGHT;
		if (port == NULL && sync == 0)
			return KERN_INVALID_ARGUMENT;
		if (port == NULL) {
			entry->urefs++;
			due(sink, MACH_NOTIFY_DEAD_NAME, name);
			return KERN_SUCCESS;
		}
		*previous = entry->dead_name;
		entry->dead_name = sink;
		return KERN_SUCCESS;
	}
	if (!receive)
		return KERN_INVALID_RIGHT;
	if (id == MACH_NOTIFY_PORT_DESTROYED) {
		*previous = port->destroyed;
		port->destroyed = sink;
		return KERN_SUCCESS;
	}
	*previous = port->no_senders;
	port->no_senders = sink;
	if (port->sends == 0 && sync <= port->mscount) {
		port->no_senders = NULL;
		due(sink, MACH_NOTIFY_NO_SENDERS, port->mscount);
	}
	return KERN_SUCCESS;
}

static inline struct model_port *
model_port_create(unsigned int space, mach_port_name_t name)
{
	struct model_port *port = calloc(1, sizeof(*port));

	port->next = model_ports;
	model_ports = port;
	port->alive = true;
	port->qlimit = MACH_PORT_QLIMIT_DEFAULT;
	model_place(space, name, (struct model_right){ port,
	    MACH_MSG_TYPE_PORT_RECEIVE });
	return port;
}

#endif /* TESTS_UNIT_IPC_MODEL_OPS_H */
