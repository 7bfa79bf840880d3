/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The kernel's messages to pagers: the user side of mach/memory_object.defs,
 * laid out as MIG does.
 *
 * All are sent at once and never block.  No locks are held.  The rights in
 * `ports` are not consumed but by terminate.  KERN_RESOURCE_SHORTAGE: no
 * memory for the message; nothing was sent.
 */
#ifndef VM_MEMORY_OBJECT_MESSAGE_H
#define VM_MEMORY_OBJECT_MESSAGE_H

#include <vm/memory_object.h>
#include <vm/vm_map.h>

kern_return_t memory_object_send_init(
    const struct memory_object_ports *ports);
/*
 * Consumes the send right to the pager, and the receive rights (the kernel's
 * own) of control and name port, sent or not.
 */
void memory_object_send_terminate(const struct memory_object_ports *ports);
kern_return_t memory_object_send_request(
    const struct memory_object_ports *ports, uint64_t offset,
    vm_prot_t access);
kern_return_t memory_object_send_unlock(
    const struct memory_object_ports *ports, uint64_t offset,
    vm_prot_t access);
/*
 * Data: with a message that was allocated before, which is consumed like the
 * data.  Cannot fail.
 */
struct ipc_kmsg *memory_object_return_alloc(void);
void memory_object_send_return(struct ipc_kmsg *kmsg,
    const struct memory_object_ports *ports, uint64_t offset,
    vm_map_copy_t data, bool dirty, bool kernel_copy);

/*
 * The copy: with such a message too.  Consumes the receive right (in transit)
 * of the new memory object.
 */
void memory_object_send_copy(struct ipc_kmsg *kmsg,
    const struct memory_object_ports *ports, uint64_t offset,
    uint64_t length, struct ipc_port *new);

/*
 * To a default pager (memory_object_default.defs).  create: consumes the send
 * right to the manager, and the receive right (in transit) of ports->pager.
 * initialize: as send_return.
 */
kern_return_t memory_object_send_create(struct ipc_port *manager,
    const struct memory_object_ports *ports, uint64_t size);
void memory_object_send_initialize(struct ipc_kmsg *kmsg,
    const struct memory_object_ports *ports, uint64_t offset,
    vm_map_copy_t data);

/*
 * Answers, to a right of any type, which they consume; to IP_NULL nothing is
 * sent.  control: as above.
 */
struct memory_object_reply {
	struct ipc_port *port;
	mach_msg_type_name_t type;
};
void memory_object_send_lock_completed(
    const struct memory_object_reply *reply, struct ipc_port *control,
    uint64_t offset, uint64_t length);
void memory_object_send_supply_completed(
    const struct memory_object_reply *reply, struct ipc_port *control,
    uint64_t offset, uint64_t length, kern_return_t result,
    uint64_t error_offset);
void memory_object_send_change_completed(
    const struct memory_object_reply *reply, bool may_cache,
    memory_object_copy_strategy_t strategy);

#endif /* VM_MEMORY_OBJECT_MESSAGE_H */
