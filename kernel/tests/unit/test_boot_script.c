/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <tests/unit/unit.h>

#include <stdio.h>

#include <kern/boot_script.h>
#include <lib/macros.h>
#include <lib/string.h>

#define MAX_MODULES	4
#define TRACE_SIZE	4096

/* What the operations were asked to do, one line each. */
static char trace[TRACE_SIZE];
static struct boot_script_module modules[MAX_MODULES];
static const char *load_failure, *check_failure, *create_failure;
static uint32_t next_name;
static size_t last_length;		/* of the last argument loaded */

static const struct boot_script_variable variables[] = {
	{ .name = "host-port", .port = (void *)1 },
	{ .name = "device-port", .port = (void *)2 },
	{ .name = "kernel-command-line", .string = "console=com0 root=hd0s1" },
};

static __format_printf(1, 2) void
note(const char *format, ...)
{
	size_t used = strlen(trace);
	va_list ap;

	va_start(ap, format);
	vsnprintf(trace + used, sizeof(trace) - used, format, ap);
	va_end(ap);
}

static int
number(const struct boot_script_module *module)
{
	return (int)(module - modules) + 1;
}

static const char *
check(const struct boot_script_module *module)
{
	return (number(module) == 1) ? check_failure : NULL;
}

static const char *
task_create(struct boot_script_module *module)
{
	note("create %d\n", number(module));
	return (number(module) == 1) ? create_failure : NULL;
}

static const char *
ramdisk_create(const struct boot_script_module *module)
{
	note("ramdisk %d\n", number(module));
	return (number(module) == 1) ? create_failure : NULL;
}

static void
task_destroy(struct boot_script_module *module)
{
	note("destroy %d\n", number(module));
}

static const char *
insert_port(struct boot_script_module *module,
	    const struct boot_script_variable *variable, uint32_t *name)
{
	*name = next_name++;
	note("port %lu to %d is %u\n", (unsigned long)variable->port,
	     number(module), *name);
	return NULL;
}

static const char *
insert_task(struct boot_script_module *module,
	    const struct boot_script_module *other, uint32_t *name)
{
	*name = next_name++;
	note("task %d to %d is %u\n", number(other), number(module), *name);
	return NULL;
}

static const char *
load(struct boot_script_module *module, const char *arguments, size_t size,
     unsigned int argc)
{
	note("load %d", number(module));

	for (; argc != 0; argc--) {
		last_length = strlen(arguments);
		note(" [%.100s]", arguments);
		size -= strlen(arguments) + 1;
		arguments += strlen(arguments) + 1;
	}

	note("\n");
	assert_int_equal(size, 0);
	return (number(module) == 1) ? load_failure : NULL;
}

static void
task_resume(struct boot_script_module *module, bool prompt)
{
	note("%s %d\n", prompt ? "prompt" : "resume", number(module));
}

static const struct boot_script_ops ops = {
	.check = check,
	.task_create = task_create,
	.ramdisk_create = ramdisk_create,
	.task_destroy = task_destroy,
	.insert_port = insert_port,
	.insert_task = insert_task,
	.load = load,
	.task_resume = task_resume,
};

static int
setup(void **state)
{
	host_setup(8 << 20);
	load_failure = NULL;
	check_failure = NULL;
	create_failure = NULL;
	return 0;
}

/* Run up to three lines; compare what was done and what was printed. */
static unsigned int
run(const char *a, const char *b, const char *c, const char *expected,
    const char *printed)
{
	struct boot_script script = {
		.ops = &ops,
		.modules = modules,
		.nmodules = 1 + (b != NULL) + (c != NULL),
		.variables = variables,
		.nvariables = ARRAY_SIZE(variables),
		.kernel_command_line = "verbose root=hd0s1 =x empty= tail=t",
	};
	unsigned int started;

	trace[0] = '\0';
	next_name = 4294967290;
	host_console_clear();
	memset(modules, 0, sizeof(modules));
	modules[0].command_line = a;
	modules[1].command_line = b;
	modules[2].command_line = c;
	started = boot_script_run(&script);

	if (expected != NULL)
		assert_string_equal(trace, expected);

	assert_string_equal(host_console_text(), printed);
	return started;
}

