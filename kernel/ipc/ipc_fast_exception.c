/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The fast path of exceptions: to a handler that waits, and that has rights to
 * the thread and the task already.
 *
 * The thread's ipc_lock and the handler's port are waited for, in their order;
 * all other locks, which have none behind these, are tried for.
 */
#include <ipc/ipc_entry.h>
#include <ipc/ipc_fast.h>
#include <ipc/ipc_fast_send.h>
#include <ipc/ipc_fast_wait.h>
#include <kern/exception.h>
#include <kern/task.h>
#include <kern/thread.h>

/* The rights that the handler gets. */
struct raise_names {
	struct ipc_entry *thread;
	struct ipc_entry *task;
	struct ipc_entry *reply;
};

/* The send right of `space` to a kernel port, if it can take one more. */
static inline struct ipc_entry *
known_right(struct ipc_space *space, struct ipc_port *port)
{
	struct ipc_entry *entry;

	if (port == IP_NULL || !spin_trylock(&port->lock))
		return NULL;
	entry = ipc_entry_find(space, port);
	spin_unlock(&port->lock);
	if (entry == NULL || (entry->type & MACH_PORT_TYPE_SEND) == 0 ||
	    entry->urefs == IPC_UREFS_MAX)
		return NULL;
	return entry;
}

/* The request, in user form, and its rights. */
static void
raise_fill(struct fast_target *target, const struct raise_names *names,
    const struct exception_call *call)
{
	struct exception_request *request =
	    (struct exception_request *)&target->receive->header;

	exception_request_body(request, call->exception, call->code,
	    call->subcode);
	request->thread = names->thread->name;
	request->task = names->task->name;
	names->thread->urefs++;
	names->task->urefs++;
	target_header(target, MACH_MSGH_BITS_COMPLEX |
	    MACH_MSGH_BITS(MACH_MSG_TYPE_PORT_SEND_ONCE,
	    MACH_MSG_TYPE_PORT_SEND), sizeof(*request), names->reply->name,
	    EXCEPTION_RAISE, sizeof(*request));
}

/*
 * The handler's space is locked.  True: interrupts are disabled, the handler
 * is claimed.  False: nothing is done.
 */
static bool
raise_deliver(struct percpu *cpu, struct fast_target *target,
    const struct exception_call *call)
{
	struct thread *self = cpu->current;
	struct ipc_space *server = target->port->receiver;
	struct ipc_port *reply = self->rpc_reply_port;
	struct raise_names names;
	bool done;

	names.thread = known_right(server, self->self_port);
	names.task = known_right(server, self->task->self_port);
	if (names.thread == NULL || names.task == NULL ||
	    !spin_trylock(&reply->lock))
		return false;
	names.reply = reply_right_enter(server, reply);
	done = names.reply != NULL && target_claim(cpu, target);
	if (done) {
		raise_fill(target, &names, call);
		reply->send_once_rights++;
	} else if (names.reply != NULL) {
		ipc_entry_free(server, names.reply);
	}
	spin_unlock(&reply->lock);
	return done;
}

/* Thread and task have their ipc_lock held. */
static struct thread *
raise_claim(struct percpu *cpu, struct exception_call *call)
{
	struct thread *self = cpu->current;
	struct ipc_port *port = self->exception_port;
	struct fast_target target;
	bool claimed;

	call->of_task = port == IP_NULL;
	if (call->of_task)
		port = self->task->exception_port;
	if (!IP_VALID(port) || self->rpc_reply_port == IP_NULL)
		return NULL;
	spin_lock(&port->lock);
	if (!target_find(&target, port, sizeof(struct exception_request)))
		return NULL;
	claimed = spin_trylock(&port->receiver->lock);
	if (claimed) {
		claimed = raise_deliver(cpu, &target, call);
		spin_unlock(&port->receiver->lock);
	}
	target_unlock(&target);
	return claimed ? target.thread : NULL;
}

bool
ipc_fast_raise(struct exception_call *call,
    uint64_t (*resume)(struct thread *previous))
{
	struct percpu *cpu = percpu_self();
	struct thread *self = cpu->current;
	struct thread *to = NULL;

	spin_lock(&self->ipc_lock);
	if (likely(spin_trylock(&self->task->ipc_lock))) {
		to = raise_claim(cpu, call);
		spin_unlock(&self->task->ipc_lock);
	}
	if (to == NULL) {
		spin_unlock(&self->ipc_lock);
		return false;
	}
	self->exception_pending = true;
	self->ipc_private = call;
	if (unlikely(!handoff_begin_sleep(self))) {
		spin_unlock(&self->ipc_lock);
		handoff_release(cpu, to);
		exception_wait(call);
		return true;
	}
	spin_unlock(&self->ipc_lock);
	handoff_switch(cpu, self, to, resume);
	return true;
}
