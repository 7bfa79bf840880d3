# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
"""Messages in the kernel (ipc/ipc_kmsg.h)."""

from . import memory, where
from .command import Command, Usage, number, say
from .memory import Broken
from .values import View

# mach/message.h.
_NAMES = {0: "bit", 1: "int16", 2: "int32", 8: "char", 9: "byte", 10: "real",
          11: "int64", 12: "string", 15: "name", 16: "receive right",
          17: "send right", 18: "send-once right"}
_PORTS = (16, 17, 18)
_COMPLEX = 0x80000000
_HEADER = 32
_DESCRIPTOR = 8
_BYTES_SHOWN = 32
_SIZE_MAX = 64 * 1024


def one_address(arguments):
    if len(arguments) != 1:
        raise Usage("which address?")
    return number(arguments[0])


def _header(kmsg, member):
    return kmsg[f"header.msgh_{member}"]


def summary(kmsg):
    return f"message {kmsg.address:#x}: id {_header(kmsg, 'id')}," \
           f" {_header(kmsg, 'size')} bytes"


def _right(port):
    if port in (0, (1 << 64) - 1):
        return "null" if port == 0 else "dead"
    return where.describe(port)


class Decoded:
    """A descriptor of a message's body, as LP64 lays it out."""

    def __init__(self, data):
        word = int.from_bytes(data, "little")
        self.kind = word & 0xff
        self.bits = word >> 8 & 0xffff
        self.inline = bool(word >> 29 & 1)
        self.number = word >> 32
        self.length = (self.number * self.bits + 7) // 8

    def span(self):
        """Bytes in the body behind the descriptor."""
        return (self.length + 7) // 8 * 8 if self.inline else 8


def _say_item(item, data):
    name = _NAMES.get(item.kind, f"type {item.kind}")
    place = "" if item.inline else ", out of line"
    say(f"    {item.number} x {name}, {item.bits} bits{place}")
    if not item.inline:
        say(f"        at {int.from_bytes(data, 'little'):#x}")
    elif item.kind in _PORTS:
        for at in range(0, len(data), 8):
            say(f"        {_right(int.from_bytes(data[at:at + 8], 'little'))}")
    else:
        more = "..." if item.length > _BYTES_SHOWN else ""
        say(f"        {data[:min(item.length, _BYTES_SHOWN)].hex(' ')}{more}")


def show_body(kmsg, size):
    """Item by item, until the body's end or what cannot be an item."""
    body = memory.read(kmsg.at("header") + _HEADER, size - _HEADER)
    at = 0
    while at + _DESCRIPTOR <= len(body):
        item = Decoded(body[at:at + _DESCRIPTOR])
        at += _DESCRIPTOR
        if at + item.span() > len(body):
            raise Broken(f"an item at byte {at + _HEADER - _DESCRIPTOR} runs"
                         " over the end of the message")
        _say_item(item, body[at:at + item.span()])
        at += item.span()


class Message(Command):
    """Show a message in the kernel: header, rights, items.
    Usage: message ADDRESS

    ADDRESS is that of a struct ipc_kmsg: `ports` lists those that are
    queued.  Rights are ports of the kernel; data are bytes."""

    name = "message"

    def run(self, arguments):
        kmsg = View(one_address(arguments), "struct ipc_kmsg")
        size = _header(kmsg, "size")
        if not _HEADER <= size <= min(kmsg["capacity"], _SIZE_MAX):
            raise Broken(f"{kmsg.address:#x} is no message: {size} bytes of"
                         f" {kmsg['capacity']}")
        bits = _header(kmsg, "bits")
        say(f"{summary(kmsg)}, number {_header(kmsg, 'seqno')}"
            f"{', complex' if bits & _COMPLEX else ''}")
        for member, shift in (("remote", 0), ("local", 8)):
            kind = bits >> shift & 0xff
            port = _right(_header(kmsg, f"{member}_port"))
            say(f"    {member}: {_NAMES.get(kind, kind)}, {port}"
                if kind else f"    {member}: none")
        show_body(kmsg, size)
