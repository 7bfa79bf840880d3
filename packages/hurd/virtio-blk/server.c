/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include "server.h"

#include <device/device.h>
#include <device/notify.h>
#include <mach/mig_errors.h>
#include <stdint.h>
#include <string.h>

#include <device_reply.user.h>
#include <device_server.h>

#include "blk.h"
#include "find.h"
#include "io_mach.h"

#define DISKS_MAX		16u
#define REQUESTS_MAX		256u
#define TRANSFER_MAX		(16u << 20)	/* bytes of one request */
#define SILENCE_MS		30000u
#define MESSAGE_SIZE		8192u
/* glibc's EOPNOTSUPP: errors of the Hurd are its system 16, code 45. */
#define NOT_SUPPORTED		(0x10 << 26 | 45)

/* MIG makes it and declares it nowhere. */
boolean_t device_server(mach_msg_header_t *in, mach_msg_header_t *out);

struct disk {
	struct blk blk;
	char name[8];
	mach_port_t port;		/* clients' */
	mach_port_t interrupts;
};

/* A request and to whom the answer goes. */
struct request {
	struct blk_request blk;		/* first */
	bool used;
	bool inband;
	mach_port_t reply;
	mach_msg_type_name_t reply_type;
	vm_address_t data;
	vm_size_t data_size;
	vm_size_t wanted;
};

static struct disk disks[DISKS_MAX];
static unsigned int disk_count;
static struct request requests[REQUESTS_MAX];
static mach_port_t irq_device;
static mach_port_t master_port;
static mach_port_t everything;		/* port set */

/* What is being served: device_set_status has no reply port argument. */
static mach_msg_header_t *current;

static mach_port_t
make_port(void)
{
	mach_port_t port = MACH_PORT_NULL;

	if (mach_port_allocate(mach_task_self(), MACH_PORT_RIGHT_RECEIVE,
	    &port) != KERN_SUCCESS)
		return MACH_PORT_NULL;
	mach_port_move_member(mach_task_self(), port, everything);
	return port;
}

static struct disk *
find_port(mach_port_t port)
{
	unsigned int i;

	for (i = 0; i < disk_count; i++)
		if (disks[i].port == port || disks[i].interrupts == port)
			return &disks[i];
	return NULL;
}

static struct request *
request_create(mach_port_t reply, mach_msg_type_name_t type)
{
	struct request *request;

	for (request = requests; request < requests + REQUESTS_MAX; request++)
		if (!request->used)
			break;
	if (request == requests + REQUESTS_MAX)
		return NULL;
	memset(request, 0, sizeof(*request));
	request->used = true;
	request->reply = reply;
	request->reply_type = type;
	return request;
}

/*
 * Answered, or, when the client is gone, not: then what the answer had is
 * still here.
 */
static void
request_end(struct request *request, kern_return_t sent)
{
	if (sent != KERN_SUCCESS)
		mach_port_deallocate(mach_task_self(), request->reply);
	if (request->data_size != 0)
		vm_deallocate(mach_task_self(), request->data,
		    request->data_size);
	request->used = false;
}

static void
read_done(struct blk_request *blk, bool good)
{
	struct request *request = (struct request *)blk;
	kern_return_t result = good ? D_SUCCESS : D_IO_ERROR, sent;
	mach_msg_type_number_t count = good
	    ? (mach_msg_type_number_t)request->wanted : 0;

	if (request->inband) {
		sent = ds_device_read_reply_inband(request->reply,
		    request->reply_type, result, (char *)request->data,
		    count);
	} else {
		sent = ds_device_read_reply(request->reply,
		    request->reply_type, result, (char *)request->data,
		    count);
		/* The message took it along. */
		if (sent == KERN_SUCCESS && good)
			request->data_size = 0;
	}
	request_end(request, sent);
}

static void
write_done(struct blk_request *blk, bool good)
{
	struct request *request = (struct request *)blk;

	request_end(request, ds_device_write_reply(request->reply,
	    request->reply_type, good ? D_SUCCESS : D_IO_ERROR,
	    good ? (int)request->wanted : 0));
}

