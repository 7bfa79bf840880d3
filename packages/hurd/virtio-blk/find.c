/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include "find.h"

#include <string.h>

#include "pci.h"
#include "virtio_pci.h"

/* "a003e00": where the registers are, for messages. */
static void
name_by_address(struct virtio *virtio, const char *bus, uint64_t address)
{
	static const char digits[] = "0123456789abcdef";
	size_t length = strlen(bus);
	int shift = 60;

	memcpy(virtio->where, bus, length);
	while (shift > 0 && address >> shift == 0)
		shift -= 4;
	for (; shift >= 0 && length < sizeof(virtio->where) - 1; shift -= 4)
		virtio->where[length++] = digits[address >> shift & 15];
	virtio->where[length] = '\0';
}

static void
find_mmio(const struct devicetree *tree, devicetree_node node, uint32_t id,
    void (*found)(const struct virtio *virtio))
{
	uint64_t address, size;
	struct virtio virtio;

	if (!devicetree_registers(tree, node, &address, &size) ||
	    !virtio_mmio_probe(address, size, id, &virtio))
		return;
	virtio.irq = devicetree_interrupt(tree, node);
	name_by_address(&virtio, "virtio@", address);
	found(&virtio);
}

static void
find_pci(const struct devicetree *tree, devicetree_node node, uint32_t id,
    void (*found)(const struct virtio *virtio))
{
	struct pci_host host;
	struct pci_function function;
	struct virtio virtio;
	const char *wrong = pci_host_setup(tree, node, &host);

	if (wrong != NULL) {
		io_print("pci: %s\n", wrong);
		return;
	}
	pci_first(&function);
	while (pci_next(&host, &function)) {
		if (!virtio_pci_matches(&function, id))
			continue;
		name_by_address(&virtio, "virtio-pci@", function.number);
		wrong = virtio_pci_probe(&host, &function, &virtio);
		name_by_address(&virtio, "virtio-pci@", function.number);
		if (wrong != NULL)
			io_print("%s: %s\n", virtio.where, wrong);
		else
			found(&virtio);
	}
}

void
find_devices(const struct devicetree *tree, uint32_t id,
    void (*found)(const struct virtio *virtio))
{
	devicetree_node node = DEVICETREE_NONE;

	while ((node = devicetree_next(tree, node)) != DEVICETREE_NONE) {
		if (!devicetree_enabled(tree, node))
			continue;
		if (devicetree_compatible(tree, node, "virtio,mmio"))
			find_mmio(tree, node, id, found);
		else if (devicetree_compatible(tree, node,
		    "pci-host-ecam-generic"))
			find_pci(tree, node, id, found);
	}
}
