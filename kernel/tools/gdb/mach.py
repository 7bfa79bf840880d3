# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
"""Commands of gdb for the kernel: `make gdb` loads this file.

By hand: gdb-multiarch -x kernel/tools/gdb/mach.py mach.elf
"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# pylint: disable=wrong-import-position,unused-import
from machgdb import (  # noqa: E402,F401
    command, faults, logs, messages, ports, symbols, tasks, vm)

command.register_all()
