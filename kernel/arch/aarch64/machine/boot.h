/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * From the boot loader to the first C function at its linked address.
 *
 * Two doors lead in (head.S): the Linux boot protocol (MMU off, x0 = FDT)
 * and EFI (MMU on, boot services alive).  Both end at EL1 with the MMU off,
 * where boot_map.c builds the first page tables: the image at its linked
 * address with W^X and the device tree, read-only.  The rest (direct
 * map, devices) is built by kmap.c with the MMU on.
 */
#ifndef MACHINE_BOOT_H
#define MACHINE_BOOT_H

#define BOOT_PAGE_SIZE		0x1000
#define BOOT_STACK_SIZE		8192

/* The largest device tree (booting.rst), and where it is mapped. */
#define BOOT_FDT_MAX		0x200000
#define BOOT_FDT_BASE		0xffffffff90000000

/* The image must fit in the tables of boot_map.c. */
#define BOOT_IMAGE_MAX		0x400000

/* How the kernel was entered. */
#define BOOT_DOOR_LINUX		0
#define BOOT_DOOR_EFI		1

#ifndef __ASSEMBLER__

#include <stdbool.h>
#include <stdint.h>

struct fdt;

/* Memory that the firmware keeps, from the EFI memory map. */
#define BOOT_FIRMWARE_RANGES	64

struct boot_range {
	uint64_t start;
	uint64_t end;
};

/* A longer command line from EFI is cut. */
#define BOOT_ARGUMENTS_MAX	2048

/* What the entry code found; constant once the MMU is on. */
struct boot_info {
	uint64_t image_phys;		/* physical address of _head */
	uint64_t fdt_phys;
	uint32_t fdt_size;		/* 0: no usable device tree */
	uint32_t door;			/* BOOT_DOOR_* */
	uint32_t entry_el;		/* 1 or 2 */
	uint32_t firmware_count;
	struct boot_range firmware[BOOT_FIRMWARE_RANGES];
	char arguments[BOOT_ARGUMENTS_MAX];	/* EFI's load options */
	uint32_t seconds;		/* UTC, by EFI's clock; 0: unknown */
};

extern struct boot_info boot_info;

/* Linker symbols. */
extern char _head[], _text[], _text_end[], _rodata[], _rodata_end[];
extern char _data[], _image_end[];
extern char boot_stack_guard[], boot_stack[BOOT_STACK_SIZE];

/* A page of zeros: TTBR0 when there is no user address space. */
extern uint64_t boot_empty_root[512];

/* TTBR1. */
extern uint64_t kernel_root[512];

/*
 * With the MMU off: say on the console named by the device tree how the
 * kernel was entered, so that whatever fails next does not fail silently.
 * Of a tree that is not valid it says so, on the PL011 whose name can still
 * be read in it.
 */
void boot_early_console(uint64_t fdt_phys);

/* Find the console and use it through the device window. */
void console_setup(const struct fdt *fdt);

/*
 * With the MMU off, at the physical address, strictly aligned: build the
 * first tables.  Returns the physical address of the identity map's root.
 */
uint64_t boot_map_build(uint64_t image_phys, uint64_t fdt_phys);

/* TCR_EL1 and SCTLR_EL1 for this processor. */
uint64_t boot_tcr(void);
uint64_t boot_sctlr(void);

/*
 * The EFI half: find the device tree, take the memory map, leave boot
 * services.  Returns the FDT's physical address; does not return on errors
 * (one line on the EFI console, then power-off).
 */
uint64_t boot_efi_main(void *image_handle, void *system_table);

/* Is WORD one of the words of the kernel's command line? */
bool boot_word(const char *word);

/* C begins here, at the linked address, on the boot stack. */
void machine_start(void) __attribute__((noreturn));

#endif /* __ASSEMBLER__ */
#endif /* MACHINE_BOOT_H */
