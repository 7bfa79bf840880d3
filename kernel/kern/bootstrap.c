/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <kern/bootstrap.h>

#include <dev/ramdisk.h>
#include <ipc/ipc_port.h>
#include <ipc/ipc_space.h>
#include <kern/boot_script.h>
#include <kern/bootstrap_load.h>
#include <kern/host.h>
#include <kern/ipc_kobject.h>
#include <kern/kalloc.h>
#include <kern/printf.h>
#include <kern/task.h>
#include <kern/thread.h>
#include <lib/elf.h>
#include <lib/fdt.h>
#include <lib/macros.h>
#include <lib/string.h>
#include <machine/memory.h>
#include <machine/platform.h>
#include <vm/vm_map.h>
#include <vm/vm_page.h>

static const char *
module_check(const struct boot_script_module *module)
{
	struct elf_image image;

	if (module->image == NULL)
		return "the device tree gives it no usable memory";

	return elf_open(&image, module->image, module->image_size);
}

/* Name the task by the first word of its line, without directories. */
static void
module_name_task(const struct boot_script_module *module, struct task *task)
{
	const char *name = module->command_line;
	size_t i = 0;

	while (*name == ' ' || *name == '\t')
		name++;

	for (; *name != '\0' && *name != ' ' && *name != '\t'; name++) {
		if (*name == '/')
			i = 0;
		else if (i < sizeof(task->name) - 1)
			task->name[i++] = *name;
	}

	task->name[i] = '\0';
}

static const char *
module_task_create(struct boot_script_module *module)
{
	struct task *task;

	if (task_create_internal(kernel_task, false, &task) != KERN_SUCCESS)
		return "no memory for a task";

	task_suspend(task);
	module_name_task(module, task);
	module->task = task;
	return NULL;
}

static const char *
module_ramdisk_create(const struct boot_script_module *module)
{
	if (module->image == NULL)
		return "the device tree gives it no usable memory";

	return ramdisk_create(module->image, module->image_size);
}

static void
module_task_destroy(struct boot_script_module *module)
{
	task_terminate(module->task);
	task_deallocate(module->task);
	module->task = NULL;
}

static const char *
insert_right(struct boot_script_module *module, struct ipc_port *port,
	     uint32_t *name)
{
	struct task *task = module->task;
	struct ipc_port *right = ipc_port_make_send(port);

	if (ipc_space_copyout(task->space, right, MACH_MSG_TYPE_PORT_SEND,
			      name) == KERN_SUCCESS)
		return NULL;

	ipc_port_release_send(right);
	return "no memory for a port right";
}

static const char *
module_insert_port(struct boot_script_module *module,
		   const struct boot_script_variable *variable, uint32_t *name)
{
	return insert_right(module, variable->port, name);
}

static const char *
module_insert_task(struct boot_script_module *module,
		   const struct boot_script_module *other, uint32_t *name)
{
	const struct task *task = other->task;

	return insert_right(module, task->self_port, name);
}

static const char *
module_load(struct boot_script_module *module, const char *arguments,
	    size_t size, unsigned int argc)
{
	struct task *task = module->task;
	struct bootstrap_entry entry;
	struct elf_image image;
	struct thread *thread;

	elf_open(&image, module->image, module->image_size);

	if (bootstrap_load(task->map, &image, arguments, size, argc, &entry)
	    != KERN_SUCCESS)
		return "no memory or no space to load it";

	if (thread_create_in(task, &thread) != KERN_SUCCESS)
		return "no memory for a thread";

	machine_thread_set_entry(thread, entry.pc, entry.sp);
	thread_resume(thread);
	thread_deallocate(thread);
	return NULL;
}

static void
module_task_resume(struct boot_script_module *module, bool prompt)
{
	const struct task *task = module->task;

	if (prompt) {
		kprintf("boot: press a key to start %s", task->name);

		while (machine_console_getc() < 0)
			cpu_relax();

		kprintf("\n");
	}

	task_resume(module->task);
}

static const struct boot_script_ops ops = {
	.check = module_check,
	.task_create = module_task_create,
	.ramdisk_create = module_ramdisk_create,
	.task_destroy = module_task_destroy,
	.insert_port = module_insert_port,
	.insert_task = module_insert_task,
	.load = module_load,
	.task_resume = module_task_resume,
};

