/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * What the routines about memory do (mach.defs, gnumach.defs,
 * mach_debug.defs).
 */
#include "routines.h"

#define self	task_self_port

struct region {
	vm_address_t address;
	vm_size_t size;
	vm_prot_t protection, maximum;
	vm_inherit_t inheritance;
	boolean_t shared;
	mach_port_t name;
	vm_offset_t offset;
};

static struct region
region_at(vm_address_t address)
{
	struct region region = { .address = address };

	need_success(vm_region(self, &region.address, &region.size,
	    &region.protection, &region.maximum, &region.inheritance,
	    &region.shared, &region.name, &region.offset));
	mach_port_deallocate(self, region.name);
	return region;
}

static unsigned int
wired_count(vm_address_t address)
{
	vm_region_info_t info;
	mach_port_t object;

	need_success(mach_vm_region_info(self, address, &info, &object));
	mach_port_deallocate(self, object);
	return info.vri_wired_count;
}

EFFECT(vm_allocate)
{
	vm_address_t address = 0;

	need_success(vm_allocate(self, &address, 2 * page_size, TRUE));
	ok(address != 0 && *(uint64_t *)(address + page_size) == 0,
	    "two pages of zero");
	*(volatile uint64_t *)address = 1;
	ok_eq(region_at(address).protection, VM_PROT_READ | VM_PROT_WRITE,
	    "readable and writable");
	memory_free(address, 2 * page_size);
}

EFFECT(vm_deallocate)
{
	vm_address_t address = memory_allocate(2 * page_size);

	need_success(vm_deallocate(self, address + page_size, page_size));
	ok(is_mapped(address) && !is_mapped(address + page_size),
	    "the page is gone, the other one not");
	memory_free(address, page_size);
}

EFFECT(vm_protect)
{
	vm_address_t address = memory_allocate(page_size);

	need_success(vm_protect(self, address, page_size, FALSE,
	    VM_PROT_READ));
	ok(can_read(address) && !can_write(address), "only to read");
	memory_free(address, page_size);
}

EFFECT(vm_inherit)
{
	vm_address_t address = memory_allocate(page_size);

	need_success(vm_inherit(self, address, page_size, VM_INHERIT_NONE));
	ok_eq(region_at(address).inheritance, VM_INHERIT_NONE, "as told");
	memory_free(address, page_size);
}

EFFECT(vm_read)
{
	vm_address_t address = memory_allocate(page_size), data = 0;
	mach_msg_type_number_t size = 0;

	memory_fill(address, page_size, 1);
	need_success(vm_read(self, address, page_size, &data, &size));
	ok(size == page_size && data != address &&
	    memory_check(data, size, 1), "a copy of the page");
	memory_free(data, size);
	memory_free(address, page_size);
}

EFFECT(vm_write)
{
	vm_address_t from = memory_allocate(page_size);
	vm_address_t to = memory_allocate(page_size);

	memory_fill(from, page_size, 2);
	need_success(vm_write(self, to, from,
	    (mach_msg_type_number_t)page_size));
	ok(memory_check(to, page_size, 2), "the page is there");
	memory_free(from, page_size);
	memory_free(to, page_size);
}

EFFECT(vm_copy)
{
	vm_address_t from = memory_allocate(page_size);
	vm_address_t to = memory_allocate(page_size);

	memory_fill(from, page_size, 3);
	need_success(vm_copy(self, from, page_size, to));
	ok(memory_check(to, page_size, 3), "the page is there");
	memory_free(from, page_size);
	memory_free(to, page_size);
}

EFFECT(vm_region)
{
	vm_address_t address = memory_allocate(3 * page_size);
	struct region region = region_at(address);

	ok(region.address <= address && region.address + region.size >=
	    address + 3 * page_size && !region.shared, "the region");
	memory_free(address, 3 * page_size);
}

EFFECT(vm_statistics)
{
	vm_address_t address = memory_allocate(8 * page_size);
	vm_statistics_data_t before, after;

	need_success(vm_statistics(self, &before));
	memory_fill(address, 8 * page_size, 4);
	need_success(vm_statistics(self, &after));
	ok(after.zero_fill_count - before.zero_fill_count >= 8 &&
	    before.free_count - after.free_count >= 8, "eight pages are used");
	memory_free(address, 8 * page_size);
}

