# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
"""Port names of a task, ports, and their queues."""

from . import messages, values, where
from .command import Command, Usage, attempt, say
from .memory import Broken
from .tasks import all_tasks, one_task, task_name
from .values import View

# mach/port.h: MACH_PORT_TYPE_*.
_TYPES = ((1 << 16, "send"), (1 << 17, "receive"), (1 << 18, "once"),
          (1 << 19, "set"), (1 << 20, "dead"))
_TYPE_SET = 1 << 19
_TYPE_PORT = 1 << 16 | 1 << 17 | 1 << 18


def _leaves(child, bits, leaf_bits, node_bits):
    """The leaves of a name table's subtree that covers 2^BITS names."""
    if child == 0:
        return
    if bits <= leaf_bits:
        yield View(child, "struct ipc_leaf")
        return
    for grandchild in View(child, "struct ipc_node").array("children"):
        yield from _leaves(grandchild, bits - node_bits, leaf_bits,
                           node_bits)


def _log2(count):
    return count.bit_length() - 1


def entries(space):
    """The entries in use of a space, in the order of their names."""
    size = values.type_of("struct ipc_entry").sizeof
    slots = values.find_member(values.type_of("struct ipc_leaf"),
                               "entries")[1].sizeof // size
    fans = values.find_member(values.type_of("struct ipc_node"),
                              "children")[1].sizeof // 8
    for leaf in _leaves(space["table.root"], space["table.bits"],
                        _log2(slots), _log2(fans)):
        first = leaf.at("entries")
        for slot in range(slots):
            if not leaf["taken"] >> slot & 1:
                continue
            entry = View(first + slot * size, "struct ipc_entry")
            if entry["type"]:
                yield entry


def kobject_name(port):
    """What a port of the kernel stands for."""
    kind = port["kobject_type"]
    none = values.constant("IKOT_NONE")
    if kind == none:
        return ""
    for name in ("THREAD", "TASK", "HOST", "HOST_PRIV", "PROCESSOR", "PSET",
                 "PSET_NAME", "PAGER", "PAGER_REQUEST", "DEVICE",
                 "PAGER_PROXY", "PAGER_NAME", "MASTER_DEVICE",
                 "PROCESSOR_NAME", "CLOCK", "USER_DEVICE",
                 "EXCEPTION_REPLY"):
        if kind == values.constant(f"IKOT_{name}"):
            text = name.lower().replace("_", " ")
            if name == "TASK":
                text += f" {task_name(View(port['kobject'], 'struct task'))}"
            return f"{text} {port['kobject']:#x}"
    return f"kernel object {kind}"


def holder(port):
    """Who has the receive right."""
    if not port["active"]:
        return "dead"
    receiver = port["receiver"]
    if receiver == values.address_of("ipc_space_kernel"):
        return "the kernel"
    if receiver == 0:
        return f"in transit to {port['destination']:#x}"
    for task in all_tasks():
        if task["space"] == receiver:
            return f"{task_name(task)} as {port['receiver_name']}"
    return f"space {receiver:#x} as {port['receiver_name']}"


def show_queue(port):
    """Messages that wait, threads that wait for them or for room."""
    for kmsg in values.listed(port.at("messages"), "struct ipc_kmsg",
                              "link"):
        say(f"            {messages.summary(kmsg)}")
    for member, text in (("receivers", "receives"), ("senders", "sends")):
        offset = values.offset_of("struct thread", "wait_link")
        for node in values.nodes(port.at(member)):
            say(f"            thread {node - offset:#x} {text}")


def show_port(port):
    kobject = kobject_name(port)
    say(f"        port {port.address:#x}: {kobject or holder(port)}"
        f"{'' if kobject == '' or port['active'] else ', dead'};"
        f" send rights {port['send_rights']}, send-once"
        f" {port['send_once_rights']}, queued {port['message_count']}"
        f" of {port['queue_limit']}, next number"
        f" {port['sequence_number']}")
    if port["pset"]:
        say(f"            member of set {port['pset']:#x}")
    show_queue(port)


def show_set(pset):
    say(f"        set {pset.address:#x}: {pset['port_count']} ports")
    for port in values.listed(pset.at("ports"), "struct ipc_port",
                              "pset_link"):
        say(f"            port {port.address:#x} {port['receiver_name']},"
            f" queued {port['message_count']}")


class Ports(Command):
    """List the port names of a task: rights, ports, queued messages.
    Usage: ports TASK [NAME]

    A line for each name with its rights and user references, and what it
    stands for: who receives, or which object of the kernel; the counts of
    its rights; the messages that wait, threads that receive or send."""

    name = "ports"

    def run(self, arguments):
        wanted = None
        if len(arguments) == 2:
            if not arguments[1].isdigit():
                raise Usage(f"{arguments[1]}: names are numbers")
            wanted = int(arguments[1])
        task = one_task(arguments[:1])
        if not task["space"]:
            raise Usage("the kernel's task has no names")
        space = View(task["space"], "struct ipc_space")
        found = False
        for entry in entries(space):
            if wanted in (None, entry["name"]):
                found = True
                attempt(self.show, entry)
        if not found and wanted is not None:
            raise Usage(f"the task has no name {wanted}")

    def show(self, entry):
        kind = entry["type"]
        rights = ", ".join(text for bit, text in _TYPES if kind & bit)
        say(f"    {entry['name']}: {rights}, references {entry['urefs']}")
        if kind & _TYPE_SET:
            show_set(View(entry["pset"], "struct ipc_pset"))
        elif kind & _TYPE_PORT:
            show_port(View(entry["port"], "struct ipc_port"))


class Port(Command):
    """Show one port by its address in the kernel.
    Usage: port ADDRESS"""

    name = "port"

    def run(self, arguments):
        address = messages.one_address(arguments)
        found = where.slab_object(address)
        if not found or found.cache != "ipc_port":
            raise Broken(f"{address:#x} is no port but"
                         f" {where.describe(address)}")
        show_port(View(found.address, "struct ipc_port"))
