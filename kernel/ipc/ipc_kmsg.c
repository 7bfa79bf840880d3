/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Messages in the kernel: allocation, items, destruction.
 */
#include <ipc/ipc_accept.h>
#include <ipc/ipc_entry.h>
#include <ipc/ipc_kmsg.h>
#include <ipc/ipc_mqueue.h>
#include <ipc/ipc_notify.h>
#include <ipc/ipc_port.h>
#include <ipc/ipc_pset.h>
#include <ipc/ipc_space.h>
#include <kern/assert.h>
#include <kern/ipc_kobject.h>
#include <kern/kalloc.h>
#include <kern/slab.h>
#include <kern/thread.h>
#include <vm/vm_map.h>

#define KMSG_HEAD	offsetof(struct ipc_kmsg, header)

/* Two sizes have caches: RPC's usual one, and a page with its header. */
#define KMSG_SMALL	(256 - KMSG_HEAD)
#define KMSG_PAGE	(4096 + 512 - KMSG_HEAD)

static struct slab_cache ipc_kmsg_small_cache;
static struct slab_cache ipc_kmsg_page_cache;

/* Small messages kept for notifications. */
#define KMSG_RESERVE	128

static spinlock_t reserve_lock = SPINLOCK_INITIALIZER;
static struct list reserve;
static unsigned int reserve_count;

static void
reserve_put(struct ipc_kmsg *kmsg)
{
	spin_lock(&reserve_lock);
	list_insert_head(&reserve, &kmsg->link);
	reserve_count++;
	spin_unlock(&reserve_lock);
}

static void
reserve_fill(void)
{
	struct ipc_kmsg *kmsg;

	while (reserve_count < KMSG_RESERVE &&
	    (kmsg = slab_cache_alloc(&ipc_kmsg_small_cache)) != NULL)
		reserve_put(kmsg);
}

static struct ipc_kmsg *
reserve_take(void)
{
	struct ipc_kmsg *kmsg = NULL;

	spin_lock(&reserve_lock);
	if (reserve_count > 0) {
		kmsg = list_entry(list_pop(&reserve), struct ipc_kmsg, link);
		reserve_count--;
	}
	spin_unlock(&reserve_lock);
	return kmsg;
}

void
ipc_setup(void)
{
	ipc_entry_setup();
	ipc_space_setup();
	ipc_port_setup();
	ipc_pset_setup();
	ipc_accept_setup();
	slab_cache_init(&ipc_kmsg_small_cache, "ipc_kmsg",
	    KMSG_HEAD + KMSG_SMALL, 0, NULL);
	slab_cache_init(&ipc_kmsg_page_cache, "ipc_kmsg_page",
	    KMSG_HEAD + KMSG_PAGE, 0, NULL);
	list_init(&reserve);
	reserve_count = 0;
	reserve_fill();
}

struct ipc_kmsg *
ipc_kmsg_alloc(uint32_t size)
{
	struct ipc_kmsg *kmsg;

	if (likely(size <= KMSG_SMALL)) {
		size = KMSG_SMALL;
		kmsg = slab_cache_alloc(&ipc_kmsg_small_cache);
	} else if (size <= KMSG_PAGE) {
		size = KMSG_PAGE;
		kmsg = slab_cache_alloc(&ipc_kmsg_page_cache);
	} else {
		kmsg = kalloc(KMSG_HEAD + size);
	}
	if (kmsg == NULL)
		return NULL;
	kmsg->capacity = size;
	kmsg->accept = NULL;
	return kmsg;
}

struct ipc_kmsg *
ipc_kmsg_alloc_reserved(void)
{
	struct ipc_kmsg *kmsg = ipc_kmsg_alloc(KMSG_SMALL);

	if (unlikely(kmsg == NULL)) {
		kmsg = reserve_take();
		if (kmsg == NULL)
			return NULL;
		kmsg->capacity = KMSG_SMALL;
		kmsg->accept = NULL;
	}
	return kmsg;
}

