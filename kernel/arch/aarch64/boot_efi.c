/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The EFI door: a minimal EFI application (UEFI 2.10).
 *
 * Runs at the address the firmware chose, with the firmware's MMU set-up and
 * stack, so only references relative to the program counter are allowed:
 * no pointers in static data.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lib/fdt.h>
#include <lib/macros.h>
#include <machine/boot.h>
#include <machine/efi.h>

/* The wide string literals of C11 are EFI's CHAR16. */
typedef uint16_t efi_char;
#define EFI_TEXT(text)	((const efi_char *)u"mach: " text u"\r\n")

/* Say one line on the firmware's console, then power off. */
static void __noreturn
efi_die(struct efi_system_table *system, const efi_char *text)
{
	struct efi_text_output *out = system->console_out;

	out->output_string(out, text);
	system->boot_services->stall(1000000);
	system->runtime_services->reset_system(EFI_RESET_SHUTDOWN, 0, 0, NULL);
	for (;;)
		__asm__ volatile("wfi");
}

static bool
guid_equal(const struct efi_guid *a, uint64_t low, uint64_t high)
{
	return a->words[0] == low && a->words[1] == high;
}

static const void *
find_fdt(const struct efi_system_table *system)
{
	uint64_t i;

	for (i = 0; i < system->table_count; i++)
		if (guid_equal(&system->tables[i].guid,
		    EFI_GUID_FDT_LOW, EFI_GUID_FDT_HIGH))
			return system->tables[i].table;
	return NULL;
}

/*
 * GRUB makes a device tree with /chosen only where the firmware describes
 * the machine by ACPI: nothing could be said later, without a console.
 */
static bool
describes_memory(const void *blob)
{
	struct fdt fdt;

	return fdt_open(&fdt, blob, BOOT_FDT_MAX) == NULL &&
	    fdt_find_path(&fdt, "/memory") != FDT_NONE;
}

/* The command line; what is not ASCII becomes a question mark. */
static void
read_arguments(void *handle, const struct efi_system_table *system)
{
	static const struct efi_guid guid = EFI_GUID_LOADED_IMAGE;
	const struct efi_loaded_image *image;
	void *interface;
	size_t i, length;

	if (system->boot_services->handle_protocol(handle, &guid,
	    &interface) != 0)
		return;
	image = interface;
	if (image->options == NULL)
		return;
	length = MIN(image->options_size / sizeof(image->options[0]),
	    BOOT_ARGUMENTS_MAX - 1UL);
	for (i = 0; i < length && image->options[i] != 0; i++)
		boot_info.arguments[i] = image->options[i] < 0x80 ?
		    (char)image->options[i] : '?';
	boot_info.arguments[i] = '\0';
}

/* Days from 1970 to a date (Gregorian, months from March, eras of 400 years). */
static int64_t
days_since_1970(int64_t year, int64_t month, int64_t day)
{
	int64_t era, year_of_era, day_of_year;

	year -= month <= 2;
	era = year / 400;
	year_of_era = year % 400;
	day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
	return era * 146097 + year_of_era * 365 + year_of_era / 4 -
	    year_of_era / 100 + day_of_year - 719468;
}

/* The firmware keeps the clock to itself: its device tree hides it. */
static void
read_time(const struct efi_system_table *system)
{
	struct efi_time time;
	int64_t seconds;

	if (system->runtime_services->get_time(&time, NULL) != 0 ||
	    time.month < 1 || time.month > 12 || time.year < 1970)
		return;
	seconds = days_since_1970(time.year, time.month, time.day) * 86400 +
	    time.hour * 3600 + time.minute * 60 + time.second;
	if (time.zone != EFI_ZONE_UNSPECIFIED)
		seconds += time.zone * 60;
	if (seconds > 0 && seconds <= UINT32_MAX)
		boot_info.seconds = (uint32_t)seconds;
}

/* May the kernel use memory of this type once boot services are gone? */
static bool
type_usable(uint32_t type)
{
	switch (type) {
	case EFI_LOADER_CODE:
	case EFI_LOADER_DATA:
	case EFI_BOOT_SERVICES_CODE:
	case EFI_BOOT_SERVICES_DATA:
	case EFI_CONVENTIONAL_MEMORY:
	case EFI_ACPI_RECLAIM_MEMORY:
		return true;
	default:
		return false;
	}
}

/* Remember what the firmware keeps; false when there are too many ranges. */
static bool
record_firmware(const struct efi_memory_descriptor *descriptor)
{
	struct boot_range *last;
	uint64_t start = descriptor->physical;
	uint64_t end = start + descriptor->pages * EFI_PAGE_SIZE;

	if (type_usable(descriptor->type))
		return true;
	if (boot_info.firmware_count > 0) {
		last = &boot_info.firmware[boot_info.firmware_count - 1];
		if (last->end == start) {
			last->end = end;
			return true;
		}
	}
	if (boot_info.firmware_count == BOOT_FIRMWARE_RANGES)
		return false;
	last = &boot_info.firmware[boot_info.firmware_count++];
	last->start = start;
	last->end = end;
	return true;
}

static bool
record_map(const void *map, uint64_t size, uint64_t descriptor_size)
{
	uint64_t offset;

	boot_info.firmware_count = 0;
	for (offset = 0; offset + descriptor_size <= size;
	    offset += descriptor_size)
		if (!record_firmware((const void *)
		    ((const char *)map + offset)))
			return false;
	return true;
}

/*
 * The map may change between reading it and leaving, so that leaving can
 * fail once (UEFI 2.10, 7.4.6); the buffer has room for it to grow.
 */
static void
leave_boot_services(void *image, struct efi_system_table *system)
{
	struct efi_boot_services *boot = system->boot_services;
	uint64_t size = 0, key, descriptor_size, capacity;
	uint32_t version;
	void *map;
	int tries;

	boot->get_memory_map(&size, NULL, &key, &descriptor_size, &version);
	capacity = size + 16 * descriptor_size;
	if (boot->allocate_pool(EFI_LOADER_DATA, capacity, &map) != 0)
		efi_die(system, EFI_TEXT(u"no memory for the memory map"));
	for (tries = 0; tries < 3; tries++) {
		size = capacity;
		if (boot->get_memory_map(&size, map, &key, &descriptor_size,
		    &version) != 0)
			break;
		if (!record_map(map, size, descriptor_size))
			efi_die(system, EFI_TEXT(u"memory map too scattered"));
		if (boot->exit_boot_services(image, key) == 0)
			return;
	}
	efi_die(system, EFI_TEXT(u"cannot leave EFI boot services"));
}

uint64_t
boot_efi_main(void *image_handle, void *system_table)
{
	struct efi_system_table *system = system_table;
	const void *fdt = find_fdt(system);

	if (fdt == NULL)
		efi_die(system, EFI_TEXT(u"no device tree from the firmware"
		    u" (QEMU: -machine acpi=off)"));
	if (!describes_memory(fdt))
		efi_die(system, EFI_TEXT(u"the device tree has no /memory"
		    u" (QEMU: -machine acpi=off)"));
	read_arguments(image_handle, system);
	read_time(system);
	leave_boot_services(image_handle, system);
	return (uint64_t)(uintptr_t)fdt;
}
