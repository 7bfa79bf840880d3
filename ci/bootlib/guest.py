# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
"""One bounded QEMU run: serial console, QMP events, how it ended.

The machine starts stopped and is let go by QMP, so that the event that says
why it stopped (power-off, reset) is never missed.  A run that does not stop
by itself is ended at its deadline, after its registers went to the log.
"""

import dataclasses
import json
import os
import re
import selectors
import socket
import subprocess
import tempfile
import time

# The words of the kernel, EDK2 and U-Boot for "I cannot go on".
FAULT = re.compile(r"^(panic\b|kernel fault\b|Synchronous Exception at |"
                   r"No more bootdevs\b)", re.IGNORECASE)
# Silence after such a line that says the backtrace is complete, seconds.
FAULT_SETTLE = 1.5


# A clock that counts instructions, 8 ns each, and jumps where the processor
# would sleep: no load of the host makes a test late.
STEADY = 3

# The machine's own UART.
SERIAL = ("-serial", "chardev:console")


@dataclasses.dataclass
class Machine:
    """The emulated machine: QEMU's `virt`, and nothing else in it.

    With ICOUNT its clock advances 2^ICOUNT ns per instruction; otherwise it
    is the host's.
    """

    cpu: str = "max"
    mem: str = "1G"
    smp: int = 1
    gic: str = "2"
    el: int = 1
    secure: bool = False
    acpi: bool = False
    options: str = ""  # further ones of -M
    icount: int | None = None
    extra: list = dataclasses.field(default_factory=list)

    def arguments(self):
        virt = [
            "virt",
            f"gic-version={self.gic}",
            f"virtualization={'on' if self.el == 2 else 'off'}",
            f"secure={'on' if self.secure else 'off'}",
            f"acpi={'on' if self.acpi else 'off'}",
        ]
        if self.options:
            virt.append(self.options)
        args = [
            os.environ.get("QEMU", "qemu-system-aarch64"),
            "-M", ",".join(virt),
            "-cpu", self.cpu,
            "-m", self.mem,
            "-smp", str(self.smp),
            "-nodefaults", "-display", "none", "-no-user-config",
            "-no-reboot",
        ]
        if self.icount is not None:
            args += ["-icount", f"shift={self.icount},sleep=off",
                     "-rtc", "clock=vm"]
        return args + self.extra


@dataclasses.dataclass
class Outcome:
    """How a run ended and what was on the console."""

    reason: str  # power-off, reset, fault, timeout, stopped, qemu
    console: str
    seconds: float
    detail: str = ""

    def lines(self):
        return clean(self.console).split("\n")


def clean(text):
    """Console text as lines: no CRs, no escape sequences; the firmware and
    GRUB move the cursor, which begins a line here."""
    text = re.sub(r"\x1b\[[0-9;]*H", "\n", text)
    text = re.sub(r"\x1b\[[0-9;?=]*[A-Za-z]", "", text)
    text = text.replace("\r", "")
    return re.sub(r"[\x00-\x08\x0b-\x1f]", "", text)