void
ipc_kmsg_free(struct ipc_kmsg *kmsg)
{
	if (likely(kmsg->capacity == KMSG_SMALL)) {
		if (unlikely(reserve_count < KMSG_RESERVE))
			reserve_put(kmsg);
		else
			slab_cache_free(&ipc_kmsg_small_cache, kmsg);
	} else if (kmsg->capacity == KMSG_PAGE) {
		slab_cache_free(&ipc_kmsg_page_cache, kmsg);
	} else {
		kfree(kmsg, KMSG_HEAD + kmsg->capacity);
	}
}

static void
kmsg_release_ports(mach_port_t *ports, uint32_t number,
    mach_msg_type_name_t type)
{
	uint32_t i;

	for (i = 0; i < number; i++)
		ipc_port_release_right((struct ipc_port *)ports[i], type);
}

static void
kmsg_release_item(const struct ipc_item *item)
{
	void *memory;

	if (item->in_line) {
		if (item->ports)
			kmsg_release_ports(item->data, item->number,
			    item->name);
		return;
	}
	memory = *(void **)item->data;
	if (memory == NULL)
		return;
	if (item->ports) {
		kmsg_release_ports(memory, item->number, item->name);
		kfree(memory, item->number * sizeof(mach_port_t));
	} else {
		vm_map_copy_discard(memory);
	}
}

void
ipc_kmsg_clean_body(struct ipc_kmsg *kmsg, uint32_t size)
{
	char *at = (char *)(&kmsg->header + 1);
	char *end = at + size;
	struct ipc_item item;

	while (at < end &&
	    ipc_item_decode(at, end, &item) == MACH_MSG_SUCCESS) {
		kmsg_release_item(&item);
		at = item.next;
	}
}

static void
kmsg_destroy_one(struct ipc_kmsg *kmsg)
{
	mach_msg_header_t *header = &kmsg->header;
	mach_msg_bits_t bits = header->msgh_bits;

	if (kmsg->accept != NULL)
		ipc_accept_finish(kmsg, false);
	if (header->msgh_remote_port != MACH_PORT_NULL)
		ipc_port_release_right(
		    (struct ipc_port *)header->msgh_remote_port,
		    MACH_MSGH_BITS_REMOTE(bits));
	if (header->msgh_local_port != MACH_PORT_NULL)
		ipc_port_release_right(
		    (struct ipc_port *)header->msgh_local_port,
		    MACH_MSGH_BITS_LOCAL(bits));
	if ((bits & MACH_MSGH_BITS_COMPLEX) != 0)
		ipc_kmsg_clean_body(kmsg,
		    header->msgh_size - sizeof(*header));
	ipc_kmsg_free(kmsg);
}

/*
 * While a thread destroys messages, thread->ipc_private is the list of those
 * yet to be destroyed: nested calls add to it.
 */
void
ipc_kmsg_destroy_list(struct list *kmsgs)
{
	struct thread *thread = current_thread();

	if (list_empty(kmsgs))
		return;
	if (thread->ipc_private != NULL) {
		list_concat(thread->ipc_private, kmsgs);
		return;
	}
	thread->ipc_private = kmsgs;
	while (!list_empty(kmsgs))
		kmsg_destroy_one(list_entry(list_pop(kmsgs), struct ipc_kmsg,
		    link));
	thread->ipc_private = NULL;
}

void
ipc_kmsg_destroy(struct ipc_kmsg *kmsg)
{
	struct list kmsgs;

	list_init(&kmsgs);
	list_insert_tail(&kmsgs, &kmsg->link);
	ipc_kmsg_destroy_list(&kmsgs);
}

void
ipc_kmsg_send_kernel(struct ipc_kmsg *kmsg, bool handoff)
{
	struct ipc_port *port = (struct ipc_port *)
	    kmsg->header.msgh_remote_port;
	struct ipc_kmsg *reply;

	if (!IP_VALID(port)) {
		ipc_kmsg_destroy(kmsg);
		return;
	}
	if (port->receiver == &ipc_space_kernel) {
		if (!ipc_kobject_server(kmsg, &reply))
			ipc_kmsg_destroy(kmsg);
		else if (reply != NULL)
			ipc_kmsg_send_kernel(reply, handoff);
		return;
	}
	ipc_mqueue_send(kmsg, MACH_SEND_ALWAYS, 0, handoff);
}
