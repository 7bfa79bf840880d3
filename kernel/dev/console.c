/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Device "console": the terminal line that the device tree names.
 *
 * Input and output are raw, byte by byte; line editing, echo and what becomes
 * of line ends belong to the terminal server.  Input is kept in a ring between
 * interrupt and reader.  Reads that find it empty wait for a thread that
 * answers them in their order.
 */
#include <dev/device.h>
#include <dev/later.h>

#include <device/tty_status.h>
#include <kern/lock.h>
#include <kern/mutex.h>
#include <kern/thread.h>
#include <kern/waitq.h>
#include <lib/macros.h>
#include <machine/platform.h>

#define INPUT_SIZE	1024u		/* a power of two */
#define WAITING_MAX	64u		/* reads */

/* What a line without modem has. */
#define MODEM_LINES	(TM_LE | TM_DTR | TM_RTS | TM_CTS | TM_CAR | TM_DSR)
/* What set_status may change: the others describe the device. */
#define FLAGS_SETTABLE	(TF_TANDEM | TF_ODDP | TF_EVENP | TF_LITOUT | \
    TF_MDMBUF | TF_NOHANG | TF_HUPCLS)

static struct {
	spinlock_t lock;		/* irqsave; guards up to `status` */
	char ring[INPUT_SIZE];
	unsigned int head;		/* next to fill */
	unsigned int tail;		/* next to take */
	bool news;			/* for the thread: look again */
	struct thread *sleeper;		/* the thread, when it sleeps */
	struct tty_status status;

	struct mutex reading;		/* guards the rest; outside of lock */
	bool served;			/* the thread is there */
	struct list waiting;		/* struct device_later */
	unsigned int waiting_count;
} input = {
	.reading = MUTEX_INITIALIZER(input.reading),
	.waiting = LIST_INITIALIZER(input.waiting),
	.status = {
		.tt_ispeed = B115200,
		.tt_ospeed = B115200,
		.tt_flags = TF_ANYP | TF_LITOUT | TF_ECHO | TF_CRMOD,
	},
};

/*
 * Take what the line has, a ring of it at most, for a broken line has no end;
 * bytes beyond the ring are lost, as on any line.  How many were there?
 */
static size_t
console_poll(void)
{
	size_t count;
	int c;

	for (count = 0; count < INPUT_SIZE; count++) {
		c = machine_console_getc();
		if (c < 0)
			break;
		if (input.head - input.tail < INPUT_SIZE)
			input.ring[input.head++ % INPUT_SIZE] = (char)c;
	}
	return count;
}

/* The thread has something to look at; locked. */
static void
console_wake(void)
{
	input.news = true;
	if (input.sleeper != NULL) {
		thread_wake(input.sleeper, WAIT_DONE, false);
		input.sleeper = NULL;
	}
}

static bool
console_received(void)
{
	uint64_t flags = spin_lock_irqsave(&input.lock);
	size_t count = console_poll();

	if (input.head != input.tail)
		console_wake();
	spin_unlock_irqrestore(&input.lock, flags);
	return count > 0 && count < INPUT_SIZE;
}

static size_t
console_take(char *data, size_t size)
{
	uint64_t flags = spin_lock_irqsave(&input.lock);
	size_t count = 0;

	console_poll();
	while (count < size && input.tail != input.head)
		data[count++] = input.ring[input.tail++ % INPUT_SIZE];
	spin_unlock_irqrestore(&input.lock, flags);
	return count;
}

static bool
console_has_input(void)
{
	uint64_t flags = spin_lock_irqsave(&input.lock);
	bool any;

	console_poll();
	any = input.tail != input.head;
	spin_unlock_irqrestore(&input.lock, flags);
	return any;
}

static io_return_t
console_write(struct device *device, dev_mode_t mode, recnum_t record,
    const char *data, size_t size, size_t *written)
{
	size_t i;

	for (i = 0; i < size; i++)
		machine_console_put_raw(data[i]);
	*written = size;
	return D_SUCCESS;
}

/* Who came first gets it first. */
static io_return_t
console_read(struct device *device, dev_mode_t mode, recnum_t record,
    char *data, size_t size, size_t *got)
{
	mutex_lock(&input.reading);
	(void)machine_console_set_input(console_received);
	*got = list_empty(&input.waiting) ? console_take(data, size) : 0;
	mutex_unlock(&input.reading);
	return *got == 0 && size > 0 ? D_WOULD_BLOCK : D_SUCCESS;
}

/* The first read that somebody still waits for, if there is input for it. */
static struct device_later *
console_serve(char *data, size_t *got)
{
	struct device_later *later = NULL;

	mutex_lock(&input.reading);
	if (!list_empty(&input.waiting) && console_has_input()) {
		later = list_first_entry(&input.waiting, struct device_later,
		    link);
		list_remove(&later->link);
		input.waiting_count--;
		*got = device_later_dead(later) ? 0
		    : console_take(data, MIN(later->size, (size_t)INPUT_SIZE));
	}
	mutex_unlock(&input.reading);
	return later;
}

