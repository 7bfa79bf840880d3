# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
"""Run by gdb for ci/check-gdb: damage words of the kernel's structures, see
that every command bears it, mend them.  Prints one line of sums."""

import gdb

from machgdb import memory, ports, tasks, values, where

VALUES = (0, 1, 0xffff000000000000, 0xdeadbeefdeadbeef, (1 << 64) - 1,
          0xffff000040000008)
COMMANDS = ("tasks", "threads -b", "ports debug-view", "vmmap debug-view",
            "slabs")
WORDS_OF_EACH = 24


def structures():
    """Addresses and sizes of what the commands walk through."""
    task = tasks.find_task("debug-view")
    space = values.View(task["space"], "struct ipc_space")
    vm_map = values.View(task["map"], "struct vm_map")
    thread = list(tasks.threads_of(task))[-2]
    entry = next(values.listed(vm_map.at("entries"), "struct vm_map_entry",
                               "link"))
    named = list(ports.entries(space))
    port = next(values.View(one["port"], "struct ipc_port")
                for one in named if one["urefs"] == 5)
    kmsg = next(values.listed(port.at("messages"), "struct ipc_kmsg",
                              "link"))
    found = [task, space, vm_map, thread, entry, named[-1], port, kmsg]
    found.append(values.View(entry["object"], "struct vm_object"))
    found.append(values.View(where.frame(
        port.address - memory.DIRECT_MAP_BASE), "struct vm_page"))
    return [(memory.physical(one.address), one.type.sizeof, kmsg.address)
            for one in found]


def packet(text):
    return gdb.execute(f"maintenance packet {text}", to_string=True)


def write(physical, value):
    packet("Qqemu.PhyMemMode:1")
    data = value.to_bytes(8, "little").hex()
    packet(f"M{physical:x},8:{data}")
    packet("Qqemu.PhyMemMode:0")


def peek(physical):
    packet("Qqemu.PhyMemMode:1")
    data = bytes(gdb.selected_inferior().read_memory(physical, 8))
    packet("Qqemu.PhyMemMode:0")
    return int.from_bytes(data, "little")


def perform(command, counts):
    try:
        text = gdb.execute(command, to_string=True)
        counts["errors"] += "** " in text
    except gdb.error as error:
        counts["errors"] += 1
        if "Error occurred in Python" in str(error):
            counts["pythons"] += 1
            print(f"{command}: {error}")


def damage(counts):
    with memory.kernel_memory():
        places = structures()
    number = 0
    for start, size, kmsg in places:
        for word in range(min(size // 8, WORDS_OF_EACH)):
            place = start + word * 8
            before = peek(place)
            write(place, VALUES[number % len(VALUES)])
            number += 1
            counts["words"] += 1
            for command in COMMANDS + (f"message {kmsg:#x}",):
                perform(command, counts)
            write(place, before)


def main():
    counts = {"words": 0, "errors": 0, "pythons": 0}
    damage(counts)
    print(f"damage: {counts['words']} words, {counts['errors']} errors,"
          f" {counts['pythons']} pythons")


main()
