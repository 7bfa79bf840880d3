/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The device protocol: device/device.defs.
 */
#include <dev/device.h>
#include <dev/later.h>

#include <ipc/ipc_port.h>
#include <kern/ipc_host.h>
#include <kern/ipc_kobject.h>
#include <kern/kalloc.h>
#include <lib/macros.h>
#include <lib/string.h>
#include <mach/mig_errors.h>
#include <vm/vm_map.h>
#include <vm/vm_object.h>

#include <device.server.h>

/* Openings go through the device master port. */
static bool
is_master(struct ipc_port *port)
{
	return IP_VALID(port) && port->kobject_type == IKOT_MASTER_DEVICE;
}

static kern_return_t
open_device(struct ipc_port *master, struct ipc_port *reply, dev_mode_t mode,
    const char *name, device_t *device)
{
	char text[sizeof(dev_name_t)];

	if (!is_master(master))
		return D_INVALID_OPERATION;
	memcpy(text, name, sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	return device_open_name(text, mode, device);
}

kern_return_t
ds_device_open(ipc_port_t master, ipc_port_t reply,
    mach_msg_type_name_t reply_type, dev_mode_t mode, const_dev_name_t name,
    device_t *device)
{
	return open_device(master, reply, mode, name, device);
}

kern_return_t
ds_device_open_new(ipc_port_t master, ipc_port_t reply,
    mach_msg_type_name_t reply_type, dev_mode_t mode, const_dev_name_t name,
    device_t *device)
{
	return open_device(master, reply, mode, name, device);
}

kern_return_t
ds_device_close(device_t device)
{
	if (device == NULL)
		return D_NO_SUCH_DEVICE;
	return device_close_one(device);
}

static kern_return_t
write_device(device_t device, dev_mode_t mode, recnum_t record,
    const char *data, size_t size, int *written)
{
	size_t count = 0;
	kern_return_t result;

	if (device == NULL)
		return D_NO_SUCH_DEVICE;
	if (device->write == NULL)
		return D_INVALID_OPERATION;
	result = device->write(device, mode, record, data, size, &count);
	*written = (int)count;
	return result;
}

kern_return_t
ds_device_write_inband(device_t device, ipc_port_t reply,
    mach_msg_type_name_t reply_type, dev_mode_t mode, recnum_t record,
    const io_buf_ptr_inband_t data, mach_msg_type_number_t count,
    int *written)
{
	return write_device(device, mode, record, data, count, written);
}

/* A part of the data at most: the caller writes the rest by calling again. */
kern_return_t
ds_device_write(device_t device, ipc_port_t reply,
    mach_msg_type_name_t reply_type, dev_mode_t mode, recnum_t record,
    io_buf_ptr_t data, mach_msg_type_number_t count, int *written)
{
	vm_map_copy_t copy = (vm_map_copy_t)data;
	size_t size = MIN(count, DEVICE_IO_MAX);
	char *buffer;
	kern_return_t result;

	if (device == NULL)
		return D_NO_SUCH_DEVICE;
	if (size == 0)
		return write_device(device, mode, record, NULL, 0, written);
	buffer = kalloc(size);
	if (buffer == NULL)
		return D_NO_MEMORY;
	result = vm_map_copy_extract(copy, buffer, size);
	if (result == KERN_SUCCESS)
		result = write_device(device, mode, record, buffer, size,
		    written);
	kfree(buffer, size);
	if (result == KERN_SUCCESS)
		vm_map_copy_discard(copy);
	return result;
}

static kern_return_t
read_device(device_t device, dev_mode_t mode, recnum_t record, char *data,
    size_t size, size_t *got)
{
	if (device == NULL)
		return D_NO_SUCH_DEVICE;
	if (device->read == NULL)
		return D_INVALID_OPERATION;
	*got = 0;
	return device->read(device, mode, record, data, size, got);
}

/* Leave a read that found nothing to the device, and its reply too. */
static kern_return_t
read_later(device_t device, ipc_port_t reply,
    mach_msg_type_name_t reply_type, size_t size, bool inband)
{
	struct device_later *later;
	kern_return_t result;

	if (!IP_VALID(reply))
		return D_INVALID_OPERATION;
	later = device_later_create(reply, reply_type, inband, size);
	if (later == NULL)
		return D_NO_MEMORY;
	result = device->read_later(device, later);
	if (result == D_SUCCESS)
		return MIG_NO_REPLY;
	device_later_forget(later);
	return result;
}

static bool
may_wait(device_t device, dev_mode_t mode, kern_return_t result)
{
	return result == D_WOULD_BLOCK && (mode & D_NOWAIT) == 0 &&
	    device->read_later != NULL;
}

kern_return_t
ds_device_read_inband(device_t device, ipc_port_t reply,
    mach_msg_type_name_t reply_type, dev_mode_t mode, recnum_t record,
    int wanted, io_buf_ptr_inband_t data, mach_msg_type_number_t *count)
{
	size_t size = MIN((size_t)wanted, (size_t)IO_INBAND_MAX);
	size_t got;
	kern_return_t result;

	if (wanted < 0)
		return D_INVALID_SIZE;
	result = read_device(device, mode, record, data, size, &got);
	if (may_wait(device, mode, result))
		return read_later(device, reply, reply_type, size, true);
	if (result == D_SUCCESS)
		*count = (mach_msg_type_number_t)got;
	return result;
}

kern_return_t
ds_device_read(device_t device, ipc_port_t reply,
    mach_msg_type_name_t reply_type, dev_mode_t mode, recnum_t record,
    int wanted, io_buf_ptr_t *data, mach_msg_type_number_t *count)
{
	vm_map_copy_t copy = VM_MAP_COPY_NULL;
	size_t size;
	size_t got = 0;
	char *buffer;
	kern_return_t result;

	if (wanted < 0)
		return D_INVALID_SIZE;
	size = MIN((size_t)wanted, (size_t)DEVICE_IO_MAX);
	buffer = kalloc(MAX(size, (size_t)1));
	if (buffer == NULL)
		return D_NO_MEMORY;
	result = read_device(device, mode, record, buffer, size, &got);
	if (result == D_SUCCESS && got > 0)
		result = vm_map_copy_create(buffer, got, &copy);
	kfree(buffer, MAX(size, (size_t)1));
	if (may_wait(device, mode, result))
		return read_later(device, reply, reply_type, size, false);
	*data = (io_buf_ptr_t)copy;
	*count = (mach_msg_type_number_t)got;
	return result;
}

kern_return_t
ds_device_map(device_t device, vm_prot_t protection, vm_offset_t offset,
    vm_size_t size, ipc_port_t *pager, int unmap)
{
	struct vm_object *object = VM_OBJECT_NULL;
	kern_return_t result;

	if (device == NULL)
		return D_NO_SUCH_DEVICE;
	if (device->map == NULL || (protection & ~VM_PROT_ALL) != 0)
		return D_INVALID_OPERATION;
	result = device->map(device, protection, offset, size, &object);
	if (result != D_SUCCESS)
		return result;
	*pager = vm_object_pager_port(object);
	vm_object_deallocate(object);
	return *pager == IP_NULL ? D_NO_MEMORY : D_SUCCESS;
}

kern_return_t
ds_device_get_status(device_t device, dev_flavor_t flavor,
    dev_status_t status, mach_msg_type_number_t *count)
{
	if (device == NULL)
		return D_NO_SUCH_DEVICE;
	if (device->get_status == NULL)
		return D_INVALID_OPERATION;
	return device->get_status(device, flavor, status, count);
}

kern_return_t
ds_device_set_status(device_t device, dev_flavor_t flavor,
    const dev_status_t status, mach_msg_type_number_t count)
{
	if (device == NULL)
		return D_NO_SUCH_DEVICE;
	if (device->set_status == NULL)
		return D_INVALID_OPERATION;
	return device->set_status(device, flavor, status, count);
}

kern_return_t
ds_device_intr_register(device_t device, int id, int flags,
    ipc_port_t receive_port)
{
	if (device == NULL)
		return D_NO_SUCH_DEVICE;
	if (device->intr_register == NULL)
		return D_INVALID_OPERATION;
	return device->intr_register(device, id, flags, receive_port);
}

kern_return_t
ds_device_intr_ack(device_t device, ipc_port_t receive_port)
{
	if (device == NULL)
		return D_NO_SUCH_DEVICE;
	if (device->intr_ack == NULL)
		return D_INVALID_OPERATION;
	return device->intr_ack(device, receive_port);
}
