/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Exceptions: from a processor fault to a message and back.
 */
#ifndef KERN_EXCEPTION_H
#define KERN_EXCEPTION_H

/*
 * Raise an exception of the current thread (codes in <mach/exception.h> and
 * <mach/aarch64/exception.h>): an exception_raise message goes to the
 * thread's exception port, else to the task's; KERN_SUCCESS in the reply
 * resumes the thread where its state says.  A failing thread handler
 * passes on to the task's, a failing task handler ends the task.
 * Called from the trap path, interrupts enabled, no locks; returns to resume.
 */
void exception_raise_self(int exception, int code, long subcode);

struct ipc_kmsg;
struct ipc_port;

/*
 * A message to a port of type IKOT_EXCEPTION_REPLY, in kernel form: the reply
 * of a handler, or the notification that it dropped the reply right.
 * The waiting thread is woken with handoff.  Consumes nothing: the caller
 * destroys the message.  No locks held; `port` is referenced by it.
 */
void exception_reply(struct ipc_port *port, const struct ipc_kmsg *kmsg);

#endif /* KERN_EXCEPTION_H */
