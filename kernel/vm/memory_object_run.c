/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Pages on their way to their pager.
 */
#include <ipc/ipc_kmsg.h>
#include <kern/assert.h>
#include <machine/memory.h>
#include <vm/memory_object_returned.h>
#include <vm/memory_object_run.h>
#include <vm/pmap.h>
#include <vm/vm_map_copy.h>
#include <vm/vm_page_queue.h>
#include <vm/vm_stat.h>

/* What the pages of `object` go in; NULL without memory. */
static struct vm_object *
memory_object_run_create(const struct vm_object *object)
{
	struct vm_object *carrier = vm_object_create(MEMORY_OBJECT_RUN);

	if (carrier == NULL || object->returns == NULL)
		return carrier;
	carrier->returned = memory_object_returned_create(object->returns);
	if (carrier->returned == NULL) {
		vm_object_deallocate(carrier);
		return NULL;
	}
	return carrier;
}

kern_return_t
memory_object_run_prepare(struct memory_object_run *run,
    const struct vm_object *object)
{
	if (run->data != NULL)
		return KERN_SUCCESS;
	run->kmsg = memory_object_return_alloc();
	if (run->kmsg == NULL)
		return KERN_RESOURCE_SHORTAGE;
	run->object = memory_object_run_create(object);
	if (run->object == NULL || vm_map_copy_create_object(run->object,
	    MEMORY_OBJECT_RUN, &run->data) != KERN_SUCCESS) {
		ipc_kmsg_free(run->kmsg);
		run->data = NULL;
		return KERN_RESOURCE_SHORTAGE;
	}
	run->size = 0;
	run->paging_offset = object->paging_offset;
	return KERN_SUCCESS;
}

bool
memory_object_run_takes(const struct memory_object_run *run,
    const struct vm_page *page, bool dirty, bool kept, bool initial)
{
	return run->size == 0 || (run->size < MEMORY_OBJECT_RUN &&
	    run->offset + run->size == page->offset && run->dirty == dirty &&
	    run->kept == kept && run->initial == initial);
}

/* Put a copy of the page in the run; it is clean then. */
static kern_return_t
memory_object_run_copy(struct memory_object_run *run, struct vm_page *page)
{
	struct vm_page *fresh = vm_object_page_fresh(run->object, run->size);

	if (fresh == NULL)
		return KERN_RESOURCE_SHORTAGE;
	/* The next write is a fault, and makes it dirty again. */
	pmap_page_protect(page, VM_PROT_READ | VM_PROT_EXECUTE);
	machine_page_copy(vm_page_to_direct(fresh), vm_page_to_direct(page));
	pmap_page_clear_modified(page);
	return KERN_SUCCESS;
}

kern_return_t
memory_object_run_add(struct memory_object_run *run, struct vm_page *page,
    bool dirty, bool kept, bool initial)
{
	struct vm_object *object = page->object;
	uint64_t offset = page->offset;
	kern_return_t kr = KERN_SUCCESS;

	assert(run->data != NULL);
	if (object->internal)
		kr = vm_object_paged_set(object, offset);
	if (kr != KERN_SUCCESS)
		return kr;
	if (kept)
		kr = memory_object_run_copy(run, page);
	else {
		pmap_page_protect(page, VM_PROT_NONE);
		if (!vm_object_page_move(page, run->object, run->size,
		    run->queue))
			kr = KERN_RESOURCE_SHORTAGE;
	}
	if (kr != KERN_SUCCESS)
		return kr;
	if (run->size == 0) {
		run->offset = offset;
		run->dirty = dirty;
		run->kept = kept;
		run->initial = initial;
	}
	run->size += PAGE_SIZE;
	return KERN_SUCCESS;
}

void
memory_object_run_send(struct memory_object_run *run,
    const struct memory_object_ports *ports)
{
	if (run->data == NULL || run->size == 0)
		return;
	vm_map_copy_trim(run->data, run->size);
	if (run->object->returned != NULL)
		memory_object_returned_begin(run->object->returned,
		    run->offset, run->size);
	vm_stat_add(&vm_stat.pageouts,
	    (integer_t)(run->size >> PAGE_SHIFT));
	if (run->initial)
		memory_object_send_initialize(run->kmsg, ports, run->offset,
		    run->data);
	else
		memory_object_send_return(run->kmsg, ports,
		    run->offset - run->paging_offset, run->data, run->dirty, run->kept);
	run->data = NULL;
	run->size = 0;
}

void
memory_object_run_cancel(struct memory_object_run *run)
{
	if (run->data == NULL)
		return;
	assert(run->size == 0);
	vm_map_copy_discard(run->data);
	ipc_kmsg_free(run->kmsg);
	run->data = NULL;
}
