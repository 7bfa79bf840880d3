/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <dev/irq.h>

#include <device/notify.h>
#include <dev/device.h>
#include <ipc/ipc_kmsg.h>
#include <ipc/ipc_port.h>
#include <ipc/ipc_space.h>
#include <kern/kalloc.h>
#include <kern/lock.h>
#include <kern/panic.h>
#include <kern/thread.h>
#include <lib/list.h>
#include <lib/macros.h>
#include <machine/platform.h>

#define WORD_BITS	64
#define WORDS		DIV_CEIL(MACHINE_IRQ_MAX, WORD_BITS)

/* A port and a line. */
struct irq_user {
	struct list link;		/* irq_line::users */
	struct ipc_port *port;		/* send right */
	struct ipc_kmsg *next;		/* the next notification */
	uint64_t sent;			/* its turn, 0: acknowledged */
	bool again;			/* an interrupt came meanwhile */
};

struct irq_line {
	struct list link;		/* irq_lines */
	unsigned int irq;
	unsigned int waiting;		/* for so many acknowledgements */
	struct list users;
};

/* Guards lines and users; outside of port locks. */
static spinlock_t irq_lock = SPINLOCK_INITIALIZER;
static struct list irq_lines = LIST_INITIALIZER(irq_lines);
static uint64_t irq_turn;

/* From the interrupt to the thread: irqsave. */
static struct {
	spinlock_t lock;
	uint64_t raised[WORDS];
	bool any;
	struct thread *sleeper;
} irq_inbox;

static void
irq_raised(unsigned int irq)
{
	uint64_t flags = spin_lock_irqsave(&irq_inbox.lock);

	machine_irq_disable(irq);
	irq_inbox.raised[irq / WORD_BITS] |= 1UL << irq % WORD_BITS;
	irq_inbox.any = true;
	if (irq_inbox.sleeper != NULL) {
		thread_wake(irq_inbox.sleeper, WAIT_DONE, false);
		irq_inbox.sleeper = NULL;
	}
	spin_unlock_irqrestore(&irq_inbox.lock, flags);
}

/* A notification to be sent to `port`; NULL: no memory. */
static struct ipc_kmsg *
irq_message_create(unsigned int irq, struct ipc_port *port)
{
	struct ipc_kmsg *kmsg = ipc_kmsg_alloc(
	    ALIGN_UP(sizeof(device_intr_notification_t), 8));
	device_intr_notification_t *message;

	if (kmsg == NULL)
		return NULL;
	message = (device_intr_notification_t *)&kmsg->header;
	*message = (device_intr_notification_t){
		.intr_header = {
			.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_PORT_SEND,
			    0),
			.msgh_size = ALIGN_UP(sizeof(*message), 8),
			.msgh_remote_port = (mach_port_t)port,
			.msgh_id = DEVICE_INTR_NOTIFY,
		},
		.intr_type = {
			.msgt_name = MACH_MSG_TYPE_INTEGER_32,
			.msgt_size = 32,
			.msgt_number = 1,
			.msgt_inline = TRUE,
		},
		.id = (int)irq,
	};
	return kmsg;
}

/* Tell one user; it has acknowledged what came before.  Locked. */
static void
irq_notify(struct irq_line *line, struct irq_user *user)
{
	struct ipc_kmsg *kmsg = user->next;

	if (ipc_port_copy_send(user->port) != user->port)
		return;
	user->next = NULL;
	user->sent = ++irq_turn;
	line->waiting++;
	ipc_kmsg_send_kernel(kmsg, true);
}

static struct irq_line *
irq_line_lookup(unsigned int irq)
{
	struct irq_line *line;

	list_for_each_entry(&irq_lines, line, link) {
		if (line->irq == irq)
			return line;
	}
	return NULL;
}

