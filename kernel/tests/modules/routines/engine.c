/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * One routine: its right call, and before it the message of that call with
 * one thing wrong at a time.
 */
#include "routines.h"

#define HEADER		((mach_msg_size_t)sizeof(mach_msg_header_t))
#define ITEMS_MAX	12
#define LATE		2000		/* ms: no answer will come */
#define NO_NAME		0x7ffffff1u	/* a name that is not in use */
#define NO_ANSWER	((kern_return_t)0x7ffffffe)

/* An item of the right call's message. */
struct item {
	unsigned int offset;		/* of its descriptor */
	unsigned int size;		/* of its data, rounded up */
	mach_msg_type_t type;
};

static struct message right;		/* as the stub made it */
static struct message wrong;		/* with one thing wrong */
static struct item items[ITEMS_MAX];
static unsigned int item_count;

static const struct routine *routine;	/* being tried */
static bool held, busy;
static bool answered, succeeded, refusing;
static unsigned int tried, failed;
static mach_port_t reply_port, probe, dead_name;

void
routine_refused(void)
{
	refusing = true;
}

/* Find the items of `right`; false if it is no message of the routine. */
static bool
items_find(void)
{
	unsigned int offset = HEADER;
	struct item *item;

	for (item_count = 0; offset < right.header.msgh_size; item_count++) {
		need(item_count < ITEMS_MAX);
		item = &items[item_count];
		item->offset = offset;
		memcpy(&item->type, (char *)&right + offset,
		    sizeof item->type);
		item->size = 8;
		if (item->type.msgt_inline)
			item->size = (item->type.msgt_size *
			    item->type.msgt_number / 8 + 7) & ~7u;
		offset += (unsigned int)sizeof item->type + item->size;
	}
	return item_count == routine->argument_count;
}

static mach_msg_type_t *
wrong_type(const struct item *item)
{
	return (mach_msg_type_t *)((char *)&wrong + item->offset);
}

static void *
wrong_data(const struct item *item)
{
	return wrong_type(item) + 1;
}

/* Start from the right message, which keeps its memory. */
static void
wrong_start(void)
{
	unsigned int i;

	memcpy(&wrong, &right, right.header.msgh_size);
	for (i = 0; i < item_count; i++)
		wrong_type(&items[i])->msgt_deallocate = FALSE;
	wrong.header.msgh_local_port = reply_port;
	wrong.header.msgh_bits = (wrong.header.msgh_bits & ~0xff00u) |
	    MACH_MSGH_BITS(0, MACH_MSG_TYPE_MAKE_SEND_ONCE);
}

/* Give an in-line item another number of elements, cleared. */
static void
wrong_resize(const struct item *item, unsigned int number)
{
	unsigned int size = (item->type.msgt_size * number / 8 + 7) & ~7u;
	unsigned int tail = item->offset +
	    (unsigned int)sizeof item->type + item->size;
	char *data = wrong_data(item);

	need(right.header.msgh_size + size < sizeof wrong);
	memset(data, 0, size);
	memcpy(data + size, (char *)&right + tail,
	    right.header.msgh_size - tail);
	wrong_type(item)->msgt_number = number;
	wrong.header.msgh_size = right.header.msgh_size - item->size + size;
}

/* Nothing but notifications of refused send-once rights waits at a port. */
static void
drain(mach_port_t port)
{
	struct message message;

	while (message_receive(&message, port, 0) == MACH_MSG_SUCCESS)
		need(message.header.msgh_id == MACH_NOTIFY_SEND_ONCE);
}

static void
drain_all(void)
{
	unsigned int i;
	uint64_t slot;

	drain(reply_port);
	drain(probe);
	for (i = 0; i < item_count; i++) {
		if (items[i].type.msgt_name != MACH_MSG_TYPE_MAKE_SEND_ONCE)
			continue;
		memcpy(&slot, (char *)&right + items[i].offset +
		    sizeof items[i].type, sizeof slot);
		drain((mach_port_t)slot);
	}
}

/*
 * Send `wrong` and give what comes: the error of sending, or the answer's
 * code.  Every other call does it in one trap.
 */
