/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The caller's own registers.
 */
#ifndef KERN_THREAD_STATE_H
#define KERN_THREAD_STATE_H

#include <stdint.h>

#include <mach/kern_return.h>
#include <mach/message.h>

/*
 * Set the current thread's state of `flavor` from `count` words at the user
 * address `state`.  On KERN_SUCCESS the trap has no result: the way to user
 * mode is machine_return_to_user().
 * KERN_INVALID_ADDRESS, KERN_INVALID_ARGUMENT (machine_thread_set_state()).
 */
kern_return_t thread_set_self_state(int flavor, uintptr_t state,
    mach_msg_type_number_t count);

#endif /* KERN_THREAD_STATE_H */
