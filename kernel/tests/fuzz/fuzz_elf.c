/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Any bytes as an ELF file: either it is refused, or its segments lie in the
 * file and in user space, ascend, and one of them holds the entry point.
 */

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <lib/elf.h>
#include <tests/fuzz/fuzz.h>

static void
check_image(const struct elf_image *image)
{
	struct elf_segment segment;
	unsigned int cursor = 0;
	uint64_t end = 0;
	unsigned char sum = 0;
	bool entry = false;
	uint64_t i;

	while (elf_next_segment(image, &cursor, &segment)) {
		FUZZ_CHECK(segment.memory_size >= segment.data_size);
		FUZZ_CHECK(segment.memory_size != 0);
		FUZZ_CHECK(segment.address >= end);
		end = segment.address + segment.memory_size;
		FUZZ_CHECK(end > segment.address && end <= ELF_ADDRESS_MAX);
		FUZZ_CHECK(segment.address >= image->low
			   && end <= image->high);

		for (i = 0; i < segment.data_size; i++)
			sum += segment.data[i];

		entry = entry || (segment.executable
				  && image->entry >= segment.address
				  && image->entry < end);
	}

	FUZZ_CHECK(entry);
	FUZZ_CHECK(image->high == end);
	(void)*(volatile unsigned char *)&sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct elf_image image;
	unsigned char *copy = malloc(size + 1);

	memcpy(copy + 1, data, size);

	if (elf_open(&image, copy + 1, size) == NULL)
		check_image(&image);

	free(copy);
	return 0;
}
