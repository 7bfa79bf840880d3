/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Hosts, processors and processor sets are never freed, so that their ports
 * point at them without references.  A control port also serves as a name.
 */

#include <kern/ipc_host.h>

#include <kern/ipc_kobject.h>
#include <kern/panic.h>
#include <kern/sched.h>
#include <mach/policy.h>
#include <machine/percpu.h>

struct host realhost;
struct processor processors[MACHINE_MAX_CPUS];
struct processor_set default_pset;

static struct ipc_port *
host_port_alloc(int type, void *kobject)
{
	struct ipc_port *port = ipc_port_alloc_kernel(type,
	    (uintptr_t)kobject);

	if (port == NULL)
		panic("host: no memory for ports");
	return port;
}

void
ipc_host_setup(void)
{
	unsigned int i;

	realhost.self = host_port_alloc(IKOT_HOST, &realhost);
	realhost.priv = host_port_alloc(IKOT_HOST_PRIV, &realhost);
	spin_init(&default_pset.lock);
	default_pset.self = host_port_alloc(IKOT_PSET, &default_pset);
	default_pset.name = host_port_alloc(IKOT_PSET_NAME, &default_pset);
	default_pset.policies = POLICY_TIMESHARE;
	default_pset.max_priority = SCHED_PRIORITY_USER;
	for (i = 0; i < machine_ncpus; i++) {
		processors[i].slot = i;
		processors[i].self = host_port_alloc(IKOT_PROCESSOR,
		    &processors[i]);
		processors[i].name = host_port_alloc(IKOT_PROCESSOR_NAME,
		    &processors[i]);
	}
}

/* The object behind a port of one of two types, or 0. */
static uintptr_t
convert(struct ipc_port *port, int type, int other)
{
	uintptr_t kobject = 0;

	if (!IP_VALID(port))
		return 0;
	spin_lock(&port->lock);
	if (port->active && (port->kobject_type == type ||
	    port->kobject_type == other))
		kobject = port->kobject;
	spin_unlock(&port->lock);
	return kobject;
}

host_t
convert_port_to_host(ipc_port_t port)
{
	return (host_t)convert(port, IKOT_HOST, IKOT_HOST_PRIV);
}

host_t
convert_port_to_host_priv(ipc_port_t port)
{
	return (host_t)convert(port, IKOT_HOST_PRIV, IKOT_HOST_PRIV);
}

processor_t
convert_port_to_processor(ipc_port_t port)
{
	return (processor_t)convert(port, IKOT_PROCESSOR, IKOT_PROCESSOR);
}

processor_t
convert_port_to_processor_name(ipc_port_t port)
{
	return (processor_t)convert(port, IKOT_PROCESSOR,
	    IKOT_PROCESSOR_NAME);
}

processor_set_t
convert_port_to_pset(ipc_port_t port)
{
	return (processor_set_t)convert(port, IKOT_PSET, IKOT_PSET);
}

processor_set_t
convert_port_to_pset_name(ipc_port_t port)
{
	return (processor_set_t)convert(port, IKOT_PSET, IKOT_PSET_NAME);
}

ipc_port_t
convert_host_to_port(host_t host)
{
	return ipc_port_make_send(host->self);
}

ipc_port_t
convert_processor_to_port(processor_t processor)
{
	return ipc_port_make_send(processor->self);
}

ipc_port_t
convert_processor_name_to_port(processor_t processor)
{
	return ipc_port_make_send(processor->name);
}

ipc_port_t
convert_pset_to_port(processor_set_t set)
{
	return ipc_port_make_send(set->self);
}

ipc_port_t
convert_pset_name_to_port(processor_set_t set)
{
	return ipc_port_make_send(set->name);
}

void
pset_deallocate(processor_set_t set)
{
	(void)set;
}