/* The memory of a module lies in RAM and apart from the kernel. */
static bool
range_usable(const struct fdt_range *range)
{
	uint64_t page;

	if (machine_memory_is_kernel(range->address, range->size))
		return false;

	for (page = ALIGN_DOWN(range->address, PAGE_SIZE);
	     page < range->address + range->size; page += PAGE_SIZE)
		if (vm_page_lookup_phys(page) == NULL)
			return false;

	return true;
}

static bool
ranges_overlap(const struct fdt_range *a, const struct fdt_range *b)
{
	return a->address < b->address + b->size
	       && b->address < a->address + a->size;
}

/* Whole pages only: others may share the first and the last. */
static void
release_range(const struct fdt_range *range)
{
	uint64_t start = ALIGN_UP(range->address, PAGE_SIZE);
	uint64_t end = ALIGN_DOWN(range->address + range->size, PAGE_SIZE);

	if (start < end)
		vm_page_release_range(start, end);
}

/*
 * Read all modules. One without usable memory has no image, and an empty
 * range.
 */
static void
read_modules(struct boot_script_module *modules, struct fdt_range *ranges,
	     unsigned int count)
{
	fdt_node_t node = FDT_NONE;
	unsigned int i, j;

	for (i = 0; i < count; i++) {
		struct fdt_module module;
		const char *reason;
		bool usable;

		node = fdt_next_module(machine_fdt, node, &module, &reason);
		usable = reason == NULL && range_usable(&module.range);

		for (j = 0; j < i && usable; j++)
			usable = !ranges_overlap(&module.range, &ranges[j]);

		modules[i].command_line = module.command_line;
		ranges[i].address = usable ? module.range.address : 0;
		ranges[i].size = usable ? module.range.size : 0;
		modules[i].image = usable
				   ? phys_to_direct(module.range.address)
				   : NULL;
		modules[i].image_size = ranges[i].size;
	}
}

static unsigned int
count_modules(void)
{
	fdt_node_t node = FDT_NONE;
	struct fdt_module module;
	const char *reason;
	unsigned int count = 0;

	while ((node = fdt_next_module(machine_fdt, node, &module, &reason))
	       != FDT_NONE)
		count++;

	return count;
}

/* Run the script of modules that were read, then let go of them. */
static unsigned int
run_modules(struct boot_script_module *modules, struct fdt_range *ranges,
	    unsigned int count)
{
	struct ipc_port *device_master = ipc_port_alloc_kernel(
		IKOT_MASTER_DEVICE, 0);
	const struct boot_script_variable variables[] = {
		{ .name = "host-port", .port = realhost.priv },
		{ .name = "device-port", .port = device_master },
		{ .name = "kernel-task", .port = kernel_task->self_port },
		{ .name = "kernel-command-line",
		  .string = machine_command_line },
	};
	struct boot_script script = {
		.ops = &ops,
		.modules = modules,
		.nmodules = count,
		.variables = variables,
		.nvariables = ARRAY_SIZE(variables),
		.kernel_command_line = machine_command_line,
	};
	unsigned int i, started;

	if (device_master == IP_NULL)
		return 0;

	read_modules(modules, ranges, count);
	started = boot_script_run(&script);

	for (i = 0; i < count; i++) {
		release_range(&ranges[i]);

		if (modules[i].task != NULL)
			task_deallocate(modules[i].task);
	}

	return started;
}

static void __noreturn
give_up(const char *reason)
{
	kprintf("boot: %s: nothing to run, powering off\n", reason);
	machine_power_off();
}

void
bootstrap_run(void)
{
	unsigned int count = (machine_fdt == NULL) ? 0 : count_modules();
	size_t size = count * sizeof(struct boot_script_module);
	struct boot_script_module *modules;
	struct fdt_range *ranges;
	unsigned int started = 0;

	if (count == 0)
		give_up("no boot module");

	modules = kzalloc(size);
	ranges = kzalloc(count * sizeof(struct fdt_range));

	if (modules != NULL && ranges != NULL)
		started = run_modules(modules, ranges, count);

	kfree(modules, size);
	kfree(ranges, count * sizeof(struct fdt_range));

	if (started == 0)
		give_up("no boot module could be started");
}
