# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
"""The ways into the kernel: what loads it and its modules.

kernel  QEMU's -kernel, modules by its guest-loader device
grub    EDK2, GRUB arm64-efi from a FAT disk, xen_hypervisor and xen_module
uboot   U-Boot, boot.scr from a FAT disk, booti
raw     kernel, modules and FDT at addresses of our choice, entered by a stub
"""

import os
import shutil
import struct
import subprocess

HERE = os.path.dirname(os.path.realpath(__file__))
IMAGE = os.path.join(HERE, "..", "..", "image")
EDK2 = os.environ.get("EDK2", "/usr/share/qemu-efi-aarch64/QEMU_EFI.fd")
UBOOT = os.environ.get("UBOOT", "/usr/lib/u-boot/qemu_arm64/u-boot.bin")

RAM = 0x40000000
# QEMU's own loader puts the kernel at RAM + 2 MiB and, with 128 MiB, the FDT
# at RAM + 64 MiB: modules live between the two.
MODULE_BASE = RAM + 0x2000000
MODULE_END = RAM + 0x4000000
KERNEL_BASE = RAM + 0x200000
STUB_BASE = RAM + 0x100000
FDT_BASE = RAM + 0x4000000


class Module:
    """A file and the words it is started with."""

    def __init__(self, path, words):
        self.path = path
        self.words = words
        self.name = os.path.basename(path)


# What every module is told: where its host and device ports are.
WORDS = "host=${host-port} device=${device-port}"


def image_tool(name, *arguments, words=WORDS):
    """The output of a tool of image/, which knows the modules' language."""
    return subprocess.run(
        [os.path.join(IMAGE, name), *arguments], check=True, text=True,
        stdout=subprocess.PIPE, env={**os.environ, "WORDS": words}).stdout


def chain(paths, words=WORDS):
    """Modules one after the other, as image/chain says."""
    names = [os.path.basename(path) for path in paths]
    lines = image_tool("chain", *names, words=words).splitlines()
    return [Module(path, line) for path, line in zip(paths, lines)]


def place(modules):
    """Addresses for MODULES, page aligned, a page apart."""
    address = MODULE_BASE
    for module in modules:
        yield address, module
        size = os.path.getsize(module.path)
        address += (size + 0xfff) // 0x1000 * 0x1000 + 0x1000
    if address > MODULE_END:
        raise SystemExit("boot: the modules do not fit below the FDT")


def guest_loader(modules):
    """QEMU arguments that load MODULES and describe them in the FDT."""
    arguments = []
    for address, module in place(modules):
        words = module.words.replace(",", ",,")
        path = module.path.replace(",", ",,")
        arguments += ["-device", f"guest-loader,addr={address:#x},"
                                 f"kernel={path},bootargs={words}"]
    return arguments


def kernel_door(kernel, modules, append):
    arguments = ["-kernel", kernel]
    if append:
        arguments += ["-append", append]
    return arguments + guest_loader(modules)


def files_for(kernel, paths, scratch):
    """Kernel and modules under the names /mach and /modules/NAME of a disk
    that holds directory SCRATCH.  Returns the NAMEs."""
    tree = os.path.join(scratch, "modules")
    os.makedirs(tree)
    shutil.copy(kernel, os.path.join(scratch, "mach"))
    for path in paths:
        shutil.copy(path, tree)
    return [os.path.basename(path) for path in paths]


def directory_disk(scratch):
    """QEMU arguments for a FAT disk made of directory SCRATCH."""
    return ["-drive", f"file=fat:{scratch},format=raw,if=none,id=esp,"
                      "readonly=on",
            "-device", "virtio-blk-pci,drive=esp"]


def grub_door(kernel, paths, append, words, scratch):
    """A FAT disk from directory SCRATCH, made by QEMU itself."""
    efi = os.path.join(scratch, "EFI", "BOOT")
    os.makedirs(efi)
    names = files_for(kernel, paths, scratch)
    early = os.path.join(scratch, "early.cfg")
    with open(early, "w") as f:
        f.write("set prefix=($root)\nconfigfile ($root)/grub.cfg\n")
    image_tool("grub-efi", early, os.path.join(efi, "BOOTAA64.EFI"))
    with open(os.path.join(scratch, "grub.cfg"), "w") as f:
        f.write(image_tool("grub-entry", "/mach", append or "door=grub",
                           "/modules", *names, words=words))
        f.write("boot\n")
    return ["-bios", EDK2, "-boot", "menu=on,splash-time=0"] + \
        directory_disk(scratch)


def uboot_door(kernel, paths, append, words, scratch):
    """The same for U-Boot, which finds boot.scr by itself."""
    names = files_for(kernel, paths, scratch)
    commands = image_tool("uboot-entry", "/mach", append, "/modules", *names,
                          words=words)
    subprocess.run([os.path.join(IMAGE, "uboot-script"),
                    os.path.join(scratch, "boot.scr")],
                   input=commands.encode(), check=True)
    return ["-bios", UBOOT] + directory_disk(scratch)


# Doors that load from a disk: (kernel, paths, append, words, scratch).
DISK_DOORS = {"grub": grub_door, "uboot": uboot_door}
DOORS = ("kernel", *DISK_DOORS)


def disk_door(disk, way="grub"):
    """A disk image under the firmware of WAY; the guest's writes are thrown
    away."""
    kind = "qcow2" if disk.endswith(".qcow2") else "raw"
    firmware = {"grub": ["-bios", EDK2, "-boot", "menu=on,splash-time=0"],
                "uboot": ["-bios", UBOOT]}[way]
    return firmware + [
            "-drive", f"file={disk},format={kind},if=none,id=disk,"
                      "snapshot=on",
            "-device", "virtio-blk-pci,drive=disk"]


def stub(fdt, writes=()):
    """Code that does WRITES, (address, word), and enters the kernel as the
    Linux boot protocol says, with FDT in x0."""
    code = [
        0x10000245,  # adr x5, table
        0xf84084a6,  # 1: ldr x6, [x5], 8
        0xb4000086,  # cbz x6, 2f
        0xf84084a7,  # ldr x7, [x5], 8
        0xb90000c7,  # str w7, [x6]
        0x17fffffc,  # b 1b
        0x58000100,  # 2: ldr x0, fdt
        0xd2800001,  # mov x1, 0
        0xd2800002,  # mov x2, 0
        0xd2800003,  # mov x3, 0
        0x580000c4,  # ldr x4, kernel
        0xd61f0080,  # br x4
        0xd503201f,  # nop
        0xd503201f,  # nop
    ]
    table = [value for pair in writes for value in pair] + [0]
    return struct.pack(f"<14I2Q{len(table)}Q", *code, fdt, KERNEL_BASE,
                       *table)


def raw_door(kernel, modules, fdt_file, fdt_address, scratch, writes=()):
    """Everything by the generic loader: the FDT may be any bytes at all.
    WRITES are done before the kernel is entered."""
    path = os.path.join(scratch, "stub")
    with open(path, "wb") as f:
        f.write(stub(fdt_address, writes))
    loads = [(path, STUB_BASE), (kernel, KERNEL_BASE)]
    loads += [(module.path, address) for address, module in place(modules)]
    if fdt_file:
        loads.append((fdt_file, FDT_BASE))
    arguments = []
    for path, address in loads:
        arguments += ["-device", f"loader,file={path},addr={address:#x},"
                                 "force-raw=on"]
    return arguments + ["-device", f"loader,addr={STUB_BASE:#x},cpu-num=0"]