static void
flush_done(struct blk_request *blk, bool good)
{
	struct request *request = (struct request *)blk;
	mig_reply_header_t reply;

	memset(&reply, 0, sizeof(reply));
	reply.Head.msgh_bits = MACH_MSGH_BITS(request->reply_type, 0);
	reply.Head.msgh_size = sizeof(reply);
	reply.Head.msgh_remote_port = request->reply;
	reply.Head.msgh_id = 2910;	/* of device_set_status */
	reply.RetCodeType.msgt_name = MACH_MSG_TYPE_INTEGER_32;
	reply.RetCodeType.msgt_size = 32;
	reply.RetCodeType.msgt_number = 1;
	reply.RetCodeType.msgt_inline = TRUE;
	reply.RetCode = good ? D_SUCCESS : D_IO_ERROR;
	request_end(request, mach_msg(&reply.Head, MACH_SEND_MSG,
	    sizeof(reply), 0, MACH_PORT_NULL, MACH_MSG_TIMEOUT_NONE,
	    MACH_PORT_NULL));
}

/* The protocol.  A routine that fails leaves its arguments to MIG. */

kern_return_t
ds_device_open(mach_port_t master, mach_port_t reply,
    mach_msg_type_name_t reply_type, dev_mode_t mode, const_dev_name_t name,
    mach_port_t *device, mach_msg_type_name_t *device_type)
{
	unsigned int i;

	(void)reply;
	(void)reply_type;
	if (master != master_port)
		return D_INVALID_OPERATION;
	for (i = 0; i < disk_count; i++)
		if (strncmp(disks[i].name, name, sizeof(disks[i].name)) == 0)
			break;
	if (i == disk_count)
		return D_NO_SUCH_DEVICE;
	if ((mode & D_WRITE) != 0 && disks[i].blk.read_only)
		return D_READ_ONLY;
	*device = disks[i].port;
	*device_type = MACH_MSG_TYPE_MAKE_SEND;
	return D_SUCCESS;
}

kern_return_t
ds_device_open_new(mach_port_t master, mach_port_t reply,
    mach_msg_type_name_t reply_type, dev_mode_t mode, const_dev_name_t name,
    mach_port_t *device, mach_msg_type_name_t *device_type)
{
	return ds_device_open(master, reply, reply_type, mode, name, device,
	    device_type);
}

kern_return_t
ds_device_close(mach_port_t device)
{
	return find_port(device) == NULL ? D_NO_SUCH_DEVICE : D_SUCCESS;
}

/* Cut a read at the end of the disk; the bytes to ask the disk for. */
static kern_return_t
read_range(const struct blk *blk, recnum_t block, int wanted, uint64_t *size)
{
	if (wanted < 0 || (unsigned int)wanted > TRANSFER_MAX)
		return D_INVALID_SIZE;
	if (block > blk->blocks)
		return D_INVALID_RECNUM;
	*size = (uint64_t)wanted;
	if (*size > (blk->blocks - block) * blk->block_size)
		*size = (blk->blocks - block) * blk->block_size;
	return D_SUCCESS;
}

static kern_return_t
start_read(mach_port_t device, mach_port_t reply,
    mach_msg_type_name_t reply_type, recnum_t block, int wanted, bool inband)
{
	struct disk *disk = find_port(device);
	struct request *request;
	kern_return_t result;
	uint64_t size;

	if (disk == NULL)
		return D_NO_SUCH_DEVICE;
	result = read_range(&disk->blk, block, wanted, &size);
	if (result != D_SUCCESS)
		return result;
	request = request_create(reply, reply_type);
	if (request == NULL)
		return D_NO_MEMORY;
	if (size != 0 && vm_allocate(mach_task_self(), &request->data, size,
	    TRUE) != KERN_SUCCESS) {
		request->used = false;
		return D_NO_MEMORY;
	}
	request->data_size = size;
	request->wanted = size;
	request->inband = inband;
	request->blk.kind = BLK_READ;
	request->blk.block = block;
	request->blk.size = size;
	request->blk.data = (char *)request->data;
	request->blk.done = read_done;
	blk_submit(&disk->blk, &request->blk);
	return MIG_NO_REPLY;
}

