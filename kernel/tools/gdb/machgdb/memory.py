# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
"""The kernel's memory, wherever the processor stands.

A debugger sees memory as the processor does where it stopped: in user mode
the kernel's addresses are closed to it.  So the kernel's page tables are
walked here, by physical addresses, which QEMU serves on demand.
"""

import contextlib
import re

import gdb

DIRECT_MAP_BASE = 0xffff000000000000
KERNEL_STACK_WINDOW = 0xffffc00000000000
KERNEL_IMAGE_BASE = 0xffffffff80000000
KERNEL_STACK_SIZE = 8192
PAGE_SIZE = 4096
TOP = 1 << 64

_ENTRY_VALID = 1
_ENTRY_TABLE = 2
_ENTRY_ADDRESS = 0x0000fffffffff000
_SCTLR_M = 1


class Broken(Exception):
    """What the kernel's memory holds cannot be so; the text says why."""


def register(name):
    """A register of the processor, as an unsigned number."""
    try:
        frame = gdb.newest_frame()
        value = int(frame.read_register(name))
    except (gdb.error, ValueError) as error:
        raise Broken(f"no register {name}: {error}") from None
    return value % TOP


def mmu_is_on():
    return register("SCTLR") & _SCTLR_M != 0


def _mode(physical):
    """QEMU's packets: memory by physical or by virtual addresses."""
    answer = gdb.execute(
        f"maintenance packet Qqemu.PhyMemMode:{int(physical)}",
        to_string=True)
    if not re.search(r'received: "OK"', answer):
        raise Broken("the target does not show physical memory: not QEMU?")


def _fetch(address, size):
    try:
        return bytes(gdb.selected_inferior().read_memory(address, size))
    except (gdb.MemoryError, gdb.error, OverflowError):
        raise Broken(f"no memory at physical {address:#x}") from None


class Space:
    """Reads of the kernel's virtual memory, during one command."""

    def __init__(self):
        self.pages = {}  # virtual page: physical page
        self.tables = {}  # physical address of a table: its bytes
        self.contents = {}  # physical page: its bytes
        self.root = None

    def start(self):
        if not mmu_is_on():
            raise Broken("the MMU is off: the kernel has not begun yet")
        self.root = register("TTBR1_EL1") & _ENTRY_ADDRESS

    def _entry(self, table, index):
        if table not in self.tables:
            self.tables[table] = _fetch(table, PAGE_SIZE)
        return int.from_bytes(
            self.tables[table][index * 8:index * 8 + 8], "little")

    def _walk(self, address):
        table = self.root
        for shift in (39, 30, 21, 12):
            entry = self._entry(table, address >> shift & 511)
            if not entry & _ENTRY_VALID:
                break
            output = entry & _ENTRY_ADDRESS
            if shift == 12 or not entry & _ENTRY_TABLE:
                within = (1 << shift) - PAGE_SIZE
                return (output & ~((1 << shift) - 1)) | (address & within)
            table = output
        raise Broken(f"no memory at {address:#x}")

    def physical(self, address):
        """Of a kernel address."""
        page = address & -PAGE_SIZE
        if not DIRECT_MAP_BASE <= address < TOP:
            raise Broken(f"{address:#x} is no kernel address")
        if page not in self.pages:
            self.pages[page] = self._walk(page)
        return self.pages[page] + address % PAGE_SIZE

    def read(self, address, size):
        data = b""
        while size > 0:
            part = min(size, PAGE_SIZE - address % PAGE_SIZE)
            start = self.physical(address)
            page = start & -PAGE_SIZE
            if page not in self.contents:
                self.contents[page] = _fetch(page, PAGE_SIZE)
            data += self.contents[page][start - page:start - page + part]
            address += part
            size -= part
        return data


# The one in use; see kernel_memory().
_space = Space()


@contextlib.contextmanager
def kernel_memory():
    """Around everything that reads: nothing is remembered behind it."""
    global _space
    _space = Space()
    _space.start()
    _mode(True)
    try:
        yield
    finally:
        _mode(False)
        _space = Space()


def read(address, size):
    """Bytes of the kernel at a virtual address."""
    return _space.read(address, size)


def read_word(address):
    return int.from_bytes(read(address, 8), "little")


def physical(address):
    return _space.physical(address)