class Guest:
    """A running QEMU.  Use as a context manager; `finish` waits for the end."""

    def __init__(self, arguments, log=None, keep=False, hold=False,
                 uart=SERIAL):
        """KEEP: the machine stays for memory() when the guest ends it.
        HOLD: it waits until somebody else, a debugger, lets it go.
        UART: QEMU arguments that connect character device `console`."""
        self.started = time.monotonic()
        self.console = ""
        self.events = []
        self.qmp_text = b""
        self.replies = []
        self.faulted = None
        self.log = open(log, "wb") if log else None
        self.serial, serial_peer = socket.socketpair()
        self.qmp, qmp_peer = socket.socketpair()
        fds = (serial_peer.fileno(), qmp_peer.fileno())
        self.keep = keep
        command = list(arguments) + (["-no-shutdown"] if keep else []) + [
            "-S",
            "-chardev", f"socket,id=console,fd={fds[0]}",
            *uart,
            "-chardev", f"socket,id=qmp,fd={fds[1]}",
            "-mon", "chardev=qmp,mode=control",
        ]
        self.words = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            command, pass_fds=fds, stdin=subprocess.DEVNULL,
            stdout=self.words, stderr=subprocess.STDOUT)
        serial_peer.close()
        qmp_peer.close()
        self.selector = selectors.DefaultSelector()
        for source, handler in ((self.serial, self._console_ready),
                                (self.qmp, self._qmp_ready)):
            source.setblocking(False)
            self.selector.register(source, selectors.EVENT_READ, handler)
        self._send("qmp_capabilities")
        if not hold:
            self._send("cont")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.words.close()
        self.selector.close()
        self.serial.close()
        self.qmp.close()
        if self.log:
            self.log.close()

    def _send(self, command, **arguments):
        message = {"execute": command}
        if arguments:
            message["arguments"] = arguments
        try:
            self.qmp.sendall(json.dumps(message).encode() + b"\n")
        except OSError:
            pass

    def _console_ready(self):
        data = self._receive(self.serial)
        if self.log:
            self.log.write(data)
            self.log.flush()
        self.console += data.decode("latin-1")

    def _qmp_ready(self):
        self.qmp_text += self._receive(self.qmp)
        *whole, self.qmp_text = self.qmp_text.split(b"\n")
        for line in whole:
            message = json.loads(line)
            if "event" in message:
                self.events.append(message)
            elif "return" in message:
                self.replies.append(message["return"])

    def _receive(self, source):
        try:
            data = source.recv(65536)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        if not data:
            self.selector.unregister(source)
        return data

    def type(self, text):
        """Types text, or bytes, on the serial console."""
        self.serial.sendall(text if isinstance(text, bytes)
                            else text.encode())

    def step(self, seconds):
        """Takes in what came within at most SECONDS; false once QEMU ended."""
        if not self.selector.get_map():
            return False
        for key, _ in self.selector.select(seconds):
            key.data()
        return bool(self.selector.get_map())

    def wait_for(self, pattern, seconds, start=0):
        """Waits for PATTERN on the console from offset START of its cleaned
        text.  Returns the offset after the match, None if it never came."""
        deadline = time.monotonic() + seconds
        while True:
            match = re.compile(pattern).search(clean(self.console), start)
            if match:
                return match.end()
            left = deadline - time.monotonic()
            if left <= 0 or not self.step(min(left, 0.5)):
                match = re.compile(pattern).search(clean(self.console), start)
                return match.end() if match else None

    def registers(self):
        """The processor's registers as QEMU's monitor prints them."""
        self.replies.clear()
        self._send("human-monitor-command",
                   **{"command-line": "info registers -a"})
        deadline = time.monotonic() + 5
        while not self.replies and time.monotonic() < deadline:
            if not self.step(0.2):
                break
        texts = [r for r in self.replies if isinstance(r, str)]
        return texts[0].replace("\r", "") if texts else ""

    def memory(self, address, size, path):
        """Writes SIZE bytes of the guest's memory to file PATH."""
        self.replies.clear()
        self._send("pmemsave", val=address, size=size, filename=path)
        deadline = time.monotonic() + 5
        while not self.replies and time.monotonic() < deadline:
            self.step(0.2)

    def _shutdown_reason(self):
        for event in self.events:
            if event["event"] == "SHUTDOWN":
                return event["data"]["reason"]
        return None

    def _has_faulted(self):
        tail = clean(self.console[-16384:])
        return any(FAULT.search(line) for line in tail.split("\n"))

    def finish(self, seconds, stop=None):
        """Runs to the guest's own end, a fault, STOP(console) or SECONDS."""
        deadline = time.monotonic() + seconds
        seen, fault_time = -1, None
        reason = "timeout"
        while time.monotonic() < deadline:
            if not self.step(0.5) or (self.keep and self._shutdown_reason()):
                reason = None
                break
            if len(self.console) != seen:
                seen = len(self.console)
                if self._has_faulted():
                    fault_time = time.monotonic()
                if stop and stop(self.console):
                    reason = "stopped"
                    break
            elif fault_time and time.monotonic() - fault_time > FAULT_SETTLE:
                reason = "fault"
                break
        if reason is None:
            if not self.keep:
                self.process.wait()
            self.words.seek(0)
            output = self.words.read().decode(errors="replace")
            reason = {"guest-shutdown": "power-off",
                      "guest-reset": "reset"}.get(self._shutdown_reason())
            return self._outcome(reason or "qemu", output.strip())
        detail = "" if reason == "stopped" else self.registers()
        if self.log and detail:
            self.log.write(f"\n[{reason}; registers]\n{detail}".encode())
        return self._outcome(reason, detail)

    def _outcome(self, reason, detail):
        return Outcome(reason, self.console,
                       time.monotonic() - self.started, detail)
