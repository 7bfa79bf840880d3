/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Which devices there are, and their ports.
 */
#include <dev/device.h>
#include <dev/memory.h>
#include <dev/ramdisk.h>

#include <ipc/ipc_port.h>
#include <kern/ipc_kobject.h>
#include <lib/macros.h>
#include <lib/string.h>

static struct device *const devices[] = {
	&device_console,
	&device_time,
	&device_kmsg,
	&device_mem,
	&device_irq,
	&device_random,
	&device_devicetree.device,
};

static struct device *
device_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(devices); i++) {
		if (strcmp(devices[i]->name, name) == 0)
			return devices[i];
	}
	return ramdisk_lookup(name);
}

io_return_t
device_open_name(const char *name, dev_mode_t mode, struct device **device)
{
	struct device *found = device_find(name);
	struct ipc_port *port;

	io_return_t result;

	if (found == NULL)
		return D_NO_SUCH_DEVICE;
	result = found->open == NULL ? D_SUCCESS : found->open(found, mode);
	if (result != D_SUCCESS)
		return result;
	if (__atomic_load_n(&found->port, __ATOMIC_ACQUIRE) == IP_NULL) {
		port = ipc_port_alloc_kernel(IKOT_DEVICE, (uintptr_t)found);
		if (port == IP_NULL)
			return D_NO_MEMORY;
		spin_lock(&found->lock);
		if (found->port == IP_NULL) {
			__atomic_store_n(&found->port, port,
			    __ATOMIC_RELEASE);
			port = IP_NULL;
		}
		spin_unlock(&found->lock);
		if (port != IP_NULL)
			ipc_port_dealloc_kernel(port);
	}
	spin_lock(&found->lock);
	found->opens++;
	spin_unlock(&found->lock);
	*device = found;
	return D_SUCCESS;
}

io_return_t
device_close_one(struct device *device)
{
	io_return_t result = D_DEVICE_DOWN;
	bool last = false;

	spin_lock(&device->lock);
	if (device->opens > 0) {
		last = --device->opens == 0;
		result = D_SUCCESS;
	}
	spin_unlock(&device->lock);
	if (last && device->close != NULL)
		device->close(device);
	return result;
}

device_t
dev_port_lookup(ipc_port_t port)
{
	struct device *device = NULL;

	if (!IP_VALID(port))
		return NULL;
	spin_lock(&port->lock);
	if (port->active && port->kobject_type == IKOT_DEVICE)
		device = (struct device *)port->kobject;
	spin_unlock(&port->lock);
	return device;
}

ipc_port_t
convert_device_to_port(device_t device)
{
	return device == NULL ? IP_NULL : ipc_port_make_send(device->port);
}

/* Devices are not counted: they stay. */
void
device_deallocate(device_t device)
{
	(void)device;
}
