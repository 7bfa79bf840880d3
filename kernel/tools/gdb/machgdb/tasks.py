# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
"""Tasks and threads."""

from . import memory, values, where
from .command import Command, Usage, attempt, number, say
from .memory import KERNEL_STACK_SIZE, Broken
from .values import View

_DEPTH = 32
_X29, _X30 = 10, 11  # of machine_context, which begins with x19

# Functions on top of every blocked thread's stack.
_WAITING = ("machine_", "sched_", "waitq_", "thread_sleep")


def all_tasks():
    return values.listed(values.address_of("task_list"), "struct task",
                         "link")


def task_name(task):
    return task["name"] or "(unnamed)"


def find_task(text):
    """By number in the list, address or name."""
    tasks = list(all_tasks())
    named = [task for task in tasks if task["name"] == text]
    if len(named) > 1:
        raise Usage(f"{len(named)} tasks are called {text}: `tasks` tells"
                    " their addresses")
    if named:
        return named[0]
    try:
        value = number(text)
    except Usage:
        raise Usage(f"{text}: no such task") from None
    if value < len(tasks):
        return tasks[value]
    for task in tasks:
        if task.address == value:
            return task
    raise Usage(f"{text}: no such task")


def one_task(arguments):
    """The task that the only argument names."""
    if len(arguments) != 1:
        raise Usage("which task?")
    return find_task(arguments[0])


def threads_of(task):
    return values.listed(task.at("threads"), "struct thread", "task_link")


def current_threads():
    """Of all processors: thread's address: percpu's."""
    start = values.address_of("percpu_table")
    size = values.type_of("struct percpu").sizeof
    return {View(place, "struct percpu")["current"]: place for place in
            range(start, start + values.variable("machine_ncpus") * size,
                  size)}


class Tasks(Command):
    """List the tasks: number, address, threads, memory, name.
    Usage: tasks

    Mapped and resident memory in KiB.  Other commands take a task by its
    number, its address or its name."""

    name = "tasks"

    def run(self, arguments):
        if arguments:
            raise Usage("no arguments")
        say(f"{'':>4} {'address':<18} {'threads':>7} {'mapped':>9}"
            f" {'resident':>9} {'stops':>5}  name")
        for index, task in enumerate(all_tasks()):
            attempt(self.show, index, task)

    def show(self, index, task):
        mapped = resident = 0
        if task["map"]:
            vm_map = View(task["map"], "struct vm_map")
            mapped = vm_map["size"] // 1024
            pmap = View(vm_map["pmap"], "struct pmap")
            resident = pmap["resident"] * memory.PAGE_SIZE // 1024
        say(f"{index:>4} {task.address:#018x} {task['thread_count']:>7}"
            f" {mapped:>9} {resident:>9} {task['user_stop_count']:>5}"
            f"  {task_name(task)}")


def frames(fp, base):
    """Return addresses, from the frame record at FP up, within the stack
    at BASE."""
    for _ in range(_DEPTH):
        if not base <= fp <= base + KERNEL_STACK_SIZE - 16 or fp % 8:
            return
        address = memory.read_word(fp + 8)
        if address == 0:
            return
        yield address
        fp = memory.read_word(fp)


def call_sites(thread):
    """Where a thread that is off its processor stands in the kernel."""
    context = View(thread.at("machine.context"), "struct machine_context")
    saved = context.array("x19_x30")
    yield saved[_X30]
    yield from frames(saved[_X29], thread["machine.stack_base"])


def say_call(address):
    """One line of a backtrace; the call is just before ADDRESS."""
    name = where.symbol(address - 4) or "(no kernel code)"
    say(f"        {address - 4:#x} {name:<36} {where.line(address - 4)}")


def backtrace(thread):
    for address in call_sites(thread):
        say_call(address)


def wait_head(thread):
    """The wait queue that a thread is on, as an address; 0: none."""
    link = values.offset_of("struct thread", "wait_link")
    if thread["wait_link.prev"] == 0:
        return 0
    for node in values.nodes(thread.address + link):
        found = where.slab_object(node)
        if not found or found.cache != "thread" or found.offset != link:
            return node
    return 0


