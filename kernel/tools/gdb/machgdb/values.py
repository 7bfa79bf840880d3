# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
"""Structures, variables and lists of the kernel, by their debug
information."""

import gdb

from . import memory
from .memory import Broken

# No list of a sane kernel is longer.
LIST_MAX = 1000000

_types = {}


def type_of(name):
    if name not in _types:
        try:
            _types[name] = gdb.lookup_type(name)
        except gdb.error:
            raise Broken(f"the debug information has no {name}") from None
    return _types[name]


def find_member(kind, path):
    """(offset, type) of member PATH (a.b.c) of a type; members of anonymous
    unions and structures count as its own."""
    offset = 0
    for name in path.split("."):
        found = _member(kind.strip_typedefs(), name)
        if found is None:
            raise Broken(f"{kind} has no member {name}")
        offset += found[0]
        kind = found[1]
    return offset, kind


def _member(kind, name):
    for field in kind.fields():
        if field.name == name:
            return field.bitpos // 8, field.type
        if not field.name:
            inner = _member(field.type.strip_typedefs(), name)
            if inner is not None:
                return field.bitpos // 8 + inner[0], inner[1]
    return None


def offset_of(type_name, path):
    return find_member(type_of(type_name), path)[0]


def decode(data, kind):
    """The Python value of bytes: a number, truth, or text; else None."""
    kind = kind.strip_typedefs()
    if kind.code == gdb.TYPE_CODE_ARRAY and kind.target().sizeof == 1:
        return data.split(b"\0")[0].decode("latin-1")
    if kind.code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION,
                     gdb.TYPE_CODE_ARRAY):
        return None
    signed = kind.code == gdb.TYPE_CODE_INT and kind.is_signed
    return int.from_bytes(data, "little", signed=signed)


class View:
    """A structure of the kernel, read once, looked at by member names."""

    def __init__(self, address, type_name):
        self.address = address
        self.type = type_of(type_name)
        self.data = memory.read(address, self.type.sizeof)

    def __getitem__(self, path):
        offset, kind = find_member(self.type, path)
        return decode(self.data[offset:offset + kind.sizeof], kind)

    def at(self, path):
        """The address of a member."""
        return self.address + find_member(self.type, path)[0]

    def array(self, path):
        """The elements of an array of numbers."""
        offset, kind = find_member(self.type, path)
        element = kind.target()
        return [decode(self.data[at:at + element.sizeof], element)
                for at in range(offset, offset + kind.sizeof, element.sizeof)]


def address_of(expression):
    """Of a variable; FILE::NAME if it is private to a file."""
    if "::" in expression:
        file, name = expression.split("::")
        expression = f"'{file}'::{name}"
    try:
        return int(gdb.parse_and_eval(f"(unsigned long)&{expression}"))
    except gdb.error as error:
        raise Broken(str(error)) from None


def type_of_variable(expression):
    if "::" in expression:
        file, name = expression.split("::")
        expression = f"'{file}'::{name}"
    try:
        return gdb.parse_and_eval(expression).type
    except gdb.error as error:
        raise Broken(str(error)) from None


def variable(expression):
    """The value of a variable that is a number, a pointer or text."""
    kind = type_of_variable(expression)
    return decode(memory.read(address_of(expression), kind.sizeof), kind)


def constant(name):
    """An enumerator."""
    try:
        return int(gdb.parse_and_eval(name))
    except gdb.error as error:
        raise Broken(str(error)) from None


def enumerator(type_name, value, prefix=""):
    """The name of a value, without its prefix and in small letters."""
    for field in type_of(type_name).fields():
        if field.enumval == value:
            return field.name.removeprefix(prefix).lower()
    return f"{value}?"


def nodes(head):
    """The addresses of the nodes of the list at HEAD (lib/list.h)."""
    previous, node = head, memory.read_word(head + 8)
    for _ in range(LIST_MAX):
        if node == head:
            return
        if memory.read_word(node) != previous:
            raise Broken(f"the list at {head:#x} is damaged: {node:#x} does"
                         " not point back")
        yield node
        previous, node = node, memory.read_word(node + 8)
    raise Broken(f"the list at {head:#x} has no end")


def listed(head, type_name, member):
    """The structures in a list."""
    offset = offset_of(type_name, member)
    for node in nodes(head):
        yield View(node - offset, type_name)
