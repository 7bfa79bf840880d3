/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * A port of the kernel of each kind, and what a task holds.
 */
#include "routines.h"

mach_port_t samples[KIND_COUNT];
mach_port_t sample_pager;
vm_address_t sample_mapping;

static void
setup_processors(void)
{
	processor_array_t list = NULL;
	mach_msg_type_number_t count = 0;

	need_success(host_processors(host_priv, &list, &count));
	the(PROCESSOR) = list[0];
	memory_free((vm_address_t)list, page_size);
	need_success(processor_set_default(mach_host_self(), &the(PSET_NAME)));
	need_success(host_processor_set_priv(host_priv, the(PSET_NAME),
	    &the(PSET)));
	need_success(processor_set_processors(the(PSET_NAME), &list, &count));
	the(PROCESSOR_NAME) = list[0];
	memory_free((vm_address_t)list, page_size);
}

/* A memory object that is ready; this task is its pager. */
static void
setup_object(void)
{
	static struct message message;

	sample_pager = port_with_send();
	need_success(vm_map(task_self_port, &sample_mapping,
	    SAMPLE_PAGES * page_size, 0, TRUE, sample_pager, 0, FALSE,
	    VM_PROT_READ | VM_PROT_WRITE, VM_PROT_ALL, VM_INHERIT_NONE));
	need_success(message_receive(&message, sample_pager, 3000));
	the(CONTROL) = *(mach_port_t *)message_data(message_item(&message, 0));
	the(OBJECT_NAME) =
	    *(mach_port_t *)message_data(message_item(&message, 1));
	need_success(memory_object_ready(the(CONTROL), FALSE,
	    MEMORY_OBJECT_COPY_DELAY));
}

/* Have all of this program mapped: nothing of it comes in under a test. */
static void
touch_program(void)
{
	extern const char __executable_start[], _end[];
	const volatile char *byte;

	for (byte = __executable_start; byte < _end; byte += page_size) {
		if (is_mapped((vm_address_t)byte))
			(void)*byte;
	}
}

void
samples_setup(void)
{
	touch_program();
	need(host_priv != MACH_PORT_NULL && device_master != MACH_PORT_NULL);
	the(HOST) = mach_host_self();
	the(HOST_PRIV) = host_priv;
	the(DEVICE_MASTER) = device_master;
	setup_processors();
	need_success(task_create(task_self_port, FALSE, &the(TASK)));
	need_success(thread_create(the(TASK), &the(THREAD)));
	need_success(device_open(device_master, D_READ | D_WRITE, "time",
	    &the(DEVICE)));
	setup_object();
}

void
holdings_take(struct holdings *holdings)
{
	static cache_info_t inlined[20];
	cache_info_array_t info = inlined;
	mach_msg_type_number_t count = 20;
	mach_port_name_array_t names;
	mach_port_type_array_t types;
	mach_msg_type_number_t name_count = 0, type_count = 0;
	unsigned int i;

	need_success(mach_port_names(task_self_port, &names, &name_count,
	    &types, &type_count));
	memory_free((vm_address_t)names, name_count * sizeof *names);
	memory_free((vm_address_t)types, type_count * sizeof *types);
	holdings->names = name_count;
	need_success(host_slab_info(mach_host_self(), &info, &count));
	need(count <= sizeof holdings->objects / sizeof holdings->objects[0]);
	for (i = 0; i < count; i++)
		holdings->objects[i] = info[i].nr_objs;
	holdings->caches = count;
	list_free(info, inlined, count * sizeof *info);
}

static const char *
cache_name(unsigned int index)
{
	static cache_info_t inlined[96];
	cache_info_array_t info = inlined;
	mach_msg_type_number_t count = 96;

	need_success(host_slab_info(mach_host_self(), &info, &count));
	return index < count ? info[index].name : "?";
}

bool
holdings_equal(const struct holdings *a, const struct holdings *b,
    const char *what)
{
	bool same = a->names == b->names && a->caches == b->caches;
	unsigned int i;

	if (a->names != b->names)
		test_print("# %s: %u names were %u\n", what, b->names,
		    a->names);
	for (i = 0; i < a->caches && i < b->caches; i++) {
		if (a->objects[i] == b->objects[i])
			continue;
		test_print("# %s: %lu of %s were %lu\n", what, b->objects[i],
		    cache_name(i), a->objects[i]);
		same = false;
	}
	return same;
}
