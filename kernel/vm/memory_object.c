/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Memory objects of users: from a port to an object, and its end.
 */
#include <ipc/ipc_space.h>
#include <kern/assert.h>
#include <kern/ipc_kobject.h>
#include <lib/macros.h>
#include <vm/memory_object.h>
#include <vm/memory_object_call.h>
#include <vm/memory_object_message.h>
#include <vm/memory_object_returned.h>
#include <vm/vm_pageout.h>
#include <vm/vm_stat.h>

/* Objects with a pager, by the address of its port.  Port lock. */
static struct rbtree memory_objects = RBTREE_INITIALIZER;
/* Those without references, oldest first. */
static struct list memory_object_cached =
    LIST_INITIALIZER(memory_object_cached);
static unsigned int memory_object_cached_count;

static inline int
memory_object_compare(uintptr_t pager, const struct rbtree_node *node)
{
	const struct vm_object *object = rbtree_entry(node,
	    const struct vm_object, pager_node);
	uintptr_t other = (uintptr_t)object->pager;

	return pager < other ? -1 : pager > other;
}

void
memory_object_revive_locked(struct vm_object *object)
{
	if (object->references++ == 0) {
		assert(object->external);
		list_remove(&object->link);
		memory_object_cached_count--;
	}
}

void
memory_object_revive(struct vm_object *object)
{
	spin_lock(&object->lock);
	memory_object_revive_locked(object);
	spin_unlock(&object->lock);
}

/* The object of a port, referenced, or NULL.  Port lock held. */
static struct vm_object *
memory_object_lookup(struct ipc_port *pager)
{
	struct rbtree_node *node = rbtree_lookup(&memory_objects,
	    (uintptr_t)pager, memory_object_compare);
	struct vm_object *object;

	if (node == NULL)
		return NULL;
	object = rbtree_entry(node, struct vm_object, pager_node);
	memory_object_revive(object);
	return object;
}

/* An object with control and name port, in no tree; NULL without memory. */
static struct vm_object *
memory_object_create(struct memory_object_ports *ports)
{
	struct vm_object *object = vm_object_create(MEMORY_OBJECT_SIZE);

	if (object == NULL)
		return NULL;
	object->internal = false;
	object->temporary = false;
	object->copy_strategy = MEMORY_OBJECT_COPY_DELAY;
	object->true_share = true;
	list_init(&object->waits);
	object->returns = memory_object_returns_create();
	ports->control = ipc_port_alloc_kernel(IKOT_PAGER_REQUEST,
	    (uintptr_t)object);
	ports->name = ipc_port_alloc_kernel(IKOT_PAGER_NAME,
	    (uintptr_t)object);
	if (object->returns != NULL && ports->control != NULL &&
	    ports->name != NULL)
		return object;
	if (ports->control != NULL)
		ipc_port_dealloc_kernel(ports->control);
	if (ports->name != NULL)
		ipc_port_dealloc_kernel(ports->name);
	vm_object_deallocate(object);
	return NULL;
}

/* A send right to a port that a user has, which gets marked. */
static bool
memory_object_claim(struct ipc_port *pager)
{
	bool good;

	spin_lock(&pager->lock);
	good = pager->active && pager->receiver != &ipc_space_kernel;
	if (good) {
		pager->send_rights++;
		pager->memory_object = true;
	}
	spin_unlock(&pager->lock);
	return good;
}

/* Let the object stand for ports->pager.  Port lock held. */
static void
memory_object_link(struct vm_object *object,
    const struct memory_object_ports *ports)
{
	struct rbtree_node *node;
	rbtree_slot_t slot;

	object->pager_created = true;
	object->pager = ports->pager;
	object->pager_request = ports->control;
	object->pager_name = ports->name;
	node = rbtree_lookup_slot(&memory_objects, (uintptr_t)ports->pager,
	    memory_object_compare, slot);
	assert(node == NULL);
	rbtree_insert_slot(&memory_objects, slot, &object->pager_node);
}