static void
test_plain(void **state)
{
	assert_int_equal(run("hello ${host-port} ${device-port} "
			     "$(task-create) $(task-resume)", NULL, NULL,
			     "create 1\n"
			     "port 1 to 1 is 4294967290\n"
			     "port 2 to 1 is 4294967291\n"
			     "load 1 [hello] [4294967290] [4294967291]\n"
			     "resume 1\n", ""), 1);
}

static void
test_words(void **state)
{
	run(" a\t\"b c\" 'd ${e}' f\\ g h\"i\"'j' \"\" \"${root}x\" \"k\\\"l\" "
	    "$ $$ m$n '\\' $(task-create)\n", NULL, NULL,
	    "create 1\n"
	    "load 1 [a] [b c] [d ${e}] [f g] [hij] [] [hd0s1x] [k\"l] "
	    "[$] [$$] [m$n] [\\]\n", "");
}

static void
test_variables(void **state)
{
	run("x --line=${kernel-command-line} ${root} <${empty}> ${tail} "
	    "$(task-create)", NULL, NULL,
	    "create 1\n"
	    "load 1 [x] [--line=console=com0 root=hd0s1] [hd0s1] [<>] [t]\n",
	    "");
	run("x ${verbose} $(task-create)", "y ${} $(task-create)",
	    "z ${tai} $(task-create)",
	    "create 1\ncreate 3\ndestroy 1\ndestroy 3\n",
	    "boot: module 2 (y), column 3: empty variable name\n"
	    "boot: module 1 (x), column 3: unknown variable\n"
	    "boot: module 3 (z), column 3: unknown variable\n");
}

/* A task's name is known before and after its definition. */
static void
test_tasks(void **state)
{
	assert_int_equal(run("fs --exec=${exec-task} $(task-create) "
			     "$(task-resume)",
			     "exec /hurd/exec $(exec-task=task-create)",
			     "third ${exec-task} $(task-create) "
			     "$(prompt-task-resume)",
			     "create 1\ncreate 2\ncreate 3\n"
			     "task 2 to 1 is 4294967290\n"
			     "load 1 [fs] [--exec=4294967290]\n"
			     "load 2 [exec] [/hurd/exec]\n"
			     "task 2 to 3 is 4294967291\n"
			     "load 3 [third] [4294967291]\n"
			     "resume 1\nprompt 3\n", ""), 2);
}

static void
test_bad_lines(void **state)
{
	static const struct {
		const char *line;
		const char *message;
	} cases[] = {
		{ "", "(): no $(task-create), nothing to do" },
		{ "x", "(x): no $(task-create), nothing to do" },
		{ "$(task-create)", "($(task-create)): no program name" },
		{ "x $(task-create", "(x), column 3: no ) after $(" },
		{ "x ${a $(task-create)", "(x), column 3: no } after ${" },
		{ "x 'a $(task-create)", "(x), column 3: quotation without end" },
		{ "x \"a", "(x), column 3: quotation without end" },
		{ "x $(task-resume) $(task-create)",
		  "(x), column 3: no $(task-create) before this action" },
		{ "x $(task-create) $(task-create)",
		  "(x), column 18: second $(task-create)" },
		{ "x $(task-create) $(task-resume) $(prompt-task-resume)",
		  "(x), column 33: task started twice" },
		{ "x $(task-create) $(a=task-resume)",
		  "(x), column 18: this action has no value" },
		{ "x $(=task-create)", "(x), column 3: empty variable name" },
		{ "x $(host-port=task-create)",
		  "(x), column 3: variable defined twice" },
		{ "x $(task-creat)", "(x), column 3: unknown action" },
		{ "x $(task-created)", "(x), column 3: unknown action" },
		{ "x $()", "(x), column 3: unknown action" },
		{ "x $(a=b=task-create)", "(x), column 3: unknown action" },
	};
	char message[128];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		snprintf(message, sizeof(message), "boot: module 1 %s\n",
			 cases[i].message);
		assert_int_equal(run(cases[i].line, "good $(task-create) "
				     "$(task-resume)", NULL,
				     "create 2\nload 2 [good]\nresume 2\n",
				     message), 1);
	}
}

