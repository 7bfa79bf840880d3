/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The traps of <mach/syscall_sw.h> that give the processor away.
 */
#ifndef KERN_THREAD_SWITCH_H
#define KERN_THREAD_SWITCH_H

#include <mach/boolean.h>
#include <mach/kern_return.h>
#include <mach/message.h>
#include <mach/port.h>

kern_return_t thread_switch(mach_port_name_t name, int option,
    mach_msg_timeout_t time);
boolean_t swtch(void);
boolean_t swtch_pri(int priority);

#endif /* KERN_THREAD_SWITCH_H */