static kern_return_t
wrong_call(void)
{
	mach_msg_size_t size = wrong.header.msgh_size;
	mach_msg_id_t id = wrong.header.msgh_id;
	mig_reply_header_t *reply = (mig_reply_header_t *)&wrong;
	mach_msg_return_t mr;

	if ((tried & 1) == 0) {
		mr = mach_msg(&wrong.header, MACH_SEND_MSG | MACH_RCV_MSG |
		    MACH_RCV_TIMEOUT, size, sizeof wrong, reply_port, LATE,
		    MACH_PORT_NULL);
	} else {
		mr = mach_msg(&wrong.header, MACH_SEND_MSG, size, 0,
		    MACH_PORT_NULL, 0, MACH_PORT_NULL);
		if (mr == MACH_MSG_SUCCESS)
			mr = message_receive(&wrong, reply_port, LATE);
	}
	if (mr == MACH_RCV_TIMED_OUT)
		return NO_ANSWER;
	if (mr != MACH_MSG_SUCCESS)
		return mr;
	if (reply->Head.msgh_id == MACH_NOTIFY_SEND_ONCE)
		return NO_ANSWER;
	need(reply->Head.msgh_id == id + 100);
	return reply->RetCode;
}

/* One wrong call.  `what` and `detail` name it if the result is not due. */
static void
attempt(kern_return_t due, const char *what, const char *detail)
{
	kern_return_t kr;

	if (due == UNTRIED)
		return;
	kr = wrong_call();
	drain_all();
	tried++;
	if (kr == due)
		return;
	if (++failed > 40)
		return;
	test_print("# %s: %s %s: gives 0x%x, not 0x%x\n", routine->name, what,
	    detail, (unsigned)kr, (unsigned)due);
}

static const char *const kind_names[KIND_COUNT] = {
	"host", "host_priv", "processor", "processor_name", "pset",
	"pset_name", "task", "thread", "control", "object_name", "device",
	"device_master",
};

static void
destination(mach_port_t port, kern_return_t due, const char *detail)
{
	wrong_start();
	wrong.header.msgh_remote_port = port;
	attempt(due, "to", detail);
}

/* The request to all that is not what it is for. */
static void
try_destinations(void)
{
	unsigned int kind;

	for (kind = 0; kind < KIND_COUNT; kind++) {
		if ((routine->accepts & 1u << kind) == 0)
			destination(samples[kind], routine->wrong,
			    kind_names[kind]);
	}
	destination(MACH_PORT_NULL, MACH_SEND_INVALID_DEST, "null");
	destination(MACH_PORT_DEAD, MACH_SEND_INVALID_DEST, "~0");
	destination(dead_name, MACH_SEND_INVALID_DEST, "a dead name");
	destination(NO_NAME, MACH_SEND_INVALID_DEST, "no name");
	destination(reply_port, MACH_SEND_INVALID_DEST, "a receive right");
}

/* The message with an item more, of so many words. */
static void
try_longer(unsigned int words, const char *detail)
{
	static const uint64_t data[512];

	wrong_start();
	message_add(&wrong, MACH_MSG_TYPE_INTEGER_64, 64, words, data);
	attempt(MIG_BAD_ARGUMENTS, "message", detail);
}

/* The message as a whole. */
static void
try_message(void)
{
	bool complex = (right.header.msgh_bits & MACH_MSGH_BITS_COMPLEX) != 0;

	try_longer(0, "longer");
	try_longer(512, "much longer");
	if (item_count > 0) {
		wrong_start();
		wrong.header.msgh_size -= 8;
		attempt(complex ? MACH_SEND_MSG_TOO_SMALL
		    : MIG_BAD_ARGUMENTS, "message", "shorter");
		wrong_start();
		wrong.header.msgh_size = HEADER;
		attempt(MIG_BAD_ARGUMENTS, "message", "empty");
	}
	if (!complex) {
		wrong_start();
		wrong.header.msgh_bits |= MACH_MSGH_BITS_COMPLEX;
		attempt(MIG_BAD_ARGUMENTS, "message", "complex");
	}
	wrong_start();
	wrong.header.msgh_size -= 4;
	attempt(MACH_SEND_MSG_TOO_SMALL, "message", "of half a word");
}

