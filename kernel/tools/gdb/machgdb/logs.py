# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
"""The kernel's log and its slab caches."""

import gdb

from . import memory, values
from .command import Command, Usage, attempt, number, say


class Kmsg(Command):
    """Print what the kernel and its users printed, from the ring.
    Usage: kmsg [LINES]

    All that is still in the ring, or the last lines of it."""

    name = "kmsg"

    def run(self, arguments):
        if len(arguments) > 1:
            raise Usage("how many lines?")
        start = values.address_of("kern/kmsg.c::kmsg")
        kind = values.type_of_variable("kern/kmsg.c::kmsg")
        offset, ring = values.find_member(kind, "ring")
        end = memory.read_word(start + values.find_member(kind, "end")[0])
        data = memory.read(start + offset, ring.sizeof)
        place = end % ring.sizeof
        text = data[:end] if end <= ring.sizeof else \
            data[place:] + data[:place]
        lines = text.decode("latin-1").replace("\r", "").split("\n")
        if lines and not lines[-1]:
            lines.pop()
        if arguments:
            count = number(arguments[0])
            lines = lines[-count:] if count else []
        gdb.write("".join(f"{line}\n" for line in lines))


class Slabs(Command):
    """List the slab caches: objects in use, room for them, memory.
    Usage: slabs [NAME]

    SIZE is an object's, KIB the memory of all slabs of a cache."""

    name = "slabs"

    def run(self, arguments):
        if len(arguments) > 1:
            raise Usage("one name")
        say(f"{'cache':<20} {'size':>6} {'objects':>8} {'room':>8}"
            f" {'slabs':>6} {'KiB':>8}")
        found = False
        for cache in values.listed(values.address_of("kern/slab.c::caches"),
                                   "struct slab_cache", "link"):
            if not arguments or cache["name"] == arguments[0]:
                found = True
                attempt(self.show, cache)
        if arguments and not found:
            raise Usage(f"there is no cache {arguments[0]}")

    def show(self, cache):
        room = cache["slabs"] * cache["per_slab"]
        pooled = sum(values.View(pool, "struct slab_pool")["count"]
                     for pool in cache.array("pools"))
        used = room - cache["slab_free"] - pooled
        size = cache["slabs"] * (memory.PAGE_SIZE << cache["order"])
        say(f"{cache['name']:<20} {cache['object_size']:>6} {used:>8}"
            f" {room:>8} {cache['slabs']:>6} {size // 1024:>8}")
