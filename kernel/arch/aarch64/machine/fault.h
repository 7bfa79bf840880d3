/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The end of a kernel that went wrong: registers, backtrace with names.
 */
#ifndef MACHINE_FAULT_H
#define MACHINE_FAULT_H

#include <stdint.h>

struct trap_frame;

/* Print what happened and where, then panic(what). */
void fault_die(const struct trap_frame *frame, uint64_t esr, uint64_t far,
    const char *what) __attribute__((noreturn));

/*
 * The function that contains the kernel address `pc`: its name, and in
 * *offset the distance from its start.  NULL: not kernel text.
 */
const char *fault_symbol(uint64_t pc, uint64_t *offset);

#endif /* MACHINE_FAULT_H */
