/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <kern/kmsg.h>

#include <kern/lock.h>
#include <lib/macros.h>

BUILD_BUG_ON(!IS_POWER_OF_TWO(KMSG_SIZE));

static struct {
	spinlock_t lock;
	uint64_t end;			/* number of the next byte */
	char ring[KMSG_SIZE];
} kmsg;

void
kmsg_append(const char *text, size_t size)
{
	uint64_t flags = spin_lock_irqsave(&kmsg.lock);

	for (; size != 0; size--)
		kmsg.ring[kmsg.end++ % KMSG_SIZE] = *text++;

	spin_unlock_irqrestore(&kmsg.lock, flags);
}

size_t
kmsg_read(uint64_t *position, char *buffer, size_t size)
{
	uint64_t flags = spin_lock_irqsave(&kmsg.lock);
	uint64_t start = (kmsg.end > KMSG_SIZE) ? kmsg.end - KMSG_SIZE : 0;
	uint64_t from = MAX(start, MIN(*position, kmsg.end));
	size_t n, count = MIN(size, kmsg.end - from);

	for (n = 0; n < count; n++)
		buffer[n] = kmsg.ring[from++ % KMSG_SIZE];

	spin_unlock_irqrestore(&kmsg.lock, flags);
	*position = from;
	return count;
}