kern_return_t
ds_device_read(mach_port_t device, mach_port_t reply,
    mach_msg_type_name_t reply_type, dev_mode_t mode, recnum_t block,
    int wanted, io_buf_ptr_t *data, mach_msg_type_number_t *count)
{
	(void)mode;
	(void)data;
	(void)count;
	return start_read(device, reply, reply_type, block, wanted, false);
}

kern_return_t
ds_device_read_inband(mach_port_t device, mach_port_t reply,
    mach_msg_type_name_t reply_type, dev_mode_t mode, recnum_t block,
    int wanted, io_buf_ptr_inband_t data, mach_msg_type_number_t *count)
{
	(void)mode;
	(void)data;
	(void)count;
	return start_read(device, reply, reply_type, block,
	    wanted > IO_INBAND_MAX ? IO_INBAND_MAX : wanted, true);
}

static kern_return_t
write_range(const struct blk *blk, recnum_t block, uint64_t size)
{
	if (blk->read_only)
		return D_READ_ONLY;
	if (size % blk->block_size != 0 || size > TRANSFER_MAX)
		return D_INVALID_SIZE;
	if (block > blk->blocks ||
	    size / blk->block_size > blk->blocks - block)
		return D_INVALID_RECNUM;
	return D_SUCCESS;
}

kern_return_t
ds_device_write(mach_port_t device, mach_port_t reply,
    mach_msg_type_name_t reply_type, dev_mode_t mode, recnum_t block,
    io_buf_ptr_t data, mach_msg_type_number_t count, int *written)
{
	struct disk *disk = find_port(device);
	struct request *request;
	kern_return_t result;

	(void)mode;
	(void)written;
	if (disk == NULL)
		return D_NO_SUCH_DEVICE;
	result = write_range(&disk->blk, block, count);
	if (result != D_SUCCESS)
		return result;
	request = request_create(reply, reply_type);
	if (request == NULL)
		return D_NO_MEMORY;
	request->data = (vm_address_t)data;
	request->data_size = count;
	request->wanted = count;
	request->blk.kind = BLK_WRITE;
	request->blk.block = block;
	request->blk.size = count;
	request->blk.data = data;
	request->blk.done = write_done;
	blk_submit(&disk->blk, &request->blk);
	return MIG_NO_REPLY;
}

/* No block is as small as what fits in line. */
kern_return_t
ds_device_write_inband(mach_port_t device, mach_port_t reply,
    mach_msg_type_name_t reply_type, dev_mode_t mode, recnum_t block,
    const io_buf_ptr_inband_t data, mach_msg_type_number_t count,
    int *written)
{
	struct disk *disk = find_port(device);

	(void)reply;
	(void)reply_type;
	(void)mode;
	(void)data;
	if (disk == NULL)
		return D_NO_SUCH_DEVICE;
	*written = 0;
	return write_range(&disk->blk, block, count);
}

kern_return_t
ds_device_map(mach_port_t device, vm_prot_t protection, vm_offset_t offset,
    vm_size_t size, mach_port_t *pager, int unmap)
{
	(void)protection;
	(void)offset;
	(void)size;
	(void)pager;
	(void)unmap;
	return find_port(device) == NULL ? D_NO_SUCH_DEVICE : NOT_SUPPORTED;
}

kern_return_t
ds_device_set_status(mach_port_t device, dev_flavor_t flavor,
    const dev_status_t status, mach_msg_type_number_t count)
{
	struct disk *disk = find_port(device);
	struct request *request;

	(void)status;
	(void)count;
	if (disk == NULL)
		return D_NO_SUCH_DEVICE;
	if (flavor != DEV_FLUSH_CACHE)
		return D_INVALID_OPERATION;
	request = request_create(current->msgh_remote_port,
	    MACH_MSGH_BITS_REMOTE(current->msgh_bits));
	if (request == NULL)
		return D_NO_MEMORY;
	request->blk.kind = BLK_FLUSH;
	request->blk.done = flush_done;
	blk_submit(&disk->blk, &request->blk);
	return MIG_NO_REPLY;
}

