# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
"""The device tree of a machine, changed before the kernel sees it."""

import os
import re
import subprocess

from . import door


def source(machine, modules, scratch, append=""):
    """The device tree source of MACHINE with MODULES, as -kernel gives it."""
    blob = os.path.join(scratch, "machine.dtb")
    arguments = machine.arguments()
    arguments[arguments.index("-M") + 1] += f",dumpdtb={blob}"
    arguments += ["-kernel", "/dev/null"]
    if append:
        arguments += ["-append", append]
    subprocess.run(arguments + door.guest_loader(modules), check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts", blob],
                          check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def blob(text):
    """The flattened tree of source TEXT."""
    return subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb"],
                          input=text.encode(), check=True,
                          stdout=subprocess.PIPE).stdout


def replace(text, pattern, replacement):
    """TEXT with PATTERN replaced; it must be there."""
    text, count = re.subn(pattern, replacement, text, flags=re.DOTALL)
    if count == 0:
        raise ValueError(f"{pattern} is not in the device tree")
    return text


def without_node(text, name):
    """TEXT without node NAME, which has no children."""
    return replace(text, rf"\n\t+{re.escape(name)} \{{[^{{}}]*\}};", "")


def cells(*values):
    """64-bit VALUES as the cells of a property."""
    return "<" + " ".join(f"{v >> 32:#x} {v & 0xffffffff:#x}"
                          for v in values) + ">"


def with_memory(text, *banks):
    """TEXT with one /memory node per (address, size) of BANKS."""
    nodes = "".join(
        f"\n\tmemory@{address:x} {{ device_type = \"memory\";"
        f" reg = {cells(address, size)}; }};" for address, size in banks)
    return replace(text, r"\n\tmemory@[0-9a-f]+ \{[^{}]*\};", nodes)


def with_nodes(text, nodes):
    """TEXT with the source NODES in the root node."""
    return replace(text, r"\n\};\s*$", f"\n{nodes}\n}};\n")


def with_reservations(text, *ranges):
    """TEXT with /memreserve/ entries for (address, size) RANGES."""
    lines = "".join(f"/memreserve/ {address:#x} {size:#x};\n"
                    for address, size in ranges)
    return replace(text, r"^/dts-v1/;\n", "/dts-v1/;\n" + lines)