/* Let the object stand for a user's port.  Port lock held. */
static bool
memory_object_insert(struct vm_object *object, struct ipc_port *pager,
    const struct memory_object_ports *ports)
{
	if (!memory_object_claim(pager))
		return false;
	object->external = true;
	memory_object_link(object, ports);
	return true;
}

bool
memory_object_adopt(struct vm_object *object,
    struct memory_object_ports *ports, bool ready)
{
	struct ipc_port *name;

	spin_lock(&vm_object_port_lock);
	spin_lock(&object->lock);
	if (object->pager_created || object->pager != NULL) {
		spin_unlock(&object->lock);
		spin_unlock(&vm_object_port_lock);
		return false;
	}
	/* A name port that is there holds a reference; it does no more. */
	name = object->pager_name;
	if (name != NULL) {
		assert(object->references > 1);
		object->references--;
		ports->name = name;
	}
	list_init(&object->waits);
	ports->pager->send_rights++;
	ports->pager->memory_object = true;
	object->pager_ready = ready;
	object->pager_initialized = true;
	memory_object_link(object, ports);
	spin_unlock(&object->lock);
	spin_unlock(&vm_object_port_lock);
	return true;
}

struct vm_object *
memory_object_enter(struct ipc_port *pager)
{
	struct memory_object_ports ports = { .pager = pager };
	struct vm_object *object, *new;
	bool inserted = false;

	vm_stat_add(&vm_stat.lookups, 1);
	spin_lock(&vm_object_port_lock);
	object = memory_object_lookup(pager);
	spin_unlock(&vm_object_port_lock);
	/* Anonymous memory is its tasks' own; its pager cannot map it. */
	if (object != NULL && object->internal) {
		vm_object_deallocate(object);
		return NULL;
	}
	if (object != NULL) {
		vm_stat_add(&vm_stat.hits, 1);
		return object;
	}
	new = memory_object_create(&ports);
	if (new == NULL)
		return NULL;
	spin_lock(&vm_object_port_lock);
	object = memory_object_lookup(pager);
	if (object == NULL)
		inserted = memory_object_insert(new, pager, &ports);
	spin_unlock(&vm_object_port_lock);
	if (!inserted) {
		ipc_port_dealloc_kernel(ports.control);
		ipc_port_dealloc_kernel(ports.name);
		vm_object_deallocate(new);
		return object;
	}
	if (memory_object_send_init(&ports) != KERN_SUCCESS) {
		memory_object_shutdown(new);
		vm_object_deallocate(new);
		return NULL;
	}
	new->pager_initialized = true;
	return new;
}

bool
memory_object_rights(struct vm_object *object,
    struct memory_object_ports *rights)
{
	bool there;

	spin_lock(&vm_object_port_lock);
	there = object->pager != NULL;
	if (there) {
		rights->pager = ipc_port_copy_send(object->pager);
		rights->control = ipc_port_make_send(object->pager_request);
	}
	spin_unlock(&vm_object_port_lock);
	return there;
}

/* The kernel's receive right becomes one to give away. */
static void
memory_object_port_detach(struct ipc_port *port)
{
	spin_lock(&port->lock);
	port->kobject_type = IKOT_NONE;
	port->kobject = 0;
	ipc_port_clear_receiver(port);
	spin_unlock(&port->lock);
}

/*
 * Take the ports from the object: nobody finds it by them any more.  Port
 * lock held.
 */
static void
memory_object_detach(struct vm_object *object,
    struct memory_object_ports *ports)
{
	spin_lock(&object->lock);
	ports->pager = object->pager;
	ports->control = object->pager_request;
	ports->name = object->pager_name;
	rbtree_remove(&memory_objects, &object->pager_node);
	object->pager = NULL;
	object->pager_request = NULL;
	object->pager_name = NULL;
	object->can_persist = false;
	/* Nothing was paged out, nothing is lost: another may take over. */
	if (object->internal && rdxtree_empty(&object->paged) &&
	    object->called_end == 0)
		object->pager_created = false;
	memory_object_call_told(object);
	spin_unlock(&object->lock);
	memory_object_port_detach(ports->control);
	memory_object_port_detach(ports->name);
}

