/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

#include "pci.h"

#include <string.h>

#define VENDOR			0x00
#define DEVICE			0x02
#define COMMAND			0x04
#define STATUS			0x06
#define HEADER_TYPE		0x0e
#define BAR(n)			(0x10 + 4 * (n))
#define SUBSYSTEM		0x2e
#define CAPABILITIES		0x34
#define INTERRUPT_PIN		0x3d

#define COMMAND_IO		0x001
#define COMMAND_MEMORY		0x002
#define COMMAND_MASTER		0x004
#define COMMAND_NO_INTERRUPT	0x400
#define STATUS_CAPABILITIES	0x10
#define HEADER_MANY		0x80
#define HEADER_KIND		0x7f

#define BAR_IO			0x1
#define BAR_64			0x4
#define BAR_IO_MASK		0xfffffffcu
#define BAR_MEMORY_MASK		0xfffffff0u

#define FUNCTION_SIZE		4096u
#define FUNCTIONS		256u
#define NO_FUNCTION		UINT32_MAX

/* Cells of the binding: addresses of the bus, and "ranges". */
#define ADDRESS_CELLS		3u
#define SPACE_IO		1
#define SPACE_MEMORY		2
#define SPACE_MEMORY64		3

struct bar {
	bool io;
	bool wide;			/* 64 bits: two registers */
	uint64_t address;		/* 0: not assigned */
	uint64_t size;			/* 0: not there */
};

static void
bar_write(const struct pci_function *function, unsigned int index,
    const struct bar *bar, uint64_t value)
{
	io_write32(&function->config, BAR(index), (uint32_t)value);
	if (bar->wide)
		io_write32(&function->config, BAR(index + 1),
		    (uint32_t)(value >> 32));
}

static uint64_t
bar_read_raw(const struct pci_function *function, unsigned int index,
    const struct bar *bar)
{
	uint64_t value = io_read32(&function->config, BAR(index));

	if (bar->wide)
		value |= (uint64_t)io_read32(&function->config,
		    BAR(index + 1)) << 32;
	return value & ~(uint64_t)(bar->io ? ~BAR_IO_MASK
	    : ~BAR_MEMORY_MASK);
}

/* Where and how large; the function does not decode addresses meanwhile. */
static void
bar_read(const struct pci_function *function, unsigned int index,
    struct bar *bar)
{
	uint16_t command = io_read16(&function->config, COMMAND);
	uint32_t low = io_read32(&function->config, BAR(index));
	uint64_t mask;

	bar->io = (low & BAR_IO) != 0;
	bar->wide = !bar->io && (low & BAR_64) != 0 && index + 1 < PCI_BARS;
	io_write16(&function->config, COMMAND, (uint16_t)
	    (command & ~(COMMAND_IO | COMMAND_MEMORY)));
	bar->address = bar_read_raw(function, index, bar);
	bar_write(function, index, bar, UINT64_MAX);
	mask = bar_read_raw(function, index, bar);
	bar_write(function, index, bar, bar->address);
	io_write16(&function->config, COMMAND, command);
	/* The lowest bit that can be set is the size. */
	bar->size = mask & (~mask + 1);
}

static struct pci_window *
bar_window(struct pci_host *host, const struct bar *bar)
{
	struct pci_window *windows[] = { &host->memory64, &host->memory };

	if (bar->io)
		return &host->io;
	if (bar->address != 0)
		return bar->address >= host->memory64.bus &&
		    bar->address - host->memory64.bus < host->memory64.size
		    ? windows[0] : windows[1];
	return bar->wide && host->memory64.size != 0 ? windows[0]
	    : windows[1];
}

/* What is assigned already is taken. */
static void
take_bars(struct pci_host *host, const struct pci_function *function)
{
	struct pci_window *window;
	struct bar bar;
	unsigned int i;

	for (i = 0; i < PCI_BARS; i += bar.wide ? 2 : 1) {
		bar_read(function, i, &bar);
		window = bar_window(host, &bar);
		if (bar.size != 0 && bar.address != 0 &&
		    bar.address + bar.size > window->next)
			window->next = bar.address + bar.size;
	}
}