/* The descriptor of an item that is no port. */
static void
try_descriptor(const struct item *item, const char *name, bool variable)
{
	bool complex = (right.header.msgh_bits & MACH_MSGH_BITS_COMPLEX) != 0;

	wrong_start();
	wrong_type(item)->msgt_name ^= MACH_MSG_TYPE_CHAR;
	if (MACH_MSG_TYPE_PORT_ANY(wrong_type(item)->msgt_name))
		wrong_type(item)->msgt_name ^= MACH_MSG_TYPE_STRING;
	attempt(MIG_BAD_ARGUMENTS, name, "of another type");
	wrong_start();
	wrong_type(item)->msgt_longform ^= 1;
	attempt(MIG_BAD_ARGUMENTS, name, "with the other form");
	wrong_start();
	wrong_type(item)->msgt_unused = 1;
	if (complex || (!variable && !item->type.msgt_longform))
		attempt(complex ? MACH_SEND_INVALID_TYPE : MIG_BAD_ARGUMENTS,
		    name, "with an unused bit");
	if (!item->type.msgt_inline)
		return;
	wrong_start();
	wrong_type(item)->msgt_size = item->type.msgt_size == 8 ? 16 : 8;
	wrong_type(item)->msgt_number = item->size * 8 /
	    wrong_type(item)->msgt_size;
	attempt(MIG_BAD_ARGUMENTS, name, "of another width");
	wrong_start();
	wrong_type(item)->msgt_inline = FALSE;
	wrong_type(item)->msgt_number = 0;
	if (item->size == 8)
		attempt(MIG_BAD_ARGUMENTS, name, "out of line");
}

/* What an array of any length, or fixed, may not be. */
static void
try_sizes(const struct item *item, const struct argument *argument)
{
	if (!item->type.msgt_inline)
		return;
	if ((argument->what & ARGUMENT_VARIABLE) == 0) {
		wrong_start();
		wrong_resize(item, item->type.msgt_number + 64);
		attempt(MIG_BAD_ARGUMENTS, argument->name, "as an array");
		return;
	}
	wrong_start();
	wrong_resize(item, 0);
	attempt(argument->empty, argument->name, "empty");
	wrong_start();
	wrong_resize(item, 8192 * 8 / item->type.msgt_size);
	attempt(argument->oversized, argument->name, "oversized");
}

static void
put_port(const struct item *item, mach_port_t port,
    mach_msg_type_name_t type, kern_return_t due, const char *name,
    const char *detail)
{
	uint64_t slot = port;

	wrong_start();
	memcpy(wrong_data(item), &slot, sizeof slot);
	wrong_type(item)->msgt_name = type & 0xff;
	attempt(due, name, detail);
}

/* An item with a port right. */
static void
try_port(const struct item *item, const struct argument *argument)
{
	const char *name = argument->name;
	mach_port_t moved;
	unsigned int kind;

	put_port(item, NO_NAME, item->type.msgt_name,
	    MACH_SEND_INVALID_RIGHT, name, "no name");
	if ((argument->what & ARGUMENT_KIND) == ARGUMENT_POLYMORPHIC)
		return;
	if ((argument->what & ARGUMENT_KIND) == ARGUMENT_SEND)
		put_port(item, probe, MACH_MSG_TYPE_MAKE_SEND_ONCE,
		    MIG_BAD_ARGUMENTS, name, "send-once");
	else
		put_port(item, probe, MACH_MSG_TYPE_MAKE_SEND,
		    MIG_BAD_ARGUMENTS, name, "send, not send-once");
	moved = port_with_send();
	put_port(item, moved, MACH_MSG_TYPE_MOVE_RECEIVE, MIG_BAD_ARGUMENTS,
	    name, "receive");
	if (port_type(moved) != MACH_PORT_TYPE_DEAD_NAME) {
		failed++;
		test_print("# %s: %s: a receive right is not destroyed\n",
		    routine->name, name);
	}
	port_destroy(moved);
	if (argument->accepts == 0)
		return;
	for (kind = 0; kind < KIND_COUNT; kind++) {
		if ((argument->accepts & 1u << kind) == 0)
			put_port(item, samples[kind], MACH_MSG_TYPE_COPY_SEND,
			    argument->wrong, name, kind_names[kind]);
	}
	put_port(item, MACH_PORT_NULL, MACH_MSG_TYPE_COPY_SEND,
	    argument->wrong, name, "null");
	put_port(item, dead_name, MACH_MSG_TYPE_COPY_SEND, argument->wrong,
	    name, "a dead name");
	put_port(item, probe, MACH_MSG_TYPE_MAKE_SEND, argument->wrong, name,
	    "a port of a user");
}

