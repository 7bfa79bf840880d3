# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
"""Address maps and the objects behind them."""

from . import where
from .command import Command, Usage, attempt, number, say
from .memory import Broken
from .tasks import one_task, task_name
from .values import View, listed

_CHAIN_MAX = 64
_INHERIT = {0: "share", 1: "copy", 2: "none"}


def protection(value):
    return "".join(letter if value >> bit & 1 else "-"
                   for bit, letter in enumerate("rwx"))


def _kind(obj):
    kinds = [text for member, text in (
        ("internal", "internal"), ("external", "external"),
        ("device", "device"), ("true_share", "shared"),
        ("temporary", "temporary")) if obj[member]]
    if obj["pager"]:
        kinds.append(f"pager {where.describe(obj['pager'])}")
    if obj["copy"]:
        kinds.append(f"copy object {obj['copy']:#x}")
    return ", ".join(kinds)


def show_chain(address, offset):
    """An object and those that it shadows."""
    seen = set()
    indent = "        "
    while address:
        if address in seen:
            raise Broken(f"the shadows of {address:#x} go round")
        seen.add(address)
        obj = View(address, "struct vm_object")
        say(f"{indent}object {address:#x}+{offset:#x}: {obj['size']:#x}"
            f" bytes, {obj['resident_count']} pages, references"
            f" {obj['references']}; {_kind(obj)}")
        offset += obj["shadow_offset"]
        address = obj["shadow"]
        indent += "  "
        if len(seen) >= _CHAIN_MAX:
            say(f"{indent}and more: `object {address:#x}`")
            return


class VmMap(Command):
    """List the regions of a task's memory, with objects and shadows.
    Usage: vmmap TASK [ADDRESS]

    For each region: protection, greatest protection, inheritance; then the
    objects that are looked through for a page of it, the first one first.
    With ADDRESS, only the region that holds it."""

    name = "vmmap"

    def run(self, arguments):
        wanted = number(arguments[1]) if len(arguments) == 2 else None
        task = one_task(arguments[:1])
        if not task["map"]:
            raise Usage("the kernel's task has no user memory")
        vm_map = View(task["map"], "struct vm_map")
        say(f"map {vm_map.address:#x} of {task_name(task)}:"
            f" {vm_map['entry_count']} regions, {vm_map['size']:#x} bytes,"
            f" {vm_map['wired_size']:#x} wired")
        found = False
        for entry in listed(vm_map.at("entries"), "struct vm_map_entry",
                            "link"):
            if wanted is None or entry["start"] <= wanted < entry["end"]:
                found = True
                attempt(self.show, entry)
        if wanted is not None and not found:
            raise Usage(f"nothing is mapped at {wanted:#x}")

    def show(self, entry):
        flags = "".join(f", {text}" for member, text in (
            ("needs_copy", "copy on write"), ("wired", "wired"))
            if entry[member])
        inherit = _INHERIT.get(entry["inheritance"], "?")
        say(f"    {entry['start']:#014x}-{entry['end']:#014x}"
            f" {protection(entry['protection'])}"
            f" {protection(entry['max_protection'])} {inherit}{flags}")
        if entry["object"]:
            show_chain(entry["object"], entry["offset"])
        else:
            say("        no object yet")


class Object(Command):
    """Show a memory object and those that it shadows.
    Usage: object ADDRESS"""

    name = "object"

    def run(self, arguments):
        if len(arguments) != 1:
            raise Usage("which object?")
        address = number(arguments[0])
        found = where.slab_object(address)
        if not found or found.cache != "vm_object":
            raise Broken(f"{address:#x} is no memory object but"
                         f" {where.describe(address)}")
        show_chain(found.address, 0)