kern_return_t
ds_device_get_status(mach_port_t device, dev_flavor_t flavor,
    dev_status_t status, mach_msg_type_number_t *count)
{
	const struct disk *disk = find_port(device);
	uint64_t value;

	if (disk == NULL)
		return D_NO_SUCH_DEVICE;
	if (flavor == DEV_GET_SIZE)
		value = disk->blk.blocks * disk->blk.block_size;
	else if (flavor == DEV_GET_RECORDS)
		value = disk->blk.blocks;
	else
		return D_INVALID_OPERATION;
	if (*count < DEV_GET_SIZE_COUNT)
		return D_INVALID_SIZE;
	/* What the word cannot hold is unknown, which is 0. */
	status[DEV_GET_SIZE_DEVICE_SIZE] = value > INT32_MAX ? 0 : (int)value;
	status[DEV_GET_SIZE_RECORD_SIZE] = (int)disk->blk.block_size;
	*count = DEV_GET_SIZE_COUNT;
	return D_SUCCESS;
}

kern_return_t
ds_device_set_filter(mach_port_t device, mach_port_t receiver, int priority,
    const filter_array_t filter, mach_msg_type_number_t count)
{
	(void)device;
	(void)receiver;
	(void)priority;
	(void)filter;
	(void)count;
	return D_INVALID_OPERATION;
}

kern_return_t
ds_device_intr_register(mach_port_t device, int id, int flags,
    mach_port_t receiver)
{
	(void)device;
	(void)id;
	(void)flags;
	(void)receiver;
	return D_INVALID_OPERATION;
}

kern_return_t
ds_device_intr_ack(mach_port_t device, mach_port_t receiver)
{
	(void)device;
	(void)receiver;
	return D_INVALID_OPERATION;
}

/* Starting. */

static void
start_disk(const struct virtio *virtio)
{
	struct disk *disk = &disks[disk_count];
	const char *wrong;

	if (disk_count == DISKS_MAX) {
		io_print("%s: one disk too many\n", virtio->where);
		return;
	}
	memset(disk, 0, sizeof(*disk));
	disk->blk.virtio = *virtio;
	wrong = blk_setup(&disk->blk);
	if (wrong != NULL) {
		io_print("%s: %s\n", virtio->where, wrong);
		return;
	}
	disk->port = make_port();
	disk->interrupts = make_port();
	if (virtio->irq < 0 || disk->port == MACH_PORT_NULL ||
	    disk->interrupts == MACH_PORT_NULL ||
	    device_intr_register(irq_device, virtio->irq, 0,
	    disk->interrupts, MACH_MSG_TYPE_MAKE_SEND) != KERN_SUCCESS) {
		io_print("%s: no interrupt\n", virtio->where);
		virtio_reset(&disk->blk.virtio);
		return;
	}
	memcpy(disk->name, "vd0", 4);
	if (disk_count < 10)
		disk->name[2] = (char)('0' + disk_count);
	else
		memcpy(disk->name + 2, (char[]){ '1',
		    (char)('0' + disk_count - 10), '\0' }, 3);
	disk_count++;
	io_print("%s: %s, %s%s, %lu blocks of %u\n", disk->name,
	    virtio->where, virtio->legacy ? "legacy" : "version 1",
	    disk->blk.read_only ? ", read-only" : "",
	    (unsigned long)disk->blk.blocks, disk->blk.block_size);
}

