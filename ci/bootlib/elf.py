# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
"""Ways to spoil an ELF64 file (System V ABI: Elf64_Ehdr, Elf64_Phdr)."""

import struct

# Field: (offset, struct format).
HEADER = {"class": (4, "B"), "data": (5, "B"), "type": (16, "H"),
          "machine": (18, "H"), "entry": (24, "Q"), "phoff": (32, "Q"),
          "phentsize": (54, "H"), "phnum": (56, "H")}
SEGMENT = {"type": (0, "I"), "flags": (4, "I"), "offset": (8, "Q"),
           "vaddr": (16, "Q"), "filesz": (32, "Q"), "memsz": (40, "Q"),
           "align": (48, "Q")}
PT_LOAD, PT_INTERP = 1, 3


def field(image, name):
    offset, kind = HEADER[name]
    return struct.unpack_from("<" + kind, image, offset)[0]


def header(image, **fields):
    """IMAGE with FIELDS of its header changed."""
    image = bytearray(image)
    for name, value in fields.items():
        offset, kind = HEADER[name]
        struct.pack_into("<" + kind, image, offset, value)
    return bytes(image)


def segments(image):
    """Offsets of the program headers of loaded segments."""
    phoff, size = field(image, "phoff"), field(image, "phentsize")
    all_of_them = [phoff + i * size for i in range(field(image, "phnum"))]
    return [at for at in all_of_them
            if struct.unpack_from("<I", image, at)[0] == PT_LOAD]


def segment(image, index, **fields):
    """IMAGE with FIELDS of its loaded segment INDEX changed."""
    at = segments(image)[index]
    image = bytearray(image)
    for name, value in fields.items():
        offset, kind = SEGMENT[name]
        struct.pack_into("<" + kind, image, at + offset, value)
    return bytes(image)


def cut(image):
    """IMAGE up to the middle of its last loaded segment's file part."""
    at = segments(image)[-1]
    offset, size = (struct.unpack_from("<Q", image, at + SEGMENT[name][0])[0]
                    for name in ("offset", "filesz"))
    return image[:offset + size // 2]