def wait_function(thread):
    """Who waits: the innermost function that is not about waiting."""
    for address in call_sites(thread):
        name = where.symbol(address - 4).split("+")[0]
        if not name.startswith(_WAITING):
            return name
    return "?"


def wait_channel(thread):
    head = wait_head(thread)
    on = f" on {where.describe(head)}" if head else ""
    return f"in {wait_function(thread)}{on}"


def state_of(thread, current):
    state = values.enumerator("enum thread_state", thread["state"],
                              "THREAD_")
    if thread.address in current:
        state = "running"
    if thread["suspend_count"] and state != "halted":
        state += f", stopped {thread['suspend_count']}"
    return state


class Threads(Command):
    """List threads: state, priority, user pc, what they wait for.
    Usage: threads [-b] [TASK | THREAD]

    Of all tasks, of one, or one thread by its address.  -b, or a thread,
    shows where in the kernel those stand that are not running."""

    name = "threads"

    def run(self, arguments):
        traced = "-b" in arguments
        rest = [word for word in arguments if word != "-b"]
        current = current_threads()
        if len(rest) > 1:
            raise Usage("one task or thread")
        found = rest and self.find_thread(rest[0])
        if found:
            self.show(found, current, True)
            return
        for task in [find_task(rest[0])] if rest else all_tasks():
            say(f"task {task.address:#x} {task_name(task)}")
            attempt(self.show_task, task, current, traced)

    def find_thread(self, text):
        try:
            value = number(text)
        except Usage:
            return None
        for task in all_tasks():
            for thread in threads_of(task):
                if thread.address == value:
                    return thread
        return None

    def show_task(self, task, current, traced):
        for thread in threads_of(task):
            attempt(self.show, thread, current, traced)

    def show(self, thread, current, traced):
        frame = thread["machine.frame"]
        pc = f"user pc {View(frame, 'struct trap_frame')['pc']:#x}" \
            if frame and View(thread["task"], "struct task")["map"] \
            else "kernel thread"
        name = f" {thread['name']}" if thread["name"] else ""
        say(f"    {thread.address:#x}{name}: {state_of(thread, current)},"
            f" priority {thread['sched_priority']}, {pc}")
        if thread.address in current:
            if traced:
                say("        on a processor: `backtrace` shows it")
            return
        if thread["state"] == values.constant("THREAD_WAITING"):
            say(f"        waits {wait_channel(thread)}")
        if traced and thread["state"] != values.constant("THREAD_HALTED"):
            backtrace(thread)


class Address(Command):
    """Tell what lies at an address of the kernel.
    Usage: address EXPRESSION

    A function or variable, a kernel stack, or an object of a slab cache and
    the member of it."""

    name = "address"

    def run(self, arguments):
        if not arguments:
            raise Usage("which address?")
        address = number(" ".join(arguments))
        say(where.describe(address))
        if memory.KERNEL_IMAGE_BASE <= address:
            place = where.line(address)
            if place:
                say(place)
            return
        try:
            say(f"physical {memory.physical(address):#x}")
        except Broken as error:
            say(str(error))


class Words(Command):
    """Show words of the kernel's memory, from user mode too.
    Usage: words ADDRESS [COUNT]

    As gdb's x/gx, but whatever the processor may see where it stopped."""

    name = "words"

    def run(self, arguments):
        if not 1 <= len(arguments) <= 2:
            raise Usage("an address and perhaps a count")
        address = number(arguments[0])
        count = number(arguments[1]) if len(arguments) > 1 else 8
        if count > 4096:
            raise Usage("at most 4096 words")
        for place in range(address, address + count * 8, 16):
            last = min(place + 16, address + count * 8)
            words = [memory.read_word(at) for at in range(place, last, 8)]
            say(f"{place:#x}: " + " ".join(f"{word:#018x}" for word in words))
