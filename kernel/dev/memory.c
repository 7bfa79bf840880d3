/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include <dev/memory.h>

#include <lib/macros.h>
#include <lib/string.h>
#include <machine/memory.h>
#include <vm/vm_object.h>
#include <vm/vm_page.h>

static struct device_memory *
device_memory(struct device *device)
{
	return container_of(device, struct device_memory, device);
}

char *
device_memory_data(const struct device_memory *memory)
{
	return vm_page_to_direct(memory->pages);
}

void
device_memory_set(struct device_memory *memory, struct vm_page *pages,
    uint64_t size)
{
	memory->pages = pages;
	memory->size = size;
	memset(device_memory_data(memory) + size, 0,
	    ALIGN_UP(size, PAGE_SIZE) - size);
}

/* Where a record begins; false: behind the end. */
static bool
record_offset(const struct device_memory *memory, recnum_t record,
    uint64_t *offset)
{
	if (record > memory->size / memory->record_size)
		return false;
	*offset = record * memory->record_size;
	return true;
}

io_return_t
device_memory_read(struct device *device, dev_mode_t mode, recnum_t record,
    char *data, size_t size, size_t *got)
{
	const struct device_memory *memory = device_memory(device);
	uint64_t offset;

	(void)mode;
	if (!record_offset(memory, record, &offset))
		return D_INVALID_RECNUM;
	*got = MIN((uint64_t)size, memory->size - offset);
	memcpy(data, device_memory_data(memory) + offset, *got);
	return D_SUCCESS;
}

io_return_t
device_memory_write(struct device *device, dev_mode_t mode, recnum_t record,
    const char *data, size_t size, size_t *written)
{
	struct device_memory *memory = device_memory(device);
	uint64_t offset;

	(void)mode;
	if (!memory->writable)
		return D_READ_ONLY;
	if (!record_offset(memory, record, &offset))
		return D_INVALID_RECNUM;
	if (size > memory->size - offset)
		return D_INVALID_SIZE;
	memcpy(device_memory_data(memory) + offset, data, size);
	*written = size;
	return D_SUCCESS;
}

/* All mappings share one object, which begins where the device does. */
io_return_t
device_memory_map(struct device *device, vm_prot_t protection,
    uint64_t offset, uint64_t size, struct vm_object **object)
{
	struct device_memory *memory = device_memory(device);
	uint64_t whole = ALIGN_UP(memory->size, PAGE_SIZE);

	if (!memory->writable && (protection & VM_PROT_WRITE) != 0)
		return D_READ_ONLY;
	if (offset != 0)
		return D_INVALID_RECNUM;
	if (size > whole)
		return D_INVALID_SIZE;
	spin_lock(&device->lock);
	if (memory->object == VM_OBJECT_NULL) {
		memory->object = vm_object_create_pages(memory->pages,
		    whole >> PAGE_SHIFT);
		if (memory->object != VM_OBJECT_NULL)
			memory->object->max_protection = memory->writable
			    ? VM_PROT_ALL : VM_PROT_READ;
	}
	*object = memory->object;
	if (*object != VM_OBJECT_NULL)
		vm_object_reference(*object);
	spin_unlock(&device->lock);
	return *object == VM_OBJECT_NULL ? D_NO_MEMORY : D_SUCCESS;
}

/* The older flavor counts bytes, in an int: what does not fit is unknown. */
io_return_t
device_memory_get_status(struct device *device, dev_flavor_t flavor,
    dev_status_t status, mach_msg_type_number_t *count)
{
	const struct device_memory *memory = device_memory(device);
	uint64_t records = memory->size / memory->record_size;
	uint64_t value;

	switch (flavor) {
	case DEV_GET_SIZE:
		value = memory->size;
		break;
	case DEV_GET_RECORDS:
		value = records;
		break;
	default:
		return D_INVALID_OPERATION;
	}
	_Static_assert(DEV_GET_SIZE_COUNT == DEV_GET_RECORDS_COUNT, "");
	if (*count < DEV_GET_SIZE_COUNT)
		return D_INVALID_SIZE;
	status[DEV_GET_SIZE_DEVICE_SIZE] = value <= INT32_MAX ? (int)value
	    : 0;
	status[DEV_GET_SIZE_RECORD_SIZE] = (int)memory->record_size;
	*count = DEV_GET_SIZE_COUNT;
	return D_SUCCESS;
}