/* An item out of line. */
static void
try_memory(const struct item *item, const struct argument *argument)
{
	uint64_t nowhere = 0xffff000000000000, gap = 16;

	wrong_start();
	wrong_type(item)->msgt_number = 0;
	attempt(argument->empty, argument->name, "empty");
	wrong_start();
	memcpy(wrong_data(item), &nowhere, sizeof nowhere);
	attempt(MACH_SEND_INVALID_MEMORY, argument->name, "in the kernel");
	wrong_start();
	memcpy(wrong_data(item), &gap, sizeof gap);
	wrong_type(item)->msgt_number = 64;
	attempt(MACH_SEND_INVALID_MEMORY, argument->name, "not there");
	wrong_start();
	wrong_type(item)->msgt_number = ~0u;
	attempt((argument->what & ARGUMENT_KIND) == ARGUMENT_PORTS
	    ? MACH_SEND_NO_BUFFER : MACH_SEND_INVALID_MEMORY,
	    argument->name, "huge");
}

/* Rights out of line: one of them is none. */
static void
try_ports(const struct item *item, const struct argument *argument)
{
	static mach_port_t names[4];
	const mach_port_t *list = names;
	unsigned int i;

	for (i = 0; i < 4; i++)
		names[i] = i == 2 ? NO_NAME : probe;
	wrong_start();
	memcpy(wrong_data(item), &list, sizeof list);
	wrong_type(item)->msgt_name = MACH_MSG_TYPE_MAKE_SEND;
	wrong_type(item)->msgt_number = 4;
	attempt(MACH_SEND_INVALID_RIGHT, argument->name, "with no name");
	wrong_start();
	wrong_type(item)->msgt_name = MACH_MSG_TYPE_BYTE;
	attempt(MIG_BAD_ARGUMENTS, argument->name, "that are bytes");
}

static void
try_bad_value(const struct item *item, const struct argument *argument)
{
	wrong_start();
	memcpy(wrong_data(item), &argument->bad,
	    item->type.msgt_size < 64 ? 4 : 8);
	attempt(argument->refused, argument->name, "of a bad value");
}

static void
try_arguments(void)
{
	unsigned int i;

	for (i = 0; i < item_count; i++) {
		const struct argument *argument = &routine->arguments[i];

		switch (argument->what & ARGUMENT_KIND) {
		case ARGUMENT_SEND:
		case ARGUMENT_SEND_ONCE:
		case ARGUMENT_POLYMORPHIC:
			if (items[i].type.msgt_number == 1)
				try_port(&items[i], argument);
			break;
		case ARGUMENT_PORTS:
			try_memory(&items[i], argument);
			try_ports(&items[i], argument);
			break;
		case ARGUMENT_MEMORY:
			try_memory(&items[i], argument);
			try_descriptor(&items[i], argument->name, true);
			break;
		case ARGUMENT_VALUE:
			try_descriptor(&items[i], argument->name,
			    (argument->what & ARGUMENT_VARIABLE) != 0);
			try_sizes(&items[i], argument);
			try_bad_value(&items[i], argument);
			break;
		default:
			break;
		}
	}
}

