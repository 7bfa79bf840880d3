/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What the input of fuzz_trap.c becomes: names, addresses and sizes, of which
 * most are good for something, and messages of items of the right types.
 */
#ifndef TESTS_FUZZ_TRAP_INPUT_H
#define TESTS_FUZZ_TRAP_INPUT_H

#include <tests/fuzz/trap_world.h>

#define ITEMS		10		/* of a call */
#define BUFFER		4096		/* of a thread's messages */

enum place {
	IN_LINE,
	MEMORY,
	STRING,
};

struct item {
	mach_msg_type_name_t type;
	uint16_t bits;
	uint16_t least;
	uint16_t most;
	uint8_t kind;			/* of port, or KIND_COUNT: any */
	uint8_t place;
};

static const struct routine {
	mach_msg_id_t id;
	uint8_t kind;			/* of the request port */
	uint8_t count;
	struct item items[ITEMS];
} routines[] = {
#include "routines.h"
};

struct buffer {
	mach_msg_user_header_t header;
	uint8_t body[BUFFER - sizeof(mach_msg_user_header_t)];
};

static struct unit_source *source;

static inline uint64_t
pick(uint64_t limit)
{
	return unit_pick(source, limit);
}

/* Arguments. */

static inline mach_port_name_t
any_name(void)
{
	static const mach_port_name_t odd[] = {
		MACH_PORT_NAME_NULL, MACH_PORT_NAME_DEAD, 0x7fffffff, 12345,
	};
	unsigned int name = pick(64);

	return name < ARRAY_SIZE(odd) ? odd[name] : name - 3;
}

/* In the region mostly; at its edges, nobody's, the kernel's. */
static inline uint64_t
any_address(void)
{
	uint64_t page = pick(32), offset = 0;

	switch (page) {
	case 31:
		return unit_take(source, 8);
	case 30:
		return MACHINE_USER_MAX - pick(64);
	case 29:
		return pick(65536);
	case 28:
		return 1UL << pick(64);
	default:
		if (pick(2) != 0)
			offset = pick(PAGE_SIZE / 8) * 8;
		return REGION + page * PAGE_SIZE + offset;
	}
}

static inline uint64_t
any_size(void)
{
	switch (pick(8)) {
	case 0:
		return 0;
	case 1:
		return unit_take(source, 8);
	case 2:
		return UINT64_MAX - pick(8192);
	case 3:
		return 1UL << pick(48);
	case 4:
		return pick(256);
	default:
		return (1 + pick(16)) * PAGE_SIZE;
	}
}

static inline uint64_t
any_word(void)
{
	switch (pick(8)) {
	case 0:
		return any_size();
	case 1:
	case 2:
		return any_address();
	case 3:
		return unit_take(source, 8);
	case 4:
		return any_name();
	default:
		return pick(64);
	}
}

static inline mach_msg_type_name_t
any_right(void)
{
	return MACH_MSG_TYPE_MOVE_RECEIVE + (unsigned int)pick(7);
}

/* Messages. */

static inline void
message_init(struct buffer *buffer, mach_port_name_t remote,
    mach_msg_type_name_t remote_type, mach_port_name_t local,
    mach_msg_id_t id)
{
	buffer->header = (mach_msg_user_header_t){
		.msgh_bits = MACH_MSGH_BITS(remote_type, local == 0 ? 0
		    : MACH_MSG_TYPE_MAKE_SEND_ONCE),
		.msgh_size = sizeof(buffer->header),
		.msgh_remote_port = remote,
		.msgh_local_port = local,
		.msgh_id = id,
	};
	if (pick(64) == 1)
		buffer->header.msgh_bits ^= 1U << pick(32);
}

static inline void
message_item(struct buffer *buffer, mach_msg_type_name_t name,
    unsigned int bits, unsigned int number, const void *data, size_t size,
    unsigned int flags)
{
	uint8_t *at = (uint8_t *)buffer + buffer->header.msgh_size;
	mach_msg_type_t type = {
		.msgt_name = name, .msgt_size = bits, .msgt_number = number,
		.msgt_inline = (flags & 1) == 0,
		.msgt_deallocate = (flags & 2) != 0,
	};
	size_t whole = (sizeof(type) + size + 7) & ~7UL;

	if (whole > BUFFER - buffer->header.msgh_size)
		return;
	memset(at, 0, whole);
	if (pick(64) == 1)
		*(uint64_t *)&type ^= 1UL << pick(64);
	memcpy(at, &type, sizeof(type));
	memcpy(at + sizeof(type), data, size);
	buffer->header.msgh_size += whole;
	if (type.msgt_inline == 0 || MACH_MSG_TYPE_PORT_ANY(type.msgt_name))
		buffer->header.msgh_bits |= MACH_MSGH_BITS_COMPLEX;
}

static inline void
message_memory(struct buffer *buffer, mach_msg_type_name_t name,
    unsigned int bits)
{
	uint64_t address = any_address();
	unsigned int number = (unsigned int)(any_size() / (bits / 8));

	message_item(buffer, name, bits, number, &address, sizeof(address),
	    1 + 2 * (pick(4) == 1));
}

static inline void
message_ports(struct buffer *buffer, mach_msg_type_name_t type,
    unsigned int number, unsigned int kind)
{
	uint64_t ports[64];
	unsigned int i;

	if (pick(16) == 1)
		type = any_right();
	if (number > 1 && pick(2) == 0) {
		message_memory(buffer, type, 32);
		return;
	}
	for (i = 0; i < number; i++)
		ports[i] = kind < KIND_COUNT && pick(4) != 1 ? NAME(kind)
		    : any_name();
	message_item(buffer, type, 64, number, ports, 8 * number, 0);
}

static inline void
message_string(struct buffer *buffer, const struct item *item)
{
	char text[128];
	unsigned int i, size = item->bits * item->most / 8;

	memset(text, 0, sizeof(text));
	strcpy(text, device_names[pick(ARRAY_SIZE(device_names))]);
	if (pick(8) == 1)
		for (i = 0; i < size; i++)
			text[i] = (char)pick(256);
	message_item(buffer, item->type, item->bits, item->most, text, size,
	    0);
}

static inline void
message_values(struct buffer *buffer, const struct item *item,
    unsigned int number)
{
	uint64_t word, values[64];
	unsigned int i, size = item->bits / 8;

	for (i = 0; i < number; i++) {
		word = item->type == MACH_MSG_TYPE_PORT_NAME ? any_name()
		    : item->type == MACH_MSG_TYPE_BOOLEAN ? pick(2)
		    : item->bits == 64 ? any_word()
		    : pick(4) != 1 ? pick(32) : unit_take(source, 4);
		memcpy((uint8_t *)values + i * size, &word, size);
	}
	message_item(buffer, item->type, item->bits, number, values,
	    number * size, 0);
}

static inline void
message_argument(struct buffer *buffer, const struct item *item)
{
	unsigned int number = item->least;

	if (item->most > item->least)
		number += pick(MIN(item->most - item->least, 63) + 1);
	if (pick(128) == 1)
		number = pick(64);
	number = MIN(number, 64);
	if (MACH_MSG_TYPE_PORT_ANY(item->type))
		message_ports(buffer, item->type, number, item->kind);
	else if (item->place == STRING)
		message_string(buffer, item);
	else if (item->place == MEMORY)
		message_memory(buffer, item->type, item->bits);
	else
		message_values(buffer, item, number);
}

#endif /* TESTS_FUZZ_TRAP_INPUT_H */
