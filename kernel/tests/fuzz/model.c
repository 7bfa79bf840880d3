/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * A unit test with a model as a fuzz target: the input makes its choices.
 */

#include <tests/fuzz/fuzz.h>
#include <tests/unit/unit.h>

/* An assertion of the test ends the program, and shows from where. */
int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	setenv("CMOCKA_TEST_ABORT", "1", 1);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct unit_source source = { .bytes = data, .size = size };

	unit_model(&source);
	return 0;
}