EFFECT(vm_cache_statistics)
{
	vm_cache_statistics_data_t before, after;
	vm_address_t address = memory_allocate(8 * page_size);

	need_success(vm_cache_statistics(self, &before));
	memory_fill(address, 8 * page_size, 5);
	need_success(vm_cache_statistics(self, &after));
	ok(after.slab_count > 0 && after.active_tmp_count -
	    before.active_tmp_count >= 8, "eight temporary pages more");
	memory_free(address, 8 * page_size);
}

EFFECT(vm_map)
{
	vm_address_t address = 0;
	struct region region;

	need_success(vm_map(self, &address, page_size, 0xffff, TRUE,
	    MACH_PORT_NULL, 0, FALSE, VM_PROT_READ, VM_PROT_READ,
	    VM_INHERIT_SHARE));
	region = region_at(address);
	ok((address & 0xffff) == 0 && region.protection == VM_PROT_READ &&
	    region.inheritance == VM_INHERIT_SHARE, "a page as it was told");
	memory_free(address, page_size);
}

EFFECT(vm_machine_attribute)
{
	vm_address_t address = memory_allocate(page_size);
	vm_machine_attribute_val_t value = MATTR_VAL_GET;

	need_success(vm_machine_attribute(self, address, page_size,
	    MATTR_CACHE, &value));
	ok_eq(value, MATTR_VAL_ON, "memory is cached");
	memory_free(address, page_size);
}

EFFECT(vm_wire)
{
	vm_address_t address = memory_allocate(page_size);

	need_success(vm_wire(host_priv, self, address, page_size,
	    VM_PROT_READ | VM_PROT_WRITE));
	ok_eq(wired_count(address), 1, "wired");
	need_success(vm_wire(host_priv, self, address, page_size,
	    VM_PROT_NONE));
	ok_eq(wired_count(address), 0, "and not any more");
	memory_free(address, page_size);
}

EFFECT(vm_wire_all)
{
	vm_address_t address;

	need_success(vm_wire_all(host_priv, self, VM_WIRE_FUTURE));
	address = memory_allocate(page_size);
	ok(wired_count(address) > 0, "what comes is wired");
	need_success(vm_wire_all(host_priv, self, 0));
	ok_eq(wired_count(address), 0, "and then not any more");
	memory_free(address, page_size);
}

EFFECT(vm_allocate_contiguous)
{
	vm_address_t address = 0;
	rpc_phys_addr_t physical = 0, pages[4], *list = pages;
	mach_msg_type_number_t count = 4;

	need_success(vm_allocate_contiguous(host_priv, self, &address,
	    &physical, 4 * page_size, 0, ~0ul, 4 * page_size));
	need_success(vm_pages_phys(host_priv, self, address, 4 * page_size,
	    &list, &count));
	ok(count == 4 && list[0] == physical && list[3] ==
	    physical + 3 * page_size && physical % (4 * page_size) == 0,
	    "four frames in a row, aligned");
	memory_free(address, 4 * page_size);
}

/* More frames than go in line, in a row. */
static void
check_many_frames(void)
{
	const vm_size_t size = 600 * page_size;
	rpc_phys_addr_t inlined[2], *list = inlined, physical = 0;
	mach_msg_type_number_t i, good = 0, count = 2;
	vm_address_t address = 0;

	need_success(vm_allocate_contiguous(host_priv, self, &address,
	    &physical, size, 0, ~0ul, 0));
	need_success(vm_pages_phys(host_priv, self, address, size, &list,
	    &count));
	for (i = 0; i < count; i++)
		good += list[i] == physical + i * page_size;
	ok(count == 600 && good == count, "%u frames of 600", count);
	list_free(list, inlined, count * sizeof *list);
	memory_free(address, size);
}

EFFECT(vm_pages_phys)
{
	vm_address_t address = memory_allocate(2 * page_size);
	rpc_phys_addr_t pages[2] = { 0, 0 }, *list = pages;
	mach_msg_type_number_t count = 2;

	memory_fill(address, 2 * page_size, 6);
	need_success(vm_pages_phys(host_priv, self, address, 2 * page_size,
	    &list, &count));
	ok(count == 2 && list[0] != 0 && list[1] != 0 && list[0] != list[1] &&
	    list[0] % page_size == 0, "two frames");
	memory_free(address, 2 * page_size);
	check_many_frames();
}

