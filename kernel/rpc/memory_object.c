/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What pagers tell the kernel (GNU Mach manual, "External Memory
 * Management").  These are one-way messages: errors reach nobody, they only
 * mean that nothing was done.
 *
 * Copy strategies: DELAY and TEMPORARY copy on write; NONE, whose data may
 * change under the kernel, physically and at once; CALL as in
 * memory_object_call.h, beyond as many copies as may live as NONE.  Before it
 * is ready an object is copied as with DELAY.  TEMPORARY objects return no data at their end.
 */
#include <lib/macros.h>
#include <machine/memory.h>
#include <rpc/memory_object.h>
#include <vm/memory_object.h>
#include <vm/memory_object_call.h>
#include <vm/memory_object_message.h>
#include <vm/vm_map.h>

/*
 * A range of whole pages inside an object, by the pager's offset; sizes are
 * rounded up.
 */
static bool
memory_object_range(const struct vm_object *object, vm_offset_t offset,
    vm_size_t size, uint64_t *start, uint64_t *end)
{
	if (object == VM_OBJECT_NULL || (offset & PAGE_MASK) != 0 || offset > MEMORY_OBJECT_SIZE ||
	    size > MEMORY_OBJECT_SIZE - offset)
		return false;
	*start = object->paging_offset + offset;
	*end = *start + ((size + PAGE_MASK) & ~(vm_size_t)PAGE_MASK);
	if (object->called_end != 0)
		*end = MIN(*end, object->called_end);
	return true;
}

/*
 * A right to send the answer by, or none.  MIG takes an item of any type for
 * it, and what is no right is no pointer.
 */
static bool
memory_object_reply_valid(const struct memory_object_reply *reply)
{
	return reply->port == IP_NULL ||
	    reply->type == MACH_MSG_TYPE_PORT_SEND ||
	    reply->type == MACH_MSG_TYPE_PORT_SEND_ONCE;
}

/* Answer, with a right to the control port if there is one still. */
static void
memory_object_supplied(struct vm_object *object,
    const struct memory_object_reply *reply, uint64_t offset,
    uint64_t length, kern_return_t result, uint64_t error_offset)
{
	struct memory_object_ports rights = { .pager = IP_NULL };

	memory_object_rights(object, &rights);
	memory_object_send_supply_completed(reply, rights.control, offset,
	    length, result, error_offset);
	ipc_port_release_send(rights.control);
	ipc_port_release_send(rights.pager);
}

kern_return_t
memory_object_data_supply(vm_object_t object, vm_offset_t offset,
    vm_offset_t data, mach_msg_type_number_t count, vm_prot_t lock,
    boolean_t precious, ipc_port_t reply_to, mach_msg_type_name_t reply_type)
{
	struct memory_object_reply reply = { reply_to, reply_type };
	vm_map_copy_t copy = (vm_map_copy_t)data;
	uint64_t start, end, length;
	kern_return_t kr = KERN_INVALID_ARGUMENT;

	if (object == VM_OBJECT_NULL)
		return kr;
	if (memory_object_range(object, offset, count, &start, &end) &&
	    (lock & ~VM_PROT_ALL) == 0 && memory_object_reply_valid(&reply))
		kr = memory_object_supply(object, start, copy, lock,
		    precious != 0, &length);
	if (kr == KERN_SUCCESS || kr == KERN_MEMORY_PRESENT) {
		memory_object_supplied(object, &reply, offset, count, kr,
		    kr == KERN_SUCCESS ? 0 : offset + length);
		vm_map_copy_discard(copy);
		kr = KERN_SUCCESS;
	}
	vm_object_deallocate(object);
	return kr;
}

kern_return_t
memory_object_data_unavailable(vm_object_t object, vm_offset_t offset,
    vm_size_t size)
{
	uint64_t start, end;
	bool good = memory_object_range(object, offset, size, &start, &end);

	if (object == VM_OBJECT_NULL)
		return KERN_INVALID_ARGUMENT;
	if (good && object->called_end != 0)
		memory_object_call_unavailable(object, start, end);
	else if (good)
		memory_object_zero(object, start, end);
	vm_object_deallocate(object);
	return good ? KERN_SUCCESS : KERN_INVALID_ARGUMENT;
}

/* Whatever the reason, the threads get KERN_MEMORY_ERROR. */
kern_return_t
memory_object_data_error(vm_object_t object, vm_offset_t offset,
    vm_size_t size, kern_return_t error)
{
	uint64_t start, end;
	bool good = memory_object_range(object, offset, size, &start, &end);

	if (object == VM_OBJECT_NULL)
		return KERN_INVALID_ARGUMENT;
	if (good) {
		spin_lock(&object->lock);
		memory_object_fail(object, start, end, KERN_MEMORY_ERROR);
		spin_unlock(&object->lock);
	}
	vm_object_deallocate(object);
	return good ? KERN_SUCCESS : KERN_INVALID_ARGUMENT;
}

static bool
memory_object_lock_valid(memory_object_return_t should_return,
    vm_prot_t lock)
{
	return should_return >= MEMORY_OBJECT_RETURN_NONE &&
	    should_return <= MEMORY_OBJECT_RETURN_ALL &&
	    (lock == VM_PROT_NO_CHANGE || (lock & ~VM_PROT_ALL) == 0);
}

kern_return_t
memory_object_lock_request(vm_object_t object, vm_offset_t offset,
    vm_size_t size, memory_object_return_t should_return,
    boolean_t should_flush, vm_prot_t lock, ipc_port_t reply_to,
    mach_msg_type_name_t reply_type)
{
	struct memory_object_reply reply = { reply_to, reply_type };
	struct memory_object_clean what = {
		.should_return = should_return,
		.flush = should_flush != 0,
		.lock = lock,
	};
	struct memory_object_ports rights;
	kern_return_t kr = KERN_INVALID_ARGUMENT;

	if (object == VM_OBJECT_NULL)
		return kr;
	if (memory_object_range(object, offset, size, &what.start,
	    &what.end) &&
	    memory_object_lock_valid(should_return, lock) &&
	    memory_object_reply_valid(&reply) &&
	    memory_object_rights(object, &rights)) {
		kr = memory_object_clean(object, &rights, &what);
		if (kr == KERN_SUCCESS)
			memory_object_send_lock_completed(&reply,
			    rights.control, offset, size);
		ipc_port_release_send(rights.control);
		ipc_port_release_send(rights.pager);
	}
	vm_object_deallocate(object);
	return kr;
}

kern_return_t
memory_object_change_attributes(vm_object_t object, boolean_t may_cache,
    memory_object_copy_strategy_t strategy, ipc_port_t reply_to,
    mach_msg_type_name_t reply_type)
{
	struct memory_object_reply reply = { reply_to, reply_type };
	bool good = strategy >= MEMORY_OBJECT_COPY_NONE &&
	    strategy <= MEMORY_OBJECT_COPY_TEMPORARY &&
	    memory_object_reply_valid(&reply);

	if (object == VM_OBJECT_NULL)
		return KERN_INVALID_ARGUMENT;
	/* Those of anonymous memory, and of copies, are the kernel's. */
	if (object->internal && object->called_end == 0)
		good = false;
	if (good) {
		spin_lock(&object->lock);
		if (object->internal) {
			may_cache = FALSE;
			strategy = object->copy_strategy;
		}
		object->can_persist = may_cache != 0;
		object->copy_strategy = strategy;
		object->temporary = strategy == MEMORY_OBJECT_COPY_TEMPORARY;
		object->pager_ready = true;
		waitq_wake_all(&object->waiters, WAIT_DONE);
		memory_object_call_told(object);
		spin_unlock(&object->lock);
		memory_object_send_change_completed(&reply, may_cache != 0,
		    strategy);
	}
	vm_object_deallocate(object);
	return good ? KERN_SUCCESS : KERN_INVALID_ARGUMENT;
}

kern_return_t
memory_object_ready(vm_object_t object, boolean_t may_cache,
    memory_object_copy_strategy_t strategy)
{
	return memory_object_change_attributes(object, may_cache, strategy,
	    IP_NULL, 0);
}

kern_return_t
memory_object_get_attributes(vm_object_t object, boolean_t *ready,
    boolean_t *may_cache, memory_object_copy_strategy_t *strategy)
{
	if (object == VM_OBJECT_NULL)
		return KERN_INVALID_ARGUMENT;
	spin_lock(&object->lock);
	*ready = object->pager_ready;
	*may_cache = object->can_persist;
	*strategy = object->copy_strategy;
	spin_unlock(&object->lock);
	vm_object_deallocate(object);
	return KERN_SUCCESS;
}

kern_return_t
memory_object_destroy(vm_object_t object, kern_return_t reason)
{
	if (object == VM_OBJECT_NULL)
		return KERN_INVALID_ARGUMENT;
	memory_object_shutdown(object);
	vm_object_deallocate(object);
	return KERN_SUCCESS;
}