static const char *
assign_bar(struct pci_host *host, const struct pci_function *function,
    unsigned int index, struct bar *bar)
{
	struct pci_window *window = bar_window(host, bar);
	uint64_t address = (window->next + bar->size - 1) & ~(bar->size - 1);

	if (window->size == 0 || address < window->bus ||
	    address - window->bus > window->size ||
	    bar->size > window->size - (address - window->bus))
		return "no addresses left for it";
	bar_write(function, index, bar, address);
	window->next = address + bar->size;
	return NULL;
}

static void
read_windows(struct pci_host *host, uint32_t parent_cells)
{
	uint32_t entry = ADDRESS_CELLS + parent_cells + 2, i;
	struct pci_window *window;
	uint64_t bus, cpu, size;

	for (i = 0;; i += entry) {
		uint32_t kind = devicetree_cell(host->tree, host->node,
		    "ranges", i, 0) >> 24 & 3;

		if (!devicetree_number(host->tree, host->node, "ranges",
		    i + 1, 2, &bus) ||
		    !devicetree_number(host->tree, host->node, "ranges",
		    i + ADDRESS_CELLS, parent_cells, &cpu) ||
		    !devicetree_number(host->tree, host->node, "ranges",
		    i + ADDRESS_CELLS + parent_cells, 2, &size))
			return;
		window = kind == SPACE_IO ? &host->io
		    : kind == SPACE_MEMORY ? &host->memory
		    : kind == SPACE_MEMORY64 ? &host->memory64 : NULL;
		if (window == NULL || window->size != 0 ||
		    bus + size < bus || cpu + size < cpu)
			continue;
		*window = (struct pci_window){ bus, cpu, size, bus };
		/* An address of 0 says that there is none. */
		if (bus == 0)
			window->next = FUNCTION_SIZE;
	}
}

const char *
pci_host_setup(const struct devicetree *tree, devicetree_node node,
    struct pci_host *host)
{
	devicetree_node parent = devicetree_parent(tree, node);
	struct pci_function function;
	uint64_t address, size;

	memset(host, 0, sizeof(*host));
	host->tree = tree;
	host->node = node;
	if (!devicetree_registers(tree, node, &address, &size) ||
	    size < FUNCTIONS * FUNCTION_SIZE)
		return "its configuration space is not in the device tree";
	if (!io_map(address, FUNCTIONS * FUNCTION_SIZE, &host->config))
		return "its configuration space cannot be mapped";
	read_windows(host, devicetree_cell(tree, parent, "#address-cells", 0,
	    2));
	pci_first(&function);
	while (pci_next(host, &function))
		take_bars(host, &function);
	return NULL;
}

void
pci_first(struct pci_function *function)
{
	function->number = NO_FUNCTION;
}

static bool
probe_function(const struct pci_host *host, struct pci_function *function)
{
	function->config.base = (volatile char *)host->config.base +
	    (uint64_t)function->number * FUNCTION_SIZE;
	function->config.size = FUNCTION_SIZE;
	function->vendor = io_read16(&function->config, VENDOR);
	if (function->vendor == 0xffff || function->vendor == 0)
		return false;
	function->device = io_read16(&function->config, DEVICE);
	function->subsystem = io_read16(&function->config, SUBSYSTEM);
	/* Bridges have other headers. */
	return (io_read8(&function->config, HEADER_TYPE) & HEADER_KIND) == 0;
}

/* Functions 1 to 7 are there only if function 0 says so. */
static bool
has_function(const struct pci_host *host, uint32_t number)
{
	struct pci_function first = { .number = number & ~7u };

	if (number % 8 == 0)
		return true;
	first.config.base = (volatile char *)host->config.base +
	    (uint64_t)first.number * FUNCTION_SIZE;
	first.config.size = FUNCTION_SIZE;
	return io_read16(&first.config, VENDOR) != 0xffff &&
	    (io_read8(&first.config, HEADER_TYPE) & HEADER_MANY) != 0;
}

