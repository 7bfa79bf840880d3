# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
"""The exception behind a kernel fault."""

import gdb

from . import memory, tasks, values, where
from .command import Command, Usage, say
from .values import View


class Fault(Command):
    """Show the kernel fault that halted the machine: registers, backtrace.
    Usage: fault

    For a panic without an exception, `backtrace` tells all."""

    name = "fault"

    def run(self, arguments):
        if arguments:
            raise Usage("no arguments")
        address = values.variable("arch/aarch64/fault.c::fault_frame")
        if not address:
            say("no exception has ended the kernel")
            return
        frame = View(address, "struct trap_frame")
        registers = frame.array("x")
        for index, value in enumerate(registers):
            end = "\n" if index % 4 == 3 or index == 30 else "  "
            gdb.write(f"x{index:<2} {value:016x}{end}")
        say(f"sp  {frame['sp']:016x}  pc  {frame['pc']:016x}"
            f"  cpsr {frame['cpsr']:x}")
        pc = frame["pc"]
        say(f"at {where.symbol(pc) or 'no kernel code'} {where.line(pc)}")
        say("called from")
        tasks.say_call(registers[30])
        base = address & -memory.KERNEL_STACK_SIZE
        for call in tasks.frames(registers[29], base):
            tasks.say_call(call)