static void
console_sleep(void)
{
	uint64_t flags = spin_lock_irqsave(&input.lock);

	if (input.news) {
		input.news = false;
		spin_unlock_irqrestore(&input.lock, flags);
		return;
	}
	input.sleeper = thread_self();
	thread_sleep_unlock(&input.lock, false, WAIT_FOREVER);
	cpu_irq_enable();
}

static void
console_main(void *argument)
{
	static char data[INPUT_SIZE];
	struct device_later *later;
	size_t got;

	(void)argument;
	for (;;) {
		while ((later = console_serve(data, &got)) != NULL)
			device_later_answer(later, D_SUCCESS, data, got);
		console_sleep();
	}
}

/* Reads that nobody waits for any more make room. */
static void
console_sweep(void)
{
	struct device_later *later, *next;

	list_for_each_entry_safe(&input.waiting, later, next, link) {
		if (!device_later_dead(later))
			continue;
		list_remove(&later->link);
		input.waiting_count--;
		device_later_answer(later, D_DEVICE_DOWN, NULL, 0);
	}
}

static io_return_t
console_read_later(struct device *device, struct device_later *later)
{
	io_return_t result = D_SUCCESS;
	uint64_t flags;

	mutex_lock(&input.reading);
	console_sweep();
	if (!input.served)
		input.served = thread_create_kernel("console", console_main,
		    NULL, NULL) == KERN_SUCCESS;
	if (!input.served || input.waiting_count == WAITING_MAX) {
		result = D_NO_MEMORY;
	} else {
		list_insert_tail(&input.waiting, &later->link);
		input.waiting_count++;
		flags = spin_lock_irqsave(&input.lock);
		console_wake();
		spin_unlock_irqrestore(&input.lock, flags);
	}
	mutex_unlock(&input.reading);
	return result;
}

/* Who still waits hears that the device is closed. */
static void
console_close(struct device *device)
{
	struct list waiting;

	mutex_lock(&input.reading);
	list_move(&waiting, &input.waiting);
	input.waiting_count = 0;
	mutex_unlock(&input.reading);
	while (!list_empty(&waiting))
		device_later_answer(list_entry(list_pop(&waiting),
		    struct device_later, link), D_DEVICE_DOWN, NULL, 0);
}

static io_return_t
console_get_status(struct device *device, dev_flavor_t flavor,
    dev_status_t status, mach_msg_type_number_t *count)
{
	uint64_t flags;

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
		flags = spin_lock_irqsave(&input.lock);
		*(struct tty_status *)status = input.status;
		spin_unlock_irqrestore(&input.lock, flags);
		*count = TTY_STATUS_COUNT;
		return D_SUCCESS;
	case TTY_MODEM:
		if (*count < TTY_MODEM_COUNT)
			return D_INVALID_SIZE;
		status[0] = MODEM_LINES;
		*count = TTY_MODEM_COUNT;
		return D_SUCCESS;
	default:
		return D_INVALID_OPERATION;
	}
}

static void
console_set_flags(const struct tty_status *status)
{
	uint64_t flags = spin_lock_irqsave(&input.lock);

	input.status.tt_breakc = status->tt_breakc;
	input.status.tt_flags = (input.status.tt_flags & ~FLAGS_SETTABLE) |
	    (status->tt_flags & FLAGS_SETTABLE);
	spin_unlock_irqrestore(&input.lock, flags);
}

static void
console_flush_input(void)
{
	uint64_t flags = spin_lock_irqsave(&input.lock);

	console_poll();
	input.tail = input.head;
	spin_unlock_irqrestore(&input.lock, flags);
}

/*
 * The speed stays the firmware's.  Nothing is kept on its way out, so there
 * is nothing to flush, to stop and to start.
 */
static io_return_t
console_set_status(struct device *device, dev_flavor_t flavor,
    const int *status, mach_msg_type_number_t count)
{
	switch (flavor) {
	case TTY_STATUS:
		if (count < TTY_STATUS_COUNT)
			return D_INVALID_SIZE;
		console_set_flags((const struct tty_status *)status);
		return D_SUCCESS;
	case TTY_FLUSH:
		if (count < TTY_FLUSH_COUNT)
			return D_INVALID_SIZE;
		if ((status[0] & (int)D_READ) != 0)
			console_flush_input();
		return D_SUCCESS;
	case TTY_STOP:
	case TTY_START:
		return D_SUCCESS;
	default:
		return D_INVALID_OPERATION;
	}
}

struct device device_console = {
	.name = "console",
	.close = console_close,
	.write = console_write,
	.read = console_read,
	.read_later = console_read_later,
	.get_status = console_get_status,
	.set_status = console_set_status,
};
