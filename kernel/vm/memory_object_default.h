/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The default memory manager (GNU Mach manual, "Default Memory Manager";
 * mach/memory_object_default.defs): the pager of anonymous memory.
 *
 * An internal object gets ports when the first page of it is to be paged
 * out; the manager gets their receive right, and is ready from then on.  The
 * object knows which pages the manager was given (vm_object_is_paged()), and
 * asks for no other.  The manager keeps what it supplied: pages that were not
 * changed since are dropped.
 */
#ifndef VM_MEMORY_OBJECT_DEFAULT_H
#define VM_MEMORY_OBJECT_DEFAULT_H

#include <vm/memory_object.h>

/*
 * Set the manager's port; the send right is consumed.  Returns the right to
 * the old one, IP_NULL if there was none.
 */
struct ipc_port *memory_object_default_set(struct ipc_port *manager);
/* A send right to the manager; IP_NULL: there is none, or it died. */
struct ipc_port *memory_object_default_port(void);

/*
 * Make the manager the pager of an internal object, to which the caller has a
 * reference; no locks held.  KERN_FAILURE: there is no manager, or the object
 * has, or had, a pager.  KERN_RESOURCE_SHORTAGE.
 */
kern_return_t memory_object_default_manage(struct vm_object *object);

#endif /* VM_MEMORY_OBJECT_DEFAULT_H */
