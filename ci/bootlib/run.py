# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
"""Boots of groups of modules, and the TAP that tells how they went."""

import argparse
import os
import re
import subprocess
import sys
import tempfile

from . import door, tap
from .guest import Guest

OUTCOME = {
    "reset": "the machine was reset instead of powered off",
    "fault": "fault of the kernel, or of what boots it",
    "timeout": "no end within the time limit",
    "qemu": "QEMU itself failed",
}

# Modules that measure.
NO_TESTS = ("bench",)


def options(prog, text, log):
    """An argument parser with what every test of boots takes; finish with
    parsed().  LOG is where console logs go unless told otherwise."""
    p = argparse.ArgumentParser(
        prog=prog, description=text,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("-k", "--kernel", default="build/kernel/mach",
                   help="(%(default)s)")
    p.add_argument("-d", "--directory",
                   help="module directory (modules/ beside the kernel)")
    p.add_argument("-l", "--log", metavar="DIR", default=log,
                   help="keep the console logs in DIR")
    return p


def parsed(parser, argv):
    """ARGV by a PARSER of options(), everything filled in and made."""
    o = parser.parse_args(argv)
    o.directory = o.directory or os.path.join(
        os.path.dirname(o.kernel), "modules")
    if not os.path.isfile(o.kernel):
        raise SystemExit(f"{parser.prog}: {o.kernel}: no such kernel:"
                         " make kernel")
    if o.log:
        os.makedirs(o.log, exist_ok=True)
    return o


def find_modules(directory, names):
    """Paths for NAMES (paths, or names in DIRECTORY); all tests if none."""
    if not names:
        names = sorted(os.listdir(directory)) if os.path.isdir(directory) \
            else []
        names = [name for name in names if name not in NO_TESTS]
        if not names:
            raise SystemExit(f"boot: no modules in {directory};"
                             " build them or name some")
    paths = []
    for name in names:
        path = name if "/" in name else os.path.join(directory, name)
        if not os.path.isfile(path):
            raise SystemExit(f"boot: {path}: no such module")
        paths.append(path)
    return paths


def symbol(elf, name):
    """The address of function NAME."""
    tool = os.environ.get("CROSS", "aarch64-linux-gnu-") + "nm"
    text = subprocess.run([tool, elf], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    match = re.search(rf"^([0-9a-f]+) [Tt] {name}$", text, re.MULTILINE)
    if not match:
        raise SystemExit(f"{elf}: no function {name}")
    return int(match.group(1), 16)


class Boots:
    """Boots groups of modules on one machine through one door."""

    def __init__(self, kernel, way, machine, append, words, timeout, log,
                 scratch):
        self.kernel = kernel
        self.way = way
        self.machine = machine
        self.append = append
        self.words = words
        self.timeout = timeout
        self.log = log
        self.scratch = scratch

    def run_once(self, paths):
        """One boot of PATHS.  Returns (Outcome, Reports)."""
        if self.way in door.DISK_DOORS:
            scratch = tempfile.mkdtemp(dir=self.scratch)
            loading = door.DISK_DOORS[self.way](
                self.kernel, paths, self.append, self.words, scratch)
        else:
            modules = door.chain(paths, self.words)
            loading = door.kernel_door(self.kernel, modules, self.append)
        names = [os.path.basename(path) for path in paths]
        log = self.log and os.path.join(self.log, f"{names[0]}.log")
        with Guest(self.machine.arguments() + loading, log) as guest:
            outcome = guest.finish(self.timeout * len(paths))
        return outcome, tap.cut(outcome.lines(), names)

    def run_group(self, paths):
        """Boots PATHS together; if one breaks the chain, boots the rest
        again.  Yields (Report, failure or None, Outcome) per module."""
        while paths:
            outcome, reports = self.run_once(paths)
            done = 0
            for report in reports:
                done += 1
                last = done == len(reports)
                failure = report.failure()
                if last or not report.complete():
                    failure = failure or OUTCOME.get(outcome.reason)
                    if outcome.reason in ("fault", "timeout", "qemu") \
                            and failure != OUTCOME[outcome.reason]:
                        failure += f"; {OUTCOME[outcome.reason]}"
                yield report, failure, outcome
                if not report.complete():
                    break
            paths = paths[done:]


def listed_banks(lines):
    """(address, size) of the memory banks that the kernel says it found."""
    found = []
    for line in lines:
        match = re.match(r"memory: ([0-9a-f]+)-([0-9a-f]+), \d+ MiB", line)
        if match:
            start, end = (int(x, 16) for x in match.groups())
            found.append((start, end + 1 - start))
    return tuple(found)


def explain(outcome, count=25):
    """Diagnostic lines for a boot that went wrong."""
    lines = [line.rstrip() for line in outcome.lines() if line.strip()]
    text = ["the console ends:"] + lines[-count:]
    if outcome.detail:
        text += ["the machine at its end:"] + outcome.detail.split("\n")[:12]
    return text


class Tally:
    """Prints TAP as boots end, and counts."""

    def __init__(self, quiet=False, verbose=False, out=sys.stdout):
        self.quiet, self.verbose, self.out = quiet, verbose, out
        self.good = self.bad = self.checks = 0

    def say(self, text):
        print(text, file=self.out, flush=True)

    def add(self, description, failure, diagnostics=()):
        """One point."""
        self.good += not failure
        self.bad += bool(failure)
        verdict = "not ok" if failure else "ok"
        why = f" ({failure})" if failure else ""
        self.say(f"{verdict} {self.good + self.bad} - {description}{why}")
        for line in diagnostics:
            self.say(f"# {line}")

    def add_group(self, results, prefix=""):
        for report, failure, outcome in results:
            self.checks += report.good
            if self.verbose:
                for line in outcome.lines():
                    self.say(f"# {line}")
            for line in report.lines:
                if not self.quiet or line.startswith("not ok"):
                    self.say(f"    {line}")
            description = f"{prefix}{report.name}: {report.good} checks, " \
                          f"{outcome.seconds:.1f} s"
            self.add(description, failure,
                     explain(outcome) if failure else ())

    def finish(self):
        """Prints the plan and the sum; returns the exit status."""
        total = self.good + self.bad
        self.say(f"1..{total}")
        self.say(f"# {self.checks} checks in modules; "
                 f"{self.good} passed, {self.bad} failed")
        return 0 if total and not self.bad else 1
