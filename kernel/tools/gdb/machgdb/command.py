# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
"""What all commands have in common: arguments, errors, help."""

import gdb

from .memory import Broken, kernel_memory

_commands = []


class Usage(Exception):
    """Wrong arguments; the text says what is wrong."""


class Command:
    """A command of gdb.  The class's docstring is its help: the first line
    sums it up, the second says how it is called."""

    name = ""
    reads = True  # the kernel's memory

    def __init_subclass__(cls):
        _commands.append(cls)

    def run(self, arguments):
        raise NotImplementedError


def say(text=""):
    gdb.write(text + "\n")


def attempt(function, *arguments):
    """What FUNCTION prints about one of many things; damage is told, and the
    others get their turn."""
    try:
        function(*arguments)
    except Broken as error:
        say(f"  ** {error}")


def number(text):
    """A number, or any expression that gdb takes for one; the address of
    what is no number."""
    try:
        value = gdb.parse_and_eval(text)
        if value.type.strip_typedefs().code in (
                gdb.TYPE_CODE_FUNC, gdb.TYPE_CODE_STRUCT,
                gdb.TYPE_CODE_UNION, gdb.TYPE_CODE_ARRAY):
            value = value.address
        return int(value) % (1 << 64)
    except (gdb.error, gdb.MemoryError, ValueError) as error:
        raise Usage(f"{text}: {error}") from None


def _perform(command, line):
    arguments = line.split()
    try:
        if command.reads:
            with kernel_memory():
                command.run(arguments)
        else:
            command.run(arguments)
    except Usage as error:
        usage = command.__doc__.strip().split("\n")[1].strip()
        raise gdb.GdbError(f"{error}\n{usage}") from None
    except (Broken, gdb.error, gdb.MemoryError, RecursionError,
            UnicodeError) as error:
        raise gdb.GdbError(f"{command.name}: {error}") from None


def _register(cls):
    command = cls()
    text = "\n".join(line.strip() for line in cls.__doc__.split("\n"))

    class Bridge(gdb.Command):
        __doc__ = text

        def __init__(self):
            super().__init__(command.name, gdb.COMMAND_USER)

        def invoke(self, line, _from_tty):
            self.dont_repeat()
            _perform(command, line)

    Bridge()


def register_all():
    for cls in _commands:
        _register(cls)


class Mach(Command):
    """List the commands that know the kernel.
    Usage: mach"""

    name = "mach"
    reads = False

    def run(self, arguments):
        for cls in sorted(_commands, key=lambda cls: cls.name):
            first = cls.__doc__.strip().split("\n")[0]
            say(f"{cls.name:<12} {first}")
        say("`help COMMAND` says more.")
