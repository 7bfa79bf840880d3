# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
"""The little of GDB's remote protocol that stops a kernel and bends it."""

import re
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

    def read_file(self, name):
        """The target description file NAME."""
        text, more = "", True
        while more:
            self.send(f"qXfer:features:read:{name}:{len(text):x},ffb")
            answer = self.answer()
            text += re.sub("}(.)", lambda m: chr(ord(m.group(1)) ^ 0x20),
                           answer[1:], flags=re.DOTALL)
            more = answer[0] == "m"
        return text

    def system_registers(self):
        """The values of cpsr and all system registers, by name."""
        target = self.read_file("target.xml")
        files = re.findall(r'<xi:include href="([^"]*)"', target)
        number, values = 0, {}
        for name in files:
            for tag in re.findall(r"<reg [^>]*>", self.read_file(name)):
                found = dict(re.findall(r'(\w+)="([^"]*)"', tag))
                number = int(found.get("regnum", number))
                if found["name"] == "cpsr" or "system" in name:
                    self.send(f"p{number:x}")
                    answer = self.answer()
                    if re.fullmatch("([0-9a-f]{2})+", answer):
                        values[found["name"]] = int.from_bytes(
                            bytes.fromhex(answer), "little")
                number += 1
        return values

    def memory(self, address, size):
        """SIZE bytes at physical ADDRESS."""
        self.ask("Qqemu.PhyMemMode:1")
        data = b""
        while len(data) < size:
            self.send(f"m{address + len(data):x},"
                      f"{min(size - len(data), 1024):x}")
            data += bytes.fromhex(self.answer())
        self.ask("Qqemu.PhyMemMode:0")
        return data

    def let_go(self):
        """Leaves; the machine runs on."""
        self.ask("D")
        self.socket.close()