/* Twice: the first time the kernel may set something up for good. */
static void
try_all_wrong(void)
{
	struct holdings before, after;
	unsigned int turn;

	for (turn = 0; turn < 2; turn++) {
		holdings_take(&before);
		tried = turn;
		try_destinations();
		try_message();
		try_arguments();
		holdings_take(&after);
	}
	if (!holdings_equal(&before, &after, routine->name))
		failed++;
	if (port_status(probe).mps_srights || port_status(probe).mps_sorights)
		test_bail("%s keeps a right of a refused message",
		    routine->name);
}

static void
hook_before(const mach_msg_header_t *message, mach_msg_option_t option,
    mach_msg_size_t size)
{
	if (busy || held || (option & MACH_SEND_MSG) == 0 ||
	    message->msgh_id != routine->id)
		return;
	held = true;
	busy = true;
	need(size <= sizeof right);
	memcpy(&right, message, size);
	right.header.msgh_size = size;
	if (items_find()) {
		try_all_wrong();
	} else {
		failed++;
		test_print("# %s: %u items, not %u\n", routine->name,
		    item_count, routine->argument_count);
	}
	busy = false;
}

static void
hook_after(const mach_msg_header_t *message, mach_msg_return_t result)
{
	const mig_reply_header_t *reply = (const mig_reply_header_t *)message;

	if (busy || result != MACH_MSG_SUCCESS)
		return;
	if (routine->simple && message->msgh_id == routine->id)
		succeeded = answered = true;
	if (message->msgh_id != routine->id + 100)
		return;
	answered = reply->RetCode != MIG_BAD_ID;
	succeeded = succeeded || reply->RetCode == KERN_SUCCESS;
}

static const struct message_hook hook = { hook_before, hook_after };

/* A request of the least size with arguments of the right types. */
static void
build_request(void)
{
	static const char zeros[256];
	mach_msg_type_t *type;
	unsigned int i;

	message_init(&right, MACH_PORT_NULL, MACH_MSG_TYPE_COPY_SEND,
	    MACH_PORT_NULL, 0, routine->id);
	for (i = 0; i < routine->argument_count; i++) {
		const struct argument *argument = &routine->arguments[i];

		switch (argument->what & ARGUMENT_KIND) {
		case ARGUMENT_MEMORY:
			type = message_add_memory(&right, zeros, 0, false);
			type->msgt_name = argument->type & 0xff;
			type->msgt_size = argument->bits & 0xffff;
			type->msgt_longform = TRUE;
			break;
		case ARGUMENT_VALUE:
			need(argument->bits * argument->number / 8 <=
			    sizeof zeros);
			message_add(&right, argument->type, argument->bits,
			    argument->number, zeros);
			break;
		case ARGUMENT_SEND_ONCE:
			message_add_port(&right, probe,
			    MACH_MSG_TYPE_MAKE_SEND_ONCE);
			break;
		default:
			message_add_port(&right, probe,
			    MACH_MSG_TYPE_MAKE_SEND);
			break;
		}
	}
	item_count = 0;
}

static void
ports_setup(void)
{
	if (reply_port != MACH_PORT_NULL)
		return;
	reply_port = port_receive_right();
	probe = port_receive_right();
	need_success(mach_port_allocate(task_self_port,
	    MACH_PORT_RIGHT_DEAD_NAME, &dead_name));
}

void
routine_try(const struct routine *next)
{
	ports_setup();
	routine = next;
	held = busy = answered = succeeded = refusing = false;
	tried = failed = 0;
	message_hook = &hook;
	routine->effect();
	message_hook = NULL;
	ok(held && answered && (succeeded || refusing),
	    "%s: was called, and served", routine->name);
	ok(failed == 0, "%s: wrong calls are refused, %u kinds",
	    routine->name, tried - 1);
}

void
routine_try_unknown(const struct routine *next)
{
	unsigned int kind;

	ports_setup();
	routine = next;
	tried = failed = 0;
	build_request();
	for (kind = 0; kind < KIND_COUNT; kind++) {
		wrong_start();
		wrong.header.msgh_remote_port = samples[kind];
		attempt(MIG_BAD_ID, "to", kind_names[kind]);
	}
	ok(failed == 0, "%s: MIG_BAD_ID", routine->name);
}
