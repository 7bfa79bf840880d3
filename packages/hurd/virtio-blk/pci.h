/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * PCI buses with an ECAM (PCI Express 4.0, section 7.2.2), as the binding
 * pci-host-ecam-generic describes them.
 *
 * Bus 0 only.  Addresses that firmware assigned are kept; without firmware
 * they are assigned here, behind those that are taken.
 */
#ifndef PCI_H
#define PCI_H

#include <stdbool.h>
#include <stdint.h>

#include "devicetree.h"
#include "io.h"

#define PCI_BARS		6u
#define PCI_CAPABILITY_VENDOR	0x09

/* Addresses of the bus that the processor sees at `cpu`. */
struct pci_window {
	uint64_t bus;
	uint64_t cpu;
	uint64_t size;			/* 0: there is none */
	uint64_t next;			/* from here on it is free */
};

struct pci_host {
	const struct devicetree *tree;
	devicetree_node node;
	struct io_region config;	/* of bus 0 */
	struct pci_window io;
	struct pci_window memory;	/* below 4 GiB */
	struct pci_window memory64;
};

struct pci_function {
	uint32_t number;		/* device * 8 + function */
	struct io_region config;
	uint16_t vendor;
	uint16_t device;
	uint16_t subsystem;
};

/* NULL, or what is wrong. */
const char *pci_host_setup(const struct devicetree *tree,
    devicetree_node node, struct pci_host *host);

/* Before the first of bus 0; the next one, false: there is none. */
void pci_first(struct pci_function *function);
bool pci_next(const struct pci_host *host, struct pci_function *function);

/* Give every BAR an address, and let the function use the bus. */
const char *pci_enable(struct pci_host *host,
    const struct pci_function *function);

/* Map [offset, offset + size) of a BAR; false: it is not that large. */
bool pci_map(const struct pci_host *host,
    const struct pci_function *function, unsigned int bar, uint64_t offset,
    uint64_t size, struct io_region *region);

/* The bytes of an I/O BAR; 0: it is none. */
uint64_t pci_io_size(const struct pci_function *function, unsigned int bar);

/* The capability behind `after` (0: the first), 0: there is none. */
uint8_t pci_next_capability(const struct pci_function *function,
    uint8_t after);

/* The line of the function's interrupt, for the irq device; -1: none. */
int pci_interrupt(const struct pci_host *host,
    const struct pci_function *function);

#endif /* PCI_H */