static void
irq_deliver(unsigned int irq)
{
	struct irq_line *line;
	struct irq_user *user;

	spin_lock(&irq_lock);
	line = irq_line_lookup(irq);
	if (line != NULL) {
		list_for_each_entry(&line->users, user, link) {
			if (user->sent == 0)
				irq_notify(line, user);
			else
				user->again = true;
		}
	}
	spin_unlock(&irq_lock);
}

/* Sleep until a line was raised; take the lines of one word. */
static uint64_t
irq_inbox_take(unsigned int word)
{
	uint64_t flags = spin_lock_irqsave(&irq_inbox.lock);
	uint64_t raised = irq_inbox.raised[word];

	irq_inbox.raised[word] = 0;
	spin_unlock_irqrestore(&irq_inbox.lock, flags);
	return raised;
}

static void
irq_inbox_wait(void)
{
	uint64_t flags = spin_lock_irqsave(&irq_inbox.lock);

	if (irq_inbox.any) {
		irq_inbox.any = false;
		spin_unlock_irqrestore(&irq_inbox.lock, flags);
		return;
	}
	irq_inbox.sleeper = thread_self();
	thread_sleep_unlock(&irq_inbox.lock, false, WAIT_FOREVER);
	cpu_irq_enable();
}

static void
irq_main(void *argument)
{
	unsigned int word;
	uint64_t raised;

	(void)argument;
	for (;;) {
		irq_inbox_wait();
		for (word = 0; word < WORDS; word++) {
			raised = irq_inbox_take(word);
			for (; raised != 0; raised &= raised - 1)
				irq_deliver(word * WORD_BITS + (unsigned int)
				    __builtin_ctzl(raised));
		}
	}
}

void
irq_device_setup(void)
{
	if (thread_create_kernel("irq", irq_main, NULL, NULL) !=
	    KERN_SUCCESS)
		panic("irq: no memory for its thread");
}

/* The line's users have all acknowledged, or died.  Locked. */
static void
irq_line_settle(struct irq_line *line)
{
	if (line->waiting == 0)
		machine_irq_enable(line->irq);
}

static void
irq_user_free(struct irq_user *user)
{
	ipc_port_release_send(user->port);
	if (user->next != NULL)
		ipc_kmsg_free(user->next);
	kfree(user, sizeof(*user));
}

/* Find or make the line; NULL with the reason.  Locked. */
static struct irq_line *
irq_line_get(unsigned int irq, io_return_t *result)
{
	struct irq_line *line = irq_line_lookup(irq);

	if (line != NULL)
		return line;
	line = kalloc(sizeof(*line));
	if (line == NULL) {
		*result = D_NO_MEMORY;
		return NULL;
	}
	line->irq = irq;
	line->waiting = 0;
	list_init(&line->users);
	*result = machine_irq_attach(irq, irq_raised);
	if (*result != KERN_SUCCESS) {
		kfree(line, sizeof(*line));
		return NULL;
	}
	list_insert_tail(&irq_lines, &line->link);
	return line;
}

static void
irq_line_put(struct irq_line *line)
{
	if (!list_empty(&line->users))
		return;
	machine_irq_detach(line->irq);
	list_remove(&line->link);
	kfree(line, sizeof(*line));
}

static bool
irq_line_has(const struct irq_line *line, const struct ipc_port *port)
{
	const struct irq_user *user;

	list_for_each_entry(&line->users, user, link) {
		if (user->port == port)
			return true;
	}
	return false;
}

/* Ask to hear of the port's death; false: it is dead, or the kernel's. */
static bool
irq_port_watch(struct ipc_port *port)
{
	bool good;

	spin_lock(&port->lock);
	good = port->active && port->receiver != &ipc_space_kernel;
	if (good)
		port->interrupts = true;
	spin_unlock(&port->lock);
	return good;
}

