/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The first program: it says hello, and what it was started with.  It is
 * linked as a static PIE, the others at fixed addresses.
 */
#include "lib/test.h"

void
test_main(void)
{
	int i;

	test_print("Hello from user space.\n");
	ok(module_argc >= 1, "argc counts the program's name");
	ok(strcmp(module_argv[0], "hello") == 0, "argv[0] is the name");
	for (i = 0; i < module_argc; i++)
		test_print("# argv[%d] = %s\n", i, module_argv[i]);
	ok(module_argv[module_argc] == NULL, "argv ends with NULL");
	ok(module_argv[module_argc + 1] == NULL, "the environment is empty");
	ok((char *)&module_argv[module_argc + 2] == module_argv[0],
	    "the strings follow at once");
	ok(task_self_port != MACH_PORT_NULL, "the task has a name for itself");
	ok(host_priv != MACH_PORT_NULL, "the host port was passed");
	ok_eq(page_size, 4096, "the page size is 4 KiB");
	ok((uintptr_t)test_main >= 0x10000,
	    "a position-independent program lies above 64 KiB");
}
