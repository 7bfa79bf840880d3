/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */

/*
 * The first page of the image: one header that is both a Linux arm64 Image
 * header (Linux Documentation/arch/arm64/booting.rst) and a PE/COFF header
 * (UEFI 2.10, 2.1.1; Microsoft PE format), so that one file is started by
 * QEMU -kernel, U-Boot booti, an EFI shell and GRUB.
 *
 * In the file and in memory alike, an address is _head plus its offset: a
 * relative virtual address of PE is a file offset too.
 */

#include <machine/boot.h>

	.section .head, "ax"
	.globl	_head
_head:
	/* "MZ": as an instruction it adds 0x16 to x18 and harms nothing. */
	.ascii	"MZ\0\221"
	b	boot_linux_entry
	.quad	0			/* text_offset */
	.quad	_image_size		/* effective size, bss included */
	.quad	0xa			/* little endian, 4 KiB, anywhere */
	.quad	0
	.quad	0
	.quad	0
	.ascii	"ARM\x64"
	.long	.Lpe - _head
	.balign	8
.Lpe:
	.ascii	"PE\0\0"
	.short	0xaa64			/* machine: AArch64 */
	.short	3			/* sections */
	.long	0			/* time stamp */
	.long	0
	.long	0
	.short	.Lsections - .Loptional
	.short	0x206			/* executable, no lines, no debug */

.Loptional:
	.short	0x20b			/* PE32+ */
	.byte	0, 0			/* linker version */
	.long	_text_file_size		/* code */
	.long	_data_file_size		/* initialised data */
	.long	0			/* uninitialised data */
	.long	_efi_entry_offset
	.long	_text_offset		/* base of code */
	.quad	0			/* image base: anywhere */
	.long	BOOT_PAGE_SIZE		/* section alignment, for GRUB */
	.long	0x200			/* file alignment */
	.short	0, 0			/* operating system version */
	.short	0, 0			/* image version */
	.short	0, 0			/* subsystem version */
	.long	0
	.long	_image_size
	.long	_text_offset		/* size of headers */
	.long	0			/* checksum */
	.short	10			/* subsystem: EFI application */
	.short	0x100			/* NX compatible: W^X sections */
	.quad	0, 0, 0, 0		/* stack and heap sizes */
	.long	0
	.long	6			/* data directories, all empty */
	.quad	0, 0, 0, 0, 0, 0

.Lsections:
	.ascii	".text\0\0\0"
	.long	_text_file_size, _text_offset, _text_file_size, _text_offset
	.long	0, 0
	.short	0, 0
	.long	0x60000020		/* code, execute, read */
	.ascii	".rodata\0"
	.long	_rodata_file_size, _rodata_offset
	.long	_rodata_file_size, _rodata_offset
	.long	0, 0
	.short	0, 0
	.long	0x40000040		/* data, read */
	.ascii	".data\0\0\0"
	.long	_data_memory_size, _data_offset
	.long	_data_file_size, _data_offset
	.long	0, 0
	.short	0, 0
	.long	0xc0000040		/* data, read, write */
