/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Boot scripts. One scanner reads a line; what it does with variables and
 * actions depends on the pass:
 *
 *	check	note the actions, change nothing
 *	measure	tell whether all variables are known and how much room the
 *		arguments need
 *	expand	write the arguments, hand out port rights
 */

#include <kern/boot_script.h>

#include <kern/kalloc.h>
#include <kern/printf.h>
#include <lib/macros.h>
#include <lib/string.h>

/* The longest decimal number of 32 bits. */
#define NUMBER_SIZE	10

enum pass {
	PASS_CHECK,
	PASS_MEASURE,
	PASS_EXPAND,
};

struct scan {
	struct boot_script *script;
	struct boot_script_module *module;
	enum pass pass;
	const char *p;			/* the next character */
	char *output;			/* PASS_EXPAND: room for the arguments */
	size_t size;			/* bytes of arguments so far */
	unsigned int argc;
	const char *error_at;		/* part of the line, or NULL */
};

static unsigned int
module_number(const struct boot_script *script,
	      const struct boot_script_module *module)
{
	return (unsigned int)(module - script->modules) + 1;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The length of the line's first word, which names the module. */
static int
title_length(const char *line)
{
	int length = 0;

	while (length < 64 && line[length] != '\0' && !is_blank(line[length]))
		length++;

	return length;
}

/* Report why a module is left out. */
static void
module_fail(struct boot_script *script, struct boot_script_module *module,
	    const char *at, const char *reason)
{
	const char *line = module->command_line;

	kprintf("boot: module %u (%.*s)", module_number(script, module),
		title_length(line), line);

	if (at != NULL)
		kprintf(", column %lu", (unsigned long)(at - line) + 1);

	kprintf(": %s\n", reason);
	module->failed = true;
}

static void
scan_put(struct scan *scan, const char *text, size_t size)
{
	if (scan->pass == PASS_EXPAND)
		memcpy(scan->output + scan->size, text, size);

	scan->size += size;
}

static void
scan_put_number(struct scan *scan, uint32_t value)
{
	char digits[NUMBER_SIZE + 1];
	size_t length = ksnprintf(digits, sizeof(digits), "%u", value);

	scan_put(scan, digits, length);
}

static bool
name_equal(const char *name, const char *text, size_t length)
{
	return strncmp(name, text, length) == 0 && name[length] == '\0';
}

/* The value of a NAME=VALUE word of the kernel's command line. */
static const char *
find_word(const char *line, const char *name, size_t length, size_t *size)
{
	while (*line != '\0') {
		const char *word = line;

		while (*line != '\0' && !is_blank(*line))
			line++;

		if ((size_t)(line - word) > length
		    && strncmp(word, name, length) == 0
		    && word[length] == '=') {
			*size = (size_t)(line - word) - length - 1;
			return word + length + 1;
		}

		while (is_blank(*line))
			line++;
	}

	return NULL;
}

static struct boot_script_module *
find_task(struct boot_script *script, const char *name, size_t length)
{
	unsigned int i;

	for (i = 0; i < script->nmodules; i++) {
		struct boot_script_module *module = &script->modules[i];

		if (module->task_name != NULL
		    && module->task_name_length == length
		    && memcmp(module->task_name, name, length) == 0)
			return module;
	}

	return NULL;
}

static const struct boot_script_variable *
find_variable(const struct boot_script *script, const char *name,
	      size_t length)
{
	unsigned int i;

	for (i = 0; i < script->nvariables; i++)
		if (name_equal(script->variables[i].name, name, length))
			return &script->variables[i];

	return NULL;
}

/* Put a variable that is a port: measure the worst case, or hand it out. */
static const char *
scan_put_port(struct scan *scan, const struct boot_script_variable *variable,
	      const struct boot_script_module *task)
{
	const struct boot_script_ops *ops = scan->script->ops;
	const char *reason;
	uint32_t name;

	if (scan->pass == PASS_MEASURE) {
		scan->size += NUMBER_SIZE;
		return NULL;
	}

	reason = (variable != NULL)
		 ? ops->insert_port(scan->module, variable, &name)
		 : ops->insert_task(scan->module, task, &name);

	if (reason == NULL)
		scan_put_number(scan, name);

	return reason;
}

/* ${name}, of which the name is given. */
static const char *
scan_variable(struct scan *scan, const char *name, size_t length)
{
	const struct boot_script_variable *variable;
	struct boot_script_module *task;
	const char *value;
	size_t size;

	if (length == 0)
		return "empty variable name";

	/* The names of tasks are complete after this pass only. */
	if (scan->pass == PASS_CHECK)
		return NULL;

	variable = find_variable(scan->script, name, length);

	if (variable != NULL && variable->string != NULL) {
		scan_put(scan, variable->string, strlen(variable->string));
		return NULL;
	}

	task = find_task(scan->script, name, length);

	if (variable == NULL && task != NULL && task->failed)
		return "variable of a task whose module failed";

	if (variable != NULL || task != NULL)
		return scan_put_port(scan, variable, task);

	value = find_word(scan->script->kernel_command_line, name, length,
			  &size);

	if (value == NULL)
		return "unknown variable";

	scan_put(scan, value, size);
	return NULL;
}

/* Note the name that a task is given; name is NULL if none is. */
static const char *
check_task_name(struct scan *scan, const char *name, size_t length)
{
	if (name == NULL)
		return NULL;

	if (length == 0)
		return "empty variable name";

	if (find_task(scan->script, name, length) != NULL
	    || find_variable(scan->script, name, length) != NULL)
		return "variable defined twice";

	scan->module->task_name = name;
	scan->module->task_name_length = length;
	return NULL;
}

static const char *
check_resume(struct scan *scan, const char *name,
	     enum boot_script_resume resume)
{
	struct boot_script_module *module = scan->module;

	if (name != NULL)
		return "this action has no value";

	if (!module->create)
		return "no $(task-create) before this action";

	if (module->resume != BOOT_SCRIPT_NO_RESUME)
		return "task started twice";

	module->resume = resume;
	return NULL;
}

static const char *
check_ramdisk(struct scan *scan, const char *name)
{
	struct boot_script_module *module = scan->module;

	if (name != NULL)
		return "this action has no value";

	if (module->ramdisk)
		return "second $(ramdisk-create)";

	if (module->create)
		return "a ramdisk is no task";

	module->ramdisk = true;
	return NULL;
}

/* $(action) or $(name=action), of which the inside is given. */
static const char *
scan_action(struct scan *scan, const char *text, size_t length)
{
	const char *equals = memchr(text, '=', length);
	const char *name = NULL, *action = text;
	size_t name_length = 0;

	if (scan->pass != PASS_CHECK)
		return NULL;

	if (equals != NULL) {
		name = text;
		name_length = (size_t)(equals - text);
		action = equals + 1;
		length -= name_length + 1;
	}

	if (name_equal("task-create", action, length)) {
		if (scan->module->create)
			return "second $(task-create)";

		if (scan->module->ramdisk)
			return "a ramdisk is no task";

		scan->module->create = true;
		return check_task_name(scan, name, name_length);
	}

	if (name_equal("ramdisk-create", action, length))
		return check_ramdisk(scan, name);

	if (name_equal("task-resume", action, length))
		return check_resume(scan, name, BOOT_SCRIPT_RESUME);

	if (name_equal("prompt-task-resume", action, length))
		return check_resume(scan, name, BOOT_SCRIPT_PROMPT_RESUME);

	return "unknown action";
}

/*
 * Scan ${...} or $(...); any other dollar sign is itself. *argument becomes
 * true if the word is an argument because of it.
 */
static const char *
scan_dollar(struct scan *scan, bool *argument)
{
	const char *start = scan->p;
	const char *end, *reason;
	size_t length;

	if (start[1] != '{' && start[1] != '(') {
		*argument = true;
		scan_put(scan, start, 1);
		scan->p++;
		return NULL;
	}

	end = strchr(start, (start[1] == '{') ? '}' : ')');

	if (end == NULL) {
		scan->error_at = start;
		return (start[1] == '{') ? "no } after ${" : "no ) after $(";
	}

	length = (size_t)(end - start) - 2;
	scan->p = end + 1;

	if (start[1] == '{') {
		*argument = true;
		reason = scan_variable(scan, start + 2, length);
	} else {
		reason = scan_action(scan, start + 2, length);
	}

	if (reason != NULL)
		scan->error_at = start;

	return reason;
}

/* Scan one word, whose first character is not blank. */
static const char *
scan_word(struct scan *scan)
{
	const char *reason = NULL, *opened = NULL;
	bool argument = false;
	char quote = '\0';

	for (; reason == NULL && *scan->p != '\0'; ) {
		char c = *scan->p;

		if (quote == '\0' && is_blank(c))
			break;

		if (c == '$' && quote != '\'') {
			reason = scan_dollar(scan, &argument);
			continue;
		}

		argument = true;

		if (c == quote) {
			quote = '\0';
		} else if (quote == '\0' && (c == '"' || c == '\'')) {
			quote = c;
			opened = scan->p;
		} else {
			if (c == '\\' && quote != '\'' && scan->p[1] != '\0')
				scan->p++;

			scan_put(scan, scan->p, 1);
		}

		scan->p++;
	}

	if (reason == NULL && quote != '\0') {
		scan->error_at = opened;
		reason = "quotation without end";
	}

	if (argument) {
		scan_put(scan, "", 1);
		scan->argc++;
	}

	return reason;
}

/* Scan the whole line. Returns false if the module is to be left out. */
static bool
scan_line(struct scan *scan)
{
	const char *reason = NULL;

	scan->p = scan->module->command_line;
	scan->error_at = NULL;
	scan->size = 0;
	scan->argc = 0;

	for (;;) {
		while (is_blank(*scan->p))
			scan->p++;

		if (*scan->p == '\0' || reason != NULL)
			break;

		reason = scan_word(scan);
	}

	if (reason != NULL)
		module_fail(scan->script, scan->module, scan->error_at,
			    reason);

	return reason == NULL;
}

/* First pass: check the line, then the image. */
static void
module_check(struct boot_script *script, struct boot_script_module *module)
{
	struct scan scan = {
		.script = script,
		.module = module,
		.pass = PASS_CHECK,
	};
	const char *reason = NULL;

	module->create = false;
	module->ramdisk = false;
	module->resume = BOOT_SCRIPT_NO_RESUME;
	module->task_name = NULL;
	module->failed = false;
	module->task = NULL;

	if (!scan_line(&scan))
		return;

	if (module->ramdisk)
		return;

	if (!module->create)
		reason = "no $(task-create), nothing to do";
	else if (scan.argc == 0)
		reason = "no program name";
	else
		reason = script->ops->check(module);

	if (reason != NULL)
		module_fail(script, module, NULL, reason);
}

/* Expand the arguments into new memory, and load the program. */
static const char *
module_expand(struct scan *scan)
{
	size_t room = scan->size;
	const char *reason = NULL;

	scan->output = kalloc(room);

	if (scan->output == NULL)
		return "no memory for the arguments";

	scan->pass = PASS_EXPAND;

	if (scan_line(scan))
		reason = scan->script->ops->load(scan->module, scan->output,
						 scan->size, scan->argc);

	kfree(scan->output, room);
	return reason;
}

static void
module_load(struct boot_script *script, struct boot_script_module *module)
{
	struct scan scan = {
		.script = script,
		.module = module,
		.pass = PASS_MEASURE,
	};
	const char *reason;

	if (module->ramdisk)
		return;

	if (scan_line(&scan)) {
		reason = (scan.size > BOOT_SCRIPT_ARGUMENTS_MAX)
			 ? "arguments too long" : module_expand(&scan);

		if (reason != NULL)
			module_fail(script, module, NULL, reason);
	}

	if (module->failed)
		script->ops->task_destroy(module);
}

static void
module_create(struct boot_script *script, struct boot_script_module *module)
{
	const char *reason = module->ramdisk
			     ? script->ops->ramdisk_create(module)
			     : script->ops->task_create(module);

	if (reason != NULL)
		module_fail(script, module, NULL, reason);
}

static void
for_each_good_module(struct boot_script *script,
		     void (*step)(struct boot_script *,
				  struct boot_script_module *))
{
	unsigned int i;

	for (i = 0; i < script->nmodules; i++)
		if (!script->modules[i].failed)
			step(script, &script->modules[i]);
}

unsigned int
boot_script_run(struct boot_script *script)
{
	unsigned int i, started = 0;

	for (i = 0; i < script->nmodules; i++)
		script->modules[i].task_name = NULL;

	for (i = 0; i < script->nmodules; i++)
		module_check(script, &script->modules[i]);

	for_each_good_module(script, module_create);
	for_each_good_module(script, module_load);

	for (i = 0; i < script->nmodules; i++) {
		struct boot_script_module *module = &script->modules[i];

		if (module->failed || module->resume == BOOT_SCRIPT_NO_RESUME)
			continue;

		script->ops->task_resume(module, module->resume
					 == BOOT_SCRIPT_PROMPT_RESUME);
		started++;
	}

	return started;
}
