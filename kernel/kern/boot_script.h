/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Boot scripts: the command lines of boot modules, which tell what to do with
 * them (GNU Mach manual, "Bootstrap").
 *
 * A line is a list of words separated by blanks. The words are the arguments
 * of the program, except for what starts with '$':
 *
 *	${name}			the value of a variable; a port becomes the
 *				number of a send right that the task is given
 *	$(task-create)		make a task of the module
 *	$(name=task-create)	the same, and call the task's port name
 *	$(ramdisk-create)	make the module a disk in memory, and no task
 *	$(task-resume)		start it once all modules are loaded
 *	$(prompt-task-resume)	the same, after a key was pressed
 *
 * A backslash takes the next character as it is. "..." keeps blanks, '...'
 * keeps everything. A word of nothing but $(...) is no argument.
 *
 * Variables are those that the caller defines, the task names of all modules,
 * whichever comes first, and NAME=VALUE words of the kernel's command line.
 *
 * All lines are checked before anything is done, then all tasks are made, then
 * all programs loaded, then started. A module with an error is reported with
 * one line on the console and left out.
 */

#ifndef KERN_BOOT_SCRIPT_H
#define KERN_BOOT_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The arguments of a program may be as long as this together. */
#define BOOT_SCRIPT_ARGUMENTS_MAX	65536

enum boot_script_resume {
	BOOT_SCRIPT_NO_RESUME,
	BOOT_SCRIPT_RESUME,
	BOOT_SCRIPT_PROMPT_RESUME,
};

struct boot_script_module {
	/* Filled in by the caller. */
	const char *command_line;
	const void *image;
	size_t image_size;

	/* What the line says; the name is a part of it, not terminated. */
	bool create;
	bool ramdisk;
	enum boot_script_resume resume;
	const char *task_name;		/* NULL: none */
	size_t task_name_length;

	bool failed;
	void *task;			/* whatever the operations made */
};

/* A variable is a string, or a port if the string is NULL. */
struct boot_script_variable {
	const char *name;
	const char *string;
	void *port;			/* whatever the operations understand */
};

/*
 * What the script does to the system. Functions that return a string return
 * NULL, or the reason of their failure as a part of a line of text.
 */
struct boot_script_ops {
	/* Look at the module's image without doing anything. */
	const char *(*check)(const struct boot_script_module *module);

	/* Make module->task, suspended and empty. */
	const char *(*task_create)(struct boot_script_module *module);

	/* Make a disk of the module's image. */
	const char *(*ramdisk_create)(const struct boot_script_module *module);

	/* Take it apart: the module failed. */
	void (*task_destroy)(struct boot_script_module *module);

	/* Give the task a send right for a variable's port. */
	const char *(*insert_port)(struct boot_script_module *module,
				   const struct boot_script_variable *variable,
				   uint32_t *name);

	/* Give the task a send right for another module's task. */
	const char *(*insert_task)(struct boot_script_module *module,
				   const struct boot_script_module *other,
				   uint32_t *name);

	/* Load the program; its arguments are argc terminated strings. */
	const char *(*load)(struct boot_script_module *module,
			    const char *arguments, size_t size,
			    unsigned int argc);

	/* Start it, now or after a key was pressed. */
	void (*task_resume)(struct boot_script_module *module, bool prompt);
};

struct boot_script {
	const struct boot_script_ops *ops;
	struct boot_script_module *modules;
	unsigned int nmodules;
	const struct boot_script_variable *variables;
	unsigned int nvariables;
	const char *kernel_command_line;
};

/*
 * Run the script of all modules. May block.
 *
 * Returns the number of tasks that were started.
 */
unsigned int boot_script_run(struct boot_script *script);

#endif /* KERN_BOOT_SCRIPT_H */
