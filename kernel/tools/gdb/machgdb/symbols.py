# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
"""Symbols where the kernel is not where it was linked to be, and symbols of
user programs.

Until the MMU is on, the kernel runs at the physical address it was loaded
to.  Its first page says who it is (head.S).
"""

import struct

import gdb

from . import memory
from .command import Command, Usage, number, say
from .memory import KERNEL_IMAGE_BASE, PAGE_SIZE, Broken
from .tasks import find_task
from .values import View, listed

_HEAD_SIZE = 64
_HEAD_MAGIC_AT = 0x38
_HEAD_MAGIC = b"ARM\x64"
_IMAGE_MAX = 4 << 20

# Where QEMU's own loader puts it, and firmware's.
_RAM_BASE = 0x40000000
_RAM_STEP = 0x200000
_RAM_STEPS = 64

_EXECUTE = 4
_ET_DYN = 3

# Where the symbols of the running image are loaded; None: nowhere.
_loaded = None


def _is_head(address):
    try:
        data = bytes(gdb.selected_inferior().read_memory(address,
                                                         _HEAD_SIZE))
    except (gdb.MemoryError, gdb.error):
        return False
    return data[:2] == b"MZ" and \
        data[_HEAD_MAGIC_AT:_HEAD_MAGIC_AT + 4] == _HEAD_MAGIC


def find_image():
    """The physical address of the kernel's first byte, while the MMU is off:
    below the pc, or where loaders put it; or None."""
    pc = memory.register("pc")
    places = list(range(pc & -PAGE_SIZE, max(pc - _IMAGE_MAX, 0),
                        -PAGE_SIZE))
    places += [_RAM_BASE + step * _RAM_STEP for step in range(_RAM_STEPS)]
    for place in places:
        if _is_head(place):
            return place
    return None


def kernel_file():
    name = gdb.current_progspace().filename
    if not name:
        raise Broken("no kernel is loaded: `file mach.elf`")
    return name


def forget():
    global _loaded
    if _loaded is not None:
        gdb.execute(f"remove-symbol-file -a {_loaded:#x}", to_string=True)
    _loaded = None


def load_at(address):
    """Symbols for an image that lies at a physical address."""
    global _loaded
    forget()
    shift = (address - KERNEL_IMAGE_BASE) % memory.TOP
    gdb.execute(f"add-symbol-file {kernel_file()} -o {shift:#x}",
                to_string=True)
    _loaded = address + PAGE_SIZE  # of .text


def follow():
    """Symbols where the processor is.  Returns the image's address, or None
    when it is the one it was linked to."""
    if memory.mmu_is_on():
        forget()
        return None
    address = find_image()
    if address is not None:
        if _loaded != address + PAGE_SIZE:
            load_at(address)
    return address


def _stopped(_event):
    try:
        follow()
    except (Broken, gdb.error):
        pass  # another target, or none


gdb.events.stop.connect(_stopped)


class BootSymbols(Command):
    """Load the kernel's symbols where it runs before its MMU is on.
    Usage: boot-symbols [ADDRESS]

    This is done at each stop; with ADDRESS, the physical address of the
    image, for one that is not found by itself (EFI: the first line on
    the console says where)."""

    name = "boot-symbols"
    reads = False

    def run(self, arguments):
        if len(arguments) > 1:
            raise Usage("at most one address")
        if arguments:
            load_at(number(arguments[0]))
            say(f"symbols at {number(arguments[0]):#x}")
            return
        address = follow()
        if memory.mmu_is_on():
            say("the MMU is on: the kernel is where it was linked to be")
        elif address is None:
            raise Broken("no image found near pc or where QEMU loads it")
        else:
            say(f"symbols at {address:#x}")


def _elf_type(path):
    try:
        with open(path, "rb") as file:
            head = file.read(20)
    except OSError as error:
        raise Usage(f"{path}: {error.strerror}") from None
    if head[:4] != b"\x7fELF" or len(head) < 20:
        raise Usage(f"{path} is no ELF file")
    return struct.unpack_from("<H", head, 16)[0]


def _base(task):
    """Where the first program of a task begins: its lowest region."""
    vm_map = View(task["map"], "struct vm_map")
    for entry in listed(vm_map.at("entries"), "struct vm_map_entry", "link"):
        return entry["start"]
    raise Broken("the task has no memory")


class ModuleSymbols(Command):
    """Load the symbols of a user program, e.g. a boot module.
    Usage: module-symbols FILE [TASK]

    A program that runs where it is put (PIE) needs the TASK that runs it.
    Breakpoints at its functions stop any task that runs something there."""

    name = "module-symbols"
    reads = False

    def run(self, arguments):
        if not 1 <= len(arguments) <= 2:
            raise Usage("which file?")
        path = arguments[0]
        shift = 0
        if _elf_type(path) == _ET_DYN:
            if len(arguments) < 2:
                raise Usage(f"{path} may be anywhere: of which task?")
            with memory.kernel_memory():
                shift = _base(find_task(arguments[1]))
        gdb.execute(f"add-symbol-file {path} -o {shift:#x}", to_string=True)
        say(f"symbols of {path} at {shift:#x}")
