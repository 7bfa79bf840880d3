/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The world of fuzz_trap.c: the kernel as kernel_main() sets it up, once, and
 * for each input two players, tasks with memory, threads and rights, and a
 * bystander, whom they have no right to.  When all of them have ended, every
 * count is what it was before.
 */
#ifndef TESTS_FUZZ_TRAP_WORLD_H
#define TESTS_FUZZ_TRAP_WORLD_H

#include <tests/unit/kern_world.h>

#include <dev/device.h>
#include <dev/irq.h>
#include <ipc/ipc_space.h>
#include <kern/exception.h>
#include <kern/host.h>
#include <kern/ipc_kobject.h>
#include <kern/ipc_tt.h>
#include <kern/processor.h>
#include <kern/slab.h>
#include <mach.server.h>
#include <mach_port.server.h>
#include <machine/user.h>
#include <rpc/vm.h>
#include <vm/memory_object_default.h>
#include <vm/vm_page_queue.h>
#include <vm/vm_pageout.h>
#include <vm/vm_stat.h>

#define PLAYERS		2
#define THREADS		2		/* of each, at first */
/* Memory of players and bystander. */
#define REGION		0x100000UL
#define REGION_PAGES	16
#define REGION_SIZE	(REGION_PAGES * PAGE_SIZE)
#define CACHES		64

/* Rights of players; the name of each is 1 + its number here. */
enum kind {
	KIND_TASK,
	KIND_THREAD,
	KIND_OTHER_TASK,
	KIND_HOST,
	KIND_HOST_PRIV,			/* as all to KIND_DEVICE, of */
	KIND_PSET,			/* privileged players only */
	KIND_PROCESSOR,
	KIND_DEVICE_MASTER,
	KIND_DEVICE,
	KIND_PSET_NAME,
	KIND_PROCESSOR_NAME,
	KIND_REPLY,			/* receive rights: for replies, */
	KIND_PAGER,			/* of a mapped memory object, */
	KIND_PORT,			/* and one with two send rights */
	KIND_CONTROL,			/* of the memory object */
	KIND_OBJECT_NAME,
	KIND_COUNT,
};

#define NAME(kind)	((mach_port_name_t)(kind) + 1)

struct account {
	uint64_t objects[CACHES];
	size_t caches;
	uint64_t resident;
	uint64_t wired;
	uint64_t send_rights;		/* to ports that stay */
};

static struct task *players[PLAYERS], *bystander;
static struct ipc_port *device_master;
static const char *const device_names[] = {
	"time", "console", "kmsg", "mem", "irq", "random",
};
static mach_port_name_t bystander_name;

static inline void
account_take(struct account *account)
{
	struct slab_info infos[CACHES];
	size_t i;

	account->caches = slab_info(infos, CACHES);
	assert_in_range(account->caches, 1, CACHES);
	for (i = 0; i < account->caches; i++) {
		account->objects[i] = strcmp(infos[i].name, "slab_pool") == 0
		    ? 0 : infos[i].objects;
		/* There may be a spare one for replies. */
		if (strcmp(infos[i].name, "ipc_kmsg_page") == 0)
			account->objects[i] = MAX(infos[i].objects, 1);
	}
	account->resident = vm_page_queue_resident();
	account->wired = vm_stat.wire_count;
	account->send_rights = realhost.self->send_rights
	    + realhost.priv->send_rights + default_pset.self->send_rights
	    + default_pset.name->send_rights + device_master->send_rights
	    + processors[0].self->send_rights
	    + processors[0].name->send_rights
	    + kernel_task->self_port->send_rights;
}

static inline bool
account_equal(const struct account *a, const struct account *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* Say what differs. */
static inline void
account_check(const struct account *before, const struct account *after)
{
	struct slab_info infos[CACHES];
	size_t i;

	slab_info(infos, CACHES);
	for (i = 0; i < after->caches; i++)
		if (after->objects[i] != before->objects[i])
			print_error("cache %s: %lu objects, before %lu\n",
			    infos[i].name, after->objects[i],
			    before->objects[i]);
	assert_memory_equal(after->objects, before->objects,
	    sizeof(after->objects));
	assert_int_equal(after->resident, before->resident);
	assert_int_equal(after->wired, before->wired);
	assert_int_equal(after->send_rights, before->send_rights);
}

/* Devices have their ports since they were opened first; close them. */
static inline void
close_devices(void)
{
	struct device *device;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(device_names); i++) {
		assert_int_equal(device_open_name(device_names[i],
		    D_READ | D_WRITE, &device), D_SUCCESS);
		while (device_close_one(device) == D_SUCCESS)
			continue;
	}
}

/* What the players, who are dead, have left behind by right. */
static inline void
reset_host(void)
{
	close_devices();
	ipc_port_release_send(memory_object_default_set(IP_NULL));
	default_pset.policies = POLICY_TIMESHARE;
	default_pset.max_priority = SCHED_PRIORITY_USER;
}

/* A send right under the next name. */
static inline void
give(struct task *task, enum kind kind, struct ipc_port *port)
{
	mach_port_name_t name;

	assert_int_equal(ipc_space_copyout(task->space,
	    ipc_port_make_send(port), MACH_MSG_TYPE_PORT_SEND, &name),
	    KERN_SUCCESS);
	assert_int_equal(name, NAME(kind));
}

