# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
"""What a module said in TAP, cut out of the console and judged."""

import dataclasses
import re

# A kernel message without newline may stand before a line of a module.
POINT = re.compile(r"(?:^|(?<=[^ ]))(?P<not>not )?ok (?P<number>\d+)\b.*$")
PLAN = re.compile(r"(?:^|(?<=[^ \d]))1\.\.(?P<count>\d+)"
                  r"(?P<skip> # skip.*)?$", re.IGNORECASE)
BAIL = re.compile(r"^Bail out!")


@dataclasses.dataclass
class Report:
    """The TAP of one module."""

    name: str
    lines: list = dataclasses.field(default_factory=list)
    good: int = 0
    bad: int = 0
    plan: int | None = None
    out_of_order: bool = False
    bailed: bool = False

    def take(self, line):
        """Counts one console line; keeps it if it is TAP."""
        point, plan = POINT.search(line), PLAN.search(line)
        if point:
            self._count(point)
            self.lines.append(line[point.start():])
        elif plan:
            self.plan = int(plan.group("count"))
            self.lines.append(line[plan.start():])
        elif BAIL.match(line):
            self.bailed = True
            self.lines.append(line)
        elif line.startswith(("# ", "bench ")):
            self.lines.append(line)

    def _count(self, point):
        text = point.group(0)
        directive = re.search(r"# (skip|todo)\b", text, re.IGNORECASE)
        if point.group("not") and not directive:
            self.bad += 1
        else:
            self.good += 1
        if int(point.group("number")) != self.good + self.bad:
            self.out_of_order = True

    def failure(self):
        """Why the module failed, or None."""
        if not self.lines:
            return "did not start"
        if self.bailed:
            return "bailed out"
        if self.plan is None:
            return "no plan: crashed, hung or cut off"
        if self.plan == 0:
            return "empty plan"
        if self.plan != self.good + self.bad:
            return f"planned {self.plan}, ran {self.good + self.bad}"
        if self.bad:
            return f"{self.bad} of {self.plan} failed"
        if self.out_of_order:
            return "numbers out of order"
        return None

    def complete(self):
        """Whether everything planned was seen, good or bad."""
        return self.plan is not None and self.plan == self.good + self.bad


def cut(lines, names):
    """Cuts console LINES into one Report per module of NAMES: the modules
    run one after the other, and a plan is the last thing each prints."""
    reports = [Report(name) for name in names]
    waiting = iter(reports)
    current = next(waiting)
    for line in lines:
        current.take(line)
        if current.plan is not None:
            current = next(waiting, None)
            if current is None:
                break
    return reports
