# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
"""The little of GDB's remote protocol that stops a kernel and bends it."""

import socket
import time

PC = 32  # in the numbering of GDB's aarch64 targets


class Debugger:
    """A connection to QEMU's gdbstub on a Unix socket."""

    def __init__(self, path, seconds=10):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(seconds)
        deadline = time.monotonic() + seconds
        while True:
            try:
                self.socket.connect(path)
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        self.data = b""

    def send(self, text):
        checksum = sum(text.encode()) & 0xff
        self.socket.sendall(f"${text}#{checksum:02x}".encode())

    def answer(self):
        """The text of the next packet, acknowledged."""
        while True:
            start = self.data.find(b"$")
            end = self.data.find(b"#", start)
            if 0 <= start < end and len(self.data) >= end + 3:
                text = self.data[start + 1:end].decode()
                self.data = self.data[end + 3:]
                self.socket.sendall(b"+")
                return text
            self.data += self.socket.recv(4096)

    def ask(self, text):
        """Sends TEXT, which must be answered by OK."""
        self.send(text)
        answer = self.answer()
        if answer != "OK":
            raise ValueError(f"the debugger's {text} is answered {answer}")

    def run_to(self, address):
        """Runs until the instruction at ADDRESS is next."""
        self.ask(f"Z1,{address:x},4")
        self.send("c")
        self.answer()
        self.ask(f"z1,{address:x},4")

    def set_register(self, number, value):
        self.ask(f"P{number:x}={value.to_bytes(8, 'little').hex()}")

    def let_go(self):
        """Leaves; the machine runs on."""
        self.ask("D")
        self.socket.close()
