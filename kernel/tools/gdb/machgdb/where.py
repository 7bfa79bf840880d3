# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
"""What lies at an address of the kernel."""

import re

import gdb

from . import memory, values
from .memory import DIRECT_MAP_BASE, KERNEL_IMAGE_BASE, \
    KERNEL_STACK_SIZE, KERNEL_STACK_WINDOW, PAGE_SIZE, Broken
from .values import View

_SLAB_MAX_ORDER = 5
_PAGE_ALLOCATED = 2  # vm/vm_page.h
_CHUNK_ORDER = 12
_BANKS_MAX = 4096


def symbol(address):
    """NAME or NAME+0xOFFSET of an address in the image, or ""."""
    text = gdb.execute(f"info symbol {address:#x}", to_string=True)
    match = re.match(r"(\S+)(?: \+ (\d+))? in section", text)
    if not match:
        return ""
    return f"{match[1]}+{int(match[2]):#x}" if match[2] else match[1]


def line(address):
    """FILE:LINE of an instruction, or ""."""
    place = gdb.find_pc_line(address)
    if not place.symtab or not place.line:
        return ""
    return f"{place.symtab.filename}:{place.line}"


def frame(physical):
    """The address of the frame descriptor of a physical address, or 0."""
    page = physical // PAGE_SIZE
    start = values.address_of("vm_page_banks")
    size = values.type_of("struct vm_page_bank").sizeof
    for place in range(start, start + _BANKS_MAX * size, size):
        bank = View(place, "struct vm_page_bank")
        if bank["end"] == 0:
            break
        if bank["first"] <= page < bank["end"]:
            index = page - bank["bias"]
            chunk = (index - 1) >> _CHUNK_ORDER
            live = values.variable("vm_page_live") + chunk // 64 * 8
            if not memory.read_word(live) >> chunk % 64 & 1:
                return 0
            return values.variable("vm_page_table") + \
                index * values.type_of("struct vm_page").sizeof
    return 0


class Object:
    """An allocated object of a slab cache."""

    def __init__(self, cache, address, offset):
        self.cache = cache
        self.address = address
        self.offset = offset


def _slab_of(physical, order):
    """The cache of the slab of 2^ORDER pages that holds PHYSICAL."""
    start = physical & -(PAGE_SIZE << order)
    place = frame(start)
    if not place:
        return None
    page = View(place, "struct vm_page")
    cache = page["slab.cache"]
    if page["state"] != _PAGE_ALLOCATED or page["order"] != order or \
            cache not in _caches():
        return None
    view = View(cache, "struct slab_cache")
    return (view, start) if view["order"] == order else None


def _caches():
    offset = values.offset_of("struct slab_cache", "link")
    return {node - offset
            for node in values.nodes(values.address_of("kern/slab.c::caches"))}


def slab_object(address):
    """The Object around an address, or None."""
    if not DIRECT_MAP_BASE <= address < DIRECT_MAP_BASE + (1 << 46):
        return None
    physical = address - DIRECT_MAP_BASE
    for order in range(_SLAB_MAX_ORDER + 1):
        found = _slab_of(physical, order)
        if found:
            cache, start = found
            offset = (physical - start) % cache["buffer_size"]
            return Object(cache["name"], address - offset, offset)
    return None


def member_at(type_name, offset):
    """The name of the member of a structure that holds OFFSET, or ""."""
    try:
        fields = values.type_of(type_name).fields()
    except Broken:
        return ""
    for field in fields:
        start = field.bitpos // 8
        if field.name and start <= offset < start + field.type.sizeof:
            return field.name
    return ""


def describe(address):
    """What an address is, in words."""
    if address >= KERNEL_IMAGE_BASE:
        return symbol(address) or f"{address:#x}"
    if KERNEL_STACK_WINDOW <= address < KERNEL_IMAGE_BASE:
        return f"kernel stack {address & -KERNEL_STACK_SIZE:#x}" \
               f"+{address % KERNEL_STACK_SIZE:#x}"
    found = slab_object(address)
    if not found:
        return f"{address:#x}"
    inside = ""
    if found.offset:
        member = member_at(f"struct {found.cache}", found.offset)
        inside = f" {member}" if member else f"+{found.offset:#x}"
    return f"{found.cache} {found.address:#x}{inside}"