/* The device tree, in memory of ours for good. */
static const void *
read_devicetree(mach_port_t device_master, vm_size_t *size)
{
	dev_name_t name = "devicetree";
	int status[DEV_GET_SIZE_COUNT];
	mach_msg_type_number_t count = DEV_GET_SIZE_COUNT;
	vm_address_t address = 0;
	mach_port_t device, object;
	kern_return_t result;

	if (device_open(device_master, D_READ, name, &device) != D_SUCCESS ||
	    device_get_status(device, DEV_GET_SIZE, status, &count) !=
	    D_SUCCESS)
		return NULL;
	*size = (vm_size_t)status[DEV_GET_SIZE_DEVICE_SIZE];
	if (device_map(device, VM_PROT_READ, 0, *size, &object, 0) !=
	    D_SUCCESS)
		return NULL;
	result = vm_map(mach_task_self(), &address, *size, 0, TRUE, object,
	    0, FALSE, VM_PROT_READ, VM_PROT_READ, VM_INHERIT_NONE);
	mach_port_deallocate(mach_task_self(), object);
	mach_port_deallocate(mach_task_self(), device);
	return result == KERN_SUCCESS ? (const void *)address : NULL;
}

unsigned int
server_setup(mach_port_t host, mach_port_t device_master)
{
	static struct devicetree tree;
	dev_name_t name = "irq";
	const void *blob;
	vm_size_t size;

	if (!io_mach_setup(host, device_master) ||
	    device_open(device_master, D_READ, name, &irq_device) !=
	    D_SUCCESS || mach_port_allocate(mach_task_self(),
	    MACH_PORT_RIGHT_PORT_SET, &everything) != KERN_SUCCESS)
		return 0;
	master_port = make_port();
	blob = read_devicetree(device_master, &size);
	if (blob == NULL || !devicetree_open(&tree, blob, size)) {
		io_print("virtio-blk: no device tree\n");
		return 0;
	}
	find_devices(&tree, VIRTIO_ID_BLOCK, start_disk);
	return disk_count;
}

mach_port_t
server_master_port(void)
{
	return master_port;
}

/* Serving. */

union buffer {
	mach_msg_header_t header;
	mig_reply_header_t reply;
	char bytes[MESSAGE_SIZE];
};

static bool
serve_interrupt(const mach_msg_header_t *header)
{
	struct disk *disk = find_port(header->msgh_local_port);

	if (disk == NULL || disk->interrupts != header->msgh_local_port)
		return false;
	if (header->msgh_id != DEVICE_INTR_NOTIFY)
		return false;
	blk_interrupt(&disk->blk);
	device_intr_ack(irq_device, disk->interrupts,
	    MACH_MSG_TYPE_MAKE_SEND);
	return true;
}

/* A reply that cannot be sent is destroyed, with all it carries. */
static void
serve(union buffer *in, union buffer *out)
{
	bool complex = (in->header.msgh_bits & MACH_MSGH_BITS_COMPLEX) != 0;

	if (serve_interrupt(&in->header))
		return;
	current = &in->header;
	device_server(&in->header, &out->header);
	if (out->reply.RetCode == MIG_NO_REPLY)
		return;
	/* What the request carried was not taken. */
	if (out->reply.RetCode != KERN_SUCCESS && complex) {
		in->header.msgh_remote_port = MACH_PORT_NULL;
		mach_msg_destroy(&in->header);
	}
	if (out->header.msgh_remote_port != MACH_PORT_NULL &&
	    mach_msg(&out->header, MACH_SEND_MSG, out->header.msgh_size, 0,
	    MACH_PORT_NULL, MACH_MSG_TIMEOUT_NONE, MACH_PORT_NULL) !=
	    MACH_MSG_SUCCESS)
		mach_msg_destroy(&out->header);
}

void
server_run(void)
{
	static union buffer in, out;
	mach_msg_return_t result;
	unsigned int i;

	for (;;) {
		result = mach_msg(&in.header, MACH_RCV_MSG | MACH_RCV_TIMEOUT,
		    0, sizeof(in), everything, SILENCE_MS, MACH_PORT_NULL);
		if (result == MACH_MSG_SUCCESS)
			serve(&in, &out);
		else if (result == MACH_RCV_TIMED_OUT)
			for (i = 0; i < disk_count; i++)
				blk_timeout(&disks[i].blk);
	}
}