bool
pci_next(const struct pci_host *host, struct pci_function *function)
{
	while (++function->number < FUNCTIONS)
		if (has_function(host, function->number) &&
		    probe_function(host, function))
			return true;
	return false;
}

const char *
pci_enable(struct pci_host *host, const struct pci_function *function)
{
	uint16_t command = io_read16(&function->config, COMMAND);
	const char *wrong = NULL;
	struct bar bar;
	unsigned int i;

	for (i = 0; i < PCI_BARS && wrong == NULL; i += bar.wide ? 2 : 1) {
		bar_read(function, i, &bar);
		if (bar.size != 0 && bar.address == 0)
			wrong = assign_bar(host, function, i, &bar);
	}
	if (wrong != NULL)
		return wrong;
	command |= COMMAND_IO | COMMAND_MEMORY | COMMAND_MASTER;
	command &= (uint16_t)~COMMAND_NO_INTERRUPT;
	io_write16(&function->config, COMMAND, command);
	return NULL;
}

bool
pci_map(const struct pci_host *host, const struct pci_function *function,
    unsigned int index, uint64_t offset, uint64_t size,
    struct io_region *region)
{
	struct pci_host copy = *host;
	const struct pci_window *window;
	struct bar bar;

	if (index >= PCI_BARS)
		return false;
	bar_read(function, index, &bar);
	window = bar_window(&copy, &bar);
	if (bar.address < window->bus || bar.size > window->size ||
	    bar.address - window->bus > window->size - bar.size ||
	    offset > bar.size || size > bar.size - offset)
		return false;
	return io_map(window->cpu + (bar.address - window->bus) + offset,
	    size, region);
}

uint64_t
pci_io_size(const struct pci_function *function, unsigned int index)
{
	struct bar bar;

	bar_read(function, index, &bar);
	return bar.io ? bar.size : 0;
}

uint8_t
pci_next_capability(const struct pci_function *function, uint8_t after)
{
	uint8_t next;

	if ((io_read16(&function->config, STATUS) & STATUS_CAPABILITIES) == 0)
		return 0;
	next = io_read8(&function->config, after == 0 ? CAPABILITIES
	    : after + 1u) & 0xfcu;
	return next < 0x40 ? 0 : next;
}

/*
 * The bus's interrupt-map: entries of a unit address, a pin, and the parent's
 * phandle, unit address and specifier.
 */
int
pci_interrupt(const struct pci_host *host,
    const struct pci_function *function)
{
	const struct devicetree *tree = host->tree;
	uint32_t pin = io_read8(&function->config, INTERRUPT_PIN);
	uint32_t unit = function->number << 8, at = 0, parent_cells;
	uint64_t unit_mask, pin_mask, phandle;
	devicetree_node parent;

	if (!devicetree_number(tree, host->node, "interrupt-map-mask", 0, 1,
	    &unit_mask) || !devicetree_number(tree, host->node,
	    "interrupt-map-mask", 3, 1, &pin_mask))
		return -1;
	while (devicetree_number(tree, host->node, "interrupt-map", at + 4, 1,
	    &phandle)) {
		parent = devicetree_find_phandle(tree, (uint32_t)phandle);
		if (parent == DEVICETREE_NONE)
			return -1;
		parent_cells = devicetree_cell(tree, parent,
		    "#address-cells", 0, 0);
		if (parent_cells > 2 || devicetree_cell(tree, parent,
		    "#interrupt-cells", 0, 0) != 3)
			return -1;
		if (((devicetree_cell(tree, host->node, "interrupt-map", at,
		    0) ^ unit) & unit_mask) == 0 &&
		    ((devicetree_cell(tree, host->node, "interrupt-map",
		    at + 3, 0) ^ pin) & pin_mask) == 0)
			return devicetree_gic_line(
			    devicetree_cell(tree, host->node,
			    "interrupt-map", at + 5 + parent_cells, 1),
			    devicetree_cell(tree, host->node,
			    "interrupt-map", at + 6 + parent_cells,
			    UINT32_MAX));
		at += 5 + parent_cells + 3;
	}
	return -1;
}