/* A receive right under the next name; with it comes a send right. */
static inline struct ipc_port *
give_port(struct task *task, enum kind kind)
{
	mach_port_name_t name;
	struct ipc_port *port;

	assert_int_equal(mach_port_allocate(task->space,
	    MACH_PORT_RIGHT_RECEIVE, &name), KERN_SUCCESS);
	assert_int_equal(name, NAME(kind));
	assert_int_equal(ipc_space_copyin(task->space, name,
	    MACH_MSG_TYPE_MAKE_SEND, &port), KERN_SUCCESS);
	assert_int_equal(ipc_space_copyout(task->space, port,
	    MACH_MSG_TYPE_PORT_SEND, &name), KERN_SUCCESS);
	return port;
}

static inline struct task *
make_task(void)
{
	uintptr_t address = REGION;
	struct task *task;

	assert_int_equal(task_create_internal(kernel_task, false, &task),
	    KERN_SUCCESS);
	assert_int_equal(vm_map_enter(task->map, &address, REGION_SIZE, 0,
	    false, NULL, 0, false, VM_PROT_DEFAULT, VM_PROT_ALL,
	    VM_INHERIT_COPY), KERN_SUCCESS);
	return task;
}

/* The pager's port is the memory object behind pages after the region. */
static inline void
map_pager(struct task *task, struct ipc_port *pager)
{
	vm_address_t address = REGION + REGION_SIZE;

	assert_int_equal(vm_map(task->map, &address, 4 * PAGE_SIZE, 0, false,
	    pager, 0, false, VM_PROT_DEFAULT, VM_PROT_ALL,
	    VM_INHERIT_COPY), KERN_SUCCESS);
}

static inline void
equip_player(unsigned int number, bool privileged)
{
	struct task *task = players[number];
	struct thread *threads[THREADS];
	unsigned int i;

	for (i = 0; i < THREADS; i++)
		assert_int_equal(thread_create_in(task, &threads[i]),
		    KERN_SUCCESS);
	give(task, KIND_TASK, task->self_port);
	give(task, KIND_THREAD, threads[1]->self_port);
	give(task, KIND_OTHER_TASK, players[!number]->self_port);
	give(task, KIND_HOST, realhost.self);
	if (privileged) {
		give(task, KIND_HOST_PRIV, realhost.priv);
		give(task, KIND_PSET, default_pset.self);
		give(task, KIND_PROCESSOR, processors[0].self);
		give(task, KIND_DEVICE_MASTER, device_master);
		give(task, KIND_DEVICE, device_time.port);
	} else {
		for (i = KIND_HOST_PRIV; i <= KIND_DEVICE; i++)
			assert_int_equal(mach_port_allocate_name(task->space,
			    MACH_PORT_RIGHT_DEAD_NAME, NAME(i)),
			    KERN_SUCCESS);
	}
	give(task, KIND_PSET_NAME, default_pset.name);
	give(task, KIND_PROCESSOR_NAME, processors[0].name);
	give_port(task, KIND_REPLY);
	map_pager(task, give_port(task, KIND_PAGER));
	give_port(task, KIND_PORT);
	for (i = 0; i < THREADS; i++) {
		threads[i]->machine.frame->sp = REGION + i * PAGE_SIZE;
		assert_int_equal(thread_resume(threads[i]), KERN_SUCCESS);
		thread_deallocate(threads[i]);
	}
}

/* What stands in its memory. */
static inline uint64_t
bystander_word(unsigned int page)
{
	return 0x0123456789abcdef * (page + 1);
}

static inline void
bystander_create(void)
{
	unsigned int i;

	bystander = make_task();
	for (i = 0; i < REGION_PAGES; i++) {
		uint64_t word = bystander_word(i);

		assert_int_equal(host_user_store(bystander->map,
		    REGION + i * PAGE_SIZE, &word, sizeof(word)),
		    KERN_SUCCESS);
	}
	assert_int_equal(mach_port_allocate(bystander->space,
	    MACH_PORT_RIGHT_RECEIVE, &bystander_name), KERN_SUCCESS);
}

/* Nothing of it has changed. */
static inline void
bystander_check(void)
{
	mach_port_status_t status;
	mach_port_type_t type;
	unsigned int i;
	uint64_t word;

	assert_true(bystander->active);
	assert_int_equal(bystander->user_stop_count, 0);
	assert_int_equal(bystander->space->table.count, 1);
	assert_int_equal(bystander->map->size, REGION_SIZE);
	assert_int_equal(mach_port_type(bystander->space, bystander_name,
	    &type), KERN_SUCCESS);
	assert_int_equal(type, MACH_PORT_TYPE_RECEIVE);
	assert_int_equal(mach_port_get_receive_status(bystander->space,
	    bystander_name, &status), KERN_SUCCESS);
	assert_int_equal(status.mps_msgcount, 0);
	assert_int_equal(status.mps_srights, 0);
	for (i = 0; i < REGION_PAGES; i++) {
		assert_int_equal(host_user_load(bystander->map,
		    REGION + i * PAGE_SIZE, &word, sizeof(word)),
		    KERN_SUCCESS);
		assert_int_equal(word, bystander_word(i));
	}
}

/* A referenced task that is not the kernel's, or NULL. */
static inline struct task *
any_task(void)
{
	struct task *task, *found = NULL;

	spin_lock(&task_list_lock);
	list_for_each_entry(&task_list, task, link) {
		if (task != kernel_task) {
			task_reference(task);
			found = task;
			break;
		}
	}
	spin_unlock(&task_list_lock);
	return found;
}

/* A thread of the kernel: end every task. */
static inline void
end_all(void *argument)
{
	struct task *task;

	(void)argument;
	while ((task = any_task()) != NULL) {
		task_terminate(task);
		task_deallocate(task);
	}
}

#endif /* TESTS_FUZZ_TRAP_WORLD_H */
