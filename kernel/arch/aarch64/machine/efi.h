/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The part of UEFI 2.10 that boot_efi.c uses: table layouts (4.3, 4.4,
 * 4.5), the memory map (7.2), the loaded image protocol (9.1) and the simple
 * text output protocol (12.4).
 */
#ifndef MACHINE_EFI_H
#define MACHINE_EFI_H

#include <stdint.h>

#define EFI_PAGE_SIZE			4096UL

#define EFI_LOADER_CODE			1
#define EFI_LOADER_DATA			2
#define EFI_BOOT_SERVICES_CODE		3
#define EFI_BOOT_SERVICES_DATA		4
#define EFI_CONVENTIONAL_MEMORY		7
#define EFI_ACPI_RECLAIM_MEMORY		9

#define EFI_RESET_SHUTDOWN		2

struct efi_guid {
	uint64_t words[2];
};

/* b1b621d5-f19c-41a5-830b-d9152c69aae0: a flattened device tree. */
#define EFI_GUID_FDT_LOW	0x41a5f19cb1b621d5UL
#define EFI_GUID_FDT_HIGH	0xe0aa692c15d90b83UL

/* 5b1b31a1-9562-11d2-8e3f-00a0c969723b: what was loaded, and how. */
#define EFI_GUID_LOADED_IMAGE	\
	{ { 0x11d295625b1b31a1UL, 0x3b7269c9a0003f8eUL } }

struct efi_table_header {
	uint64_t signature;
	uint32_t revision;
	uint32_t size;
	uint32_t crc32;
	uint32_t reserved;
};

struct efi_text_output {
	void *reset;
	uint64_t (*output_string)(struct efi_text_output *self,
	    const uint16_t *text);
};

struct efi_memory_descriptor {
	uint32_t type;
	uint32_t pad;
	uint64_t physical;
	uint64_t virtual;
	uint64_t pages;
	uint64_t attributes;
};

struct efi_boot_services {
	struct efi_table_header header;
	void *task_priority[2];
	void *pages[2];
	uint64_t (*get_memory_map)(uint64_t *size, void *map, uint64_t *key,
	    uint64_t *descriptor_size, uint32_t *version);
	uint64_t (*allocate_pool)(uint32_t type, uint64_t size, void **buffer);
	void *free_pool;
	void *events[6];
	void *install_protocol[3];
	uint64_t (*handle_protocol)(void *handle,
	    const struct efi_guid *protocol, void **interface);
	void *notify_protocol[2];
	void *locate[3];		/* handle, device path, table */
	void *images[4];		/* load, start, exit, unload */
	uint64_t (*exit_boot_services)(void *image, uint64_t key);
	void *get_next_monotonic_count;
	uint64_t (*stall)(uint64_t microseconds);
};

/* The options are UTF-16, their size in bytes, a NUL not always there. */
struct efi_loaded_image {
	uint32_t revision;
	void *parent;
	void *system_table;
	void *device;
	void *file_path;
	void *reserved;
	uint32_t options_size;
	const uint16_t *options;
};

/* The zone is in minutes, to be added for UTC. */
struct efi_time {
	uint16_t year;
	uint8_t month;
	uint8_t day;
	uint8_t hour;
	uint8_t minute;
	uint8_t second;
	uint8_t pad;
	uint32_t nanosecond;
	int16_t zone;
	uint8_t daylight;
	uint8_t pad2;
};

#define EFI_ZONE_UNSPECIFIED	2047

struct efi_runtime_services {
	struct efi_table_header header;
	uint64_t (*get_time)(struct efi_time *time, void *capabilities);
	void *time[3];
	void *virtual_memory[2];
	void *variables[3];
	void *get_next_high_monotonic_count;
	void (*reset_system)(uint32_t type, uint64_t status, uint64_t size,
	    void *data);
};

struct efi_configuration_table {
	struct efi_guid guid;
	void *table;
};

struct efi_system_table {
	struct efi_table_header header;
	uint16_t *vendor;
	uint32_t revision;
	void *console_in_handle;
	void *console_in;
	void *console_out_handle;
	struct efi_text_output *console_out;
	void *standard_error_handle;
	struct efi_text_output *standard_error;
	struct efi_runtime_services *runtime_services;
	struct efi_boot_services *boot_services;
	uint64_t table_count;
	struct efi_configuration_table *tables;
};

#endif /* MACHINE_EFI_H */