/* No answers will come any more. */
static void
memory_object_abandon(struct vm_object *object)
{
	spin_lock(&object->lock);
	memory_object_fail(object, 0, UINT64_MAX, KERN_MEMORY_FAILURE);
	spin_unlock(&object->lock);
}

void
memory_object_shutdown(struct vm_object *object)
{
	struct memory_object_ports ports;
	bool there;

	spin_lock(&vm_object_port_lock);
	there = object->pager != NULL;
	if (there)
		memory_object_detach(object, &ports);
	spin_unlock(&vm_object_port_lock);
	if (!there)
		return;
	memory_object_abandon(object);
	memory_object_send_terminate(&ports);
}

void
memory_object_died(struct ipc_port *pager)
{
	struct vm_object *object;

	spin_lock(&vm_object_port_lock);
	object = memory_object_lookup(pager);
	spin_unlock(&vm_object_port_lock);
	if (object == NULL)
		return;
	memory_object_shutdown(object);
	vm_object_deallocate(object);
}

/* The last user is gone: the pager gets its data and ports back. */
static void
memory_object_finish(struct vm_object *object,
    const struct memory_object_ports *ports)
{
	struct memory_object_clean all = {
		.end = UINT64_MAX,
		.should_return = MEMORY_OBJECT_RETURN_ALL,
		.flush = true,
		.lock = VM_PROT_NO_CHANGE,
	};
	struct memory_object_ports rights = { .pager = ports->pager };

	if (!object->temporary) {
		rights.control = ports->control;
		while (memory_object_clean(object, &rights, &all) ==
		    KERN_RESOURCE_SHORTAGE &&
		    vm_pageout_wait(false) == KERN_SUCCESS)
			;
	}
	memory_object_send_terminate(ports);
}

/* Keep an object without users; port and object lock held. */
static struct vm_object *
memory_object_cache(struct vm_object *object)
{
	struct vm_object *oldest;

	object->references = 0;
	list_insert_tail(&memory_object_cached, &object->link);
	if (++memory_object_cached_count <= MEMORY_OBJECT_CACHED)
		return NULL;
	oldest = list_first_entry(&memory_object_cached, struct vm_object,
	    link);
	list_remove(&oldest->link);
	memory_object_cached_count--;
	oldest->references = 1;
	oldest->can_persist = false;
	return oldest;
}

void
memory_object_cache_count(uint64_t *objects, uint64_t *pages)
{
	const struct vm_object *object;

	*pages = 0;
	spin_lock(&vm_object_port_lock);
	*objects = memory_object_cached_count;
	list_for_each_entry(&memory_object_cached, object, link)
		*pages += object->resident_count;
	spin_unlock(&vm_object_port_lock);
}

bool
memory_object_release(struct vm_object *object)
{
	struct memory_object_ports ports;
	struct vm_object *oldest;

	spin_lock(&vm_object_port_lock);
	spin_lock(&object->lock);
	assert(object->references > 0);
	if (object->references > 1) {
		object->references--;
		spin_unlock(&object->lock);
		spin_unlock(&vm_object_port_lock);
		return false;
	}
	if (object->pager != NULL && object->can_persist) {
		oldest = memory_object_cache(object);
		spin_unlock(&object->lock);
		spin_unlock(&vm_object_port_lock);
		vm_object_deallocate(oldest);
		return false;
	}
	spin_unlock(&object->lock);
	ports.pager = NULL;
	if (object->pager != NULL)
		memory_object_detach(object, &ports);
	spin_unlock(&vm_object_port_lock);
	if (ports.pager != NULL)
		memory_object_finish(object, &ports);
	return true;
}
