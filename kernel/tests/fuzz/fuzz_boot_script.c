/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Any text as the kernel's command line and those of some modules, one a
 * line: the operations come in order, and loaded arguments are what they say.
 */

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <kern/boot_script.h>
#include <lib/macros.h>
#include <machine/host.h>
#include <tests/fuzz/fuzz.h>

#define MAX_MODULES	4
#define MAX_SIZE	4096

enum state {
	NEW,
	CREATED,
	LOADED,
	STARTED,
};

static enum state states[MAX_MODULES];
static struct boot_script_module modules[MAX_MODULES];
static unsigned int failing;		/* bit mask of operations that fail */

static enum state *
state_of(const struct boot_script_module *module)
{
	return &states[module - modules];
}

static const char *
fail(unsigned int bit)
{
	return (failing & 1U << bit) ? "told to fail" : NULL;
}

static const char *
check(const struct boot_script_module *module)
{
	return (module == modules) ? fail(0) : NULL;
}

static const char *
task_create(struct boot_script_module *module)
{
	FUZZ_CHECK(module->create && *state_of(module) == NEW);

	if (module == modules && fail(1) != NULL)
		return fail(1);

	*state_of(module) = CREATED;
	module->task = module;
	return NULL;
}

static void
task_destroy(struct boot_script_module *module)
{
	FUZZ_CHECK(module->failed && *state_of(module) != STARTED);
	*state_of(module) = NEW;
}

static const char *
insert_port(struct boot_script_module *module,
	    const struct boot_script_variable *variable, uint32_t *name)
{
	FUZZ_CHECK(*state_of(module) == CREATED && variable->port != NULL);
	*name = UINT32_MAX;
	return fail(2);
}

static const char *
insert_task(struct boot_script_module *module,
	    const struct boot_script_module *other, uint32_t *name)
{
	FUZZ_CHECK(*state_of(module) == CREATED);
	FUZZ_CHECK(other->task_name != NULL && !other->failed);
	*name = 1;
	return fail(3);
}

static const char *
load(struct boot_script_module *module, const char *arguments, size_t size,
     unsigned int argc)
{
	size_t i;

	FUZZ_CHECK(*state_of(module) == CREATED && argc != 0);

	for (i = 0; i < size; i++)
		argc -= arguments[i] == '\0';

	FUZZ_CHECK(argc == 0 && arguments[size - 1] == '\0');
	*state_of(module) = LOADED;
	return (module == modules) ? fail(4) : NULL;
}

static void
task_resume(struct boot_script_module *module, bool prompt)
{
	FUZZ_CHECK(*state_of(module) == LOADED);
	*state_of(module) = STARTED;
}

static const struct boot_script_ops ops = {
	.check = check,
	.task_create = task_create,
	.ramdisk_create = check,
	.task_destroy = task_destroy,
	.insert_port = insert_port,
	.insert_task = insert_task,
	.load = load,
	.task_resume = task_resume,
};

static void
run(char *text)
{
	const struct boot_script_variable variables[] = {
		{ .name = "host-port", .port = &states },
		{ .name = "kernel-command-line", .string = text },
	};
	struct boot_script script = {
		.ops = &ops,
		.modules = modules,
		.variables = variables,
		.nvariables = ARRAY_SIZE(variables),
		.kernel_command_line = text,
	};
	unsigned int i, started = 0;
	char *line = text;

	memset(modules, 0, sizeof(modules));
	memset(states, 0, sizeof(states));

	while (script.nmodules < MAX_MODULES
	       && (line = strchr(line, '\n')) != NULL) {
		*line++ = '\0';
		modules[script.nmodules++].command_line = line;
	}

	host_console_clear();
	i = boot_script_run(&script);

	for (; script.nmodules != 0; script.nmodules--)
		started += states[script.nmodules - 1] == STARTED;

	FUZZ_CHECK(i == started);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool ready;
	char *text;

	if (size == 0 || size > MAX_SIZE)
		return 0;

	if (!ready)
		host_setup(16 << 20);

	ready = true;
	failing = data[0];
	text = malloc(size);
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	run(text);
	free(text);
	return 0;
}
