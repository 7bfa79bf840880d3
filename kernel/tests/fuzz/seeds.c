/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Usage: seeds DIRECTORY
 *
 * Writes good inputs for the fuzz targets to DIRECTORY/TARGET/NAME. The
 * directories exist.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tests/unit/elf_builder.h>
#include <tests/unit/fdt_builder.h>

static const char *directory;

static void
write_seed(const char *name, const void *data, size_t size)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "wb");

	if (file == NULL || fwrite(data, 1, size, file) != size
	    || fclose(file) != 0) {
		perror(path);
		exit(EXIT_FAILURE);
	}
}

static void
write_fdt(void)
{
	static struct fdt_builder b;

	fdt_start(&b);
	fdt_reserve(&b, 0x48000000, 0x1000);
	fdt_begin(&b, "");
	fdt_cells(&b, "#address-cells", 2);
	fdt_cells(&b, "#size-cells", 2);
	fdt_cells(&b, "interrupt-parent", 1);
	fdt_begin(&b, "memory@40000000");
	fdt_text(&b, "device_type", "memory");
	fdt_cells(&b, "reg", 0, 0x40000000, 0, 0x40000000);
	fdt_end(&b);
	fdt_begin(&b, "soc");
	fdt_cells(&b, "#address-cells", 1);
	fdt_cells(&b, "#size-cells", 1);
	fdt_cells(&b, "ranges", 0, 0, 0x8000000, 0x8000000);
	fdt_begin(&b, "serial@9000000");
	fdt_text(&b, "compatible", "arm,pl011");
	fdt_cells(&b, "reg", 0x1000000, 0x1000);
	fdt_text(&b, "status", "okay");
	fdt_end(&b);
	fdt_end(&b);
	fdt_begin(&b, "intc");
	fdt_cells(&b, "phandle", 1);
	fdt_end(&b);
	fdt_begin(&b, "aliases");
	fdt_text(&b, "serial0", "/soc/serial@9000000");
	fdt_end(&b);
	fdt_begin(&b, "chosen");
	fdt_text(&b, "stdout-path", "serial0:115200");
	fdt_begin(&b, "module@48000000");
	fdt_text(&b, "compatible", "multiboot,module");
	fdt_cells(&b, "reg", 0, 0x48000000, 0, 0x1000);
	fdt_text(&b, "bootargs", "x $(task-create)");
	fdt_end(&b);
	fdt_end(&b);
	fdt_end(&b);
	fdt_finish(&b, 17);
	write_seed("fdt/good", b.blob, b.strings);
	fdt_put(&b, 20, 16);
	write_seed("fdt/version-16", b.blob, b.strings);
}

static void
write_elf(void)
{
	static struct elf_builder b;

	elf_start(&b, 2, 0x400100);
	elf_add(&b, 1, 5, 0, 0x400000, 0x200, 0x200, 0x10000);
	elf_add(&b, 1, 6, 0x200, 0x410200, 0x10, 0x1000, 0x10000);
	write_seed("elf/static", b.file, 0x210);
	elf_put(&b, ELF_TYPE, 3, 2);
	write_seed("elf/dynamic", b.file, 0x210);
}

static void
write_script(const char *name, const char *text)
{
	write_seed(name, text, strlen(text));
}

/* Choices of models: any, and many of them. */
static void
write_choices(const char *target, unsigned int count)
{
	uint8_t choices[2048];
	uint64_t state = 1;
	unsigned int file, i;
	char name[64];

	for (file = 0; file < count; file++) {
		for (i = 0; i < sizeof(choices); i++) {
			state = state * 6364136223846793005 + 1;
			choices[i] = (uint8_t)(state >> 56);
		}

		snprintf(name, sizeof(name), "%s/%u", target, file);
		write_seed(name, choices, sizeof(choices));
	}
}

int
main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "Usage: seeds DIRECTORY\n");
		return 2;
	}

	directory = argv[1];
	write_fdt();
	write_elf();
	write_script("boot_script/one",
		     "\100root=hd0\nfs ${host-port} ${root} $(task-create) "
		     "$(task-resume)");
	write_script("boot_script/two",
		     "\100a=b\nfs --x=${exec-task} '$a' $(task-create) "
		     "$(prompt-task-resume)\n"
		     "exec \"a b\" c\\ d ${kernel-command-line} "
		     "$(exec-task=task-create)");
	write_choices("ipc_model", 8);
	write_choices("ipc_random", 8);
	write_choices("trap", 64);
	write_choices("vm_model", 8);
	return 0;
}