EFFECT(vm_set_size_limit)
{
	vm_size_t current, maximum;
	vm_address_t address = 0;

	need_success(vm_set_size_limit(host_priv, the(TASK), 4 * page_size,
	    1ul << 40));
	need_success(vm_get_size_limit(the(TASK), &current, &maximum));
	ok(current == 4 * page_size && maximum == 1ul << 40, "as set");
	ok(vm_allocate(the(TASK), &address, 5 * page_size, TRUE) !=
	    KERN_SUCCESS, "five pages are too much");
	need_success(vm_set_size_limit(host_priv, the(TASK), 1ul << 40,
	    1ul << 40));
}

EFFECT(vm_get_size_limit)
{
	vm_size_t current = 0, maximum = 0;

	need_success(vm_get_size_limit(the(TASK), &current, &maximum));
	ok(current > 0 && current <= maximum, "limits");
}

EFFECT(mach_vm_region_info)
{
	vm_address_t address = memory_allocate(2 * page_size);
	vm_region_info_t info;
	mach_port_t object = MACH_PORT_NULL;

	need_success(mach_vm_region_info(self, address, &info, &object));
	ok(info.vri_start <= address && info.vri_end >= address +
	    2 * page_size, "the region");
	ok_eq(info.vri_protection, VM_PROT_READ | VM_PROT_WRITE,
	    "its protection");
	mach_port_deallocate(self, object);
	memory_free(address, 2 * page_size);
}

EFFECT(mach_vm_object_info)
{
	mach_port_t shadow, copy;
	vm_object_info_t info;

	need_success(mach_vm_object_info(the(OBJECT_NAME), &info, &shadow,
	    &copy));
	ok((info.voi_state & VOI_STATE_PAGER_READY) != 0 &&
	    info.voi_copy_strategy == MEMORY_OBJECT_COPY_DELAY,
	    "an object with a pager");
}

/* More pages than go in line: the list comes as memory of its own. */
#define MANY	256u

/* Touch many pages of a new region; the name of its object. */
static mach_port_t
begin_many(vm_address_t *address)
{
	const vm_size_t size = MANY * page_size;
	vm_region_info_t info;
	mach_port_t object = MACH_PORT_NULL;

	*address = 0;
	need_success(vm_map(self, address, size, 0, TRUE, MACH_PORT_NULL, 0,
	    FALSE, VM_PROT_READ | VM_PROT_WRITE, VM_PROT_ALL,
	    VM_INHERIT_SHARE));
	memory_fill(*address, size, 7);
	need_success(mach_vm_region_info(self, *address, &info, &object));
	return object;
}

/* Of `count` pages in the list, `good` are as they should be. */
static void
end_many(mach_port_t object, vm_address_t address, unsigned int good,
    mach_msg_type_number_t count)
{
	ok(count >= MANY && good == count, "%u pages", count);
	mach_port_deallocate(self, object);
	memory_free(address, MANY * page_size);
}

EFFECT(mach_vm_object_pages)
{
	static vm_page_info_t inlined[4];
	vm_page_info_array_t pages = inlined;
	mach_msg_type_number_t count = 4;
	vm_address_t address;
	mach_port_t object = begin_many(&address);
	unsigned int i, good = 0;

	need_success(mach_vm_object_pages(object, &pages, &count));
	for (i = 0; i < count; i++)
		good += (pages[i].vpi_offset & (page_size - 1)) == 0 &&
		    (pages[i].vpi_state & VPI_STATE_TABLED) != 0;
	list_free(pages, inlined, count * sizeof *pages);
	end_many(object, address, good, count);
}

EFFECT(mach_vm_object_pages_phys)
{
	static vm_page_phys_info_t inlined[4];
	vm_page_phys_info_array_t pages = inlined;
	mach_msg_type_number_t count = 4;
	vm_address_t address;
	mach_port_t object = begin_many(&address);
	unsigned int i, good = 0;

	need_success(mach_vm_object_pages_phys(object, &pages, &count));
	for (i = 0; i < count; i++)
		good += pages[i].vpi_phys_addr != 0 &&
		    pages[i].vpi_phys_addr % page_size == 0;
	list_free(pages, inlined, count * sizeof *pages);
	end_many(object, address, good, count);
}
