/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Device "console": the terminal line that the device tree names.
 *
 * Input is raw, byte by byte, kept in a ring between interrupt and reader;
 * line editing and echo belong to the terminal server.
 */
#include <dev/device.h>

#include <device/tty_status.h>
#include <kern/lock.h>
#include <kern/mutex.h>
#include <kern/thread.h>
#include <kern/waitq.h>
#include <machine/platform.h>

#define INPUT_SIZE	1024u		/* a power of two */

static struct {
	spinlock_t lock;		/* irqsave */
	char ring[INPUT_SIZE];
	unsigned int head;		/* next to fill */
	unsigned int tail;		/* next to take */
	struct thread *reader;		/* asleep until a byte comes */
	bool attached;			/* to the interrupt */
	struct mutex reading;		/* one reader at a time */
	struct tty_status status;
} input = {
	.reading = MUTEX_INITIALIZER(input.reading),
	.status = {
		.tt_ispeed = B115200,
		.tt_ospeed = B115200,
		.tt_flags = TF_ANYP | TF_LITOUT | TF_ECHO | TF_CRMOD,
	},
};

/* Take what the line has; bytes beyond the ring are lost, as on any line. */
static void
console_poll(void)
{
	int c;

	while ((c = machine_console_getc()) >= 0) {
		if (input.head - input.tail < INPUT_SIZE)
			input.ring[input.head++ % INPUT_SIZE] = (char)c;
	}
}

static void
console_received(void)
{
	uint64_t flags = spin_lock_irqsave(&input.lock);

	console_poll();
	if (input.head != input.tail && input.reader != NULL) {
		thread_wake(input.reader, WAIT_DONE, false);
		input.reader = NULL;
	}
	spin_unlock_irqrestore(&input.lock, flags);
}

static io_return_t
console_write(struct device *device, dev_mode_t mode, recnum_t record,
    const char *data, size_t size, size_t *written)
{
	size_t i;

	for (i = 0; i < size; i++)
		machine_console_putc(data[i]);
	*written = size;
	return D_SUCCESS;
}

/* Wait for a byte; the lock is held with irqsave, and released. */
static io_return_t
console_wait(void)
{
	int result;

	input.reader = thread_self();
	result = thread_sleep_unlock(&input.lock, true, WAIT_FOREVER);
	cpu_irq_enable();
	if (result == WAIT_DONE)
		return D_SUCCESS;
	cpu_irq_disable();
	spin_lock(&input.lock);
	if (input.reader == thread_self())
		input.reader = NULL;
	spin_unlock(&input.lock);
	cpu_irq_enable();
	return D_WOULD_BLOCK;
}

static io_return_t
console_take(dev_mode_t mode, char *data, size_t size, size_t *got)
{
	uint64_t flags;
	size_t count = 0;
	io_return_t result;

	for (;;) {
		flags = spin_lock_irqsave(&input.lock);
		console_poll();
		if (input.head != input.tail || (mode & D_NOWAIT) != 0)
			break;
		result = console_wait();
		if (result != D_SUCCESS)
			return result;
	}
	while (count < size && input.tail != input.head)
		data[count++] = input.ring[input.tail++ % INPUT_SIZE];
	spin_unlock_irqrestore(&input.lock, flags);
	*got = count;
	return count == 0 && size > 0 ? D_WOULD_BLOCK : D_SUCCESS;
}

static io_return_t
console_read(struct device *device, dev_mode_t mode, recnum_t record,
    char *data, size_t size, size_t *got)
{
	io_return_t result;

	mutex_lock(&input.reading);
	if (!input.attached)
		input.attached = machine_console_set_input(console_received);
	result = console_take(mode, data, size, got);
	mutex_unlock(&input.reading);
	return result;
}

static io_return_t
console_get_status(struct device *device, dev_flavor_t flavor,
    dev_status_t status, mach_msg_type_number_t *count)
{
	switch (flavor) {
	case DEV_GET_SIZE:
		if (*count < DEV_GET_SIZE_COUNT)
			return D_INVALID_SIZE;
		status[DEV_GET_SIZE_DEVICE_SIZE] = 0;
		status[DEV_GET_SIZE_RECORD_SIZE] = 1;
		*count = DEV_GET_SIZE_COUNT;
		return D_SUCCESS;
	case TTY_STATUS:
		if (*count < TTY_STATUS_COUNT)
			return D_INVALID_SIZE;
		*(struct tty_status *)status = input.status;
		*count = TTY_STATUS_COUNT;
		return D_SUCCESS;
	default:
		return D_INVALID_OPERATION;
	}
}

static io_return_t
console_set_status(struct device *device, dev_flavor_t flavor,
    const int *status, mach_msg_type_number_t count)
{
	uint64_t flags;

	switch (flavor) {
	case TTY_STATUS:
		if (count < TTY_STATUS_COUNT)
			return D_INVALID_SIZE;
		/* The speed stays the firmware's; the rest is kept. */
		flags = spin_lock_irqsave(&input.lock);
		input.status.tt_breakc = status[2];
		input.status.tt_flags = status[3];
		spin_unlock_irqrestore(&input.lock, flags);
		return D_SUCCESS;
	case TTY_FLUSH:
		if (count < TTY_FLUSH_COUNT)
			return D_INVALID_SIZE;
		flags = spin_lock_irqsave(&input.lock);
		if ((status[0] & (int)D_READ) != 0)
			input.tail = input.head;
		spin_unlock_irqrestore(&input.lock, flags);
		return D_SUCCESS;
	default:
		return D_INVALID_OPERATION;
	}
}

struct device device_console = {
	.name = "console",
	.write = console_write,
	.read = console_read,
	.get_status = console_get_status,
	.set_status = console_set_status,
};