static io_return_t
irq_user_add(unsigned int irq, struct irq_user *user)
{
	io_return_t result = KERN_SUCCESS;
	struct irq_line *line;

	spin_lock(&irq_lock);
	line = irq_line_get(irq, &result);
	if (line != NULL && irq_line_has(line, user->port))
		result = D_ALREADY_OPEN;
	else if (line != NULL && !irq_port_watch(user->port))
		result = KERN_INVALID_ARGUMENT;
	else if (line != NULL)
		list_insert_tail(&line->users, &user->link);
	if (line != NULL)
		irq_line_put(line);
	spin_unlock(&irq_lock);
	return result;
}

static io_return_t
irq_register(struct device *device, int id, int flags, struct ipc_port *port)
{
	struct irq_user *user;
	io_return_t result;

	(void)device;
	if (id < 0 || flags != 0 || !IP_VALID(port))
		return KERN_INVALID_ARGUMENT;
	user = kzalloc(sizeof(*user));
	if (user == NULL)
		return D_NO_MEMORY;
	user->port = port;
	user->next = irq_message_create((unsigned int)id, port);
	result = user->next == NULL ? D_NO_MEMORY
	    : irq_user_add((unsigned int)id, user);
	if (result != D_SUCCESS) {
		user->port = IP_NULL;	/* stays the caller's */
		irq_user_free(user);
	}
	return result;
}

/* The notification that the port has waited for longest.  Locked. */
static struct irq_user *
irq_oldest(const struct ipc_port *port, struct irq_line **of)
{
	struct irq_user *oldest = NULL, *user;
	struct irq_line *line;

	list_for_each_entry(&irq_lines, line, link) {
		list_for_each_entry(&line->users, user, link) {
			if (user->port != port || user->sent == 0 ||
			    (oldest != NULL && oldest->sent < user->sent))
				continue;
			oldest = user;
			*of = line;
		}
	}
	return oldest;
}

/* `kmsg` takes the place of the notification that was sent. */
static void
irq_acknowledged(struct irq_line *line, struct irq_user *user,
    struct ipc_kmsg *kmsg)
{
	device_intr_notification_t *message =
	    (device_intr_notification_t *)&kmsg->header;

	message->id = (int)line->irq;
	user->next = kmsg;
	user->sent = 0;
	line->waiting--;
	if (user->again) {
		user->again = false;
		irq_notify(line, user);
	}
	irq_line_settle(line);
}

static io_return_t
irq_acknowledge(struct device *device, struct ipc_port *port)
{
	struct irq_line *line;
	struct irq_user *user;
	struct ipc_kmsg *kmsg;

	(void)device;
	if (!IP_VALID(port))
		return KERN_INVALID_ARGUMENT;
	kmsg = irq_message_create(0, port);
	if (kmsg == NULL)
		return D_NO_MEMORY;
	spin_lock(&irq_lock);
	user = irq_oldest(port, &line);
	if (user != NULL)
		irq_acknowledged(line, user, kmsg);
	spin_unlock(&irq_lock);
	if (user == NULL) {
		ipc_kmsg_free(kmsg);
		return KERN_INVALID_ARGUMENT;
	}
	ipc_port_release_send(port);
	return D_SUCCESS;
}

/* Take one user of a dead port off its line; NULL: there is none. */
static struct irq_user *
irq_user_remove(const struct ipc_port *port)
{
	struct irq_line *line;
	struct irq_user *user;

	list_for_each_entry(&irq_lines, line, link) {
		list_for_each_entry(&line->users, user, link) {
			if (user->port != port)
				continue;
			list_remove(&user->link);
			if (user->sent != 0) {
				line->waiting--;
				irq_line_settle(line);
			}
			irq_line_put(line);
			return user;
		}
	}
	return NULL;
}

void
irq_device_port_died(struct ipc_port *port)
{
	struct irq_user *user;

	do {
		spin_lock(&irq_lock);
		user = irq_user_remove(port);
		spin_unlock(&irq_lock);
		if (user != NULL)
			irq_user_free(user);
	} while (user != NULL);
}

struct device device_irq = {
	.name = "irq",
	.intr_register = irq_register,
	.intr_ack = irq_acknowledge,
};