/* One module fails, the others go on; who needs its task fails too. */
static void
test_failures(void **state)
{
	const char *good = "b $(task-create) $(task-resume)";

	check_failure = "bad image";
	run("a $(t=task-create)", good, "c ${t} $(task-create)",
	    "create 2\ncreate 3\nload 2 [b]\ndestroy 3\nresume 2\n",
	    "boot: module 1 (a): bad image\n"
	    "boot: module 3 (c), column 3: variable of a task whose module "
	    "failed\n");
	check_failure = NULL;
	create_failure = "no memory";
	run("a $(task-create)", good, NULL,
	    "create 1\ncreate 2\nload 2 [b]\nresume 2\n",
	    "boot: module 1 (a): no memory\n");
	create_failure = NULL;
	load_failure = "no space";
	run("a $(task-create) $(task-resume)", good, NULL,
	    "create 1\ncreate 2\nload 1 [a]\ndestroy 1\nload 2 [b]\n"
	    "resume 2\n", "boot: module 1 (a): no space\n");
}

static void
test_defined_twice(void **state)
{
	run("a $(t=task-create)", "b $(t=task-create)", NULL,
	    "create 1\nload 1 [a]\n",
	    "boot: module 2 (b), column 3: variable defined twice\n");
}

static void
test_ramdisk(void **state)
{
	assert_int_equal(run("initrd $(ramdisk-create)",
			     "a $(task-create) $(task-resume)", NULL,
			     "ramdisk 1\ncreate 2\nload 2 [a]\nresume 2\n",
			     ""), 1);
	create_failure = "no memory for it";
	run("initrd $(ramdisk-create)", NULL, NULL, "ramdisk 1\n",
	    "boot: module 1 (initrd): no memory for it\n");
	run("a $(ramdisk-create) $(task-create)",
	    "b $(task-create) $(ramdisk-create)",
	    "c $(ramdisk-create) $(ramdisk-create)", "",
	    "boot: module 1 (a), column 21: a ramdisk is no task\n"
	    "boot: module 2 (b), column 18: a ramdisk is no task\n"
	    "boot: module 3 (c), column 21: second $(ramdisk-create)\n");
}

/* A line that is as long as it may be, and one that is longer by a byte. */
static void
test_too_long(void **state)
{
	static char line[BOOT_SCRIPT_ARGUMENTS_MAX + 100];

	memset(line, 'x', BOOT_SCRIPT_ARGUMENTS_MAX);
	strlcpy(line + BOOT_SCRIPT_ARGUMENTS_MAX, " $(task-create)", 100);
	load_failure = "reached";
	run("a $(task-create)", line, NULL,
	    "create 1\ncreate 2\nload 1 [a]\ndestroy 1\ndestroy 2\n",
	    "boot: module 1 (a): reached\n"
	    "boot: module 2 (xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	    "xxxxxxxxxxxxxxx): arguments too long\n");

	/* Room for the final NUL: now it fits. */
	memmove(line, line + 1, sizeof(line) - 1);
	run("a $(task-create)", line, NULL, NULL, "boot: module 1 (a): "
	    "reached\n");
	assert_int_equal(last_length, BOOT_SCRIPT_ARGUMENTS_MAX - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_plain, setup),
		cmocka_unit_test_setup(test_words, setup),
		cmocka_unit_test_setup(test_variables, setup),
		cmocka_unit_test_setup(test_tasks, setup),
		cmocka_unit_test_setup(test_bad_lines, setup),
		cmocka_unit_test_setup(test_failures, setup),
		cmocka_unit_test_setup(test_defined_twice, setup),
		cmocka_unit_test_setup(test_too_long, setup),
		cmocka_unit_test_setup(test_ramdisk, setup),
	};

	return cmocka_run_group_tests_name("boot_script", tests, NULL, NULL);
}
