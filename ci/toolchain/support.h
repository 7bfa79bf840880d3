/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What the modules that test the compilers add to the run time of the
 * kernel's modules: that of programs without a C library.
 */
#ifndef SUPPORT_H
#define SUPPORT_H

#ifdef __cplusplus
extern "C" {
#endif

#include "test.h"

/*
 * Run the static constructors, in the order that the linker put them in.
 * Thread-local variables work in the calling thread from then on.
 */
void support_start(void);
/* Run the destructors of static objects. */
void support_finish(void);

/* How often each was called. */
extern unsigned int support_mallocs;
extern unsigned int support_frees;

#ifdef __cplusplus
}
#endif

#endif /* SUPPORT_H */
